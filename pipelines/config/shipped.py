"""The configs that come with Piste, and how a name on the command line becomes a file."""

from importlib.resources import files
from pathlib import Path

from piste.models.suggest import nearest
from piste.pipelines.config.report import escape
from piste.pipelines.config.source import file_problem

_SUFFIXES = (".yaml", ".yml")


def shipped() -> dict[str, Path]:
    """Returns the shipped configs by name, as in "fashion_mnist/mlp_elu"."""
    root = Path(str(files("piste").joinpath("configs")))
    found = sorted(root.rglob("*.yaml"))
    return {path.relative_to(root).with_suffix("").as_posix(): path for path in found}


def resolve(config: str | Path) -> Path:
    """Returns the file that a path or a shipped config's name stands for; files on disk win.

    Raises:
        ConfigProblems: there is none; the message offers the nearest.
    """
    text = str(config)
    path = Path(text)
    if "\0" in text:
        raise file_problem(escape(text), "A config's path must not contain a NUL character.")
    if path.suffix in _SUFFIXES or path.exists():
        if path.exists() or path.is_symlink():
            return path
        siblings = [str(p) for p in sorted(path.parent.glob("*.y*ml"))[:1000]]
        near = nearest(text, siblings) or nearest(text.rsplit(".", 1)[0], shipped())
        message = f"There is no file {escape(text)}."
    else:
        known = shipped()
        if text in known:
            return known[text]
        near = nearest(text, known) or nearest(text, [name.rsplit("/", 1)[-1] for name in known])
        near = next((name for name in known if near and name.endswith(near)), None)
        message = f"There is no file and no shipped config {escape(text)}: see `piste list configs`."
    hint = f" Did you mean `{near}`?" if near else ""
    raise file_problem(escape(text, 200), message + hint, suggestion=near)

"""The model card: one page of Markdown that goes with a trained model."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from piste.callbacks.report.numbers import counted, show
from piste.pipelines.card.exports import exports, loading
from piste.pipelines.card.licences import licence
from piste.pipelines.card.markdown import listed, table
from piste.pipelines.config.stages import in_stages
from piste.pipelines.report.curves import NOT_METRICS
from piste.pipelines.report.facts import duration
from piste.pipelines.report.kept import kept_epoch
from piste.pipelines.run_folder import write_text

if TYPE_CHECKING:
    from piste.pipelines.run import Run


def write_card(run: "Run") -> Path:
    """Writes `model_card.md` from the files of a run folder alone.

    Args:
        run: an open run.

    Returns:
        The file.

    Raises:
        ArtefactError: if a file of the run is damaged.

    References:
        Mitchell et al. 2019, Model Cards for Model Reporting, arXiv:1810.03993.
    """
    sections = {
        "": _lead(run),
        "Figures": _figures(run),
        "Data": _data(run),
        "Health": _health(run),
        "Exports": exports(run.exports),
        "How to load it": loading(run),
        "Training": _training(run),
    }
    parts = [f"# {run.environment['config']}"]
    parts += [f"## {title}\n\n{text}" if title else text for title, text in sections.items()]
    file = run.folder / "model_card.md"
    write_text(file, "\n\n".join(parts) + "\n")
    return file


def _lead(run: "Run") -> str:
    told, data = run.environment, run.environment["data"]
    type_ = run.config.model.model_dump().get("type")
    kind = f"model of type `{type_}`" if type_ else "network of layers that the config lists"
    weights = told.get("parameters")
    size = f" with {weights['total']:,} parameters ({weights['trainable']:,} trainable)" if weights else ""
    task = (
        f"tells {data['outputs']} classes apart"
        if data["classes"]
        else f"predicts {counted(data['outputs'], 'number')}"
    )
    shape = " x ".join(map(str, data["input_shape"]))
    text = f"A {kind}{size}. It {task}, from raw inputs of shape {shape}, {data['input_dtype']}."
    epochs = len(run.history)
    text += f" It was trained on `{data['name']}` for {counted(epochs, 'epoch')}"
    if "training_seconds" in told:
        text += f" in {duration(told['training_seconds'])}"
    if told.get("interrupted"):
        text += " and interrupted"
    return text + "."


def _figures(run: "Run") -> str:
    history, test = run.history, run.environment.get("test") or {}
    last = in_stages(run.config.training)[-1]
    stage = [epoch for epoch in history if epoch.get("stage") == history[-1].get("stage")]
    kept = kept_epoch(stage, last.early_stopping) or {}
    names = [name for name in kept if not name.startswith("val_") and name not in NOT_METRICS]
    names += [name for name in test if name not in names and name != "samples"]
    if not names:
        return "None were recorded."
    rows = [
        (name.replace("_", " "), *(_figure(part, key) for part, key in _places(name, kept, test))) for name in names
    ]
    words = table(("", "training", "validation", "test"), rows)
    epoch = f"Training and validation are of epoch {kept['epoch']}, whose weights were kept; " if kept else ""
    return f"{words}\n\n{epoch}training figures are means over an epoch in which the weights changed."


def _places(name: str, kept: Any, test: Any) -> Iterable[tuple[Any, str]]:
    return (kept, name), (kept, f"val_{name}"), (test, name)


def _figure(part: Any, key: str) -> str:
    return show(part[key]) if key in part else ""


def _data(run: "Run") -> str:
    data = run.environment["data"]
    rows = [
        ("name", data["name"]),
        ("samples", ", ".join(f"{show(data[part])} {part}" for part in ("train", "validation", "test") if data[part])),
        ("scaling, inside the model", run.config.data.scale),
        ("fingerprint", f"`{data['fingerprint']}`"),
        ("licence", licence(run.config.data)),
    ]
    if data["classes"]:
        rows.insert(1, ("classes, by index", ", ".join(data["classes"])))
    return table(("", ""), rows)


def _health(run: "Run") -> str:
    if run.config.health is None:
        return "No monitor was on, so nothing is known of gradients and units."
    if not run.records:
        return "The monitor measured nothing."
    checks = f"{counted(len(run.records), 'check')} in training."
    found = [finding for finding in run.findings if not finding.closed]
    if not found:
        return f"{checks} Nothing was found."
    words = [f"**{f.rule}** ({f.severity}) at {f'`{f.layer}`' if f.layer else 'the model'}: {f.advice}" for f in found]
    return f"{checks} Found, and not cured by the end:\n\n{listed(words)}"


def _training(run: "Run") -> str:
    told = run.environment
    rows = [("mode", f"{told['mode']}, {told['mode_reason']}" if told["mode_reason"] else told["mode"])]
    rows += [("seed", str(told["seed"])), ("precision", run.config.runtime.precision)]
    versions = ", ".join(f"{name} {version}" for name, version in told.get("versions", {}).items())
    if versions:
        rows.append(("versions", versions))
    if "device" in told:
        rows.append(("machine", f"{told['device']}, {counted(told['cores'], 'core')}, {told['platform']}"))
    written = (run.folder / "config.yaml").read_text(encoding="utf-8").splitlines()
    asked = "\n".join(line for line in written if not line.startswith("#"))
    return f"{table(('', ''), rows)}\n\nThe config, as it was asked for:\n\n```yaml\n{asked}\n```"

"""Everything that README.md and the pages of docs show runs.

Commands that train run in this process, with one epoch and no verification of the export.
"""

import re
import shlex
from pathlib import Path

import pytest

from piste.cli import main
from piste.pipelines.config.load import load_config

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {
    name: (ROOT / name).read_text(encoding="utf-8")
    for name in (
        "README.md",
        *(
            f"docs/{page}.md"
            for page in ("training", "monitors", "examples", "report", "health", "models", "moments", "applications")
        ),
    )
}
PYTHON = [
    (name, block) for name, text in PAGES.items() for block in re.findall(r"^```python\n(.*?)^```", text, re.M | re.S)
]
QUICK = ["--set", "training.epochs=1", "--set", "export.verify=false"]


def _blocks(kind: str, text: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.M | re.S)


def _commands(text: str) -> list[str]:
    return [line[2:] for block in _blocks("console", text) for line in block.splitlines() if line.startswith("$ ")]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    "name", ["README.md", "docs/models.md", pytest.param("docs/training.md", marks=pytest.mark.slow)]
)
def test_the_commands_run(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    Path("clothes.yaml").write_text(_blocks("yaml", README)[0], encoding="utf-8")
    commands = _commands(PAGES[name])
    assert commands
    for command in commands:
        program, *arguments = shlex.split(command)
        if program == "make":
            assert set(arguments) <= targets
            continue
        assert program == "piste"
        wrong = "selo" in command
        code = main([*arguments, *(QUICK if arguments[0] == "train" else ())])
        assert code == (3 if wrong else 0), command
        if wrong:
            shown = next(block for block in _blocks("console", README) if command in block).split(command)[1].strip()
            assert capsys.readouterr().err.startswith(shown)


@pytest.mark.parametrize(("name", "block"), PYTHON, ids=[f"{name}-{n}" for n, (name, _) in enumerate(PYTHON)])
def test_the_python_runs(name: str, block: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(block, name, "exec"), {"__name__": "shown"})
    shown = _blocks("text", README)
    if "finding.rule" in block:
        assert capsys.readouterr().out == shown[0]


@pytest.mark.parametrize(("number", "epochs"), [(0, 10), (1, 100), (2, 10)])
def test_the_yaml_of_the_training_page_is_valid(number: int, epochs: int) -> None:
    block = _blocks("yaml", PAGES["docs/training.md"])[number]
    rest = "" if re.search("^(data|extends):", block, re.M) else "data: {source: embedded}\nmodel: {type: mlp}\n"
    Path("page.yaml").write_text(rest + block, encoding="utf-8")
    assert load_config("page.yaml").training.epochs == epochs


@pytest.mark.parametrize("block", _blocks("yaml", PAGES["docs/models.md"]))
def test_the_yaml_of_the_models_page_is_valid(block: str) -> None:
    Path("page.yaml").write_text(block, encoding="utf-8")
    assert load_config("page.yaml").model is not None


def test_links_lead_somewhere() -> None:
    for name, text in PAGES.items():
        for link in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (ROOT / name).parent.joinpath(link).exists(), (name, link)

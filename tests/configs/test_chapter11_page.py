"""docs/chapter11.md: its YAML loads, its commands exist, its tests are there, and its table is that of the configs."""

import ast
import re
import shlex
from pathlib import Path

import pytest

from piste.cli import COMMANDS, main
from piste.pipelines.config.load import load_config
from piste.pipelines.config.shipped import shipped

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "chapter11.md"
TEXT = PAGE.read_text(encoding="utf-8")
FEATURES = [[cell.strip() for cell in line.split(" | ")] for line in re.findall(r"^\| (F\d+ .*) \|$", TEXT, re.M)]
SECTIONS = ("data:", "model:", "training:", "transfer:")
EXPERIMENTS = {
    name.removeprefix("chapter11/"): path.read_text("utf-8")
    for name, path in shipped().items()
    if name.startswith("chapter11/")
}


def _functions(file: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.FunctionDef)}


def _spans(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def test_every_feature_has_one_row() -> None:
    assert [row[0] for row in FEATURES] == [f"F{number}" for number in range(1, 53)]
    assert all(len(row) == 4 for row in FEATURES)


@pytest.mark.parametrize("row", FEATURES, ids=lambda row: row[0])
def test_the_yaml_of_a_feature_loads(row: list[str], tmp_path: Path) -> None:
    sections = [span for span in _spans(row[2]) if span.startswith(SECTIONS)]
    (tmp_path / "page.yaml").write_text("\n".join(["extends: quickstart", *sections]), encoding="utf-8")
    assert load_config(tmp_path / "page.yaml").data.source == "embedded"


def test_the_commands_of_features_exist() -> None:
    commands = [shlex.split(span) for row in FEATURES for span in _spans(row[2]) if span.startswith("piste ")]
    assert {command[1] for command in commands} == {"evaluate", "find-rate", "list", "moments"} <= set(COMMANDS)


@pytest.mark.parametrize("row", FEATURES, ids=lambda row: row[0])
def test_the_tests_of_a_feature_are_there(row: list[str]) -> None:
    for span in _spans(row[3]):
        file, _, function = span.partition("::")
        assert function in _functions(ROOT / "tests" / file), span
    assert _spans(row[3]) or row[3] == "-"


def test_other_blocks_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.M | re.S)
    Path("page.yaml").write_text(block, encoding="utf-8")
    assert load_config("page.yaml").model.batch_norm is not None  # type: ignore[union-attr]
    commands = re.findall(r"^\$ piste (.*)", TEXT, re.M)
    assert len(commands) == 2
    for command in commands:
        assert main(shlex.split(command)) == 0, command


def test_links_lead_somewhere() -> None:
    for link in re.findall(r"\]\(([^)#:]+)\)", TEXT):
        assert (PAGE.parent / link).exists(), link


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_config_has_its_row_and_its_figure(name: str) -> None:
    (row,) = re.findall(rf"^\|.* `{name}` \|.*\|$", TEXT, re.M)
    comment = EXPERIMENTS[name]
    if not name.startswith("r"):
        return
    figure = re.findall(r"^# Expect: the book's notebook: (.*)\.$", comment, re.M)
    assert row.endswith(f"| {figure[0] if figure else '-'} |")
    label = re.match(r"\| (R[\w-]+)", row)
    assert label is not None and comment.startswith(f"# {label[1]}")


def test_no_row_names_a_config_that_is_not_there() -> None:
    assert set(re.findall(r"`(r\de_\w+)`", TEXT)) <= set(EXPERIMENTS)

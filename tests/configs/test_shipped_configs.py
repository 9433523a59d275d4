"""Every shipped config: valid, documented, and each of its keys an error in its own place when damaged."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from piste.pipelines.config.load import load_config
from piste.pipelines.config.nodes import Entry, Mapping, Node, Scalar, Sequence
from piste.pipelines.config.problems import ConfigProblems
from piste.pipelines.config.reader import compose
from piste.pipelines.config.shipped import shipped
from piste.pipelines.config.source import read_source

FILES = shipped()
# The experiments of chapter 11 are many and alike, so that make test-all damages them and make test their bases.
DAMAGED = [
    pytest.param(name, marks=pytest.mark.slow) if name.startswith("chapter11/r") else pytest.param(name)
    for name in FILES
]
ROOT = FILES["quickstart"].parent


def _entries(name: str) -> list[tuple[tuple[str | int, ...], Entry]]:
    """Returns every key of a file with its path."""

    def below(node: Node, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Entry]]:
        if isinstance(node, Mapping):
            for key, entry in node.entries.items():
                yield (*path, key), entry
                yield from below(entry.value, (*path, key))
        elif isinstance(node, Sequence):
            for index, item in enumerate(node.items):
                yield from below(item, (*path, index))

    tree = compose(read_source(FILES[name]))
    assert tree is not None
    return list(below(tree, ()))


def _copy_bases(name: str, tmp_path: Path) -> None:
    """Puts what a config extends beside where its changed text is going to be."""
    for source in load_config(name).sources[:-1]:
        shutil.copy(source.name, tmp_path)


def _changed(name: str, entry: Entry, replacement: str, tmp_path: Path, *, value: bool = False) -> list[Any]:
    """Returns the problems of a config after one key or scalar value was replaced by another text."""
    source = read_source(FILES[name])
    node = entry.value if value else entry.key
    assert isinstance(node, Scalar)
    lines = source.text.split("\n")
    line, column = node.mark.line - 1, node.mark.column - 1
    assert lines[line][column:].startswith(node.text)
    lines[line] = lines[line][:column] + replacement + lines[line][column + len(node.text) :]
    path = tmp_path / "net.yaml"
    path.write_text("\n".join(lines))
    with pytest.raises(ConfigProblems) as caught:
        load_config(path)
    assert caught.value.exit_code == 3
    return [problem for problem in caught.value.problems if problem.origin.file == str(path)]


def test_there_are_as_many_as_there_were() -> None:
    assert len(FILES) >= 11
    assert set(FILES) == {p.relative_to(ROOT).with_suffix("").as_posix() for p in ROOT.glob("**/*.yaml")}
    assert "quickstart" in FILES


@pytest.mark.parametrize("name", FILES)
def test_it_is_valid_and_opens_with_what_to_expect(name: str) -> None:
    config = load_config(name)
    comment = [line for line in FILES[name].read_text("utf-8").split("\n") if line.startswith("#")]
    assert comment[0].endswith((".", ":", "run.")) or len(comment) > 2
    assert {f"# Run:    piste {command} {name}" for command in ("train", "find-rate")} & set(comment)
    assert any(line.startswith("# Expect: ") for line in comment)
    assert config.seed == 42


@pytest.mark.parametrize("name", DAMAGED)
def test_every_key_misspelt_by_one_letter_is_found_on_its_line(name: str, tmp_path: Path) -> None:
    keys = _entries(name)
    assert keys
    _copy_bases(name, tmp_path)
    for path, entry in keys:
        if path[:-1] == ("transfer", "layers"):  # layers' names, which only the built model knows
            continue
        text = entry.key.text
        for wrong in (text[:-1] + ("x" if text[-1] != "x" else "y"), text + "z", text[:1] + text[2:]):
            problems = _changed(name, entry, wrong, tmp_path)
            lines = [problem.origin.line for problem in problems]
            assert entry.key.mark.line in lines, (path, wrong, problems)


@pytest.mark.parametrize("name", DAMAGED)
def test_every_value_of_a_wrong_kind_is_found_on_its_line(name: str, tmp_path: Path) -> None:
    _copy_bases(name, tmp_path)
    for path, entry in _entries(name):
        if isinstance(entry.value, Scalar):
            for wrong in ("[[]]", "{wrong: kind}"):
                problems = _changed(name, entry, wrong, tmp_path, value=True)
                lines = [problem.origin.line for problem in problems]
                assert entry.value.mark.line in lines, (path, wrong, problems)


@pytest.mark.parametrize("name", [name for name in FILES if "extends" not in FILES[name].read_text("utf-8")])
@pytest.mark.parametrize("key", ["data", "model", "data.source", "model.type"])
def test_a_required_key_that_is_gone_is_missed(name: str, key: str, tmp_path: Path) -> None:
    """The place is that of what should contain it: the section's key, or the file's beginning."""
    section, _, inner = key.partition(".")
    lines = FILES[name].read_text("utf-8").split("\n")
    start = lines.index(f"{section}:")
    if inner:
        gone = next(n for n in range(start, len(lines)) if lines[n].strip().startswith(f"{inner}:"))
        expected, kept = start + 1, lines[:gone] + lines[gone + 1 :]
    else:
        end = next(n for n in range(start + 1, len(lines)) if not lines[n].startswith(" "))
        expected, kept = 4, lines[:start] + lines[end:]
    path = tmp_path / "net.yaml"
    path.write_text("\n".join(kept))
    with pytest.raises(ConfigProblems) as caught:
        load_config(path)
    (problem,) = [problem for problem in caught.value.problems if "is missing" in problem.message]
    assert (problem.path, problem.origin.line) == (key, expected)

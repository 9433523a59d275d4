"""Hostile and malformed YAML: each ends in one sentence with its place, none in an exception of PyYAML's."""

import pytest
import yaml

from piste.pipelines.config import reader
from piste.pipelines.config.nodes import Mapping, Scalar, Sequence
from piste.pipelines.config.problems import ConfigProblems, Problem
from piste.pipelines.config.reader import compose
from piste.pipelines.config.source import Source

LAUGHS = "a0: &a0 [x, x]\n" + "".join(f"a{i + 1}: &a{i + 1} [{', '.join([f'*a{i}'] * 9)}]\n" for i in range(9))
MERGE_BOMB = "a0: &a0 {x: 1}\n" + "".join(
    f"a{i + 1}: &a{i + 1}\n  <<: [{', '.join([f'*a{i}'] * 9)}]\n" for i in range(9)
)
DEEP_ALIAS = "a0: &a0 " + "[" * 40 + "]" * 40 + "\na1: " + "[" * 20 + "*a0" + "]" * 20 + "\n"

# text, line, column, words of the message
HOSTILE = {
    "second document": ("a: 1\n---\nb: 2\n", 2, 1, "A config must be one document: a second one begins here."),
    "unclosed list": ("a: [1, 2\nb: 3\n", 2, 2, "This is no valid YAML"),
    "unclosed quote": ('a: "x\n', 2, 1, "found unexpected end of stream"),
    "wrong indent": ("a:\n  b: 1\n c: 2\n", 3, 2, "This is no valid YAML"),
    "tab": ("a:\n\tb: 1\n", 2, 1, "Tabs are not allowed in a config: write spaces."),
    "duplicate": ("a: 1\nb: 2\na: 3\n", 3, 1, "The key `a` is given twice: first at line 1. Remove one."),
    "duplicate quoted": ("a: 1\n'a': 3\n", 2, 1, "The key `a` is given twice"),
    "duplicate normal form": ("caf\u00e9: 1\ncafe\u0301: 2\n", 2, 1, "is given twice: first at line 1"),
    "alias as key": ("&k a: 1\n*k : 2\n", 1, 1, "The key `a` is given twice"),
    "laughs": (LAUGHS, 5, 25, "at most 10,000 nodes: it expands to more at the alias `*a3`"),
    "merge bomb": (MERGE_BOMB, 3, 3, "Merge keys (`<<`) are not allowed in a config: use `extends: base.yaml`."),
    "cycle": ("a: &a [*a]\n", 1, 8, "The alias `*a` stands inside what it names"),
    "cycle in a map": ("a: &a {k: *a}\n", 1, 11, "The alias `*a` stands inside what it names"),
    "anchor twice": ("a: &x 1\nb: &x [2]\n", 2, 4, "The anchor `&x` is already in use: choose another name."),
    "long key": ("1" * 500 + ": x\n", 1, 1, "A key must be a name. Received: 1111"),
    "unknown alias": ("a: *b\n", 1, 4, "The alias `*b` names nothing: there is no `&b` before it."),
    "deep": ("a: " + "[" * 10_000, 1, 53, "A config may be at most 50 levels deep: it is deeper here."),
    "deep by alias": (DEEP_ALIAS, 2, 25, "at most 50 levels deep: the alias `*a0` makes it deeper"),
    "many keys": ("".join(f"k{i}: 1\n" for i in range(6000)), 5000, 8, "A config may have at most 10,000 nodes"),
    "python tag": ('a: !!python/object/apply:os.system ["x"]\n', 1, 4, "Tags (`!name`) are not allowed in a config"),
    "include tag": ("a: !include /etc/passwd\n", 1, 4, "Tags (`!name`) are not allowed"),
    "empty int tag": ('a: !!int ""\n', 1, 4, "Tags (`!name`) are not allowed"),
    "timestamp tag": ("a: !!timestamp x\n", 1, 4, "Tags (`!name`) are not allowed"),
    "tag directive": ("%TAG ! tag:x,2000:\n---\na: !foo 1\n", 3, 4, "Tags (`!name`) are not allowed"),
    "version directive": ("%YAML 9.9\n---\na: 1\n", 1, 1, "found incompatible YAML document"),
    "list as key": ("? [a, b]\n: c\n", 1, 3, "A key must be a name, not a list or a map."),
    "number as key": ("1: x\n", 1, 1, "A key must be a name. Received: 1. Quote it if it is one: '1'."),
    "null as key": ("null: x\n", 1, 1, "A key must be a name. Received: null."),
    "boolean as key": ("true: x\n", 1, 1, "A key must be a name. Received: true."),
    "NUL": ("a: \0\n", 1, 4, "Control characters are not allowed in a config. Received: U+0000."),
    "carriage return": ("a: 1\rb: 2\n", 1, 5, "Received: U+000D."),
    "line separator": ("a: \u2028b\n", 1, 4, "Received: U+2028."),
    "bidi override": ("\u202ea: 1\n", 1, 1, "Received: U+202E."),
    "escaped escape": ('a: "\\e[2J"\n', 1, 4, "Control characters are not allowed in a config, not even escaped."),
    "escaped surrogate": ('a: "\\ud800"\n', 1, 7, "This is no valid YAML"),
    "escape beyond unicode": ('a: "\\UFFFFFFFF"\n', 1, 7, "This is no valid YAML"),
    "reserved indicator": ("a: @x\n", 1, 4, "This is no valid YAML"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_refused_in_its_place(name: str) -> None:
    text, line, column, words = HOSTILE[name]
    found = _problems(text)
    first = next(problem for problem in found if words in problem.message)
    assert (first.origin.line, first.origin.column) == (line, column)
    assert first.origin.file == "net.yaml"


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_refused_without_libyaml_too(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "_LOADER", yaml.SafeLoader)
    assert _problems(HOSTILE[name][0])


def test_every_bad_key_is_reported_at_once() -> None:
    found = _problems("a: !x 1\na: 2\n1: 3\n")
    assert [problem.origin.line for problem in found] == [1, 2, 3]


def test_nodes_keep_their_place() -> None:
    root = compose(Source("net.yaml", "a: 1\nb:\n  - [x, {k: 'v'}]\n"))
    assert isinstance(root, Mapping)
    items = root.get("b")
    assert isinstance(items, Sequence)
    inner = items.items[0]
    assert isinstance(inner, Sequence)
    assert (inner.mark.line, inner.mark.column) == (3, 5)
    last = inner.items[1]
    assert isinstance(last, Mapping)
    value = last.get("k")
    assert isinstance(value, Scalar)
    assert (value.text, value.plain, value.mark.line, value.mark.column) == ("v", False, 3, 13)


def test_columns_count_characters_not_bytes() -> None:
    root = compose(Source("net.yaml", "{\u6f22\u5b57: x}"))
    assert isinstance(root, Mapping)
    value = root.get("\u6f22\u5b57")
    assert value is not None
    assert value.mark.column == 6


def test_aliases_within_limits_are_followed() -> None:
    root = compose(Source("net.yaml", "a: &x [1, 2]\nb: *x\n"))
    assert isinstance(root, Mapping)
    assert root.get("a") is root.get("b")


def test_offset_moves_columns_of_the_first_line() -> None:
    root = compose(Source("--set 1", "seed=7", inline=True), offset=5)
    assert isinstance(root, Scalar)
    assert (root.text, root.mark.column) == ("7", 6)


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n"])
def test_nothing_is_none_or_null(text: str) -> None:
    root = compose(Source("net.yaml", text))
    assert root is None or (isinstance(root, Scalar) and root.is_null)


def _problems(text: str) -> list[Problem]:

    with pytest.raises(ConfigProblems) as caught:
        compose(Source("net.yaml", text))
    return list(caught.value.problems)

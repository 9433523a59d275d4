"""Reports: the caret stands under its character, long lines are cut, nothing reaches the terminal raw."""

import unicodedata

import pytest

from piste.pipelines.config.problems import ConfigProblems, Origin, Problem
from piste.pipelines.config.report import SHOWN_LIMIT, escape, render


def _problem(text: str, column: int, line: int = 7, **more: str) -> Problem:
    return Problem(Origin("net.yaml", line, column, text), "seed", "`seed` is wrong.", **more)


def _cells(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def test_a_block_is_sentence_line_and_caret() -> None:
    assert render([_problem("seed: x", 7)]).split("\n") == [
        "net.yaml:7:7: error: `seed` is wrong.",
        "  7 | seed: x",
        "    |       ^",
    ]


def test_expected_is_wrapped_to_the_width() -> None:
    shown = render([_problem("seed: x", 7, expected="one of " + ", ".join(["adam"] * 40))], width=60)
    lines = shown.split("\n")[3:]
    assert lines[0].startswith("    expected: one of adam")
    assert len(lines) > 2
    assert all(len(line) <= 60 for line in lines)


def test_a_long_list_is_printed_once() -> None:
    names = "one of " + ", ".join(f"name_{number}" for number in range(20))
    problems = [_problem("seed: x", 7, expected=given) for given in (names, names, "short", "short", names)]
    lines = [line.strip() for line in render(problems, width=1_000).splitlines() if "expected: " in line]
    told = [names, "as above", "short", "short", "as above"]
    assert lines == [f"expected: {given}" for given in told]


@pytest.mark.parametrize("column", [1, 50, 500, 990, 1000])
def test_long_lines_are_cut_around_the_caret(column: int) -> None:
    text = "".join(chr(ord("a") + i % 26) for i in range(1000))
    _, source, caret = render([_problem(text, column)], width=80).split("\n")
    assert len(source) <= 86
    assert source[caret.index("^")] == text[column - 1]


def test_wide_characters_count_two_cells() -> None:
    text = "{\u6f22\u5b57: x}"
    _, source, caret = render([_problem(text, 6)]).split("\n")
    assert _cells(caret[: caret.index("^")]) == _cells(source[: source.index("x")])


def test_control_characters_are_shown_escaped_and_move_the_caret() -> None:
    _, source, caret = render([_problem("a\x1b[2J: x", 8)]).split("\n")
    assert "\x1b" not in source
    assert source[caret.index("^")] == "x"


def test_a_place_beyond_the_line_is_at_its_end() -> None:
    _, source, caret = render([_problem("abc", 99)]).split("\n")
    assert caret.index("^") == len(source)


def test_a_whole_file_has_no_excerpt() -> None:
    assert render([Problem(Origin("x.yaml", 0, 0, ""), "", "There is no file.")]) == "x.yaml: error: There is no file."


def test_a_path_is_shown_escaped() -> None:
    assert render([Problem(Origin("a\x1b[2J.yaml", 0, 0, ""), "", "No.")]) == "a\\x1b[2J.yaml: error: No."


def test_an_override_has_a_caret_without_a_line_number() -> None:
    shown = render([Problem(Origin("--set 2", 0, 6, "seed=x"), "seed", "`seed` is wrong.")])
    assert shown.split("\n") == ["--set 2: error: `seed` is wrong.", "    | seed=x", "    |      ^"]


def test_paint_is_given_every_part() -> None:
    shown = render([_problem("seed: x", 7, expected="a number")], paint=lambda text, style: f"<{style}>{text}")
    assert "<place>net.yaml:7:7: <error>error:" in shown
    assert "<caret>^" in shown
    assert "<hint>    expected: a number" in shown


def test_problems_are_sorted_by_place_without_repetition() -> None:
    later, earlier = _problem("b", 1, line=10), _problem("a", 1, line=9)
    assert ConfigProblems([later, earlier, later]).problems == (earlier, later)
    assert str(ConfigProblems([later, earlier])).index(":9:") < str(ConfigProblems([later, earlier])).index(":10:")


def test_many_problems_are_counted() -> None:
    shown = render([_problem("a", 1, line=n) for n in range(1, SHOWN_LIMIT + 6)])
    assert shown.endswith("... and 5 more problems")
    assert shown.count("error:") == SHOWN_LIMIT


def test_escape_cuts_long_texts() -> None:
    assert escape("x" * 100) == "x" * 77 + "..."
    assert escape("\u202e\r") == "\\u202e\\r"


def test_a_problem_is_plain_data() -> None:
    assert _problem("seed: x", 7, received="x", suggestion="seed").to_dict() == {
        "file": "net.yaml",
        "line": 7,
        "column": 7,
        "path": "seed",
        "message": "`seed` is wrong.",
        "expected": None,
        "received": "x",
        "suggestion": "seed",
        "rule": None,
    }

"""Problems as text: the sentence, the source line, a caret, and what would have been right."""

import textwrap
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import replace

from piste.pipelines.config.problems import Origin, Problem

SHOWN_LIMIT = 20
LONG = 80  # characters of what was expected that are not printed twice
Paint = Callable[[str, str], str]


def plain(text: str, style: str) -> str:
    """Leaves `text` as it is: the style of files and pipes."""
    return text


def render(problems: Iterable[Problem], *, width: int = 100, paint: Paint = plain) -> str:
    """Returns one readable block for each problem.

    Args:
        problems: what to show, in this order.
        width: of the terminal, in cells; longer source lines are cut around the caret.
        paint: puts colour on a text; called with the text and one of "place", "error", "warning",
            "caret", "hint".

    Example:
        >>> from piste.pipelines.config.problems import Origin, Problem
        >>> place = Origin("net.yaml", 3, 11, "  epochs: 0")
        >>> print(render([Problem(place, "training.epochs", "`training.epochs` must be at least 1.")]))
        net.yaml:3:11: error: `training.epochs` must be at least 1.
          3 |   epochs: 0
            |           ^
    """
    shown, blocks, told = list(problems), [], set[str]()
    for problem in shown[:SHOWN_LIMIT]:
        expected = problem.expected or ""
        known = len(expected) > LONG and expected in told
        blocks.append(_block(replace(problem, expected="as above") if known else problem, width, paint))
        told.add(expected)
    if len(shown) > SHOWN_LIMIT:
        blocks.append(f"... and {len(shown) - SHOWN_LIMIT} more problems")
    return "\n".join(blocks)


def escape(text: str, limit: int = 80) -> str:
    r"""Returns `text` fit for a terminal: control characters escaped, cut at `limit` characters.

    Example:
        >>> escape("a\x1b[2J")
        'a\\x1b[2J'
    """
    shown = "".join(_visible(c) for c in text[: limit + 1])
    return shown if len(text) <= limit else shown[: limit - 3] + "..."


def _visible(character: str) -> str:
    hidden = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp")
    return character.encode("unicode_escape").decode("ascii") if hidden else character


def _block(problem: Problem, width: int, paint: Paint) -> str:
    origin = problem.origin
    word = paint("error:", "error") if problem.rule is None else paint("warning:", "warning")
    rule = "" if problem.rule is None else f" [{problem.rule}]"
    lines = [f"{paint(f'{escape(str(origin), 300)}:', 'place')} {word} {problem.message}{rule}"]
    if origin.text.strip() and origin.column:
        lines += _excerpt(origin, width, paint)
    if problem.expected:
        text = f"    expected: {problem.expected}"
        wrapped = textwrap.wrap(text, max(width, 40), subsequent_indent=" " * 14, break_long_words=False)
        lines += [paint(line, "hint") for line in wrapped]
    return "\n".join(lines)


def _excerpt(origin: Origin, width: int, paint: Paint) -> list[str]:
    number = f"  {origin.line}" if origin.line else "   "
    text, caret = _window(origin.text, origin.column - 1, max(20, width - len(number) - 4))
    margin = " " * len(number)
    return [f"{number} | {text}", f"{margin} | {' ' * caret}{paint('^', 'caret')}"]


def _window(text: str, index: int, width: int) -> tuple[str, int]:
    """Returns the part of `text` around `index` that fits `width` cells, and the caret's cell in it."""
    index = min(index, len(text))
    start = end = index
    cells = 0
    while cells < width and (start > 0 or end < len(text)):
        # Two thirds of the room go before the caret, where the key stands.
        if end < len(text) and (start == 0 or cells * 3 >= width * 2 or end - index < (index - start) // 2):
            cells += _cells(text[end])
            end += 1
        else:
            start -= 1
            cells += _cells(text[start])
    head = "..." if start else ""
    tail = "..." if end < len(text) else ""
    start += len(head) if start + len(head) <= index else 0
    end -= len(tail) if end - len(tail) > index else 0
    before = "".join(map(_visible, text[start:index]))
    caret = len(head) + sum(map(_cells, text[start:index]))
    return head + before + "".join(map(_visible, text[index:end])) + tail, caret


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else len(_visible(character))

"""Tables and lists of Markdown from any text."""

from collections.abc import Iterable, Sequence


def cell(text: str) -> str:
    """Returns a text that cannot end its cell or its line.

    Example:
        >>> print(cell("  a   line"))
        a line
    """
    return " ".join(text.split()).replace("|", "\\|")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Returns a table.

    Example:
        >>> print(table(("", "test"), [("loss", "0.5")]))
        |  | test |
        | --- | --- |
        | loss | 0.5 |
    """
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell(text) for text in line) + " |" for line in lines)


def listed(items: Iterable[str]) -> str:
    """Returns a list, one line an item."""
    return "\n".join(f"- {' '.join(item.split())}" for item in items)

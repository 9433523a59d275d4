"""Draws the pictures of docs/activations.md: `python -m piste.models.activations.pictures docs/images/activations`."""

import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from piste.models.activations.arrays import Array, array_function, array_slope
from piste.models.activations.facts import Activation, Tail
from piste.models.activations.table import ACTIVATIONS

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 420, 230, 30, 10, 34, 24
REACH, LOWEST, HIGHEST = 10.0, -2.2, 3.2
F, SLOPE, LOW, FLAT = "#2a7f62", "#c2410c", "#fef3c7", "#fde68a"
_DASHES = ' stroke-opacity="0.5" stroke-dasharray="2 4"'
_POINTS = 40  # to each 5 of z


def pictures() -> dict[str, str]:
    """Returns file name -> SVG: f and f' for default arguments, on the zones where f' is low or flat."""
    return {f"{name}.svg": _picture(entry) for name, entry in ACTIVATIONS.items()}


def _picture(entry: Activation) -> str:
    facts = entry.facts()
    function = array_function(entry.name)
    frame = f'x="{LEFT}" y="{TOP}" width="{WIDTH - LEFT - RIGHT}" height="{HEIGHT - TOP - BOTTOM}"'
    marks = [
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        *_zone(facts.low, LOW),
        *_zone(facts.flat, FLAT),
        *_axes(),
        f'<clipPath id="frame"><rect {frame}/></clipPath>',
        '<g clip-path="url(#frame)" fill="none" stroke-width="2">',
    ]
    for z in _branches(facts.kinks):
        marks.append(_curve(z, array_slope(function, z, facts.kinks), SLOPE))
        marks.append(_curve(z, function(z), F))
    marks += [
        "</g>",
        _text(WIDTH / 2, 14, entry.name, "middle", "#111827", "bold"),
        *_legend(),
    ]
    body = "\n".join(marks)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="11">\n<title>{entry.name} and its slope</title>\n{body}\n</svg>\n'
    )


def _branches(kinks: Sequence[float]) -> list[Array]:
    """The places to draw at, in pieces that end a hair before each kink, so that jumps are gaps."""
    edges = [-REACH, *kinks, REACH]
    hair = 1e-6
    return [
        np.linspace(start + hair, end - hair, 1 + round((end - start) / 5 * _POINTS)) for start, end in pairwise(edges)
    ]


def _zone(tail: Tail, color: str) -> list[str]:
    pieces = []
    if tail.left is not None and tail.left > -REACH:
        pieces.append((-REACH, tail.left))
    if tail.right is not None and tail.right < REACH:
        pieces.append((tail.right, REACH))
    return [
        f'<rect x="{_x(start):.1f}" y="{TOP}" width="{_x(end) - _x(start):.1f}" '
        f'height="{HEIGHT - TOP - BOTTOM}" fill="{color}"/>'
        for start, end in pieces
    ]


def _axes() -> list[str]:
    marks = []
    for z in (-10, -5, 0, 5, 10):
        line = f'x1="{_x(z):.1f}" x2="{_x(z):.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"'
        marks.append(f'<line {line} stroke="#9ca3af"{"" if z == 0 else _DASHES}/>')
        marks.append(_text(_x(z), HEIGHT - 9, f"{z}", "end" if z == REACH else "middle"))
    for value in (-2, -1, 0, 1, 2, 3):
        line = f'x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{_y(value):.1f}" y2="{_y(value):.1f}"'
        marks.append(f'<line {line} stroke="#9ca3af"{"" if value == 0 else _DASHES}/>')
        marks.append(_text(LEFT - 6, _y(value) + 4, f"{value}", "end"))
    return marks


def _legend() -> list[str]:
    marks = [
        _text(LEFT, 29, "f(z)", "start", F, "bold"),
        _text(LEFT + 38, 29, "slope f'(z)", "start", SLOPE, "bold"),
    ]
    for place, color, words in ((LEFT + 130, LOW, "under 5 % of sup |f'|"), (LEFT + 270, FLAT, "under 0.001")):
        marks.append(f'<rect x="{place}" y="20" width="11" height="11" fill="{color}" stroke="#9ca3af"/>')
        marks.append(_text(place + 16, 29, words, "start"))
    return marks


def _curve(z: Array, values: Array, color: str) -> str:
    # What lies beyond the frame would only make the file larger; one step more reaches its edge.
    inside = (values > LOWEST - 1) & (values < HIGHEST + 1)
    points = " ".join(f"{_x(a):.1f},{_y(b):.1f}" for a, b in zip(z[inside], values[inside], strict=True))
    return f'<polyline points="{points}" stroke="{color}"/>'


def _x(z: float) -> float:
    return LEFT + (z + REACH) / (2 * REACH) * (WIDTH - LEFT - RIGHT)


def _y(value: float) -> float:
    return TOP + (HIGHEST - value) / (HIGHEST - LOWEST) * (HEIGHT - TOP - BOTTOM)


def _text(x: float, y: float, words: str, anchor: str, color: str = "#4b5563", weight: str = "normal") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} fill="{color}" font-weight="{weight}">{words}</text>'


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, svg in pictures().items():
        (folder / name).write_text(svg, encoding="utf-8")

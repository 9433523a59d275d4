"""Draws the pictures of docs/health.md: `python -m piste.callbacks.rules.pictures docs/images`."""

import inspect
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from piste.callbacks.rules.dead import dead
from piste.callbacks.rules.exploding import exploding
from piste.callbacks.rules.saturated import saturated
from piste.callbacks.rules.vanishing import vanishing

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 300, 60, 130, 54, 45
COLORS = ("#2a7f62", "#c2410c", "#1d4ed8", "#7e22ce")
Series = Mapping[str, Sequence[float]]


def pictures() -> dict[str, str]:
    """Returns file name -> SVG. Curves are made up; the limits are the rules' own."""
    layers = range(10)
    depth = {
        "healthy": [-0.05 * (9 - layer) for layer in layers],
        "VANISHING": [-0.6 * (9 - layer) for layer in layers],
        "EXPLODING": [0.32 * (9 - layer) for layer in layers],
        "NO_GRADIENT": [math.nan] * 5 + [-0.1 * (9 - layer) for layer in range(5, 10)],
    }
    checks = range(30)
    steps = {
        "healthy": [0.15 * math.sin(1.3 * check) - 0.02 * check for check in checks],
        "a spike": [0.1 * math.sin(2.1 * check) + (1.5 if check == 12 else 0.0) for check in checks],
        "EXPLODING": [0.1 * math.sin(1.7 * check) + max(0.0, 0.35 * (check - 20)) for check in checks],
    }
    counts = {
        "born dead": [0.62] * 30,
        "died at a step": [0.04 if check < 14 else 0.95 for check in checks],
        "some revived": [0.02 * check if check < 12 else 0.22 - 0.008 * (check - 12) for check in checks],
        "saturated": [0.85 + 0.03 * math.sin(check) for check in checks],
    }
    return {
        "health_depth.svg": _chart(
            "Error signal by depth",
            depth,
            {"VANISHING below": _limit(vanishing, "decades"), "EXPLODING above": _limit(exploding, "decades")},
            "layer, from the input to the output",
            "log10 of delta over the last layer's",
        ),
        "health_steps.svg": _chart(
            "Gradient from check to check",
            steps,
            {"EXPLODING above": 1.0},
            "check",
            "log10 of grad_norm over the median",
        ),
        "health_units.svg": _chart(
            "Units of a layer",
            counts,
            {"info": _limit(dead, "some"), "warning": _limit(dead, "half"), "critical": _limit(dead, "most")}
            | {"SATURATED": _limit(saturated, "share")},
            "check",
            "share of units, or of outputs",
        ),
    }


def _limit(rule: object, name: str) -> float:
    assert callable(rule)
    return float(inspect.signature(rule).parameters[name].default)


def _chart(title: str, series: Series, limits: Mapping[str, float], across: str, up: str) -> str:
    values = [value for line in series.values() for value in line if not math.isnan(value)] + list(limits.values())
    low, high = min(values), max(values)
    steps = max(len(line) for line in series.values()) - 1

    def x(place: float) -> float:
        return LEFT + place / steps * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM)

    marks = [
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(WIDTH / 2, 18, title, "middle", "#111827", "bold"),
        _text(WIDTH / 2 - 35, HEIGHT - 12, across, "middle"),
        f'<g transform="rotate(-90 16 {HEIGHT / 2})">{_text(16, HEIGHT / 2, up, "middle")}</g>',
    ]
    for name, value in limits.items():
        line = f'x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}"'
        marks.append(f'<line {line} stroke="#9ca3af" stroke-dasharray="4 4"/>')
        marks.append(_text(LEFT - 6, y(value) + 4, f"{value:g}", "end"))
        marks.append(_text(WIDTH - RIGHT + 6, y(value) + 4, name, "start"))
    for column, ((name, curve), color) in enumerate(zip(series.items(), COLORS, strict=False)):
        points = [(x(place), y(value)) for place, value in enumerate(curve) if not math.isnan(value)]
        path = " ".join(f"{across:.1f},{up:.1f}" for across, up in points)
        marks.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"/>')
        marks.append(_text(LEFT + 120 * column, 40, name, "start", color, "bold"))
    body = "\n".join(marks)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="12">\n<title>{title}</title>\n{body}\n</svg>\n'
    )


def _text(x: float, y: float, words: str, anchor: str, color: str = "#4b5563", weight: str = "normal") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} fill="{color}" font-weight="{weight}">{words}</text>'


if __name__ == "__main__":
    for name, svg in pictures().items():
        Path(sys.argv[1], name).write_text(svg, encoding="utf-8")

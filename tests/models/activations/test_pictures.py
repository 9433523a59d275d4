import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from piste.models.activations.pictures import FLAT, LOW, SLOPE, F, pictures
from piste.models.activations.table import ACTIVATIONS

DOCS = Path(__file__).parents[3] / "docs"
FOLDER = DOCS / "images" / "activations"
DRAWN = pictures()


def zones(name: str, color: str) -> list[tuple[float, float]]:
    """Start and width of what is shaded, in pixels: z = -10 is at 30, z = 0 at 220, z = 10 at 410."""
    found = re.findall(rf'<rect x="([\d.]+)" y="34" width="([\d.]+)" height="172" fill="{color}"/>', DRAWN[name])
    return [(float(start), float(width)) for start, width in found]


def curves(name: str, color: str) -> list[list[str]]:
    found = re.findall(rf'<polyline points="([^"]*)" stroke="{color}"/>', DRAWN[name])
    return [points.split() for points in found]


def test_there_is_a_picture_of_every_entry_and_no_other_file() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(f"{name}.svg" for name in ACTIVATIONS)


@pytest.mark.parametrize("name", DRAWN)
def test_files_are_those_that_are_drawn(name: str) -> None:
    svg = DRAWN[name]
    assert (FOLDER / name).read_text(encoding="utf-8") == svg, "draw anew as the page says"
    ElementTree.fromstring(svg)
    assert len(svg) < 16_000


def test_the_page_shows_each_once() -> None:
    page = (DOCS / "activations.md").read_text(encoding="utf-8")
    assert re.findall(r"\(images/activations/(.+?)\)", page) == [f"{name}.svg" for name in ACTIVATIONS]


def test_zones_are_where_the_slope_is_small() -> None:
    assert zones("linear.svg", LOW) == zones("linear.svg", FLAT) == []
    assert zones("relu.svg", LOW) == zones("relu.svg", FLAT) == [(30, 190)]
    # Sigmoid's slope is s (1 - s): 5 % of 1/4 at z = 4.357, and 0.001 at z = 6.906; 19 pixels a unit.
    assert zones("sigmoid.svg", LOW) == [(30, 107.2), (302.8, 107.2)]
    assert zones("sigmoid.svg", FLAT) == [(30, 58.8), (351.2, 58.8)]
    assert zones("softsign.svg", FLAT) == []  # from |z| = 30.6 on, beyond the frame


def test_curves_go_where_they_should() -> None:
    ((*f,),), ((*slope,),) = curves("sigmoid.svg", F), curves("sigmoid.svg", SLOPE)
    # A unit of f is 172 / 5.4 pixels, and 3.2 is at 34.
    assert "220.0,120.0" in f  # f(0) = 1/2
    assert "220.0,128.0" in slope  # f'(0) = 1/4
    below, above = curves("relu.svg", SLOPE)
    assert {point.split(",")[1] for point in below} == {"135.9"}
    assert {point.split(",")[1] for point in above} == {"104.1"}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_jump_of_the_slope_is_a_gap(name: str) -> None:
    pieces = 1 + len(ACTIVATIONS[name].facts().kinks)
    assert len(curves(f"{name}.svg", F)) == len(curves(f"{name}.svg", SLOPE)) == pieces

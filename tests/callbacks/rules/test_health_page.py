"""docs/health.md and its pictures say what the rules say."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from piste.callbacks.rules import GRADIENT_RULES, UNIT_RULES
from piste.callbacks.rules.pictures import pictures

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "health.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", GRADIENT_RULES + UNIT_RULES)
def test_every_rule_has_a_row_and_a_section(rule: object) -> None:
    name = getattr(rule, "__name__", "").upper()
    assert f"| [{name}](#{name.lower()}) |" in PAGE
    assert f"\n### {name}\n" in PAGE
    section = PAGE.split(f"\n### {name}\n")[1].split("\n### ")[0]
    assert "- **Fires" in section


def test_pictures_are_those_that_are_drawn() -> None:
    drawn = pictures()
    assert set(drawn) == set(re.findall(r"\(images/(.+?)\)", PAGE))
    for name, svg in drawn.items():
        assert (DOCS / "images" / name).read_text(encoding="utf-8") == svg, f"draw {name} anew"
        ElementTree.fromstring(svg)


def test_pictures_show_the_limits_of_the_rules() -> None:
    drawn = pictures()
    for name, limits in {"health_depth.svg": ("-3", "2"), "health_units.svg": ("0.1", "0.5", "0.75", "0.9")}.items():
        shown = set(re.findall(r'text-anchor="end"[^>]*>([^<]*)<', drawn[name]))
        assert shown == set(limits)

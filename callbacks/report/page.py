"""Fills a template into one self-contained HTML file."""

import base64
import hashlib
import os
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from piste.callbacks.report.chart import Chart

HOME = "piste.callbacks.report"
SCRIPTS = ("vendor/d3.min.js", "vendor/plot.umd.min.js", "templates/charts.js")


def write_page(
    path: str | Path, template: str, variables: Mapping[str, Any], charts: Sequence[Chart], home: str = HOME
) -> Path:
    """Writes a page with its styles, scripts and data inside.

    The content security policy allows the scripts of this package by their hashes and no address at all, so that a
    string that slipped through could neither run nor load anything.

    Args:
        path: the file to write; its folder is made if it is not there.
        template: the template's name.
        variables: what the template shows; strings are escaped.
        charts: what charts.js draws.
        home: the package whose templates are looked at before this package's own.

    Returns:
        The file written.
    """
    loader = jinja2.ChoiceLoader([jinja2.PackageLoader(package) for package in dict.fromkeys((home, HOME))])
    environment = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.policies["json.dumps_kwargs"] = {"allow_nan": False, "separators": (",", ":")}
    scripts = [_text(name) for name in SCRIPTS]
    page = environment.get_template(template).render(
        **variables,
        style=Markup(_text("templates/page.css")),
        scripts=[Markup(script) for script in scripts],
        hashes=[_hash(script) for script in scripts],
        charts={chart.name: {"kind": chart.kind, **chart.data} for chart in charts},
    )
    return _replace(Path(path), page)


def _text(name: str) -> str:
    text = (files(HOME) / name).read_text(encoding="utf-8")
    assert "</script" not in text and "</style" not in text
    return text


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _replace(path: Path, page: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.write_text(page, encoding="utf-8", newline="\n")
    os.replace(part, path)
    return path

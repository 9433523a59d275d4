"""How commands print: facts on stdout as text or JSON, problems in colour only on a terminal."""

import json
import os
import shutil
import sys
from collections.abc import Iterable
from typing import Any

import click

from piste.pipelines.config.problems import ConfigProblems, Problem
from piste.pipelines.config.report import plain, render

_STYLES: dict[str, dict[str, Any]] = {
    "place": {"bold": True},
    "error": {"fg": "red", "bold": True},
    "warning": {"fg": "yellow", "bold": True},
    "caret": {"fg": "red"},
    "hint": {"fg": "cyan"},
}

format_option = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="How facts are printed."
)
set_option = click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Overrides one value; may be repeated."
)


def print_json(value: Any) -> None:
    """Prints facts as JSON on stdout."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def print_error(error: Exception) -> None:
    """Prints what went wrong on stderr."""
    if not isinstance(error, ConfigProblems):
        click.echo(f"error: {error}", err=True)
        return
    print_problems(error.problems)


def print_problems(problems: Iterable[Problem]) -> None:
    """Prints errors and warnings of a config on stderr, each with its source line."""
    coloured = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    width = shutil.get_terminal_size((100, 24)).columns if sys.stderr.isatty() else 100
    click.echo(render(problems, width=width, paint=_paint if coloured else plain), err=True)


def _paint(text: str, style: str) -> str:
    return click.style(text, **_STYLES[style])

"""`piste list`: what there is to choose from."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import click

from piste.pipelines.commands.output import format_option, print_json
from piste.pipelines.errors import UsageError

KINDS = (
    "configs",
    "presets",
    "models",
    "applications",
    "activations",
    "optimizers",
    "schedules",
    "layers",
    "losses",
    "metrics",
    "initializers",
    "regularizers",
    "constraints",
    "sources",
)


@click.command()
@click.argument("kind", required=False, type=click.Choice(KINDS), metavar="[KIND]")
@click.argument("pattern", required=False)
@format_option
def command(kind: str | None, pattern: str | None, form: str) -> None:
    """List what there is: KIND is one of the plural names, PATTERN a part of the name or a glob.

    Without KIND, the kinds are listed with their numbers. Models are listed with the shape of one input, the number of
    their parameters for that and ten classes, and the floating-point operations of one sample in millions.
    """
    if kind is None:
        counts = {name: len(listing(name)) for name in KINDS}
        if form == "json":
            print_json(counts)
        else:
            _print_table({name: f"{count}" for name, count in counts.items()})
        return
    everything = listing(kind)
    items = {name: about for name, about in everything.items() if _matches(name, pattern)}
    if pattern is not None and not items:
        raise UsageError(f"No name in `piste list {kind}` matches `{pattern}`.{_near(pattern, everything)}")
    if kind == "models":
        _warn_of_plugins()
    if form == "json":
        print_json([{"name": name, **about} for name, about in items.items()])
    elif kind == "models":
        _print_table({name: _with_size(about) for name, about in items.items()})
    else:
        _print_table({name: about["about"] for name, about in items.items()})


def listing(kind: str) -> dict[str, dict[str, Any]]:
    """Returns everything of a kind by name, each with a line about it."""
    if kind == "configs":
        from piste.pipelines.config.shipped import shipped

        return {name: {"about": _first_comment(path.read_text("utf-8"))} for name, path in shipped().items()}
    if kind == "presets":
        from piste.pipelines.config.preset import presets

        return {name: {"about": _first_comment(path.read_text("utf-8"))} for name, path in presets().items()}
    if kind == "models":
        return _models()
    if kind == "sources":
        from piste.pipelines.config.schema.data import SOURCES
        from piste.pipelines.data.register import OWN_SOURCES

        summaries = {name: str(section.__doc__).split("\n")[0] for name, section in SOURCES.items()}
        summaries |= {name: source.summary for name, source in OWN_SOURCES.items()}
        return {name: {"about": summary} for name, summary in summaries.items()}
    if kind == "applications":
        from piste.models.applications import APPLICATIONS

        return {
            entry.name: {"about": f"images of {entry.smallest} x {entry.smallest} or more", "alpha": entry.alpha}
            for entry in APPLICATIONS.values()
        }
    if kind == "activations":
        from piste.models.activations.table import ACTIVATIONS

        return {
            activation.name: {"about": activation.formula, "aliases": list(activation.aliases)}
            for activation in ACTIVATIONS.values()
        }
    from piste.pipelines.config.catalog import entries

    return {name: _arguments(entry) for name, entry in sorted(entries(kind).items())}


def _models() -> dict[str, dict[str, Any]]:
    """Returns every model type with its summary and, where it is Piste's own, its size with its defaults."""
    from piste.models.sizes import sizes
    from piste.models.zoo import MODELS
    from piste.pipelines.config.schema.model import models

    own = sizes()
    return {name: {"about": MODELS[name].summary, **(asdict(own[name]) if name in own else {})} for name in models()}


def _with_size(about: dict[str, Any]) -> str:
    """Returns a model's line: its input, its parameters and the operations of one sample, before what it is."""
    if "parameters" not in about:
        return f"{'':39}  {about['about']}"
    shape = " x ".join(map(str, about["input"]))
    return f"{shape:>11}  {about['parameters']:>10,}  {about['flops'] / 1e6:>7.3f} MFLOPs  {about['about']}"


def _warn_of_plugins() -> None:
    from piste.models.plugins import discover

    for line in discover():
        click.echo(f"warning: {line}", err=True)


def _near(pattern: str, names: Iterable[str]) -> str:
    from difflib import get_close_matches

    folded = {name.casefold(): name for name in names}
    close = get_close_matches(pattern.strip("*?").casefold(), folded, n=3)
    return f" Near it: {', '.join(folded[name] for name in close)}." if close else ""


def _arguments(entry: Any) -> dict[str, Any]:
    from piste.pipelines.config.arguments import expectation

    facts = {name: expectation(argument) for name, argument in entry.arguments.items()}
    return {"about": ", ".join(facts), "arguments": facts}


def _first_comment(text: str) -> str:
    return text.split("\n", 1)[0].removeprefix("#").strip()


def _matches(name: str, pattern: str | None) -> bool:
    from fnmatch import fnmatchcase

    if pattern is None:
        return True
    name, pattern = name.casefold(), pattern.casefold()
    return pattern in name or fnmatchcase(name, pattern)


def _print_table(rows: dict[str, str]) -> None:
    width = max(map(len, rows), default=0)
    for name, about in rows.items():
        click.echo(f"{name:{width}}  {about}".rstrip())

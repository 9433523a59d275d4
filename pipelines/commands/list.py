"""`piste list`: what there is to choose from."""

from typing import Any

import click

from piste.pipelines.commands.output import format_option, print_json

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

    Without KIND, the kinds are listed with their numbers.
    """
    if kind is None:
        counts = {name: len(listing(name)) for name in KINDS}
        if form == "json":
            print_json(counts)
        else:
            _print_table({name: f"{count}" for name, count in counts.items()})
        return
    items = {name: about for name, about in listing(kind).items() if _matches(name, pattern)}
    if form == "json":
        print_json([{"name": name, **about} for name, about in items.items()])
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
    if kind in ("models", "sources"):
        from piste.models import zoo
        from piste.pipelines.config.schema.data import SOURCES
        from piste.pipelines.config.schema.model import MODELS, own_models
        from piste.pipelines.data.register import OWN_SOURCES

        table: dict[str, Any] = dict(MODELS if kind == "models" else SOURCES)
        summaries = {name: section.__doc__.split("\n")[0] for name, section in table.items()}
        if kind == "models":
            summaries |= {name: zoo.MODELS[name].summary for name in own_models()}
        else:
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


def _arguments(entry: Any) -> dict[str, Any]:
    from piste.pipelines.config.arguments import expectation

    facts = {name: expectation(argument) for name, argument in entry.arguments.items()}
    return {"about": ", ".join(facts), "arguments": facts}


def _first_comment(text: str) -> str:
    return text.split("\n", 1)[0].removeprefix("#").strip()


def _matches(name: str, pattern: str | None) -> bool:
    from fnmatch import fnmatch

    return pattern is None or pattern in name or fnmatch(name, pattern)


def _print_table(rows: dict[str, str]) -> None:
    width = max(map(len, rows), default=0)
    for name, about in rows.items():
        click.echo(f"{name:{width}}  {about}".rstrip())

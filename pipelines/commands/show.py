"""`piste show`: the resolved config, or one key's value, type, doc and where it was set."""

from typing import TYPE_CHECKING, Any

import click

from piste.pipelines.commands.output import format_option, print_json, set_option

if TYPE_CHECKING:
    from piste.pipelines.config.config import Config


@click.command()
@click.argument("config")
@click.argument("key", required=False)
@set_option
@format_option
def command(config: str, key: str | None, overrides: tuple[str, ...], form: str) -> None:
    """Print the resolved config, or all that is known of one KEY of it.

    KEY is written with dots and indices, as in model.hidden[0].
    """
    from piste.pipelines.config.load import load_config

    loaded = load_config(config, overrides)
    if key is not None:
        _show_key(loaded, key, form)
    elif form == "json":
        print_json(loaded.dump())
    else:
        click.echo(loaded.yaml(), nl=False)


def _show_key(config: "Config", key: str, form: str) -> None:
    from piste.pipelines.config.document import document

    value, origin = config.value(key), config.origin(key)
    kind, doc = document(config, key)
    facts: dict[str, Any] = {"key": key, "value": value, "type": kind, "doc": doc, "set": None}
    if origin is not None:
        facts["set"] = {"file": origin.file, "line": origin.line or None, "column": origin.column}
    if form == "json":
        print_json(facts)
        return
    shown = _flow(value)
    click.echo(f"{key}: {shown}")
    click.echo(f"  type: {kind}")
    if doc:
        click.echo(f"  doc:  {doc}")
    click.echo(f"  set:  {origin or 'by default'}")


def _flow(value: Any) -> str:
    import yaml

    text: str = yaml.safe_dump(value, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10_000)
    return text.removesuffix("\n").removesuffix("\n...")

"""`piste schema`: the config's JSON Schema, for editors."""

import click

from piste.pipelines.commands.output import format_option, print_json


@click.command()
@format_option
def command(form: str) -> None:
    """Print the JSON Schema of a config, for editors; text and json are the same here."""
    from piste.pipelines.config.json_schema import json_schema

    print_json(json_schema())

"""`piste train`: the whole pipeline."""

from pathlib import Path

import click

from piste.pipelines.commands.output import format_option, print_json, set_option


@click.command()
@click.argument("config")
@set_option
@click.option(
    "--run", type=click.Path(path_type=Path), help="The run folder, which must not exist. Default: runs/<config>-NNN."
)
@format_option
def command(config: str, overrides: tuple[str, ...], run: Path | None, form: str) -> None:
    """Train what CONFIG describes, watch it, explain it and export it.

    CONFIG is a path or the name of a shipped config, as in fashion_mnist/mlp_elu.
    """
    from rich.console import Console

    from piste.pipelines.config.load import load_config
    from piste.pipelines.train import train

    finished = train(load_config(config, overrides), run, Console(stderr=form == "json"))
    if form == "json":
        print_json(
            {
                "run": str(finished.folder),
                "history": finished.history,
                "findings": [finding.as_dict() for finding in finished.findings],
                "environment": finished.environment,
            }
        )

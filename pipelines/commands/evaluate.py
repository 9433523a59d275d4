"""`piste evaluate`: loss and metrics of a finished run."""

from pathlib import Path

import click

from piste.pipelines.commands.output import format_option, print_json


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--split", type=click.Choice(["train", "validation", "test"]), default="test", help="Which part of the data."
)
@format_option
def command(run: Path, split: str, form: str) -> None:
    """Evaluate the trained model of RUN, a run folder, on a part of its data."""
    from piste.pipelines.evaluate_run import evaluate_run

    figures = evaluate_run(run, split)
    if form == "json":
        print_json({"run": str(run), "split": split, **figures})
        return
    click.echo(f"{run} on {split}: " + "  ".join(f"{name} {value:.6g}" for name, value in figures.items()))

"""`piste evaluate`: loss and metrics of a finished run."""

from collections.abc import Mapping
from pathlib import Path

import click

from piste.pipelines.commands.output import format_option, print_json


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--split", type=click.Choice(["train", "validation", "test"]), default="test", help="Which part of the data."
)
@click.option(
    "--mc-samples", type=int, metavar="N", help="Also judge the mean of N passes with dropout on; 100 are usual."
)
@click.option(
    "--seed", type=click.IntRange(0, 2**32 - 1), help="Of what these passes drop. Default: the config's seed."
)
@format_option
def command(run: Path, split: str, mc_samples: int | None, seed: int | None, form: str) -> None:
    """Evaluate the trained model of RUN, a run folder, on a part of its data."""
    from piste.pipelines.evaluate_run import evaluate_run

    figures = evaluate_run(run, split, mc_samples, seed)
    if form == "json":
        print_json({"run": str(run), "split": split, **figures})
        return
    compared = figures.pop("mc_dropout", None)
    click.echo(f"{run} on {split}: {_line(figures)}")
    if compared is not None:
        click.echo(f"without dropout: {_line(compared['plain'])}")
        click.echo(f"mean of {compared['passes']} passes, seed {compared['seed']}: {_line(compared['mean'])}")


def _line(figures: Mapping[str, float]) -> str:
    return "  ".join(f"{name} {value:.6g}" for name, value in figures.items())

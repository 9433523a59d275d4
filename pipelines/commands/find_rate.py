"""`piste find-rate`: the learning-rate range test."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from piste.pipelines.commands.output import format_option, print_json, set_option

if TYPE_CHECKING:
    from piste.pipelines.rates.result import RateTest


@click.command()
@click.argument("config")
@set_option
@click.option("--min", "min_rate", type=float, default=1e-5, show_default=True, help="The rate at the first step.")
@click.option("--max", "max_rate", type=float, default=10.0, show_default=True, help="The rate at the last step.")
@click.option("--epochs", type=int, default=1, show_default=True, help="Passes over the training samples.")
@click.option("--batch-size", type=int, help="Samples a step. Default: the config's.")
@click.option(
    "--factor",
    type=float,
    default=4.0,
    show_default=True,
    help="Ends at this many times the least mean loss.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="The page to write, which must not exist. Default: runs/find-rate-<config>-NNN.html.",
)
@format_option
def command(config: str, overrides: tuple[str, ...], out: Path | None, form: str, **numbers: Any) -> None:
    """Try growing learning rates on what CONFIG describes, and suggest one.

    The rate is multiplied by the same factor at every step until the loss diverges. CONFIG is a path or the name of a
    shipped config.
    """
    from rich.console import Console

    from piste.pipelines.asked import asked_yaml
    from piste.pipelines.config.load import load_config
    from piste.pipelines.find_rate import find_rate
    from piste.pipelines.report.rate import write_rate_page
    from piste.pipelines.run_folder import check_free, new_page

    loaded = load_config(config, overrides)
    if out is not None:
        check_free(out, "--out", "file")
    test = find_rate(loaded, **numbers, console=Console(stderr=form == "json"))
    with new_page(f"find-rate-{loaded.name}", out) as page:
        write_rate_page(page, test, loaded.name, asked_yaml(loaded))
    if form == "json":
        print_json(_facts(test, page))
    else:
        _print(test, page)


def _facts(test: "RateTest", page: Path) -> dict[str, Any]:
    import math

    def plain(values: Any) -> list[float | str]:
        return [value if math.isfinite(value) else str(value) for value in values.tolist()]

    return {
        "steps": test.steps,
        "factor": test.factor,
        **{name: plain(getattr(test, name)) for name in ("rates", "losses", "smoothed")},
        **{name: getattr(test, name) for name in ("diverged_at", "steepest", "turn", "suggestion", "lacking")},
        "changes": list(test.changes),
        "page": str(page),
    }


def _print(test: "RateTest", page: Path) -> None:
    from piste.callbacks.report.cards import as_yaml
    from piste.pipelines.rates.words import sentences

    for sentence in sentences(test):
        click.echo(sentence)
    if test.changes:
        click.echo("# or\n".join(as_yaml(change) for change in test.changes), nl=False)
    click.echo(f"page: {page}")

"""`piste export`: a finished run as a SavedModel, ONNX, LiteRT or Keras file."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from piste.pipelines.commands.output import print_json
from piste.pipelines.errors import ArtefactError
from piste.pipelines.export.formats import FORMATS, QUANTIZED, targets

if TYPE_CHECKING:
    from piste.pipelines.run import Run


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "formats",
    type=click.Choice(FORMATS),
    multiple=True,
    default=("saved_model",),
    show_default=True,
    help="What to write; may be repeated.",
)
@click.option(
    "--to", type=click.Path(path_type=Path), metavar="DIR", help="The folder that takes them. Default: RUN/export."
)
@click.option("--quantize", type=click.Choice(QUANTIZED), help="Store LiteRT's weights in half or a quarter.")
@click.option("--verify/--no-verify", default=True, help="Whether each export is loaded and compared.")
@click.option("--json", "as_json", is_flag=True, help="Print the facts as JSON.")
def command(
    run: Path, formats: tuple[str, ...], to: Path | None, quantize: str | None, verify: bool, as_json: bool
) -> None:
    """Export the trained model of RUN, a run folder, and compare what it gives.

    Each format gets a folder of its own, which appears when it is whole and agrees with the model.
    """
    from piste.pipelines.export.export_run import export_run
    from piste.pipelines.run import Run

    opened = Run.open(run)
    try:
        facts = export_run(opened, targets(formats, quantize), to=to, verify=verify)
    except ArtefactError:  # of several formats some were written all the same
        _tell_the_run(opened)
        raise
    _tell_the_run(opened)
    if as_json:
        print_json(facts)
        return
    for export in facts:
        click.echo(f"{export['folder']}: {_line(export)}")


def _tell_the_run(run: "Run") -> None:
    if run.exports:
        run.card()
        run.report()


def _line(export: dict[str, Any]) -> str:
    size = f"{export['bytes']:,} bytes"
    if not export["verified"]:
        return f"{size}, not compared"
    allowed, latency = export["tolerance"], export["latency_ms"]
    relative = f" + {allowed['relative']:g} x |value|" if allowed["relative"] else ""
    return (
        f"{size}, differs by at most {export['max_abs_difference']:.2g} (allowed {allowed['absolute']:g}{relative}), "
        f"{latency['1']:.3g} ms for 1 sample, {latency['256']:.3g} ms for 256"
    )

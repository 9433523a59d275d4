"""`piste moments`: mean and standard deviation of activations through a deep stack at initialisation."""

from typing import TYPE_CHECKING, Any

import click

from piste.pipelines.commands.output import format_option, print_json

if TYPE_CHECKING:
    from piste.models.moments.propagate import Moments
    from piste.models.moments.verdict import Verdict


@click.command()
@click.option(
    "--activation", required=True, metavar="NAME|MAP", help="Of every layer, as in a config: elu, {type: elu, alpha: 2}"
)
@click.option(
    "--initializer",
    default="auto",
    show_default=True,
    metavar="NAME|MAP",
    help="Of every kernel; auto takes the activation's matched one.",
)
@click.option("--depth", type=click.IntRange(1, 100_000), default=1000, show_default=True, help="Number of layers.")
@click.option("--width", type=click.IntRange(1, 4096), default=100, show_default=True, help="Units of each layer.")
@click.option("--samples", type=click.IntRange(2, 10_000), default=500, show_default=True, help="Rows of the inputs.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=42, show_default=True, help="Of all draws.")
@click.option("--every", type=click.IntRange(1), default=100, show_default=True, help="Which layers are printed.")
@format_option
def command(
    activation: str, initializer: str, depth: int, width: int, samples: int, seed: int, every: int, form: str
) -> None:
    """Send random inputs through random dense layers and see how mean and standard deviation travel.

    Needs no data and no TensorFlow. MAP is YAML, as in {type: leaky_relu, negative_slope: 0.01}.
    """
    from piste.models.moments.propagate import propagate
    from piste.models.moments.verdict import verdict
    from piste.pipelines.config.choice import read_choice

    what = read_choice("--activation", "activations", activation).plain()
    how = _initializer(initializer, width)
    moments = propagate(what, how, depth=depth, width=width, samples=samples, seed=seed)
    judged = verdict(moments, depth)
    shown = [m for m in moments if m.layer % every == 0 or m is moments[-1]]
    if form == "text":
        _print_table(shown)
        click.echo(_sentences(moments, judged, depth))
        return
    asked = {"depth": depth, "width": width, "samples": samples, "seed": seed}
    print_json({"activation": what, "initializer": how, **asked, "layers": [*map(_plain, shown)], **vars(judged)})


def _initializer(text: str, width: int) -> Any:
    from piste.models.moments.kernels import kernels
    from piste.pipelines.config.choice import read_choice
    from piste.pipelines.errors import UsageError

    spec = read_choice("--initializer", "initializers", text, ("auto",)).plain()
    if spec != "auto":
        try:
            kernels(spec, width)
        except ValueError as error:
            raise UsageError(str(error)) from None
    return spec


def _plain(moments: "Moments") -> dict[str, Any]:
    from piste.callbacks.records import plain_number

    wide = {name: plain_number(value) for name, value in vars(moments.wide).items()}
    return {**vars(moments), "wide": wide}


def _print_table(shown: "list[Moments]") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for title in ("layer", "mean", "std", "rms", "rms, wide"):
        table.add_column(title, justify="right")
    for m in shown:
        table.add_row(f"{m.layer}", *map(_figure, (m.mean, m.std, m.rms, m.wide.rms)))
    Console().print(table)


def _figure(value: float) -> str:
    return f"{value:.3f}" if value == 0 or 1e-3 <= abs(value) < 1e4 else f"{value:.1e}"


def _sentences(moments: "list[Moments]", judged: "Verdict", depth: int) -> str:
    from piste.models.moments.verdict import HIGH, LOW

    if not moments:
        return "std explodes: the first layer is past the range of float64."
    last = moments[-1]
    if judged.outcome == "stays":
        said = f"std stays within {LOW:g} and {HIGH:g} in all {depth} layers."
    else:
        end = f"{_figure(last.std)} at layer {last.layer}"
        if judged.overflow is not None:
            end = f"past the range of float64 at layer {judged.overflow}"
        said = f"std {judged.outcome}: outside {LOW:g} and {HIGH:g} first at layer {judged.first}, {end}."
    if judged.alike:
        said += f" All samples look alike there: std is {last.std / last.rms:.2g} of rms."
    wide = f"Without limit on the width, layer {last.layer} multiplies the error signal by {last.wide.factor:.3f}"
    return f"{said}\n{wide} on its way back."

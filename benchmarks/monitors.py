"""What watching costs: `python -m benchmarks.monitors [--turns 21] [--only fused]`.

Each loop trains unwatched, watched at the default cadence and watched at every step, and plain `model.fit` also with
what people use otherwise. All of a line train in turns of about fifty steps. The ratio is the median over the epochs of
an epoch's seconds divided by those of the unwatched one; beside it is its standard error, from the quartiles.
`every step` has no bound in Piste's own loops.
"""

import argparse
import statistics
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.nets import CNN, WIDTHS, batch_size, config, first, load
from piste.pipelines.environment import quiet_stderr, start_tensorflow

RESNET = "ResNet-8"
# Plain Keras comes first, without the op determinism of Piste's runs: that cannot be undone in a process.
LINES = [("model.fit", net) for net in (*WIDTHS, CNN)]
LINES += [("fused", net) for net in WIDTHS] + [("graph", CNN), ("graph", RESNET)]
BOUNDS = {
    ("fused", "default"): 1.03, ("graph", "default"): 1.02, ("model.fit", "default"): 1.05,
    ("model.fit", "every step"): 1.15,
}  # fmt: skip
SAMPLES = {CNN: 3_200, RESNET: 3_200}
BATCH = {RESNET: 64}


def contenders(loop: str, net: str, data: Any, epochs: int, folder: Path) -> Mapping[str, Callable[[Any], Any]]:
    """Returns name -> what trains a fresh model with one more callback."""
    from benchmarks.every_step import EveryStep
    from benchmarks.other_callbacks import other_callbacks
    from piste.callbacks import HealthMonitor

    makers: dict[str, Callable[[], Any] | None]
    makers = {"unwatched": None, "default": HealthMonitor, "every step": EveryStep}
    if loop == "model.fit":
        makers |= other_callbacks(data.train.x, data.train.y, folder)
    return {name: _trainer(loop, net, data, epochs, make) for name, make in makers.items()}


def _trainer(loop: str, net: str, data: Any, epochs: int, make: Callable[[], Any] | None) -> Callable[[Any], Any]:
    from benchmarks.resnet import resnet_8
    from piste.pipelines.build import build
    from piste.pipelines.loop.fit import fit

    model = resnet_8() if net == RESNET else build(config(net, None), data)
    arguments = {"batch_size": BATCH.get(net) or batch_size(net), "epochs": epochs, "verbose": 0}

    def train(turn: Any) -> None:
        callbacks = [turn] if make is None else [make(), turn]
        if loop == "model.fit":
            model.fit(data.train.x, data.train.y, callbacks=callbacks, **arguments)
        else:
            fit(model, data.train, mode=loop, callbacks=callbacks, **arguments)

    return train


def ratio(seconds: list[float], unwatched: list[float]) -> tuple[float, float]:
    """Returns the median ratio within a turn and its standard error."""
    ratios = [mine / other for mine, other in zip(seconds, unwatched, strict=True)]
    low, _, high = statistics.quantiles(ratios, n=4)
    # Of a normal distribution the quartiles are 1.349 standard deviations apart; the median's error is 1.253 / sqrt(n).
    return statistics.median(ratios), 1.253 * (high - low) / 1.349 / len(ratios) ** 0.5


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=21, help="timed epochs of each contender")
    parser.add_argument("--only", choices=["fused", "graph", "model.fit"], help="one loop")
    options = parser.parse_args()
    data = load(None)
    print("| loop | net | contender | s/epoch | ratio to unwatched | at most |\n| --- | --- | --- | --- | --- | --- |")
    for loop, net in LINES:
        if options.only not in (None, loop):
            continue
        settings = config("300-100", None, f"runtime.deterministic={str(loop != 'model.fit').lower()}")
        start_tensorflow(settings.runtime, settings.seed)
        from benchmarks.turns import epochs_for, seconds_in_turns

        part = first(data, SAMPLES.get(net))
        with tempfile.TemporaryDirectory() as folder, quiet_stderr():
            trainers = contenders(loop, net, part, epochs_for(options.turns), Path(folder))
            seconds = seconds_in_turns(trainers)
        for name, mine in seconds.items():
            median, error = ratio(mine, seconds["unwatched"])
            bound = BOUNDS.get((loop, name))
            shown = f"{median:.3f} +- {error:.3f} | {'' if bound is None else f'{bound:.2f}'}"
            print(f"| {loop} | {net} | {name} | {statistics.median(mine):.2f} | {shown} |", flush=True)


if __name__ == "__main__":
    main()

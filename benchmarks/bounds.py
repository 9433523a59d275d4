"""What a check costs as nets grow: `python -m benchmarks.bounds [--turns 15]`.

Trains deep nets and wide layers in the fused loop, every step a check, none a check, and unwatched, in turns. What a
check and a count cost should grow in proportion to layers and units, no faster. Prints microseconds a step (smallest
of the turns), the bytes that the monitor holds on the device, and the bytes that one check copies to the host.
"""

import argparse
import time
from typing import Any

import numpy as np

from benchmarks.nets import config
from piste.pipelines.data.dataset import Arrays
from piste.pipelines.environment import quiet_stderr, start_tensorflow

STEPS, BATCH = 16, 32
DEPTHS, WIDTHS = (25, 50, 100), (25_000, 50_000, 100_000)


def deep(layers: int) -> Any:
    """Returns a net of so many hidden layers of 32 units."""
    return [32] * layers


def wide(units: int) -> Any:
    """Returns a net of one hidden layer of so many units."""
    return [units]


def steps_of(hidden: list[int], watched: bool) -> Any:
    """Compiles the loop for a net and returns it with its instrument."""
    import keras

    from piste.callbacks import HealthMonitor
    from piste.pipelines.loop.steps import TrainSteps

    layers = [keras.layers.Dense(units, "elu", kernel_initializer="he_normal") for units in hidden]
    model = keras.Sequential([keras.Input((16,)), *layers, keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(1e-4), "mse")
    model.optimizer.build(model.trainable_variables)
    random = np.random.default_rng(0)
    data = Arrays(random.normal(size=(STEPS * BATCH, 16)).astype("float32"), np.zeros((STEPS * BATCH, 1), "float32"))
    instrument = HealthMonitor(every=1).lend_instrument(model) if watched else None
    steps = TrainSteps(model, data, BATCH, instrument, True)
    steps.compile(np.arange(STEPS * BATCH, dtype="int32"), lambda: None)
    return steps, instrument


def microseconds(hidden: list[int], turns: int) -> tuple[dict[str, float], Any]:
    """Returns microseconds a step of each way of watching, and the instrument."""
    bare, _ = steps_of(hidden, watched=False)
    watched, instrument = steps_of(hidden, watched=True)
    capacity = min(STEPS, instrument.capacity)
    order = np.arange(STEPS * BATCH, dtype="int32")
    ways = {"unwatched": (bare, 0), "counted": (watched, 0), "checked": (watched, capacity)}
    best = dict.fromkeys(ways, np.inf)
    for _ in range(turns):
        for name, (steps, checks) in ways.items():
            begun = time.perf_counter()
            steps(order, 0, capacity, range(checks))["loss"].numpy()
            best[name] = min(best[name], (time.perf_counter() - begun) / capacity * 1e6)
            instrument.read()
    return best, instrument


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=15, help="turns of each way of watching")
    options = parser.parse_args()
    settings = config("300-100", None)
    start_tensorflow(settings.runtime, settings.seed)
    print("| net | unwatched | + counting | + a check | a check, by part | on the device | a check copies |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    nets = [(f"{n} layers", deep(n), n, "layer") for n in DEPTHS]
    nets += [(f"{n:,} units", wide(n), n // 1_000, "1,000 units") for n in WIDTHS]
    for name, hidden, parts, part in nets:
        with quiet_stderr():
            best, instrument = microseconds(hidden, options.turns)
        counting, check = best["counted"] - best["unwatched"], best["checked"] - best["counted"]
        held, copied = instrument.bytes_held
        print(
            f"| {name} | {best['unwatched']:.0f} us | {counting:+.0f} us | {check:+.0f} us | {check / parts:.1f} us a "
            f"{part} | {held / 1e6:.2f} MB | {copied / 1e3:.1f} kB |",
            flush=True,
        )


if __name__ == "__main__":
    main()

"""How fast exports answer: Piste's SavedModel beside a hand-made `model.export`, in turns in one process.

python -m benchmarks.latency [--turns N]

The ratio is the median over the turns of that within a turn; with one above 1.05 the command fails.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from piste.models.build import build_model
from piste.pipelines.export.saved_model import export_saved_model

MODELS: dict[str, dict[str, Any]] = {
    "mlp 300-100, elu": {"type": "mlp", "hidden": [300, 100], "activation": "elu"},
    "cnn 32-64, relu": {"type": "cnn", "filters": [32, 64], "dense": [64], "activation": "relu"},
}
AT_MOST = 1.05
CLASSES = tuple(f"class {index}" for index in range(10))
Call = Callable[[], Any]


def main() -> int:
    """Prints the table; returns 1 where Piste's is slower than it may be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=150, help="rounds in which both answer")
    turns = parser.parse_args().turns
    ratios = []
    print("| model | samples | by hand, ms | Piste, ms | ratio | at most |\n| --- | --- | --- | --- | --- | --- |")
    for name, spec in MODELS.items():
        with tempfile.TemporaryDirectory() as folder:
            by_hand, own = _exports(spec, Path(folder))
            for size in (1, 256):
                pixels = tf.constant(np.random.default_rng(0).integers(0, 256, (size, 28, 28), dtype=np.uint8))
                hand, ours, ratio = _compare(lambda: by_hand.serve(pixels), lambda: own.serve(pixels), turns)  # noqa: B023
                print(f"| {name} | {size} | {hand:.3f} | {ours:.3f} | {ratio:.3f} | {AT_MOST} |", flush=True)
                ratios.append(ratio)
    return int(max(ratios) > AT_MOST)


def _exports(spec: dict[str, Any], folder: Path) -> tuple[Any, Any]:
    model = build_model(
        spec, input_shape=(28, 28), input_dtype="uint8", outputs=10, task="classification", scale="unit", seed=1
    )
    hand = folder / "hand"
    model.export(str(hand), verbose=False)
    return tf.saved_model.load(str(hand)), tf.saved_model.load(str(export_saved_model(model, folder, classes=CLASSES)))


def _compare(hand: Call, ours: Call, turns: int) -> tuple[float, float, float]:
    """Medians in milliseconds, and the median over the turns of the ratio within a turn."""
    calls = 1 + int(0.02 / _seconds(hand, 3))  # a turn of each lasts about 20 ms
    times = []
    for turn in range(turns):
        order = (hand, ours) if turn % 2 == 0 else (ours, hand)
        seconds = {call: _seconds(call, calls) for call in order}
        times.append((seconds[hand], seconds[ours]))
    ratio = statistics.median(own / by_hand for by_hand, own in times)
    return 1000 * statistics.median(t[0] for t in times), 1000 * statistics.median(t[1] for t in times), ratio


def _seconds(call: Call, calls: int) -> float:
    call()
    started = time.perf_counter()
    for _ in range(calls):
        call()
    return (time.perf_counter() - started) / calls


if __name__ == "__main__":
    sys.exit(main())

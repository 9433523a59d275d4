"""Checks the rule behind `mode: auto` on every shipped config: `python -m benchmarks.modes`.

Trains each config in every mode, and in plain `model.fit`, for a few epochs of the same 3,000 samples, in turns, and
fails when anything is more than a fifth faster than the mode that the rule chose.
"""

import statistics
import sys
import time
from typing import Any

from benchmarks.nets import first
from piste.pipelines.config.load import load_config
from piste.pipelines.config.shipped import shipped
from piste.pipelines.data.dataset import Data
from piste.pipelines.data.load import load_data
from piste.pipelines.environment import quiet_stderr, start_tensorflow

SAMPLES, TURNS, CLEARLY = 3_000, 3, 1.2
MODES = ("fused", "graph", "stream", "model.fit")


def seconds_an_epoch(model: Any, data: Data, batch_size: int, mode: str) -> float:
    """Returns the seconds of the fastest of two epochs after the first, which compiles."""
    from piste.pipelines.epoch_log import EpochLog
    from piste.pipelines.loop.fit import fit

    log = EpochLog()
    if mode == "model.fit":
        model.fit(data.train.x, data.train.y, batch_size=batch_size, epochs=3, verbose=0, callbacks=[log])
    else:
        fit(model, data.train, epochs=3, batch_size=batch_size, mode=mode, callbacks=[log])
    return min(float(epoch["seconds"]) for epoch in log.epochs[1:])


def check(name: str) -> bool:
    """Times one config, prints its line and returns whether the rule chose well."""
    from piste.pipelines.build import build
    from piste.pipelines.modes import choose_mode

    config = load_config(name)
    data = first(load_data(config), SAMPLES)
    model = build(config, data)
    chosen = choose_mode(config, model, data)
    seconds: dict[str, list[float]] = {mode: [] for mode in MODES}
    with quiet_stderr():
        for _ in range(TURNS):
            for mode, runs in seconds.items():
                runs.append(seconds_an_epoch(model, data, config.data.batch_size, mode))
    medians = {mode: statistics.median(runs) for mode, runs in seconds.items()}
    fastest = min(medians, key=lambda mode: medians[mode])
    good = medians[fastest] * CLEARLY >= medians[chosen.name]
    columns = " | ".join(f"{medians[mode]:.3f}" for mode in MODES)
    verdict = "ok" if good else f"{fastest} is clearly faster"
    print(f"| {name} | {columns} | {chosen.name} | {verdict} |", flush=True)
    return good


def main() -> int:
    """Prints a table and returns 1 if the rule chose badly anywhere."""
    begun = time.perf_counter()
    config = load_config("quickstart")
    start_tensorflow(config.runtime, config.seed)
    print(f"| s/epoch of {SAMPLES:,} samples | {' | '.join(MODES)} | auto | verdict |")
    print("| --- " * (len(MODES) + 3) + "|")
    verdicts = [check(name) for name in shipped()]
    print(f"\n{len(verdicts)} configs in {time.perf_counter() - begun:.0f} s")
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())

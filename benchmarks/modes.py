"""Checks the rule behind `mode: auto` on every shipped config that needs no data set: `python -m benchmarks.modes`.

Trains each config in every mode, and in plain `model.fit`, for a few epochs of the same 3,000 samples, in turns, and
fails when anything is more than a fifth faster than the mode that the rule chose. Plain Keras runs in a process of its
own, as a script would: without op determinism and without the settings of Piste's runs.
"""

import argparse
import functools
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.nets import first
from benchmarks.throughput import ask
from piste.pipelines.config.config import Config
from piste.pipelines.config.load import load_config
from piste.pipelines.config.schema.data import Tfds
from piste.pipelines.config.shipped import shipped
from piste.pipelines.data.dataset import Data
from piste.pipelines.data.load import load_data
from piste.pipelines.environment import quiet_stderr, start_tensorflow
from piste.pipelines.errors import ConfigError

SAMPLES, TURNS, CLEARLY = 3_000, 3, 1.2
MODES, PLAIN = ("fused", "graph", "stream"), "model.fit"


def prepared(name: str) -> tuple[Config, Data, Any]:
    """Returns a shipped config, its first samples and its model."""
    from piste.pipelines.build import build

    config = load_config(name)
    data = first(load_data(config), SAMPLES)
    return config, data, build(config, data)


def seconds_an_epoch(train: Callable[..., Any], data: Any, batch_size: int, **arguments: Any) -> float:
    """Returns the seconds of the fastest of two epochs after the first, which compiles."""
    from piste.pipelines.epoch_log import EpochLog

    log = EpochLog()
    train(*data, epochs=3, batch_size=batch_size, callbacks=[log], **arguments)
    return min(float(epoch["seconds"]) for epoch in log.epochs[1:])


def answer_for_plain_keras() -> None:
    """Reads names of configs from stdin and answers with the seconds of an epoch of plain `fit`."""
    models: dict[str, tuple[Config, Data, Any]] = {}
    with quiet_stderr():
        for line in sys.stdin:
            name = line.strip()
            if name not in models:
                models = {name: prepared(name)}
            config, data, model = models[name]
            arrays = (data.train.x, data.train.y)
            print(seconds_an_epoch(model.fit, arrays, config.data.batch_size, verbose=0), flush=True)


def runs(name: str, mode: str, model: Any, data: Data) -> bool:
    """Returns whether a config may ask for a mode."""
    from piste.pipelines.modes import choose_mode

    try:
        choose_mode(load_config(name, [f"training.mode={mode}"]), model, data)
    except ConfigError:
        return False
    return True


def check(name: str, plain: Callable[[], float]) -> bool:
    """Times one config, prints its line and returns whether the rule chose well."""
    from piste.pipelines.loop.fit import fit
    from piste.pipelines.modes import choose_mode

    config, data, model = prepared(name)
    chosen = choose_mode(config, model, data).name
    train, size = functools.partial(fit, model), config.data.batch_size
    able = [mode for mode in MODES if runs(name, mode, model, data)]
    contenders: dict[str, Callable[[], float]] = {
        mode: functools.partial(seconds_an_epoch, train, (data.train,), size, mode=mode) for mode in able
    }
    contenders[PLAIN] = plain
    seconds: dict[str, list[float]] = {contender: [] for contender in contenders}
    with quiet_stderr():
        for _ in range(TURNS):
            for contender, run in contenders.items():
                seconds[contender].append(run())
    medians = {contender: statistics.median(runs) for contender, runs in seconds.items()}
    fastest = min(medians, key=lambda contender: medians[contender])
    good = medians[fastest] * CLEARLY >= medians[chosen]
    columns = " | ".join(f"{medians[each]:.3f}" if each in medians else "cannot" for each in (*MODES, PLAIN))
    verdict = "ok" if good else f"{fastest} is clearly faster"
    print(f"| {name} | {columns} | {chosen} | {medians[PLAIN] / medians[chosen]:.2f} x | {verdict} |", flush=True)
    return good


def main() -> int:
    """Prints a table and returns 1 if the rule chose badly anywhere."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plain", action="store_true", help="time plain Keras for the process that prints the table")
    if parser.parse_args().plain:
        answer_for_plain_keras()
        return 0
    begun = time.perf_counter()
    config = load_config("quickstart")
    start_tensorflow(config.runtime, config.seed)
    print(f"| s/epoch of {SAMPLES:,} samples | {' | '.join(MODES)} | {PLAIN} | auto | {PLAIN} / auto | verdict |")
    print("| --- " * (len(MODES) + 5) + "|", flush=True)
    command = [sys.executable, "-m", "benchmarks.modes", "--plain"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as plain:
        names = [name for name in shipped() if not isinstance(load_config(name).data, Tfds)]
        verdicts = [check(name, functools.partial(ask, plain, name)) for name in names]
        assert plain.stdin is not None
        plain.stdin.close()
    print(f"\n{len(verdicts)} configs in {time.perf_counter() - begun:.0f} s")
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())

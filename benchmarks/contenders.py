"""One side of the throughput table in a process of its own: `python -m benchmarks.contenders SIDE NET [--data DIR]`.

Plain Keras must not run in Piste's process: op determinism, which Piste turns on and a script does not, cannot be
turned off again and changes how fast plain `fit` is, for better or worse. Each line on stdin names a contender of the
side; the answer is the seconds of one warm epoch.
"""

import argparse
import statistics
import sys
from collections.abc import Callable
from typing import Any

from benchmarks.nets import CNN, batch_size, book_model, config, load
from piste.pipelines.environment import quiet_stderr, start_tensorflow

Contenders = dict[str, Callable[[], float]]
SAMPLES, EPOCHS = {CNN: 10_000}, {CNN: 3}


def plain_keras(net: str, directory: str | None, deterministic: bool) -> Contenders:
    """Returns `model.fit(x, y)` as the book writes it; its model is traced before the first turn."""
    import keras
    import tensorflow as tf

    from piste.pipelines.epoch_log import EpochLog

    if deterministic:
        keras.utils.set_random_seed(42)
        tf.config.experimental.enable_op_determinism()
    model, data = book_model(net), load(directory, SAMPLES.get(net))
    floats, labels = data.train.x / 255.0, data.train.y

    def epoch() -> float:
        log = EpochLog()
        model.fit(floats, labels, batch_size=batch_size(net), epochs=1, verbose=0, callbacks=[log])
        return float(log.epochs[-1]["seconds"])

    model.fit(floats[:640], labels[:640], batch_size=batch_size(net), verbose=0)
    return {"epoch": epoch}


def piste(net: str, directory: str | None) -> Contenders:
    """Returns Piste with the monitor and without; it compiles at every `fit`, so the epochs after the first count."""
    from piste.callbacks import HealthMonitor
    from piste.pipelines.build import build
    from piste.pipelines.epoch_log import EpochLog
    from piste.pipelines.loop.fit import fit
    from piste.pipelines.modes import choose_mode

    settings = config(net, None)
    start_tensorflow(settings.runtime, settings.seed)
    data = load(directory, SAMPLES.get(net))
    model = build(settings, data)
    mode = choose_mode(settings, model, data).name

    def epoch(*monitors: Any) -> float:
        log = EpochLog()
        epochs = EPOCHS.get(net, 6)
        fit(model, data.train, epochs=epochs, batch_size=batch_size(net), mode=mode, callbacks=[*monitors, log])
        return statistics.median(float(done["seconds"]) for done in log.epochs[1:])

    return {"watched": lambda: epoch(HealthMonitor()), "bare": epoch}


def main() -> None:
    """Answers until stdin ends."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("side", choices=["plain", "deterministic", "piste"])
    parser.add_argument("net")
    parser.add_argument("--data")
    options = parser.parse_args()
    with quiet_stderr():
        if options.side == "piste":
            contenders = piste(options.net, options.data)
        else:
            contenders = plain_keras(options.net, options.data, options.side == "deterministic")
        print("ready", flush=True)
        for line in sys.stdin:
            print(contenders[line.strip()](), flush=True)


if __name__ == "__main__":
    main()

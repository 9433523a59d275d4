"""The README's table: `python -m benchmarks.throughput [--data DIR] [--runs 5]`.

Times plain `model.fit`, Piste with the monitor and Piste without it in turns, in one process, and whole commands in
turns after that. Prints medians and ratios of medians. `--data` names a folder with the four files of Fashion-MNIST;
without it the embedded 10,000 images are used. The CNN sees 10,000 images in either case.
"""

import argparse
import dataclasses
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.nets import CNN, WIDTHS, batch_size, book_model, config, load
from piste.pipelines.environment import quiet_stderr, start_tensorflow

TARGETS = {"300-100": 6.0, "20 x 100": 5.0, CNN: 1.1}
COMMAND_TARGET, MONITOR_TARGET = 2.0, 1.10


def timed_fits(net: str, data: Any) -> dict[str, Callable[[], float]]:
    """Returns for each contender a function that trains and returns the seconds of one warm epoch.

    Plain `fit` is traced before the first turn. Piste compiles at every `fit`, so it trains three epochs a turn and the
    mean of the last two counts.
    """
    from piste.callbacks import HealthMonitor
    from piste.pipelines.build import build
    from piste.pipelines.epoch_log import EpochLog
    from piste.pipelines.loop.fit import fit
    from piste.pipelines.modes import choose_mode

    settings = config(net, None)
    plain, floats = book_model(net), data.train.x / 255.0
    model = build(settings, data)
    mode = choose_mode(settings, model, data).name

    def book() -> float:
        log = EpochLog()
        plain.fit(floats, data.train.y, batch_size=batch_size(net), epochs=1, verbose=0, callbacks=[log])
        return float(log.epochs[-1]["seconds"])

    def piste(*monitors: Any) -> float:
        log = EpochLog()
        fit(model, data.train, epochs=3, batch_size=batch_size(net), mode=mode, callbacks=[*monitors, log])
        return statistics.mean(float(epoch["seconds"]) for epoch in log.epochs[1:])

    plain.fit(floats[:64], data.train.y[:64], batch_size=batch_size(net), verbose=0)
    return {"model.fit": book, "Piste, watched": lambda: piste(HealthMonitor()), "Piste": piste}


def first(data: Any, samples: int) -> Any:
    """Returns the data with the first training samples only."""
    return dataclasses.replace(data, train=type(data.train)(data.train.x[:samples], data.train.y[:samples]))


def in_turns(contenders: dict[str, Callable[[], float]], runs: int) -> dict[str, float]:
    """Runs all contenders one after the other, `runs` times in alternating order, and returns the median of each."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    order = list(contenders)
    for _ in range(runs):
        for name in order:
            seconds[name].append(contenders[name]())
        order.reverse()
    return {name: statistics.median(values) for name, values in seconds.items()}


def timed_commands(net: str, directory: str | None) -> dict[str, Callable[[], float]]:
    """Returns the whole command and the script that does the same without Piste."""
    settings = config(net, directory, "training.epochs=5", "export.verify=false")

    def run(arguments: list[str]) -> float:
        begun = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        return time.perf_counter() - begun

    def piste() -> float:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "net.yaml"
            file.write_text(settings.yaml())
            return run(["-m", "piste", "train", str(file), "--run", f"{folder}/run"])

    script = ["-m", "benchmarks.book_script", net, *([directory] if directory else [])]
    return {"script": lambda: run(script), "piste train": piste}


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="folder with Fashion-MNIST's four idx files; default: the embedded part")
    parser.add_argument("--runs", type=int, default=5, help="turns of each fit")
    parser.add_argument("--command-runs", type=int, default=5, help="turns of each whole command")
    parser.add_argument("--only", choices=["fits", "commands"], help="one half of the table")
    options = parser.parse_args()
    settings = config("300-100", options.data)
    start_tensorflow(settings.runtime, settings.seed)
    data = load(options.data)
    print(f"{len(data.train)} images, medians of {options.runs} fits and {options.command_runs} commands, in turns\n")
    print("| measured | model.fit or script | Piste, watched | Piste, unwatched | ratio | target |")
    print("| --- | --- | --- | --- | --- | --- |")
    for net in (*WIDTHS, CNN) if options.only != "commands" else ():
        part = data if net != CNN else first(data, 10_000)
        with quiet_stderr():
            medians = in_turns(timed_fits(net, part), options.runs)
        book, watched, bare = medians.values()
        ratio = f"{book / watched:.2f} x faster"
        what = f"s/epoch, {net}, {len(part.train):,} images"
        print(f"| {what} | {book:.2f} | {watched:.2f} | {bare:.2f} | {ratio} | {TARGETS[net]:g} x |")
        if net != CNN:
            cost = f"{watched / bare:.3f}"
            print(f"| watched / unwatched, {net} | | {watched:.2f} | {bare:.2f} | {cost} | {MONITOR_TARGET:.2f} |")
    for net in WIDTHS if options.only != "fits" else ():
        medians = in_turns(timed_commands(net, options.data), options.command_runs)
        script, command = medians.values()
        ratio = f"{script / command:.2f} x faster"
        print(
            f"| s, whole command, 5 epochs, {net} | {script:.1f} | {command:.1f} | | {ratio} | {COMMAND_TARGET:g} x |"
        )


if __name__ == "__main__":
    main()

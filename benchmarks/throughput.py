"""The README's table: `python -m benchmarks.throughput [--data DIR] [--runs 5]`.

Times plain `model.fit`, the same with deterministic ops, Piste with the monitor and Piste without it in turns, each
side in a process of its own, and whole commands in turns after that. Prints medians and ratios of medians. `--data`
names a folder with the four files of Fashion-MNIST; without it the embedded 10,000 images are used. The CNN sees
10,000 images in either case.
"""

import argparse
import contextlib
import functools
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.nets import CNN, WIDTHS, config

TARGETS = {"300-100": 6.0, "20 x 100": 5.0, CNN: 1.1}
COMMAND_TARGET, MONITOR_TARGET = 2.0, 1.10
SIDES = {"plain": ["epoch"], "deterministic": ["epoch"], "piste": ["watched", "bare"]}


@contextlib.contextmanager
def timed_fits(net: str, directory: str | None) -> Iterator[dict[str, Callable[[], float]]]:
    """Starts a process for each side and yields, for each contender, what asks it for the seconds of a warm epoch."""
    data = ["--data", directory] if directory else []
    with contextlib.ExitStack() as stack:
        contenders: dict[str, Callable[[], float]] = {}
        for side, names in SIDES.items():
            command = [sys.executable, "-m", "benchmarks.contenders", side, net, *data]
            process = stack.enter_context(
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            assert process.stdin is not None and process.stdout is not None
            stack.callback(process.stdin.close)
            process.stdout.readline()  # "ready": it must not load while another side is timed
            for name in names:
                contenders[f"{side} {name}"] = functools.partial(ask, process, name)
        yield contenders


def ask(process: "subprocess.Popen[str]", name: str) -> float:
    """Lets a process time one contender."""
    assert process.stdin is not None and process.stdout is not None
    print(name, file=process.stdin, flush=True)
    return float(process.stdout.readline())


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
    print(f"medians of {options.runs} fits and {options.command_runs} commands, in turns\n")
    print("| measured | plain Keras | the same, deterministic | Piste, watched | unwatched | ratio | target |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for net in (*WIDTHS, CNN) if options.only != "commands" else ():
        with timed_fits(net, options.data) as contenders:
            plain, deterministic, watched, bare = in_turns(contenders, options.runs).values()
        ratio = f"{plain / watched:.2f} x faster"
        seconds = f"{plain:.2f} | {deterministic:.2f} | {watched:.2f} | {bare:.2f}"
        print(f"| s/epoch, {net} | {seconds} | {ratio} | {TARGETS[net]:g} x |", flush=True)
        cost = f"{watched / bare:.3f}"
        print(f"| watched / unwatched, {net} | | | {watched:.2f} | {bare:.2f} | {cost} | {MONITOR_TARGET:.2f} |")
    for net in WIDTHS if options.only != "fits" else ():
        script, command = in_turns(timed_commands(net, options.data), options.command_runs).values()
        ratio = f"{script / command:.2f} x faster"
        seconds = f"{script:.1f} | | {command:.1f} |"
        print(f"| s, whole command, 5 epochs, {net} | {seconds} | {ratio} | {COMMAND_TARGET:g} x |", flush=True)


if __name__ == "__main__":
    main()

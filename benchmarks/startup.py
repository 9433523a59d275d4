"""How long the command line takes to answer: `python -m benchmarks.startup`.

Prints the median of eleven runs of `piste --help` (target 0.3 s) and `piste check` (target 0.6 s), each a
new process with byte-compiled modules.
"""

import os
import statistics
import subprocess
import sys
import time

RUNS = 11
TARGETS = {("--help",): 0.3, ("check", "quickstart"): 0.6}


def seconds(arguments: tuple[str, ...]) -> float:
    """Returns the wall-clock seconds of one run."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-m", "piste", *arguments], check=True, capture_output=True, env=environment)
    return time.perf_counter() - begun


def main() -> None:
    """Prints one line a command."""
    for arguments, target in TARGETS.items():
        seconds(arguments)  # compiles the modules and warms the disk cache
        runs = [seconds(arguments) for _ in range(RUNS)]
        median = statistics.median(runs)
        verdict = "ok" if median <= target else "over"
        command = f"piste {' '.join(arguments)}"
        print(f"{command:24} {median:.2f} s  (from {min(runs):.2f} to {max(runs):.2f}, target {target} s: {verdict})")


if __name__ == "__main__":
    main()

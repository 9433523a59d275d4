"""Spreads runs over processes."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.diagnosis.store import run_files

Pair = tuple[str, int]
RUNS_A_PROCESS = 30


def train_all(pairs: Sequence[Pair], folder: Path, jobs: int) -> None:
    """Trains every pair of recipe and seed that the folder does not hold yet.

    Args:
        pairs: names of recipes and seeds.
        folder: where the runs are written.
        jobs: processes at a time. Each is given its share of the cores, and a new one is begun after thirty runs,
            because TensorFlow never forgets a graph.

    Raises:
        subprocess.CalledProcessError: if a process fails; what it wrote to stderr was shown.
    """
    due = [pair for pair in pairs if not run_files(folder, *pair)[0].exists()]
    batches = shares(due, max(jobs, -(-len(due) // RUNS_A_PROCESS)))
    threads = str(max(1, (os.cpu_count() or 1) // jobs))
    environment = os.environ | {
        "TF_CPP_MIN_LOG_LEVEL": "3", "TF_NUM_INTRAOP_THREADS": threads, "TF_NUM_INTEROP_THREADS": threads,
    }  # fmt: skip

    def train(batch: Sequence[Pair]) -> None:
        command = [sys.executable, "-m", "benchmarks.diagnosis.run", str(folder)]
        subprocess.run(command, input=json.dumps(batch), text=True, check=True, env=environment, stdout=sys.stderr)

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(train, batches))


def shares(pairs: Sequence[Pair], count: int) -> list[Sequence[Pair]]:
    """Deals pairs out like cards, so that the costly seeds of one recipe do not meet in one process.

    Example:
        >>> shares([("a", 1), ("a", 2), ("b", 1)], 2)
        [[('a', 1), ('b', 1)], [('a', 2)]]
    """
    return [hand for hand in (pairs[place::count] for place in range(count)) if hand]

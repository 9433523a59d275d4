"""The table of what the rules find: `python -m benchmarks.diagnosis [--seeds 0 1] [--only PATTERN] [--jobs 2]`.

Trains every recipe with every seed through plain `model.fit` and a HealthMonitor with default arguments, and prints
which faults were named and which healthy runs were blamed. Thresholds were chosen on seeds 0 and 1; the default seeds
judge them. `--folder` keeps the records, and runs that are in it already are not trained again; `--replay` judges a
folder without training.
"""

import argparse
import contextlib
import sys
import tempfile
from pathlib import Path

from benchmarks.diagnosis.score import verdict
from benchmarks.diagnosis.store import load_run, run_files
from benchmarks.diagnosis.suite import suite
from benchmarks.diagnosis.tables import on_target, write
from benchmarks.diagnosis.workers import train_all
from piste.callbacks.rules import GRADIENT_RULES, UNIT_RULES

JUDGED = (10, 11, 12, 13, 14)


def main() -> int:
    """Prints the tables and returns 1 if a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="+", default=JUDGED, help="0 1 to calibrate (default: 10 to 14)")
    parser.add_argument("--only", default="*", help="pattern of the recipes to train, such as 'sigmoid*'")
    parser.add_argument("--jobs", type=int, choices=[1, 2], default=2, help="processes at a time")
    parser.add_argument("--folder", type=Path, help="where the records are kept; default: nowhere")
    parser.add_argument("--replay", type=Path, metavar="FOLDER", help="judge the records in a folder, train nothing")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the tables to a file too")
    options = parser.parse_args()
    recipes = suite(options.only)
    if not recipes:
        parser.error(f"no recipe is called {options.only}")
    pairs = [(recipe.name, seed) for seed in options.seeds for recipe in recipes]
    with contextlib.ExitStack() as stack:
        folder = options.replay or options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if options.replay is None:
            folder.mkdir(parents=True, exist_ok=True)
            train_all(pairs, folder, options.jobs)
        verdicts = [
            verdict(recipe, seed, *load_run(folder, recipe.name, seed), GRADIENT_RULES + UNIT_RULES)
            for recipe in recipes
            for seed in options.seeds
            if run_files(folder, recipe.name, seed)[0].exists()
        ]
    if not verdicts:
        parser.error(f"{folder} holds no run of these recipes and seeds")
    text = write(verdicts)
    print(text, end="")
    if options.out is not None:
        options.out.write_text(text)
    return 0 if on_target(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())

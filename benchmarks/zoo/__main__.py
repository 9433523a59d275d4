"""The zoo's table: `python -m benchmarks.zoo [--data DIR] [--only PATTERN] [--again]`.

With `--data`, a folder with Fashion-MNIST's four files, trains what was not trained yet and keeps the small files of
each run in docs/zoo; all of it takes hours. Then, or without it at once, writes docs/zoo.md from what was kept.
"""

import argparse
import fnmatch
import sys
from pathlib import Path

from benchmarks.zoo.commit import clean_commit
from benchmarks.zoo.page import page
from benchmarks.zoo.rows import ROWS
from benchmarks.zoo.stored import results
from benchmarks.zoo.train import train

DOCS = Path(__file__).parents[2] / "docs"


def main() -> int:
    """Trains what is asked for and writes the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", metavar="DIR", help="the folder with the four files; default: trains nothing")
    parser.add_argument("--only", default="*", help="pattern of the rows to train, such as 'lenet_5-*'")
    parser.add_argument("--again", action="store_true", help="also those that were trained before")
    options = parser.parse_args()
    stored = DOCS / "zoo"
    stored.mkdir(exist_ok=True)
    chosen = [row for row in ROWS if fnmatch.fnmatch(row.name, options.only)]
    if not chosen:
        parser.error(f"no row is called {options.only}; there are {', '.join(row.name for row in ROWS)}")
    if options.data:
        commit, directory = clean_commit(), str(Path(options.data).resolve())
        for row in chosen:
            for seed in row.seeds:
                if options.again or not (stored / row.run(seed)).exists():
                    train(row, seed, commit, directory, stored)
    (DOCS / "zoo.md").write_text(page({row: results(row, stored) for row in ROWS}), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

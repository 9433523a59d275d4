"""Writes docs/zoo.md from the kept files of trained models."""

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence

from benchmarks.zoo.rows import Row
from benchmarks.zoo.stored import TARGET, Result

HEAD = """<!-- Written by `python -m benchmarks.zoo`; do not edit. -->
# The zoo: what its models reach

Every line is a shipped config with one activation, `lenet_5-elu` being `fashion_mnist/lenet_5` with
`model.activation=elu`, trained on all of Fashion-MNIST: 55,000 images to train, 5,000 for validation, and the 10,000
test images looked at once, after the last epoch. Nothing was chosen by the test images. The small files of every
training are in `docs/zoo/LINE-SEED/`: the resolved config, with which `piste train` does the same again, epochs,
findings, and in `zoo.json` measures and the commit.

To train a line again, with Fashion-MNIST's four files in DIR (Debian's package `dataset-fashion-mnist` has them in
`/usr/share/datasets/fashion-mnist`):

```console
$ python -m benchmarks.zoo --data DIR --only resnet_8-relu --again
```
"""

ACCURACY = """
## Accuracy, size and speed

Test accuracy is the mean over the seeds, and their spread from smallest to largest. Operations are twice the
multiplications for one sample; see `piste list models`. Seconds are those of an epoch with monitors and validation, the
latency that of the SavedModel for 1 and 256 samples, both on two cores that may have been shared with other work.
"""

HEALTH = f"""
## Health

The depth score (log10 of the first layer's delta over the last's) and the share of dead units in the layer that has
most are those of the last epoch; the largest update relative to its weights is the median over the epochs. Then comes
the first epoch whose validation accuracy was at least {TARGET:.2f}. With a rate that rises and falls (1cycle) much of
the way is made in the last third. Findings are those that were open at the end and are more than information.
"""

Column = tuple[str, Callable[[Sequence[Result]], str]]


def page(table: Mapping[Row, Sequence[Result]]) -> str:
    """Returns the whole page.

    Args:
        table: row -> its trainings; rows without any are named below the tables.
    """
    trained = {row: found for row, found in table.items() if found}
    missing = [
        f"`{row.name}` {', '.join(map(str, seeds))}" for row, found in table.items() if (seeds := _left(row, found))
    ]
    hours = sum(result.facts["cpu_seconds"] for found in trained.values() for result in found) / 3600
    told = f"\nAll of it took {hours:.1f} hours of CPU time.\n"
    left = f"\nNot trained yet, with their seeds: {'; '.join(missing)}.\n" if missing else ""
    return HEAD + ACCURACY + _table(trained, ACCURACY_COLUMNS) + HEALTH + _table(trained, HEALTH_COLUMNS) + told + left


def _left(row: Row, found: Sequence[Result]) -> list[int]:
    return [seed for seed in row.seeds if seed not in {result.seed for result in found}]


def _table(trained: Mapping[Row, Sequence[Result]], columns: Sequence[Column]) -> str:
    heads = ["model", *(name for name, _ in columns)]
    lines = [f"| {' | '.join(heads)} |", f"| {' | '.join('---' for _ in heads)} |"]
    for row, found in trained.items():
        cells = [f"`{row.name}`", *(write(found) for _, write in columns)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n" + "\n".join(lines) + "\n"


def _accuracy(found: Sequence[Result]) -> str:
    reached = [result.accuracy for result in found]
    mean = f"{statistics.mean(reached):.4f}"
    return mean if len(reached) == 1 else f"{mean} ({min(reached):.4f} to {max(reached):.4f})"


def _median(values: Iterable[float]) -> float:
    return statistics.median(list(values))


def _latency(found: Sequence[Result]) -> str:
    return " / ".join(f"{_median(result.facts['latency_ms'][size] for result in found):.2f}" for size in ("1", "256"))


def _to_target(found: Sequence[Result]) -> str:
    return ", ".join(str(result.epochs_to_target or "never") for result in found)


ACCURACY_COLUMNS: Sequence[Column] = (
    ("test accuracy", _accuracy),
    ("seeds", lambda found: str(len(found))),
    ("parameters", lambda found: f"{found[0].facts['parameters']:,}"),
    ("operations", lambda found: f"{found[0].facts['flops'] / 1e6:.1f} M"),
    ("epochs", lambda found: str(len(found[0].epochs))),
    ("s an epoch", lambda found: f"{_median(result.seconds_an_epoch for result in found):.1f}"),
    ("CPU hours", lambda found: f"{sum(result.facts['cpu_seconds'] for result in found) / 3600:.2f}"),
    ("SavedModel", lambda found: f"{found[0].facts['saved_model_bytes'] / 1e6:.2f} MB"),
    ("latency, ms", _latency),
    ("commit", lambda found: ", ".join(dict.fromkeys(f"`{result.facts['commit']}`" for result in found))),
)
HEALTH_COLUMNS: Sequence[Column] = (
    ("depth score", lambda found: f"{_median(result.last('depth_score') for result in found):.2f}"),
    ("dead share", lambda found: f"{100 * _median(result.last('dead_share') for result in found):.1f} %"),
    ("update ratio", lambda found: f"{_median(result.update_ratio for result in found):.1e}"),
    (f"epochs to {TARGET:.2f}", _to_target),
    ("findings", lambda found: ", ".join(sorted({name for result in found for name in result.findings})) or "none"),
)

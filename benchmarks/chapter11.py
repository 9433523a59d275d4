"""Chapter 11 with Fashion-MNIST against the book's notebooks: `python -m benchmarks.chapter11 --data DIR`.

Trains the configs `chapter11/r2e_*` and `chapter11/r3e_*` one after the other, as they are but for the source of the
data, which is DIR with the four IDX files, and without export and report. The book's figure is that of the config's
comment: accuracy on the validation part after the last epoch, or on the test part. Its notebooks ran each once, on
another machine with other draws, so that a mean within one point of it counts as the same, within three for the few
images of the transfer experiments. Prints Markdown, a line an experiment. CIFAR-10, the rate finder and MC dropout
are left out.
"""

import argparse
import re
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from piste.pipelines.config.config import Config
from piste.pipelines.config.load import load_config
from piste.pipelines.config.shipped import shipped
from piste.pipelines.data.embedded.classes import FASHION_MNIST_CLASSES
from piste.pipelines.environment import start_tensorflow

FIRST_SEED = 42
BAND, TRANSFER_BAND = 0.01, 0.03
_EXPERIMENT = re.compile(r"chapter11/(r[23]e_\d\d)_\w+")
_FIGURE = re.compile(r"# Expect: the book's notebook: (validation|test) accuracy (0\.\d+)\b(?! of the mean)")
_OF_TFDS = ("name", "directory", "train_split", "test_split", "download")


@dataclass(frozen=True)
class Book:
    """What the book's notebook came to.

    Attributes:
        config: the shipped config's name.
        part: what the accuracy was measured on, "validation" or "test".
        accuracy: from 0 to 1.
    """

    config: str
    part: str
    accuracy: float

    @property
    def band(self) -> float:
        """How far a mean may be from it."""
        return TRANSFER_BAND if self.part == "test" and "_model_b" in self.config else BAND


@dataclass(frozen=True)
class Trained:
    """What one training came to."""

    accuracy: dict[str, float]
    weights: Path
    seconds: float


def books(only: list[str]) -> list[Book]:
    """Returns the experiments with a figure that can be compared.

    Args:
        only: ids or names of configs; none for all.
    """
    found = []
    for name, path in shipped().items():
        wanted = not only or any(name.removeprefix("chapter11/").startswith(start.lower()) for start in only)
        figure = _FIGURE.search(path.read_text("utf-8"))
        if wanted and figure is not None and _EXPERIMENT.fullmatch(name) and "cifar10" not in _bases(name):
            found.append(Book(name, figure[1], float(figure[2])))
    return found


def _bases(name: str) -> set[str]:
    return {Path(source.name).stem for source in load_config(name).sources}


def config_of(name: str, directory: Path, seed: int, *overrides: str) -> Config:
    """Returns a shipped config with its data from IDX files, another seed, and no monitor."""
    data = {key: value for key, value in load_config(name).dump()["data"].items() if key not in _OF_TFDS}
    data |= {"source": "idx", "directory": str(directory.resolve()), "classes": list(FASHION_MNIST_CLASSES)}
    text = yaml.safe_dump(data, default_flow_style=True, width=10_000)
    return load_config(name, [f"data={text}", f"seed={seed}", "health=false", *overrides])


class Trainer:
    """Trains experiments, each once a seed, and the one before that they take weights from."""

    def __init__(self, directory: Path, folder: Path) -> None:
        self.directory, self.folder = directory, folder
        self.done: dict[tuple[str, int], Trained] = {}

    def trained(self, name: str, seed: int) -> Trained:
        """Returns what an experiment came to, trained now or before."""
        if (name, seed) not in self.done:
            config = config_of(name, self.directory, seed)
            if config.transfer is not None and config.transfer.run is not None:
                source = Path(config.transfer.run).name.removesuffix("-001")
                weights = self.trained(f"chapter11/{source}", seed).weights
                config = config_of(name, self.directory, seed, "transfer.run=null", f"transfer.weights={weights}")
            self.done[name, seed] = self._train(config, seed)
        return self.done[name, seed]

    def _train(self, config: Config, seed: int) -> Trained:
        import keras

        from piste.pipelines.build import build
        from piste.pipelines.data.load import load_data
        from piste.pipelines.evaluate import evaluate
        from piste.pipelines.fitting import train_stages
        from piste.pipelines.modes import choose_mode
        from piste.pipelines.transfer.transfer import transfer
        from piste.pipelines.transfer.weights import weights_of

        keras.utils.clear_session()
        data = load_data(config)
        model = build(config, data)
        transfer(config, model)
        folder = self.folder / f"{config.name}-{seed}"
        folder.mkdir()
        begun = time.perf_counter()
        result = train_stages(config, data, model, choose_mode(config, model, data), folder, None)
        seconds = time.perf_counter() - begun
        assert data.test is not None  # IDX files have one
        accuracy = {
            "validation": float(result.epochs[-1]["val_accuracy"]),
            "test": evaluate(model, data.test)["accuracy"],
        }
        every = {layer.name: weights_of(layer) for layer in model.layers}
        named = {f"{name}/{key}": value.numpy() for name, layer in every.items() for key, value in layer.items()}
        np.savez(folder / "weights.npz", **named)
        return Trained(accuracy, folder / "weights.npz", seconds)


def line(book: Book, results: list[Trained]) -> str:
    """Returns one line of the table."""
    ours = [result.accuracy[book.part] for result in results]
    mean = statistics.mean(ours)
    said = "yes" if abs(mean - book.accuracy) <= book.band else "**no**"
    seconds = statistics.mean(result.seconds for result in results)
    each = " ".join(f"{accuracy:.4f}" for accuracy in ours)
    config = book.config.removeprefix("chapter11/")
    return (
        f"| {config} | {book.part} | {book.accuracy:.4f} | {mean:.4f} | {each} | {book.band:.2f} | {said} "
        f"| {seconds:.0f} |"
    )


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with the IDX files of Fashion-MNIST")
    parser.add_argument("--seeds", type=int, default=3, help="trainings of each experiment")
    parser.add_argument("--only", action="append", default=[], metavar="ID", help="as in r2e_05; may be repeated")
    options = parser.parse_args()
    chosen = books(options.only)
    if not chosen:
        parser.error(f"`--only` must be the beginning of an experiment's name. Received: {', '.join(options.only)}.")
    settings = load_config(chosen[0].config)
    start_tensorflow(settings.runtime, settings.seed)
    print("| experiment | accuracy on | book | mean | each seed | band | within | s |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(options.data, Path(folder))
        for book in chosen:
            results = [trainer.trained(book.config, FIRST_SEED + index) for index in range(options.seeds)]
            print(line(book, results), flush=True)


if __name__ == "__main__":
    main()

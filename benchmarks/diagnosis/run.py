"""Trains recipes in a process of its own: `python -m benchmarks.diagnosis.run FOLDER` with pairs on stdin."""

import gc
import json
import sys
import time
import warnings
from pathlib import Path

import keras
import numpy as np

from benchmarks.diagnosis.probe import Probe
from benchmarks.diagnosis.recipe import Recipe
from benchmarks.diagnosis.store import save_run
from benchmarks.diagnosis.suite import suite
from piste.callbacks import HealthMonitor
from piste.pipelines.environment import quiet_stderr


def run(recipe: Recipe, seed: int, folder: Path) -> None:
    """Trains one recipe with plain `fit` and a monitor with default arguments, and writes what it recorded."""
    keras.backend.clear_session()
    gc.collect()
    keras.utils.set_random_seed(seed)
    setup = recipe.make(np.random.default_rng(seed))
    health = HealthMonitor()
    probe = Probe(health, setup.x[: setup.batch_size], setup.y[: setup.batch_size])
    setup.model.fit(
        setup.x, setup.y, batch_size=setup.batch_size, epochs=setup.epochs, verbose=0,
        callbacks=[*setup.callbacks, health, probe],
    )  # fmt: skip
    save_run(folder, recipe.name, seed, health.records, probe.looks)


def main(folder: Path) -> None:
    """Trains the pairs of recipe and seed on stdin, a JSON list, and prints one line each."""
    recipes = {recipe.name: recipe for recipe in suite()}
    warnings.simplefilter("ignore")
    for name, seed in json.load(sys.stdin):
        begun = time.perf_counter()
        with quiet_stderr():
            run(recipes[name], seed, folder)
        print(f"{name} {seed}: {time.perf_counter() - begun:.1f} s", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

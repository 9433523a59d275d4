"""Models of every kind and their exports, made once for the whole folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from piste.callbacks import HealthMonitor
from piste.models.build import build_model
from piste.pipelines.data.dataset import Arrays
from piste.pipelines.export.saved_model import export_saved_model
from piste.pipelines.export.verify import Exported
from piste.pipelines.loop.fit import fit

CLASSES = ("T-shirt", "Äpfel", "Sneaker")
RANDOM = np.random.default_rng(0)
PIXELS = RANDOM.integers(0, 256, (9, 8, 8), dtype=np.uint8)
NUMBERS = RANDOM.normal(50, 20, (9, 5)).astype(np.float32)
FREE_FORM = {
    "activation": "selu",
    "layers": [
        "flatten",
        {"repeat": 2, "layers": [{"type": "dense", "units": 6}, "batch_normalization", "activation"]},
        {"type": "dropout", "rate": 0.5},
        {"type": "dense", "units": 3, "activation": "softmax"},
    ],
}


def classifier(spec: dict[str, Any], scale: Any = "unit") -> Any:
    return build_model(
        spec, input_shape=(8, 8), input_dtype="uint8", outputs=3, task="classification", scale=scale, seed=1
    )


def yes_or_no() -> Any:
    return build_model(
        {"type": "cnn", "filters": [2], "dense": [4], "head": "sigmoid"},
        input_shape=(8, 8), input_dtype="uint8", outputs=2, task="classification", scale="unit", seed=1,
    )  # fmt: skip


def regressor() -> Any:
    model = build_model(
        {"type": "mlp", "hidden": [6]},
        input_shape=(5,),
        input_dtype="float32",
        outputs=2,
        task="regression",
        scale="standardize",
        seed=1,
    )
    model.get_layer("scale").fit(NUMBERS)
    return model


@contextmanager
def precision(policy: str) -> Iterator[None]:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def exported(model: Any, folder: Path, samples: Any, classes: Any = CLASSES, policy: str = "float32") -> Exported:
    outputs = model.predict(samples, verbose=0)
    return Exported(export_saved_model(model, folder, classes=classes), outputs, samples, classes, policy)


class ExportNow(keras.callbacks.Callback):
    """Exports in the middle of a `fit`."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.exported: Exported | None = None

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.exported = self.exported or exported(self.model, self.folder, PIXELS)


def watched(folder: Path, mode: str) -> Exported:
    model = classifier({"type": "mlp", "hidden": [6]})
    model.compile("nadam", "sparse_categorical_crossentropy", jit_compile=mode == "fused")
    train = Arrays(PIXELS, np.array([0, 1, 2] * 3, np.int32))
    callback = ExportNow(folder)
    monitor = HealthMonitor(every=1)
    fit(model, train, epochs=1, batch_size=3, mode=mode, callbacks=[monitor, callback])
    assert monitor.records and callback.exported
    return callback.exported


@pytest.fixture(scope="session")
def exports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Exported]:
    root = tmp_path_factory.mktemp("exports")
    made = {
        "mlp": exported(classifier({"type": "mlp", "hidden": [6]}), root / "mlp", PIXELS),
        "cnn": exported(classifier({"type": "cnn", "filters": [2], "dense": [4]}), root / "cnn", PIXELS),
        "free form": exported(classifier(FREE_FORM), root / "free form", PIXELS),
        "one sigmoid unit": exported(yes_or_no(), root / "one sigmoid unit", PIXELS, classes=("no", "yes")),
        "regression": exported(regressor(), root / "regression", NUMBERS, classes=None),
        "watched, fused": watched(root / "fused", "fused"),
        "watched, plain fit": watched(root / "plain", "stream"),
    }
    for policy in ("mixed_bfloat16", "mixed_float16"):
        with precision(policy):
            model = classifier({"type": "cnn", "filters": [2], "dense": [4]})
        made[policy] = exported(model, root / policy, PIXELS, policy=policy)
    return made

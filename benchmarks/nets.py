"""The nets that are timed: as the book writes them, and as a Piste config."""

import dataclasses
from typing import Any

from piste.pipelines.config.config import Config
from piste.pipelines.config.load import load_config
from piste.pipelines.data.dataset import Arrays, Data
from piste.pipelines.data.load import load_data

WIDTHS = {"300-100": [300, 100], "20 x 100": [100] * 20}
CNN = "CNN 32-64"
BATCH = {CNN: 64}


def batch_size(net: str) -> int:
    """Returns the net's batch size."""
    return BATCH.get(net, 32)


def source(directory: str | None) -> str:
    """Returns the override that chooses full Fashion-MNIST in a directory, or the embedded part of it."""
    return "data={source: embedded}" if directory is None else f'data={{source: idx, directory: "{directory}"}}'


def config(net: str, directory: str | None, *overrides: str) -> Config:
    """Returns the Piste config of a net: ELU, He's initialiser, Nadam or, for the CNN, Adam."""
    if net == CNN:
        model = "model={type: cnn, filters: [32, 64], dense: [64], activation: elu}"
    else:
        model = f"model={{type: mlp, hidden: {WIDTHS[net]}, activation: elu}}"
    rate = {"300-100": "{type: nadam}", "20 x 100": "{type: nadam, learning_rate: 5.0e-5}", CNN: "{type: adam}"}[net]
    return load_config(
        "quickstart",
        [
            source(directory), "data.validation=null", f"data.batch_size={batch_size(net)}", model,
            f"training.optimizer={rate}", *overrides,
        ],
    )  # fmt: skip


def load(directory: str | None, samples: int | None = None) -> Data:
    """Returns the data, or its first training samples, without a validation part."""
    return first(load_data(config("300-100", directory)), samples)


def first(data: Data, samples: int | None) -> Data:
    """Returns the same data with its first training samples only; None for all."""
    return dataclasses.replace(data, train=Arrays(data.train.x[:samples], data.train.y[:samples]))


def book_model(net: str) -> Any:
    """Builds and compiles the net in plain Keras, as the book writes it."""
    import keras
    from keras import layers

    if net == CNN:
        hidden: list[Any] = [layers.Reshape((28, 28, 1))]
        for filters in (32, 64):
            hidden += [layers.Conv2D(filters, 3, activation="elu", kernel_initializer="he_normal", padding="same")]
            hidden += [layers.MaxPooling2D()]
        hidden += [layers.Flatten(), layers.Dense(64, activation="elu", kernel_initializer="he_normal")]
        optimizer = keras.optimizers.Adam()
    else:
        dense = [layers.Dense(units, activation="elu", kernel_initializer="he_normal") for units in WIDTHS[net]]
        hidden = [layers.Flatten(), *dense]
        optimizer = keras.optimizers.Nadam(1e-3 if net == "300-100" else 5e-5)
    model = keras.Sequential([layers.Input((28, 28)), *hidden, layers.Dense(10, activation="softmax")])
    model.compile(loss="sparse_categorical_crossentropy", optimizer=optimizer, metrics=["accuracy"])
    return model

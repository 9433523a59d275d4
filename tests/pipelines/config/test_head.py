"""One sigmoid unit at the end: with which classes, losses and metrics it goes."""

from collections.abc import Callable

import pytest

from piste.pipelines.config.config import Config
from piste.pipelines.config.problems import Problem

Load = Callable[..., Config]
Problems = Callable[..., list[Problem]]

TWO = "data: {source: embedded, select: {classes: [5, 6]}}\n"
TEN = "data: {source: embedded}\n"
UNKNOWN = "data: {source: npz, path: a.npz}\n"
REGRESSION = "data: {source: synthetic, kind: regression}\n"
SIGMOID = "model: {type: mlp, head: sigmoid}\n"
SOFTMAX = "model: {type: mlp}\n"
LAYERS = "model: {layers: [flatten, {type: dense, units: 1, activation: sigmoid}]}\n"
TWO_UNITS = "model: {layers: [flatten, {type: dense, units: 2, activation: sigmoid}]}\n"
NEEDS_ONE = "needs a model that ends in one sigmoid unit, as with `model.head: sigmoid` for two classes."
NEEDS_ALL = "needs a probability for each class, but the model ends in one sigmoid unit."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            TEN + SIGMOID,
            "`model.head` must be softmax, as one sigmoid unit tells two classes apart. Received: 10 classes.",
        ),
        (
            TEN + "model: {type: cnn, head: sigmoid}\n",
            "`model.head` must be softmax, as one sigmoid unit tells two classes apart. Received: 10 classes.",
        ),
        (
            REGRESSION + SIGMOID,
            "`model.head` must be softmax, as one sigmoid unit tells two classes apart. Received: regression.",
        ),
        (
            TWO + "model: {type: mlp, head: sigmod}\n",
            "`model.head` must be one of softmax, sigmoid. Received: sigmod. Did you mean `sigmoid`?",
        ),
        (
            TEN + LAYERS,
            "`model.layers[1].activation` must be softmax, as one sigmoid unit tells two classes apart. "
            "Received: 10 classes.",
        ),
        (
            TWO + TWO_UNITS,
            "`model.layers[1]` must end in probabilities for classification: give the last layer "
            "`activation: softmax`. Received: dense.",
        ),
        (
            TEN + SOFTMAX + "training: {loss: binary_crossentropy}\n",
            f"`training.loss` {NEEDS_ONE} Received: binary_crossentropy.",
        ),
        (
            TWO + SOFTMAX + "training: {metrics: [accuracy, auc]}\n",
            f"`training.metrics[1]` {NEEDS_ONE[:-1]}, or `multi_label: true`, the mean over the classes. "
            "Received: auc.",
        ),
        (
            UNKNOWN + SOFTMAX + "training: {metrics: [{type: precision}]}\n",
            f"`training.metrics[0]` {NEEDS_ONE} Received: precision.",
        ),
        (
            TWO + SIGMOID + "training: {loss: sparse_categorical_crossentropy}\n",
            f"`training.loss` {NEEDS_ALL} Received: sparse_categorical_crossentropy. "
            "Did you mean `binary_crossentropy`?",
        ),
        (
            TWO + LAYERS + "training: {metrics: [sparse_categorical_accuracy]}\n",
            f"`training.metrics[0]` {NEEDS_ALL} Received: sparse_categorical_accuracy. Did you mean `binary_accuracy`?",
        ),
        (
            TWO + SIGMOID + "training: {metrics: [{type: one_hot_iou, num_classes: 2, target_class_ids: [1]}]}\n",
            f"`training.metrics[0]` {NEEDS_ALL} Received: one_hot_iou.",
        ),
    ],
)
def test_what_does_not_go_together(problems: Problems, text: str, sentence: str) -> None:
    assert [problem.message for problem in problems(text)] == [sentence]


@pytest.mark.parametrize(
    "text",
    [
        TWO + SIGMOID,
        TWO + LAYERS,
        UNKNOWN + SIGMOID,
        UNKNOWN + LAYERS,
        TWO + "model: {layers: [flatten, {repeat: 2, layers: [{type: dense, units: 1, activation: sigmoid}]}]}\n",
        TWO + SIGMOID + "training: {loss: binary_focal_crossentropy, metrics: [accuracy, auc, precision, recall]}\n",
        TWO + LAYERS + "training: {loss: binary_crossentropy, metrics: [binary_accuracy]}\n",
        TWO + SIGMOID + "training: {metrics: [auc], early_stopping: {monitor: val_auc}}\n",
        TWO + SIGMOID + "training: {metrics: [auc, {type: auc, curve: PR}], early_stopping: {monitor: val_auc_2}}\n",
        TWO + SOFTMAX + "training: {metrics: [sparse_categorical_accuracy]}\n",
        REGRESSION + "model: {layers: [{type: dense, units: 1, activation: sigmoid}]}\n",
    ],
)
def test_what_goes_together(load: Load, text: str) -> None:
    load(text)


def test_a_wrong_head_hides_nothing_about_the_loss(problems: Problems) -> None:
    text = TWO + "model: {type: mlp, head: sigmod}\ntraining: {loss: binary_crossentropy}\n"
    assert [problem.path for problem in problems(text)] == ["model.head"]

"""Keys that contradict each other: each rule's words and place, and what it lets pass."""

from collections.abc import Callable

import pytest

from piste.pipelines.config.config import Config
from piste.pipelines.config.problems import Problem

Load = Callable[..., Config]
Problems = Callable[..., list[Problem]]

MODEL = "model: {type: mlp}\n"
DATA = "data: {source: embedded}\n"
SYNTHETIC = "data: {source: synthetic, kind: "
COSINE = "{type: cosine_decay, initial_learning_rate: 0.1, decay_steps: 10}"

CONTRADICTIONS = [
    (
        "data: {source: embedded, validation: {size: 5, fraction: 0.1}}\n",
        "`data.validation` must give `size` or `fraction`, one of the two. Received: both.",
    ),
    (
        "data: {source: embedded, validation: {from: start}}\n",
        "`data.validation` must give `size` or `fraction`, one of the two. Received: neither.",
    ),
    (
        "data: {source: embedded, validation: {size: 5, seed: 1}}\n",
        "`data.validation.seed` has no effect unless `from` is random.",
    ),
    ("data: {source: embedded, classes: [a, b, a]}\n", "`data.classes[2]` is given twice. Received: a."),
    (SYNTHETIC + "regression, classes: [a, b]}\n", "`data.classes` must be null: regression has no classes."),
    (
        SYNTHETIC + "gaussian_mixture, num_classes: 3, classes: [a, b]}\n",
        "`data.classes` must have 3 names, as many as `data.num_classes`. Received: 2.",
    ),
    (SYNTHETIC + "circles, features: 3}\n", "`data.features` must be 2: circles lie in the plane. Received: 3."),
    (SYNTHETIC + "circles, num_classes: 3}\n", "`data.num_classes` must be 2: there are two circles. Received: 3."),
    (
        SYNTHETIC + "regression, num_classes: 3}\n",
        "`data.num_classes` has no effect: regression has no classes. Received: 3.",
    ),
    (
        "data: {source: npz, path: a, x_test: null}\n",
        "`data.x_test` must be given together with `data.y_test`, or both be null.",
    ),
    (
        "data: {source: npz, path: a, y_test: null}\n",
        "`data.y_test` must be given together with `data.x_test`, or both be null.",
    ),
    (
        "data: {source: embedded, validation: null}\ntraining: {early_stopping: {patience: 1}}\n",
        "`training.early_stopping.monitor` needs validation samples, but `data.validation` is null. "
        "Received: val_loss.",
    ),
    (
        "data: {source: embedded, validation: null}\nhealth: {probe: validation}\n",
        "`health.probe` needs validation samples, but `data.validation` is null. Received: validation.",
    ),
    (
        DATA + "training: {early_stopping: {monitor: val_acuracy}}\n",
        "`training.early_stopping.monitor` must be a figure of an epoch. Received: val_acuracy. "
        "Did you mean `val_accuracy`?",
    ),
    (
        DATA + "training: {loss: categorical_crossentropy}\n",
        "`training.loss` needs one-hot labels, but labels are class indices. Received: categorical_crossentropy. "
        "Did you mean `sparse_categorical_crossentropy`?",
    ),
    (
        DATA + "training: {metrics: [categorical_accuracy]}\n",
        "`training.metrics[0]` needs one-hot labels, but labels are class indices. "
        "Received: categorical_accuracy. Did you mean `sparse_categorical_accuracy`?",
    ),
    (
        SYNTHETIC + "regression}\ntraining: {metrics: [accuracy]}\n",
        "`training.metrics[0]` needs classes, but the task is regression. Received: accuracy.",
    ),
    (
        "data: {source: npz, path: a, task: regression}\ntraining: {loss: sparse_categorical_crossentropy}\n",
        "`training.loss` needs classes, but the task is regression. Received: sparse_categorical_crossentropy.",
    ),
    (
        DATA + "training: {optimizer: {type: sgd, clipnorm: 1, clipvalue: 1}}\n",
        "`training.optimizer.clipvalue` must not be set together with `clipnorm`: Keras clips in one way.",
    ),
    (
        DATA + f"training: {{optimizer: {{type: sgd, learning_rate: 0.1}}, schedule: {COSINE}}}\n",
        "`training.optimizer.learning_rate` must not be set together with the schedule `cosine_decay`, "
        "which sets the rate itself: remove one.",
    ),
    (
        DATA + "training: {schedule: {type: piecewise_constant_decay, boundaries: [5, 9], values: [1, 2]}}\n",
        "`training.schedule.values` must have 3 items, one more than `boundaries`. Received: 2.",
    ),
    (
        DATA + "training: {schedule: {type: piecewise_constant_decay, boundaries: [5, 5], values: [1, 2, 3]}}\n",
        "`training.schedule.boundaries` must increase. Received: 5, 5.",
    ),
]


@pytest.mark.parametrize(("text", "message"), CONTRADICTIONS, ids=lambda v: str(v)[:60])
def test_contradictions(problems: Problems, text: str, message: str) -> None:
    found = problems(text + MODEL)
    assert [problem.message for problem in found] == [message]


@pytest.mark.parametrize(
    "text",
    [
        "data: {source: embedded, validation: {size: null, fraction: 0.5}}\n",
        "data: {source: embedded, validation: {size: 5, from: random, seed: 1}}\n",
        SYNTHETIC + "regression}\ntraining: {early_stopping: {monitor: val_mean_absolute_error}}\n",
        "data: {source: embedded, validation: null}\ntraining: {early_stopping: {monitor: loss}}\n",
        DATA + "training: {metrics: [{type: sparse_top_k_categorical_accuracy, k: 3}]}\n",
        DATA + "health: {probe: validation}\n",
        DATA + "training: {optimizer: {type: sgd, clipnorm: 1, clipvalue: null}}\n",
        DATA + "training: {optimizer: {type: sgd, learning_rate: 1}, schedule: {type: one_cycle, max_rate: 1}}\n",
    ],
)
def test_what_does_not_contradict(load: Load, text: str) -> None:
    load(text + MODEL)


def test_a_later_schedule_takes_over_an_earlier_rate(load: Load) -> None:
    text = DATA + MODEL + "training: {optimizer: {type: sgd, learning_rate: 0.1, momentum: 0.5}}\n"
    config = load(text, f"training.schedule={COSINE}")
    assert config.training.optimizer.arguments == {"momentum": 0.5}


def test_a_schedule_takes_over_the_default_rate(load: Load) -> None:
    config = load(DATA + MODEL + f"training: {{schedule: {COSINE}}}\n")
    assert config.training.optimizer.arguments == {"momentum": 0.9, "nesterov": True}


def test_a_later_rate_does_not_vanish_under_an_earlier_schedule(problems: Problems) -> None:
    (found,) = problems(DATA + MODEL + f"training: {{schedule: {COSINE}}}\n", "training.optimizer.learning_rate=0.5")
    assert "must not be set together with the schedule `cosine_decay`" in found.message
    assert found.origin.file == "--set 1"


def test_all_wrong_names_of_lists_are_told_at_once(problems: Problems) -> None:
    text = DATA + MODEL + "silence: [dying_relu, initialiser, 3]\ntraining: {metrics: [acuracy, mse, xyz]}\n"
    assert [(problem.path, problem.received, problem.suggestion) for problem in problems(text)] == [
        ("silence[0]", "dying_relu", None), ("silence[1]", "initialiser", "initializer"), ("silence[2]", "3", None),
        ("training.metrics[0]", "acuracy", "accuracy"), ("training.metrics[1]", "mse", "mean_squared_error"),
        ("training.metrics[2]", "xyz", None),
    ]  # fmt: skip

"""Several labels a sample: heads, losses, metrics and the whole pipeline."""

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from piste.pipelines.build import build
from piste.pipelines.config.load import load_config
from piste.pipelines.config.problems import ConfigProblems
from piste.pipelines.evaluate_run import evaluate_run
from piste.pipelines.train import train

RANDOM = np.random.default_rng(2)
X = RANDOM.normal(size=(120, 4)).astype("float32")
Y = (X[:, :3] > 0).astype("uint8")  # label k holds where value k is positive
FAST = "{type: adam, learning_rate: 0.03}"
DATA = "seed: 1\ndata: {source: npz, path: %s, task: multilabel, batch_size: 16}\n"


@pytest.fixture
def data(tmp_path: Path) -> str:
    np.savez(tmp_path / "labels.npz", x_train=X[:100], y_train=Y[:100], x_test=X[100:], y_test=Y[100:])
    return DATA % (tmp_path / "labels.npz")


def written(folder: Path, text: str) -> Path:
    (folder / "net.yaml").write_text(text, encoding="utf-8")
    return folder / "net.yaml"


@pytest.mark.slow
def test_it_is_trained_and_exported(data: str, tmp_path: Path) -> None:
    metrics = "[binary_accuracy, {type: auc, multi_label: true}, {type: f1_score, threshold: 0.5, average: macro}]"
    training = f"{{epochs: 15, optimizer: {FAST}, metrics: {metrics}}}"
    text = f"{data}model: {{type: mlp, hidden: [16]}}\ntraining: {training}\nexport: {{verify: false}}\n"
    run = train(load_config(written(tmp_path, text)), tmp_path / "run")
    figures = run.environment["test"]
    assert figures["binary_accuracy"] > 0.75 and figures["auc"] > 0.85 and figures["f1_score"] > 0.7
    assert run.environment["data"]["classes"] == ["0", "1", "2"]
    serve = tf.saved_model.load(str(run.folder / "export" / "saved_model" / "1")).signatures["serving_default"]
    served = serve(inputs=tf.constant(X))["predictions"].numpy()
    np.testing.assert_allclose(served, run.model().predict(X, verbose=0), atol=1e-6)
    assert evaluate_run(run.folder) == figures


def test_the_loss_is_binary_crossentropy_of_every_label(data: str, tmp_path: Path) -> None:
    model = build(load_config(written(tmp_path, data + "model: {type: mlp, hidden: [4]}\n")))
    assert model.loss == "binary_crossentropy" and model.output_shape == (None, 3)
    p = model.predict(X, verbose=0).astype("float64")
    by_hand = -np.mean(Y * np.log(p) + (1 - Y) * np.log(1 - p))
    assert model.evaluate(X, Y, verbose=0)[0] == pytest.approx(by_hand, rel=1e-5)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("model: {layers: [{type: dense, units: 3, activation: softmax}]}", "`model.layers[0]` must end in a "
         "probability for each label: give the last layer `activation: sigmoid`."),
        ("model: {type: mlp}\ntraining: {metrics: [accuracy]}", "`training.metrics[0]` needs one class a sample, but "
         "the task is multilabel. Received: accuracy. Did you mean `binary_accuracy`?"),
        ("model: {type: mlp}\ntraining: {loss: sparse_categorical_crossentropy}", "`training.loss` needs one class a "
         "sample, but the task is multilabel. Received: sparse_categorical_crossentropy. Did you mean "
         "`binary_crossentropy`?"),
        ("model: {type: mlp}\ntraining: {metrics: [{type: f1_score, average: macro}]}", "`training.metrics[0]` needs "
         "`threshold`, as in {type: f1_score, threshold: 0.5}"),
        ("model: {type: mlp}\ntraining: {metrics: [{type: f1_score, threshold: 0.5}]}", "`training.metrics[0]` needs "
         "`average`, as in {type: f1_score, average: macro}"),
        ("model: {type: mlp}\ntraining: {class_weight: balanced}", "and the task is multilabel."),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told(text: str, words: str, data: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigProblems) as caught:
        load_config(written(tmp_path, data + text + "\n"))
    assert words in str(caught.value)


def test_layers_that_end_in_sigmoid(data: str, tmp_path: Path) -> None:
    text = "model: {layers: [{type: dense, units: 3, activation: sigmoid}]}\n"
    assert build(load_config(written(tmp_path, data + text))).output_shape == (None, 3)


def test_f1_and_auc_of_several_classes_are_one_against_the_rest(tmp_path: Path) -> None:
    top_2 = "{type: sparse_top_k_categorical_accuracy, k: 2}"
    metrics = f"[{{type: f1_score, average: macro}}, {{type: auc, multi_label: true, num_labels: 3}}, {top_2}]"
    text = (
        "seed: 2\ndata: {source: synthetic, kind: gaussian_mixture, num_classes: 3, samples: 60, noise: 1.5}\n"
        f"model: {{type: mlp, hidden: [4], activation: tanh}}\ntraining: {{metrics: {metrics}}}\n"
    )
    config = load_config(written(tmp_path, text))
    from piste.pipelines.data.load import load_data

    test, model = load_data(config).test, build(config)
    assert test is not None
    figures = model.evaluate(test.x, test.y, batch_size=50, return_dict=True, verbose=0)
    p = model.predict(test.x, verbose=0)
    chosen = p.argmax(axis=1)
    hits = [np.sum((chosen == label) & (test.y == label)) for label in range(3)]
    sizes = [np.sum(chosen == label) + np.sum(test.y == label) for label in range(3)]
    assert figures["f1_score"] == pytest.approx(
        np.mean([2 * h / s for h, s in zip(hits, sizes, strict=True)]), rel=1e-5
    )
    one_hot = keras.utils.to_categorical(test.y, 3)
    reference = keras.metrics.AUC(multi_label=True, num_labels=3)
    reference.update_state(one_hot, p)
    assert figures["auc"] == pytest.approx(float(reference.result()), rel=1e-5)
    rank = (p > np.take_along_axis(p, test.y[:, None], axis=1)).sum(axis=1)
    assert figures["sparse_top_k_categorical_accuracy"] == pytest.approx(np.mean(rank < 2), rel=1e-5)


def test_f1_of_one_sigmoid_unit(tmp_path: Path) -> None:
    text = (
        "seed: 2\ndata: {source: synthetic, kind: circles, samples: 60}\n"
        "model: {type: mlp, head: sigmoid, activation: tanh}\n"
        "training: {metrics: [{type: f1_score, average: micro, threshold: 0.5}, auc]}\n"
    )
    config = load_config(written(tmp_path, text))
    from piste.pipelines.data.load import load_data

    test, model = load_data(config).test, build(config)
    assert test is not None
    figures = model.evaluate(test.x, test.y, return_dict=True, verbose=0)
    chosen = model.predict(test.x, verbose=0)[:, 0] > 0.5
    f1 = 2 * np.sum(chosen & (test.y == 1)) / (np.sum(chosen) + np.sum(test.y == 1))
    assert figures["f1_score"] == pytest.approx(f1, rel=1e-5)


def test_r2_and_mean_absolute_error_of_numbers(tmp_path: Path) -> None:
    text = (
        "seed: 2\ndata: {source: synthetic, kind: regression, samples: 60}\n"
        "model: {type: mlp, hidden: [4]}\ntraining: {metrics: [r2_score, mean_absolute_error]}\n"
    )
    config = load_config(written(tmp_path, text))
    from piste.pipelines.data.load import load_data

    test, model = load_data(config).test, build(config)
    assert test is not None
    figures = model.evaluate(test.x, test.y, return_dict=True, verbose=0)
    residuals = test.y - model.predict(test.x, verbose=0)
    r2 = 1 - np.sum(residuals**2) / np.sum((test.y - test.y.mean()) ** 2)
    assert figures["r2_score"] == pytest.approx(r2, rel=1e-4)
    assert figures["mean_absolute_error"] == pytest.approx(np.abs(residuals).mean(), rel=1e-5)

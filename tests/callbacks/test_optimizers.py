"""What the optimizer does to a gradient shows in the records: clipping, accumulation, loss scaling, skipped steps."""

import itertools
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from piste.callbacks import GradientMonitor
from piste.callbacks.optimizers import accumulated, built_for, steps_applied
from piste.pipelines.data.dataset import Arrays
from piste.pipelines.loop.fit import fit

RANDOM = np.random.default_rng(2)
X = RANDOM.normal(size=(24, 5)).astype("float32")
Y = RANDOM.integers(0, 3, 24).astype("int32")
BATCHES = [slice(start, start + 3) for start in range(0, 24, 3)]


def net(optimizer: Any = None) -> Any:
    keras.utils.set_random_seed(4)
    head = layers.Dense(3, "softmax", name="head", dtype="float32")
    model = keras.Sequential([keras.Input((5,)), layers.Dense(6, "tanh", name="first"), head])
    model.compile(optimizer or keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    return model


def gradients(model: Any, rows: slice = slice(None)) -> list[np.ndarray]:
    """Of the whole data or some rows, by a tape of one's own."""
    with tf.GradientTape() as tape:
        loss = keras.losses.SparseCategoricalCrossentropy()(Y[rows], model(X[rows]))
    return [np.asarray(part, "float64") for part in tape.gradient(loss, model.trainable_variables)]


def norm(*arrays: Any) -> float:
    return float(np.sqrt(sum(np.sum(np.square(array)) for array in arrays)))


def clipped_size(parts: list[np.ndarray], kind: str) -> float:
    """What each kind of clipping compares with its bound."""
    if kind == "global_clipnorm":
        return norm(*parts)
    return max(norm(part) if kind == "clipnorm" else float(np.abs(part).max()) for part in parts)


def records(model: Any, mode: str = "plain", every: int = 1, **arguments: Any) -> list[dict[str, Any]]:
    watch = GradientMonitor(every=every)
    if mode == "plain":
        model.fit(X, Y, shuffle=False, verbose=0, callbacks=[watch], **arguments)
    else:
        fit(model, Arrays(X, Y), shuffle=False, mode=mode, callbacks=[watch], **{"epochs": 1, **arguments})
    return watch.records


def test_gradients_are_taken_before_clipping_and_updates_after() -> None:
    model = net(keras.optimizers.SGD(0.1, clipnorm=1e-3))
    expected, size = norm(*gradients(model)), norm(np.asarray(model.get_layer("head").kernel))
    record = records(model, batch_size=24)[0]
    assert record["grad_norm"] == pytest.approx(expected, rel=1e-5)
    assert record["layers"]["head"]["update_ratio"] == pytest.approx(0.1 * 1e-3 / size, rel=1e-2)
    assert record["clipped"] is True


@pytest.mark.parametrize("kind", ["clipnorm", "global_clipnorm", "clipvalue"])
def test_whether_a_gradient_was_clipped(kind: str) -> None:
    assert "clipped" not in records(net(), batch_size=24)[0]
    bound = clipped_size(gradients(net()), kind)
    for factor, clipped in ((0.99, True), (1.01, False)):
        model = net(keras.optimizers.SGD(0.1, **{kind: float(bound * factor)}))
        assert records(model, batch_size=24)[0]["clipped"] is clipped


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        *itertools.product(["plain"], ["clipnorm", "global_clipnorm", "clipvalue"]),
        *itertools.product(["graph", "fused"], ["clipnorm"]),
        *(
            pytest.param(mode, kind, marks=pytest.mark.slow)
            for mode, kind in itertools.product(["graph", "fused"], ["global_clipnorm", "clipvalue"])
        ),
    ],
)
def test_clipped_updates_are_counted_at_every_step(mode: str, kind: str) -> None:
    """At a rate of 0 the weights stay, so that every batch's gradient can be worked out by itself."""
    model = net()
    sizes = [clipped_size(gradients(model, rows), kind) for rows in BATCHES]
    bound = float(np.mean(sorted(sizes)[3:5]))
    expected = [size > bound for size in sizes]
    assert sum(expected) == 4 and len(set(expected[:4])) == len(set(expected[4:])) == 2

    model.compile(keras.optimizers.SGD(0.0, **{kind: bound}), model.loss)
    every_one = records(model, mode, batch_size=3, epochs=2)
    assert [record["clipped_steps"] for record in every_one] == [int(one) for one in expected * 2]
    assert [record["clipped"] for record in every_one] == expected * 2

    model.compile(keras.optimizers.SGD(0.0, **{kind: bound}), model.loss)
    some = records(model, mode, every=6, batch_size=3, epochs=2)
    ends = [record["step"] for record in some]
    assert ends == [1, 2, 4, 6, 12]
    both = expected * 2
    counts = [sum(both[start:end]) for start, end in itertools.pairwise([0, *ends])]
    assert [record["clipped_steps"] for record in some] == counts


def test_what_accumulates_is_counted_at_the_update_alone() -> None:
    model = net(keras.optimizers.SGD(0.0, clipnorm=1e-6, gradient_accumulation_steps=2))
    assert [record["clipped_steps"] for record in records(model, batch_size=3)] == [1] * 4


@pytest.mark.parametrize("mode", ["plain", "graph", "fused"])
def test_with_accumulation_the_average_at_the_update_is_measured(mode: str) -> None:
    model = net(keras.optimizers.SGD(0.1, gradient_accumulation_steps=2))
    expected = gradients(model)
    first, second = records(model, mode, batch_size=12, epochs=2)
    assert (first["step"], second["step"]) == (1, 2)
    assert first["grad_norm"] == pytest.approx(norm(*expected), rel=1e-5)
    assert first["layers"]["first"]["kernel_rms"] == pytest.approx(np.sqrt(np.mean(expected[0] ** 2)), rel=1e-5)
    assert first["layers"]["first"]["update_ratio"] > 0


@pytest.mark.parametrize("kind", ["clipnorm", "global_clipnorm", "clipvalue"])
def test_of_a_sparse_gradient_keras_clips_the_slices(kind: str) -> None:
    """A row that is looked up 192 times has a far larger gradient than any slice; the weights show what was clipped."""
    tokens, target = np.zeros((24, 8), "int32"), np.ones((24, 1), "float32")

    def trained(rate: float, *callbacks: Any, **clips: float) -> Any:
        keras.utils.set_random_seed(5)
        hidden = [layers.Embedding(3, 2), layers.GlobalAveragePooling1D(), layers.Dense(1)]
        model = keras.Sequential([keras.Input((8,), dtype="int32"), *hidden])
        model.layers[-1].trainable = False
        model.compile(keras.optimizers.SGD(rate, **clips), "mse")
        model.fit(tokens, target, batch_size=24, verbose=0, callbacks=list(callbacks))
        return np.asarray(model.layers[0].embeddings)

    free = trained(1.0)
    whole = norm(trained(0.0) - free)
    for factor, clipped in ((0.001, True), (0.3, False)):
        watch = GradientMonitor(every=1)
        weights = trained(1.0, watch, **{kind: factor * whole})
        assert np.allclose(weights, free, rtol=1e-5) is not clipped
        assert watch.records[0]["clipped"] is clipped and watch.records[0]["clipped_steps"] == int(clipped)


def test_updates_are_counted_where_keras_makes_them_after_a_skipped_step() -> None:
    model = net()
    inner = keras.optimizers.SGD(0.0, global_clipnorm=1e-6, gradient_accumulation_steps=2)
    model.compile(keras.optimizers.LossScaleOptimizer(inner, initial_scale=2.0), model.loss)
    x, y = np.concatenate([X, X[:6]]), np.concatenate([Y, Y[:6]])
    x[0] = np.nan
    watch = GradientMonitor(every=1)
    model.fit(x, y, batch_size=3, shuffle=False, verbose=0, callbacks=[watch])
    assert int(inner.iterations) == 4  # of nine gradients, the first of ten batches being skipped
    assert sum(record["clipped_steps"] for record in watch.records) == 4


def mixed() -> Any:
    keras.config.set_dtype_policy("mixed_float16")
    try:
        return net()
    finally:
        keras.config.set_dtype_policy("float32")


def test_figures_are_unscaled_under_loss_scaling() -> None:
    model = mixed()
    record = records(model, batch_size=24)[0]
    assert float(model.optimizer.dynamic_scale) > 1
    assert record["grad_norm"] == pytest.approx(norm(*gradients(net())), rel=1e-2)
    loss = keras.losses.SparseCategoricalCrossentropy()(Y, net()(X))
    assert record["loss"] == pytest.approx(float(loss), rel=1e-2)
    assert record["skipped"] == 0


def test_a_step_that_loss_scaling_skips_is_counted_and_is_no_nonfinite_one() -> None:
    model = mixed()
    optimizer = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.1), initial_scale=2.0**40)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    found = records(model, batch_size=6, epochs=10)
    skipped = [record["skipped"] for record in found]
    assert skipped[:2] == [1, 1]
    assert 0 < sum(skipped) == 40 - int(optimizer.iterations) < 40
    assert all(record["nonfinite"] is None for record in found)
    assert "skipped" not in records(net(), batch_size=24)[0]


def test_what_keras_keeps_to_itself_is_still_there() -> None:
    optimizer = keras.optimizers.SGD(0.1, gradient_accumulation_steps=2)
    model = net(optimizer)
    model.fit(X, Y, batch_size=8, verbose=0)
    assert int(steps_applied(optimizer)) == 3
    assert norm(np.asarray(accumulated(optimizer, model.trainable_variables[0]))) > 0
    assert [variable.path for variable in built_for(optimizer)] == [one.path for one in model.trainable_variables]


@pytest.mark.parametrize("scaled", [False, True])
def test_gradients_applied_without_naming_variables_are_measured(scaled: bool) -> None:
    class Brief(keras.Sequential):
        def train_step(self, data: Any) -> Any:
            x, y = data
            with tf.GradientTape() as tape:
                loss = self.optimizer.scale_loss(self.compute_loss(y=y, y_pred=self(x, training=True)))
            self.optimizer.apply(tape.gradient(loss, self.trainable_weights))
            return {"loss": loss}

    optimizer: Any = keras.optimizers.SGD(0.1)
    model = Brief(net().layers)
    model.compile(keras.optimizers.LossScaleOptimizer(optimizer) if scaled else optimizer, net().loss)
    model.optimizer.build(model.trainable_variables)
    record = records(model, batch_size=24)[0]
    assert record["grad_norm"] == pytest.approx(norm(*gradients(net())), rel=1e-5)
    assert record["layers"]["first"]["bias_rms"] > 0 and record["layers"]["head"]["update_ratio"] > 0


@pytest.mark.parametrize("steps", [None, 2])
def test_a_bad_gradient_is_found_at_its_step_with_and_without_accumulation(steps: int | None) -> None:
    def loss(y_true: Any, y_pred: Any) -> Any:
        return keras.ops.mean(keras.ops.sqrt(0.0 * y_pred))  # 0, and its derivative is 0 times infinity

    model = net()
    model.compile(keras.optimizers.SGD(0.1, gradient_accumulation_steps=steps), loss)
    record = records(model, batch_size=12)[0]
    assert record["loss"] == 0.0
    assert record["nonfinite"] == {"step": 1, "layer": "first"}

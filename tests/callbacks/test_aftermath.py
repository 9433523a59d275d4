"""What a watched `fit` leaves behind, whether it ends well or not: nothing that an unwatched one would not."""

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from tensorflow.core.protobuf import saved_model_pb2

from piste.callbacks import HealthMonitor
from piste.pipelines.data.dataset import Arrays
from piste.pipelines.loop.fit import fit

X = np.random.default_rng(1).normal(size=(32, 4)).astype("float32")
Y = np.random.default_rng(2).normal(size=(32, 1)).astype("float32")
WAYS = ("plain", "graph", "fused")


def net(*more: Any) -> Any:
    keras.utils.set_random_seed(0)
    hidden = [layers.Dense(5, "relu", name="a"), layers.BatchNormalization(), layers.Activation("silu", name="act")]
    model = keras.Sequential([keras.Input((4,)), *hidden, *more, layers.Dense(1, name="head")], name="net")
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9), "mse")
    return model


def run(model: Any, callbacks: list[Any], way: str) -> None:
    if way == "plain":
        model.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0, callbacks=callbacks)
    else:
        fit(model, Arrays(X, Y), epochs=2, batch_size=8, shuffle=False, mode=way, callbacks=callbacks)


class InTheSecondEpoch(keras.callbacks.Callback):
    """Does something with the model once, in the middle of training."""

    def __init__(self, action: Callable[[Any], object]) -> None:
        super().__init__()
        self.action = action

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.due = epoch == 1

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self.due:
            self.due = False
            self.action(self.model)


def contents(folder: Path) -> tuple[Any, ...]:
    """Functions, nodes and variables of a SavedModel, without the numbers that names are counted up by."""
    bytes_ = (folder / "saved_model.pb").read_bytes()
    assert b"piste" not in bytes_ and b"onitor" not in bytes_
    meta = saved_model_pb2.SavedModel.FromString(bytes_).meta_graphs[0]
    functions = [
        (re.sub(r"\d+", "", function.signature.name), sorted(node.op for node in function.node_def))
        for function in meta.graph_def.library.function
    ]
    variables = [
        (node.variable.dtype, tuple(dim.size for dim in node.variable.shape.dim))
        for node in meta.object_graph_def.nodes
        if node.HasField("variable")
    ]
    stored = [tuple(shape) for _, shape in tf.train.list_variables(str(folder / "variables" / "variables"))]
    return sorted(functions), sorted(variables), sorted(stored), len(meta.object_graph_def.nodes)


@pytest.mark.parametrize("way", WAYS)
def test_a_saved_model_holds_no_trace_of_the_monitor(way: str, tmp_path: Path) -> None:
    def export_to(name: str) -> Any:
        return InTheSecondEpoch(lambda model: model.export(tmp_path / name, verbose=False))

    alone, watched = net(), net()
    run(alone, [export_to("alone in fit")], way)
    run(watched, [HealthMonitor(every=2), export_to("watched in fit")], way)
    alone.export(tmp_path / "alone", verbose=False)
    watched.export(tmp_path / "watched", verbose=False)
    assert contents(tmp_path / "watched in fit") == contents(tmp_path / "alone in fit")
    assert contents(tmp_path / "watched") == contents(tmp_path / "alone")
    served = tf.saved_model.load(str(tmp_path / "watched"))
    np.testing.assert_allclose(served.serve(X), watched(X), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("more", [layers.Rescaling(2.0), layers.PReLU(trainable=False)], ids=["node", "variable"])
def test_a_trace_would_be_found(more: Any, tmp_path: Path) -> None:
    net().export(tmp_path / "plain", verbose=False)
    net(more).export(tmp_path / "more", verbose=False)
    plain, found = contents(tmp_path / "plain"), contents(tmp_path / "more")
    assert plain[0] != found[0]
    assert (plain[1:3] == found[1:3]) == isinstance(more, layers.Rescaling)


@pytest.mark.parametrize("way", WAYS)
def test_clones_in_and_after_a_watched_fit(way: str) -> None:
    made: list[Any] = []

    def clone(model: Any) -> None:
        twin = keras.models.clone_model(model)
        twin.set_weights(model.get_weights())
        np.testing.assert_allclose(twin(X), model(X), rtol=1e-5, atol=1e-6)
        made.append(twin)

    model = net()
    run(model, [HealthMonitor(every=2), InTheSecondEpoch(clone)], way)
    clone(model)
    for twin in made:
        twin.compile("sgd", "mse")
        assert vars(twin.get_layer("a"))["activation"] is keras.activations.relu
        history = twin.fit(X, Y, verbose=0)
        assert list(history.history) == ["loss"]


def fail_with(error: type[BaseException]) -> Any:
    def fail(model: Any) -> None:
        raise error("enough")

    return InTheSecondEpoch(fail)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("error", [KeyboardInterrupt, pytest.param(RuntimeError, marks=pytest.mark.slow)])
def test_after_an_error_everything_is_as_for_an_unwatched_model(way: str, error: Any, tmp_path: Path) -> None:
    alone, watched = net(), net()
    for model, callbacks in ((alone, []), (watched, [HealthMonitor(every=2)])):
        with pytest.raises(error, match="enough"):
            run(model, [*callbacks, fail_with(error)], way)
    file = tmp_path / "model.keras"
    watched.save(file)
    copies = [keras.models.load_model(file), copy.deepcopy(watched), watched]
    expected = alone.evaluate(X, Y, verbose=0)
    run(alone, [], "plain")
    for model in copies:
        assert model.evaluate(X, Y, verbose=0) == pytest.approx(expected, rel=1e-5)
        run(model, [], "plain")
        for found, wanted in zip(model.get_weights(), alone.get_weights(), strict=True):
            np.testing.assert_array_equal(found, wanted)
    assert type(watched.train_function) is type(alone.train_function)
    assert not hasattr(watched.train_function, "watched_step")

"""The range test on problems whose losses are known, and that it leaves no trace."""

import contextlib
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from piste.pipelines.data.dataset import Arrays
from piste.pipelines.errors import ConfigError, UsageError
from piste.pipelines.loop import chunks
from piste.pipelines.loop.fit import fit
from piste.pipelines.rates import range_test as module
from piste.pipelines.rates.range_test import range_test
from piste.pipelines.rates.request import RateRequest
from piste.pipelines.rates.result import RateTest
from piste.pipelines.schedules.cycled_sgd import CycledSGD
from piste.pipelines.schedules.one_cycle import OneCycle

MODES = ("fused", "graph", "stream")
RANDOM = np.random.default_rng(4)
# The loss is w^2 on every batch, its second derivative 2: gradient descent diverges above a rate of 2 / 2.
ONES = Arrays(RANDOM.choice([-1.0, 1.0], (160, 1)).astype("float32"), np.zeros((160, 1), "float32"))
CLASSES = Arrays(RANDOM.normal(size=(70, 4)).astype("float32"), RANDOM.integers(0, 3, 70).astype("int32"))


def line(optimizer: Any, weight: float = 1.0) -> Any:
    start = keras.initializers.Constant(weight)
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1, use_bias=False, kernel_initializer=start)])
    model.compile(optimizer, "mse")
    return model


def net(seed: int = 0) -> Any:
    keras.utils.set_random_seed(seed)
    model = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(4, "elu"),
            layers.BatchNormalization(),
            layers.Dropout(0.2, seed=3),
            layers.Dense(3, "softmax"),
        ]
    )
    optimizer = keras.optimizers.SGD(0.01, momentum=0.9, use_ema=True)
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def tried(model: Any, mode: str, **arguments: Any) -> RateTest:
    request = RateRequest(1e-4, 1.0, epochs=4)
    settings: dict[str, Any] = {"batch_size": 16, "seed": 5, "mode": mode} | arguments
    return range_test(model, CLASSES, request, **settings)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("momentum", [0.0, 0.5])
def test_a_parabola_gives_the_losses_worked_out_by_numpy(mode: str, momentum: float) -> None:
    model = line(keras.optimizers.SGD(0.3, momentum=momentum))
    test = range_test(model, ONES, RateRequest(1e-3, 10.0), batch_size=4, mode=mode)
    np.testing.assert_allclose(test.rates, np.geomspace(1e-3, 10, 40)[: len(test.rates)], rtol=1e-5)
    weight, velocity, losses = 1.0, 0.0, []
    for rate in test.rates:
        losses.append(weight**2)
        velocity = momentum * velocity - rate * 2 * weight
        weight += velocity
    np.testing.assert_allclose(test.losses, losses, rtol=1e-3)
    limits = np.array(losses) > 4 * np.minimum.accumulate(losses)
    assert limits[-1] and not limits[:-1].any()
    assert test.diverged_at == test.rates[-1]


def test_a_parabola_turns_up_at_two_over_its_curvature() -> None:
    test = range_test(line("sgd"), ONES, RateRequest(1e-3, 10.0), batch_size=4)
    assert test.turn == next(rate for rate in test.rates if rate > 1)
    assert test.suggestion == pytest.approx(0.11, abs=0.02)
    # The loss falls by the factor (1 - 2 r)^2 a step, which is least at a rate of 1/2.
    assert test.steepest is not None and 0.02 < test.steepest < 0.5


@pytest.mark.parametrize("mode", MODES)
def test_losses_are_those_of_single_batches(mode: str) -> None:
    # The batches' targets are 10, 9, ..., 1, the weight stays 0, and the last batch is a smaller one.
    targets = np.repeat(np.arange(10.0, 0.0, -1.0), 4)[:39, np.newaxis].astype("float32")
    data = Arrays(np.ones((39, 1), "float32"), targets)
    request = RateRequest(1e-12, 1e-11)
    test = range_test(line("sgd", 0.0), data, request, batch_size=4, shuffle=False, mode=mode)
    np.testing.assert_allclose(test.losses, np.arange(10, 0, -1) ** 2, rtol=1e-5)


def state(model: Any) -> dict[str, list[bytes]]:
    kinds = {
        "trained": model.trainable_variables,
        "states": [model.layers[1].moving_mean, model.layers[1].moving_variance],
        "seeds": [model.layers[2].seed_generator.state],
        "optimizer": model.optimizer.variables,
        "metrics": model.metrics_variables,
    }
    return {kind: [np.array(part).tobytes() for part in parts] for kind, parts in kinds.items()}


def state_of(optimizer: Any) -> list[bytes]:
    return [np.array(variable).tobytes() for variable in optimizer.variables]


@pytest.mark.parametrize("mode", MODES)
def test_not_a_bit_changes(mode: str) -> None:
    model = net()
    fit(model, CLASSES, epochs=1, batch_size=16, mode="graph")
    before = state(model)
    tried(model, mode)
    assert state(model) == before
    assert int(model.optimizer.iterations) == 5 and float(model.optimizer.learning_rate) == pytest.approx(0.01)


def test_without_putting_back_every_kind_of_state_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "unchanged", contextlib.nullcontext)
    model = net()
    fit(model, CLASSES, epochs=1, batch_size=16, mode="graph")
    before = state(model)
    tried(model, "graph")
    after = state(model)
    assert all(after[kind] != before[kind] for kind in before)


@pytest.mark.parametrize("mode", ["graph", "stream"])
def test_training_goes_on_as_if_nothing_had_been(mode: str) -> None:
    results = []
    for interlude in (False, True):
        model = net()
        fit(model, CLASSES, epochs=1, batch_size=16, mode=mode)
        if interlude:
            tried(model, mode)
        fit(model, CLASSES, epochs=1, batch_size=16, mode=mode)
        results.append(state(model))
    assert results[0] == results[1]


class Fail(keras.callbacks.Callback):
    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        raise RuntimeError("enough")


@pytest.mark.parametrize("mode", ["graph", "stream"])
def test_a_test_that_fails_leaves_no_trace_either(mode: str) -> None:
    model, twin = net(), net()
    model.optimizer.build(model.trainable_variables)
    twin.optimizer.build(twin.trainable_variables)
    with pytest.raises(RuntimeError, match="enough"):
        tried(model, mode, callbacks=[Fail()])
    model.reset_metrics()
    for trained in (model, twin):
        trained.fit(CLASSES.x, CLASSES.y, batch_size=16, shuffle=False, verbose=0)
    assert state(model) == state(twin)


def test_seed_decides_the_losses_and_cuts_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    results = []
    for size in (1, 7):
        monkeypatch.setattr(chunks, "FIRST_CHUNK", size)
        monkeypatch.setattr(chunks, "CHUNK_SECONDS", 0.0)
        test = tried(net(), "graph")
        results.append((test.rates.tobytes(), test.losses.tobytes(), test.diverged_at, test.turn))
    assert results[0] == results[1]
    assert tried(net(), "graph", seed=6).losses.tobytes() != results[0][1]


@pytest.mark.parametrize("size", [1, 100])
def test_what_a_chunk_does_after_the_divergence_is_left_out(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "FIRST_CHUNK", size)
    monkeypatch.setattr(chunks, "CHUNK_SECONDS", 0.0)
    test = range_test(line("sgd"), ONES, RateRequest(1e-3, 10.0), batch_size=4)
    assert len(test.rates) == len(test.losses) == len(test.smoothed) == 33


@pytest.mark.slow
def test_a_scaled_loss_is_recorded_as_it_is() -> None:
    model = line(keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.3)))
    plain = range_test(line("sgd"), ONES, RateRequest(1e-3, 10.0), batch_size=4, mode="graph")
    scaled = range_test(model, ONES, RateRequest(1e-3, 10.0), batch_size=4, mode="graph")
    np.testing.assert_allclose(scaled.losses, plain.losses, rtol=1e-4)
    np.testing.assert_array_equal(scaled.rates, plain.rates)
    assert float(model.optimizer.dynamic_scale) == 2**15
    before = state_of(model.optimizer)
    range_test(model, ONES, RateRequest(1e-3, 10.0), batch_size=4, mode="graph")
    assert state_of(model.optimizer) == before


def test_a_schedule_is_put_aside_and_comes_back() -> None:
    schedule = OneCycle(0.5, 100)
    model = line(keras.optimizers.SGD(schedule))
    test = range_test(model, ONES, RateRequest(1e-3, 10.0), batch_size=4, mode="graph")
    assert test.rates[0] == pytest.approx(1e-3)
    assert model.optimizer._learning_rate is schedule


def test_a_momentum_that_follows_the_rate_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"Received: CycledSGD, whose momentum follows 1cycle; compile"):
        range_test(line(CycledSGD(OneCycle(0.5, 100))), ONES, batch_size=4)


def test_a_model_with_nothing_to_train_is_refused() -> None:
    model = line("sgd")
    model.trainable = False
    with pytest.raises(ConfigError, match=r"^A range test needs weights to train\. Received: a model in which all are"):
        range_test(model, ONES, batch_size=4)


def test_too_few_steps_are_refused_before_anything_is_done() -> None:
    with pytest.raises(UsageError, match=r"Received: 1 x ceil\(160 / 32\) = 5; ask for 2 epochs"):
        range_test(line("sgd"), ONES)

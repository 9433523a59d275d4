"""The learning-rate range test of a compiled model."""

from collections.abc import Sequence
from typing import Any

from piste.callbacks.optimizers import inner, scheduled, steps_applied
from piste.pipelines.data.dataset import Arrays
from piste.pipelines.errors import ConfigError
from piste.pipelines.loop.fit import fit
from piste.pipelines.rates.conclude import conclude
from piste.pipelines.rates.descent import Descent
from piste.pipelines.rates.recorder import Recorder
from piste.pipelines.rates.request import RateRequest
from piste.pipelines.rates.result import RateTest
from piste.pipelines.rates.unchanged import unchanged
from piste.pipelines.schedules.cycled_sgd import CycledSGD
from piste.pipelines.schedules.geometric import Geometric


def range_test(
    model: Any,
    train: Arrays,
    request: RateRequest | None = None,
    *,
    batch_size: int = 32,
    seed: int = 0,
    shuffle: bool = True,
    mode: str = "fused",
    callbacks: Sequence[Any] = (),
) -> RateTest:
    """Trains a model while its learning rate grows geometrically, and puts the model back as it was.

    The optimizer keeps its slots and all arguments but the rate; a schedule it has is put aside for the test.

    Args:
        model: a built and compiled Keras model that takes `train.x` as it is stored.
        train: the training arrays.
        request: the rates, epochs and factor; None takes the defaults.
        batch_size: samples a step.
        seed: chooses the order of the samples.
        shuffle: False keeps the samples in their order.
        mode: "fused", "graph" or "stream", as `piste.pipelines.loop.fit` takes it.
        callbacks: further Keras callbacks.

    Returns:
        Rates and losses of every step, and what follows from them.

    Raises:
        UsageError: there are fewer than ten steps.
        ConfigError: the model has nothing to train, or its optimizer's momentum follows the rate.

    Example:
        >>> import keras, numpy as np
        >>> keras.utils.set_random_seed(0)
        >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> x = np.random.default_rng(0).normal(size=(640, 2)).astype("float32")
        >>> test = range_test(model, Arrays(x, x.sum(axis=1, keepdims=True)), batch_size=8, mode="graph")
        >>> len(test.rates) == len(test.losses) < test.steps, test.turn < test.diverged_at < 10
        (True, True)

    References:
        Smith 2017, Cyclical Learning Rates for Training Neural Networks, arXiv:1506.01186, section 3.3.
    """
    request = request or RateRequest()
    steps = request.steps(len(train), batch_size)
    if not model.trainable_variables:
        raise ConfigError("A range test needs weights to train. Received: a model in which all are frozen.")
    if isinstance(inner(model.optimizer), CycledSGD):
        raise ConfigError(
            "A range test needs an optimizer that works at any rate. Received: CycledSGD, whose momentum follows "
            "1cycle; compile the model with SGD for the test."
        )
    descent = Descent(steps, request.factor)
    with unchanged(model):
        done = int(steps_applied(model.optimizer).numpy())
        with scheduled(model.optimizer, Geometric(request.min_rate, request.max_rate, steps, first=done)):
            fit(
                model,
                train,
                epochs=request.epochs,
                batch_size=batch_size,
                seed=seed,
                shuffle=shuffle,
                mode=mode,
                callbacks=[Recorder(descent), *callbacks],
            )
    return conclude(descent)

"""The front door to the range test: from a config to learning rates."""

import dataclasses
from typing import Any

from piste.pipelines.config.config import Config
from piste.pipelines.config.stages import stage_configs
from piste.pipelines.data.dataset import Data
from piste.pipelines.data.load import load_data
from piste.pipelines.environment import quiet_stderr, start_tensorflow
from piste.pipelines.errors import UsageError
from piste.pipelines.rates.request import RateRequest
from piste.pipelines.rates.result import RateTest


def find_rate(
    config: Config,
    *,
    min_rate: float = 1e-5,
    max_rate: float = 10.0,
    epochs: int = 1,
    batch_size: int | None = None,
    factor: float = 4.0,
    console: Any = None,
) -> RateTest:
    """Tries learning rates on the model, data, loss and optimizer that a config describes.

    The rate of step k of n is min_rate * (max_rate / min_rate)^(k / (n - 1)), and takes the place of the config's rate
    and schedule; of a 1cycle with momentum the greatest momentum stays. The test ends early where the loss diverges.
    Nothing is written.

    Args:
        config: from `load_config`; of a training in stages the first is tested, with what it freezes.
        min_rate: the rate at the first step.
        max_rate: the rate at the last step.
        epochs: passes over the training samples.
        batch_size: samples a step; None takes the config's.
        factor: the test ends where the smoothed loss is above this many times its least.
        console: a `rich.console.Console` that shows progress; None shows nothing.

    Returns:
        Rates and losses of every step, and what follows from them.

    Raises:
        PisteError: if the numbers, the config or the data do not allow it; the subclass says which.
        KeyboardInterrupt: after Ctrl-C.

    Example:
        >>> import piste
        >>> config = piste.load_config("synthetic/circles")
        >>> test = piste.find_rate(config, epochs=2)
        >>> test.suggestion is not None and 0 < test.suggestion < test.turn < 10
        True
    """
    request = RateRequest(min_rate, max_rate, epochs, factor)
    whole, config = config, _without_schedule(next(stage_configs(config)), batch_size)
    start_tensorflow(config.runtime, config.seed)
    from piste.pipelines.building import build_network
    from piste.pipelines.compiling import compile_model
    from piste.pipelines.modes import choose_mode
    from piste.pipelines.transfer.freezing import freeze
    from piste.pipelines.transfer.transfer import transfer

    data = load_data(config)
    steps = request.steps(len(data.train), config.data.batch_size)
    with quiet_stderr():
        model = build_network(config, data)
        transfer(config, model)
        freeze(whole, 0, model)
        compile_model(model, config, data)
    mode = choose_mode(config, model, data)
    if console is not None:
        rates = f"rates {request.min_rate:g} to {request.max_rate:g}"
        line = f"{config.name}: {steps} steps of {config.data.batch_size} samples, {rates}, {mode.name} ({mode.why})"
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    return _test(config, data, model, mode.name, request, console)


def _without_schedule(config: Config, batch_size: int | None) -> Config:
    if batch_size is not None and batch_size < 1:
        raise UsageError(f"A step needs at least 1 sample. Received: a batch size of {batch_size}.")
    training, data = config.training, config.data
    optimizer = training.optimizer
    if training.schedule is not None and (momentum := training.schedule.arguments.get("max_momentum")):
        optimizer = optimizer.model_copy(update={"arguments": {**optimizer.arguments, "momentum": momentum}})
    training = training.model_copy(update={"schedule": None, "optimizer": optimizer})
    if batch_size is not None:
        data = data.model_copy(update={"batch_size": batch_size})
    return dataclasses.replace(config, data=data, training=training)


def _test(config: Config, data: Data, model: Any, mode: str, request: RateRequest, console: Any) -> RateTest:
    from piste.pipelines.interrupt import RaiseInterrupt, noted_interrupts
    from piste.pipelines.progress import EpochLines
    from piste.pipelines.rates.range_test import range_test

    bar = None if console is None else EpochLines(console, request.epochs, lines=False)
    try:
        with noted_interrupts() as pending, quiet_stderr():
            callbacks = [RaiseInterrupt(pending), *([] if bar is None else [bar])]
            test = range_test(
                model,
                data.train,
                request,
                batch_size=config.data.batch_size,
                seed=config.seed,
                shuffle=config.data.shuffle,
                mode=mode,
                callbacks=callbacks,
            )
            if pending:
                raise pending[0]
    finally:
        if bar is not None:
            bar.close()
    return test

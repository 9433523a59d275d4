"""Training itself: one stage after the other, with one monitor over all of them."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from keras.callbacks import EarlyStopping

from piste.callbacks import HealthMonitor
from piste.callbacks.optimizers import accumulation, steps_applied
from piste.pipelines.compiling import compile_model
from piste.pipelines.config.config import Config
from piste.pipelines.config.stages import stage_configs
from piste.pipelines.data.dataset import Data
from piste.pipelines.divergence import StopOnDivergence
from piste.pipelines.environment import quiet_stderr
from piste.pipelines.epoch_log import EpochLog
from piste.pipelines.errors import ConfigError
from piste.pipelines.interrupt import RaiseInterrupt, noted_interrupts
from piste.pipelines.loop.fit import fit
from piste.pipelines.modes import Mode
from piste.pipelines.progress import EpochLines
from piste.pipelines.schedules.performance import performance
from piste.pipelines.transfer.cached import halves, with_features
from piste.pipelines.transfer.freezing import freeze


@dataclass
class Trained:
    """What training left in memory, before it is judged and written."""

    epochs: list[dict[str, Any]] = field(default_factory=list)
    monitor: Any = None
    diverged: int | None = None
    interrupted: KeyboardInterrupt | None = None
    seconds: float = 0.0


def train_stages(config: Config, data: Data, model: Any, mode: Mode, folder: Path, console: Any) -> Trained:
    """Trains the model as the config says; without stages the whole training is one.

    Args:
        config: the checked config, whose stages were tried with `try_stages`.
        data: what to train on.
        model: built for it.
        mode: how the loop runs.
        folder: of the run, for the logs.
        console: where to show progress; None shows nothing.
    """
    monitor = _monitor(config, data, folder)
    log, divergence = EpochLog(folder / "metrics.jsonl"), StopOnDivergence()
    lines = None if console is None else EpochLines(console, config.training.epochs)
    trained, started, epochs, steps = Trained(log.epochs, monitor), time.perf_counter(), 0, 0
    try:
        with noted_interrupts() as pending, quiet_stderr():
            for index, stage in enumerate(stage_configs(config)):
                log.stage = None if config.training.stages is None else index + 1
                callbacks = [monitor, divergence, log, lines, *_own_callbacks(stage), RaiseInterrupt(pending)]
                if monitor is not None and index:
                    monitor.continue_after(steps)
                trainee, features = model, data
                if config.training.stages is not None:
                    freeze(config, index, model)
                    trainee, features = _prepare(stage, model, data, mode)
                history = fit(
                    trainee,
                    features.train,
                    features.validation,
                    epochs=epochs + stage.training.epochs,
                    initial_epoch=epochs,
                    batch_size=config.data.batch_size,
                    seed=config.seed,
                    shuffle=config.data.shuffle,
                    mode=mode.name,
                    callbacks=[callback for callback in callbacks if callback is not None],
                )
                trained.interrupted = pending[0] if pending else None
                epochs += len(history.epoch)
                steps += int(steps_applied(trainee.optimizer).numpy()) // accumulation(trainee.optimizer)
                if trained.interrupted is not None or divergence.epoch is not None:
                    break
            if config.training.stages is not None:
                compile_model(model, stage, data)  # evaluation is of the whole model, whatever the last stage trained
    except KeyboardInterrupt as error:
        trained.interrupted = error
    finally:
        if lines is not None:
            lines.close()
    trained.diverged, trained.seconds = divergence.epoch, time.perf_counter() - started
    return trained


def try_stages(config: Config, data: Data, model: Any) -> None:
    """Compiles and cuts the model for every stage, so that what does not fit is found before there is a run folder.

    Raises:
        ConfigError: if a stage freezes what is not there or all there is, or caches what is not frozen.
    """
    for index, stage in reversed(list(enumerate(stage_configs(config)))):
        freeze(config, index, model)
        compile_model(model, stage, data)
        if _caches(stage):
            _cut(stage, model)


def _prepare(stage: Config, model: Any, data: Data, mode: Mode) -> tuple[Any, Data]:
    """Returns what a stage trains, compiled, and on what."""
    if _caches(stage):
        front, model = _cut(stage, model)
        data = with_features(front, data, stage.data.batch_size, jit_compile=mode.name == "fused")
    compile_model(model, stage, data)
    return model, data


def _caches(stage: Config) -> bool:
    return any(part.cache_frozen for part in stage.training.stages or ())


def _cut(stage: Config, model: Any) -> tuple[Any, Any]:
    try:
        return halves(model)
    except ValueError as error:
        raise ConfigError(f"{stage.origin('training.stages')}: `cache_frozen`: {error}") from error


def _own_callbacks(stage: Config) -> list[Any]:
    stopping = stage.training.early_stopping
    return [
        performance(stage.training.schedule),
        None if stopping is None else EarlyStopping(**stopping.model_dump()),
    ]


def _monitor(config: Config, data: Data, folder: Path) -> Any:
    if config.health is None:
        return None
    probe = None
    if config.health.probe is not None:
        assert data.validation is not None  # the config is refused otherwise
        probe = data.validation.x
    return HealthMonitor(**config.health.model_dump() | {"probe": probe}, file=folder / "health.jsonl")

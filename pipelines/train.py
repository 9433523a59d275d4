"""The whole pipeline: a config in, a run folder out."""

import math
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from piste.pipelines.asked import asked_yaml
from piste.pipelines.config.config import Config
from piste.pipelines.config.lint.lint import lint
from piste.pipelines.data.dataset import Data
from piste.pipelines.data.load import load_data
from piste.pipelines.environment import describe_environment, quiet_stderr, start_tensorflow
from piste.pipelines.errors import ArtefactError, DiskError, DivergedError
from piste.pipelines.export.export_run import SAMPLES, write_exports
from piste.pipelines.export.formats import require_packages, targets
from piste.pipelines.real_changes import real_changes
from piste.pipelines.run import Run
from piste.pipelines.run_folder import check_free, make_run_folder, sha256, write_json, write_text, write_whole

WEIGHTS = "checkpoints/final.weights.h5"
Say = Callable[[str], None]


def train(config: Config, run: Path | None = None, console: Any = None) -> Run:
    """Trains what a config describes and writes the run folder.

    Args:
        config: from `load_config`.
        run: the run folder, which must not exist; None takes `runs/<config>-NNN`, the next free.
        console: a `rich.console.Console` that shows progress; None shows nothing.

    Returns:
        The finished run.

    Raises:
        PisteError: if the config, the data, the folder or the training itself is bad; the subclass says which.
        KeyboardInterrupt: after Ctrl-C, once the weights and the report are saved.
    """
    if run is not None:
        check_free(run)
    require_packages(config.export.formats)
    started = time.perf_counter()
    start_tensorflow(config.runtime, config.seed)
    from piste.pipelines.building import build_network
    from piste.pipelines.fitting import train_stages, try_stages
    from piste.pipelines.modes import choose_mode
    from piste.pipelines.transfer.transfer import transfer

    data = load_data(config)
    with quiet_stderr():
        model = build_network(config, data)
        transferred = transfer(config, model)
        try_stages(config, data, model)
    mode = choose_mode(config, model, data)
    folder = make_run_folder(config.name, run)
    _write_config(folder, config)
    environment = _environment(config, data, mode)
    if transferred:
        environment["transferred"] = transferred
    write_json(folder / "environment.json", environment)
    say = _voice(console)
    weights = _count(model.trainable_weights)
    say(f"{config.name}: {len(data.train)} samples, {weights:,} weights, {mode.name} ({mode.why})")
    for warning in lint(config, -(-len(data.train) // config.data.batch_size)):
        say(f"warning: {warning.message} [{warning.rule}]")
    trained = train_stages(config, data, model, mode, folder, console)
    _finish(folder, config, data, model, trained, environment, started, say)
    if trained.interrupted is not None:
        raise trained.interrupted
    if trained.diverged is not None:
        raise DivergedError(
            f"The loss must stay finite. Received: a loss that is not, in epoch {trained.diverged}; "
            f"{folder / 'report.html'} shows where it began."
        )
    return Run.open(folder)


def _count(weights: Any) -> int:
    return sum(math.prod(weight.shape) for weight in weights)


def _voice(console: Any) -> Say:
    def say(text: str) -> None:
        if console is not None:
            console.print(text, highlight=False, markup=False, soft_wrap=True)

    return say


def _write_config(folder: Path, config: Config) -> None:
    write_text(folder / "config.yaml", asked_yaml(config))
    write_text(folder / "config.resolved.yaml", config.yaml())


def _environment(config: Config, data: Data, mode: Any) -> dict[str, Any]:
    return {
        "config": config.name,
        **describe_environment(),
        "precision": config.runtime.precision,
        "deterministic": config.runtime.deterministic,
        "mode": mode.name,
        "mode_reason": mode.why,
        "seed": config.seed,
        "data": {
            "name": data.name,
            "task": data.task,
            "fingerprint": data.fingerprint,
            "input_shape": list(data.input_shape),
            "input_dtype": data.input_dtype,
            "outputs": data.outputs,
            "classes": None if data.classes is None else list(data.classes),
            "table": None if data.table is None else data.table.facts(),
            "train": len(data.train),
            "validation": 0 if data.validation is None else len(data.validation),
            "test": 0 if data.test is None else len(data.test),
        },
    }


def _finish(
    folder: Path,
    config: Config,
    data: Data,
    model: Any,
    trained: Any,
    environment: dict[str, Any],
    started: float,
    say: Say,
) -> None:
    from piste.pipelines.evaluate import evaluate

    failed: ArtefactError | DiskError | None = None
    monitor = trained.monitor
    write_whole(folder / WEIGHTS, lambda path: model.save_weights(path))
    found = [] if monitor is None else monitor.findings
    findings = [replace(one, change=real_changes(config, one.change)) for one in found]
    write_json(folder / "findings.json", [finding.as_dict() for finding in findings])
    environment |= {
        "weights": {"file": WEIGHTS, "sha256": sha256(folder / WEIGHTS)},
        "watched": monitor is not None,
        "unseen": [] if monitor is None else monitor.unseen,
        "training_seconds": round(trained.seconds, 3),
        "parameters": {"total": model.count_params(), "trainable": _count(model.trainable_weights)},
    }
    try:
        if trained.interrupted is None and trained.diverged is None:
            if data.test is not None:
                environment["test"] = evaluate(model, data.test)
            _export(Run(folder, config, environment), model, data)
    except KeyboardInterrupt as error:
        trained.interrupted = error
    except (ArtefactError, DiskError) as error:  # an export that fails costs the run neither its facts nor its report
        failed = error
    finally:
        exported = {facts["format"]: facts for facts in Run(folder, config, environment).exports}
        if "saved_model" in exported:
            environment["export"] = exported["saved_model"]
        seconds = round(time.perf_counter() - started, 3)
        environment |= {"interrupted": trained.interrupted is not None, "seconds": seconds}
        write_json(folder / "environment.json", environment)
    for finding in findings:
        if not finding.closed:
            say(f"{finding.severity}: {finding.rule} at {finding.layer or 'the model'}: {finding.advice}")
    run = Run.open(folder)
    run.card()
    say(f"report: {run.report()}")
    if failed is not None:
        raise failed


def _export(run: Run, model: Any, data: Data) -> None:
    if run.config.export.formats:
        samples = (data.test or data.train).x[:SAMPLES] if run.config.export.verify else None
        write_exports(run, model, targets(run.config.export.formats), run.folder / "export", samples)

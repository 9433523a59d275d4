"""A finished run, opened from its folder."""

import dataclasses
import json
from pathlib import Path
from typing import Any

from piste.callbacks.findings import Finding
from piste.pipelines.config.config import Config
from piste.pipelines.config.load import load_config
from piste.pipelines.config.schema.application import Application
from piste.pipelines.errors import ArtefactError, UsageError
from piste.pipelines.run_folder import check_digest


@dataclasses.dataclass(frozen=True)
class Run:
    """What a run folder holds.

    Args:
        folder: the run folder.
        config: the resolved config.
        environment: what it ran on, and what it found: versions, mode, data, test metrics, export.
    """

    folder: Path
    config: Config
    environment: dict[str, Any]

    @classmethod
    def open(cls, folder: str | Path) -> "Run":
        """Opens a run folder.

        Raises:
            UsageError: if there is no run.
            ArtefactError: if a file of it is damaged.
        """
        path = Path(folder)
        if not (path / "config.resolved.yaml").is_file():
            raise UsageError(f"Expected a run folder. Received: {path}, which has no config.resolved.yaml.")
        return cls(path, load_config(path / "config.resolved.yaml"), _read_json(path / "environment.json"))

    @property
    def history(self) -> list[dict[str, Any]]:
        """One object an epoch: epoch, loss, metrics, val_*, learning_rate, seconds."""
        return _read_lines(self.folder / "metrics.jsonl")

    @property
    def records(self) -> list[dict[str, Any]]:
        """What the monitor measured, one object a check."""
        return _read_lines(self.folder / "health.jsonl")

    @property
    def findings(self) -> list[Finding]:
        """What follows from the records."""
        return [
            Finding(**{**found, "causes": tuple(found["causes"])})
            for found in _read_json(self.folder / "findings.json")
        ]

    @property
    def exports(self) -> list[dict[str, Any]]:
        """What each export says of itself, and its `folder` below the run's."""
        found = sorted(
            [
                *self.folder.glob("export/*/export.json"),
                *self.folder.glob("export/saved_model/*/assets.extra/export.json"),
            ]
        )
        return [{"folder": _exported(file).relative_to(self.folder).as_posix(), **_read_json(file)} for file in found]

    def model(self) -> Any:
        """Builds the model and loads the trained weights, whose digest is checked first.

        Raises:
            ArtefactError: if the weights are damaged or missing.
        """
        from piste.pipelines.environment import start_tensorflow

        start_tensorflow(self.config.runtime, self.config.seed)
        return self.model_without_start()

    def model_without_start(self, precision: str | None = None) -> Any:
        """Does what `model` does, in a process whose TensorFlow was started for another run.

        Args:
            precision: the policy to compute in; None takes the config's. The weights are float32 in all of them.

        Raises:
            ArtefactError: if the weights are damaged or missing.
        """
        from piste.pipelines.environment import quiet_stderr

        weights = self.environment.get("weights")
        if weights is None:
            raise ArtefactError(f"{self.folder} must hold trained weights. Received: a run that did not finish.")
        file = self.folder / weights["file"]
        check_digest(file, weights["sha256"])
        with quiet_stderr():
            model = self._build(precision or self.config.runtime.precision)
            model.load_weights(file)
        return model

    def _build(self, precision: str) -> Any:
        import keras

        from piste.models.build import build_model
        from piste.pipelines.data.table import Table

        data = self.environment["data"]
        spec = self.config.model.model_dump()
        if isinstance(self.config.model, Application):
            spec["weights"] = None  # what it started from need not be there any more
        policy = keras.config.dtype_policy()
        keras.config.set_dtype_policy(precision)
        try:
            return build_model(
                spec,
                input_shape=tuple(data["input_shape"]),
                input_dtype=data["input_dtype"],
                outputs=data["outputs"],
                task=data["task"],
                scale=self.config.data.scale,
                seed=self.config.seed,
                categories=None if data.get("table") is None else Table.of_facts(data["table"]).categories,
            )
        finally:
            keras.config.set_dtype_policy(policy)

    def report(self) -> Path:
        """Builds the report from the folder's files and returns its path."""
        from piste.pipelines.report import write_run_report

        return write_run_report(self.folder / "report.html", folder=self.folder)

    def card(self) -> Path:
        """Writes the model card, `model_card.md`, from the folder's files and returns its path."""
        from piste.pipelines.card.card import write_card

        return write_card(self)


def _exported(file: Path) -> Path:
    return file.parent.parent if file.parent.name == "assets.extra" else file.parent


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ArtefactError(f"{path} must be a JSON file of the run. Received: {error}") from error


def _read_lines(path: Path) -> list[dict[str, Any]]:
    if not path.is_file():
        return []
    try:
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    except ValueError as error:
        raise ArtefactError(f"{path} must hold one JSON object a line. Received: {error}") from error

"""The exports of a finished run."""

import importlib.metadata
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from piste.pipelines.config.schema.csv import Csv
from piste.pipelines.config.schema.image_folder import ImageFolder
from piste.pipelines.data.load import load_data
from piste.pipelines.data.table import Table
from piste.pipelines.errors import ArtefactError
from piste.pipelines.evaluate_run import refuse_other_data
from piste.pipelines.export.formats import Target, require_packages
from piste.pipelines.export.new_folder import refuse_existing
from piste.pipelines.run import Run

SAMPLES = 64  # of the test part, or else of the training part, to compare by
PACKAGES = ("piste", "keras", "tensorflow")


def export_run(
    run: Run, targets: Sequence[Target], *, to: Path | None = None, verify: bool = True
) -> list[dict[str, Any]]:
    """Exports a run's trained model, each format in a folder of its own that is whole or absent.

    Args:
        run: an open run.
        targets: the formats.
        to: the folder that takes them; None is the run's `export`.
        verify: whether each export is loaded, and compared on the run's own samples.

    Returns:
        For each target what its `export.json` says, and its `folder`.

    Raises:
        RunFolderError: if one exists; nothing is written then.
        DeviceError: if a package is missing.
        ArtefactError: if the weights are damaged, or a format cannot give what the model gives; the other formats are
            written all the same.
        DataError: if the data to compare by are no longer those of the run.
    """
    folder = run.folder / "export" if to is None else to
    require_packages(target.format for target in targets)
    for target in targets:
        refuse_existing(folder / target.name)
    samples = None
    if verify:
        data = load_data(run.config)
        refuse_other_data(run, data)
        samples = (data.test or data.train).x[:SAMPLES]
    return write_exports(run, run.model(), targets, folder, samples)


def write_exports(
    run: Run, model: Any, targets: Sequence[Target], folder: Path, samples: NDArray[Any] | None
) -> list[dict[str, Any]]:
    """Exports a run's model, which is in memory, where TensorFlow was started.

    Args:
        run: the run, with the digest of its weights.
        model: its trained model.
        targets: the formats.
        folder: takes them.
        samples: to compare by; None compares nothing.

    Raises:
        ArtefactError: the errors of all the formats that failed, once the others are written.
    """
    from piste.pipelines.environment import quiet_stderr
    from piste.pipelines.export.write_export import Trained, write_export

    outputs = None if samples is None else model.predict(samples, verbose=0)
    data = run.environment["data"]
    trained = Trained(
        run.model_without_start,
        run.config.runtime.precision,
        data["classes"] if data["task"] == "classification" else None,
        None if data.get("table") is None else Table.of_facts(data["table"]),
        samples,
        outputs,
        _about(run),
    )
    facts, errors = [], []
    for target in targets:
        try:
            with quiet_stderr():
                facts.append(write_export(trained, target, folder))
        except ArtefactError as error:
            errors.append(str(error))
    if errors:
        raise ArtefactError("\n".join(errors))
    return facts


def _about(run: Run) -> dict[str, Any]:
    data, source = run.environment["data"], run.config.data
    images = {"interpolation": source.interpolation, "fit": source.fit} if isinstance(source, ImageFolder) else None
    return {
        "version": "1",
        "config": run.environment["config"],
        "task": data["task"],
        "classes": data["classes"],
        "table": {**data["table"], "delimiter": source.delimiter} if isinstance(source, Csv) else None,
        "images": images,
        "input": {"dtype": data["input_dtype"], "shape": [None, *data["input_shape"]]},
        "data": {"name": data["name"], "fingerprint": data["fingerprint"]},
        "weights_sha256": run.environment["weights"]["sha256"],
        "versions": {name: importlib.metadata.version(name) for name in PACKAGES},
        "cores": os.cpu_count(),
    }

"""Every shipped config does what it says; one of each family in `make test`, all of them in `make test-all`."""

import json
from pathlib import Path

import numpy as np
import pytest

import piste
from piste.pipelines.config.load import load_config
from piste.pipelines.config.shipped import shipped
from piste.pipelines.data.load import load_data
from piste.pipelines.export.verify import Exported, verify_exports

FAMILIES = {  # the fewest training samples that still make some steps
    "quickstart": "data.validation={size: 9000}",
    "fashion_mnist/cnn_small": "data.validation={size: 9500}",
    "synthetic/regression": "data.validation={fraction: 0.5}",
}

SHIPPED = [name for name in shipped() if not name.startswith("chapter11/")]  # these need data sets: test_chapter11.py


@pytest.mark.parametrize("name", SHIPPED)
def test_it_builds_what_the_data_needs(name: str) -> None:
    config = load_config(name)
    data = load_data(config)
    model = piste.build(config, data)
    assert model.input_shape[1:] == data.input_shape
    assert model.output_shape[1:] == (data.outputs,)
    assert np.isfinite(model.predict(data.train.x[:4], verbose=0)).all()


def test_one_of_each_family_trains_and_exports_what_a_clean_process_serves(tmp_path: Path) -> None:
    exports = []
    for name, few in FAMILIES.items():
        config = load_config(name, [few, "training.epochs=1", "export.verify=false"])
        run = piste.train(config, tmp_path / name.replace("/", "-"))
        data = load_data(config)
        samples = data.train.x[:16]
        outputs = run.model().predict(samples, verbose=0)
        folder = run.folder / run.environment["export"]["folder"]
        exports.append(Exported(folder, outputs, samples, data.classes))
        assert run.records and np.isfinite(run.history[-1]["loss"]), name
    facts = verify_exports(exports)
    assert [fact["samples"] for fact in facts] == [16] * len(FAMILIES)


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_it_does_everything(name: str, tmp_path: Path) -> None:
    run = piste.train(load_config(name), tmp_path / "run")
    assert run.environment["export"]["verified"] is True
    assert len(run.history) == run.config.training.epochs
    findings = json.loads((run.folder / "findings.json").read_text("utf-8"))
    alarms = {finding["rule"] for finding in findings if finding["severity"] != "info"}
    assert alarms == ({"VANISHING"} if name == "fashion_mnist/deep_sigmoid" else set())

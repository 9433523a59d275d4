"""Names of exports, and packages that are not there."""

import importlib.util
import sys
from typing import Any

import pytest

from piste.cli import main
from piste.pipelines.config.load import load_config
from piste.pipelines.errors import DeviceError, UsageError
from piste.pipelines.export import formats
from piste.pipelines.export.formats import Target, require_packages, targets
from piste.pipelines.train import train


def test_each_export_has_a_folder_of_its_own() -> None:
    wanted = [Target("saved_model"), Target("onnx"), Target("litert"), Target("litert", "float16"), Target("keras")]
    assert [(target.name, target.file) for target in wanted] == [
        ("saved_model", "1"),
        ("onnx", "model.onnx"),
        ("litert", "model.tflite"),
        ("litert_float16", "model.tflite"),
        ("keras", "model.keras"),
    ]


def test_only_litert_is_quantised() -> None:
    assert targets(("keras", "litert"), "int8") == [Target("keras"), Target("litert", "int8")]
    with pytest.raises(UsageError, match=r"must come with `--format litert`\. Received: onnx, keras; no other"):
        targets(("onnx", "keras"), "int8")


def _without(monkeypatch: pytest.MonkeyPatch, *absent: str) -> None:
    def find_spec(name: str) -> Any:
        return None if name in absent else importlib.util.find_spec("sys")

    monkeypatch.setattr(formats, "find_spec", find_spec)


def test_absent_packages_are_named_with_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    _without(monkeypatch, "tf2onnx", "onnxruntime")
    with pytest.raises(DeviceError, match=r"without tf2onnx, onnxruntime; run `pip install 'piste\[onnx\]'`, or ") as e:
        require_packages(["saved_model", "onnx"])
    assert e.value.exit_code == 9
    require_packages(["saved_model", "litert", "keras"])


def test_a_run_is_refused_before_it_trains(monkeypatch: pytest.MonkeyPatch) -> None:
    _without(monkeypatch, "ai_edge_litert")
    monkeypatch.setitem(sys.modules, "piste.pipelines.building", None)  # nothing is built
    with pytest.raises(DeviceError, match=r"`litert` needs ai_edge_litert"):
        train(load_config("quickstart", ["export.formats=[litert]"]))


def test_help_names_the_formats(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--help"]) == 0
    assert "[saved_model|onnx|litert|keras]" in capsys.readouterr().out

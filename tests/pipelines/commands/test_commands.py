"""`check`, `show`, `list` and `schema`: text for people, JSON for programs, facts on stdout."""

import json
from pathlib import Path
from typing import Any

import pytest

from piste.cli import main
from piste.pipelines.commands.list import KINDS
from piste.pipelines.commands.output import print_error
from piste.pipelines.config.load import load_config
from piste.pipelines.config.problems import ConfigProblems
from piste.pipelines.config.shipped import shipped

Captured = pytest.CaptureFixture[str]


def _json(capsys: Captured, *arguments: str, code: int = 0) -> Any:
    assert main([*arguments, "--format", "json"]) == code
    captured = capsys.readouterr()
    assert captured.err == ""
    return json.loads(captured.out)


def test_check_says_ok(capsys: Captured) -> None:
    assert main(["check", "quickstart", "synthetic/circles"]) == 0
    assert capsys.readouterr().out == "quickstart: ok\nsynthetic/circles: ok\n"


def test_check_goes_on_after_a_bad_config(capsys: Captured, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("seed: x\ndata: {source: embedded}\nmodel: {type: mlp}\n")
    assert main(["check", str(bad), "quickstart"]) == 3
    captured = capsys.readouterr()
    assert captured.out == "quickstart: ok\n"
    assert captured.err.startswith(f"{bad}:1:7: error: `seed` must be an integer. Received: x.\n")


def test_check_as_json(capsys: Captured, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("data: {source: embedded}\nmodel: {type: mlp}\ntraning: {}\n")
    good, wrong = _json(capsys, "check", "quickstart", str(bad), code=3)
    assert good == {"config": "quickstart", "valid": True, "problems": [], "warnings": []}
    assert (wrong["config"], wrong["valid"]) == (str(bad), False)
    assert wrong["problems"] == [
        {
            "file": str(bad),
            "line": 3,
            "column": 1,
            "path": "traning",
            "message": "`traning` is no key of a config. Did you mean `training`?",
            "expected": "one of seed, data, model, transfer, training, health, runtime, export, silence, extends, "
            "preset",
            "received": None,
            "suggestion": "training",
            "rule": None,
        }
    ]


def test_check_gives_warnings_with_their_places(capsys: Captured) -> None:
    arguments = ["check", "quickstart", "--set", "model.initializer=glorot_uniform"]
    assert main(arguments) == 0
    captured = capsys.readouterr()
    assert captured.out == "quickstart: ok, 1 warning\n"
    assert captured.err.startswith("--set 1: warning: `model.initializer` should be he_normal or auto with elu: ")
    assert "glorot_uniform. [initializer]\n" in captured.err
    assert main([*arguments, "--strict"]) == 3
    assert main([*arguments, "--set", "silence=[initializer]", "--strict"]) == 0
    capsys.readouterr()
    (result,) = _json(capsys, *arguments)
    assert result["valid"] and result["warnings"][0]["rule"] == "initializer"


def test_check_takes_overrides(capsys: Captured) -> None:
    assert main(["check", "quickstart", "--set", "seed=1", "--set", "seed=x"]) == 3
    assert capsys.readouterr().err.startswith("--set 2: error: `seed` must be an integer. Received: x.")


def test_show_prints_yaml_that_loads_back(capsys: Captured, tmp_path: Path) -> None:
    assert main(["show", "fashion_mnist/deep_elu_20"]) == 0
    path = tmp_path / "net.yaml"
    path.write_text(capsys.readouterr().out)
    assert load_config(path) == load_config("fashion_mnist/deep_elu_20")
    assert _json(capsys, "show", "quickstart") == load_config("quickstart").dump()


def test_show_a_key_that_was_set(capsys: Captured) -> None:
    assert main(["show", "fashion_mnist/mlp_elu", "data.batch_size"]) == 0
    base = shipped()["fashion_mnist/base"]
    assert capsys.readouterr().out == (
        "data.batch_size: 32\n"
        "  type: an integer, at least 1\n"
        "  doc:  Samples in a training step.\n"
        f"  set:  {base}:9:15\n"
    )


@pytest.mark.parametrize(
    ("key", "value", "kind", "doc"),
    [
        ("training.mode", "auto", "one of auto, fused, graph, stream", "How the loop runs"),
        ("training.optimizer.momentum", 0.9, "a number, at least 0, at most 1", None),
        ("training.optimizer", {"type": "sgd"}, "a name of `piste list optimizers`, or a map with `type`", "Keras"),
        ("runtime.threads", None, "an integer, at least 1 or null", "Threads of TensorFlow"),
        ("data.validation", {}, "a map or null", "held out"),
        ("model.hidden", [300, 100], "a list of: an integer, at least 1, at most 1000000", "Units"),
        ("model.hidden[1]", 100, "an integer, at least 1, at most 1000000", "Units"),
        ("data", {}, "a map", "Where samples come from"),
        ("seed", 42, "an integer, at least 0, at most 4294967295", "Of every draw"),
    ],
)
def test_show_a_key_as_json(key: str, value: Any, kind: str, doc: str | None, capsys: Captured) -> None:
    facts = _json(capsys, "show", "quickstart", key)
    assert (facts["key"], facts["type"]) == (key, kind)
    assert facts["value"] == value or (isinstance(value, dict) and value.items() <= facts["value"].items())
    assert (facts["doc"] is None) if doc is None else (doc in facts["doc"])


@pytest.mark.parametrize(
    ("key", "value", "kind"),
    [
        ("model.layers[1].layers[0].units", 100, "an integer"),
        ("model.layers[1].layers[1]", "activation", "a text"),
        ("model.layers[1].repeat", 20, "an integer"),
        ("model.layers[2].activation", "softmax", "a text"),
        ("model.layers[1].layers", [{"type": "dense", "units": 100}, "activation"], "a list"),
    ],
)
def test_show_inside_layers(key: str, value: Any, kind: str, capsys: Captured) -> None:
    facts = _json(capsys, "show", "fashion_mnist/deep_elu_20", key)
    assert facts["value"] == value
    assert facts["type"] == kind
    assert facts["set"]["file"] == str(shipped()["fashion_mnist/deep_elu_20"])


def test_show_a_default_and_an_override(capsys: Captured) -> None:
    assert _json(capsys, "show", "quickstart", "data.shuffle")["set"] is None
    assert main(["show", "quickstart", "data.shuffle"]) == 0
    assert capsys.readouterr().out.endswith("  set:  by default\n")
    facts = _json(capsys, "show", "quickstart", "seed", "--set", "seed=7")
    assert (facts["value"], facts["set"]) == (7, {"file": "--set 1", "line": None, "column": 6})


def test_show_an_unknown_key(capsys: Captured) -> None:
    assert main(["show", "quickstart", "training.epoch"]) == 2
    expected = "error: The config has no key `training.epoch`. Did you mean `training.epochs`?\n"
    assert capsys.readouterr().err == expected


def test_list_counts_the_kinds(capsys: Captured) -> None:
    counts = _json(capsys, "list")
    assert list(counts) == list(KINDS)
    assert all(counts.values())
    assert main(["list"]) == 0
    assert f"layers        {counts['layers']}\n" in capsys.readouterr().out


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_lists_names_with_a_line_each(kind: str, capsys: Captured) -> None:
    items = _json(capsys, "list", kind)
    assert main(["list", kind]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [item["name"] for item in items]


@pytest.mark.parametrize(
    ("pattern", "names"),
    [("conv2d", ["conv2d", "conv2d_transpose", "depthwise_conv2d", "separable_conv2d"]), ("lst?", ["lstm"])],
)
def test_list_takes_a_part_or_a_glob(pattern: str, names: list[str], capsys: Captured) -> None:
    assert [item["name"] for item in _json(capsys, "list", "layers", pattern)] == names


def test_list_models_tells_their_sizes(capsys: Captured) -> None:
    assert main(["list", "models", "res*"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["residual_mlp", "resnet"]
    assert lines[1].split()[1:4] == ["28", "x", "28"] and " 273,754 " in lines[1] and lines[1].endswith("2016)")
    assert main(["list", "models", "RES*"]) == 0 and capsys.readouterr().out.splitlines() == lines
    (lenet,) = _json(capsys, "list", "models", "lenet*")
    assert (lenet["input"], lenet["parameters"], lenet["flops"]) == ([28, 28], 61_706, 833_040)


@pytest.mark.parametrize(
    ("kind", "pattern", "near"),
    [
        ("models", "rsnet*", " Near it: resnet, wide_resnet."),
        ("models", "ResNet50", " Near it: resnet, "),
        ("applications", "mobilnet", " Near it: MobileNet, "),
        ("activations", "rellu", " Near it: "),
        ("layers", "zzz", ""),
    ],
)
def test_list_offers_near_names_when_nothing_matches(kind: str, pattern: str, near: str, capsys: Captured) -> None:
    assert main(["list", kind, pattern]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith(f"error: No name in `piste list {kind}` matches `{pattern}`.{near}")
    assert captured.out == ""


def test_list_says_what_arguments_are(capsys: Captured) -> None:
    (item,) = _json(capsys, "list", "schedules", "one_cycle")
    assert item["arguments"]["max_rate"] == "a number, above 0"


def test_schema_prints_json(capsys: Captured) -> None:
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == "Piste config"


@pytest.mark.parametrize(
    ("terminal", "no_color", "coloured"), [(True, "", True), (True, "1", False), (False, "", False)]
)
def test_colour_is_for_terminals(
    terminal: bool, no_color: str, coloured: bool, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    written: list[str] = []
    monkeypatch.setattr("click.echo", lambda text, err: written.append(text))
    monkeypatch.setattr("sys.stderr.isatty", lambda: terminal)
    monkeypatch.setenv("NO_COLOR", no_color)
    with pytest.raises(ConfigProblems) as caught:
        load_config("quickstart", ["seed=x"])
    print_error(caught.value)
    assert ("\x1b[" in written[0]) is coloured

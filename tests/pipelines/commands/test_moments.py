"""`piste moments`, and its page."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from piste.cli import main

Captured = pytest.CaptureFixture[str]
PAGE = (Path(__file__).parents[3] / "docs" / "moments.md").read_text(encoding="utf-8")
SMALL = ["--depth", "6", "--width", "20", "--samples", "30", "--every", "4"]
SHOWN = [
    (command, shown)
    for block in re.findall(r"^```console\n(.*?)^```", PAGE, re.M | re.S)
    for command, shown in re.findall(r"^\$ (.*)\n((?:[^$].*\n)*)", block, re.M)
]


def _json(capsys: Captured, *arguments: str) -> Any:
    assert main(["moments", *arguments, "--format", "json"]) == 0
    return json.loads(capsys.readouterr().out)


def _figures(text: str) -> list[float]:
    return [float(word) for word in re.findall(r"-?\d+\.\d+(?:e[-+]\d+)?", text)]


@pytest.mark.parametrize(("command", "shown"), SHOWN, ids=[str(number) for number in range(len(SHOWN))])
def test_the_page_shows_what_the_command_prints(command: str, shown: str, capsys: Captured) -> None:
    program, *arguments = shlex.split(command)
    assert program == "piste" and shown
    assert main(arguments) == 0
    printed = capsys.readouterr().out
    # A rounding error grows with the layers, so that machines may differ in the last digits.
    assert _figures(printed) == pytest.approx(_figures(shown), abs=0.02, rel=0.05)
    assert re.sub(r"[-\d.e+ ]", "", printed) == re.sub(r"[-\d.e+ ]", "", shown)


def test_the_page_has_examples() -> None:
    assert len(SHOWN) == 4


def test_the_page_derives_selus_constants(capsys: Captured) -> None:
    (block,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.M | re.S)
    exec(compile(block, "docs/moments.md", "exec"), {})
    assert capsys.readouterr().out.strip() == block.strip().rsplit("# ")[-1] == "1.6732632424 1.0507009874"


def test_rows_are_every_so_many_layers_and_the_last(capsys: Captured) -> None:
    assert main(["moments", "--activation", "selu", *SMALL]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].split() == ["layer", "mean", "std", "rms", "rms,", "wide"]
    assert [line.split()[0] for line in out[1:-2]] == ["0", "4", "5"]
    assert out[-2] == "std stays within 0.5 and 2 in all 6 layers."
    assert out[-1] == "Without limit on the width, layer 5 multiplies the error signal by 1.035 on its way back."


def test_json_holds_what_was_asked_and_found(capsys: Captured) -> None:
    facts = _json(capsys, "--activation", "{type: leaky_relu, negative_slope: 0.01}", *SMALL)
    layers = facts.pop("layers")
    assert facts == {
        "activation": {"type": "leaky_relu", "negative_slope": 0.01},
        "initializer": "auto",
        "depth": 6,
        "width": 20,
        "samples": 30,
        "seed": 42,
        "outcome": "vanishes",
        "first": facts["first"],
        "overflow": None,
        "alike": False,
    }
    assert [layer["layer"] for layer in layers] == [0, 4, 5]
    assert set(layers[0]) == {"layer", "mean", "std", "rms", "wide"}
    # He's scale is for ReLU: a negative slope of 0.01 adds 1 in 10,000 to the mean square of a layer.
    assert [layer["wide"]["rms"] for layer in layers] == pytest.approx([1.0001 ** (n / 2) for n in (1, 5, 6)])


@pytest.mark.parametrize(
    ("arguments", "outcome", "words"),
    [
        (["--activation", "sigmoid"], "vanishes", "All samples look alike there: std is "),
        (
            ["--activation", "relu", "--initializer", "{type: random_normal, stddev: 2}"],
            "explodes",
            "first at layer 0,",
        ),
        (
            ["--activation", "linear", "--initializer", "{type: random_normal, stddev: 1e60}"],
            "explodes",
            "outside 0.5 and 2 first at layer 0, past the range of float64 at layer 2.",
        ),
        (
            ["--activation", "linear", "--initializer", "{type: random_normal, stddev: 1e200}"],
            "explodes",
            "first layer",
        ),
    ],
)
def test_verdicts(arguments: list[str], outcome: str, words: str, capsys: Captured) -> None:
    facts = _json(capsys, *arguments, *SMALL)
    assert facts["outcome"] == outcome
    assert main(["moments", *arguments, *SMALL]) == 0
    out = capsys.readouterr().out
    assert f"std {outcome}: " in out and words in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Missing option '--activation'"),
        (["--activation", "selo"], "--activation: error: `activation` must name an activation. Received: selo."),
        (["--activation", "{type: elu, alpha: -1}"], "`activation.alpha` must be above 0. Received: -1."),
        (
            ["--activation", "elu", "--initializer", "he"],
            "--initializer: error: `initializer` must name an initializer.",
        ),
        (
            ["--activation", "elu", "--initializer", "zeros"],
            "error: `initializer` must draw at random: one of glorot_normal, ",
        ),
        (
            ["--activation", "elu", "--initializer", "{type: he_normal, seed: 3}"],
            "error: `initializer` must leave `seed` out: one seed is for all layers. Received: 3.",
        ),
        (["--activation", "elu", "--depth", "0"], "0 is not in the range 1<=x<=100000"),
        (["--activation", "elu", "--samples", "1"], "1 is not in the range 2<=x<=10000"),
    ],
)
def test_wrong_usage_ends_with_2(arguments: list[str], words: str, capsys: Captured) -> None:
    assert main(["moments", *arguments]) == 2
    captured = capsys.readouterr()
    assert words in captured.err
    assert captured.out == ""


def test_neither_tensorflow_nor_keras_is_imported() -> None:
    code = (
        "import sys\nfrom piste.cli import main\nfrom piste.models.activations.table import ACTIVATIONS\n"
        "for name in ACTIVATIONS:\n    assert main(['moments', '--activation', name, '--depth', '2']) == 0\n"
        "print('HEAVY', [m for m in ('tensorflow', 'keras') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("HEAVY []\n")

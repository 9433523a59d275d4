"""Models of installed packages: found by name, imported when asked for, and told of in one line when broken."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from piste.cli import main
from piste.models import zoo
from piste.models.build import build_model
from piste.models.plugins import discover
from piste.pipelines.config.load import load_config
from piste.pipelines.config.problems import ConfigProblems

NETS = """
import keras


def thin(x, *, outputs, task, seed, units=3):
    x = keras.layers.Dense(units, "tanh", name="thin_hidden")(keras.layers.Flatten()(x))
    return keras.layers.Dense(outputs, "softmax")(x)


number = 3
"""
POINTS = """\
[piste.models]
thin_net = extra_nets:thin
absent = extra_nets:absent
broken = extra_broken:net
number = extra_nets:number
mlp = extra_nets:thin
Thin-Net = extra_nets:thin
"""


@pytest.fixture(autouse=True)
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Puts a package beside the others that brings good and bad models."""
    before = set(zoo.MODELS)
    folder = tmp_path / "extra_nets-1.5.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: extra-nets\nVersion: 1.5\nSummary: Thin nets\n")
    (folder / "entry_points.txt").write_text(POINTS)
    (tmp_path / "extra_nets.py").write_text(NETS)
    (tmp_path / "extra_broken.py").write_text("raise RuntimeError('no wires\\nhere')\n")
    monkeypatch.syspath_prepend(tmp_path)
    discover.cache_clear()
    yield
    for name in set(zoo.MODELS) - before:
        zoo._BY_NAME.pop(name)
    sys.modules.pop("extra_nets", None)
    discover.cache_clear()


def test_a_config_names_it_and_sets_its_arguments() -> None:
    config = load_config("quickstart", ["model={type: thin_net, units: 5}"])
    assert config.dump()["model"] == {"type": "thin_net", "units": 5}
    spec = {"type": "thin_net", "units": 5}
    model = build_model(
        spec, input_shape=(4,), input_dtype="uint8", outputs=3, task="classification", scale="unit", seed=1
    )
    assert model.get_layer("thin_hidden").units == 5


def test_nothing_is_looked_for_before_a_name_is_not_found() -> None:
    load_config("quickstart")
    assert "thin_net" not in zoo.MODELS
    assert zoo.find_model("thin_net").summary == "Thin nets (extra-nets 1.5)"
    assert "extra_nets" not in sys.modules, "a name alone imports nothing"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "thin_ned",
            "autoencoder, application, absent, broken, number, thin_net, or give `layers`. Received: thin_ned.",
        ),
        (
            "broken",
            "cannot be used: extra_broken:net of extra-nets 1.5 does not load: RuntimeError: no wires. Received",
        ),
        ("absent", "cannot be used: extra_nets:absent of extra-nets 1.5 does not load: AttributeError: module"),
        (
            "number",
            "cannot be used: extra_nets:number of extra-nets 1.5 must be a function, and is 3. Received: number",
        ),
    ],
)
def test_what_is_wrong_is_one_line(name: str, words: str) -> None:
    with pytest.raises(ConfigProblems) as caught:
        load_config("quickstart", [f"model={{type: {name}}}"])
    (problem,) = caught.value.problems
    assert (problem.path, words in problem.message) == ("model.type", True), problem.message
    assert "\n" not in problem.message


def test_listing_tells_of_all_and_imports_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "models", "*net"]) == 0
    captured = capsys.readouterr()
    assert [line.split()[0] for line in captured.out.splitlines()] == ["resnet", "wide_resnet", "thin_net"]
    assert captured.out.splitlines()[-1].endswith("  Thin nets (extra-nets 1.5)")
    assert captured.err == (
        "warning: extra-nets 1.5: A model's `type` must be in snake case. Received: `Thin-Net`.\n"
        "warning: extra-nets 1.5: The model type `mlp` is taken. Choose another name.\n"
    )
    assert not {"extra_nets", "extra_broken"} & set(sys.modules)

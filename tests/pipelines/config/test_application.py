"""`model.type: application` as written in configs, and a run of it."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import piste
from piste.pipelines.config.config import Config
from piste.pipelines.config.lint.lint import lint
from piste.pipelines.config.load import load_config
from piste.pipelines.config.problems import ConfigProblems

Load = Callable[..., Config]
PAGE = Path(__file__).parents[3] / "docs" / "applications.md"


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load(keys: str, data: str = "source: embedded") -> Config:
        path = tmp_path / "net.yaml"
        path.write_text(f"data: {{{data}}}\nmodel: {{type: application, {keys}}}\n")
        return load_config(path)

    return load


def test_forms_are_read_and_written_back(load: Load, tmp_path: Path) -> None:
    config = load("application: MobileNetV2, size: [32, 48], alpha: 0.35, activation: {type: elu, alpha: 0.5}")
    assert config.dump()["model"] == {
        "type": "application", "application": "MobileNetV2", "size": [32, 48], "alpha": 0.35,
        "activation": {"type": "elu", "alpha": 0.5}, "pooling": "avg", "dropout": 0.0, "weights": None,
        "head": "softmax",
    }  # fmt: skip
    (tmp_path / "again.yaml").write_text(config.yaml())
    assert load_config(tmp_path / "again.yaml") == config
    assert load("application: ResNet50, activation: null, size: null").dump()["model"]["activation"] is None


@pytest.mark.parametrize(
    ("keys", "data", "words"),
    [
        ("size: [32, 32]", "", "`model.application` is missing"),
        ("application: MobilNetV2", "", "Did you mean `MobileNetV2`?"),
        ("application: VGG16, initializer: auto", "", "`model.initializer` is no key of a config"),
        ("application: VGG16, alpha: 0.5", "", "`model.alpha` must be null for VGG16"),
        ("application: InceptionV3, size: [96, 64]", "", "`model.size[1]` must be at least 75 for InceptionV3"),
        ("application: VGG16, head: sigmoid", "", "`model.head` must be softmax"),
        ("application: VGG16, activation: rellu", "", "Did you mean `relu`?"),
        ("application: EfficientNetB0, weights: a.h5", "", "`model.weights` must be null for EfficientNetB0"),
        ("application: VGG16, weights: a.h5", ", scale: standardize", "`model.weights` needs `data.scale: unit`"),
    ],
)
def test_faults(load: Load, keys: str, data: str, words: str) -> None:
    with pytest.raises(ConfigProblems) as caught:
        load(keys, f"source: embedded{data}")
    assert len(caught.value.problems) == 1
    assert words in str(caught.value)


def test_what_the_page_shows_is_valid(tmp_path: Path) -> None:
    blocks = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    for block in blocks:
        (tmp_path / "page.yaml").write_text(block)
        assert load_config(tmp_path / "page.yaml").dump()["model"]["application"] == "MobileNetV2"
    assert len(blocks) == 2


def test_it_gives_no_warning_that_is_not_its_own(load: Load) -> None:
    assert lint(load("application: MobileNetV2, activation: elu")) == ()
    assert [warning.rule for warning in lint(load("application: VGG16, activation: selu"))] == ["selu_inputs"]


def test_checking_and_listing_import_no_keras(load: Load, tmp_path: Path) -> None:
    load("application: MobileNetV2")
    code = (
        "import sys; from piste.cli import main; "
        f"assert main(['check', {str(tmp_path / 'net.yaml')!r}]) == 0 and main(['list', 'applications', '*V2']) == 0; "
        "assert not {'keras', 'tensorflow'} & set(sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    names = [line.split()[0] for line in shown.splitlines()]
    assert names[-5:] == ["InceptionResNetV2", "MobileNetV2", "ResNet50V2", "ResNet101V2", "ResNet152V2"]


@pytest.mark.slow
def test_it_is_trained_watched_exported_and_opened_again(load: Load, tmp_path: Path) -> None:
    keras = pytest.importorskip("keras")
    config = load("application: MobileNetV2, size: [32, 32], alpha: 0.35")
    trunk = keras.applications.MobileNetV2(
        alpha=0.35, weights=None, include_top=False, input_shape=(32, 32, 3), pooling="avg"
    )
    weights = tmp_path / "trunk.weights.h5"
    trunk.save_weights(weights)
    config = load_config(
        tmp_path / "net.yaml",
        [
            f"model.weights={weights}",
            "model.activation=elu",
            "data.select={train_samples: 128}",
            "training={epochs: 1, optimizer: {type: sgd, learning_rate: 0.001}}",
            "health={every: 1}",
            "export.verify=false",
        ],
    )
    run = piste.train(config, tmp_path / "run")
    weights.unlink()  # the run keeps its own
    assert run.records and any(path.startswith("trunk/block_1_") for path in run.records[-1]["layers"])
    model = run.model()
    assert model.get_layer("trunk").get_layer("block_1_expand_relu").alpha == 1.0  # the layer is an ELU
    served = run.folder / run.environment["export"]["folder"]
    assert served.is_dir()
    assert np.isfinite(np.array(model(np.zeros((2, 28, 28), "uint8")))).all()

"""What findings suggest is left out where the config says so already or has no key for it."""

from typing import Any

import pytest

from piste.pipelines.config.load import change_config, load_config
from piste.pipelines.config.problems import ConfigProblems
from piste.pipelines.real_changes import real_changes

APPLICATION = "model={type: application, application: MobileNetV2, size: [32, 32]}"
EVERY = {
    "model.activation": "elu",
    "model.initializer": "auto",
    "data.scale": "standardize",
    "training.optimizer.clipnorm": 1.0,
}


@pytest.mark.parametrize(
    ("overrides", "left_out"),
    [
        ([], {"model.initializer"}),
        (["model.initializer=he_normal"], set()),
        (["model.activation={type: elu, alpha: 0.5}", "model.initializer=he_normal"], set()),
        (["model.activation=elu", "model.initializer=he_normal"], {"model.activation"}),
        (["data.scale=standardize"], {"model.initializer", "data.scale"}),
        ([APPLICATION], {"model.initializer"}),
        (["training.optimizer.clipvalue=2"], {"model.initializer", "training.optimizer.clipnorm"}),
    ],
)
def test_what_changes_this_config(overrides: list[str], left_out: set[str]) -> None:
    config = load_config("quickstart", ["model.activation=relu", *overrides])
    assert real_changes(config, EVERY) == {key: value for key, value in EVERY.items() if key not in left_out}


@pytest.mark.parametrize(
    ("key", "value"),
    [("seed", 7), ("model.hidden", [6, 5]), ("model.activation", {"type": "elu", "alpha": 0.5}), ("health", False)],
)
def test_values_are_laid_over_as_they_are(key: str, value: Any) -> None:
    config = load_config("quickstart")
    assert change_config(config, {key: value}).value(key) == value != config.value(key)


def test_a_wrong_change_is_named_by_its_number() -> None:
    with pytest.raises(ConfigProblems, match=r"change 2: error: `seed` must be an integer\. Received: true\."):
        change_config(load_config("quickstart"), {"health": False, "seed": True})

"""Training in stages: what each trains, what the logs say, and caching that changes no bit."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from piste.pipelines.config.load import load_config
from piste.pipelines.errors import ConfigError
from piste.pipelines.run import Run
from piste.pipelines.train import train

CONFIG = """seed: 3
data: {source: synthetic, kind: gaussian_mixture, samples: 107, test_samples: 20, features: 5, batch_size: 16}
model:
  activation: elu
  layers:
  - {type: dense, units: 8, name: front}
  - {type: batch_normalization, name: norm}
  - activation
  - {type: dense, units: 6, name: middle}
  - activation
  - {type: dropout, rate: 0.2, name: drop}
  - {type: dense, units: 2, activation: softmax, name: head}
health: {every: 2, window: 16}
export: {formats: []}
"""
FROZEN = "{epochs: 2, freeze: [front, norm]}"
CACHED = "{epochs: 2, freeze: [front, norm], cache_frozen: true}"
RATED = "training.schedule={type: power, initial_learning_rate: 0.1, decay_steps: 9}"
REST = "{epochs: 3, optimizer: {type: adam, learning_rate: 0.01}}"


def run_of(folder: Path, name: str, *stages: str, extra: tuple[str, ...] = ()) -> Run:
    (folder / "net.yaml").write_text(CONFIG)
    config = load_config(folder / "net.yaml", [f"training.stages=[{', '.join(stages)}]", *extra])
    return train(config, folder / name)


def weights(run: Run) -> dict[str, Any]:
    return {variable.path: variable.numpy() for variable in run.model().weights}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stages")


@pytest.fixture(scope="module")
def staged(folder: Path) -> Run:
    return run_of(folder, "staged", FROZEN, REST)


def test_frozen_layers_keep_their_weights_and_all_others_move(folder: Path) -> None:
    begun = run_of(folder, "begun", FROZEN)
    other = run_of(folder, "other", "{epochs: 1, freeze: [front, norm], optimizer: {type: sgd, learning_rate: 0.1}}")
    for path, value in weights(begun).items():
        same = np.array_equal(value, weights(other)[path])
        assert same == path.startswith(("scale", "front", "norm")), path


def test_a_later_stage_trains_everything(staged: Run, folder: Path) -> None:
    begun = weights(run_of(folder, "first", FROZEN))
    kept = [path for path, value in weights(staged).items() if np.array_equal(value, begun[path])]
    assert kept == ["scale/mean", "scale/deviation"]


def test_epochs_steps_and_stages_are_counted_on(staged: Run) -> None:
    # 96 training samples in batches of 16 are 6 steps an epoch: 12 in the first stage, 18 in the second.
    assert [(epoch["epoch"], epoch["stage"]) for epoch in staged.history] == [(1, 1), (2, 1), (3, 2), (4, 2), (5, 2)]
    assert [epoch["learning_rate"] for epoch in staged.history] == pytest.approx([0.01, 0.01, 0.01, 0.01, 0.01])
    steps = [record["step"] for record in staged.records]
    assert steps[:3] == [1, 2, 4] and steps == sorted(set(steps))
    assert {13, 14, 16} <= set(steps) and steps[-1] == 30
    assert [record["epoch"] for record in staged.records if record["step"] == 13] == [3]


def test_frozen_kernels_are_no_finding(staged: Run) -> None:
    assert [found.rule for found in staged.findings if found.severity != "info"] == []


@pytest.mark.parametrize(
    "mode", ["graph", pytest.param("fused", marks=pytest.mark.slow), pytest.param("stream", marks=pytest.mark.slow)]
)
def test_caching_changes_no_bit(folder: Path, mode: str) -> None:
    extra = (f"training.mode={mode}", "health=false")
    plain = run_of(folder, f"plain-{mode}", FROZEN, REST, extra=extra)
    cached = run_of(folder, f"cached-{mode}", CACHED, REST, extra=extra)
    for path, value in weights(plain).items():
        np.testing.assert_array_equal(weights(cached)[path], value, err_msg=path)
    assert [epoch["val_loss"] for epoch in cached.history] == [epoch["val_loss"] for epoch in plain.history]


@pytest.mark.slow
def test_a_last_batch_that_is_smaller_differs_by_rounding_only(folder: Path) -> None:
    extra = ("data.samples=105",)  # 94 for training, so that the last batch has 14
    plain = run_of(folder, "plain-rest", FROZEN, extra=extra)
    cached = run_of(folder, "cached-rest", CACHED, extra=extra)
    for path, value in weights(plain).items():
        np.testing.assert_allclose(weights(cached)[path], value, rtol=1e-5, atol=1e-6, err_msg=path)


def test_a_run_may_end_with_cached_features(folder: Path) -> None:
    plain, cached = (
        run_of(folder, f"ends-{stage == CACHED}", stage, extra=("health=false",)) for stage in (FROZEN, CACHED)
    )
    assert cached.environment["test"] == plain.environment["test"]
    assert (cached.folder / "report.html").is_file()


@pytest.mark.parametrize(
    ("stage", "words"),
    [
        ("{epochs: 1, freeze: [fornt]}", r"--set 1: `freeze`: A name must mean a layer .* Did you mean `front`\?"),
        ("{epochs: 1, freeze: ['conv_*']}", r"`freeze`: A pattern must mean a layer"),
        ("{epochs: 1, freeze: ['*']}", "a stage must train something. Received: `freeze`, which means every layer"),
        (
            "{epochs: 1, freeze: [head], cache_frozen: true}",
            "`cache_frozen`: The first layer with weights must be frozen, .* Received: front, which is trained",
        ),
    ],
)
def test_bad_stages_are_refused_before_there_is_a_run_folder(folder: Path, stage: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        run_of(folder, "bad", FROZEN, stage)
    assert not (folder / "bad").exists()


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        (["training.stages=[]"], "must have at least 1 item"),
        (["training.stages=[{freeze: [a]}]"], r"`training.stages\[0\].epochs` is missing"),
        (["training.stages=[{epochs: 1, cache_frozen: true}]"], "needs layers to `freeze`"),
        (["training.stages=[{epochs: 1}]", "training.epochs=2"], "must not be set together with `training.stages`"),
        (
            [
                "health.probe=validation",
                "training.stages=[{epochs: 1, freeze: [front], cache_frozen: true}]",
            ],
            "must be false with `health.probe`",
        ),
        (
            ["training.stages=[{epochs: 1, optimizer: {type: sgd, learning_rate: 1}}]", RATED],
            r"`training.stages\[0\].optimizer.learning_rate` must not be set together with the schedule `power`",
        ),
        (
            ["training.stages=[{epochs: 1, schedule: {type: one_cycle, max_rate: 1, max_momentum: 0.9}}]"],
            r"`training.stages\[0\].schedule` must have `min_momentum` and `max_momentum`",
        ),
    ],
)
def test_bad_stages_in_the_config(folder: Path, overrides: list[str], words: str) -> None:
    (folder / "net.yaml").write_text(CONFIG)
    with pytest.raises(ConfigError, match=words):
        load_config(folder / "net.yaml", overrides)

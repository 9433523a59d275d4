"""The chapter's benchmark: which experiments it takes, with which figure, and when a mean counts as the book's."""

from pathlib import Path

import pytest

from benchmarks.chapter11 import Book, Trained, books, config_of, line
from piste.pipelines.config.load import load_config
from piste.pipelines.config.schema.data import Idx


def test_experiments_with_a_figure_are_taken() -> None:
    found = {book.config.removeprefix("chapter11/"): book for book in books([])}
    assert len(found) == 20 + 27  # of 22 and 28, without finders and MC dropout, and R3E-18 twice
    assert found["r2e_05_batch_norm_after"] == Book("chapter11/r2e_05_batch_norm_after", "validation", 0.875)
    assert found["r3e_07_model_b_on_a"] == Book("chapter11/r3e_07_model_b_on_a", "test", 0.9385)
    left_out = {"r2e_16_find_rate", "r2e_21_mc_dropout", "r2e_23d_selu", "r3e_08_sgd_corrected", "second_edition"}
    assert not left_out & set(found)
    assert [book.config for book in books(["R3E_05"])] == ["chapter11/r3e_05_model_a"]
    assert books(["r9e"]) == []


def test_only_the_source_the_seed_and_the_monitor_change(tmp_path: Path) -> None:
    shipped = load_config("chapter11/r2e_08_model_b")
    config = config_of("chapter11/r2e_08_model_b", tmp_path, 44)
    assert isinstance(config.data, Idx) and config.data.directory == str(tmp_path)
    for key in ("validation", "select", "batch_size", "shuffle", "scale"):
        assert getattr(config.data, key) == getattr(shipped.data, key)
    assert (config.model, config.training) == (shipped.model, shipped.training)
    assert (config.seed, config.health) == (44, None)


@pytest.mark.parametrize(
    ("config", "part", "ours", "band", "said"),
    [
        ("r2e_01_leaky_relu", "validation", [0.84, 0.82], "0.01", "yes"),  # the mean is 0.83
        ("r2e_01_leaky_relu", "validation", [0.82, 0.81], "0.01", "**no**"),
        ("r2e_09_model_b_on_a", "test", [0.82, 0.81], "0.03", "yes"),
        ("r2e_20_alpha_dropout", "test", [0.82, 0.81], "0.01", "**no**"),
    ],
)
def test_a_line(config: str, part: str, ours: list[float], band: str, said: str) -> None:
    results = [Trained({part: accuracy, "other": 0.0}, Path("weights.npz"), 3.4) for accuracy in ours]
    mean, each = sum(ours) / 2, " ".join(f"{accuracy:.4f}" for accuracy in ours)
    expected = f"| {config} | {part} | 0.8350 | {mean:.4f} | {each} | {band} | {said} | 3 |"
    assert line(Book(f"chapter11/{config}", part, 0.835), results) == expected

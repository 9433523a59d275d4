import dataclasses
import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from piste.callbacks.findings import Finding
from piste.pipelines.report import RunFacts, write_run_page

FACTS = RunFacts(
    name="fashion_mnist/mlp_elu",
    config="seed: 42  # <b>\nmodel: {type: mlp}\n",
    mode="fused",
    mode_reason="no convolution",
    seconds=12.34,
    fingerprint="3f" * 32,
    data={"name": "fashion_mnist", "training samples": 9000},
    metrics={"loss": 0.343921, "val_accuracy": 0.8564, "grad_norm": 1.0, "learning_rate": 0.01},
    test_metrics={"accuracy": 0.8465, "samples": 2000},
    environment={"versions": {"keras": "3.15.1"}, "threads": None},
    exports=[{"format": "saved_model", "verified": True, "sha256": {"a.pb": "ab"}}],
    shares={"act": np.array([0.0, 0.5])},
    unseen=["loop: unseen"],
)
HISTORY: list[dict[str, Any]] = [
    {"epoch": 1, "loss": 1.0, "val_loss": 0.9, "learning_rate": 0.01, "seconds": 1.0},
    {"epoch": 2, "loss": 0.5, "val_loss": "nan", "learning_rate": 0.005, "seconds": 1.0},
]
RECORDS: list[dict[str, Any]] = [
    {
        "step": 1,
        "epoch": 1,
        "loss": 2.0,
        "nonfinite": None,
        "layers": {"head": {"kernel_rms": 0.1, "delta_rms": 0.2, "update_ratio": 0.01}},
    }
]
FINDING = Finding("DEAD", "act", "warning", 1, 50, 50, {"share": 0.5}, ("a",), "Do this.", {"model.activation": "elu"})


def facts_shown(page: str) -> dict[str, str]:
    return {unescape(name): unescape(value) for name, value in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page)}


def charts(page: str) -> dict[str, Any]:
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page)
    assert data is not None
    return dict(json.loads(data[1]))


@pytest.fixture
def page(tmp_path: Path) -> str:
    return write_run_page(tmp_path / "report.html", FACTS, HISTORY, RECORDS, [FINDING]).read_text(encoding="utf-8")


def test_the_headline_says_what_came_out(page: str) -> None:
    assert "<h1>fashion_mnist/mlp_elu</h1>" in page
    assert "2 epochs in 12.3 s, fused mode (no convolution).</p>" in page
    tiles = facts_shown(page.split('<dl class="tiles">')[1].split("</dl>")[0])
    assert list(tiles.items()) == [
        ("test accuracy", "0.8465"),
        ("validation accuracy", "0.8564"),
        ("training loss", "0.3439"),
        ("findings", "1"),
    ]


def test_what_was_run_is_told(page: str) -> None:
    told = facts_shown(page)
    assert told["data fingerprint"] == "3f" * 32
    assert (told["name"], told["training samples"]) == ("fashion_mnist", "9,000")
    assert (told["versions.keras"], told["threads"]) == ("3.15.1", "none")
    assert (told["format"], told["verified"]) == ("saved_model", "yes")
    assert "sha256.a.pb" not in told
    assert "<pre><code>seed: 42  # &lt;b&gt;\nmodel: {type: mlp}\n</code></pre>" in page


def test_health_is_part_of_it(page: str) -> None:
    assert page.index("Do this.") < page.index("epoch by epoch") < page.index("Does the gradient flow?")
    assert "loop: unseen" in page
    assert charts(page)["units"]["layers"] == [{"path": "act", "units": 2, "dead": 1, "cells": [0.0, 0.5]}]


def test_learning_curves_hold_the_history(page: str) -> None:
    loss = charts(page)["curve_loss"]
    assert (loss["x"], loss["x_label"]) == ([1, 2], "epoch")
    assert loss["series"] == [
        {"name": "training", "values": [1.0, 0.5]},
        {"name": "validation", "values": [0.9, "nan"]},
    ]
    assert charts(page)["curve_learning_rate"]["series"] == [{"name": "rate", "values": [0.01, 0.005]}]
    assert "Validation was lowest at epoch 1." in page


def test_an_interrupted_run_and_weights_of_an_earlier_epoch_are_said(tmp_path: Path) -> None:
    facts = dataclasses.replace(FACTS, interrupted=True, epoch=1)
    page = write_run_page(tmp_path / "r.html", facts, HISTORY, [], []).read_text(encoding="utf-8")
    assert (
        "2 epochs in 12.3 s, fused mode (no convolution), interrupted. "
        "Training and validation figures are of epoch 1, whose weights were kept." in page
    )
    same = dataclasses.replace(FACTS, epoch=2)
    assert "whose weights" not in write_run_page(tmp_path / "r.html", same, HISTORY, [], []).read_text()


def test_a_run_that_nobody_watched_claims_nothing(tmp_path: Path) -> None:
    facts = dataclasses.replace(FACTS, watched=False, exports=(), environment={}, test_metrics=None, seconds=None)
    page = write_run_page(tmp_path / "r.html", facts, HISTORY[:1], [], []).read_text(encoding="utf-8")
    assert "No monitor was on" in page and "Nothing found" not in page and "Nothing measured" not in page
    assert "1 epoch, fused mode (no convolution)" in page
    assert facts_shown(page)["findings"] == "not watched"
    assert "Nothing was exported." in page and "Not recorded." in page


def test_a_watched_run_without_a_check_says_so(tmp_path: Path) -> None:
    page = write_run_page(tmp_path / "r.html", FACTS, [], [], []).read_text(encoding="utf-8")
    assert "No epoch was finished." in page and "Nothing measured" in page
    assert facts_shown(page)["findings"] == "none measured"


def test_hostile_metric_and_layer_names_stay_text(tmp_path: Path) -> None:
    evil = "</script><b>"
    facts = dataclasses.replace(FACTS, name=evil, metrics={evil: 1.0}, environment={evil: evil}, exports=[{evil: evil}])
    history = [{"epoch": 1, evil: 1.0}]
    page = write_run_page(tmp_path / "r.html", facts, history, RECORDS, []).read_text(encoding="utf-8")
    assert "<b>" not in page
    assert next(iter(charts(page))) == f"curve_{evil}"
    assert page.count("</script>") == 4

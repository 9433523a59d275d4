import base64
import hashlib
import re
from typing import Any

import numpy as np
import pytest

from piste.callbacks.findings import Finding
from piste.callbacks.report import write_health_report
from piste.callbacks.report.page import _text

EVIL = "</script><b onload=x>'\"&"


def finding(**changes: Any) -> Finding:
    whole: dict[str, Any] = {
        "rule": "VANISHING",
        "layer": "hidden",
        "severity": "critical",
        "epoch": 1,
        "step": 16,
        "last_step": 900,
        "evidence": {"depth_score": -4.25},
        "causes": ("sigmoid is flat", "too deep"),
        "advice": "Use ELU.",
        "change": {"model.activation": "elu", "model.initializer": "auto"},
    }
    return Finding(**(whole | changes))


def test_findings_come_with_everything_a_reader_needs(tmp_path: Any, read: Any, record: Any) -> None:
    page = read(write_health_report(tmp_path / "deep" / "health.html", [record()], [finding()], title="My run"))
    assert ("title", {}) in page.tags
    for words in (
        "My run", "critical", "VANISHING at hidden", "epoch 1, steps 16 to 900", "depth score", "-4.25",
        "sigmoid is flat", "too deep", "Use ELU.", "model:\n  activation: elu\n  initializer: auto\n",
    ):  # fmt: skip
        assert words in page.text
    assert "Nothing found" not in page.text
    assert page.text.index("Use ELU.") < page.text.index("Does the gradient flow?")


def test_a_healthy_run_says_so_and_what_was_watched(tmp_path: Any, read: Any, record: Any) -> None:
    page = read(write_health_report(tmp_path / "h.html", [record(1), record(50)], []))
    assert "Nothing found" in page.text
    assert (
        "2 checks up to step 50 watched 3 layers, gradients of 2 of them, outputs of 1 activation, 4 units."
        in page.text
    )


def test_a_cured_finding_is_set_apart(tmp_path: Any, read: Any, record: Any) -> None:
    page = read(write_health_report(tmp_path / "h.html", [record()], [finding(closed=True)]))
    assert "Nothing found" in page.text and "any more" in page.text
    assert "Cured since: 1" in page.text
    assert page.text.index("Cured since: 1") < page.text.index("VANISHING")


def test_without_a_check_nothing_is_claimed(tmp_path: Any, read: Any) -> None:
    page = read(write_health_report(tmp_path / "h.html", [], []))
    assert "Nothing measured" in page.text and "Nothing found" not in page.text
    assert page.data == {}


def test_charts_hold_the_numbers_of_the_records(tmp_path: Any, read: Any, record: Any) -> None:
    shares = {"hidden_act": np.array([0.5, 0.0, 1.0, 0.25])}
    page = read(write_health_report(tmp_path / "h.html", [record(1), record(2, loss=2.0)], [], shares=shares))
    assert set(page.data) == {
        "loss", "grad_norm", "profile_delta_rms", "profile_kernel_rms", "heat_delta", "update_ratio", "units",
        "act_rms", "act_mean", "saturated", "dead_share",
    }  # fmt: skip
    assert page.data["heat_delta"]["rows"] == [[0.001235, 0.001235], [0.1, 0.1]]
    assert page.data["heat_delta"]["steps"] == [1, 2]
    assert [line["values"] for line in page.data["loss"]["series"]] == [[3.5, 3.5], [2.5, 2.0]]
    assert page.data["update_ratio"]["band"] == [0.0001, 0.1]
    assert page.data["dead_share"]["series"] == [{"name": "hidden_act", "values": [0.25, 0.25]}]
    assert page.data["units"]["layers"] == [
        {"path": "hidden_act", "units": 4, "dead": 1, "cells": [0.0, 0.25, 0.5, 1.0]}
    ]
    drawn = {attributes["data-chart"] for _, attributes in page.tags if "data-chart" in attributes}
    assert drawn == set(page.data)


def test_every_chart_has_words_and_a_table(tmp_path: Any, read: Any, record: Any) -> None:
    page = read(write_health_report(tmp_path / "h.html", [record(1), record(2)], []))
    plots = [attributes for _, attributes in page.tags if "data-chart" in attributes]
    assert all(plot["role"] == "img" and plot["aria-label"] for plot in plots)
    assert sum(tag == "table" for tag, _ in page.tags) == len(plots)
    assert "0.001235" in page.text and "-0.125" in page.text


def test_charts_js_draws_every_kind(tmp_path: Any, read: Any, record: Any) -> None:
    page = read(write_health_report(tmp_path / "h.html", [record(1), record(2)], [], shares={"hidden_act": np.ones(2)}))
    kinds = re.search(r"const draw = \{(.*?)\}", page.scripts[-1])
    assert kinds is not None
    assert {chart["kind"] for chart in page.data.values()} == set(re.findall(r"\w+", kinds[1]))


def test_numbers_that_are_not_finite_stay_visible(tmp_path: Any, read: Any, record: Any) -> None:
    bad = record(5, loss="nan", grad_norm="inf", nonfinite={"step": 3, "layer": "hidden"})
    bad["layers"] = {"hidden": {"delta_rms": "nan", "kernel_rms": "inf", "update_ratio": "nan"}}
    page = read(write_health_report(tmp_path / "h.html", [record(1), bad], []))
    assert page.data["loss"]["bad"] == 3
    assert page.data["grad_norm"]["series"][0]["values"] == [1.25, "inf"]
    assert page.data["heat_delta"]["rows"] == [[0.001235, "nan"], [0.1, None]]
    assert "nan" in page.text and "inf" in page.text


def test_only_what_was_measured_is_drawn(tmp_path: Any, read: Any, record: Any) -> None:
    gradients = {"head": {"kernel_rms": 0.1}}
    page = read(write_health_report(tmp_path / "h.html", [record(1, layers=gradients)], [], unseen=["loop: unseen"]))
    assert "Units were not measured." in page.text and "loop: unseen" in page.text
    assert set(page.data) == {"loss", "grad_norm", "profile_kernel_rms"}
    activations = {"act": {"act_rms": 1.0, "activation": "elu"}}
    page = read(write_health_report(tmp_path / "h.html", [record(1, layers=activations)], []))
    assert "Gradients were not measured." in page.text and "Units are not counted yet" in page.text
    page = read(write_health_report(tmp_path / "h.html", [record(1), record(2, layers=activations)], []))
    assert "Units are not counted yet" not in page.text and "4 units." in page.text


def test_hostile_names_stay_text(tmp_path: Any, read: Any, record: Any) -> None:
    plain = read(write_health_report(tmp_path / "p.html", [record()], [finding()]))
    hostile = record(1, layers={EVIL: {**record()["layers"]["hidden"], "act_rms": 1.0, "activation": EVIL}})
    found = finding(layer=EVIL, rule=EVIL, causes=(EVIL,), advice=EVIL, change={"a": EVIL}, evidence={EVIL: 1.0})
    page = read(
        write_health_report(
            tmp_path / "h.html", [hostile], [found], title=EVIL, shares={EVIL: np.zeros(2)}, unseen=[EVIL]
        )
    )
    assert "b" not in page.names() and page.names() <= plain.names() | {"ul"}
    assert page.scripts == plain.scripts
    assert page.data["units"]["layers"][0]["path"] == EVIL
    assert page.text.count(EVIL) >= 8


def test_the_page_loads_nothing_and_runs_only_its_own_scripts(tmp_path: Any, read: Any, record: Any) -> None:
    page = read(write_health_report(tmp_path / "h.html", [record()], [finding()]))
    assert not {"link", "img", "iframe", "object", "base"} & page.names()
    assert not any({"src", "href", "srcset", "style", "onload"} & set(attributes) for _, attributes in page.tags)
    assert "url(" not in page.style and "@import" not in page.style
    policy = next(a["content"] for _, a in page.tags if a.get("http-equiv") == "Content-Security-Policy")
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in page.scripts]
    allowed = " ".join(f"'sha256-{value}'" for value in hashes)
    assert policy == (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    )
    assert not re.search(r"\bfetch\(|XMLHttpRequest|import\(|https?:", _text("templates/charts.js"))


def test_a_large_run_stays_small(tmp_path: Any, read: Any, record: Any) -> None:
    part = record()["layers"]["hidden"] | record()["layers"]["hidden_act"]
    layers = {f"block_{place}/dense": part for place in range(100)}
    records = [record(step, layers=layers) for step in range(1, 1001)]
    shares = {path: np.linspace(0.0, 1.0, 1000) for path in layers}
    file = write_health_report(tmp_path / "h.html", records, [], shares=shares)
    assert file.stat().st_size < 2_500_000
    page = read(file)
    assert page.data["heat_delta"]["steps"][0] == 1 and page.data["heat_delta"]["steps"][-1] == 1000
    assert "120 of 1,000 checks are drawn, evenly chosen." in page.text
    assert len(page.data["loss"]["x"]) == 1000


def test_writing_again_replaces_the_file_and_leaves_no_other(tmp_path: Any, record: Any) -> None:
    for title in ("first", "second"):
        write_health_report(tmp_path / "h.html", [record()], [], title=title)
    assert [path.name for path in tmp_path.iterdir()] == ["h.html"]
    assert "<h1>second</h1>" in (tmp_path / "h.html").read_text(encoding="utf-8")


def test_a_contradictory_change_is_refused(tmp_path: Any, record: Any) -> None:
    contradiction = finding(change={"model": 1, "model.activation": "elu"})
    with pytest.raises(ValueError, match=r"`change` must not set a key within another. Received: model, model.activa"):
        write_health_report(tmp_path / "h.html", [record()], [contradiction])
    assert list(tmp_path.iterdir()) == []


def test_a_monitor_reports_what_it_holds(tmp_path: Any, read: Any, record: Any) -> None:
    from piste.callbacks import HealthMonitor

    monitor = HealthMonitor()
    monitor.records, monitor.findings, monitor.unseen = [record()], [finding()], ["loop: unseen"]
    monitor.shares = {"hidden_act": np.array([0.0, 0.5])}
    page = read(monitor.report(tmp_path / "h.html", title="Mine"))
    assert "VANISHING" in page.text and "loop: unseen" in page.text and "Mine" in page.text
    assert page.data["units"]["layers"][0]["cells"] == [0.0, 0.5]

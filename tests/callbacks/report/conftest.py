"""Reads a report as a browser would."""

import json
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

VOID = {"meta", "link", "img", "br", "input", "base"}


class Page(HTMLParser):
    """The tags, texts, styles, scripts and data of a page; `text` is what a reader sees."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.style, self.text = "", ""
        self.data: dict[str, Any] = {}
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self.feed(source)
        self.close()
        assert not self._open, f"left open: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open and self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        tag, attributes = self._open[-1] if self._open else ("", {})
        if tag == "script" and attributes.get("type") == "application/json":
            self.data = json.loads(data)
        elif tag == "script":
            self.scripts.append(data)
        elif tag == "style":
            self.style += data
        else:
            self.text += data if tag in ("code", "h3", "span") else f"{data}\n"

    def names(self) -> set[str]:
        """The names of all tags."""
        return {tag for tag, _ in self.tags}


@pytest.fixture
def read() -> Callable[[Path], Page]:
    return lambda path: Page(path.read_text(encoding="utf-8"))


@pytest.fixture
def record() -> Callable[..., dict[str, Any]]:
    """Makes a record of two layers with an activation between them."""

    def make(step: int = 1, **changes: Any) -> dict[str, Any]:
        whole = {
            "schema": 1,
            "step": step,
            "epoch": 1,
            "loss": 2.5,
            "loss_max": 3.5,
            "grad_norm": 1.25,
            "nonfinite": None,
            "layers": {
                "hidden": {"kernel_rms": 0.02, "bias_rms": 0.1, "delta_rms": 0.0012345678, "update_ratio": 0.005},
                "head": {"kernel_rms": 0.2, "bias_rms": 0.1, "delta_rms": 0.1, "update_ratio": 0.004},
                "hidden_act": {
                    "act_rms": 0.75, "act_mean": -0.125, "saturated": 0.0625, "activation": "relu",
                    "units": 4, "dead": 1, "samples": 2048,
                },
            },
        }  # fmt: skip
        return whole | changes

    return make

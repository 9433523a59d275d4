"""What the config tests share: a config's problems from its text."""

from collections.abc import Callable
from pathlib import Path

import pytest

from piste.pipelines.config.config import Config
from piste.pipelines.config.load import load_config
from piste.pipelines.config.problems import ConfigProblems, Problem

Load = Callable[..., Config]
Problems = Callable[..., list[Problem]]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Loads a config from its text."""

    def from_text(text: str | bytes, *overrides: str) -> Config:
        path = tmp_path / "net.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load_config(path, overrides)

    return from_text


@pytest.fixture
def problems(load: Load) -> Problems:
    """Returns the problems of a config's text, in order."""

    def of(text: str | bytes, *overrides: str) -> list[Problem]:
        with pytest.raises(ConfigProblems) as caught:
            load(text, *overrides)
        return list(caught.value.problems)

    return of

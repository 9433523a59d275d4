import hashlib
import re
from importlib.resources import files
from typing import Any

import pytest

VENDOR: Any = files("piste.callbacks.report") / "vendor"
LIBRARIES = ("d3.min.js", "plot.umd.min.js")


@pytest.mark.parametrize("name", LIBRARIES)
def test_the_file_is_the_one_that_the_readme_names(name: str) -> None:
    row = re.search(rf"^\| `{name}` .*`([0-9a-f]{{64}})` \|$", (VENDOR / "README.md").read_text(), re.MULTILINE)
    assert row is not None
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == row[1]


def test_all_of_them_are_less_than_a_megabyte() -> None:
    assert sum(len((VENDOR / name).read_bytes()) for name in LIBRARIES) < 1_000_000


def test_every_licence_is_there() -> None:
    licences = {path.name for path in VENDOR.iterdir() if path.name.startswith("LICENSE.")}
    assert licences == {
        "LICENSE.d3", "LICENSE.plot", "LICENSE.interval-tree-1d", "LICENSE.binary-search-bounds", "LICENSE.isoformat",
    }  # fmt: skip

"""The fingerprint: equal for equal data, different for any difference, as its description says and fast."""

import hashlib

import numpy as np
import pytest

from piste.pipelines.data.fingerprint import fingerprint

X = np.arange(6, dtype=np.uint8)


def test_it_is_the_sha256_of_headers_and_bytes() -> None:
    header = b'["x", [2, 3], "|u1"]'
    expected = hashlib.sha256((20).to_bytes(8, "little") + header + bytes(range(6))).hexdigest()
    assert fingerprint({"x": X.reshape(2, 3)}) == expected


@pytest.mark.parametrize(
    "other",
    [
        {"y": X},
        {"x": X.reshape(2, 3)},
        {"x": X.astype(np.int8)},
        {"x": X + np.uint8(1)},
        {"x": X[::-1]},
        {"x": X[:5], "y": X[5:]},
        {"x": X, "y": X[:0]},
    ],
)
def test_any_difference_shows(other: dict[str, np.ndarray]) -> None:
    assert fingerprint(other) != fingerprint({"x": X})


def test_layout_in_memory_and_byte_order_do_not_show() -> None:
    table = np.arange(12, dtype=np.float64).reshape(3, 4)
    assert fingerprint({"x": np.asfortranarray(table)}) == fingerprint({"x": table})
    assert fingerprint({"x": table.astype(">f8")}) == fingerprint({"x": table})
    assert fingerprint({"x": table[:, ::2]}) == fingerprint({"x": table[:, ::2].copy()})

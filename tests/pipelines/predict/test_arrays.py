"""Samples from arrays: shapes, types, damage."""

from pathlib import Path

import numpy as np
import pytest

from piste.pipelines.errors import DataError, UntrustedError
from piste.pipelines.predict.inputs import read_inputs
from piste.pipelines.predict.predictor import Answers, Predictor

PIXELS = np.arange(5 * 2 * 3, dtype=np.uint8).reshape(5, 2, 3)


def read(path: str, shape: tuple[int, ...] = (2, 3), dtype: str = "uint8", size: int = 2) -> list[object]:
    model = Predictor(shape, dtype, Answers)
    batches = list(read_inputs(Path(path), model, size))
    assert all(batch.x.dtype == dtype for batch in batches)
    return [(batch.x.tolist(), [name["index"] for name in batch.names]) for batch in batches]


def test_batches_of_npz_and_npy() -> None:
    np.savez("x.npz", x=PIXELS, y=np.zeros(5))
    np.savez("one.npz", pictures=PIXELS)
    np.save("one.npy", PIXELS)
    wanted = [(PIXELS[:2].tolist(), [0, 1]), (PIXELS[2:4].tolist(), [2, 3]), (PIXELS[4:].tolist(), [4])]
    assert read("x.npz") == read("one.npz") == read("one.npy") == wanted


def test_types_that_lose_nothing_are_changed() -> None:
    np.save("wide.npy", PIXELS.astype(np.int64))
    np.save("ones.npy", np.ones((1, 2), np.float64))
    assert read("wide.npy", size=5)[0] == (PIXELS.tolist(), [0, 1, 2, 3, 4])
    assert read("ones.npy", (2,), "float32") == [([[1.0, 1.0]], [0])]


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (PIXELS[:, :, :2], r"must hold samples of shape \('n', 2, 3\)\. Received: shape \(5, 2, 2\)\."),
        (PIXELS[0], r"Received: shape \(2, 3\), one sample without the axis of samples\."),
        (PIXELS[:0], r"at least one sample\. Received: shape \(0, 2, 3\)\."),
        (PIXELS / 255, r"must hold raw uint8, as the model was trained on\. Received: float64; give what was stored"),
        (PIXELS.astype(int) + 240, r"from 0 to 255\. Received: 256 in sample 2\."),
    ],
)
def test_what_does_not_fit(array: np.ndarray, words: str) -> None:
    np.save("x.npy", array)
    with pytest.raises(DataError, match=words):
        read("x.npy")


def test_a_number_that_is_not_finite() -> None:
    np.save("x.npy", np.array([[0.0], [1.0], [np.nan]]))
    with pytest.raises(DataError, match=r"x\.npy: `samples from 2` must hold finite float32 numbers\. Received: nan"):
        read("x.npy", (1,), "float32")


def test_which_array_is_meant() -> None:
    np.savez("two.npz", a=PIXELS, b=PIXELS)
    with pytest.raises(DataError, match=r"two\.npz must hold an array `x`, or one array alone\. Received: 'a', 'b'"):
        read("two.npz")


def test_damaged_files_and_pickles() -> None:
    Path("cut.npy").write_bytes(b"\x93NUMPY\x01\x00")
    np.savez("x.npz", x=PIXELS)
    Path("cut.npz").write_bytes(Path("x.npz").read_bytes()[:-30])
    np.save("objects.npy", np.array([{}], object), allow_pickle=True)
    for name in ("cut.npy", "cut.npz"):
        with pytest.raises(DataError, match=f"{name}: the ....? file is damaged"):
            read(name)
    with pytest.raises(UntrustedError, match=r"objects\.npy must hold numbers\. Received: Python objects"):
        read("objects.npy")


def test_unknown_kinds_and_files_that_are_not_there() -> None:
    Path("x.txt").touch()
    with pytest.raises(DataError, match=r"x\.txt must be a folder of images or end in one of \.npz, .*Received: \.txt"):
        read("x.txt")
    with pytest.raises(DataError, match=r"Received: gone\.npz, which is not there"):
        read("gone.npz")

"""The verdict on an export, from answers made by hand."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from piste.pipelines.export.compare import difference
from piste.pipelines.export.serve import Served

CLASSES = ("cat", "dog")
SAMPLES = np.zeros((2, 4), np.uint8)
MODEL = np.array([[0.25, 0.75], [1.0, 0.0]], np.float32)
NAMES = np.array(["dog", "cat"])
INDICES = np.array([1, 0])
SIGNATURE = {
    "inputs": {"inputs": {"dtype": "uint8", "shape": [None, 4]}},
    "outputs": {
        "class_index": {"dtype": "int64", "shape": [None]},
        "class_name": {"dtype": "string", "shape": [None]},
        "probabilities": {"dtype": "float32", "shape": [None, 2]},
    },
}


def answers(probabilities: Any = MODEL, indices: Any = INDICES, names: Any = NAMES) -> dict[str, Any]:
    return {"probabilities": np.asarray(probabilities), "class_index": np.asarray(indices), "class_name": names}


def first(n: int) -> dict[str, Any]:
    return {name: values[:n] for name, values in answers().items()}


GOOD = Served(None, SIGNATURE, [["a"], ["cat", "dog"]], answers(), first(1), first(0), 0.1)


ONNX_SIGNATURE = {**SIGNATURE, "outputs": {"probabilities": {"dtype": "float32", "shape": [None, 2]}}}
ONNX = replace(GOOD, signature=ONNX_SIGNATURE)


def verdict(served: Served, model: Any = MODEL, precision: str = "float32") -> str | float:
    result = difference(served, SAMPLES, model, classes=CLASSES, precision=precision)
    if isinstance(result, str):
        return result
    assert set(result) == {"max_abs_difference"}
    return result["max_abs_difference"]


def test_the_same_answers_differ_by_nothing() -> None:
    assert verdict(GOOD) == 0.0


def test_raw_columns_must_give_what_their_samples_give() -> None:
    nearly = replace(GOOD, columns=answers(MODEL + np.float32(2**-20)))
    assert difference(nearly, SAMPLES, MODEL, classes=CLASSES) == {
        "max_abs_difference": 0.0, "columns_difference": 2**-20,
    }  # fmt: skip
    words = "Its probabilities of raw columns must equal the model's within 1e-05 + 0.0001 x |value|."
    assert words in str(difference(replace(GOOD, columns=answers(MODEL[::-1])), SAMPLES, MODEL, classes=CLASSES))
    assert "Its probabilities of raw columns must be finite." in str(
        verdict(replace(GOOD, columns=answers(MODEL * np.nan)))
    )


def test_one_sigmoid_unit_is_the_second_of_two_probabilities() -> None:
    assert verdict(GOOD, MODEL[:, 1:]) == 0.0
    assert "Received: a difference of 0.5." in str(verdict(GOOD, MODEL[:, :1] * 0 + np.float32(0.25)))


def test_other_runtimes_may_be_a_little_further() -> None:
    # at 0.25: 1e-4 + 1e-4 / 4 = 1.25e-4
    for moved, allowed in ((1.2e-4, True), (1.3e-4, False)):
        model = MODEL + np.array([[moved, 0], [0, 0]], np.float32)
        result = difference(ONNX, SAMPLES, model, classes=CLASSES, kind="onnx")
        assert isinstance(result, dict) == allowed, result
        assert isinstance(verdict(GOOD, model), str)


@pytest.mark.parametrize(
    ("precision", "within", "beyond"),
    [("float32", 3e-5, 5e-5), ("mixed_float16", 3e-3, 5e-3), ("mixed_bfloat16", 1.5e-2, 2.5e-2)],
)
def test_tolerance(precision: str, within: float, beyond: float) -> None:
    # at 0.25: 1e-5 + 1e-4 / 4 = 3.5e-5, 1e-3 + 1e-2 / 4 = 3.5e-3, 1e-2 + 4e-2 / 4 = 2e-2
    moved = MODEL + np.array([[within, 0], [0, 0]], np.float32)
    assert verdict(GOOD, moved, precision) == pytest.approx(within, rel=1e-3)
    moved = MODEL + np.array([[beyond, 0], [0, 0]], np.float32)
    assert f"Received: a difference of {beyond:.3g}." in str(verdict(GOOD, moved, precision))


def test_a_half_precision_output_is_compared_in_float32() -> None:
    assert verdict(GOOD, MODEL.astype(np.float16)) == 0.0


@pytest.mark.parametrize(
    ("served", "words"),
    [
        (replace(GOOD, error="boom"), "It must load and answer without Keras and Piste. Received: boom."),
        (replace(GOOD, signature={}), "Its signature must be {'inputs': {'inputs': {'dtype': 'uint8', 'shape': "),
        (
            replace(GOOD, batch=answers(MODEL + np.float32(np.nan))),
            "Its probabilities must be finite. Received: NaN or infinity",
        ),
        (
            replace(GOOD, none=first(1)),
            "for each of 2, 1 and 0 samples. Received: shapes (2, 2), (1, 2) and (1, 2).",
        ),
        (
            replace(GOOD, one={**first(1), "probabilities": np.array([[0.5, 0.5]], np.float32)}),
            "Its probabilities must equal the model's within 1e-05 + 0.0001 x |value|. Received: a difference of 0.25.",
        ),
        (
            replace(GOOD, batch=answers(indices=[1, 1])),
            "Its class_index must be the most probable class, 0. Received: 1.",
        ),
        (
            replace(GOOD, batch=answers(indices=[-1, 0])),
            "Its class_index must be the most probable class, 1. Received: -1.",
        ),
        (
            replace(GOOD, one={**first(1), "class_name": np.array(["cat"])}),
            "Its class_name for class 1 must be 'dog'. Received: 'cat'.",
        ),
        (
            replace(GOOD, texts=[["dog", "cat"]]),
            "Its class names must be cat, dog. Received: other names, or another order.",
        ),
    ],
)
def test_what_is_wrong_is_said(served: Served, words: str) -> None:
    assert words in str(verdict(served))


def test_a_model_that_gives_nan_fails_too() -> None:
    broken = np.full_like(MODEL, np.nan)
    served = replace(GOOD, batch=answers(broken))
    assert "must be finite" in str(verdict(served, broken))


def test_equal_probabilities_leave_the_choice_open() -> None:
    even = np.array([[0.5, 0.5], [0.5, 0.5]], np.float32)
    one = {"probabilities": even[:1], "class_index": INDICES[:1], "class_name": NAMES[:1]}
    assert verdict(replace(GOOD, batch=answers(even), one=one), even) == 0.0

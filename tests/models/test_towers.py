"""Two towers with weights of their own, as the exercise of the book's first edition has them."""

import numpy as np
import pytest

from piste.models.build import build_model


def test_the_books_net_has_as_many_parameters_as_worked_by_hand() -> None:
    spec = {"type": "towers", "tower": [100] * 5, "joint": [10], "activation": "elu", "head": "sigmoid"}
    model = build_model(
        spec, input_shape=(2, 28, 28), input_dtype="uint8", outputs=2, task="classification", scale="unit", seed=1
    )
    tower = 784 * 100 + 100 + 4 * (100 * 100 + 100)
    assert model.count_params() == 2 * tower + 200 * 10 + 10 + 10 * 1 + 1 == 239_821
    assert model.output_shape == (None, 1)
    kernels = [model.get_layer(f"{side}_dense_1").kernel for side in ("left", "right")]
    assert not np.array_equal(*kernels), "each tower has weights of its own"


def test_each_tower_sees_its_own_input() -> None:
    spec = {"type": "towers", "tower": [3], "joint": [], "activation": "linear"}
    model = build_model(
        spec, input_shape=(2, 2), input_dtype="float32", outputs=1, task="regression", scale="none", seed=1
    )
    left, right = (np.asarray(model.get_layer(f"{side}_dense_1").kernel) for side in ("left", "right"))
    head = np.asarray(model.get_layer("head").kernel)
    x = np.array([[[1.0, 2.0], [3.0, 4.0]]], "float32")
    expected = np.concatenate([x[:, 0] @ left, x[:, 1] @ right], axis=1) @ head
    np.testing.assert_allclose(model(x), expected, rtol=1e-5)


@pytest.mark.parametrize("shape", [(28, 28), (5,), (3, 4)])
def test_inputs_that_are_no_pairs_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"`type: towers` must have pairs of inputs, shape \(batch, 2, ...\)"):
        build_model(
            {"type": "towers"},
            input_shape=shape,
            input_dtype="uint8",
            outputs=2,
            task="classification",
            scale="unit",
            seed=1,
        )

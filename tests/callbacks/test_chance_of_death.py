"""Narrow, deep ReLU nets are born dead as often as the formula says.

Lu, Shin, Su and Karniadakis, "Dying ReLU and Initialization" (2019, arXiv 1903.06733): in a net whose weights are
symmetric about 0 and whose biases are 0, each of a layer's N units is dead for a given input with probability 1/2,
independently of the others, as long as the layer before lives; a layer all of whose units are dead passes 0 on, so that
all later ones are dead too. So of k layers the last is dead with probability 1 - (1 - 2^-N)^k. Inputs that are positive
multiples of each other share their fate, because nothing but the size of the activations differs. For inputs that do
not, the formula is an upper bound.
"""

import math
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from piste.callbacks import DeadUnitMonitor

NETS, DEPTH = 450, 9
RAY = np.array([[0.5], [1.0], [2.0], [7.0]], "float32")
BOTH_WAYS = np.array([[-2.0], [-1.0], [1.0], [3.0]], "float32")


class NewNets(keras.callbacks.Callback):
    """Draws all weights anew before every second step, with He's standard deviation, and notes which nets are dead."""

    def __init__(self, seed: int, x: Any) -> None:
        super().__init__()
        self.x = x
        self.random = np.random.default_rng(seed)
        self.dead: list[bool] = []

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        if batch % 2:
            return
        h, dead = self.x, False
        for layer in self.model.layers[:-1]:
            inputs, units = layer.kernel.shape
            kernel = self.random.normal(size=(inputs, units), scale=math.sqrt(2 / inputs)).astype("float32")
            layer.kernel.assign(kernel)
            h = np.maximum(h @ kernel, 0.0)
            dead = dead or not h.any()
        self.dead.append(dead)


def born_dead(width: int, x: Any) -> int:
    """Counts the nets in whose records all units of some layer are dead."""
    hidden = [layers.Dense(width, "relu", name=f"hidden_{place}") for place in range(DEPTH)]
    model = keras.Sequential([keras.Input((1,)), *hidden, layers.Dense(1, name="head")])
    model.compile(keras.optimizers.SGD(0.0), "mse", jit_compile=False)
    monitor = DeadUnitMonitor(every=1, window=len(x), rules=())
    nets, many = NewNets(width, x), np.tile(x, (2 * NETS, 1))
    model.fit(many, many, batch_size=len(x), shuffle=False, verbose=0, callbacks=[nets, monitor])
    # A count rests on two windows, which are two steps: after every second step they are those of one net.
    counted = [list(record["layers"].values()) for record in monitor.records[1::2]]
    assert len(counted) == NETS
    assert all(part["samples"] == 2 * len(x) for parts in counted for part in parts if "dead" in part)
    assert all(sum("dead" in part for part in parts) == DEPTH for parts in counted)
    found = [any(part.get("dead") == width for part in parts) for parts in counted]
    assert found == nets.dead
    return sum(found)


def chance(width: int) -> float:
    return 1 - (1 - 2.0**-width) ** DEPTH


def within(count: int, width: int) -> bool:
    """Whether a count lies within three standard deviations of the binomial distribution of a width."""
    p = chance(width)
    return abs(count - NETS * p) <= 3 * math.sqrt(NETS * p * (1 - p))


def test_the_formula() -> None:
    assert [round(chance(width), 3) for width in (1, 2, 3, 5)] == [0.998, 0.925, 0.699, 0.249]


@pytest.mark.slow
@pytest.mark.parametrize("width", [2, 3, 5])
def test_nets_on_one_ray_die_as_often_as_the_formula_says(width: int) -> None:
    count = born_dead(width, RAY)
    assert within(count, width)
    assert not within(count, width - 1)
    assert not within(count, width + 1)


@pytest.mark.slow
def test_on_both_sides_of_zero_fewer_nets_die() -> None:
    p = chance(3)
    assert born_dead(3, BOTH_WAYS) < NETS * p - 3 * math.sqrt(NETS * p * (1 - p))

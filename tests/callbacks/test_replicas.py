"""MirroredStrategy on two logical CPUs, which must be set up before TensorFlow starts: in a process of its own."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

SCRIPT = """
import json
import keras
import numpy as np
import tensorflow as tf
from keras import layers

cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
from piste.callbacks import HealthMonitor

random = np.random.default_rng(0)
x, y = random.normal(size=(24, 5)).astype("float32"), random.integers(0, 3, 24).astype("int32")
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])


def net():
    keras.utils.set_random_seed(1)
    hidden = [layers.Dense(6, "tanh", name="first"), layers.Dense(7, "elu", name="second"), layers.Dropout(0.2)]
    model = keras.Sequential([keras.Input((5,)), *hidden, layers.BatchNormalization(), layers.Dense(3, "softmax")])
    model.compile(keras.optimizers.SGD(0.1, momentum=0.9), "sparse_categorical_crossentropy")
    return model


def plain():
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((5,)), layers.Dense(6, "tanh", name="first"), layers.Dense(3, "softmax")])
    model.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy")
    return model


def weights(watched):
    with strategy.scope():
        model = net()
    model.fit(x, y, batch_size=8, epochs=2, verbose=0, callbacks=[HealthMonitor(every=2, window=4)] if watched else [])
    return [np.asarray(variable.value).tobytes().hex() for variable in model.variables]


with strategy.scope():
    model = plain()
with tf.GradientTape() as tape:
    loss = keras.losses.SparseCategoricalCrossentropy()(y, model(x))
gradients = [np.asarray(part) for part in tape.gradient(loss, [v.value for v in model.trainable_variables])]
health = HealthMonitor(every=1)
model.fit(x, y, batch_size=24, shuffle=False, verbose=0, callbacks=[health])
with strategy.scope():
    model.compile(keras.optimizers.SGD(0.1, global_clipnorm=1e-6), "sparse_categorical_crossentropy")
clipped = HealthMonitor(every=1)
model.fit(x, y, batch_size=24, verbose=0, callbacks=[clipped])
print(json.dumps({
    "clipped": clipped.records[0],
    "alone": weights(False), "watched": weights(True), "record": health.records[0],
    "expected": {
        "loss": float(loss),
        "grad_norm": float(np.sqrt(sum((part.astype("float64") ** 2).sum() for part in gradients))),
        "kernel_rms": float(np.sqrt((gradients[0].astype("float64") ** 2).mean())),
    },
}))
"""


@pytest.fixture(scope="module")
def answer() -> Any:
    environment = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "3"}
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SCRIPT], capture_output=True, text=True, env=environment
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    return json.loads(ran.stdout.splitlines()[-1])


def test_gradients_are_those_of_all_replicas(answer: Any) -> None:
    record, expected = answer["record"], answer["expected"]
    assert record["loss"] == pytest.approx(expected["loss"], rel=1e-5)
    assert record["grad_norm"] == pytest.approx(expected["grad_norm"], rel=1e-5)
    assert record["layers"]["first"]["kernel_rms"] == pytest.approx(expected["kernel_rms"], rel=1e-5)
    assert record["layers"]["first"]["delta_rms"] > 0


def test_a_monitor_changes_no_bit(answer: Any) -> None:
    assert answer["alone"] == answer["watched"]


def test_whether_replicas_clipped_is_not_told(answer: Any) -> None:
    """Each clips its own gradient before they are summed up."""
    assert answer["clipped"]["grad_norm"] > 0 and not {"clipped", "clipped_steps"} & set(answer["clipped"])

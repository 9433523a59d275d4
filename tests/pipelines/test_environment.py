"""TensorFlow is started quietly, on the right backend and as the config wants it: each in a process of its own."""

import os
import subprocess
import sys

import pytest

from piste.pipelines.config.schema.runtime import Runtime
from piste.pipelines.environment import describe_environment, quiet_stderr, start_tensorflow


def python(script: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    ours = ("TF_CPP_MIN_LOG_LEVEL", "TF_ENABLE_ONEDNN_OPTS")
    environment = {key: value for key, value in os.environ.items() if key not in ours} | variables
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment)


START = """
from piste.pipelines.config.schema.runtime import Runtime
from piste.pipelines.environment import start_tensorflow
start_tensorflow(Runtime(**{arguments}), seed=3)
import tensorflow as tf
"""


def test_threads_determinism_and_onednn_are_set_and_nothing_is_said() -> None:
    script = START.format(arguments={"threads": 1, "deterministic": True}) + (
        "from piste.pipelines.environment import describe_environment\n"
        "print(tf.config.threading.get_intra_op_parallelism_threads(),"
        "tf.config.threading.get_inter_op_parallelism_threads(), describe_environment()['onednn'])\n"
        "tf.random.normal([2])"
    )
    ran = python(script)
    assert (ran.stdout, ran.stderr, ran.returncode) == ("1 1 on\n", "", 0)


def test_onednn_is_left_as_it_is_where_tensorflow_was_started_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS", raising=False)
    start_tensorflow(Runtime(), seed=3)
    assert "TF_ENABLE_ONEDNN_OPTS" not in os.environ
    assert describe_environment()["onednn"] == "TensorFlow's default"
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    assert describe_environment()["onednn"] == "off"


def test_another_backend_is_refused_in_one_line() -> None:
    script = (
        "from piste.pipelines.errors import DeviceError\n"
        "from piste.pipelines.config.schema.runtime import Runtime\n"
        "from piste.pipelines.environment import start_tensorflow\n"
        "try:\n    start_tensorflow(Runtime(), seed=3)\n"
        "except DeviceError as error:\n    print(error)"
    )
    ran = python(script, KERAS_BACKEND="jax")
    assert ran.stdout == "Piste needs Keras on TensorFlow. Received: KERAS_BACKEND=jax; set it to tensorflow.\n"


def test_threads_cannot_change_once_tensorflow_runs() -> None:
    script = (
        START.format(arguments={})
        + "tf.zeros(1) + 1\n"
        + "from piste.pipelines.errors import DeviceError\n"
        + "try:\n    start_tensorflow(Runtime(threads=1), seed=3)\nexcept DeviceError as error:\n    print(error)"
    )
    assert python(script).stdout == (
        "`runtime.threads` must be set before TensorFlow is used in a process. Received: 1; start a new process for "
        "this run.\n"
    )


def test_native_noise_is_held_back_and_shown_when_a_bug_ends_the_block(capfd: pytest.CaptureFixture[str]) -> None:
    with quiet_stderr():
        os.write(2, b"native noise\n")
        print("python's own words", file=sys.stderr)
    assert "native noise" not in capfd.readouterr().err
    with pytest.raises(ZeroDivisionError), quiet_stderr():
        os.write(2, b"native clue\n")
        raise ZeroDivisionError
    assert "native clue" in capfd.readouterr().err

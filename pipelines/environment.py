"""Starts TensorFlow the way a run wants it, and says what it runs on."""

import contextlib
import importlib.metadata
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

from piste.models.backend import require_tensorflow
from piste.pipelines.config.schema.runtime import Runtime
from piste.pipelines.errors import DeviceError, PisteError

PACKAGES = ("piste", "keras", "tensorflow", "numpy")


def start_tensorflow(runtime: Runtime, seed: int) -> None:
    """Imports TensorFlow without its start-up noise and sets threads, determinism and the global seed.

    Args:
        runtime: the config's section.
        seed: for Python, NumPy and TensorFlow; layers and the sample order have seeds of their own.

    Raises:
        DeviceError: if Keras is set to another backend, or threads cannot be changed any more.
    """
    try:
        require_tensorflow()
    except ImportError as error:
        raise DeviceError(str(error)) from None
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # TensorFlow turns oneDNN on by itself only where there is AVX512; with AVX2 convolutions are a third faster too.
    if "tensorflow" not in sys.modules:
        os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
    with quiet_stderr():
        import keras
        import tensorflow as tf
    if runtime.threads is not None and runtime.threads != tf.config.threading.get_intra_op_parallelism_threads():
        try:
            tf.config.threading.set_intra_op_parallelism_threads(runtime.threads)
            tf.config.threading.set_inter_op_parallelism_threads(runtime.threads)
        except RuntimeError:
            raise DeviceError(
                f"`runtime.threads` must be set before TensorFlow is used in a process. Received: {runtime.threads}; "
                "start a new process for this run."
            ) from None
    if runtime.deterministic:
        tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(seed)


@contextlib.contextmanager
def quiet_stderr() -> Iterator[None]:
    """Holds back what native code writes to stderr, and shows it only if the block fails by a bug.

    What Python writes there, such as warnings and progress, still gets through.
    """
    sys.stderr.flush()
    before = os.dup(2)
    stream = sys.stderr
    native = _is_descriptor(stream, 2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        if native:
            sys.stderr = os.fdopen(before, "w", buffering=1, errors="backslashreplace", closefd=False)
        try:
            yield
        except (PisteError, KeyboardInterrupt):
            raise
        except BaseException:
            held.seek(0)
            os.write(before, held.read())
            raise
        finally:
            sys.stderr.flush()
            sys.stderr = stream
            os.dup2(before, 2)
            os.close(before)


def _is_descriptor(stream: Any, number: int) -> bool:
    try:
        return bool(stream.fileno() == number)
    except (AttributeError, OSError, ValueError):  # none, closed, or no file at all
        return False


def describe_environment() -> dict[str, Any]:
    """Returns versions, device and threads; TensorFlow must have been started."""
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    return {
        "python": platform.python_version(),
        "versions": {name: importlib.metadata.version(name) for name in PACKAGES},
        "platform": platform.platform(),
        "machine": platform.machine(),
        "device": "GPU" if gpus else "CPU",
        "cores": os.cpu_count(),
        "onednn": {"1": "on", "0": "off"}.get(os.environ.get("TF_ENABLE_ONEDNN_OPTS", ""), "TensorFlow's default"),
        "threads": tf.config.threading.get_intra_op_parallelism_threads() or os.cpu_count(),
    }

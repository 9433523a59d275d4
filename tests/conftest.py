"""What every test leaves behind is undone: a run turns TensorFlow's op determinism on for its whole process.

oneDNN is on, as it is in Piste's own runs.
"""

import os
import sys
from collections.abc import Iterator

import pytest

os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


@pytest.fixture(autouse=True)
def _op_determinism_is_off_again() -> Iterator[None]:
    yield
    if "tensorflow" in sys.modules:
        # TensorFlow has no public way to turn it off.
        from tensorflow.python.framework.config import disable_op_determinism

        disable_op_determinism()

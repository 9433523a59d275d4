"""What every test leaves behind is undone: a run turns TensorFlow's op determinism on for its whole process."""

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _op_determinism_is_off_again() -> Iterator[None]:
    yield
    if "tensorflow" in sys.modules:
        # TensorFlow has no public way to turn it off.
        from tensorflow.python.framework.config import disable_op_determinism

        disable_op_determinism()

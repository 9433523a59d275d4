"""Every architecture of the zoo gives in every format what Keras gives."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from piste.models.build import build_model
from piste.models.zoo import SHIPPED
from tests.models.small import SMALL, VARIANTS, images
from tests.pipelines.export.agree import FORMATS, QUICK, differences, far

CLASSES = ("a", "b", "c")


def moved(kind: str) -> tuple[Any, Any, Any]:
    """A small model whose biases and averages are away from where they start, samples for it, and its classes."""
    options = images(kind)
    model = build_model({**(SMALL | VARIANTS)[kind], "activation": "silu"}, **options)
    random = np.random.default_rng(3)
    for weight in model.weights:
        if weight.dtype == "float32" and len(weight.shape) == 1:
            positive = weight.path.endswith(("gamma", "variance"))
            shift = random.uniform(0.1, 0.5, weight.shape) if positive else random.normal(0, 0.2, weight.shape)
            weight.assign(weight + shift)
    samples = random.integers(0, 256, (16, *options["input_shape"]), dtype=np.uint8)
    return model, samples, CLASSES if options["task"] == "classification" else None


@pytest.mark.parametrize(
    "kind", [pytest.param(kind, marks=() if kind in QUICK else pytest.mark.slow) for kind in FORMATS]
)
def test_every_architecture_in_every_format(tmp_path: Path, kind: str) -> None:
    names = [*(architecture.name for architecture in SHIPPED), *VARIANTS]
    models = {name: moved(name) for name in names}
    for name, (model, samples, _) in models.items():
        assert np.ptp(model.predict(samples, verbose=0), axis=0).max() > 50 * 1e-4, f"{name} hardly looks at its inputs"
    found = differences(models, tmp_path, kind)
    assert list(found) == names and far(found) == {}

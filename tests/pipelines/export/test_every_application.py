"""One architecture of every family of keras.applications gives in every format what Keras gives."""

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from piste.models.applications import APPLICATIONS
from piste.models.build import build_model
from piste.pipelines.errors import ArtefactError
from tests.pipelines.export.agree import FORMATS, differences, far

FAMILIES = (
    "ConvNeXtTiny", "DenseNet121", "EfficientNetB0", "EfficientNetV2B0", "InceptionResNetV2", "InceptionV3",
    "MobileNet", "MobileNetV2", "MobileNetV3Small", "NASNetMobile", "ResNet50", "ResNet50V2", "VGG16", "Xception",
)  # fmt: skip
CLASSES = ("a", "b", "c")
RANDOM = np.random.default_rng(5)


def images(samples: int) -> Any:
    return RANDOM.integers(0, 256, (samples, 16, 16), dtype=np.uint8)


def settled(name: str) -> Any:
    """The application, its averages those of some images: with those of the start little of an image is left."""
    size = APPLICATIONS[name].smallest
    model = build_model(
        {"type": "application", "application": name, "size": [size, size]},
        input_shape=(16, 16), input_dtype="uint8", outputs=3, task="classification", scale="unit", seed=1,
    )  # fmt: skip
    norms = [layer for layer in model.get_layer("trunk").layers if isinstance(layer, keras.layers.BatchNormalization)]
    usual = [layer.momentum for layer in norms]
    for layer in norms:
        layer.momentum = 0.0
    model(images(64), training=True)
    for layer, momentum in zip(norms, usual, strict=True):
        layer.momentum = momentum
    # Random weights make of rounding what training would not, unless the head's outputs are small, and VGG's vanish.
    head = model.get_layer("head")
    logits = keras.Model(model.input, head.output).predict(images(64), verbose=0)
    head.kernel.assign(0.25 * head.kernel / logits.std(axis=0).mean())
    return model


@pytest.mark.slow
@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_in_every_format(tmp_path: Path, name: str, kind: str) -> None:
    model, samples = settled(name), images(8)
    assert np.ptp(model.predict(samples, verbose=0), axis=0).max() > 0.05, f"{name} hardly looks at its inputs"
    if (name, kind) == ("ConvNeXtTiny", "onnx"):
        with pytest.raises(
            ArtefactError, match=r"ONNX has. Received: .* as Keras makes of a convolution with `groups`;"
        ):
            differences({name: (model, samples, CLASSES)}, tmp_path, kind)
        return
    assert far(differences({name: (model, samples, CLASSES)}, tmp_path, kind)) == {}

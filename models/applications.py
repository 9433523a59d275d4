"""The architectures of `keras.applications` that a config may name: plain facts, importable without Keras."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from piste.models.suggest import did_you_mean

Preprocessing = Literal["tf", "torch", "caffe", "argument", "inside"]


@dataclass(frozen=True)
class Application:
    """One function of `keras.applications`.

    Attributes:
        name: The function's.
        preprocessing: What its published weights expect of pixels from 0 to 255: "tf" -1..1, "torch" ImageNet's mean
            and deviation, "caffe" blue first and ImageNet's mean; "argument" the model does it itself where
            `include_preprocessing` says so; "inside" it always does.
        smallest: Least height and width of its input.
        alpha: Whether it has the width multiplier `alpha`.
    """

    name: str
    preprocessing: Preprocessing
    smallest: int = 32
    alpha: bool = False


_ENTRIES = [
    *(Application(f"ConvNeXt{size}", "argument") for size in ("Tiny", "Small", "Base", "Large", "XLarge")),
    *(Application(f"DenseNet{depth}", "torch") for depth in (121, 169, 201)),
    *(Application(f"EfficientNetB{size}", "inside") for size in range(8)),
    *(Application(f"EfficientNetV2{size}", "argument") for size in ("B0", "B1", "B2", "B3", "S", "M", "L")),
    Application("InceptionResNetV2", "tf", smallest=75),
    Application("InceptionV3", "tf", smallest=75),
    Application("MobileNet", "tf", alpha=True),
    Application("MobileNetV2", "tf", alpha=True),
    Application("MobileNetV3Large", "argument", alpha=True),
    Application("MobileNetV3Small", "argument", alpha=True),
    Application("NASNetLarge", "tf"),
    Application("NASNetMobile", "tf"),
    *(Application(f"ResNet{depth}", "caffe") for depth in (50, 101, 152)),
    *(Application(f"ResNet{depth}V2", "tf") for depth in (50, 101, 152)),
    Application("VGG16", "caffe"),
    Application("VGG19", "caffe"),
    Application("Xception", "tf", smallest=71),
]

APPLICATIONS: Mapping[str, Application] = MappingProxyType({entry.name: entry for entry in _ENTRIES})
"""Every application by name."""


def find_application(name: str) -> Application:
    """The application of that name.

    Raises:
        ValueError: There is none; the message offers the nearest.

    Example:
        >>> find_application("MobileNetV2").alpha
        True
    """
    if name not in APPLICATIONS:
        hint = did_you_mean(name, APPLICATIONS)
        raise ValueError(f"`application` must be one of {', '.join(APPLICATIONS)}. Received: `{name}`.{hint}")
    return APPLICATIONS[name]

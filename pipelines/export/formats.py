"""What can be exported, under which names, and which packages it takes. Needs no TensorFlow."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec

from piste.pipelines.errors import DeviceError, UsageError

FORMATS = ("saved_model", "onnx", "litert", "keras")
QUANTIZED = ("float16", "int8")
FILES = {"saved_model": "1", "onnx": "model.onnx", "litert": "model.tflite", "keras": "model.keras"}
_PACKAGES = {"onnx": ("onnx", "tf2onnx", "onnxruntime"), "litert": ("ai_edge_litert",)}


@dataclass(frozen=True)
class Target:
    """One export: a format, and for LiteRT how its weights are stored.

    Args:
        format: one of `FORMATS`.
        quantize: "float16" or "int8" of LiteRT; None keeps float32.

    Example:
        >>> Target("litert", "int8").name, Target("onnx").file
        ('litert_int8', 'model.onnx')
    """

    format: str
    quantize: str | None = None

    @property
    def name(self) -> str:
        """Of its folder below `export`."""
        return self.format if self.quantize is None else f"{self.format}_{self.quantize}"

    @property
    def file(self) -> str:
        """What is loaded, below its folder: a file, or for SavedModel the folder of the version."""
        return FILES[self.format]

    @property
    def facts_file(self) -> str:
        """What Piste writes about it, below its folder; TensorFlow Serving leaves `assets.extra` alone."""
        return "1/assets.extra/export.json" if self.format == "saved_model" else "export.json"


def targets(formats: Iterable[str], quantize: str | None = None) -> list[Target]:
    """What a command asks for, each once.

    Raises:
        UsageError: quantisation is asked for without LiteRT.

    Example:
        >>> [target.name for target in targets(["onnx", "litert", "onnx"], "float16")]
        ['onnx', 'litert_float16']
    """
    chosen = list(dict.fromkeys(formats))
    if quantize is not None and "litert" not in chosen:
        raise UsageError(
            f"`--quantize` must come with `--format litert`. Received: {', '.join(chosen)}; "
            "no other format is quantised."
        )
    return [Target(name, quantize if name == "litert" else None) for name in chosen]


def require_packages(wanted: Iterable[str]) -> None:
    """Refuses formats whose packages are not installed, before anything slow happens.

    Raises:
        DeviceError: one is missing; the message says how to install it.

    Example:
        >>> require_packages(["saved_model", "keras"])
    """
    for name in wanted:
        missing = [package for package in _PACKAGES.get(name, ()) if find_spec(package) is None]
        if missing:
            raise DeviceError(
                f"The format `{name}` needs {', '.join(_PACKAGES[name])}. Received: an environment without "
                f"{', '.join(missing)}; run `pip install 'piste[{name}]'`, or choose another format."
            )

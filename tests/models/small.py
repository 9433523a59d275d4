"""The smallest model of every architecture, and what it takes."""

from typing import Any

IMAGES: dict[str, Any] = {
    "input_shape": (8, 8),
    "input_dtype": "uint8",
    "outputs": 3,
    "task": "classification",
    "scale": "unit",
    "seed": 42,
}

SMALL: dict[str, dict[str, Any]] = {
    "mlp": {"type": "mlp", "hidden": [6, 5], "dropout": 0.25},
    "residual_mlp": {"type": "residual_mlp", "blocks": 2, "width": 4, "hidden": 5, "dropout": 0.25},
    "wide_and_deep": {"type": "wide_and_deep", "hidden": [5, 4], "dropout": 0.25},
    "towers": {"type": "towers", "tower": [4, 3], "joint": [5]},
    "cnn": {"type": "cnn", "filters": [2, 3], "dense": [4], "dropout": 0.25},
    "lenet5": {"type": "lenet5", "filters": [2, 3], "dense": [4], "augment": ["random_flip"]},
    "vgg": {"type": "vgg", "blocks": [1, 2], "filters": 2, "dense": [4], "dropout": 0.25},
    "resnet": {"type": "resnet", "blocks": [1, 2], "filters": 2, "augment": ["random_flip"]},
    "wide_resnet": {"type": "wide_resnet", "blocks": [1, 2], "filters": 2, "widen": 2, "block_dropout": 0.25},
    "mobilenet_v2": {
        "type": "mobilenet_v2", "blocks": [1, 2], "filters": [8, 8], "strides": [1, 2], "expansion": 2,
    },
    "autoencoder": {"type": "autoencoder", "filters": [2], "hidden": [5], "code": 3},
    "layers": {
        "layers": [
            "flatten",
            {"type": "gaussian_noise", "stddev": 0.1},
            {"repeat": 2, "layers": [{"type": "dense", "units": 5}, "batch_normalization", "activation"]},
            {"type": "dense", "units": 3, "name": "head", "activation": "softmax"},
        ]
    },
}  # fmt: skip

VARIANTS: dict[str, dict[str, Any]] = {
    "mlp, alpha dropout": {"type": "mlp", "hidden": [6, 5], "dropout": {"type": "alpha_dropout", "rate": 0.25}},
    "mlp, gaussian dropout": {"type": "mlp", "hidden": [6, 5], "dropout": {"type": "gaussian_dropout", "rate": 0.25}},
    "resnet, bottleneck": {"type": "resnet", "block": "bottleneck", "blocks": [1, 2], "filters": 8},
    "resnet, imagenet": {
        "type": "resnet", "block": "bottleneck", "stem": "imagenet", "blocks": [1, 1], "filters": 8,
    },
    "autoencoder, dense": {"type": "autoencoder", "hidden": [5], "code": 3},
}  # fmt: skip
"""What else an architecture can be."""

_OTHERS: dict[str, dict[str, Any]] = {
    "towers": {"input_shape": (2, 8)},
    "wide_and_deep": {"input_shape": (8,)},
    "lenet5": {"input_shape": (12, 12)},
    "autoencoder": {"task": "regression", "outputs": 64},
    "autoencoder, dense": {"task": "regression", "outputs": 64},
    "resnet, imagenet": {"input_shape": (16, 16)},
}


def images(kind: str) -> dict[str, Any]:
    """Returns what `build_model` is told of the data: 8 x 8 images of three classes but for some."""
    return {**IMAGES, **_OTHERS.get(kind, {})}

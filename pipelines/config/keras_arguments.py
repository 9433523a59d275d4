"""What Keras's signatures do not say: kinds and ranges of arguments, for the generator of keras_names.json.

An argument is looked up as `Class.argument`, then by name, then by its suffix, then by its default's type.
An argument that none of these explains stops the generator, so that a new Keras is looked at.
"""

import inspect
from collections.abc import Mapping
from typing import Any

Facts = Mapping[str, Any]

EXCLUDED = {
    # Set by Piste itself (names, seeds, precision), no value of a config, or of no use to a model
    # whose outputs are probabilities.
    "all": {"name", "dtype", "data_format", "from_logits", "reduction", "weights", "loss_scale_factor"},
    "layers": {
        "seed",
        "activation",
        "recurrent_activation",
        "kernel_initializer",
        "depthwise_initializer",
        "pointwise_initializer",
        "embeddings_initializer",
        "quantization_config",
        "lora_rank",
        "lora_alpha",
        "noise_shape",
        "use_cudnn",
        "stateful",
        "return_state",
        "renorm",
        "renorm_clipping",
        "renorm_momentum",
    },
    "initializers": {"input_axes", "output_axes"},
    "optimizers": {"exclude_layers"},
}

_COUNT: Facts = {"kind": "int", "minimum": 1}
_SIZE: Facts = {"kind": "ints", "minimum": 1}
_NATURAL: Facts = {"kind": "int", "minimum": 0}
_POSITIVE: Facts = {"kind": "float", "exclusive_minimum": 0}
_NOT_NEGATIVE: Facts = {"kind": "float", "minimum": 0}
_SHARE: Facts = {"kind": "float", "minimum": 0, "maximum": 1}
_DECAY: Facts = {"kind": "float", "minimum": 0, "exclusive_maximum": 1}
_INSIDE: Facts = {"kind": "float", "exclusive_minimum": 0, "exclusive_maximum": 1}
_ANY_FLOAT: Facts = {"kind": "float"}
_FACTOR: Facts = {"kind": "floats", "minimum": -1, "maximum": 1}
_BORDER: Facts = {"kind": "ints", "minimum": 0}


def _choice(*names: str) -> Facts:
    return {"kind": "str", "choices": list(names)}


_BY_NAME: dict[str, Facts] = {
    **dict.fromkeys(["units", "filters", "groups", "depth_multiplier", "n", "input_dim", "output_dim"], _COUNT),
    **dict.fromkeys(["height", "width", "k", "num_classes", "ns_steps", "decay_steps", "first_decay_steps"], _COUNT),
    **dict.fromkeys(["ema_overwrite_frequency", "top_k", "num_labels"], _COUNT),
    **dict.fromkeys(["kernel_size", "strides", "dilation_rate", "pool_size", "size"], _SIZE),
    **dict.fromkeys(["warmup_steps", "num_regressors", "class_id"], _NATURAL),
    **dict.fromkeys(["learning_rate", "initial_learning_rate", "epsilon", "epsilon_1", "epsilon_2"], _POSITIVE),
    **dict.fromkeys(["clipnorm", "clipvalue", "global_clipnorm", "clip_threshold", "warmup_target"], _POSITIVE),
    **dict.fromkeys(["decay_rate", "t_mul", "m_mul", "power", "adam_lr_ratio", "rms_rate", "delta"], _POSITIVE),
    **dict.fromkeys(["weight_decay", "adam_weight_decay", "stddev", "l1", "l2", "alpha", "beta"], _NOT_NEGATIVE),
    **dict.fromkeys(["end_learning_rate", "initial_accumulator_value", "gamma", "scale"], _NOT_NEGATIVE),
    **dict.fromkeys(["max_value", "min_value", "factor", "max_rate"], _NOT_NEGATIVE),
    **dict.fromkeys(["l1_regularization_strength", "l2_regularization_strength"], _NOT_NEGATIVE),
    "l2_shrinkage_regularization_strength": _NOT_NEGATIVE,
    **dict.fromkeys(["momentum", "rho", "ema_momentum", "label_smoothing"], _SHARE),
    **dict.fromkeys(["dropout", "recurrent_dropout", "q", "threshold", "recall", "precision"], _SHARE),
    **dict.fromkeys(["specificity", "sensitivity"], _SHARE),
    **dict.fromkeys(["beta_1", "beta_2", "adam_beta_1", "adam_beta_2", "rate"], _DECAY),
    **dict.fromkeys(["gain", "mean", "minval", "maxval", "fill_value", "offset", "mask_value", "value"], _ANY_FLOAT),
    **dict.fromkeys(["height_factor", "width_factor"], _FACTOR),
    **{key: {"kind": "floats"} for key in ["thresholds", "label_weights", "value_range"]},
    "target_class_ids": {"kind": "ints", "minimum": 0, "list": True},
    "dims": {"kind": "ints", "minimum": 1, "list": True},
    "gradient_accumulation_steps": {"kind": "int", "minimum": 2},
    "num_thresholds": {"kind": "int", "minimum": 2},
    "ignore_class": {"kind": "int"},
    "seed": {"kind": "int", "minimum": 0},
    "axis": {"kind": "int"},
    "output_padding": _BORDER,
    "target_shape": {"kind": "ints", "minimum": -1, "list": True},
    "padding": _choice("valid", "same"),
    "fill_mode": _choice("reflect", "constant", "wrap", "nearest"),
    "interpolation": _choice("bilinear", "nearest"),
    "boundaries": {"kind": "floats", "minimum": 0, "list": True},
    "values": {"kind": "floats", "minimum": 0, "list": True},
}
_BY_CLASS: dict[str, Facts] = {
    "AUC.curve": _choice("ROC", "PR"),
    "AUC.summation_method": _choice("interpolation", "minoring", "majoring"),
    "CategoricalFocalCrossentropy.alpha": {"kind": "floats", "minimum": 0},
    "Conv1D.padding": _choice("valid", "same", "causal"),
    "Cropping1D.cropping": _BORDER,
    "Cropping2D.cropping": {**_BORDER, "nested": True},
    "Dice.axis": {"kind": "ints"},
    "CategoricalGeneralizedCrossEntropy.q": _INSIDE,
    "F1Score.threshold": _INSIDE,
    "FBetaScore.beta": _POSITIVE,
    "FBetaScore.threshold": _INSIDE,
    "Lion.beta_1": {"kind": "float", "exclusive_minimum": 0, "maximum": 1},
    "F1Score.average": _choice("micro", "macro", "weighted"),
    "FBetaScore.average": _choice("micro", "macro", "weighted"),
    "LayerNormalization.axis": {"kind": "ints"},
    "MaxNorm.axis": {"kind": "ints"},
    "MinMaxNorm.axis": {"kind": "ints"},
    "MinMaxNorm.rate": _SHARE,
    "OrthogonalRegularizer.mode": _choice("rows", "columns"),
    "PiecewiseConstantDecay.boundaries": {"kind": "ints", "minimum": 1, "list": True},
    "R2Score.class_aggregation": _choice("uniform_average", "variance_weighted_average"),
    "RandomContrast.factor": {"kind": "floats", "minimum": 0, "maximum": 1},
    "RandomFlip.mode": _choice("horizontal_and_vertical", "horizontal", "vertical"),
    "RandomRotation.factor": _FACTOR,
    "RandomZoom.height_factor": {"kind": "floats", "exclusive_minimum": -1, "maximum": 1},
    "RandomZoom.width_factor": {"kind": "floats", "exclusive_minimum": -1, "maximum": 1},
    "Rescaling.offset": {"kind": "floats"},
    "Rescaling.scale": {"kind": "floats"},
    "Resizing.fill_mode": _choice("constant"),
    "Resizing.interpolation": _choice("bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5"),
    "Tversky.axis": {"kind": "ints"},
    "UnitNorm.axis": {"kind": "ints"},
    "UnitNormalization.axis": {"kind": "ints"},
    "UpSampling2D.interpolation": _choice("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"),
    "VarianceScaling.distribution": _choice("truncated_normal", "untruncated_normal", "normal", "uniform"),
    "VarianceScaling.mode": _choice("fan_in", "fan_out", "fan_avg"),
    "VarianceScaling.scale": _POSITIVE,
    "ZeroPadding1D.padding": _BORDER,
    "ZeroPadding2D.padding": {**_BORDER, "nested": True},
}


def constraints_of(cls: str, argument: str, default: Any) -> Facts:
    """Returns kind and range of one argument of a Keras class.

    Raises:
        LookupError: nothing explains the argument; add it to the tables above.
    """
    if f"{cls}.{argument}" in _BY_CLASS:
        return _BY_CLASS[f"{cls}.{argument}"]
    if argument in _BY_NAME:
        return _BY_NAME[argument]
    for suffix in ("initializer", "regularizer", "constraint"):
        if argument.endswith(f"_{suffix}"):
            return {"kind": f"{suffix}s"}
    if default is not inspect.Parameter.empty:
        if isinstance(default, bool):
            return {"kind": "bool"}
        if isinstance(default, float):
            return {"kind": "float"}
    raise LookupError(f"No kind is known for {cls}.{argument} with default {default!r}: add it to the tables.")

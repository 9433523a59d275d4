"""How a model ends: probabilities of all classes, that of the second of two, or plain numbers. Needs no Keras."""

from collections.abc import Mapping
from typing import Any

SIGMOID = "sigmoid"
HEADS = ("softmax", SIGMOID)
_WITH_HEAD = (
    "mlp", "residual_mlp", "wide_and_deep", "towers", "cnn", "lenet5", "vgg", "resnet", "wide_resnet", "mobilenet_v2",
    "application",
)  # fmt: skip


def last_layer(head: str, outputs: int, task: str) -> tuple[int, str | None]:
    """Units and activation of the last dense layer.

    Args:
        head: Of a classifier: "softmax", or "sigmoid" for one unit, the probability of the second of two classes.
        outputs: Number of classes, or width of the target.
        task: "classification"; "multilabel", which ends in one sigmoid unit a label whatever the head; or
            "regression", which ends in numbers.

    Raises:
        ValueError: The head is unknown, or one unit cannot tell the outputs apart.

    Example:
        >>> last_layer("softmax", 2, "classification"), last_layer("sigmoid", 2, "classification")
        ((2, 'softmax'), (1, 'sigmoid'))
    """
    if head not in HEADS:
        raise ValueError(f"`head` must be {' or '.join(HEADS)}. Received: {head}.")
    if task == "multilabel":
        return outputs, SIGMOID
    if head != SIGMOID:
        return outputs, head if task == "classification" else None
    if task != "classification" or outputs != 2:
        received = f"{outputs} classes" if task == "classification" else task
        raise ValueError(f"`head: sigmoid` must have two classes to tell apart. Received: {received}; use softmax.")
    return 1, SIGMOID


def one_sigmoid(spec: Mapping[str, Any]) -> bool:
    """Whether a classifier of this spec ends in one sigmoid unit.

    Args:
        spec: As `build_model` takes it: a zoo model with `head: sigmoid`, or layers that end in such a unit.

    Example:
        >>> one_sigmoid({"layers": ["flatten", {"type": "dense", "units": 1, "activation": "sigmoid"}]})
        True
        >>> one_sigmoid({"type": "mlp"})
        False
    """
    if "layers" not in spec:
        return spec.get("type") in _WITH_HEAD and spec.get("head") == SIGMOID
    last = spec["layers"][-1] if spec["layers"] else {}
    if isinstance(last, Mapping) and "repeat" in last:
        return one_sigmoid(last)
    end = {"type": "dense", "units": 1, "activation": SIGMOID}
    return isinstance(last, Mapping) and end.items() <= last.items()

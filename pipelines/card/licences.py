"""Under which licence the data stand, as far as that is known."""

from typing import Any

FASHION_MNIST = "MIT, Zalando SE (Fashion-MNIST)"


def licence(data: Any) -> str:
    """Returns what is known of the licence of a config's data, and never a guess.

    Args:
        data: the config's section.

    Example:
        >>> from piste.pipelines.config.load import load_config
        >>> licence(load_config("quickstart").data)
        'MIT, Zalando SE (Fashion-MNIST)'
    """
    if data.source == "synthetic":
        return "none: drawn by a seeded law"
    if data.source == "embedded" or (data.source == "tfds" and data.name.split(":")[0] == "fashion_mnist"):
        return FASHION_MNIST
    return "not recorded; ask where the data come from"

"""Source `tfrecord`: files of `tf.train.Example` records, in shards or one by one."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from piste.pipelines.data.assemble import Pair, assemble
from piste.pipelines.data.dataset import Data, Task
from piste.pipelines.data.tfrecord import Feature, read_tfrecord


def load_tfrecord(
    path: str,
    features: Mapping[str, Feature],
    *,
    x: str,
    y: str,
    task: Task = "classification",
    compression: str | None = None,
    validation_path: str | None = None,
    test_path: str | None = None,
    classes: Sequence[str] | None = None,
    memory: int = 2**31,
) -> Data:
    """Reads the records of each part; those of one part may lie in several files.

    Args:
        path: The training file, or a pattern for several.
        features: How the two features are stored.
        x: The feature to learn from.
        y: The feature to predict.
        task: What is predicted.
        compression: "gzip" or "zlib"; None for none.
        validation_path: The same for a validation part; None for none.
        test_path: The same for a test part; None for none.
        classes: Names of the classes by index.
        memory: Bytes above which an array lies in a temporary file, to be streamed from there.

    Returns:
        The data, named after the file or pattern.

    Raises:
        DataError: If files are missing or damaged, or do not hold what `features` says.
    """
    paths = {"train": path, "validation": validation_path, "test": test_path}
    pairs: dict[str, Pair] = {}
    for part, pattern in paths.items():
        if pattern is not None:
            read = read_tfrecord(pattern, {x: features[x], y: features[y]}, compression=compression, memory=memory)
            pairs[part] = read[x], read[y]
    return assemble(
        Path(path).stem.strip("*?-_.") or "records",
        task,
        pairs["train"],
        pairs.get("test"),
        pairs.get("validation"),
        where=path,
        classes=classes,
    )

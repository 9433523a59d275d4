"""A SavedModel, which TensorFlow alone loads."""

import json
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from piste.pipelines.config.schema.runtime import Runtime
from piste.pipelines.errors import ArtefactError
from piste.pipelines.predict.encoder import encoder
from piste.pipelines.predict.predictor import Answers, Predictor

SIGNATURE = "serving_default"
FACTS = "assets.extra/export.json"


def from_saved_model(folder: Path) -> Predictor:
    """Opens a SavedModel.

    Args:
        folder: with `saved_model.pb`.

    Raises:
        ArtefactError: if it is damaged, or gives other outputs than a classifier's or a regression's.
    """
    from piste.pipelines.environment import quiet_stderr, start_tensorflow

    start_tensorflow(Runtime(), seed=0)
    import tensorflow as tf

    try:
        with quiet_stderr():
            loaded = tf.saved_model.load(str(folder))
        serve = loaded.signatures[SIGNATURE]
        spec = serve.structured_input_signature[1]["inputs"]
    except Exception as error:  # a damaged export may raise anything
        reason = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
        raise ArtefactError(f"{folder} must be a SavedModel that takes `inputs`. Received: {reason}.") from error
    names = set(serve.structured_outputs)
    if not names >= {"probabilities", "class_name"} and names != {"predictions"}:
        raise ArtefactError(
            f"{folder} must give `probabilities` and `class_name`, or `predictions`. "
            f"Received: {', '.join(sorted(names))}."
        )

    facts = _facts(folder)
    labels = facts["classes"] if facts["task"] == "multilabel" else None

    def answer(x: NDArray[Any], keeps_the_variables_alive: Any = loaded) -> Answers:
        given = {name: tensor.numpy() for name, tensor in serve(inputs=tf.constant(x)).items()}
        if "predictions" in given:
            return Answers(given["predictions"], names=labels)
        return Answers(given["probabilities"], [name.decode() for name in given["class_name"]])

    return Predictor(
        tuple(spec.shape[1:]),
        spec.dtype.name,
        answer,
        None if facts["table"] is None else encoder(facts["table"], facts["table"]["delimiter"]),
        **(facts["images"] or {}),
    )


def _facts(folder: Path) -> dict[str, Any]:
    """Returns what an export of Piste says of itself beside the model; nothing is known of others."""
    nothing = {"task": None, "classes": None, "table": None, "images": None}
    file = folder / FACTS
    if not file.is_file():
        return nothing
    try:
        told = json.loads(file.read_text("utf-8"))
        return {key: told[key] for key in nothing}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ArtefactError(
            f"{file} must be what the export wrote. Received: {type(error).__name__}, {error}; export the run again."
        ) from error

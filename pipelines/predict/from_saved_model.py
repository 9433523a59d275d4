"""A SavedModel, which TensorFlow alone loads."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from piste.pipelines.config.schema.runtime import Runtime
from piste.pipelines.errors import ArtefactError
from piste.pipelines.predict.export_facts import ExportFacts, read_export_facts
from piste.pipelines.predict.predictor import Answers, Predictor

SIGNATURE, FACTS = "serving_default", "assets.extra/export.json"


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

    facts = read_export_facts(folder / FACTS)
    labels = _labels(folder, facts, serve)

    def answer(x: NDArray[Any], keeps_the_variables_alive: Any = loaded) -> Answers:
        given = {name: tensor.numpy() for name, tensor in serve(inputs=tf.constant(x)).items()}
        if "predictions" in given:
            return Answers(given["predictions"], names=labels)
        return Answers(given["probabilities"], [name.decode() for name in given["class_name"]])

    return facts.prepare(Predictor(tuple(spec.shape[1:]), spec.dtype.name, answer))


def _labels(folder: Path, facts: ExportFacts, serve: Any) -> Sequence[str] | None:
    """Returns the labels' names where a sample may have several."""
    if facts.task != "multilabel" or facts.classes is None:
        return None
    outputs = serve.structured_outputs.get("predictions")
    if outputs is None or outputs.shape[-1] != len(facts.classes):
        raise ArtefactError(
            f"{folder / FACTS} must name each output. Received: {len(facts.classes)} names; export the run again."
        )
    return facts.classes

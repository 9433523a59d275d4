"""Measures activations in inference, on data that the user gives."""

import dataclasses
import operator
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from piste.callbacks.measures import active_items, saturated_share, sums_of_squares
from piste.callbacks.records import plain_number
from piste.callbacks.sites import Site, find_sites
from piste.callbacks.taps import Call, calls_tapped

BATCH = 256
Sums = dict[str, Any]


@dataclasses.dataclass(frozen=True)
class Probed:
    """What one pass over the probe's data measured.

    Args:
        figures: path -> figures for the record.
        shares: path -> share of the samples on which each unit is active, shape (units,).
    """

    figures: dict[str, dict[str, Any]]
    shares: dict[str, np.ndarray]


class Probe:
    """Runs a model in inference over data of the user's choice; of the model nothing changes.

    Args:
        data: inputs of the model: an array, a list or dict of arrays, a tf.data.Dataset or a PyDataset. Of a tuple,
            and of batches that are tuples, the first part is taken, as of `(x, y)`.

    Raises:
        ValueError: if the data are none of these, or never end.
    """

    def __init__(self, data: Any) -> None:
        _check(data)
        self._data = data
        self._names: dict[str, str | None] = {}
        self._run: Callable[[Any], Any] | None = None

    def __deepcopy__(self, memo: dict[int, Any]) -> "Probe":
        """Shares the data, which are only read."""
        return Probe(self._data)

    def begin(self, model: Any, layers: tuple[str, ...] | None, exclude: tuple[str, ...]) -> Probed:
        """Takes up a model and measures it for the first time.

        Args:
            model: built and compiled.
            layers: patterns of layer paths to watch; None watches all.
            exclude: patterns of layer paths to leave out.

        Raises:
            ValueError: if there are no samples, or the model does not take them.
        """
        sites = [site for site in find_sites(model, layers, exclude)[0] if site.slope is not None]
        self._names = {site.path: site.activation for site in sites}
        self._run = _in_inference(model, sites)
        first = next(self._batches(), None)
        if first is None:
            raise ValueError("`probe` must hold at least one sample. Received: none.")
        try:
            probed = self.measure()
        except (TypeError, ValueError, tf.errors.OpError) as error:
            shape = getattr(model, "input_shape", None)
            raise ValueError(
                f"`probe` must be what the model {model.name} takes as input{'' if shape is None else f', {shape}'}. "
                f"Received: batches of {keras.tree.map_structure(lambda part: tuple(part.shape), first)}."
            ) from error
        if not probed.figures:
            warnings.warn(
                f"The model {model.name} has no activation to probe: layers={layers}, exclude={exclude} leave none "
                "that is known.",
                stacklevel=2,
            )
        return probed

    def measure(self) -> Probed:
        """Measures the model as it is now."""
        assert self._run is not None
        totals: dict[str, Sums] = {}
        for batch in self._batches():
            for path, sums in self._run(keras.tree.map_structure(_tensor, batch)).items():
                kept = totals.setdefault(path, dict.fromkeys(sums, 0.0))
                totals[path] = {name: kept[name] + value.numpy().astype("float64") for name, value in sums.items()}
        return Probed(
            {path: {"activation": self._names[path.split("#")[0]], **_figures(sums)} for path, sums in totals.items()},
            {path: sums["active"] / sums["items"] for path, sums in totals.items()},
        )

    def _batches(self) -> Iterator[Any]:
        if isinstance(self._data, (tf.data.Dataset, keras.utils.PyDataset)):
            for batch in self._data:
                yield keras.utils.unpack_x_y_sample_weight(batch)[0]
            return
        x = _inputs(self._data)
        for begin in range(0, len(keras.tree.flatten(x)[0]), BATCH):
            yield keras.tree.map_structure(operator.itemgetter(slice(begin, begin + BATCH)), x)


def _check(data: Any) -> None:
    if isinstance(data, (tf.data.Dataset, keras.utils.PyDataset)):
        if isinstance(data, tf.data.Dataset):
            endless = int(data.cardinality()) == tf.data.INFINITE_CARDINALITY
        else:
            endless = data.num_batches is None
        if endless:
            raise ValueError(f"`probe` must end. Received: {type(data).__name__}, which goes on forever.")
        return
    arrays = keras.tree.flatten(_inputs(data))
    if not arrays or not all(len(getattr(array, "shape", ())) for array in arrays):
        raise ValueError(
            "`probe` must be an array, a list or dict of arrays, a tf.data.Dataset or a keras.utils.PyDataset. "
            f"Received: {type(data).__name__}."
        )
    if len(lengths := {len(array) for array in arrays}) > 1:
        raise ValueError(f"`probe` must have as many samples in each array. Received: {sorted(lengths)}.")


def _inputs(data: Any) -> Any:
    return data[0] if isinstance(data, tuple) and data else data


def _tensor(part: Any) -> Any:
    return part if tf.is_tensor(part) else tf.convert_to_tensor(part)


def _in_inference(model: Any, sites: list[Site]) -> Callable[[Any], Any]:
    def run(x: Any) -> dict[str, Sums]:
        with keras.StatelessScope():  # what a layer assigns in here, such as a seed, is dropped
            calls = calls_tapped(sites, lambda batch: model(batch, training=False), x)
            return {call.path: _sums(call) for call in calls if call.h is not None}

    return run if model.run_eagerly else tf.function(run, autograph=False, reduce_retracing=True)


def _sums(call: Call) -> Sums:
    assert call.site.slope is not None
    slope, h = call.site.slope(call.z, call.h), tf.cast(call.h, "float32")
    entries = tf.cast(tf.size(h), "float32")
    return {
        "active": active_items(slope),
        "items": tf.shape(h)[0],
        "entries": entries,
        "squares": sums_of_squares([[h]])[0],
        "sum": tf.reduce_sum(h),
        "saturated": saturated_share(slope, call.site.supremum) * entries,
    }


def _figures(sums: Sums) -> dict[str, Any]:
    entries = sums["entries"]
    return {
        "units": len(sums["active"]),
        "probe_dead": int(np.count_nonzero(sums["active"] == 0)),
        "probe_samples": int(sums["items"]),
        "probe_rms": plain_number(float(np.sqrt(sums["squares"] / entries))),
        "probe_mean": plain_number(float(sums["sum"] / entries)),
        "probe_saturated": plain_number(float(sums["saturated"] / entries)),
    }

"""The instrument in the train step: it counts at every step and measures at checks."""

import warnings
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from piste.callbacks.activity import Activity
from piste.callbacks.checks import checks_among, is_check_in_graph
from piste.callbacks.clipping import is_clipped
from piste.callbacks.gradients import Figures, gradient_figures
from piste.callbacks.measures import first_bad
from piste.callbacks.memory import Memory, Reading
from piste.callbacks.optimizers import accumulation, clipping, skips, steps_applied
from piste.callbacks.replicas import apart_from_strategies, is_replicated, is_watched_replica
from piste.callbacks.seen import Key, Seen, idle_biases, seen_by
from piste.callbacks.sites import Site, build_symbolically, find_sites
from piste.callbacks.taps import run_tapped
from piste.callbacks.units import active_counts, unit_figures, unit_samples

Step = Callable[[Any], Any]
Plan = tuple[list[Key], dict[str, int], dict[str, int]]


class Instrument:
    """Measures a model's train step from inside, without changing a bit of what the step computes.

    Args:
        model: a compiled Keras model.
        every: steps between checks.
        gradients: whether to measure gradients, deltas and updates.
        units: whether to measure activations and count active units.
        layers: patterns of layer paths to watch; None watches all.
        exclude: patterns of layer paths to leave out.
    """

    def __init__(
        self,
        model: Any,
        *,
        every: int,
        gradients: bool = True,
        units: bool = True,
        layers: tuple[str, ...] | None = None,
        exclude: tuple[str, ...] = (),
    ) -> None:
        self.sites: list[Site] = []
        self.unseen: list[str] = []
        self.idle: set[str] = set()
        self._model = model
        self._selection = (layers, exclude)
        self._gradients, self._units = gradients, units
        self._accumulation = accumulation(model.optimizer)
        done = int(steps_applied(model.optimizer).numpy())
        self._step = apart_from_strategies(lambda: tf.Variable(done))
        self._every = apart_from_strategies(lambda: tf.Variable(every))
        self._period = every
        self._memory: Memory | None = None
        self._shared: tuple[Step, Any] | None = None
        self._places: dict[str, int] = {}
        self._plan: Plan | None = None

    @property
    def capacity(self) -> int:
        """How many checks may happen between two calls of `read`."""
        return self._memory.capacity if self._memory else 1

    @property
    def bytes_held(self) -> tuple[int, int]:
        """Bytes on the device, and how many of them one check copies to the host; 0 before the first step."""
        return (self._memory.bytes, self._memory.bytes_a_check) if self._memory else (0, 0)

    @property
    def every(self) -> int:
        """Steps between checks; it may be changed while training runs."""
        return self._period

    @every.setter
    def every(self, steps: int) -> None:
        self._period = steps
        self._every.assign(steps)

    @property
    def done(self) -> int:
        """Gradients taken in so far, those of earlier `fit`s included."""
        return int(self._step.numpy())

    def checks(self, steps: range) -> list[int]:
        """Returns the steps to measure; the others are only counted.

        Args:
            steps: gradients taken in, counted from 1; where they are accumulated, only an update can be measured.
        """
        of_one = self._accumulation
        updates = range(-(-steps.start // of_one), (steps.stop - 1) // of_one + 1)
        return [update * of_one for update in checks_among(updates, self._period)]

    def trace(self, step: Step, level: int | None = None, spec: Any = None) -> Step:
        """Wraps a train step.

        Args:
            step: the step to watch; levels that are given the same object share one trace of it.
            level: 0 counts, 1 measures too; None leaves the choice to the graph.
            spec: `tf.TensorSpec`s of what the step takes, which let it be traced now: TensorFlow traces a function
                twice if variables are made in it.

        Returns:
            A step with the same result.
        """
        if spec is not None and self._memory is None:
            self._look_at(spec)
            self._share(step).get_concrete_function(spec)
            self._memory = self._lay_out()

        def watched(data: Any) -> Any:
            if not is_watched_replica():
                return run_tapped(self._model, [], step, data)[0]
            if not self.sites:
                self._look_at(data)
            if level is None:
                return self._choose_in_graph(step, data)
            before = self._kernels() if level else {}
            logs, seen = self._run_shared(step, data)
            self._count(seen)
            if level:
                assert self._memory is not None
                self._memory.write(self._measure(seen, before), self._items(seen))
            return logs

        return watched

    def read(self) -> list[Reading]:
        """Copies what the checks since the last call measured from the device, and forgets it there."""
        return self._memory.read() if self._memory else []

    def _look_at(self, data: Any) -> None:
        build_symbolically(self._model, data)
        if not self._model.optimizer.built:
            self._model.optimizer.build(self._model.trainable_variables)
        layers, exclude = self._selection
        self.sites, self.unseen = find_sites(self._model, layers, exclude)
        if not self.sites:
            warnings.warn(
                f"The model {self._model.name} has no layer to watch: layers={layers}, exclude={exclude} leave none "
                "with weights or a known activation, so only the loss and the whole gradient are measured.",
                stacklevel=2,
            )

    def _choose_in_graph(self, step: Step, data: Any) -> Any:
        update = (self._step + 1) // self._accumulation
        due = is_check_in_graph(update, self._every) & ((self._step + 1) % self._accumulation == 0)
        before = self._kernels()
        if before and not self._model.jit_compile:  # XLA keeps them for nothing; elsewhere each step would copy them
            blank = tf.nest.map_structure(tf.zeros_like, before)
            before = tf.cond(due, self._kernels, lambda: blank)
        logs, seen = self._run(step, data)
        self._count(seen)
        memory, items = self._memory, self._items(seen)
        assert memory is not None
        if self._model.jit_compile:  # XLA takes longer at every step where a branch writes, and not just computes
            measured = tf.cond(due, lambda: self._measure(seen, before), lambda: tf.zeros(memory.measured))
            memory.write(measured, items, due)
        else:
            tf.cond(due, lambda: memory.write(self._measure(seen, before), items), lambda: None)
        return logs

    def _run(self, step: Step, data: Any) -> tuple[Any, Seen]:
        optimizer = self._model.optimizer
        applied = tf.identity(tf.convert_to_tensor(steps_applied(optimizer))) if skips(optimizer) else None
        logs, taps = run_tapped(self._model, self.sites, step, data)
        skipped = 0 if applied is None else tf.cast(tf.equal(applied, steps_applied(optimizer)), "int32")
        for path in [call.path for call in taps.calls] + [site.path for site in self.sites]:
            self._places.setdefault(path, len(self._places))
        self.idle |= idle_biases(taps)
        seen = seen_by(taps, self.sites, tf.convert_to_tensor(skipped)).in_order(self._places)
        # Each replica clips its own gradient, of which the sum over all says nothing.
        if self._gradients and seen.whole_gradient and not is_replicated() and (clips := clipping(optimizer)):
            updated = tf.equal(steps_applied(optimizer) % self._accumulation, 0)
            seen.clipped = is_clipped(seen, *clips) * tf.cast(updated, "int32")
        return logs, seen

    def _run_shared(self, step: Step, data: Any) -> tuple[Any, Seen]:
        logs, seen = self._share(step)(data)
        return logs, Seen(**seen).in_order(self._places)

    def _share(self, step: Step) -> Any:
        def run(batch: Any) -> tuple[Any, dict[str, Any]]:
            logs, seen = self._run(step, batch)
            self._plan = self._plan or self._make_plan(seen)
            return logs, vars(seen)

        if self._shared is None or self._shared[0] is not step:
            self._shared = (step, tf.function(run, autograph=False))
        return self._shared[1]

    def _make_plan(self, seen: Seen) -> Plan:
        """Lists what there is to keep on the device, without computing anything."""
        keys = [key for keys, _ in self._figures(Activity(seen, self.sites), {}) for key in keys]
        widths = {path: int(signal.shape[-1]) for path, signal in seen.signals.items()} if self._units else {}
        flagged = {path: sum(part.shape.num_elements() for part in parts) for path, parts in _flagged(seen).items()}
        return keys, widths, flagged

    def _lay_out(self) -> Memory:
        assert self._plan is not None
        keys, widths, flagged = self._plan
        may_skip = skips(self._model.optimizer)
        return apart_from_strategies(
            lambda: Memory(keys, self._places, widths, flagged, self._step, self._accumulation, may_skip)
        )

    def _kernels(self) -> dict[str, list[Any]]:
        if not self._gradients:
            return {}
        return {
            site.path: [tf.identity(tf.convert_to_tensor(kernel)) for kernel in site.kernels]
            for site in self.sites
            if site.kernels
        }

    def _count(self, seen: Seen) -> None:
        if self._memory is None:
            self._plan = self._make_plan(seen)
            self._memory = self._lay_out()
        # An optimizer that skips such steps scales the loss down and goes on: nothing is lost then.
        looked_at = {} if skips(self._model.optimizer) else _flagged(seen)
        bad = first_bad([part for parts in looked_at.values() for part in parts])
        active = active_counts(Activity(seen, self.sites)) if self._memory.widths else tf.zeros(0)
        self._memory.count(seen, bad, active, self._items(seen))

    def _measure(self, seen: Seen, before: dict[str, list[Any]]) -> Any:
        activity = Activity(seen, self.sites)
        figures = [compute() for _, compute in self._figures(activity, before)]
        samples = [tf.reshape(unit_samples(activity), [-1])] if seen.signals and self._units else []
        return tf.concat([*figures, *samples], axis=0)

    def _items(self, seen: Seen) -> Any:
        signals = list(seen.signals.values())
        return tf.cast(tf.shape(signals[0])[0], "float32") if signals else tf.zeros(())

    def _figures(self, activity: Activity, before: dict[str, list[Any]]) -> Figures:
        figures: Figures = [([("", "loss")], lambda: activity.seen.loss[tf.newaxis])]
        if self._gradients:
            figures += gradient_figures(activity, before)
        if self._units:
            figures += unit_figures(activity)
        return figures


def _flagged(seen: Seen) -> dict[str, list[Any]]:
    """Returns path -> gradients of biases, looked at in every step; not those that are products of several tensors."""
    biases = {path: parts for (path, kind), parts in seen.gradients.items() if kind == "bias"}
    tensors = {path: [[one for one in part if one.shape.rank] for part in parts] for path, parts in biases.items()}
    return {path: [one for one, *others in parts if not others] for path, parts in tensors.items()}

"""The instrument in the train step: it counts at every step and measures at checks."""

import warnings
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from piste.callbacks.checks import is_check, is_check_in_graph
from piste.callbacks.figures import Figures, Key, Seen, active_counts, gradient_figures, seen_by, unit_figures
from piste.callbacks.measures import first_bad
from piste.callbacks.memory import Memory, Reading
from piste.callbacks.sites import Site, build_symbolically, find_sites
from piste.callbacks.taps import run_tapped

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
        self._model = model
        self._selection = (layers, exclude)
        self._gradients, self._units = gradients, units
        self._step = tf.Variable(int(model.optimizer.iterations.numpy()), dtype="int32")
        self._every = tf.Variable(every)
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
    def every(self) -> int:
        """Steps between checks; it may be changed while training runs."""
        return self._period

    @every.setter
    def every(self, steps: int) -> None:
        self._period = steps
        self._every.assign(steps)

    def level(self, step: int) -> int:
        """Returns 1 for a step to measure and 0 for one to count only; `step` counts from 1."""
        return int(is_check(step, self._period))

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
            if self._memory is None and not self.sites:
                self._find_sites(data)
            if level is None:
                return self._choose_in_graph(step, data)
            before = self._kernels() if level else {}
            logs, seen = self._run_shared(step, data)
            self._count(seen)
            if level:
                self._measure(seen, before)
            return logs

        return watched

    def read(self) -> list[Reading]:
        """Copies what the checks since the last call measured from the device, and forgets it there."""
        readings = self._memory.read() if self._memory else []
        return [reading.in_order(self._places) for reading in readings]

    def _find_sites(self, data: Any) -> None:
        build_symbolically(self._model, data)
        layers, exclude = self._selection
        self.sites, self.unseen = find_sites(self._model, layers, exclude)
        if not self.sites:
            warnings.warn(
                f"The model {self._model.name} has no layer to watch: layers={layers}, exclude={exclude} leave none "
                "with weights or a known activation, so only the loss and the whole gradient are measured.",
                stacklevel=2,
            )

    def _look_at(self, data: Any) -> None:
        if not self.sites:
            build_symbolically(self._model, data)
            self.sites, self.unseen = find_sites(self._model, *self._selection)

    def _choose_in_graph(self, step: Step, data: Any) -> Any:
        due = is_check_in_graph(self._step + 1, self._every)
        blank = {path: [tf.zeros_like(kernel) for kernel in kernels] for path, kernels in self._kernels().items()}
        before = tf.cond(due, self._kernels, lambda: blank) if blank else {}
        logs, seen = self._run(step, data)
        self._count(seen)
        tf.cond(due, lambda: self._measure(seen, before), lambda: None)
        return logs

    def _run(self, step: Step, data: Any) -> tuple[Any, Seen]:
        logs, taps = run_tapped(self._model, self.sites, step, data)
        for path in [call.path for call in taps.calls] + [site.path for site in self.sites]:
            self._places.setdefault(path, len(self._places))
        return logs, seen_by(taps, self.sites).in_order(self._places)

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
        keys = [key for keys, _ in self._figures(seen, {}) for key in keys]
        widths = {path: int(h.shape[-1]) for path, h in seen.outputs.items()} if self._units else {}
        biases = {path: parts for (path, kind), parts in seen.gradients.items() if kind == "bias"}
        return keys, widths, {path: sum(part.shape.num_elements() for part in parts) for path, parts in biases.items()}

    def _lay_out(self) -> Memory:
        assert self._plan is not None
        return Memory(*self._plan, self._step)

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
        biases = [parts for (_, kind), parts in seen.gradients.items() if kind == "bias"]
        bad = first_bad([part for parts in biases for part in parts])
        outputs = list(seen.outputs.values()) if self._memory.widths else []
        active = active_counts(seen, self.sites) if outputs else tf.zeros(0)
        items = tf.cast(tf.shape(outputs[0])[0], "float32") if outputs else tf.zeros(())
        self._memory.count(seen.loss, bad, active, items)

    def _measure(self, seen: Seen, before: dict[str, list[Any]]) -> None:
        assert self._memory is not None
        self._memory.write(tf.concat([compute() for _, compute in self._figures(seen, before)], axis=0))

    def _figures(self, seen: Seen, before: dict[str, list[Any]]) -> Figures:
        figures: Figures = [([("", "loss")], lambda: seen.loss[tf.newaxis])]
        if self._gradients:
            figures += gradient_figures(seen, self.sites, before)
        if self._units:
            figures += unit_figures(seen, self.sites)
        return figures

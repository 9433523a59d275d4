"""What all monitors share: getting into the train step of any `fit`, and out of it again."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from piste.callbacks.chance import chance_loss
from piste.callbacks.entry import Entry
from piste.callbacks.findings import Finding, follow
from piste.callbacks.instrument import Instrument
from piste.callbacks.memory import Reading
from piste.callbacks.optimizers import accumulation
from piste.callbacks.probe import Probe, Probed
from piste.callbacks.records import Record, make_record
from piste.callbacks.report import write_health_report, write_units
from piste.callbacks.rules import Rule
from piste.callbacks.windows import UnitWindows

Action = str | Callable[[Finding], None]
CHECKS_BEFORE_THINNING, CHECKS_A_STAGE, MOST_CHECKS = 1_000, 100, 2_000
STEPS_BETWEEN_READS, NEVER = 8, 2**30


class Monitor(keras.callbacks.Callback):
    """Watches the train step of the model it is passed to `fit` with.

    Args:
        every: steps between checks; steps 1, 2, 4, 8, ... are checks too. After 1,000 checks it doubles at every
            further hundred, and there are 2,000 checks at most.
        window: samples that a count of active units must rest on.
        layers: patterns of layer paths to watch, such as `("dense_*",)`; None watches all.
        exclude: patterns of layer paths to leave out.
        rules: functions from records to findings.
        action: "report" collects findings, "stop" ends training at the first that is not just information, and a
            function is called with every new finding.
        file: a JSON-lines file for the records; per-unit shares go to the folder `<file's stem>_units` beside it.
        gradients: whether to measure gradients.
        units: whether to measure units.
        probe: inputs to measure the activations on in inference too, see `Probe`; None for none.

    Raises:
        ValueError: if an argument is out of range.
    """

    def __init__(
        self,
        *,
        every: int,
        window: int,
        layers: Sequence[str] | None,
        exclude: Sequence[str],
        rules: Sequence[Rule],
        action: Action,
        file: str | Path | None,
        gradients: bool,
        units: bool,
        probe: Any = None,
    ) -> None:
        super().__init__()
        for name, value in (("every", every), ("window", window)):
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ValueError(f"`{name}` must be a whole number of at least 1. Received: {value!r}.")
        if action not in ("report", "stop") and not callable(action):
            raise ValueError(f'`action` must be "report", "stop" or a function of a finding. Received: {action!r}.')
        self.every, self.window, self.action = every, window, action
        self.layers = None if layers is None else tuple(layers)
        self.exclude, self.rules = tuple(exclude), tuple(rules)
        self.file = None if file is None else Path(file)
        self._measures = {"gradients": gradients, "units": units}
        self._probe = None if probe is None else Probe(probe)
        self._before = self._next_before = 0
        self._forget()

    def _forget(self) -> None:
        self.records: list[Record] = []
        self.findings: list[Finding] = []
        self.unseen: list[str] = []
        self.shares: dict[str, np.ndarray] = {}
        self._instrument: Instrument | None = None
        self._entry: Entry | None = None
        self._period, self._unread = self.every, 0
        self._lent = False
        self._waiting: tuple[Record, dict[str, dict[str, np.ndarray]]] | None = None
        self._at_begin: Probed | None = None

    def lend_instrument(self, model: Any) -> Instrument:
        """Returns the instrument for a loop that traces the steps itself, such as Piste's compiled loop."""
        self._instrument, self._lent = self._new_instrument(model), True
        return self._instrument

    def return_instrument(self) -> None:
        """Ends what `lend_instrument` began; also after an exception."""
        self._publish()
        self._instrument, self._lent = None, False

    def continue_after(self, steps: int) -> None:
        """Makes the next `fit` the continuation of the last one, for a training in stages.

        Its steps are counted on from `steps`, the file is continued, and findings stay until they are cured. Records
        and rules begin anew, since other layers may be trained.

        Args:
            steps: optimizer updates done in all stages so far.
        """
        self._next_before = steps

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Starts new records and gets into the train step."""
        instrument, lent, findings = self._instrument, self._lent, self.findings
        self._forget()
        self._before, self._next_before = self._next_before, 0
        if self._before:
            self.findings = findings
        if self._probe is not None:
            self._at_begin = self._probe.begin(self.model, self.layers, self.exclude)
        self._units = UnitWindows(self.window)
        self._epoch = 1
        self._chance = chance_loss(self.model)
        instrument = instrument if lent and instrument else self._new_instrument(self.model)
        self._instrument, self._lent, self._done = instrument, lent, instrument.done
        self._period = instrument.every = self._checked_period()
        if self.file is not None and not self._before:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.write_text("")
            for old in self._units_folder.glob("*.npz"):
                old.unlink()
        if not self._lent:
            self._entry = Entry(self.model, instrument)

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Notes the epoch for the records."""
        self._epoch = epoch + 1
        self._batch = -1

    def on_train_batch_begin(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Lets the train function know that this `fit` is the watched one."""
        if self._entry is not None:
            self._entry.arm()

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Reads the device after a check; checks at every step or nearly so are read a few at a time."""
        assert self._instrument is not None
        steps = range(self._done + 1, self._done + batch - self._batch + 1)
        self._batch, self._done = batch, steps.stop - 1
        self._unread += len(self._instrument.checks(steps))
        at_once = self.action != "report" or self._lent or len(self.records) < STEPS_BETWEEN_READS
        due = 1 if at_once else max(1, STEPS_BETWEEN_READS // self._instrument.every)
        if self._unread >= due or self._unread + len(steps) > self._instrument.capacity:
            self._take()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Reads what is left and adds a few numbers to the logs."""
        assert self._instrument is not None
        self._take(epoch_ends=True)
        if not self._lent:
            self._done = self._instrument.done
        if logs is not None and self.records:
            logs.update(self.summary())

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Gets out of the train step."""
        self._take(epoch_ends=True)
        if self._entry is not None:
            self._entry.leave()
        self._instrument = self._entry = None

    def summary(self) -> dict[str, float]:
        """Returns the numbers that go into the logs of an epoch; each subclass says which."""
        return {}

    def report(self, path: str | Path, title: str = "Training health") -> Path:
        """Writes one HTML file that opens offline: findings, the gradient by depth, the map of units.

        Args:
            path: the file to write.
            title: the page's title.

        Returns:
            The file written.
        """
        return write_health_report(
            path, self.records, self.findings, title=title, shares=self.shares, unseen=self.unseen
        )

    def _new_instrument(self, model: Any) -> Instrument:
        return Instrument(model, every=self.every, layers=self.layers, exclude=self.exclude, **self._measures)

    def _checked_period(self) -> int:
        """Returns the steps between checks: with a probe every epoch has one, for its figures to go to."""
        steps = (self.params or {}).get("steps") if self._probe is not None else None
        return max(1, min(self.every, steps // accumulation(self.model.optimizer))) if steps else self.every

    def _take(self, epoch_ends: bool = False) -> None:
        assert self._instrument is not None
        # A loop that asks for the checks leaves nothing unread that was not counted.
        readings = self._instrument.read() if self._unread or not self._lent else []
        self._unread = 0
        for reading in readings:
            self._publish()
            self._waiting = self._new_record(reading.after(self._before))
            if self._at_begin is not None:
                self._add(self._at_begin)
                self._at_begin = None
        if self._probe is None:
            self._publish()
        elif epoch_ends and self._waiting is not None:
            self._add(self._probe.measure())
            self._publish()
        self.unseen = self._instrument.unseen
        beyond = len(self.records) + (self._waiting is not None) - CHECKS_BEFORE_THINNING
        if beyond >= 0:
            stages, most = beyond // CHECKS_A_STAGE + 1, MOST_CHECKS - CHECKS_BEFORE_THINNING
            self._instrument.every = NEVER if beyond >= most else self._period * 2**stages

    def _new_record(self, reading: Reading) -> tuple[Record, dict[str, dict[str, np.ndarray]]]:
        assert self._instrument is not None
        names = {site.path: site.activation for site in self._instrument.sites if site.activation}
        record = make_record(reading, self._epoch, names, self._instrument.idle)
        if self._chance is not None:
            record["chance_loss"] = self._chance
        figures, units = self._units.add(reading)
        for path, more in figures.items():
            record["layers"][path] |= more
        return record, units

    def _add(self, probed: Probed) -> None:
        """Adds what the probe measured to the record that waits."""
        assert self._waiting is not None
        record, units = self._waiting
        for path, figures in probed.figures.items():
            record["layers"].setdefault(path, {}).update(figures)
        if probed.shares:
            units["probe"] = probed.shares

    def _publish(self) -> None:
        """Writes and judges the record that waits; with a probe that is for the next one or for the epoch's end."""
        if self._waiting is None:
            return
        (record, units), self._waiting = self._waiting, None
        self.records.append(record)
        self.shares = units.get("active", self.shares)
        self._write(record, units)
        self._judge()

    def _write(self, record: Record, units: Mapping[str, Mapping[str, np.ndarray]]) -> None:
        if self.file is None:
            return
        with self.file.open("a") as lines:
            lines.write(json.dumps(record) + "\n")
        if units:
            write_units(self._units_folder, record["step"], units)

    @property
    def _units_folder(self) -> Path:
        assert self.file is not None
        return self.file.with_name(f"{self.file.stem}_units")

    def _judge(self) -> None:
        open_before = {(old.rule, old.layer) for old in self.findings if not old.closed}
        self.findings = follow(self.findings, [found for rule in self.rules for found in rule(self.records)])
        for finding in self.findings:
            if finding.closed or (finding.rule, finding.layer) in open_before:
                continue
            if callable(self.action):
                self.action(finding)
            elif self.action == "stop" and finding.severity != "info":
                self.model.stop_training = True

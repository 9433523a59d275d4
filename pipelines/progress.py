"""What a person sees while a run trains."""

import math
import time
from typing import Any

import keras
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn


class EpochLines(keras.callbacks.Callback):
    """A line an epoch, and a bar within the epoch when the output is a terminal.

    Args:
        console: where to print.
        epochs: how many there will be.
        lines: False leaves the bar alone.
    """

    def __init__(self, console: Console, epochs: int, lines: bool = True) -> None:
        super().__init__()
        self._console, self._epochs, self._lines = console, epochs, lines
        self._bar: Progress | None = None
        self._started = 0.0

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Says that the first call compiles, which takes seconds and shows nothing."""
        if not self._console.is_terminal:
            return
        self._bar = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
            TimeRemainingColumn(), console=self._console, transient=True,
        )  # fmt: skip
        self._task = self._bar.add_task("compiling", total=None)
        self._bar.start()

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Starts the clock and the bar."""
        self._started = time.perf_counter()
        self._epoch = epoch + 1
        if self._bar is not None and epoch:
            self._bar.reset(self._task, total=self.params.get("steps"), description=f"epoch {epoch + 1}")

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Moves the bar."""
        if self._bar is not None:
            loss = float((logs or {}).get("loss", math.nan))
            text = f"epoch {self._epoch}  loss {loss:.4f}"
            self._bar.update(self._task, completed=batch + 1, total=self.params.get("steps"), description=text)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Prints the epoch's line."""
        if not self._lines:
            return
        seconds = time.perf_counter() - self._started
        line = epoch_line(epoch + 1, self._epochs, logs or {}, seconds)
        self._console.print(line, highlight=False, markup=False, soft_wrap=True)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Removes the bar."""
        self.close()

    def close(self) -> None:
        """Removes the bar; also after an interrupt, when Keras calls no hook."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def epoch_line(epoch: int, epochs: int, logs: dict[str, Any], seconds: float) -> str:
    """Returns the line of one epoch.

    Example:
        >>> epoch_line(2, 10, {"loss": 0.5, "accuracy": 0.83, "depth_score": -1.2, "dead_share": 0.0}, 1.04)
        'epoch  2/10  1.0 s  loss 0.5000  accuracy 0.8300  | depth -1.2  dead 0 %'
    """
    health = {"depth_score", "dead_share", "grad_norm", "update_ratio", "findings"}
    parts = [f"{name} {float(value):.4f}" for name, value in logs.items() if name not in health]
    line = f"epoch {epoch:>{len(str(epochs))}}/{epochs}  {seconds:.1f} s  " + "  ".join(parts)
    watched = []
    if math.isfinite(depth := float(logs.get("depth_score", math.nan))):
        watched.append(f"depth {depth:+.1f}")
    if math.isfinite(dead := float(logs.get("dead_share", math.nan))):
        watched.append(f"dead {100 * dead:.0f} %")
    if count := int(logs.get("findings", 0)):
        watched.append(f"{count} finding{'s' if count > 1 else ''}")
    return line + ("  | " + "  ".join(watched) if watched else "")

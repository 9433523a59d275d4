"""What a person sees while a run trains."""

import io
import math

from rich.console import Console

from piste.pipelines.progress import EpochLines, epoch_line


def test_the_line_of_an_epoch() -> None:
    assert epoch_line(3, 100, {"loss": 0.12345, "val_loss": 1}, 12.34) == (
        "epoch   3/100  12.3 s  loss 0.1235  val_loss 1.0000"
    )


def test_health_follows_where_it_is_known() -> None:
    logs = {"loss": 1.0, "depth_score": -3.25, "dead_share": 0.5, "findings": 2.0, "grad_norm": 7.0}
    assert epoch_line(1, 1, logs, 0.0) == "epoch 1/1  0.0 s  loss 1.0000  | depth -3.2  dead 50 %  2 findings"
    assert epoch_line(1, 1, {"findings": 1.0}, 0.0).endswith("| 1 finding")
    unknown = {"loss": 1.0, "depth_score": math.nan, "dead_share": math.nan, "findings": 0.0}
    assert epoch_line(1, 1, unknown, 0.0) == "epoch 1/1  0.0 s  loss 1.0000"


def lines(terminal: bool, wanted: bool = True) -> str:
    out = io.StringIO()
    show = EpochLines(Console(file=out, force_terminal=terminal, width=100), 2, lines=wanted)
    show.set_params({"steps": 5})
    show.on_train_begin()
    for epoch in range(2):
        show.on_epoch_begin(epoch)
        show.on_train_batch_end(4, {"loss": 0.75})
        show.on_epoch_end(epoch, {"loss": 0.5})
    show.on_train_end()
    show.close()
    return out.getvalue()


def test_without_a_terminal_there_is_one_plain_line_an_epoch() -> None:
    assert lines(False).splitlines() == ["epoch 1/2  0.0 s  loss 0.5000", "epoch 2/2  0.0 s  loss 0.5000"]


def test_on_a_terminal_there_is_a_bar_too() -> None:
    shown = lines(True)
    assert "loss 0.7500" in shown
    assert "epoch 2/2  0.0 s  loss 0.5000" in shown


def test_the_lines_can_be_left_out() -> None:
    assert lines(False, wanted=False) == ""
    shown = lines(True, wanted=False)
    assert "loss 0.7500" in shown and "0.0 s  loss" not in shown

"""What is out of the ordinary among the checks of a run."""

import math
import statistics
from collections.abc import Sequence

from piste.callbacks.records import Record
from piste.callbacks.rules.history import number, numbers, typical

ENOUGH = 5  # checks that say what is ordinary
SIGMA = 1.4826  # a normal distribution's standard deviation over its median absolute deviation


def standing_out(records: Sequence[Record], *, of_last: int, window: int, spread: float) -> tuple[list[float], float]:
    """Returns those of the latest gradient norms that are far above the ones before, and the median of the latter.

    Far is: `log10(grad_norm)` above the median by one decade and by `spread` standard deviations, each a median
    absolute deviation times 1.4826, and the loss above the median loss. A norm that grows while the loss falls is that
    of a model which leaves a plateau.

    Args:
        records: oldest first, all finite.
        of_last: how many of the latest records are looked at, once there are enough before them.
        window: how many records before those they are compared with.
        spread: how many standard deviations are far.
    """
    split = max(ENOUGH, len(records) - of_last)
    before, latest = records[max(0, split - window) : split], records[split:]
    norms, usual_loss = [norm for norm in numbers(before, "grad_norm") if norm > 0], typical(before, "loss")
    if len(norms) < ENOUGH or usual_loss is None:
        return [], 0.0
    logs = [math.log10(norm) for norm in norms]
    middle = statistics.median(logs)
    deviation = statistics.median(abs(value - middle) for value in logs)
    limit = middle + max(1.0, spread * SIGMA * deviation)
    worse = [record for record in latest if (loss := number(record, "loss")) is not None and loss > usual_loss]
    return [norm for norm in numbers(worse, "grad_norm") if norm > 10**limit], statistics.median(norms)


def loss_at_start(records: Sequence[Record]) -> float | None:
    """Returns the larger of the first loss and a guess's, as far as they are known."""
    return max([*numbers(records[:1], "loss"), *numbers(records[:1], "chance_loss")], default=None)


def stays_above(recent: Sequence[Record], limit: float, times: float) -> bool:
    """Whether the largest loss since the check before is over `times` a limit in all of some records.

    One bad batch in every interval is ordinary for some data, so the median loss must be above the limit too.

    Args:
        recent: the records, all finite.
        limit: a loss.
        times: a factor.
    """
    highest, usual = numbers(recent, "loss_max"), typical(recent, "loss")
    if len(highest) < len(recent) or usual is None or limit <= 0:
        return False
    return usual > limit and min(highest) > times * limit

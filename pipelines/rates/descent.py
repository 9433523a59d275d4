"""The losses of a range test as they come in: smoothed, and watched for divergence."""

import math

LAG = 0.02


class Descent:
    """Smooths the losses by an exponential mean without bias, and says when they diverge.

    With h = max(1, 0.02 * steps) and b = 1 - 1/h, the mean after n losses is (1 - b) * sum(b^(n-k) * loss_k) /
    (1 - b^n). It lags by about h steps, which is 2 % of the way from the lowest rate to the highest, however many steps
    there are. The test has diverged at a loss that is not finite, or at a smoothed loss s with
    s > least + (factor - 1) * |least|, which for positive losses is factor * least; both only count from the loss on
    that completes the first h.

    Args:
        steps: how many losses there will be at most.
        factor: above 1.

    Example:
        >>> descent = Descent(steps=10, factor=4.0)
        >>> [descent.add(rate, loss) for rate, loss in [(0.1, 3.0), (0.2, 1.0), (0.4, 3.9), (0.8, 4.1)]]
        [False, False, False, True]

    References:
        Gugger 2018, How Do You Find A Good Learning Rate,
        https://sgugger.github.io/how-do-you-find-a-good-learning-rate.html
    """

    def __init__(self, steps: int, factor: float) -> None:
        self.steps, self.factor = steps, factor
        self.horizon = max(1.0, LAG * steps)
        self.settled = math.ceil(self.horizon) - 1
        self.rates: list[float] = []
        self.losses: list[float] = []
        self.smoothed: list[float] = []
        self.diverged = False
        self._sum, self._least = 0.0, math.inf

    def add(self, rate: float, loss: float) -> bool:
        """Takes the next loss in, and returns whether it has diverged; what comes after that is left out."""
        if self.diverged:
            return True
        keep = 1 - 1 / self.horizon
        self._sum = keep * self._sum + (1 - keep) * loss
        mean = self._sum / (1 - keep ** (len(self.losses) + 1))
        self.rates.append(rate)
        self.losses.append(loss)
        self.smoothed.append(mean)
        self.diverged = not math.isfinite(loss)
        if len(self.losses) > self.settled and math.isfinite(mean):
            self._least = min(self._least, mean)
            self.diverged |= mean > self._least + (self.factor - 1) * abs(self._least)
        return self.diverged

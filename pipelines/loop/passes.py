"""Many passes of a model over the same samples in one call, over arrays that stay on the device."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Passes:
    """What the passes agree on and where they differ, sample by sample.

    Args:
        mean: of the outputs over all passes, (samples, outputs).
        std: their standard deviation over the passes, divided by the number of passes, (samples, outputs).
        entropy: mean over the passes of -sum p log p in nats, (samples,); zeros unless asked for.
    """

    mean: NDArray[np.float64]
    std: NDArray[np.float64]
    entropy: NDArray[np.float64]


def run_passes(model: Any, x: NDArray[Any], *, passes: int, batch_size: int, entropy: bool = False) -> Passes:
    """Runs a model several times over all samples, in inference, and sums up in float64 what it says.

    Mean and deviation are updated pass by pass (Welford 1962), so that no pass is kept and deviations that are small
    beside the mean lose no digits.

    Args:
        model: its outputs are (batch, outputs); of a classifier that ends in one sigmoid unit (batch, 1).
        x: inputs (samples, ...), copied to the device once.
        passes: how many.
        batch_size: samples a step. Passes that draw random numbers draw others when it changes.
        entropy: whether the outputs are probabilities whose entropy is wanted; one sigmoid unit then counts as the
            two probabilities that it stands for.
    """
    samples, data = len(x), tf.constant(x)
    single = entropy and model.output_shape[-1] == 1

    def judged(batch: Any) -> tuple[Any, Any, Any]:
        def once(done: Any, mean: Any, squares: Any, surprise: Any) -> tuple[Any, Any, Any, Any]:
            output = tf.cast(model(batch, training=False), tf.float64)
            output = tf.concat([1.0 - output, output], axis=1) if single else output
            change = output - mean
            mean = mean + change / tf.cast(done + 1, tf.float64)
            if entropy:
                surprise = surprise - tf.reduce_sum(tf.math.xlogy(output, output), axis=1)
            return done + 1, mean, squares + change * (output - mean), surprise

        none = tf.zeros((tf.shape(batch)[0], 2 if single else model.output_shape[-1]), tf.float64)
        state = (0, none, none, none[:, 0])
        _, mean, squares, surprise = tf.while_loop(lambda done, *_: done < passes, once, state, parallel_iterations=1)
        return mean, tf.sqrt(squares / passes), surprise / passes

    @tf.function(autograph=False)
    def run() -> tuple[Any, ...]:
        def body(index: Any, *kept: Any) -> tuple[Any, ...]:
            begin = index * batch_size
            figures = judged(data[begin : tf.minimum(begin + batch_size, samples)])
            return index + 1, *(array.write(index, part) for array, part in zip(kept, figures, strict=True))

        batches = -(-samples // batch_size)
        empty = [tf.TensorArray(tf.float64, batches, infer_shape=False) for _ in range(3)]
        _, *kept = tf.while_loop(lambda index, *_: index < batches, body, [0, *empty], parallel_iterations=1)
        return tuple(array.concat() for array in kept)

    return Passes(*(part.numpy() for part in run()))

"""Evaluation in one call, over arrays that stay on the device."""

from typing import Any

import tensorflow as tf

from piste.pipelines.data.dataset import Arrays


def evaluation_steps(model: Any, data: Arrays, batch_size: int) -> Any:
    """Builds a `tf.function` that evaluates the model on all of `data`, in order, and returns the metrics.

    Args:
        model: a compiled model.
        data: copied to the device once.
        batch_size: samples a step; it changes nothing but rounding.
    """
    samples = len(data.x)
    x, y = tf.constant(data.x), tf.constant(data.y)

    @tf.function(autograph=False)
    def run() -> dict[str, Any]:
        def body(begin: Any) -> Any:
            end = tf.minimum(begin + batch_size, samples)
            model.test_step((x[begin:end], y[begin:end]))
            return end

        tf.while_loop(lambda begin: begin < samples, body, [0], parallel_iterations=1)
        return dict(model.get_metrics_result())

    return run

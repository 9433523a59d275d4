"""Where a step's time goes: `python -m benchmarks.ablation [--turns 15]`.

Times Piste's compiled loop with parts of the step left out, in turns: the forward pass, the backward pass with it, and
the whole step with its optimizer and metrics. Beside them stands what the net's matrix products or convolutions take
when nothing else is done, in the same kind of loop. Prints milliseconds a step: median and smallest of the turns.
"""

import argparse
import functools
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.nets import CNN, WIDTHS, batch_size, config, load
from piste.pipelines.environment import quiet_stderr, start_tensorflow

STEPS = {CNN: 8}
Call = Callable[[], Any]


def products_alone(model: Any, x: Any, size: int, jit_compile: bool, steps: int) -> Call:
    """Returns what does the products of forward and backward pass with tensors of the right shapes."""
    import tensorflow as tf

    pairs = []  # each layer's input and kernel
    h = tf.cast(x[:size], "float32")
    for layer in model.layers[1:]:  # the first is the input
        if hasattr(layer, "kernel"):
            pairs.append((layer, tf.Variable(tf.reshape(h, (size, -1)) if len(layer.kernel.shape) == 2 else h)))
        h = layer(h)
    total = tf.Variable(0.0)

    def products(index: Any) -> Any:
        for place, (layer, held) in enumerate(pairs):
            kernel = tf.convert_to_tensor(layer.kernel)
            with tf.GradientTape(watch_accessed_variables=False) as tape:
                given = tf.identity(held) * (1.0 + tf.cast(index, "float32"))
                tape.watch([kernel, given])
                conv = len(kernel.shape) == 4
                z = tf.nn.conv2d(given, kernel, 1, "SAME") if conv else tf.matmul(given, kernel)
            derivatives = tape.gradient(z, [kernel, given] if place else [kernel], output_gradients=z)
            # A maximum needs every entry, so that nothing can be left out.
            total.assign_add(tf.add_n([tf.reduce_max(part) for part in derivatives]))
        return index + 1

    def run() -> Any:
        tf.while_loop(lambda index: index < steps, products, [0], parallel_iterations=1)
        return total.read_value()

    function = tf.function(run, jit_compile=jit_compile, autograph=False)
    return lambda: function().numpy()


def forward(model: Any) -> Callable[[Any], Any]:
    """Returns a step that predicts and nothing else."""
    import tensorflow as tf

    def step(batch: Any) -> dict[str, Any]:
        model._loss_tracker.update_state(tf.reduce_sum(model(batch[0], training=True)))
        return {}

    return step


def backward(model: Any) -> Callable[[Any], Any]:
    """Returns a step that computes gradients and does not apply them."""
    import tensorflow as tf

    def step(batch: Any) -> dict[str, Any]:
        with tf.GradientTape() as tape:
            loss = model.compute_loss(y=batch[1], y_pred=model(batch[0], training=True))
        gradients = tape.gradient(loss, [variable.value for variable in model.trainable_variables])
        model._loss_tracker.update_state(tf.add_n([tf.reduce_max(gradient) for gradient in gradients]))
        return {}

    return step


def parts_of(net: str, data: Any, steps: int) -> dict[str, Call]:
    """Returns name -> what runs that part of so many steps."""
    from piste.pipelines.build import build
    from piste.pipelines.loop.steps import TrainSteps

    fused, size = net != CNN, batch_size(net)
    order = np.random.default_rng(0).permutation(len(data.train.x)).astype("int32")
    calls: dict[str, Call] = {}
    for name, step in {"forward pass": forward, "and backward pass": backward, "whole step": None}.items():
        model = build(config(net, None), data)
        model.optimizer.build(model.trainable_variables)
        if step is not None:
            model.train_step = step(model)
        loop = TrainSteps(model, data.train, size, None, fused)
        loop.compile(order, lambda: None)
        calls[name] = functools.partial(_run, loop, order, steps)
    return {"products alone": products_alone(model, data.train.x, size, fused, steps), **calls}


def _run(loop: Any, order: Any, steps: int) -> Any:
    return loop(order, 0, steps)["loss"].numpy()


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=15, help="turns of each part")
    options = parser.parse_args()
    settings = config("300-100", None)
    start_tensorflow(settings.runtime, settings.seed)
    data = load(None)
    print("| net | part | ms a step, median | smallest |\n| --- | --- | --- | --- |")
    for net in (*WIDTHS, CNN):
        steps = STEPS.get(net, 250)
        with quiet_stderr():
            calls = parts_of(net, data, steps)
            taken: dict[str, list[float]] = {name: [] for name in calls}
            for turn in range(options.turns + 1):
                for name, call in calls.items():
                    begun = time.perf_counter()
                    call()
                    if turn:
                        taken[name].append((time.perf_counter() - begun) / steps * 1e3)
        for name, seconds in taken.items():
            print(f"| {net} | {name} | {statistics.median(seconds):.3f} | {min(seconds):.3f} |", flush=True)


if __name__ == "__main__":
    main()

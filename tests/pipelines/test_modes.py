"""The rule behind `mode: auto`, and its reasons."""

from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from piste.pipelines.data.dataset import Arrays, Data
from piste.pipelines.errors import ConfigError
from piste.pipelines.modes import Mode, choose_mode


def config(mode: str = "auto", memory_limit: int = 2048, deterministic: bool = True) -> Any:
    """The four values of a config that the rule reads."""
    return SimpleNamespace(
        training=SimpleNamespace(mode=mode),
        runtime=SimpleNamespace(memory_limit=memory_limit, deterministic=deterministic),
        origin=lambda key: f"my.yaml:7:3 ({key})",
    )


def data(samples: int = 4) -> Data:
    arrays = Arrays(np.zeros((samples, 512, 512), "uint8"), np.zeros(samples, "int32"))
    return Data("d", "classification", arrays, None, None, ("0", "1"), "0" * 64)


def net(*hidden: Any) -> Any:
    return keras.Sequential([keras.Input((8, 8, 1)), *hidden, layers.Flatten(), layers.Dense(2)])


def test_dense_layers_are_fused() -> None:
    assert choose_mode(config(), net(), data()) == Mode("fused", "the data fits and XLA compiles every layer")


def test_a_convolution_on_a_cpu_runs_as_a_graph_also_when_nested() -> None:
    expected = Mode("graph", "XLA on a CPU is slow for Conv2D")
    assert choose_mode(config(), net(layers.Conv2D(2, 3)), data()) == expected
    nested = net(keras.Sequential([layers.Conv2D(2, 3)]))
    assert choose_mode(config(), nested, data()) == expected


@pytest.mark.parametrize("kind", ["Dropout", "AlphaDropout", "GaussianNoise"])
def test_what_draws_random_numbers_runs_as_a_graph_on_a_cpu(kind: str) -> None:
    model = net(keras.Sequential([layers.Flatten(), getattr(layers, kind)(0.1)]))
    expected = Mode("graph", f"XLA on a CPU is slow for the random numbers of {kind}")
    assert choose_mode(config(), model, data()) == expected
    assert choose_mode(config("fused"), model, data()).name == "fused"
    assert choose_mode(config(), net(layers.Dropout(0.0)), data()).name == "fused"


@pytest.mark.parametrize("kind", ["RandomRotation", "RandomTranslation", "RandomZoom"])
def test_what_xla_cannot_compile_runs_as_a_graph_and_is_refused_when_fused_is_asked_for(kind: str) -> None:
    arguments = (0.1, 0.1) if kind == "RandomTranslation" else (0.1,)
    model = net(getattr(layers, kind)(*arguments, name="augment"))
    assert choose_mode(config(), model, data()) == Mode("graph", f"XLA cannot compile {kind}")
    with pytest.raises(ConfigError) as caught:
        choose_mode(config("fused"), model, data())
    assert str(caught.value) == (
        "my.yaml:7:3 (training.mode): `mode: fused` needs layers that XLA can compile. "
        f"Received: augment ({kind}); use `mode: graph` or auto."
    )


@pytest.mark.parametrize("pool", [layers.MaxPooling1D(2, name="pool"), layers.MaxPooling2D(2, name="pool")])
def test_max_pooling_is_fused_only_where_ops_need_not_be_deterministic(pool: Any) -> None:
    kind = type(pool).__name__
    model = net(layers.Reshape((64, 1)), pool) if kind == "MaxPooling1D" else net(pool)
    reason = f"XLA cannot compile {kind} with `runtime.deterministic`"
    assert choose_mode(config(), model, data()) == Mode("graph", reason)
    assert choose_mode(config(deterministic=False), model, data()).name == "fused"
    assert choose_mode(config("fused", deterministic=False), model, data()).name == "fused"
    with pytest.raises(ConfigError, match=rf"compile with `runtime.deterministic`. Received: pool \({kind}\)"):
        choose_mode(config("fused"), model, data())


def test_data_over_the_memory_limit_streams_whatever_the_layers() -> None:
    # 8 images of a quarter MiB and 8 labels of 4 bytes are a little more than 2 MiB.
    mode = choose_mode(config(memory_limit=2), net(layers.Conv2D(2, 3)), data(8))
    assert mode == Mode("stream", "the training data, 2 MiB, is over the limit of 2")
    assert choose_mode(config(memory_limit=3), net(), data(8)).name == "fused"


@pytest.mark.parametrize("asked", ["fused", "graph", "stream"])
def test_what_the_config_asks_for_is_done(asked: str) -> None:
    assert choose_mode(config(asked), net(layers.Conv2D(2, 3)), data()) == Mode(asked, "the config asks for it")

"""Healthy recipes with convolutions, skip connections, attention and recurrence."""

import keras
import numpy as np
from keras import layers

from benchmarks.diagnosis.data import images, mixture, sequences, small_images, tokens
from benchmarks.diagnosis.nets import cnn, compiled, numbered, residual_mlp, stack
from benchmarks.diagnosis.recipe import Setup, healthy

SGD, Adam = keras.optimizers.SGD, keras.optimizers.Adam
HEAD = {"activation": "softmax", "name": "head"}


@healthy
def lenet(random: np.random.Generator) -> Setup:
    model = stack(
        layers.Input((28, 28, 1)),
        layers.Conv2D(6, 5, activation="relu", kernel_initializer="he_normal"), layers.MaxPooling2D(),
        layers.Conv2D(16, 5, activation="relu", kernel_initializer="he_normal"), layers.MaxPooling2D(),
        layers.Flatten(), layers.Dense(84, "relu", kernel_initializer="he_normal"), layers.Dense(10, **HEAD),
    )  # fmt: skip
    return Setup(compiled(model, Adam(1e-3)), *images(random))


@healthy
def conv_swish_5(random: np.random.Generator) -> Setup:
    return Setup(compiled(cnn([16] * 5, "swish", "he_normal"), Adam(1e-3)), *small_images(random))


@healthy
def conv_batch_normalized_4(random: np.random.Generator) -> Setup:
    parts = []
    for place in range(4):
        parts += [layers.Conv2D(16, 3, padding="same", strides=2 if place == 2 else 1, use_bias=place % 2 == 0)]
        parts += [layers.BatchNormalization(), layers.ReLU(name=numbered("act", place))]
    model = stack(layers.Input((14, 14, 1)), *parts, layers.GlobalAveragePooling2D(), layers.Dense(10, **HEAD))
    return Setup(compiled(model, Adam(3e-3)), *small_images(random))


@healthy
def conv_separable(random: np.random.Generator) -> Setup:
    parts = [layers.Conv2D(16, 3, padding="same", activation="relu", kernel_initializer="he_normal")]
    for _ in range(3):
        parts += [layers.DepthwiseConv2D(3, padding="same"), layers.Conv2D(24, 1), layers.BatchNormalization()]
        parts += [layers.Activation("relu6")]
    model = stack(layers.Input((14, 14, 1)), *parts, layers.GlobalAveragePooling2D(), layers.Dense(10, **HEAD))
    return Setup(compiled(model, Adam(3e-3)), *small_images(random))


@healthy
def residual_6(random: np.random.Generator) -> Setup:
    def branch(place: int) -> list[layers.Layer]:
        return [
            layers.LayerNormalization(), layers.Dense(64, "relu", kernel_initializer="he_normal"),
            layers.Dense(64, kernel_initializer=keras.initializers.RandomNormal(0.0, 0.05)),
        ]  # fmt: skip

    return Setup(compiled(residual_mlp(6, branch), Adam(1e-3)), *mixture(random))


@healthy
def residual_zero_branches(random: np.random.Generator) -> Setup:
    """Branches begin at zero, so that the net begins shallow: a common and sound start."""

    def branch(place: int) -> list[layers.Layer]:
        inner = layers.Dense(64, "relu", kernel_initializer="he_normal")
        return [inner, layers.Dense(64, kernel_initializer="zeros")]

    return Setup(compiled(residual_mlp(3, branch), Adam(1e-3)), *mixture(random))


@healthy
def residual_conv_5(random: np.random.Generator) -> Setup:
    inputs = layers.Input((14, 14, 1))
    x = layers.Conv2D(16, 3, padding="same")(inputs)
    for _ in range(2):
        y = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(16, 3, padding="same")(x)))
        y = layers.BatchNormalization()(layers.Conv2D(16, 3, padding="same")(y))
        x = layers.ReLU()(layers.Add()([x, y]))
    outputs = layers.Dense(10, **HEAD)(layers.GlobalAveragePooling2D()(x))
    return Setup(compiled(keras.Model(inputs, outputs), Adam(2e-3)), *small_images(random))


@healthy
def resnet_50(random: np.random.Generator) -> Setup:
    """The application itself with random weights, a few steps on tiny images."""
    x, y = images(random, 320)
    x = np.repeat(np.pad(x, ((0, 0), (2, 2), (2, 2), (0, 0))), 3, axis=3)
    model = keras.applications.ResNet50(weights=None, input_shape=(32, 32, 3), classes=10)
    return Setup(compiled(model, Adam(1e-4)), x, y, batch_size=16, epochs=2)


@healthy
def transfer(random: np.random.Generator) -> Setup:
    """A frozen base of convolutions with a trained head."""
    convolutions = [layers.Conv2D(8, 3, 2, activation="relu", kernel_initializer="he_normal") for _ in range(2)]
    base = stack(layers.Input((28, 28, 1)), *convolutions, layers.Flatten())
    base.trainable = False
    hidden = layers.Dense(64, "relu", kernel_initializer="he_normal", name="hidden")
    model = stack(layers.Input((28, 28, 1)), base, hidden, layers.Dense(10, **HEAD))
    return Setup(compiled(model, Adam(1e-3)), *images(random))


@healthy
def lstm(random: np.random.Generator) -> Setup:
    model = stack(layers.Input((20, 4)), layers.LSTM(32), layers.Dense(3, **HEAD))
    return Setup(compiled(model, Adam(3e-3)), *sequences(random))


@healthy
def rnn_tanh(random: np.random.Generator) -> Setup:
    model = stack(layers.Input((20, 4)), layers.SimpleRNN(32, "tanh"), layers.Dense(3, **HEAD))
    return Setup(compiled(model, Adam(2e-3)), *sequences(random))


@healthy
def lstm_stacked_words(random: np.random.Generator) -> Setup:
    model = stack(
        layers.Input((16,)), layers.Embedding(200, 16), layers.LSTM(16, return_sequences=True), layers.LSTM(16),
        layers.Dense(3, **HEAD),
    )  # fmt: skip
    return Setup(compiled(model, Adam(5e-3)), *tokens(random))


@healthy
def embedding_mean(random: np.random.Generator) -> Setup:
    hidden = layers.Dense(32, "relu", kernel_initializer="he_normal")
    model = stack(
        layers.Input((16,)), layers.Embedding(200, 16), layers.GlobalAveragePooling1D(), hidden, layers.Dense(3, **HEAD)
    )
    return Setup(compiled(model, Adam(5e-3)), *tokens(random))


@healthy
def conv_over_time(random: np.random.Generator) -> Setup:
    hidden = [layers.Conv1D(16, 5, activation="relu", kernel_initializer="he_normal") for _ in range(2)]
    model = stack(layers.Input((20, 4)), *hidden, layers.GlobalMaxPooling1D(), layers.Dense(3, **HEAD))
    return Setup(compiled(model, Adam(2e-3)), *sequences(random))


@healthy
def transformer(random: np.random.Generator) -> Setup:
    """Two blocks of attention; the bias of the keys has a gradient that is rounding noise."""
    inputs = layers.Input((16,))
    x = layers.Embedding(200, 32)(inputs)
    for _ in range(2):
        y = layers.LayerNormalization()(x)
        x = layers.Add()([x, layers.MultiHeadAttention(2, 16)(y, y)])
        y = layers.Dense(64, "gelu")(layers.LayerNormalization()(x))
        x = layers.Add()([x, layers.Dense(32)(y)])
    outputs = layers.Dense(3, **HEAD)(layers.GlobalAveragePooling1D()(layers.LayerNormalization()(x)))
    return Setup(compiled(keras.Model(inputs, outputs), Adam(2e-3)), *tokens(random))

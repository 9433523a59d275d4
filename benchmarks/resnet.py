"""A residual net of eight layers for 28 x 28 images, in plain Keras."""

from typing import Any


def resnet_8() -> Any:
    """Builds and compiles it: three stages of one block each, batch normalisation, ReLU, global average pooling."""
    import keras
    from keras import layers

    inputs = keras.Input((28, 28))
    h = layers.Reshape((28, 28, 1))(layers.Rescaling(1 / 255)(inputs))
    h = layers.Conv2D(16, 3, padding="same", use_bias=False, kernel_initializer="he_normal")(h)
    h = layers.ReLU()(layers.BatchNormalization()(h))
    for stage, filters in enumerate((16, 32, 64)):
        strides = 2 if stage else 1
        shortcut = layers.Conv2D(filters, 1, strides, use_bias=False)(h) if stage else h
        for place in range(2):
            step = strides if place == 0 else 1
            h = layers.Conv2D(
                filters, 3, step, padding="same", use_bias=False, kernel_initializer="he_normal"
            )(h)  # fmt: skip
            h = layers.BatchNormalization()(h)
            h = layers.ReLU()(h) if place == 0 else h
        h = layers.ReLU()(layers.Add()([h, shortcut]))
    outputs = layers.Dense(10, activation="softmax")(layers.GlobalAveragePooling2D()(h))
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.SGD(0.05, momentum=0.9), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model

"""The compiled loop: many train steps a call, inside Keras's own `fit`."""

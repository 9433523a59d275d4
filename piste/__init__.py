"""Piste: Keras models from YAML, trained in one compiled loop and watched from inside the train step."""

__version__ = "0.1.0"

"""YAML text to a checked, frozen config in which every value knows its place, without TensorFlow."""

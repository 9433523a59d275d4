"""Weights that a model starts from, and layers that keep them."""

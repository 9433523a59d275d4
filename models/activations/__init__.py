"""Activations as one table: plain facts in `table`, functions, layers and slopes resolved on use."""

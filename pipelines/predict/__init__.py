"""Predictions of a run or a SavedModel for files, as lines of JSON."""

"""Presets: parts of a config that stand under it by name."""

"""The table of trained models in docs/zoo.md."""

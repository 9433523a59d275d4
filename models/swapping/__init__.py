"""Other activations in a model that is there already."""

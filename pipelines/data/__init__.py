"""Where samples come from: sources, the split, the order of an epoch and the fingerprint of the bytes."""

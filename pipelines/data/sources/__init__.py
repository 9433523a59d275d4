"""One module a source: each reads what its kind of storage holds and returns a checked `Data`."""

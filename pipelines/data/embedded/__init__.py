"""Data sets that ship inside the package, so that a first run needs no network."""

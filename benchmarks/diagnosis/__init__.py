"""Measures what the rules find: faulty recipes that they must name, healthy ones at which they must stay silent.

Run it with `python -m benchmarks.diagnosis`.
"""

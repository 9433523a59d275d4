#!/bin/sh
# Writes requirements.lock: every package of the runtime and of the development group, hashed, for all platforms.
set -eu
uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
    --custom-compile-command "make lock" --group dev --output-file requirements.lock pyproject.toml

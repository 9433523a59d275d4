#!/bin/sh
# Makes the environment from the lock: environment.sh FOLDER PYTHON. Uses uv when it is there, else venv and pip.
set -eu
folder=$1
python=${2:-}
if [ -z "$python" ] || ! "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'; then
    for candidate in python3.12 python3.11 python3.13 python3 python; do
        if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
            python=$candidate
            break
        fi
    done
fi
[ -n "$python" ] || { echo "Piste needs Python 3.11, 3.12 or 3.13 and found none; set PYTHON=/path/to/python." >&2; exit 9; }
echo "Making $folder with $("$python" --version); this takes a minute or two the first time." >&2
if command -v uv >/dev/null 2>&1; then
    uv venv --quiet --allow-existing --python "$python" "$folder"
    uv pip install --quiet --python "$folder/bin/python" --require-hashes -r requirements.lock
    uv pip install --quiet --python "$folder/bin/python" --no-deps --no-build-isolation -e .
else
    "$python" -m venv "$folder"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
fi

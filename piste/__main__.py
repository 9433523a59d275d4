"""`python -m piste` is the command line."""

import sys

from piste.cli import main

if __name__ == "__main__":
    sys.exit(main())

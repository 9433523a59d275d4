"""Which commit is trained."""

import subprocess
from pathlib import Path


def clean_commit() -> str:
    """Returns the commit's name, by which a row of the table can be trained again.

    Raises:
        SystemExit: if files other than the documents were changed or added since.
    """
    git = ["git", "-C", str(Path(__file__).parents[2])]
    status = [*git, "status", "--porcelain", "--", ".", ":!docs"]
    if subprocess.run(status, check=True, capture_output=True).stdout:
        raise SystemExit("The zoo is trained from a commit. Received: changed files; commit them first.")
    commit = subprocess.run([*git, "rev-parse", "--short=12", "HEAD"], check=True, capture_output=True, text=True)
    return commit.stdout.strip()

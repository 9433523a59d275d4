from pathlib import Path

from piste.models.activations.document import page
from piste.models.activations.table import ACTIVATIONS

DOCS = Path(__file__).parents[3] / "docs" / "activations.md"


def test_the_page_is_up_to_date() -> None:
    assert DOCS.read_text(encoding="utf-8") == page(), "run what the page's first comment says"


def test_every_entry_has_a_row_in_both_tables() -> None:
    lines = page().splitlines()
    for name, entry in ACTIVATIONS.items():
        rows = [line for line in lines if line.startswith((f"| `{name}` |", f"| `{name}`, `"))]
        assert len(rows) == 2, name
        assert entry.paper in rows[0]
        assert f"{entry.facts().gain:.4f}" in rows[1]

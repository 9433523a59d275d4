"""New rows are encoded by what training settled."""

import re
from pathlib import Path

import pytest

from piste.pipelines.data.csv_file import read_csv
from piste.pipelines.data.encode_csv import encode_csv
from piste.pipelines.data.table import Column, Table
from piste.pipelines.errors import DataError

TABLE = Table((Column("kg", None, 4.5), Column("coat", ("", "long", "short"))), ("NA",))


def saved(folder: Path, text: str) -> Path:
    (folder / "new.csv").write_text(text, encoding="utf-8")
    return folder / "new.csv"


def test_fills_missing_and_unknown_values(tmp_path: Path) -> None:
    path = saved(tmp_path, "coat,note,kg\nshort,x,7\nNA,y,\ncurly,z,NA\n")
    assert encode_csv(read_csv(path), TABLE).tolist() == [[7, 3], [4.5, 1], [4.5, 0]]


def test_facts_come_back_from_json() -> None:
    import json

    assert Table.of_facts(json.loads(json.dumps(TABLE.facts()))) == TABLE
    assert TABLE.categories == (0, 3)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("coat\nlong\n", "expected the columns of the training file. There is no 'kg'."),
        ("kg,coat\nheavy,long\n", "row 2, column 'kg': expected a number. Received: 'heavy'"),
    ],
)
def test_bad_rows(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=re.escape(words)):
        encode_csv(read_csv(saved(tmp_path, text)), TABLE)
    with pytest.raises(DataError, match=re.escape("a number is missing")):
        encode_csv(read_csv(saved(tmp_path, "kg,coat\n,long\n")), Table((Column("kg"),)))

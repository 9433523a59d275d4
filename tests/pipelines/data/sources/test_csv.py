"""Tables: what columns become, and bad cells named by row and column."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from piste.pipelines.config.load import load_config
from piste.pipelines.data.load import load_data
from piste.pipelines.data.sources.csv import load_csv
from piste.pipelines.errors import DataError

PETS = """kg,coat,age,kind
4,long,2,cat
30,short,7,dog
5,none,1,cat
25,long,,dog
"""


def saved(folder: Path, text: str | bytes, name: str = "pets.csv") -> Path:
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder / name


def read(folder: Path, text: str | bytes = PETS, **arguments: Any) -> Any:
    return load_csv(saved(folder, text), **{"target": "kind", "missing": "mean", **arguments})


def test_numbers_categories_and_classes(tmp_path: Path) -> None:
    data = read(tmp_path)
    assert (data.name, data.task, data.classes, data.input_dtype) == (
        "pets",
        "classification",
        ("cat", "dog"),
        "float32",
    )
    np.testing.assert_array_equal(data.train.x, [[4, 1, 2], [30, 3, 7], [5, 2, 1], [25, 1, np.nan]])
    assert data.train.y.tolist() == [0, 1, 0, 1]
    assert [column.vocabulary for column in data.table.columns] == [None, ("long", "none", "short"), None]


@pytest.mark.parametrize(
    "text",
    [
        PETS.replace("\n", "\r\n"),
        PETS.replace("\n", "\r"),
        "\ufeff" + PETS,
        PETS.replace(",", " , "),
        PETS.replace("\n", "\n\n"),
        PETS.replace("long", '"long"').replace("coat", '"coat"'),
        PETS.rstrip(),
    ],
)
def test_the_same_table_written_otherwise(text: str, tmp_path: Path) -> None:
    expected = read(tmp_path)
    data = read(tmp_path, text)
    np.testing.assert_array_equal(data.train.x, expected.train.x)
    assert (data.classes, data.table, data.fingerprint) == (expected.classes, expected.table, expected.fingerprint)


def test_quoted_line_ends_and_delimiters_belong_to_the_value(tmp_path: Path) -> None:
    data = read(tmp_path, 'a;kind\n"x;\ny";p\n"say ""z""";q\n', delimiter=";")
    assert data.table.columns[0].vocabulary == ('say "z"', "x;\ny")


def test_the_fingerprint_is_of_texts_too(tmp_path: Path) -> None:
    before = read(tmp_path).fingerprint
    assert read(tmp_path, PETS.replace("short", "shorn")).fingerprint != before
    assert read(tmp_path, PETS.replace("dog", "fox")).fingerprint != before
    assert read(tmp_path, PETS.replace("30", "31")).fingerprint != before


def test_kinds_are_told_by_values_or_given(tmp_path: Path) -> None:
    data = read(tmp_path, columns={"age": "categorical"}, ignore=["kg"])
    assert [(column.name, column.vocabulary) for column in data.table.columns] == [
        ("coat", ("long", "none", "short")),
        ("age", ("", "1", "2", "7")),
    ]
    words = "pets.csv: row 2, column 'coat': expected a number. Received: 'long'; correct it"
    refused(words, tmp_path, columns={"coat": "numeric"})


def test_whole_numbers_as_classes_are_in_their_order(tmp_path: Path) -> None:
    data = read(tmp_path, "x,kind\n1,10\n2,9\n3,10\n", classes=None)
    assert data.classes == ("9", "10") and data.train.y.tolist() == [1, 0, 1]
    assert read(tmp_path, classes=("dog", "cat", "cow")).train.y.tolist() == [1, 0, 1, 0]


def test_regression_and_several_targets(tmp_path: Path) -> None:
    data = read(tmp_path, "a,b,c\n1,2,3\n4,5,6\n", target=["c", "b"], task="regression")
    assert data.train.x.tolist() == [[1], [4]] and data.train.y.tolist() == [[3, 2], [6, 5]] and data.classes is None


def test_multilabel(tmp_path: Path) -> None:
    data = read(tmp_path, "a,wet,cold\n1,0,1\n4,1,1\n", target=["wet", "cold"], task="multilabel")
    assert data.classes == ("wet", "cold") and data.train.y.tolist() == [[0, 1], [1, 1]]
    words = "pets.csv: row 3, column 'cold': a label must be 0 or 1. Received: '2'"
    refused(words, tmp_path, "a,wet,cold\n1,0,1\n4,1,2\n", target=["wet", "cold"], task="multilabel")


CONFIG = """seed: 3
data: {source: csv, path: %s, target: kind%s}
model: {type: mlp, hidden: [3]}
"""


def configured(path: Path, text: str = "") -> Any:
    net = path.parent / "net.yaml"
    net.write_text(CONFIG % (path, text), encoding="utf-8")
    return load_data(load_config(net))


def test_vocabulary_and_fills_are_those_of_the_training_part_alone(tmp_path: Path) -> None:
    rows = ["a,1,p", "b,3,q", "a,,p", "b,8,q", "c,100,p", "d,,q"]
    path = saved(tmp_path, "letter,size,kind\n" + "\n".join(rows) + "\n")
    last_two = "validation: {size: 2, from: end}"
    data = configured(path, f", missing: mean, {last_two}")
    assert data.train.x.tolist() == [[1, 1], [2, 3], [1, 4], [2, 8]]
    assert data.validation.x.tolist() == [[0, 100], [0, 4]]
    assert [(column.vocabulary, column.fill) for column in data.table.columns] == [(("a", "b"), None), (None, 4.0)]
    assert configured(path, f", missing: median, {last_two}").table.columns[1].fill == 3.0
    # What the validation part holds changes nothing of the training part.
    assert not data.train.x.flags.writeable


def test_files_for_each_part(tmp_path: Path) -> None:
    path = saved(tmp_path, PETS)
    other = saved(tmp_path, "extra,kind,age,kg,coat\nx,dog,3,12,curly\n", "test.csv")
    data = configured(path, f", missing: median, test_path: {other}, validation: null")
    assert data.test.x.tolist() == [[12, 0, 3]] and data.test.y.tolist() == [1]
    assert data.train.x[3].tolist() == [25, 1, 2]
    saved(tmp_path, "kind,age,kg\ndog,3,12\n", "test.csv")
    with pytest.raises(
        DataError, match=re.escape(f"{other}: expected the columns of the training file. There is no 'coat'")
    ):
        configured(path, f", test_path: {other}")
    saved(tmp_path, "kind,age,kg,coat\nfox,3,12,long\n", "test.csv")
    words = f"{other}: row 2, column 'kind': expected one of the training file's classes: cat, dog. Received: 'fox'"
    with pytest.raises(DataError, match=re.escape(words)):
        configured(path, f", missing: mean, test_path: {other}")


def refused(words: str, folder: Path, text: str | bytes = PETS, **arguments: Any) -> None:
    with pytest.raises(DataError, match=re.escape(words)):
        read(folder, text, **arguments)


BAD: dict[str, tuple[str | bytes, dict[str, Any], str]] = {
    "empty": (b"", {}, "expected a header and at least one row. The file holds nothing"),
    "header alone": ("a,kind\n", {}, "The file holds a header alone"),
    "ragged": (PETS + "1,2\n", {}, "row 6 must have 4 values, as the header has. Received: 2;"),
    "longer": (PETS + "\n1,2,3,4,5\n", {}, "row 7 must have 4 values, as the header has. Received: 5;"),
    "two columns of a name": ("a,b,a,kind\n1,2,3,x\n", {}, "every column must have a name of its own. Received: two"),
    "no name": (",kind\n0,x\n", {}, "every column must have a name. Received: none for column 1;"),
    "another delimiter": (PETS.replace(",", ";"), {}, "`data.target` must name a column. Received: 'kind', among "
                          "'kg;coat;age;kind'; is ',' its delimiter"),
    "misspelt target": (PETS, {"target": "knd"}, "Received: 'knd', among 'kg', 'coat', 'age', 'kind'; did you mean"),
    "misspelt column": (PETS, {"ignore": ["coats"]}, "`data.ignore` must name a column. Received: 'coats'"),
    "open quote": ('a,kind\n"1,x\n', {}, "row 2 is no comma-separated values"),
    "quote inside": ('a,kind\n"1"2,x\n', {}, "row 2 is no comma-separated values"),
    "not UTF-8": ("a,kind\n1,caf\u00e9\n".encode("latin-1"), {}, "expected UTF-8 text. Received: byte 0xE9"),
    "missing number": (PETS, {"missing": "error"}, "row 5, column 'age': a number is missing. Received: '';"),
    "a text among numbers": (PETS.replace("30", "30kg"), {}, "row 3, column 'kg': most values of the column are "
                             "numbers, but not all. Received: '30kg'"),
    "a decimal comma": (PETS.replace("30", '"3,0"'), {}, "row 3, column 'kg': most values of the column are numbers"),
    "infinity": (PETS.replace("30", "inf"), {}, "row 3, column 'kg': most values of the column are numbers, but"),
    "no values": ("a,b,kind\n,1,x\n,2,y\n", {}, "column 'a' must have values. Received: missing ones only"),
    "missing class": (PETS.replace("short,7,dog", "short,7,"), {}, "row 3, column 'kind': the class is missing."),
    "unknown class": (PETS, {"classes": ("cat", "cow")}, "row 3, column 'kind': expected one of `data.classes` "
                      "classes: cat, cow. Received: 'dog'"),
    "broken numbers for classes": ("a,kind\n1,0.5\n2,0.7\n", {}, "column 'kind' must hold classes. Received: 2 numbers "
                                   "that are not whole; set `data.task: regression`."),
    "missing target": ("a,kind\n1,0.5\n2,\n", {"task": "regression"}, "row 3, column 'kind': a number is missing."),
    "nothing to learn from": ("kind\nx\ny\n", {}, "expected a column to learn from."),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_named(name: str, tmp_path: Path) -> None:
    text, arguments, words = BAD[name]
    refused(words, tmp_path, text, **arguments)


def test_other_texts_for_missing_values(tmp_path: Path) -> None:
    data = read(tmp_path, PETS.replace("30", "NA").replace("none", "NA"), missing_values=["NA"])
    assert np.isnan(data.train.x[1, 0]) and data.table.columns[1].vocabulary == ("", "long", "short")
    assert data.table.missing_values == ("NA",)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"expected a file of comma-separated values\. There is none"):
        load_csv(tmp_path / "no.csv", target="kind")


def test_too_many_categories(tmp_path: Path) -> None:
    text = "id,kind\n" + "".join(f"n{i},{'pq'[i % 2]}\n" for i in range(10_001))
    refused(
        "column 'id' may have 10000 categories at most. Received: 10001; put it under `data.ignore`", tmp_path, text
    )


def test_formulas_are_texts(tmp_path: Path) -> None:
    data = read(tmp_path, "a,kind\n=1+1,x\n@cmd,y\n")
    assert data.table.columns[0].vocabulary == ("=1+1", "@cmd")


def test_a_column_without_numbers_in_the_training_part(tmp_path: Path) -> None:
    path = saved(tmp_path, "a,b,kind\n,1,x\n,2,y\n5,3,x\n")
    words = "column 'a' must have a number in the training part. Received: missing values only; put it under"
    with pytest.raises(DataError, match=re.escape(words)):
        configured(path, ", missing: mean, validation: {size: 1, from: end}")

"""New labels from names alone: their order, and every way to name classes wrongly."""

from typing import Any

import pytest

from piste.pipelines.config.faults import Faults, dotted
from piste.pipelines.data.class_map import ClassMap, class_map

NAMES = ("ant", "bee", "cat", "dog")


@pytest.mark.parametrize(
    ("keep", "merge", "names", "labels"),
    [
        (None, None, NAMES, (0, 1, 2, 3)),
        (["bee", "dog"], None, ("bee", "dog"), (-1, 0, -1, 1)),
        (["dog", "bee"], None, ("dog", "bee"), (-1, 1, -1, 0)),
        (["3", "0"], None, ("dog", "ant"), (1, -1, -1, 0)),
        (None, {"pet": ["dog", "cat"]}, ("pet", "ant", "bee"), (1, 2, 0, 0)),
        (None, {"pet": ["3", "2"], "insect": ["ant", "bee"]}, ("pet", "insect"), (1, 1, 0, 0)),
        (["dog", "ant", "bee"], {"insect": ["bee", "ant"]}, ("insect", "dog"), (0, 0, -1, 1)),
        (None, {"dog": ["dog", "cat"]}, ("dog", "ant", "bee"), (1, 2, 0, 0)),
        (None, {"ant": ["bee"], "bee": ["ant"]}, ("ant", "bee", "cat", "dog"), (1, 0, 2, 3)),
    ],
)
def test_numbers_follow_the_order_written(keep: Any, merge: Any, names: Any, labels: Any) -> None:
    assert class_map(NAMES, keep, merge) == ClassMap(names, labels)


def test_a_name_goes_before_an_index() -> None:
    assert class_map(["2", "1", "0"], ["0", "1"]) == ClassMap(("0", "1"), (-1, 1, 0))


@pytest.mark.parametrize(
    ("keep", "merge", "sentences"),
    [
        (
            ["ant", "bea"],
            None,
            ["`classes[1]` must be a class of the data, by name or index. Received: bea. Did you mean `bee`?"],
        ),
        (["ant", "4"], None, ["`classes[1]` must be a class of the data, by name or index. Received: 4."]),
        (["ant", "-1"], None, ["`classes[1]` must be a class of the data, by name or index. Received: -1."]),
        (["ant", "0", "ant"], None, ["`classes[1]` is given twice.", "`classes[2]` is given twice."]),
        (None, {"a": ["bee", "1"]}, ["`merge.a[1]` is given twice. Received: 1."]),
        (None, {"a": ["bee"], "b": ["ant", "bee"]}, ["`merge.b[1]` is merged twice, into `a` too. Received: bee."]),
        (["ant", "bee"], {"a": ["cat"]}, ["`merge.a[0]` is not one of `data.select.classes`. Received: cat."]),
        (None, {"dog": ["ant"]}, ["`merge.dog` is the name of a class that is left alone: choose another."]),
        (None, {"all": NAMES}, ["`merge` must leave two classes at least. Received: all."]),
        (["ant"], None, ["`classes` must leave two classes at least. Received: ant."]),
    ],
)
def test_what_is_wrong_is_said_at_its_key(keep: Any, merge: Any, sentences: list[str]) -> None:
    with pytest.raises(Faults) as caught:
        class_map(NAMES, keep, merge)
    found = [fault.sentence(dotted(fault.path)) for fault in caught.value.faults]
    assert len(found) == len(sentences)
    for sentence, expected in zip(found, sentences, strict=True):
        assert sentence.startswith(expected)


def test_a_thousand_names_are_not_listed() -> None:
    with pytest.raises(Faults) as caught:
        class_map([f"class {n}" for n in range(1000)], ["class 0", "dog"])
    expected = caught.value.faults[0].expected
    assert expected is not None
    assert expected.endswith("class 19, ..., or an index from 0 to 999")

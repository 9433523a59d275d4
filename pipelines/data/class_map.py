"""Which classes are kept, which are merged, and their new numbers: worked out from names alone."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from piste.models.suggest import nearest
from piste.pipelines.config.faults import Fault, Faults, Path

LEFT_OUT = -1
NO_CLASSES = {
    "regression": "regression has no classes",
    "multilabel": "a sample with several labels has no class of its own",
}
_INDEX = re.compile(r"[0-9]{1,9}")
_SHOWN = 20


@dataclass(frozen=True)
class ClassMap:
    """From old labels to new ones.

    Attributes:
        names: Of the new classes by new label.
        labels: The new label of each old one; -1 for a class that is left out.
    """

    names: tuple[str, ...]
    labels: tuple[int, ...]


def class_map(
    names: Sequence[str], keep: Sequence[str] | None = None, merge: Mapping[str, Sequence[str]] | None = None
) -> ClassMap:
    """Numbers the classes anew: first the merged ones, then those left alone, each in the order written.

    A class is meant by its name, or, where no class is called so, by its index.

    Args:
        names: Of the classes by index.
        keep: The classes to keep; None keeps all, in their order.
        merge: New classes by name, each made of some of the kept ones.

    Raises:
        Faults: A class is unknown, named twice or not kept, or fewer than two are left; the paths begin with
            "classes" or "merge".

    Example:
        >>> class_map(["cat", "dog", "cow", "pig"], keep=["pig", "dog", "0"])
        ClassMap(names=('pig', 'dog', 'cat'), labels=(2, 1, -1, 0))
        >>> class_map(["cat", "dog", "cow"], merge={"other": ["cat", "cow"]})
        ClassMap(names=('other', 'dog'), labels=(0, 1, 0))
    """
    faults: list[Fault] = []
    kept = list(range(len(names))) if keep is None else list(_find(names, keep, ("classes",), faults).values())
    merged: dict[str, list[int]] = {}
    homes: dict[int, str] = {}
    for new, members in (merge or {}).items():
        merged[new] = []
        for position, index in _find(names, members, ("merge", new), faults).items():
            path = ("merge", new, position)
            if index in homes:
                faults.append(Fault(f"is merged twice, into `{homes[index]}` too", path, received=members[position]))
            elif index not in kept:
                faults.append(Fault("is not one of `data.select.classes`", path, received=members[position]))
            homes.setdefault(index, new)
            merged[new].append(index)
    alone = {names[index]: [index] for index in kept if index not in homes}
    for new in (new for new in merged if new in alone):
        faults.append(Fault("is the name of a class that is left alone: choose another", ("merge", new), at="key"))
    groups = merged | alone
    if len(groups) < 2 and not faults:
        key = "classes" if merge is None else "merge"
        faults.append(Fault("must leave two classes at least", (key,), received=", ".join(groups), at="key"))
    if faults:
        raise Faults(faults)
    labels = [LEFT_OUT] * len(names)
    for label, members_of in enumerate(groups.values()):
        for index in members_of:
            labels[index] = label
    return ClassMap(tuple(groups), tuple(labels))


def _find(names: Sequence[str], texts: Sequence[str], path: Path, faults: list[Fault]) -> dict[int, int]:
    """Returns the class's index by position in the list, for all that are known and new there."""
    found: dict[int, int] = {}
    for position, text in enumerate(texts):
        here = (*path, position)
        if text in names:
            index = names.index(text)
        elif _INDEX.fullmatch(text) and int(text) < len(names):
            index = int(text)
        else:
            faults.append(_unknown(names, text, here))
            continue
        if index in found.values():
            faults.append(Fault("is given twice", here, received=text))
        else:
            found[position] = index
    return found


def _unknown(names: Sequence[str], text: str, path: Path) -> Fault:
    listed = ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")
    expected = f"one of {listed}, or an index from 0 to {len(names) - 1}"
    says = "must be a class of the data, by name or index"
    return Fault(says, path, expected, text, nearest(text, names))

"""What a swap of activations returns: the new model, and what was changed in it and what was not. Needs no Keras."""

from collections import Counter
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Swapped:
    """An activation that was replaced.

    Attributes:
        path: Name of its layer or node, after those of the models around it, joined by slashes.
        before: What it was, with arguments where they differ from the table's defaults.
        after: What it is.
    """

    path: str
    before: str
    after: str


@dataclass(frozen=True)
class Left:
    """An activation that stayed.

    Attributes:
        path: As in `Swapped`; names of layers within a layer are joined by slashes too.
        name: What it is; the class of a layer that cannot be looked into.
        why: The reason.
    """

    path: str
    name: str
    why: str


@dataclass(frozen=True, eq=False)
class Swap:
    """A model with other activations, and the account of it.

    Attributes:
        model: The new model. It is not compiled.
        swapped: In the order in which the layers are called.
        left: The same for what stayed.
        added: Weights of the new activations, such as PReLU's slopes.
        removed: Weights of the old ones.
        was_compiled: Whether the given model was compiled.
    """

    model: Any
    swapped: tuple[Swapped, ...]
    left: tuple[Left, ...]
    added: int
    removed: int
    was_compiled: bool

    def __str__(self) -> str:
        """The account in words, equal things counted.

        Example:
            >>> one, other = Swapped("a", "relu", "elu"), Swapped("b", "relu", "elu")
            >>> print(Swap(None, (one, other), (Left("c", "softmax", "gives the output"),), 0, 0, False))
            2 activations swapped, 1 left.
              2 relu -> elu
              left: c (softmax): gives the output
        """
        lines = [f"{len(self.swapped)} activations swapped, {len(self.left)} left."]
        kinds = Counter(f"{item.before} -> {item.after}" for item in self.swapped)
        lines += [f"  {count} {kind}" for kind, count in kinds.items()]
        reasons: dict[tuple[str, str], list[str]] = {}
        for item in self.left:
            reasons.setdefault((item.name, item.why), []).append(item.path)
        lines += [f"  left: {', '.join(paths)} ({name}): {why}" for (name, why), paths in reasons.items()]
        if self.added or self.removed:
            lines.append(f"  weights of activations: {self.added} new, {self.removed} gone")
        if self.was_compiled:
            lines.append("  The given model was compiled, and the new one is not: call `compile` on it.")
        return "\n".join(lines)

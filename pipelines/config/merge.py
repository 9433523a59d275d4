"""One config laid over another: maps merge, lists replace, a map whose `type` changes is replaced whole."""

from piste.pipelines.config.nodes import Entry, Mapping, Node, Scalar


def merge(base: Node | None, over: Node) -> Node:
    """Returns `over` laid over `base`; every node keeps its own place."""
    if not isinstance(base, Mapping) or not isinstance(over, Mapping):
        return over
    chosen, before = _choice(over), _choice(base)
    if chosen is not None and before is not None and chosen != before:
        return over
    entries = dict(base.entries)
    for key, entry in over.entries.items():
        entries[key] = Entry(entry.key, merge(base.get(key), entry.value))
    return Mapping(entries, over.mark)


def _choice(node: Mapping) -> str | None:
    """Returns what a map chooses by `type`, `source`, or by giving `layers` itself; None when it does not."""
    for key in ("type", "source"):
        value = node.get(key)
        if isinstance(value, Scalar):
            return f"{key} {value.text}"
    if "repeat" in node.entries:
        return "repeat"
    return "layers" if "layers" in node.entries else None

"""What was written, for rules about where a value came from."""

from collections.abc import Sequence
from dataclasses import dataclass

from piste.pipelines.config import nodes
from piste.pipelines.config.faults import Path
from piste.pipelines.config.source import Source


@dataclass(frozen=True)
class Written:
    """What was written: the merged tree and the texts it was merged from, later ones over earlier ones."""

    tree: nodes.Mapping
    sources: Sequence[Source]

    def node(self, path: Path) -> nodes.Node | None:
        """Returns what stands at a path of names, or None."""
        node: nodes.Node | None = self.tree
        for step in path:
            node = node.get(str(step)) if isinstance(node, nodes.Mapping) else None
        return node

    def rank(self, node: nodes.Node) -> int:
        """Returns how late the text came that a node is from."""
        return next((rank for rank, source in enumerate(self.sources) if source == node.mark.source), -1)

"""What a run was asked to do, as one YAML text: bases and overrides included."""

from pathlib import Path

import yaml

from piste.pipelines.config.config import Config
from piste.pipelines.config.nodes import Mapping, Node, Scalar


def asked_yaml(config: Config) -> str:
    """Returns the file as it was written, or, where bases or overrides were laid over each other, their sum.

    The sum loads back to the same config; the texts it was made of stand above it as comments.
    """
    if len(config.sources) == 1:
        return config.sources[0].text
    lines = []
    for source in config.sources:
        lines += [f"# {source.name if source.inline else Path(source.name).name}:"]
        lines += [f"#   {line}".rstrip() for line in source.text.splitlines()]
    merged: str = yaml.serialize(_plain(config.tree), Dumper=yaml.BaseDumper, allow_unicode=True, width=110)
    return "\n".join(lines) + "\n" + merged


def _plain(node: Node) -> yaml.Node:
    if isinstance(node, Scalar):
        return yaml.ScalarNode("tag:yaml.org,2002:str", node.text, style=None if node.plain else '"')
    if isinstance(node, Mapping):
        pairs = [(_plain(entry.key), _plain(entry.value)) for entry in node.entries.values()]
        return yaml.MappingNode("tag:yaml.org,2002:map", pairs)
    return yaml.SequenceNode("tag:yaml.org,2002:seq", [_plain(item) for item in node.items])

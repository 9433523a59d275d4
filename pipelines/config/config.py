"""The config of one pipeline: frozen, complete, and every value knows where it came from."""

from dataclasses import dataclass, field
from typing import Any

from piste.models.suggest import nearest
from piste.pipelines.config.nodes import Mapping
from piste.pipelines.config.overrides import parse_path
from piste.pipelines.config.problems import Origin
from piste.pipelines.config.schema import data as sources
from piste.pipelines.config.schema.export import Export
from piste.pipelines.config.schema.health import Health
from piste.pipelines.config.schema.model import AnyModel
from piste.pipelines.config.schema.runtime import Runtime
from piste.pipelines.config.schema.settings import Settings
from piste.pipelines.config.schema.training import Training
from piste.pipelines.config.schema.transfer import Transfer
from piste.pipelines.config.source import Source
from piste.pipelines.errors import UsageError


@dataclass(frozen=True)
class Config:
    """What `load_config` returns. Two configs are equal when their values are, wherever they came from.

    Args:
        name: of the file without its suffix, or of the shipped config.
        health: None when it is turned off.
        silence: warnings that are not to be given.
        sources: the texts it was read from in the order they were laid over each other: bases, the file,
            overrides.
        tree: what was written, merged.
    """

    seed: int
    data: sources.Source
    model: AnyModel
    transfer: Transfer | None
    training: Training
    health: Health | None
    runtime: Runtime
    export: Export
    silence: tuple[str, ...]
    name: str = field(compare=False)
    sources: tuple[Source, ...] = field(compare=False, repr=False)
    tree: Mapping = field(compare=False, repr=False)

    def dump(self) -> dict[str, Any]:
        """Returns the config as plain data with every default filled in."""
        values = {key: getattr(self, key) for key in Settings.model_fields}
        plain = Settings.model_construct(**values).model_dump(mode="json", by_alias=True)
        plain["health"] = plain["health"] or False
        if plain["training"]["stages"] is not None:
            del plain["training"]["epochs"]
        for section in ("data", "model"):
            first = {key: plain[section][key] for key in ("source", "type") if key in plain[section]}
            plain[section] = first | plain[section]
        if plain["data"]["validation"] is not None:
            plain["data"]["validation"] = _without_null(plain["data"]["validation"], "size", "fraction")
        if getattr(self.data, "test", None) is not None:
            plain["data"]["test"] = _without_null(plain["data"]["test"], "size", "fraction")
        for part in ("validation", "test"):
            if any(getattr(self.data, f"{part}_{home}", None) is not None for home in ("folder", "path")):
                del plain["data"][part]
        return plain

    def yaml(self) -> str:
        """Returns the resolved config as YAML that loads back equal."""
        import yaml

        text: str = yaml.safe_dump(self.dump(), sort_keys=False, allow_unicode=True, width=110)
        return text

    def value(self, key: str) -> Any:
        """Returns the resolved value of a key, as in "model.hidden[0]".

        Raises:
            UsageError: there is no such key; the message offers the nearest.
        """
        here: Any = self.dump()
        for step in parse_path(key) or (key,):
            try:
                here = here[step]
            except (KeyError, IndexError, TypeError):
                near = nearest(key, self.every_key())
                hint = f" Did you mean `{near}`?" if near else ""
                raise UsageError(f"The config has no key `{key}`.{hint}") from None
        return here

    def every_key(self) -> list[str]:
        """Returns every key of the resolved config, sections included."""

        def below(value: Any, path: str) -> list[str]:
            if not isinstance(value, dict):
                return [path]
            inner = [name for key, item in value.items() for name in below(item, f"{path}.{key}")]
            return [path, *inner]

        return [name for key, value in self.dump().items() for name in below(value, key)]

    def origin(self, key: str) -> Origin | None:
        """Returns where a key's value was set; None when it is a default."""
        from piste.pipelines.config.validate import find_node

        node = find_node(self.tree, parse_path(key))
        return None if node is None else node.mark.origin


def _without_null(values: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None or key not in keys}

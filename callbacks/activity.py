"""What the activations did in one step."""

import dataclasses
import functools
from typing import Any

from piste.callbacks.seen import Seen
from piste.callbacks.sites import Site


@dataclasses.dataclass(frozen=True)
class Activity:
    """Outputs and slopes of all activations, made on first use and only once: each costs operations to compile.

    Args:
        seen: what the taps saw.
        sites: the watched layers.
    """

    seen: Seen
    sites: list[Site]

    @functools.cached_property
    def site_at(self) -> dict[str, Site]:
        """Path of a call -> its layer."""
        sites = {site.path: site for site in self.sites}
        return {path: sites[path.split("#")[0]] for path in self.seen.signals}

    @functools.cached_property
    def slopes(self) -> dict[str, Any]:
        """Path -> f'(z) at every entry."""
        return {path: self.site_at[path].slope_at(signal) for path, signal in self.seen.signals.items()}

    @functools.cached_property
    def outputs(self) -> dict[str, Any]:
        """Path -> h, computed again from z where that is what was read."""
        return {path: self.site_at[path].output_at(signal) for path, signal in self.seen.signals.items()}

"""Extents: which stretch of an episode's graph a production covers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pokegeo_dagster.defs.graph import CALL_SHEET, GRAPH
from pokegeo_dagster.defs.office.craft import Craft

EVERY_ASSET = frozenset(GRAPH)


def made_from(assets: Iterable[str]) -> frozenset[str]:
    """These assets and everything that is made from them."""
    found = set(assets)
    for craft in CALL_SHEET:  # in the order in which the work flows
        if found & set(craft.inputs):
            found.add(craft.name)
    return frozenset(found)


def going_into(assets: Iterable[str]) -> frozenset[str]:
    """These assets and everything they are made from."""
    found = set(assets)
    for craft in reversed(CALL_SHEET):
        if craft.name in found:
            found.update(craft.inputs)
    return frozenset(found)


@dataclass(frozen=True)
class Extent:
    """Some assets of an episode, and of those that are kept by clip, some clips (none: all)."""

    assets: frozenset[str] = EVERY_ASSET
    clips: frozenset[str] | None = None

    def of(self, craft: Craft, keys: Sequence[str]) -> list[str]:
        """Those of an asset's keys that it covers."""
        if craft.name not in self.assets:
            return []
        some = craft.per == "shot" and self.clips is not None
        return [key for key in keys if not some or key in (self.clips or ())]


STORY = frozenset({"brief", "dossier", "pitches", "screenplay"})
WHOLE_EPISODE = Extent()
# All that is made before somebody has to say yes.
TO_THE_GREENLIGHT = Extent(EVERY_ASSET - made_from({"greenlight"}))
# A screenplay that is edited meanwhile does not count for a production that is under way.
FROM_THE_GREENLIGHT = Extent(EVERY_ASSET - STORY)
THE_CUT = Extent(made_from({"segment", "mix"}) - {"segment"})

"""Bodies: which builder poses which body plan."""

from __future__ import annotations

from collections.abc import Callable

from pokegeo_dagster.providers.house.creatures.bipeds import biped
from pokegeo_dagster.providers.house.creatures.birds import bird
from pokegeo_dagster.providers.house.creatures.figure import Figure, Sitter
from pokegeo_dagster.providers.house.creatures.quadrupeds import quadruped

_BUILDERS: dict[str, Callable[[Sitter], Figure]] = {"quadruped": quadruped, "biped": biped, "bird": bird}


def pose_body(s: Sitter) -> Figure:
    """The animal, posed."""
    return _BUILDERS.get(s.anatomy.body_plan, quadruped)(s)

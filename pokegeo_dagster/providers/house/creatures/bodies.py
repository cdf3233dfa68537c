"""Bodies: which builder poses which body plan."""

from __future__ import annotations

from collections.abc import Callable

from pokegeo_dagster.providers.house.creatures.bipeds import biped
from pokegeo_dagster.providers.house.creatures.birds import bird
from pokegeo_dagster.providers.house.creatures.bugs import bug
from pokegeo_dagster.providers.house.creatures.drifters import blob, floater, mollusc
from pokegeo_dagster.providers.house.creatures.figure import Figure, Sitter
from pokegeo_dagster.providers.house.creatures.ghosts import ghost_head
from pokegeo_dagster.providers.house.creatures.quadrupeds import quadruped
from pokegeo_dagster.providers.house.creatures.rooted import mineral, plant
from pokegeo_dagster.providers.house.creatures.serpents import serpent
from pokegeo_dagster.providers.house.creatures.swimmers import paddler, swimmer

_BY_PLAN: dict[str, Callable[[Sitter], Figure]] = {
    "quadruped": quadruped, "biped": biped, "bird": bird, "fish": swimmer, "serpent": serpent, "insect": bug,
    "arthropod": bug, "floater": floater, "plant": plant, "blob": blob, "mollusc": mollusc, "mineral": mineral,
}  # fmt: skip
# Forms that are built otherwise than the rest of their plan.
_BY_FORM: dict[str, Callable[[Sitter], Figure]] = {"ghost_head": ghost_head, "seal": paddler}


def pose_body(s: Sitter) -> Figure:
    """The animal, posed."""
    build = _BY_FORM.get(s.anatomy.form) or _BY_PLAN[s.anatomy.body_plan]
    return build(s)

"""Bodies: which builder poses which form, or, where a form has none of its own, which body plan."""

from __future__ import annotations

from collections.abc import Callable

from pokegeo_dagster.film.vocabulary import BodyPlan
from pokegeo_dagster.providers.house.creatures.bipeds import biped
from pokegeo_dagster.providers.house.creatures.birds import bird
from pokegeo_dagster.providers.house.creatures.blobs import blob, mole
from pokegeo_dagster.providers.house.creatures.crawlers import beetle, crab, spider
from pokegeo_dagster.providers.house.creatures.figure import Figure, Sitter
from pokegeo_dagster.providers.house.creatures.fish import fish
from pokegeo_dagster.providers.house.creatures.floaters import balloon, doll
from pokegeo_dagster.providers.house.creatures.ghosts import ghost_head
from pokegeo_dagster.providers.house.creatures.larvae import cocoon, larva
from pokegeo_dagster.providers.house.creatures.minerals import boulder, orb
from pokegeo_dagster.providers.house.creatures.molluscs import clam, octopus, snail, star
from pokegeo_dagster.providers.house.creatures.plants import mushroom, sprout
from pokegeo_dagster.providers.house.creatures.quadrupeds import quadruped
from pokegeo_dagster.providers.house.creatures.serpents import serpent
from pokegeo_dagster.providers.house.creatures.stems import pitcher, trunk
from pokegeo_dagster.providers.house.creatures.swimmers import manta, paddler, seahorse
from pokegeo_dagster.providers.house.creatures.winged_bugs import flyer, mantis

Builder = Callable[[Sitter], Figure]

_BY_PLAN: dict[BodyPlan, Builder] = {
    "quadruped": quadruped, "biped": biped, "bird": bird, "fish": fish, "serpent": serpent, "insect": beetle,
    "arthropod": beetle, "floater": doll, "plant": sprout, "blob": blob, "mollusc": octopus,
    "mineral": boulder,
}  # fmt: skip
# Forms that are built otherwise than the rest of their plan.
_BY_FORM: dict[str, Builder] = {
    "ghost_head": ghost_head, "balloon": balloon, "mole": mole, "orb": orb,
    "ray": manta, "seahorse": seahorse, "plesiosaur": paddler, "seal": paddler,
    "snail": snail, "sea_slug": snail, "clam": clam, "star": star,
    "pitcher": pitcher, "mushroom": mushroom, "cactus": trunk, "tree": trunk,
    "larva": larva, "centipede": larva, "cocoon": cocoon, "butterfly": flyer, "bee": flyer,
    "mantis": mantis, "spider": spider, "scorpion": spider, "crab": crab,
}  # fmt: skip


def pose_body(s: Sitter) -> Figure:
    """The animal, posed."""
    build = _BY_FORM.get(s.anatomy.form) or _BY_PLAN[s.anatomy.body_plan]
    return build(s)

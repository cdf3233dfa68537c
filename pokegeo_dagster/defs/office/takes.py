"""Takes as assets see them: lazy handles. Nothing is read until somebody asks for a path or a value."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import dagster as dg
from pydantic import BaseModel

from pokegeo_dagster.defs.office.studio import Studio, StudioResource
from pokegeo_dagster.film.errors import MediaDamaged, ProductionError
from pokegeo_dagster.film.places import WHOLE_FILM, Place
from pokegeo_dagster.storage.media_store import MediaRef
from pokegeo_dagster.storage.rows import TakeRow

Value = TypeVar("Value", bound=BaseModel)


class NotReady(ProductionError):
    """Something this work is made from does not exist yet."""

    def __init__(self, asset: str, place: Place, why: str = "is not there yet"):
        self.asset, self.place = asset, place
        super().__init__(f"{asset} {place} {why}: materialize {asset} for {place.partition} first.")


@dataclass(frozen=True)
class Take:
    """One approved take of one piece of an asset."""

    asset: str
    place: Place
    row: TakeRow
    studio: Studio

    @property
    def version(self) -> str:
        """The digest of what it is: Dagster's data version."""
        return self.row.data_version

    @property
    def slate(self) -> dict[str, Any]:
        """What was measured when it was made."""
        return dict(self.row.slate)

    @property
    def files(self) -> dict[str, MediaRef]:
        """Its parts in the store."""
        return dict(self.row.files)

    def path(self, part: str = "main") -> Path:
        """A local, verified file of one part. Raises MediaMissing, MediaDamaged."""
        return self.studio.store.open_local(self.row.files[part].key)

    def paths(self) -> dict[str, Path]:
        """Local, verified files of all its parts."""
        return {part: self.path(part) for part in self.row.files}

    def read(self, kind: type[Value]) -> Value:
        """The value a text asset holds."""
        return kind.model_validate_json(self.studio.store.read_bytes(self.row.files["main"].key))


@dataclass(frozen=True)
class Takes:
    """All approved takes of one asset, looked up when asked for."""

    asset: str
    studio: Studio

    def of(self, place: Place) -> Take:
        """The take that belongs to `place`: its own piece, or its episode's. Raises NotReady."""
        found = self.find(place) or self.find(Place(place.episode))
        if found is None:
            raise NotReady(self.asset, place)
        return found

    def at(self, episode: str, key: str) -> Take:
        """The take of one key. Raises NotReady."""
        found = self.find(Place(episode, key))
        if found is None:
            raise NotReady(self.asset, Place(episode, key))
        return found

    def find(self, place: Place) -> Take | None:
        """The take of exactly this place, if there is one."""
        row = self.studio.approved_row(place.episode, self.asset, place.key)
        return Take(self.asset, place, row, self.studio) if row else None


def usable_take(studio: Studio, asset: str, place: Place, recipe: str) -> TakeRow | None:
    """The take of this recipe whose every part is still in the store, whole; the approved one first."""
    approved = studio.approved_row(place.episode, asset, place.key)
    newest = studio.db.find_take(place.episode, asset, place.key, recipe)
    row = approved if approved and approved.recipe == recipe else newest
    return row if row and is_whole(studio, row) else None


def is_whole(studio: Studio, row: TakeRow) -> bool:
    """Whether every part of a take is in the store with the size and digest it was stored with."""
    try:
        heads = [(studio.store.head(ref.key), ref) for ref in row.files.values()]
    except MediaDamaged:
        return False
    return all(head and head.size == ref.size and head.sha256 == ref.sha256 for head, ref in heads)


class TakesIOManager(dg.ConfigurableIOManager):
    """Hands an asset its inputs as lazy `Takes`. Outputs never pass through it: a take is stored,
    and recorded as a materialisation, the moment it lands (see `floor.py`)."""

    studio: dg.ResourceDependency[StudioResource]

    def load_input(self, context: dg.InputContext) -> Takes:
        """Every take of the upstream asset, none of them read."""
        return Takes(context.asset_key.path[-1], self.studio.open())

    def handle_output(self, context: dg.OutputContext, obj: object) -> None:
        """Nothing is handed over in memory; anything that arrives here is a mistake in an asset."""
        raise TypeError(f"{context.asset_key.to_user_string()} returned a value; return Work instead.")


__all__ = ["WHOLE_FILM", "NotReady", "Take", "Takes", "TakesIOManager", "is_whole", "usable_take"]

"""The base of every value that crosses a room: frozen, closed, comparable."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value: it never changes, and a field nobody knows is an error, not a shrug."""

    model_config = ConfigDict(frozen=True, extra="forbid")

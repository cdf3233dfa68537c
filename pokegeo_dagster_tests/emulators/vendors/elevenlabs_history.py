"""What ElevenLabs remembers of an account: every spoken line, newest first, with its sound."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import Any


@dataclass(frozen=True)
class Remembered:
    """One line of the history, with its sound."""

    card: dict[str, Any]
    audio: bytes


class History:
    """The lines in the order they were spoken. Safe for threads."""

    def __init__(self) -> None:
        self._rows: list[Remembered] = []
        self._lock = Lock()

    def add(self, row: Remembered) -> None:
        """Remember a line."""
        with self._lock:
            self._rows.append(row)

    def find(self, item: str) -> Remembered | None:
        """The line of this name."""
        with self._lock:
            return next((row for row in self._rows if row.card["history_item_id"] == item), None)

    def page(self, query: dict[str, str]) -> dict[str, Any]:
        """A page of the history, as the query of `GET /v1/history` wants it."""
        with self._lock:
            cards = [row.card for row in self._rows]
        if query.get("sort_direction", "desc") == "desc":
            cards.reverse()
        start = query.get("start_after_history_item_id")
        if start is not None:
            names = [card["history_item_id"] for card in cards]
            cards = cards[names.index(start) + 1 :] if start in names else []
        cards = [card for card in cards if _wanted(card, query)]
        size = min(1000, int(query.get("page_size", 100)))
        page = cards[:size]
        return {
            "history": page,
            "last_history_item_id": page[-1]["history_item_id"] if page else None,
            "has_more": len(cards) > size,
            "scanned_until": page[-1]["date_unix"] if page else None,
        }


def _wanted(card: dict[str, Any], query: dict[str, str]) -> bool:
    after, before = float(query.get("date_after_unix", 0)), float(query.get("date_before_unix", "inf"))
    return (
        after <= card["date_unix"] < before
        and query.get("voice_id", card["voice_id"]) == card["voice_id"]
        and query.get("model_id", card["model_id"]) == card["model_id"]
        and query.get("source", card["source"]) == card["source"]
        and query.get("search", "").lower() in card["text"].lower()
    )

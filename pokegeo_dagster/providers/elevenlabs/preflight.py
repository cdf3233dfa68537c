"""Whether the account can do what is about to be asked of it: three free questions, before any money."""

from __future__ import annotations

from collections.abc import Sequence

from pokegeo_dagster.film.errors import AccountTrouble
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.providers.elevenlabs.client import ElevenLabsClient
from pokegeo_dagster.providers.elevenlabs.models import EFFECTS_MODELS, VENDOR, VOICE_MODELS


class Readiness(Frozen):
    """What the account has: credits of this period, when the next one begins, the voice, the models."""

    tier: str | None
    characters_left: int
    characters_used: int
    characters: int  # of this period, used and left
    resets_at: float | None  # seconds since 1970
    voice_name: str | None  # None when no voice was asked about
    models: tuple[str, ...]  # every model the account is offered for speech


def preflight(client: ElevenLabsClient, voice_id: str | None, models: Sequence[str]) -> Readiness:
    """What is left, and that voice and models are there. Free.

    Effects models are in no list of the vendor's, so only their names are checked. Raises
    AccountTrouble with what to do, VendorSilent when the vendor did not answer.
    """
    account = client.subscription()
    _paid_up(account.status)
    voice = client.voice(voice_id) if voice_id else None
    offered = {card.model_id: card for card in client.models()}
    speaking = tuple(
        sorted(name for name, card in offered.items() if card.can_do_text_to_speech is not False)
    )
    for name in models:
        if name in EFFECTS_MODELS:
            continue
        if name not in speaking:
            known = [other for other in VOICE_MODELS if other in speaking]
            raise AccountTrouble(
                VENDOR,
                f"the account is not offered {name}. Choose one of {', '.join(known or speaking) or 'none'}.",
            )
        if offered[name].requires_alpha_access:
            raise AccountTrouble(
                VENDOR,
                f"{name} is for invited accounts only. Choose another model, or ask the vendor for access.",
            )
    return Readiness(
        tier=account.tier,
        characters_left=account.characters_left,
        characters_used=account.character_count,
        characters=account.character_limit,
        resets_at=account.next_character_count_reset_unix,
        voice_name=(voice.name or voice.voice_id) if voice else None,
        models=speaking,
    )


def _paid_up(status: str | None) -> None:
    # The rest ("active", "free", "trialing", "past_due" and what we do not know yet) may still work.
    if status in ("incomplete", "free_disabled", "canceled", "unpaid"):
        raise AccountTrouble(VENDOR, f"the subscription is {status}. Pay or renew it, then try again.")

"""What the vendors sell and for how much: list prices of provider_wire.md, seen 2026-11-21.

The only table of prices that the emulators know. Nothing reads the product's own price list: two
lists that agree by accident would prove nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

CREDIT_USD = Decimal("0.005")  # one KIE credit
MILLION = Decimal(1_000_000)


@dataclass(frozen=True)
class TextModel:
    """A Gemini text model, with its price per million tokens."""

    input_usd: Decimal
    output_usd: Decimal


@dataclass(frozen=True)
class ImageModel:
    """A Gemini image model, with the price and the output tokens of a picture by size, and the price of
    a million tokens that are read for it."""

    usd: dict[str, Decimal]
    tokens: dict[str, int]
    input_usd: Decimal
    wide: bool = False  # also takes 1:4, 4:1, 1:8 and 8:1


def _text(input_usd: str, output_usd: str) -> TextModel:
    return TextModel(Decimal(input_usd), Decimal(output_usd))


def _image(tokens: dict[str, int], read: str, wide: bool = False, **usd: str) -> ImageModel:
    sizes = {size.removeprefix("s"): Decimal(price) for size, price in usd.items()}
    return ImageModel(sizes, tokens, Decimal(read), wide)


_FLASH = {"512": 747, "1K": 1120, "2K": 1680, "4K": 2520}
_PRO = {"1K": 1120, "2K": 1120, "4K": 2000}

TEXT_MODELS = {
    "gemini-3.8-flash": _text("0.75", "3.75"),
    "gemini-3.6-flash": _text("0.75", "3.75"),
    "gemini-3.5-flash-lite": _text("0.30", "2.50"),
    "gemini-3.1-flash-lite": _text("0.25", "1.50"),
    "gemini-4-argon": _text("2", "10"),
}
IMAGE_MODELS = {
    # 1K is listed; the other sizes are its output tokens at the listed $30 per million.
    "gemini-nano-banana-2.1": _image(
        _FLASH, "1.50", True, s512="0.022", s1K="0.034", s2K="0.050", s4K="0.076"
    ),
    "gemini-3.1-flash-image": _image(
        _FLASH, "0.50", True, s512="0.045", s1K="0.067", s2K="0.101", s4K="0.151"
    ),
    "gemini-3-pro-image": _image(_PRO, "2.00", s1K="0.134", s2K="0.134", s4K="0.24"),
    "gemini-3.1-flash-lite-image": _image(_FLASH, "0.25", s1K="0.034"),
}
GONE_MODELS = (  # shut down; the API says "is no longer available"
    "gemini-2.5-flash-image",
    "imagen-4.0-generate-001",
    "veo-3.1-generate-preview",
)


@dataclass(frozen=True)
class VideoModel:
    """A KIE model and the durations it is sold in. `clip` is the price of a whole clip in credits,
    `second` that of a second; each without and with sound."""

    durations: tuple[int, ...]
    image_field: str
    clip: dict[int, tuple[int, int]] | None = None
    second: dict[str, tuple[Decimal, Decimal]] | None = None  # by resolution or mode
    most_prompt: int = 2500

    def credits(self, duration_s: int, sound: bool = False, grade: str | None = None) -> Decimal:
        """What a clip costs. Raises KeyError for a resolution or mode that is not sold."""
        if self.clip is not None:
            return Decimal(self.clip[duration_s][sound])
        assert self.second is not None
        return self.second[grade or next(iter(self.second))][sound] * duration_s


def _per_second(**grades: tuple[str, str]) -> dict[str, tuple[Decimal, Decimal]]:
    return {name.removeprefix("p_"): (Decimal(a), Decimal(b)) for name, (a, b) in grades.items()}


_LONG = tuple(range(3, 16))
VIDEO_MODELS = {
    "kling/v2-5-turbo-image-to-video-pro": VideoModel((5, 10), "image_url", {5: (42, 42), 10: (84, 84)}),
    "kling-2.6/image-to-video": VideoModel((5, 10), "image_urls", {5: (55, 110), 10: (110, 220)}),
    "kling-3.0/video": VideoModel(
        _LONG, "image_urls", second=_per_second(std=("14", "20"), pro=("18", "27"), p_4K=("67", "67"))
    ),
    "kling/v3-turbo-image-to-video": VideoModel(
        _LONG, "image_urls", second=_per_second(p_720p=("18", "18"), p_1080p=("22.5", "22.5"))
    ),
    "kling-3.0-omni/image-to-video": VideoModel(
        _LONG,
        "image_urls",
        second=_per_second(p_720p=("14", "18"), p_1080p=("18", "23"), p_4k=("67", "67")),
        most_prompt=3072,
    ),
}


@dataclass(frozen=True)
class VoiceModel:
    """An ElevenLabs speech model: its longest text, its price and its credits per character."""

    most_characters: int
    usd_per_thousand: Decimal
    credits_each: Decimal = Decimal(1)


VOICE_MODELS = {
    "eleven_v4": VoiceModel(10_000, Decimal("0.08")),
    "eleven_v4_turbo": VoiceModel(10_000, Decimal("0.04"), Decimal("0.5")),
    "eleven_v3": VoiceModel(5_000, Decimal("0.08")),
    "eleven_multilingual_v2": VoiceModel(10_000, Decimal("0.08")),
    "eleven_flash_v2_5": VoiceModel(40_000, Decimal("0.04"), Decimal("0.5")),
}
SOUND_MODELS = ("eleven_text_to_sound_v2", "eleven_text_to_sound_v3")
# $0.12 a minute; a second is 25 credits, so that the credits of the header are worth the same money.
SOUND_USD_PER_SECOND = Decimal("0.002")
SOUND_CREDITS_PER_SECOND = 25

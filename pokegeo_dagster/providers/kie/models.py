"""What KIE's image-to-video models can do, one line a model string.

From docs.kie.ai and catalogues of 2026-08/09. Where pages disagree, the stricter number stands
here. Models that do not open on the given picture (text, reference, transformation) are left out.
"""

from __future__ import annotations

from typing import Literal

from pokegeo_dagster.film.errors import OrderRefused
from pokegeo_dagster.film.model import Frozen

DEFAULT_MODEL = "kling/v2-5-turbo-image-to-video-pro"


class KlingModel(Frozen):
    """One model: what it takes, what its fields are called, and by what unit it is sold.

    `seconds` are the lengths it shoots, `most_prompt` is in characters. `qualities` are the words
    for a picture's quality, the default first, sent as `quality_field`; none where there is no
    choice. A model without `sound_field` cannot be asked for sound, nor for silence.
    """

    name: str
    seconds: tuple[int, ...]
    most_prompt: int
    image_field: Literal["image_url", "image_urls"]
    sold_by: Literal["clip", "second"]
    seconds_as_text: bool = True
    qualities: tuple[str, ...] = ()
    quality_field: Literal["mode", "resolution"] | None = None
    sound_field: Literal["sound", "audio"] | None = None
    most_negative_prompt: int = 0  # 0: it has no such field
    fixed: tuple[tuple[str, bool | str], ...] = ()  # fields it insists on

    def unit(self, seconds: int, quality: str | None, sound: bool) -> str:
        """What the price list calls it: clip-10s, second-pro-sound …"""
        word = f"clip-{seconds}s" if self.sold_by == "clip" else f"second-{(quality or '').lower()}"
        return f"{word}-sound" if sound else word


_THREE_TO_FIFTEEN = tuple(range(3, 16))

_MODELS = (
    KlingModel(
        name=DEFAULT_MODEL,
        seconds=(5, 10),
        most_prompt=2500,
        image_field="image_url",
        sold_by="clip",
        most_negative_prompt=500,  # one page says 2496
    ),
    KlingModel(
        name="kling-2.6/image-to-video",
        seconds=(5, 10),
        most_prompt=1000,  # its page of 2026; others say 2500
        image_field="image_urls",
        sold_by="clip",
        sound_field="sound",  # required: it is always sent
    ),
    KlingModel(
        name="kling-3.0/video",
        seconds=_THREE_TO_FIFTEEN,
        most_prompt=2500,
        image_field="image_urls",
        sold_by="second",
        qualities=("pro", "std", "4K"),
        quality_field="mode",
        sound_field="sound",
        # 422 «multi_shots cannot be empty» without it (seen by others 2026-08-05).
        fixed=(("multi_shots", False),),
    ),
    KlingModel(
        name="kling/v3-turbo-image-to-video",
        seconds=_THREE_TO_FIFTEEN,
        most_prompt=2500,
        image_field="image_urls",
        sold_by="second",
        qualities=("1080p", "720p"),
        quality_field="resolution",
    ),
    KlingModel(
        name="kling-3.0-omni/image-to-video",
        seconds=_THREE_TO_FIFTEEN,
        most_prompt=3072,
        image_field="image_urls",
        sold_by="second",
        seconds_as_text=False,
        qualities=("1080p", "720p", "4k"),
        quality_field="resolution",
        sound_field="audio",
        fixed=(("aspect_ratio", "auto"),),
    ),
)
MODELS: dict[str, KlingModel] = {model.name: model for model in _MODELS}


def model_named(name: str) -> KlingModel:
    """The model with this string. Raises OrderRefused, which names the known ones."""
    if name not in MODELS:
        raise OrderRefused(
            f"KIE has no image-to-video model {name!r} that this camera knows. Nothing was spent. "
            f"Choose one of: {', '.join(MODELS)}."
        )
    return MODELS[name]

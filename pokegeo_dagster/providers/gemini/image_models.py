"""Gemini's image models: what each can be asked for, and which size a picture needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Size = Literal["512", "1K", "2K", "4K"]
_TEN = ("1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9")
_FOURTEEN = (*_TEN, "1:4", "4:1", "1:8", "8:1")
SEEN_TOKENS = 1_120  # of a picture that the model looks at (litellm 1.109.1)
_PX: Mapping[Size, int] = {"512": 512, "1K": 1024, "2K": 2048, "4K": 4096}
_UNITS: Mapping[Size, str] = {"512": "image-512", "1K": "image-1k", "2K": "image-2k", "4K": "image-4k"}


@dataclass(frozen=True)
class ImageModel:
    """What one model takes. `references` is how many pictures it looks at."""

    name: str
    sizes: tuple[Size, ...] = ("1K", "2K", "4K")
    aspects: tuple[str, ...] = _TEN
    references: int = 14

    def size_for(self, width_px: int, height_px: int) -> Size:
        """The smallest size that need not be enlarged to these pixels; else the largest there is.

        A size names the side of a square of so many pixels; other shapes have about as many (16:9
        at 2K is 2752×1536). 512 is for previews and is never chosen while there is a larger one.
        """
        need = (width_px * height_px) ** 0.5
        real: list[Size] = [size for size in self.sizes if size != "512"] or list(self.sizes)
        enough: list[Size] = [size for size in real if _PX[size] >= need]
        return enough[0] if enough else real[-1]

    def aspect(self, wanted: str) -> str:
        """The shape asked for, or the nearest one that the model has."""
        return min(self.aspects, key=lambda a: abs(_ratio(a) - _ratio(wanted)))


# Sizes, shapes and counts as documented and as resellers report them (seen 2026-11-21): 2.1 answers
# 400 to 512, flash-lite has 1K only, gemini-3.1-flash-image was shut down on 2026-10-29.
IMAGE_MODELS: Mapping[str, ImageModel] = {
    model.name: model
    for model in (
        ImageModel("gemini-3-pro-image"),
        ImageModel("gemini-nano-banana-2.1", aspects=_FOURTEEN),
        ImageModel("gemini-3.1-flash-image", sizes=("512", "1K", "2K", "4K"), aspects=_FOURTEEN),
        ImageModel("gemini-3.1-flash-lite-image", sizes=("1K",)),
    )
}


def image_model(name: str) -> ImageModel:
    """What a model can do; one that is newer than this table is taken to do what all of them do."""
    return IMAGE_MODELS.get(name) or ImageModel(name)


def image_unit(size: Size) -> str:
    """The price list's unit for one picture of a size."""
    return _UNITS[size]


def _ratio(aspect: str) -> float:
    width, height = aspect.split(":")
    return float(width) / float(height)

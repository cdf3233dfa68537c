"""What is delivered: picture size, rate and encoder settings, decided once per episode; how loud it is."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from pokegeo_dagster.film.model import Frozen

SAMPLE_RATE_HZ = 48_000
TARGET_LUFS, LOUDNESS_TOLERANCE_LU = -14.0, 0.5  # integrated, EBU R 128: what YouTube plays at
MOST_PEAK_DBTP = -1.0
Profile = Literal["full", "rehearsal"]


class Delivery(Frozen):
    """The one picture and sound format in which every segment of an episode is made."""

    width_px: int = Field(ge=16, multiple_of=2)
    height_px: int = Field(ge=16, multiple_of=2)
    rate_fps: Literal[24, 25, 30]  # the rates at which a frame is a whole number of samples
    preset: str
    crf: int

    @property
    def samples_per_frame(self) -> int:
        """Sound samples in one picture frame, at 48 kHz. Always whole."""
        return SAMPLE_RATE_HZ // self.rate_fps


# Measured: «faster» costs 64 % of the CPU of «medium» and loses 0.15 VMAF.
DELIVERIES: dict[Profile, Delivery] = {
    "full": Delivery(width_px=1920, height_px=1080, rate_fps=24, preset="faster", crf=18),
    "rehearsal": Delivery(width_px=320, height_px=180, rate_fps=24, preset="ultrafast", crf=28),
}

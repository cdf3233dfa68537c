"""The words that every department shares. A word here means one thing in prompt, type and picture."""

from __future__ import annotations

from typing import Literal

Beat = Literal["hook", "trigger", "context", "clash", "twist", "closing"]
BEATS: tuple[Beat, ...] = ("hook", "trigger", "context", "clash", "twist", "closing")

Habitat = Literal[
    "forest", "rainforest", "grassland", "wetland", "river", "reef", "coast",
    "desert", "mountain", "volcano", "cave", "tundra", "ruins",
]  # fmt: skip
Light = Literal["dawn", "day", "golden", "dusk", "night", "overcast"]
Weather = Literal["clear", "mist", "rain", "snow", "dust", "embers", "pollen"]
# Where the camera stands in a habitat; it decides what a plate shows.
Vantage = Literal["vista", "clearing", "ground", "thicket", "waterside", "shelter"]

BodyPlan = Literal[
    "quadruped", "biped", "bird", "fish", "serpent", "insect", "arthropod",
    "floater", "plant", "blob", "mollusc", "mineral",
]  # fmt: skip
Pose = Literal["sheet", "alert", "rest", "forage", "threat", "call", "travel", "portrait"]
ReferenceKind = Literal["character", "prop", "environment"]
Prop = Literal[
    "boulder", "log", "fern", "mushrooms", "flowers", "bones", "nest", "eggs",
    "crystals", "shell", "driftwood", "grass", "cactus", "coral", "pillar", "lantern",
]  # fmt: skip

Framing = Literal["extreme_wide", "wide", "medium", "close", "detail"]
CameraMove = Literal[
    "locked", "push_in", "pull_out", "pan_left", "pan_right",
    "tilt_up", "tilt_down", "track_left", "track_right",
]  # fmt: skip
Priority = Literal["high", "normal", "low"]

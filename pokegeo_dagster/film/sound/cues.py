"""What a sound cue asks for: its words turned into layers of sound, the leading one first.

"Distant thunder, light rain on leaves" is thunder, far away, and rain, light, in a wood. A word
that nobody knows is passed over, and a cue of which no word is known is the air of a quiet place:
a clip is never without sound. How a layer is made is the foley artist's business.
"""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field

from pokegeo_dagster.film.model import Frozen

Kind = Literal[
    "air", "wind", "grass", "rain", "thunder", "fire", "lava", "stream", "waves", "underwater",
    "birds", "owl", "crickets", "frogs", "insects", "footsteps", "wingbeats", "growl", "breath",
    "hum", "electricity", "ice", "snow", "sand", "drips", "rumble", "chimes", "heartbeat", "splash",
    "rocks", "crunch", "rustle",
]  # fmt: skip
Distance = Literal["near", "mid", "far"]
MOST_LAYERS = 4

# Beginnings of words. Of two that fit, the longer wins: "drip" is not "rip".
_HEARD: dict[Kind, str] = {
    "air": "silen quiet hush still calm ambien room air",
    "wind": "wind gust breez gale howl draught draft storm whistl blow blizzard",
    "grass": "grass meadow reed sedge wheat savann prairie steppe",
    "rustle": "rustl leaf leaves leafy foliage branch canop undergrowth fern bush thicket hedge",
    "rain": "rain drizzl downpour shower monsoon patter",
    "thunder": "thunder thunderclap",
    "fire": "fire flame campfire crackl burn ember blaz",
    "lava": "lava magma volcan molten eruption fumarole geyser vent steam",
    "stream": "stream brook river creek rapid waterfall cascade trickl babbl current flowing spring",
    "waves": "wave surf ocean sea shore tide tidal beach swell lapping lap lake pond",
    "underwater": "underwater bubbl submerg depth  abyss reef",
    "splash": "splash plop dive plung",
    "birds": "bird birdsong chirp twitter songbird warbl tweet  chorus sparrow gull",
    "owl": "owl hoot",
    "crickets": "cricket cicada grasshopper katydid",
    "frogs": "frog toad croak",
    "insects": "insect buzz bee fly flies mosquito swarm drone wasp beetle",
    "footsteps": "footstep step footfall paw hoof hooves trot walk tread pad gallop tramp underfoot",
    "wingbeats": "wingbeat wing flap flutter flight",
    "growl": "growl snarl roar  purr grunt bellow snort call cry",
    "breath": "breath breathing exhal inhal pant sigh sniff snore",
    "hum": "hum eerie ghost spectral haunt otherworld psychic mystic moan ethereal tone resonan whisper",
    "electricity": "electric spark static voltage zap arc discharge lightning thunderbolt",
    "ice": "ice icy glacier glacial freez frozen frost",
    "snow": "snow snowfall snowy powder ash",
    "sand": "sand dune dust desert",
    "drips": "drip droplet cave cavern stalactit grotto echo",
    "rumble": "rumbl earthquake tremor trembl quak quake seismic thud boom",
    "rocks": "rockfall rocks stones pebble gravel scree rubble boulder",
    "crunch": "crunch gnaw chew munch bite crack snap twig creak scratch scrap claw",
    "chimes": "chime crystal shimmer glitter sparkl bell twinkl tinkl",
    "heartbeat": "heartbeat heart pulse",
}
# Heard where a cue names only the place or the hour.
_PLACES: dict[str, tuple[Kind, ...]] = {
    "forest": ("rustle", "birds"), "wood": ("rustle", "birds"), "jungle": ("insects", "birds"),
    "rainforest": ("insects", "birds"), "night": ("crickets",), "nocturnal": ("crickets",),
    "dusk": ("crickets",), "dawn": ("birds",), "morning": ("birds",), "marsh": ("frogs", "insects"),
    "swamp": ("frogs", "insects"), "wetland": ("frogs", "insects"), "mountain": ("wind",),
    "peak": ("wind",), "tundra": ("wind", "snow"), "ruin": ("wind", "drips"), "canyon": ("wind",),
    "garden": ("birds", "insects"), "coast": ("waves", "wind"), "field": ("grass", "insects"),
}  # fmt: skip
# A word that paints another sound: bubbling lava is no diver, and crackling electricity no fire.
_PAINTED: tuple[tuple[str, Kind, frozenset[Kind]], ...] = (
    ("bubbl", "underwater", frozenset({"lava", "stream", "fire"})),
    ("crackl", "fire", frozenset({"electricity", "ice", "snow", "rustle"})),
    ("rumbl", "rumble", frozenset({"thunder", "growl"})),
    ("spark", "electricity", frozenset({"fire", "chimes"})),
    ("cry", "growl", frozenset({"birds"})),
    ("call", "growl", frozenset({"birds", "owl", "frogs"})),
    ("crack", "crunch", frozenset({"ice", "thunder"})),
    ("snow", "snow", frozenset({"footsteps"})),
    ("stone", "rocks", frozenset({"stream", "footsteps", "rain", "waves"})),
    ("rock", "rocks", frozenset({"stream", "footsteps", "rain", "waves", "drips"})),
)
_WORDS: list[tuple[str, Kind]] = sorted(
    ((stem, kind) for kind, stems in _HEARD.items() for stem in stems.split()), key=lambda pair: -len(pair[0])
)
_FAR = {"distant", "far", "faraway", "away", "beyond", "faint", "faintly", "remote", "somewhere", "horizon"}
_NEAR = {"near", "nearby", "close", "closer", "beside", "immediate", "loud"}
_SOFT = {"soft", "softly", "gentle", "gently", "light", "lightly", "quiet", "quietly", "faint", "low",
         "subtle", "muffled", "muted", "delicate", "thin", "barely", "hushed", "slight"}  # fmt: skip
_HEAVY = {"heavy", "heavily", "strong", "loud", "roaring", "driving", "deep", "massive", "thick", "fierce",
          "pounding", "violent", "howling", "torrential", "powerful", "raging", "huge"}  # fmt: skip
_SLOW = {"slow", "slowly", "lazy", "occasional", "sparse", "rare", "single", "lone", "one", "intermittent"}
_QUICK = {"quick", "quickly", "fast", "rapid", "frantic", "scurrying", "busy", "urgent", "rushing"}
_ECHO = re.compile(
    r"\b(?:echo\w*|reverb\w*|cave\w*|cavern\w*|tower|hall|ruin\w*|temple|tunnel|chamber|canyon)\b"
)
_CLAUSE = re.compile(
    r"[,;.:!?—–]|\b(?:and|with|over|under|beneath|above|through|against|then|while|as|behind)\b"
)
_TAILS = (
    " e s es d ed ing y ies er ers ly le les ling ming ting ping like fall drops storm storms wave waves "
    "side bound song calls call"
)
_ENDINGS = frozenset(_TAILS.split(" "))
# What a layer loses for coming second, third, fourth.
_BEHIND_DB = (0.0, -4.0, -7.0, -9.0)
# Not a sound but the way the next one sounds: "quiet crickets" is crickets.
_MANNERS = frozenset({"air"})


class Layer(Frozen):
    """One layer of a cue: what is heard, how far off, how strong and how busy it is."""

    kind: Kind
    distance: Distance = "mid"
    strength: float = Field(default=0.5, ge=0, le=1)  # 0.2 soft, 0.5 plain, 0.85 heavy
    pace: float = Field(default=1.0, gt=0)  # events against the usual number: 0.6 slow, 1.5 quick
    gain_db: float = 0.0  # against the leading layer


class CueSheetLine(Frozen):
    """A whole cue: its layers, and the room they are heard in."""

    layers: tuple[Layer, ...] = Field(min_length=1, max_length=MOST_LAYERS)
    echo: float = Field(ge=0, le=1)  # 0.12 open air, 0.6 a cave or a tower


def read_cue(cue: str) -> CueSheetLine:
    """The layers a cue asks for, in the order in which it names them; at least the air."""
    text = cue.lower()
    asked: list[tuple[Kind, list[str]]] = [
        (kind, words) for words in _clauses(text) for kind in _kinds(words)
    ]
    heard: set[Kind] = {kind for kind, _ in asked}
    for one in list(asked):
        if _is_paint(*one, heard):
            asked.remove(one)
            heard.discard(one[0])
    if len(heard - _MANNERS) < 2:
        for kind in _of_the_place(text):
            asked.append((kind, []))
    layers: dict[Kind, Layer] = {}
    for kind, words in asked:
        if kind not in layers and len(layers) < MOST_LAYERS:
            layers[kind] = _layer(kind, set(words), len(layers))
    return CueSheetLine(
        layers=tuple(layers.values()) or (Layer(kind="air"),), echo=0.6 if _ECHO.search(text) else 0.12
    )


def _clauses(text: str) -> list[list[str]]:
    return [re.findall(r"[a-z]+", clause) for clause in _CLAUSE.split(text)]


def _kinds(words: list[str]) -> list[Kind]:
    kinds: list[Kind] = list(dict.fromkeys(kind for word in words if (kind := _kind(word)) is not None))
    sounding: list[Kind] = [kind for kind in kinds if kind not in _MANNERS]
    return sounding or kinds


def _is_paint(kind: Kind, words: list[str], heard: set[Kind]) -> bool:
    """True when all that names the kind is a word that paints another sound of the cue."""
    naming = [word for word in words if _kind(word) == kind]
    return any(
        kind == painted and heard & others and all(word.startswith(stem) for word in naming)
        for stem, painted, others in _PAINTED
    )


def _of_the_place(text: str) -> list[Kind]:
    words = re.findall(r"[a-z]+", text)
    return [
        kind
        for word in words
        for stem, kinds in _PLACES.items()
        if word in (stem, f"{stem}s")
        for kind in kinds
    ]


def _kind(word: str) -> Kind | None:
    return next((kind for stem, kind in _WORDS if word.startswith(stem) and _fits(word, stem)), None)


def _fits(word: str, stem: str) -> bool:
    """A short stem takes an ending, not another word: "sighing" is a sigh, "sight" is not."""
    return len(stem) > 5 or word[len(stem) :] in _ENDINGS


def _layer(kind: Kind, words: set[str], place: int) -> Layer:
    far, near = bool(words & _FAR), bool(words & _NEAR)
    strength = 0.5 - 0.27 * bool(words & _SOFT) + 0.35 * bool(words & _HEAVY)
    return Layer(
        kind=kind,
        distance="far" if far else "near" if near else "mid",
        strength=round(min(1.0, max(0.1, strength)), 2),
        pace=0.6 if words & _SLOW else 1.5 if words & _QUICK else 1.0,
        gain_db=_BEHIND_DB[place],
    )

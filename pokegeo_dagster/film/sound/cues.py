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
    "lava": "lava magma volcan molten eruption fumarole geyser vent",
    "stream": "stream brook river creek rapid waterfall cascade trickl babbl current flowing spring",
    "waves": "wave surf ocean sea shore tide tidal beach swell lapping lap lake pond",
    "underwater": "underwater bubbl submerg depth deep-water abyss reef",
    "splash": "splash plop dive plung",
    "birds": "bird birdsong chirp twitter songbird warbl tweet dawn-chorus chorus sparrow gull",
    "owl": "owl hoot",
    "crickets": "cricket cicada grasshopper katydid night-insect",
    "frogs": "frog toad croak",
    "insects": "insect buzz bee fly flies mosquito swarm drone wasp beetle",
    "footsteps": "footstep step footfall paw hoof hooves trot walk tread pad gallop tramp",
    "wingbeats": "wingbeat wing flap flutter flight",
    "growl": "growl snarl roar rumbling-call purr grunt bellow snort call cry",
    "breath": "breath breathing exhal inhal pant sigh sniff snore",
    "hum": "hum eerie ghost spectral haunt otherworld psychic mystic moan ethereal tone resonan whisper",
    "electricity": "electric spark static crackle-of-electricity voltage zap arc discharge lightning current-hum",
    "ice": "ice icy glacier glacial freez frozen frost",
    "snow": "snow snowfall snowy powder",
    "sand": "sand dune dust desert",
    "drips": "drip droplet cave cavern stalactit grotto echo",
    "rumble": "rumbl earthquake tremor quake ground-shak seismic thud boom",
    "rocks": "rock stone pebble gravel scree rubble boulder",
    "crunch": "crunch gnaw chew munch bite crack snap twig",
    "chimes": "chime crystal shimmer glitter sparkl bell twinkl tinkl",
    "heartbeat": "heartbeat heart pulse",
}
_WORDS = sorted(
    ((stem, kind) for kind, stems in _HEARD.items() for stem in stems.split()), key=lambda pair: -len(pair[0])
)
_FAR = {"distant", "far", "faraway", "away", "beyond", "faint", "faintly", "remote", "somewhere", "horizon"}
_NEAR = {"near", "nearby", "close", "closer", "beside", "immediate", "loud"}
_SOFT = {"soft", "softly", "gentle", "gently", "light", "lightly", "quiet", "quietly", "faint", "low", "subtle",
         "muffled", "muted", "delicate", "thin", "barely", "hushed", "slight", "tender"}  # fmt: skip
_HEAVY = {"heavy", "heavily", "strong", "loud", "roaring", "driving", "deep", "massive", "thick", "fierce",
          "pounding", "violent", "howling", "torrential", "powerful", "raging", "huge"}  # fmt: skip
_SLOW = {"slow", "slowly", "lazy", "occasional", "sparse", "rare", "single", "lone", "one", "intermittent"}
_QUICK = {"quick", "quickly", "fast", "rapid", "frantic", "scurrying", "busy", "urgent", "rushing"}
_ECHO = re.compile(r"\b(?:echo\w*|reverb\w*|cave\w*|cavern\w*|tower|hall|ruin\w*|temple|tunnel|chamber|canyon)\b")
_CLAUSE = re.compile(r"[,;.:!?—–]|\b(?:and|with|over|under|beneath|above|through|against|then|while|as|behind)\b")
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
    layers: list[Layer] = []
    for clause in _CLAUSE.split(text):
        words = re.findall(r"[a-z]+(?:-[a-z]+)*", clause)
        for kind in _kinds(words):
            if len(layers) < MOST_LAYERS and kind not in {layer.kind for layer in layers}:
                layers.append(_layer(kind, set(words), len(layers)))
    if not layers:
        layers.append(Layer(kind="air"))
    return CueSheetLine(layers=tuple(layers), echo=0.6 if _ECHO.search(text) else 0.12)


def _kinds(words: list[str]) -> list[Kind]:
    kinds = list(dict.fromkeys(kind for word in words if (kind := _kind(word)) is not None))
    sounding = [kind for kind in kinds if kind not in _MANNERS]
    return sounding or kinds


def _kind(word: str) -> Kind | None:
    return next((kind for stem, kind in _WORDS if word.startswith(stem) and _fits(word, stem)), None)


def _fits(word: str, stem: str) -> bool:
    """Short stems must be nearly the whole word: "sea" is not "season", "ice" is not "iceberg's"."""
    return len(word) - len(stem) <= (1 if len(stem) <= 3 else 3 if len(stem) == 4 else 8)


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

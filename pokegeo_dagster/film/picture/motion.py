"""The linter of motion prompts: one movement a clip, and the camera last.

A clip is a breathing photograph. A camera that is handed two actions does both badly, and one that
reads about itself first forgets the animal (seed 000, «Priority hierarchy» and the image rule).
"""

from __future__ import annotations

import re

from pokegeo_dagster.film.story.screenplay import Motion

MOST_PROMPT_WORDS = 90  # beyond this a video model stops reading before it reaches the camera

_MOVES = (
    r"zoom\w*|push(?:es|ing)?[ -]in|pull(?:s|ing)?[ -](?:out|back)|pan(?:s|ning)?|"
    r"tilt(?:s|ing)?(?: up| down)?|doll(?:y|ies|ying)|track(?:s|ing)?|crane|orbit\w*|truck(?:s|ing)?|"
    r"handheld|locked[ -]?off|static shot|steadicam|rack focus"
)
_MANNER = (
    r"(?:a |the )?(?:very |extremely )?"
    r"(?:slow(?:ly)?|gentle|gently|steady|subtle|smooth|soft|fast|quick|whip|low)?[ ,]*"
)
# A sentence about the camera, as opposed to one in which a head tilts or a paw pushes in.
_OPENS_WITH_CAMERA = re.compile(rf"^\s*{_MANNER}(?:(?:{_MOVES})\b|(?:the )?camera\b|(?:the )?shot\b)", re.I)
_NAMES_CAMERA = re.compile(
    r"\bcamera\b|\bzoom(?:s|ing)?\b|\bdolly\b|\bhandheld\b|\blocked-off\b|\b(?:slow|gentle|steady)(?:ly)? "
    r"(?:push(?:es)? in|pulls? out|pans?|tilts? (?:up|down)|tracking)\b",
    re.I,
)
# A capital after «and» is somebody's name: «Slowking and Nidoking face each other» is one movement.
_SEQUENCE = re.compile(
    r"\bthen\b|\bafterwards?\b|\bnext,|\bfinally\b|\bfollowed by\b|;|"
    r"\b(?:before|after|until|and) (?-i:[a-z])\w*ing\b",
    re.I,
)
_ACTIONS = (
    "leap jump run sprint charge strike pounce lunge bite attack dive swoop grab seize catch chase flee "
    "kick throw climb land fall roll walk crawl swim fly turn open close rise drop snap spread raise lower"
)
_AND_ACTS = re.compile(
    rf"(?:\band|,) (?:it |quickly |suddenly )?(?:{'|'.join(a + '(?:e?s)' for a in _ACTIONS.split())})\b", re.I
)
# What a body may be while one thing in it moves.
_STANCES = frozenset({
    "standing", "sitting", "lying", "resting", "floating", "hovering", "crouching", "coiling",
    "waiting", "watching", "facing", "clinging", "hanging", "perching", "leaning", "holding",
    "drifting", "sleeping", "listening", "looking", "staring", "basking", "kneeling", "swimming",
    "gliding", "soaring", "rooting",
})  # fmt: skip
_NOT_MOVEMENTS = frozenset({
    "morning", "evening", "wing", "king", "ring", "spring", "string", "thing", "sting", "lightning",
    "ceiling",
})  # fmt: skip
_GERUND = re.compile(r"\b[a-z]{2,}ing\b", re.I)


def faults(motion: Motion, movement: str) -> list[str]:
    """What is wrong with a motion prompt, one line a fault; empty when it can be filmed.

    `movement` is the one thing that moves in the shot; the prompt has to show it.
    """
    return [*movement_faults(movement), *_camera_faults(motion), *_action_faults(motion, movement)]


def movement_faults(movement: str) -> list[str]:
    """What is wrong with a micro-movement: a stance and one thing that moves is right,
    «standing alert, ears twitching»; a chain of actions is not, «crouching, then leaping»."""
    found = []
    if _SEQUENCE.search(movement) or _AND_ACTS.search(movement):
        found.append(f"the movement {movement!r} is a sequence; keep one movement or split the clip")
        return found
    gerunds = [g.lower() for g in _GERUND.findall(movement) if g.lower() not in _NOT_MOVEMENTS]
    moving = [g for g in gerunds if g not in _STANCES]
    if len(moving) > 1:
        found.append(f"the movement {movement!r} moves {len(moving)} things ({', '.join(moving)}); keep one")
    if not gerunds:
        found.append(f"the movement {movement!r} names nothing that moves; say it like 'ears twitching'")
    return found


def _camera_faults(motion: Motion) -> list[str]:
    found = []
    if _OPENS_WITH_CAMERA.search(motion.action):
        opening = re.split(r"(?<=[.!?])\s", motion.action.strip())[0].rstrip(".")
        found.append(f"the motion prompt opens with the camera ({opening!r}); put the camera last")
    for part in ("action", "details", "sequence", "environment"):
        text = getattr(motion, part)
        sentences = re.split(r"(?<=[.!?])\s+", text.strip())
        named = _NAMES_CAMERA.search(text) or any(_OPENS_WITH_CAMERA.search(s) for s in sentences)
        if named and not (part == "action" and found):
            found.append(f"the camera is spoken of in the motion's {part} ({text!r}); say it in camera only")
    if not (_OPENS_WITH_CAMERA.search(motion.camera) or _NAMES_CAMERA.search(motion.camera)):
        found.append(f"the motion's camera says {motion.camera!r}; use words such as 'Slow push in.'")
    elif len(re.findall(r"[.!?](?:\s|$)", motion.camera)) > 1:
        found.append(f"the motion's camera makes several moves ({motion.camera!r}); keep one")
    return found


def _action_faults(motion: Motion, movement: str) -> list[str]:
    found = []
    for part in ("action", "details"):
        text = getattr(motion, part)
        if _SEQUENCE.search(text) or _AND_ACTS.search(text):
            found.append(f"the motion's {part} is a sequence ({text!r}); keep one movement or split the clip")
    shown = _stems(f"{motion.action} {motion.details}")
    if movement and not _stems(movement) & shown:
        found.append(f"the movement {movement!r} is not in the motion's action or details; say it there")
    words = len(motion.prompt.split())
    if words > MOST_PROMPT_WORDS:
        found.append(f"the motion prompt has {words} words; keep it under {MOST_PROMPT_WORDS}")
    return found


def _stems(text: str) -> set[str]:
    """Words cut to their first four letters, so that «twitching» meets «twitch»."""
    return {w[:4] for w in re.findall(r"[a-zà-ÿ]+", text.lower()) if len(w) > 2 and w not in _SMALL}


_SMALL = frozenset({
    "the", "and", "its", "with", "into", "over", "from", "slowly", "gently", "softly",
})  # fmt: skip

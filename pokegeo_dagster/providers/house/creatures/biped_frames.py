"""The frames of animals on two legs, by form, and what a pose does to them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pokegeo_dagster.film.story.anatomy import Anatomy


@dataclass(frozen=True)
class Build:
    """A form's frame, in units of its standing height or so."""

    leg: float = 0.30
    torso: float = 0.30
    hip: float = 0.12
    chest: float = 0.12
    neck: float = 0.06
    throat: float = 0.06
    head: float = 0.13
    snout: float = 0.5
    arm: float = 0.30
    arm_r: float = 0.040
    leg_r: float = 0.060
    foot: float = 0.12
    lean: float = 0.05
    tail: float = 0.0
    tail_r: float = 0.05
    tail_way: float = 2.9
    tail_curl: float = -0.8
    face: str = "front"
    hand: str = "paw"
    stance: float = 0.10  # half the distance between the feet


BUILDS: dict[str, Build] = {
    "saurian_biped": Build(leg=0.30, torso=0.30, hip=0.150, chest=0.130, neck=0.11, throat=0.085,
                           head=0.125, snout=0.62, arm=0.25, arm_r=0.038, leg_r=0.072, foot=0.15, lean=0.10,
                           tail=0.60, tail_r=0.095, tail_way=3.55, tail_curl=-1.1, face="saurian",
                           hand="claw", stance=0.06),
    "turtle_biped": Build(leg=0.24, torso=0.28, hip=0.19, chest=0.17, neck=0.05, throat=0.10, head=0.17,
                          snout=0.30, arm=0.24, arm_r=0.055, leg_r=0.080, foot=0.13, lean=0.0, tail=0.34,
                          tail_r=0.06, tail_way=3.2, tail_curl=-2.4, face="front", hand="paw"),
    "rodent_biped": Build(leg=0.15, torso=0.30, hip=0.185, chest=0.150, neck=0.02, throat=0.13, head=0.185,
                          snout=0.22, arm=0.20, arm_r=0.042, leg_r=0.070, foot=0.15, lean=0.0, tail=0.46,
                          tail_r=0.045, tail_way=2.6, stance=0.09),
    "cat_biped": Build(leg=0.33, torso=0.27, hip=0.095, chest=0.095, neck=0.04, throat=0.055, head=0.145,
                       snout=0.25, arm=0.29, arm_r=0.034, leg_r=0.052, foot=0.12, lean=0.03, tail=0.50,
                       tail_r=0.036, tail_way=2.9, tail_curl=-1.4, hand="claw", stance=0.08),
    "bear_biped": Build(leg=0.18, torso=0.36, hip=0.225, chest=0.205, neck=0.02, throat=0.16, head=0.155,
                        snout=0.35, arm=0.32, arm_r=0.066, leg_r=0.090, foot=0.15, lean=0.0, tail=0.0,
                        hand="claw", stance=0.13),
    "ape": Build(leg=0.24, torso=0.30, hip=0.145, chest=0.165, neck=0.02, throat=0.11, head=0.155,
                 snout=0.35, arm=0.42, arm_r=0.050, leg_r=0.062, foot=0.14, lean=0.10, tail=0.40,
                 tail_r=0.032, stance=0.10),
    "round": Build(leg=0.07, torso=0.20, hip=0.33, chest=0.36, neck=0.0, throat=0.3, head=0.33, snout=0.1,
                   arm=0.16, arm_r=0.055, leg_r=0.080, foot=0.13, lean=0.0, tail=0.2, tail_r=0.05,
                   face="body", stance=0.15),
    "frog_biped": Build(leg=0.22, torso=0.30, hip=0.185, chest=0.170, neck=0.0, throat=0.16, head=0.19,
                        snout=0.2, arm=0.29, arm_r=0.045, leg_r=0.062, foot=0.17, lean=0.02, tail=0.24,
                        tail_r=0.08, stance=0.12),
    "humanoid": Build(leg=0.38, torso=0.27, hip=0.085, chest=0.115, neck=0.05, throat=0.046, head=0.112,
                      snout=0.1, arm=0.36, arm_r=0.036, leg_r=0.052, foot=0.10, lean=0.03, hand="hand",
                      stance=0.08),
    "bird_biped": Build(leg=0.36, torso=0.26, hip=0.135, chest=0.125, neck=0.07, throat=0.075, head=0.125,
                        snout=0.9, arm=0.30, arm_r=0.036, leg_r=0.050, foot=0.13, lean=0.05, tail=0.18,
                        tail_r=0.07, face="bird", hand="claw", stance=0.06),
    "penguin": Build(leg=0.09, torso=0.44, hip=0.185, chest=0.160, neck=0.03, throat=0.12, head=0.150,
                     snout=0.9, arm=0.32, arm_r=0.045, leg_r=0.06, foot=0.11, lean=0.02, tail=0.12,
                     tail_r=0.06, face="bird", hand="flipper", stance=0.07),
    "golem": Build(leg=0.24, torso=0.34, hip=0.185, chest=0.255, neck=0.0, throat=0.12, head=0.115,
                   snout=0.2, arm=0.46, arm_r=0.080, leg_r=0.095, foot=0.15, lean=0.03, hand="fist",
                   stance=0.14),
    "scarecrow": Build(leg=0.30, torso=0.32, hip=0.115, chest=0.125, neck=0.02, throat=0.08, head=0.155,
                       snout=0.2, arm=0.40, arm_r=0.040, leg_r=0.055, foot=0.11, hand="claw", stance=0.10),
    "imp": Build(leg=0.14, torso=0.28, hip=0.29, chest=0.31, neck=0.0, throat=0.3, head=0.30, snout=0.1,
                 arm=0.25, arm_r=0.062, leg_r=0.085, foot=0.14, lean=0.0, tail=0.16, tail_r=0.07,
                 face="body", hand="claw", stance=0.15),
}  # fmt: skip


@dataclass(frozen=True)
class Stance:
    """What a pose does. Arms: the hand's direction from the shoulder (radians, 0 ahead, −π/2 down)
    and how far it reaches (1 straight), near then far. Feet: shifts ahead and up in leg lengths."""

    lean: float = 0.0
    neck: float = 0.0
    head: float = 0.0
    arms: tuple[tuple[float, float], tuple[float, float]] = ((-1.35, 0.92), (-1.05, 0.90))
    feet: tuple[tuple[float, float], tuple[float, float]] = ((-0.02, 0.0), (0.06, 0.0))
    tail: float = 0.0
    sit: bool = False


STANCES: dict[str, Stance] = {
    "sheet": Stance(),
    "alert": Stance(lean=-0.04, neck=0.06, head=0.08, arms=((-1.2, 0.80), (-0.35, 0.62)), tail=-0.15),
    "rest": Stance(lean=-0.14, head=-0.24, arms=((-0.95, 0.85), (-0.75, 0.85)), sit=True, tail=0.35),
    "forage": Stance(lean=0.75, neck=-0.35, head=-0.50, arms=((-1.25, 1.0), (-1.0, 1.0)),
                     feet=((-0.10, 0.0), (0.14, 0.0)), tail=-0.55),
    "threat": Stance(lean=0.16, neck=-0.05, head=0.04, arms=((0.75, 0.82), (0.55, 0.92)),
                     feet=((-0.26, 0.0), (0.34, 0.0)), tail=-0.65),
    "call": Stance(lean=-0.12, neck=0.25, head=0.50, arms=((-1.75, 0.95), (-0.9, 0.95)), tail=0.1),
    "travel": Stance(lean=0.20, neck=-0.06, head=-0.04, arms=((-0.55, 0.80), (-2.15, 0.80)),
                     feet=((-0.62, 0.22), (0.62, 0.06)), tail=-0.35),
    "portrait": Stance(),
}  # fmt: skip


def fitted(a: Anatomy, b: Build) -> Build:
    """The frame of this species: its girth and its own proportions."""
    stout = 0.84 + 0.32 * a.girth
    return replace(
        b,
        leg=b.leg * a.leg,
        hip=b.hip * stout,
        chest=b.chest * stout,
        neck=b.neck * a.neck,
        head=b.head * a.head,
        arm=b.arm * a.arm,
        arm_r=b.arm_r * (0.88 + 0.24 * a.girth),
        leg_r=b.leg_r * (0.88 + 0.24 * a.girth),
        throat=b.throat * stout,
    )

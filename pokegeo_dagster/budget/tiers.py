"""Tiers: who can do each job, in order of preference; who does it with the keys that are there; and what
happens when they cannot deliver. `cast` is the one place where a job is given to somebody."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Literal, get_args

from pokegeo_dagster.film.errors import OrderRefused
from pokegeo_dagster.film.model import Frozen

Role = Literal["researcher", "writer", "illustrator", "camera", "narrator", "foley"]
Vendor = Literal["gemini", "kie", "elevenlabs", "house"]
# What happens when a vendor cannot deliver: the work waits for it, or the next tier makes a stand-in.
Policy = Literal["wait", "step_down"]
ROLES: tuple[Role, ...] = get_args(Role)

# The default order of each role. Whoever can do a job at all is named here.
TIERS: Mapping[Role, tuple[Vendor, ...]] = {
    "researcher": ("gemini", "house"),
    "writer": ("gemini", "house"),
    "illustrator": ("gemini", "house"),
    "camera": ("kie", "house"),
    "narrator": ("elevenlabs", "house"),
    "foley": ("elevenlabs", "house"),
}
# Today's models; several of a year ago are switched off (provider_wire facts, 2026-11-21).
MODELS: Mapping[Role, str] = {
    "researcher": "gemini-3.8-flash",
    "writer": "gemini-3.8-flash",
    "illustrator": "gemini-nano-banana-2.1",
    "camera": "kling/v2-5-turbo-image-to-video-pro",
    "narrator": "eleven_multilingual_v2",
    "foley": "eleven_text_to_sound_v2",
}
KEYS: Mapping[Vendor, str] = {
    "gemini": "GEMINI_API_KEY",
    "kie": "KIE_API_KEY",
    "elevenlabs": "ELEVENLABS_API_KEY",
}
# What a vendor needs for one role beside its key.
ALSO: Mapping[tuple[Role, Vendor], tuple[str, ...]] = {("narrator", "elevenlabs"): ("ELEVENLABS_VOICE_ID",)}

_MODEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{1,99}")
_POLICIES: tuple[Policy, ...] = get_args(Policy)
_PREFIX, _STUCK, _SUFFIX = "POKEGEO_", "POKEGEO_WHEN_STUCK_", "_MODEL"


class Wish(Frozen):
    """What the settings ask of one role. None: the default."""

    tiers: tuple[Vendor, ...] | None = None
    model: str | None = None
    when_stuck: Policy | None = None


class Part(Frozen):
    """Who does a job, and why. `model` is None for the house, whose members have one each."""

    role: Role
    vendor: Vendor
    model: str | None
    policy: Policy = "wait"
    fallback: Vendor | None = None  # who makes the stand-in; None when the policy is to wait
    why: str

    @property
    def paid(self) -> bool:
        """Whether this job costs money."""
        return self.vendor != "house"

    @property
    def told(self) -> str:
        """«camera: kling/v2-5-turbo-image-to-video-pro by kie (KIE_API_KEY is set)»."""
        who = f"{self.model} by {self.vendor}" if self.model else self.vendor
        stuck = f"; the {self.fallback} steps in when it is stuck" if self.fallback else ""
        return f"{self.role}: {who} ({self.why}{stuck})"


def keys_in(texts: Mapping[str, str]) -> frozenset[str]:
    """The names of the vendors' variables that hold something. Their values stay where they are."""
    wanted = {*KEYS.values(), *(name for names in ALSO.values() for name in names)}
    return frozenset(name for name in wanted if texts.get(name, "").strip())


def wishes(texts: Mapping[str, str]) -> Mapping[Role, Wish]:
    """What `texts` ask for, by role: POKEGEO_CAMERA="kie, house", POKEGEO_CAMERA_MODEL=…,
    POKEGEO_WHEN_STUCK_CAMERA=step_down. An empty text asks for nothing.

    Raises OrderRefused for a role, vendor, model or policy that does not exist, naming what does.
    """
    for name in texts:
        if name.startswith(_STUCK):
            _check_role(name, name.removeprefix(_STUCK), _STUCK, "")
        elif name.startswith(_PREFIX) and name.endswith(_SUFFIX):
            _check_role(name, name.removeprefix(_PREFIX).removesuffix(_SUFFIX), _PREFIX, _SUFFIX)
    return {role: _wish(role, texts) for role in ROLES}


def cast(keys: Collection[str], wished: Mapping[Role, Wish] | None = None) -> Mapping[Role, Part]:
    """Who does each job: the first of its tiers whose keys are all in `keys` (names, as of `keys_in`).

    The house is always there. Raises OrderRefused when the settings leave a job to vendors whose keys
    are missing, with one clause a job.
    """
    parts: dict[Role, Part] = {}
    nobody: dict[Role, str] = {}
    for role in ROLES:
        wish = (wished or {}).get(role, Wish())
        tiers = wish.tiers or TIERS[role]
        there: list[Vendor] = [vendor for vendor in tiers if not missing_keys(role, vendor, keys)]
        if there:
            parts[role] = _part(role, wish, tiers, there, keys)
        else:
            nobody[role] = f"{role} is left to {' and '.join(tiers)}, but {_unset(role, tiers, keys)}"
    if nobody:
        raise OrderRefused(
            f"Nobody can do every job: {'; '.join(nobody.values())}. Set what is missing, or add house to "
            f"{', '.join(_variable(role) for role in nobody)}."
        )
    return parts


def missing_keys(role: Role, vendor: Vendor, keys: Collection[str]) -> tuple[str, ...]:
    """The variables that a vendor still needs before it can do a job; none for the house."""
    needed = (*([KEYS[vendor]] if vendor in KEYS else []), *ALSO.get((role, vendor), ()))
    return tuple(name for name in needed if name not in keys)


def _part(
    role: Role, wish: Wish, tiers: tuple[Vendor, ...], there: list[Vendor], keys: Collection[str]
) -> Part:
    vendor = there[0]
    if vendor == "house":
        before = tiers[: tiers.index("house")]
        why = _unset(role, before, keys) if before else f"{_variable(role)} says so"
        return Part(role=role, vendor=vendor, model=None, why=why)
    policy = wish.when_stuck or "wait"
    needed = (KEYS[vendor], *ALSO.get((role, vendor), ()))
    return Part(
        role=role,
        vendor=vendor,
        model=wish.model or MODELS[role],
        policy=policy,
        fallback=there[1] if policy == "step_down" and len(there) > 1 else None,
        why=f"{_listed(needed)} {'is' if len(needed) == 1 else 'are'} set",
    )


def _unset(role: Role, tiers: Iterable[Vendor], keys: Collection[str]) -> str:
    lost = [name for vendor in tiers for name in missing_keys(role, vendor, keys)]
    return f"{_listed(lost)} {'is' if len(lost) == 1 else 'are'} not set"


def _wish(role: Role, texts: Mapping[str, str]) -> Wish:
    variable = _variable(role)
    tiers, model, stuck = (
        texts.get(name, "").strip() for name in (variable, variable + _SUFFIX, _STUCK + role.upper())
    )
    if model and not _MODEL.fullmatch(model):
        raise OrderRefused(
            f"{variable}{_SUFFIX} is {model!r}, which is no model's name: write one such as {MODELS[role]}."
        )
    return Wish(
        tiers=_tiers(role, tiers) if tiers else None,
        model=model or None,
        when_stuck=_policy(role, stuck) if stuck else None,
    )


def _tiers(role: Role, text: str) -> tuple[Vendor, ...]:
    named = [word.strip().lower() for word in text.split(",") if word.strip()]
    known: dict[str, Vendor] = {vendor: vendor for vendor in TIERS[role]}
    for name in named:
        if name not in known:
            raise OrderRefused(
                f"{_variable(role)} names {name!r}, who is no {role}: write {' or '.join(known)}, "
                f"or both in your order, such as {', '.join(known)!r}."
            )
    if not named:
        raise OrderRefused(f"{_variable(role)} names nobody: write {' or '.join(known)}.")
    return tuple(dict.fromkeys(known[name] for name in named))


def _policy(role: Role, text: str) -> Policy:
    for policy in _POLICIES:
        if text.lower().replace("-", "_") == policy:
            return policy
    raise OrderRefused(
        f"{_STUCK}{role.upper()} is {text!r}: write wait (its work waits for the vendor) or step_down "
        "(the next tier makes a stand-in)."
    )


def _check_role(name: str, role: str, prefix: str, suffix: str) -> None:
    if role.lower() not in ROLES:
        close = difflib.get_close_matches(role.lower(), ROLES, n=1) or ROLES
        known = " or ".join(f"{prefix}{r.upper()}{suffix}" for r in close)
        raise OrderRefused(f"{name} is for no job on this set: write {known}.")


def _variable(role: str) -> str:
    return _PREFIX + role.upper()


def _listed(names: Iterable[str]) -> str:
    return " and ".join(names)

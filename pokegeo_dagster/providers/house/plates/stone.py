"""Stone: boulders, dripstone, columns and arches, basalt, cactus (which is built like a column)."""

from __future__ import annotations

import numpy as np

from pokegeo_dagster.providers.house.plates.canvas import Field, Sheet, path
from pokegeo_dagster.providers.house.plates.noise import Rng, profile

SECOND = 255  # moss, snow or lichen on stone


def boulder(
    sheet: Sheet,
    rng: Rng,
    x: float,
    foot: float,
    width: float,
    side: float,
    tall: float = 0.66,
    cap: float = 0.0,
) -> None:
    """A rock of planes: dark below, lit on the light's side; `cap` (0–1) of it is moss or snow on top."""
    ring = rock_outline(rng, x, foot, width, tall)
    middle = np.array([x + 0.02 * width, foot - width * tall * 0.45], np.float32)
    sheet.poly(ring, 50)
    crown = middle + np.array([side * width * 0.10, -width * tall * 0.16], np.float32)
    inner = crown + (ring - middle) * (0.44 + 0.14 * rng.random((len(ring), 1)))
    sun = np.array([side * 0.7, -0.72], np.float32)
    n = len(ring)
    for k in range(n):
        nxt = (k + 1) % n
        face = np.stack([ring[k], ring[nxt], inner[nxt], inner[k]]).astype(np.float32)
        out = (ring[k] + ring[nxt]) / 2 - middle
        out = out / max(1e-6, float(np.hypot(*out)))
        tone = 98 + 76 * float(out @ sun) + 13 * rng.standard_normal()
        sheet.poly(face, tone, SECOND if cap > 0 and out[1] < -1 + cap * 1.2 else 0)
    sheet.poly(inner.astype(np.float32), 150 + 14 * rng.standard_normal(), SECOND if cap > 0.35 else 0)
    half = inner[: n // 2 + 1] if side < 0 else inner[n // 2 :]
    sheet.poly(np.concatenate([half, crown[None]]).astype(np.float32), 168, SECOND if cap > 0.35 else 0)
    _scratches(sheet, rng, ring, middle, width)
    if cap > 0.2:
        _moss(sheet, rng, inner, crown, width, cap)


def rock_outline(rng: Rng, x: float, foot: float, width: float, tall: float, count: int = 11) -> Field:
    """A broken, flat-footed outline."""
    turn = np.sort(np.linspace(0, 2 * np.pi, count, endpoint=False) + 0.28 * rng.standard_normal(count))
    reach = 0.86 + 0.24 * rng.random(count)
    xs = x + np.cos(turn) * reach * width / 2
    ys = foot - width * tall * 0.45 + np.sin(turn) * reach * width * tall * 0.56
    return np.stack([xs, np.minimum(ys, foot + 0.012 * width)], axis=1).astype(np.float32)


def dripstone(
    sheet: Sheet, rng: Rng, x: float, root: float, length: float, width: float, side: float
) -> None:
    """A stalagmite (length upwards) or a stalactite (negative length): rings of stone, wet on one side."""
    count = 18
    t = np.linspace(0, 1, count, dtype=np.float32)
    wobble = width * 0.08 * profile(rng, count, 4, 3)
    spine = np.stack([x + wobble + 0.03 * length * t * rng.standard_normal(), root - length * t], axis=1)
    widths = width * (
        (1 - t) ** 0.75 * 0.85 + 0.35 * np.exp(-t * 9) + 0.07 * profile(rng, count, 9, 3) * (1 - t)
    )
    widths = np.maximum(widths, width * 0.015)
    sheet.limb(spine.astype(np.float32), widths.astype(np.float32), 58)
    for across, share, tone in ((0.10, 0.6, 88), (0.24, 0.34, 128), (0.37, 0.12, 196), (-0.3, 0.16, 44)):
        line = spine + np.stack([side * widths * across, np.zeros(count)], axis=1)
        thick = widths * share * (0.8 + 0.3 * profile(rng, count, 7, 2))
        sheet.limb(
            line.astype(np.float32), np.abs(thick).astype(np.float32), tone + 8 * rng.standard_normal()
        )


def column(
    sheet: Sheet,
    rng: Rng,
    x: float,
    foot: float,
    width: float,
    height: float,
    side: float,
    broken: bool = True,
) -> None:
    """A fluted column on a base, often broken off; ivy is someone else's."""
    lean = 0.015 * rng.standard_normal()
    top = foot - height
    jag = width * 0.35 * profile(rng, 9, 4, 3) if broken else np.zeros(9)
    xs = np.linspace(-0.5, 0.5, 9)
    for n in range(8):
        a, b = xs[n], xs[n + 1]
        middle = (a + b) / 2
        tone = 92 + 118 * side * middle + (16 if n % 2 else -12) - 20 * abs(middle)
        shaft = np.array([
            (x + a * width * 1.04, foot), (x + b * width * 1.04, foot),
            (x + lean * height + b * width * 0.88, top + jag[n + 1]),
            (x + lean * height + a * width * 0.88, top + jag[n]),
        ], np.float32)  # fmt: skip
        sheet.poly(shaft, tone)
    drums = int(height / width / 1.3)
    for n in range(1, drums):
        y = foot - height * n / drums + 0.01 * width * rng.standard_normal()
        ring = np.array([(x - width * 0.5, y), (x, y + width * 0.05), (x + width * 0.5, y)], np.float32)
        ring[:, 0] += lean * (foot - y)
        sheet.limb(ring, np.full(3, width * 0.022, np.float32), 38)
    for step, (grow, thick) in enumerate(((1.45, 0.16), (1.2, 0.14))):
        y = foot - step * width * 0.16
        _block(sheet, x, y, width * grow, width * thick, side, 110)
    if not broken:
        _block(sheet, x + lean * height, top, width * 1.3, width * 0.2, side, 124)
        _block(sheet, x + lean * height, top - width * 0.2, width * 1.6, width * 0.16, side, 134)


def arch(sheet: Sheet, rng: Rng, x: float, foot: float, width: float, height: float, side: float) -> None:
    """A standing arch of a fallen wall, stone by stone."""
    pier = width * 0.2
    for sign in (-1, 1):
        courses = 9
        tall = height * 0.62
        for n in range(courses):
            y = foot - tall * n / courses
            shift = pier * 0.06 * rng.standard_normal()
            _block(
                sheet,
                x + sign * (width / 2 - pier / 2) + shift,
                y,
                pier * (0.95 + 0.14 * rng.random()),
                tall / courses * 0.96,
                side,
                92 + 16 * rng.standard_normal() + 18 * side * sign,
            )
    stones = 13
    centre, radius = (x, foot - height * 0.6), width / 2
    gone = int(rng.integers(0, stones)) if rng.random() < 0.5 else -1
    for n in range(stones):
        if n == gone:
            continue
        a, b = np.pi * n / stones, np.pi * (n + 0.94) / stones
        ring = [(np.cos(t), np.sin(t)) for t in (a, b)]
        outer, inner = radius * (1 + 0.05 * rng.random()), radius - pier
        face = [
            (centre[0] + c * r, centre[1] - s * r * height / width * 0.72)
            for (c, s), r in zip([*ring, *ring[::-1]], (outer, outer, inner, inner), strict=True)
        ]
        sheet.poly(
            np.array(face, np.float32), 100 + 66 * side * np.cos((a + b) / 2) + 14 * rng.standard_normal()
        )


def basalt(sheet: Sheet, rng: Rng, x: float, foot: float, width: float, height: float, side: float) -> None:
    """A group of six-sided columns, stepped."""
    count = 7
    for n in rng.permutation(count):
        px = x + (n - count / 2) * width / count
        tall = height * (0.45 + 0.6 * rng.random()) * (1 - abs(n - count / 2) / count * 0.8)
        w = width / count * 1.05
        top = foot - tall
        for a, b, tone in ((-0.5, -0.2, 96 - 52 * side), (-0.2, 0.24, 88), (0.24, 0.5, 96 + 52 * side)):
            sheet.poly(
                np.array(
                    [(px + a * w, foot), (px + b * w, foot), (px + b * w, top), (px + a * w, top)], np.float32
                ),
                tone + 9 * rng.standard_normal(),
            )
        cap = [
            (px + dx * w, top + dy * w)
            for dx, dy in ((-0.5, 0), (-0.2, 0.12), (0.24, 0.12), (0.5, 0), (0.2, -0.12), (-0.26, -0.12))
        ]
        sheet.poly(np.array(cap, np.float32), 176 + 12 * rng.standard_normal(), SECOND)


def cactus(sheet: Sheet, rng: Rng, x: float, foot: float, height: float, side: float) -> None:
    """A saguaro: ribbed stem, arms that turn up."""
    wide = height * 0.115
    arms = [
        (sign, 0.3 + 0.3 * rng.random(), 0.25 + 0.25 * rng.random())
        for sign in (-1, 1)
        for _ in range(1 + (rng.random() < 0.4))
    ]
    stems = [
        path(
            [(x, foot), (x + 0.02 * height * rng.standard_normal(), foot - height * 0.5), (x, foot - height)],
            14,
        )
    ]
    widths = [wide]
    for sign, start, rise in arms:
        y = foot - height * start
        out = sign * height * (0.15 + 0.06 * rng.random())
        bend = path([(x, y), (x + out * 1.15, y + 0.02 * height), (x + out, y - height * 0.16)], 8)
        up = np.array(
            [(x + out, y - height * 0.16), (x + out * 0.98, y - height * (0.16 + rise))], np.float32
        )
        stems.append(np.concatenate([bend, np.linspace(up[0], up[1], 8, dtype=np.float32)[1:]]))
        widths.append(wide * 0.62)
    for line, w in sorted(zip(stems, widths, strict=True), key=lambda s: s[1]):
        n = len(line)
        t = np.linspace(0, 1, n)
        round_off = np.sqrt(np.clip(1 - np.clip((t - 0.9) / 0.1, 0, 1) ** 2, 0.04, 1))
        girth = (w * (0.88 + 0.12 * np.sin(np.pi * t)) * round_off).astype(np.float32)
        sheet.limb(line, girth, 62)
        along = np.gradient(line, axis=0)
        along /= np.maximum(np.hypot(along[:, 0], along[:, 1])[:, None], 1e-6)
        across = np.stack([-along[:, 1], along[:, 0]], axis=1)
        for k in range(6):
            place = (k - 2.5) / 6
            offset = across * (girth * place)[:, None]
            right = float(np.sign(across[n // 2, 0] or 1.0))
            tone = 92 + 165 * place * side * right
            sheet.limb((line + offset).astype(np.float32), girth * 0.10, tone)


def crystals(sheet: Sheet, rng: Rng, x: float, foot: float, size: float, side: float, count: int = 7) -> None:
    """A cluster of prisms."""
    for n in np.argsort(-np.abs(np.arange(count) - count / 2)):
        turn = (n - (count - 1) / 2) * 0.26 + 0.08 * rng.standard_normal()
        tall = size * (0.95 - 0.5 * abs(turn)) * (0.7 + 0.4 * rng.random())
        w = tall * (0.15 + 0.05 * rng.random())
        axis, across = np.array([np.sin(turn), -np.cos(turn)]), np.array([np.cos(turn), np.sin(turn)])
        base = np.array([x + turn * size * 0.28, foot])
        neck, tip = base + axis * tall * 0.8, base + axis * tall
        for a, b, tone in ((-0.5, -0.12, 118 - 62 * side), (-0.12, 0.22, 150), (0.22, 0.5, 118 + 78 * side)):
            face = np.stack(
                [
                    base + across * a * w * 0.8,
                    base + across * b * w * 0.8,
                    neck + across * b * w,
                    tip,
                    neck + across * a * w,
                ]
            )
            sheet.poly(face.astype(np.float32), tone + 14 * rng.standard_normal())
        ridge = np.stack([base + across * 0.22 * w * 0.8, neck + across * 0.22 * w, tip])
        sheet.limb(ridge.astype(np.float32), np.full(3, w * 0.05, np.float32), 245)


def _block(
    sheet: Sheet, x: float, foot: float, width: float, height: float, side: float, tone: float
) -> None:
    a, b = x - width / 2, x + width / 2
    sheet.poly(np.array([(a, foot), (b, foot), (b, foot - height), (a, foot - height)], np.float32), tone)
    lit = b - width * 0.12 if side > 0 else a
    sheet.poly(
        np.array(
            [
                (lit, foot),
                (lit + width * 0.12, foot),
                (lit + width * 0.12, foot - height),
                (lit, foot - height),
            ],
            np.float32,
        ),
        tone + 60,
    )
    sheet.limb(
        np.array([(a, foot - height), (b, foot - height)], np.float32),
        np.full(2, height * 0.12, np.float32),
        tone + 44,
    )
    sheet.limb(np.array([(a, foot), (b, foot)], np.float32), np.full(2, height * 0.09, np.float32), tone - 50)


def _moss(sheet: Sheet, rng: Rng, inner: Field, crown: Field, width: float, cap: float) -> None:
    """Tufts over the upper planes, so that a cap has no ruler's edge."""
    count = int(60 + 120 * cap)
    k = rng.integers(0, len(inner), count)
    share = rng.random(count)[:, None] ** 0.6 * 1.25
    at = crown + (inner[k] - crown) * share
    at = at[at[:, 1] < crown[1] + width * 0.06 * cap].astype(np.float32)
    size = width * 0.035 * (0.5 + rng.random(len(at)))
    tones = 118 + 40 * rng.standard_normal(len(at)) + 60 * (crown[1] - at[:, 1]) / width
    sheet.dabs(at, size, size * 0.55, rng.random(len(at)) * 3, tones, SECOND)


def _scratches(sheet: Sheet, rng: Rng, ring: Field, middle: Field, width: float) -> None:
    for _ in range(12):
        k = int(rng.integers(0, len(ring)))
        a = middle + (ring[k] - middle) * (0.25 + 0.6 * rng.random())
        b = a + rng.standard_normal(2) * width * 0.07
        sheet.limb(
            np.stack([a, (a + b) / 2, b]).astype(np.float32),
            np.array([0.002, 0.012, 0.002], np.float32) * width,
            70 + 60 * rng.random(),
        )

"""The cut-out: a subject taken off its flat backdrop, with soft edges and without the backdrop's light.

Image models deliver no transparency, and their «flat» backdrop is not quite: it carries JPEG grain,
a soft fall-off, sometimes a shadow under the feet. So the backdrop's colour is measured along the
border, shade of the same colour counts as backdrop, and what cannot be told apart is refused.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pokegeo_dagster.providers.bench.pixels import Pixels

# Distances are CIE76 ΔE. Grain of a JPEG backdrop stays below 6; a subject starts about 30 away.
_FLAT_SPREAD = 14.0
_FLAT_SHARE = 0.62  # of the border that has to be backdrop
_NEAR, _FAR = 9.0, 34.0
_DARKEST_SHADE = 0.5  # how dark a shadow on the backdrop may be, as a share of its light
_SMALLEST_SUBJECT = 0.01
_SMALLEST_PIECE = 0.004  # of the subject's largest piece: haunter's hands float, dust does not
_SMALLEST_HOLE = 0.00003  # of the picture: a gap between two claws, not a glint in an eye
_UNSURE = 0.22


class CannotCutOut(Exception):
    """Why this picture has no subject that could be cut out."""


@dataclass(frozen=True)
class CutOut:
    """A trimmed BGRA picture; `box` is where the subject lies in it, `backdrop` what was taken off."""

    picture: Pixels
    box: tuple[int, int, int, int]
    backdrop: tuple[int, int, int]  # RGB


def cut_out(picture: Pixels, see_through: bool = False, margin: float = 0.01) -> CutOut:
    """The subject of a BGR picture on a flat backdrop.

    `see_through` is for bodies of vapour: as much of the backdrop as shines through one is taken out
    of it. Raises CannotCutOut: the backdrop is not flat, the subject is missing, fills the picture
    on all sides, or is too like the backdrop.
    """
    image = picture.astype(np.float32) / 255
    backdrop = _backdrop(image)
    distance, tint = _distance(image, backdrop), _tint(image, backdrop)
    solid = _pieces(distance > (_NEAR + _FAR) / 2, tint)
    _refuse(solid, distance)
    core = cv2.erode(solid.astype(np.uint8), _disc(max(2, min(solid.shape) // 220))) > 0
    # A whole body may be tinted like the backdrop by nature, one of vapour only by what is behind it.
    own_tint = 0.08 if see_through else 0.6
    shining = np.clip((tint - own_tint) / (0.95 - own_tint), 0, 1)
    alpha = np.minimum(_alpha(distance, solid, core), 1 - shining)
    colour = _without_spill(image, alpha, core, backdrop)
    out = np.dstack([colour, alpha])
    out = (np.clip(out, 0, 1) * 255 + 0.5).astype(np.uint8)
    out[out[..., 3] < 4] = 0
    trimmed, box = _trimmed(out, round(max(out.shape[:2]) * margin))
    blue, green, red = (round(float(c) * 255) for c in backdrop)
    return CutOut(trimmed, box, (red, green, blue))


def _border(image: Pixels) -> Pixels:
    """The pixels of a thin frame along the edges, in rows of three."""
    deep = max(2, min(image.shape[:2]) // 80)
    strips = (image[:deep], image[-deep:], image[:, :deep], image[:, -deep:])
    return np.concatenate([strip.reshape(-1, 3) for strip in strips])


def _backdrop(image: Pixels) -> Pixels:
    """The backdrop's colour: the commonest one of the border, if most of the border has it."""
    lab = _lab(_border(image)[None])[0]
    bins = np.round(lab / 8).astype(np.int32)
    kinds, counts = np.unique(bins, axis=0, return_counts=True)
    peak = kinds[counts.argmax()] * 8.0
    near = _like(lab, peak)
    for _ in range(3):  # the middle of that cluster, wherever its bins were cut
        peak = np.median(lab[near], axis=0) if near.any() else peak
        near = _like(lab, peak)
    share = float(near.mean())
    if share < _FLAT_SHARE:
        raise CannotCutOut(f"its background is not one flat colour (only {share:.0%} of the border has it)")
    return np.median(_border(image)[near], axis=0).astype(np.float32)


def _like(lab: Pixels, peak: Pixels) -> Pixels:
    return np.linalg.norm((lab - peak) * (0.5, 1, 1), axis=1) < _FLAT_SPREAD


def _distance(image: Pixels, backdrop: Pixels) -> Pixels:
    """How unlike the backdrop every pixel is, its shade and grain forgiven."""
    calm = cv2.GaussianBlur(image, (0, 0), 0.7)
    shade = (calm @ backdrop) / float(backdrop @ backdrop)
    colourful = float(np.linalg.norm(_lab(backdrop[None, None])[0, 0, 1:])) > 30
    low, high = (_DARKEST_SHADE, 1.12) if colourful else (0.9, 1.06)  # grey has no shade of its own
    shaded = np.clip(shade, low, high)[..., None] * backdrop
    return np.linalg.norm(_lab(calm) - _lab(shaded.astype(np.float32)), axis=2).astype(np.float32)


def _tint(image: Pixels, backdrop: Pixels) -> Pixels:
    """How much of the backdrop's colourfulness a pixel has: 1 is all of it, 0 none or another colour.
    All 0 for a backdrop that has no colour to speak of."""
    toward = _lab(backdrop[None, None])[0, 0, 1:]
    strength = float(np.linalg.norm(toward))
    if strength < 20:
        return np.zeros(image.shape[:2], np.float32)
    return (_lab(cv2.GaussianBlur(image, (0, 0), 0.7))[..., 1:] @ (toward / strength**2)).astype(np.float32)


def _pieces(mask: Pixels, tint: Pixels) -> Pixels:
    """The subject: its largest piece and every other that is no speck. Holes stay open where the
    backdrop is seen through them, and are closed where something only has its brightness."""
    count, labels, sizes = _components(mask, 8)
    if count < 2:
        raise CannotCutOut("there is nothing on its background")
    sizes[0] = 0
    solid = (sizes >= max(16, _SMALLEST_PIECE * sizes.max()))[labels]
    count, labels, sizes = _components(~solid, 4)
    tints = np.bincount(labels.ravel(), tint.ravel(), count) / np.maximum(sizes, 1)
    small = (sizes < _SMALLEST_HOLE * mask.size) & (tints < 0.7)
    closed = small | ((tints < 0.4) & bool(tint.any()))
    closed[0] = True  # the subject itself
    closed[np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))] = False
    return closed[labels] | solid


def _components(mask: Pixels, connectivity: int) -> tuple[int, NDArray[np.int32], NDArray[np.int64]]:
    """How many connected pieces (0 is what is not in the mask), which one each pixel is in, their areas."""
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=connectivity)
    pieces = np.asarray(labels, np.int32)
    return count, pieces, np.bincount(pieces.ravel(), minlength=count)


def _refuse(solid: Pixels, distance: Pixels) -> None:
    share = float(solid.mean())
    if share < _SMALLEST_SUBJECT:
        raise CannotCutOut(f"its subject is too small ({share:.1%} of the picture)")
    if all(side.any() for side in (solid[0], solid[-1], solid[:, 0], solid[:, -1])):
        raise CannotCutOut("its subject runs out of the picture on all four sides")
    radius = max(2, min(solid.shape) // 150)
    inside = cv2.erode(solid.astype(np.uint8), _disc(radius)) > 0
    unsure = float((distance[inside] < _FAR * 0.75).mean()) if inside.any() else 1.0
    if unsure > _UNSURE:
        raise CannotCutOut(f"its subject and its background are too alike ({unsure:.0%} of it)")


def _alpha(distance: Pixels, solid: Pixels, core: Pixels) -> Pixels:
    """0–1: whole inside, nothing outside, and between them by how much of the subject's own
    distance a pixel has: a hair that covers half a pixel is half as far from the backdrop."""
    radius = max(2, min(solid.shape) // 220)
    reach = cv2.dilate(solid.astype(np.uint8), _disc(2 * radius)) > 0
    own = cv2.blur(cv2.dilate(distance, _disc(radius + 1)), (2 * radius + 1, 2 * radius + 1))
    soft = (distance - _NEAR) / np.maximum(0.88 * own - _NEAR, _FAR - _NEAR)
    return np.where(core, 1.0, np.where(reach, np.clip(soft, 0, 1), 0.0)).astype(np.float32)


def _without_spill(image: Pixels, alpha: Pixels, core: Pixels, backdrop: Pixels) -> Pixels:
    """The subject's own colour: mixed pixels unmixed and drawn towards the colour just behind them,
    and the rim freed of the backdrop's light."""
    share = alpha[..., None]
    own = np.clip((image - (1 - share) * backdrop) / np.maximum(share, 0.12), 0, 1).astype(np.float32)
    radius = max(3, min(alpha.shape) // 90)
    behind, known = _spread(own, core & (alpha > 0.9), radius)
    trust = np.where(core | ~known, 1.0, alpha**2)[..., None]
    own = (own * trust + behind * (1 - trust)).astype(np.float32)
    lab, toward = _lab(own), _lab(backdrop[None, None])[0, 0, 1:]
    strength = float(np.linalg.norm(toward))
    if strength < 20:
        return own
    # The tint towards the backdrop that the subject has just behind its rim is its own; more is not.
    toward = toward / strength
    deep, reached = _spread(own, cv2.erode(core.astype(np.uint8), _disc(radius)) > 0, 2 * radius)
    close, far = _lab(behind)[..., 1:] @ toward, _lab(deep)[..., 1:] @ toward
    # A pale belly under a dark back may be tinted a little more than what lies deep behind it.
    natural = np.maximum(np.where(reached, np.clip(close, far, far + 7), close), 0) + 2
    rim = known & (cv2.dilate((alpha < 0.99).astype(np.uint8), _disc(radius)) > 0)
    excess = np.where(rim, np.maximum(0, lab[..., 1:] @ toward - natural), 0)
    lab[..., 1:] -= excess[..., None] * toward
    return np.clip(cv2.cvtColor(lab, cv2.COLOR_LAB2BGR), 0, 1)


def _spread(colours: Pixels, where: Pixels, radius: int) -> tuple[Pixels, Pixels]:
    """Colours known only at `where`, carried outwards, the nearest counting most; and where that
    reached. Worked out on a small copy: it is smooth."""
    high, wide = where.shape
    small = max(1, radius // 3)
    size = (max(1, wide // small), max(1, high // small))
    known = where.astype(np.float32)
    painted = np.dstack([colours * known[..., None], known]).astype(np.float32)
    few = cv2.resize(painted, size, interpolation=cv2.INTER_AREA)
    box = 4 * (radius // small) + 1
    near = cv2.GaussianBlur(few, (0, 0), radius / small / 3) + 1e-3 * cv2.blur(few, (box, box))
    total = near[..., 3:]
    mean = np.where(total > 1e-6, near[..., :3] / np.maximum(total, 1e-6), 0).astype(np.float32)
    reached = cv2.resize(
        (total[..., 0] > 1e-6).astype(np.uint8), (wide, high), interpolation=cv2.INTER_NEAREST
    )
    return cv2.resize(mean, (wide, high), interpolation=cv2.INTER_LINEAR), reached > 0


def _trimmed(picture: Pixels, margin: int) -> tuple[Pixels, tuple[int, int, int, int]]:
    """The picture cropped to what is in it and a clear margin all round, also where it had none."""
    x, y, width, height = cv2.boundingRect((picture[..., 3] > 0).astype(np.uint8))
    out = np.zeros((height + 2 * margin, width + 2 * margin, 4), np.uint8)
    out[margin : margin + height, margin : margin + width] = picture[y : y + height, x : x + width]
    return out, (margin, margin, margin + width, margin + height)


def _disc(radius: int) -> Pixels:
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))


def _lab(image: Pixels) -> Pixels:
    return cv2.cvtColor(np.ascontiguousarray(image, dtype=np.float32), cv2.COLOR_BGR2LAB)

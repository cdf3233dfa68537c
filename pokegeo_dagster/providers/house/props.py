"""Props: sixteen things an animal lives among, painted by the light of the film and cut out to alpha.

Each is drawn on a square bench one unit wide, standing on y = 0.9, cropped and brought to size.
There is no cast shadow: the compositor lays one where the prop is put.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from pokegeo_dagster.film.vocabulary import Habitat, Prop
from pokegeo_dagster.providers.house import props_grown, props_left
from pokegeo_dagster.providers.house.plates.canvas import Bytes, Layer, Sheet, colour
from pokegeo_dagster.providers.house.plates.habitats import KITS, Kit
from pokegeo_dagster.providers.house.plates.light import Mood
from pokegeo_dagster.providers.house.plates.noise import Rng, fbm, shifted

_MARGIN = 0.02  # transparent border, as a share of the longest side

# Draws on (plant or first-material sheet, stone or second-material sheet), lit from a side.
_Drawer = Callable[[Sheet, Sheet, Rng, float], None]


def draw_prop(prop: Prop, habitat: Habitat, mood: Mood, rng: Rng, longest_px: int) -> Bytes:
    """A prop as BGRA with straight alpha, tightly cropped; its longer side is `longest_px`."""
    unit = int(max(240, longest_px * 1.12))
    bench, room = int(unit * 1.4), int(unit * 0.2)  # some of them grow beyond the unit they stand on
    first, second = (Sheet((bench, bench), 100, unit, room) for _ in range(2))
    layer = Layer((bench, bench), opaque=False)
    _DRAWERS[prop](first, second, rng, mood.side)
    grain = fbm(rng, (bench, bench), 26, 4, 0.62)
    paints = _paints(prop, KITS[habitat])
    for sheet, (one, two) in ((second, paints[2:]), (first, paints[:2])):
        _blend(sheet)
        sheet.texture(grain, 17)
        _round_off(sheet, mood.side)
        layer.lay(sheet, mood.shade(colour(one), 0.05), mood.shade(colour(two), 0.05))
    if prop in ("lantern", "crystals"):
        _shine(layer, first if prop == "lantern" else second, prop)
    return _cut_out(layer, longest_px)


def _paints(prop: Prop, kit: Kit) -> tuple[str, str, str, str]:
    """Paint of the first sheet (its two kinds), then of the second."""
    hexes = {name: _hex(getattr(kit, name)) for name in ("leaf", "wood", "rock", "cap")}
    own: dict[Prop, tuple[str, str, str, str]] = {
        "mushrooms": ("C4553A", "E8DCC0", "6E8446", "6A5240"),
        "flowers": ("6C9A44", "D86A9A", "6C9A44", "E8C04A"),
        "bones": ("E6DCC4", "D8CBAE", "E6DCC4", "B8A888"),
        "nest": ("8A6A42", "9A7A4E", "DCE4DC", "B8A890"),
        "eggs": ("7A8A48", "8A6A42", "D8E0D4", "8A7A68"),
        "crystals": ("74747A", "5E8A7C", "7FC0E0", "A8E4F4"),
        "shell": ("E8C8AC", "C47A5C", "E8C8AC", "F4E4D4"),
        "driftwood": ("A89A88", "B8A890", "A89A88", "B8A890"),
        "cactus": ("6A8A4E", "7A5C42", "6A8A4E", "E878A0"),
        "coral": ("E0806A", "8A5A6A", "E0806A", "F0C060"),
        "pillar": ("75904E", "6A5642", "B4AC98", "75904E"),
        "lantern": ("5A4A3C", "FFD070", "5A4A3C", "8A7A60"),
    }
    return own.get(prop, (hexes["leaf"], hexes["wood"], hexes["rock"], hexes["cap"]))


def _hex(paint: np.ndarray) -> str:
    return "".join(f"{round(float(c) * 255):02X}" for c in paint)


def _blend(sheet: Sheet) -> None:
    """Neighbouring tones run into each other a little, as wet paint does."""
    tone = sheet.image[..., 1]
    wet = cv2.GaussianBlur(tone, (0, 0), sheet.size[0] / 120)
    sheet.image[..., 1] = cv2.addWeighted(tone, 0.45, wet, 0.55, 0)


def _round_off(sheet: Sheet, side: float) -> None:
    """Form from the silhouette: what faces the light brightens, what turns away or under darkens."""
    size = sheet.size[0]
    body = cv2.GaussianBlur(sheet.image[..., 0].astype(np.float32) / 255, (0, 0), size / 26)
    step = max(1, size // 40)
    moved = shifted(body, side * step, -step * 0.9)
    sheet.texture(np.clip((body - moved) * 2.2, -1, 1), -62)


def _shine(layer: Layer, sheet: Sheet, prop: Prop) -> None:
    """Light of its own: a lantern's flame, the heart of a crystal."""
    lit = sheet.image[..., 2] if prop == "lantern" else sheet.image[..., 0]
    glow = lit.astype(np.float32) / 255
    assert layer.alpha is not None
    tint = colour("FFC860" if prop == "lantern" else "8FE8FF")
    layer.add(glow * np.float32(0.62 if prop == "lantern" else 0.16), tint)
    halo = cv2.GaussianBlur(glow, (0, 0), layer.size[0] / 24) * layer.alpha
    layer.add(halo * np.float32(0.5), tint)


def _cut_out(layer: Layer, longest_px: int) -> Bytes:
    assert layer.alpha is not None
    ys, xs = np.where(layer.alpha > 1 / 255)
    top, end, left, right = ys.min(), ys.max() + 1, xs.min(), xs.max() + 1
    inner = longest_px - 2 * max(1, round(longest_px * _MARGIN))
    scale = inner / max(end - top, right - left)
    to = (max(1, round((right - left) * scale)), max(1, round((end - top) * scale)))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    edge = (longest_px - inner) // 2
    sides = (edge, edge, edge, edge, cv2.BORDER_CONSTANT)
    planes = [
        cv2.copyMakeBorder(cv2.resize(p[top:end, left:right], to, interpolation=how), *sides, value=[0])
        for p in (*layer.planes, layer.alpha)
    ]
    layer.become([np.clip(p, 0, 1) for p in planes[:3]], np.clip(planes[3], 0, 1))
    return layer.bytes()


_DRAWERS: dict[Prop, _Drawer] = {
    "boulder": props_grown.draw_boulder,
    "log": props_grown.draw_log,
    "fern": props_grown.draw_fern,
    "mushrooms": props_grown.draw_mushrooms,
    "flowers": props_grown.draw_flowers,
    "bones": props_left.draw_bones,
    "nest": props_left.draw_nest,
    "eggs": props_left.draw_eggs,
    "crystals": props_grown.draw_crystals,
    "shell": props_left.draw_shell,
    "driftwood": props_grown.draw_driftwood,
    "grass": props_grown.draw_grass,
    "cactus": props_grown.draw_cactus,
    "coral": props_grown.draw_coral,
    "pillar": props_grown.draw_pillar,
    "lantern": props_left.draw_lantern,
}

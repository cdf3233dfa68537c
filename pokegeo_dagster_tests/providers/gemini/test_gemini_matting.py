"""Cut-outs: soft rims, open gaps, no backdrop left, and nothing that is not a cut-out."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pokegeo_dagster.film.story.anatomy import anatomy_of
from pokegeo_dagster.film.story.species import find_species
from pokegeo_dagster.providers.gemini.backdrop import backdrop_for_species
from pokegeo_dagster.providers.gemini.matting import CannotCutOut, cut_out
from pokegeo_dagster.providers.house.creature import draw_creature

GREEN, MAGENTA = (0, 177, 64), (226, 0, 148)
SIZE = 480
Picture = np.ndarray


def laid_on(body: Picture, colour: tuple[int, int, int], shadow: bool = True) -> Picture:
    """An RGBA body on a «flat» backdrop as a model paints it: a fall-off, a shadow, JPEG grain. BGR."""
    high, wide = body.shape[:2]
    side = int(max(high, wide) * 1.3)
    y, x = np.mgrid[:side, :side] / side - 0.5
    ground = np.array(colour, np.float32) * (1 - 0.3 * (x**2 + y**2))[..., None]
    top, left = (side - high) // 2, (side - wide) // 2
    if shadow:
        dark = np.zeros((side, side), np.float32)
        cv2.ellipse(dark, (side // 2, top + high - 4), (wide // 3, side // 30), 0, 0, 360, 1, -1)
        ground *= (1 - 0.35 * cv2.GaussianBlur(dark, (0, 0), side / 60))[..., None]
    alpha = body[..., 3:].astype(np.float32) / 255
    part = ground[top : top + high, left : left + wide]
    ground[top : top + high, left : left + wide] = body[..., :3] * alpha + part * (1 - alpha)
    grain = np.random.default_rng(5).normal(0, 2, ground.shape)
    picture = np.clip(ground + grain, 0, 255).astype(np.uint8)[..., ::-1]
    data = cv2.imencode(".jpg", np.ascontiguousarray(picture), [cv2.IMWRITE_JPEG_QUALITY, 90])[1]
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert decoded is not None
    return decoded


def drawn(paint) -> Picture:
    """A body painted white on black in `paint`, in a warm grey-brown, RGBA, edges smooth."""
    mask = np.zeros((SIZE * 4, SIZE * 4), np.uint8)
    paint(mask, 4)
    alpha = cv2.resize(mask, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    return np.dstack([np.full_like(alpha, 150), np.full_like(alpha, 110), np.full_like(alpha, 80), alpha])


def blob(mask: Picture, k: int) -> None:
    cv2.circle(mask, (240 * k, 240 * k), 180 * k, 255, -1)


def compared(picture: Picture, body: Picture) -> tuple[Picture, Picture]:
    """The cut-out's alpha and the true one, both 0–1 over their own bounding boxes, at one size."""
    cut = cut_out(picture)
    x0, y0, x1, y1 = cut.box
    x, y, w, h = cv2.boundingRect((body[..., 3] > 8).astype(np.uint8))
    got = cv2.resize(cut.picture[y0:y1, x0:x1, 3], (w, h), interpolation=cv2.INTER_AREA)
    return got / 255.0, body[y : y + h, x : x + w, 3] / 255.0


def inside(share: Picture) -> Picture:
    """Where a share is 1 and also 1 four pixels on in every direction."""
    whole = (share > 0.95).astype(np.uint8)
    return cv2.erode(whole, np.ones((9, 9), np.uint8), borderValue=1) > 0


@pytest.mark.parametrize("name", ["pikachu", "gyarados", "butterfree", "bulbasaur"])
def test_an_animal_keeps_its_outline_and_loses_all_of_its_backdrop(name):
    species = find_species(name)
    body = draw_creature(anatomy_of(species), "alert", "golden", 7, SIZE)
    backdrop = backdrop_for_species(species)

    got, true = compared(laid_on(body, backdrop.rgb), body)

    assert np.abs(got - true).mean() < 0.02
    assert (got[inside(true)] > 0.95).mean() > 0.997
    assert (got[inside(1 - true)] < 0.05).mean() > 0.997


def test_the_backdrops_light_does_not_stay_on_the_rim():
    body = drawn(blob)
    lit = (body[..., 3] > 0) & (cv2.erode(body[..., 3], np.ones((7, 7), np.uint8)) < 255)
    body[lit, :3] = 0.7 * body[lit, :3] + 0.3 * np.array(GREEN)  # a wet rim mirrors its surroundings

    cut = cut_out(laid_on(body, GREEN)).picture.astype(int)

    seen = cut[..., 3] > 20
    excess = (cut[..., 1] - (cut[..., 0] + cut[..., 2]) / 2)[seen]
    assert np.percentile(excess, 99) < 16 and excess.max() < 24


def test_a_rim_is_soft_and_not_a_staircase():
    cut = cut_out(laid_on(drawn(blob), GREEN)).picture[..., 3]

    soft = ((cut > 20) & (cut < 235)).sum()
    around = 2 * np.pi * 180
    assert 0.5 * around < soft < 6 * around


def test_a_shadow_under_the_feet_is_backdrop():
    body = drawn(blob)

    plain, shaded = (cut_out(laid_on(body, GREEN, shadow=s)).picture[..., 3] > 128 for s in (False, True))

    assert abs(int(plain.sum()) - int(shaded.sum())) < 0.005 * plain.sum()


def test_gaps_between_limbs_stay_open():
    def legs(mask: Picture, k: int) -> None:
        cv2.rectangle(mask, (60 * k, 60 * k), (420 * k, 420 * k), 255, -1)
        cv2.rectangle(mask, (180 * k, 200 * k), (300 * k, 330 * k), 0, -1)

    got, true = compared(laid_on(drawn(legs), MAGENTA), drawn(legs))

    assert (got[inside(1 - true)] < 0.05).mean() > 0.997
    assert (got[3:-3, 3:-3][inside(true)[3:-3, 3:-3]] > 0.95).mean() > 0.997
    assert inside(1 - true)[110:260, 90:270].sum() > 10_000, "the gap is looked at"


def test_loose_parts_of_the_body_are_kept_and_specks_are_not():
    def hands(mask: Picture, k: int) -> None:
        cv2.circle(mask, (240 * k, 240 * k), 130 * k, 255, -1)
        cv2.circle(mask, (60 * k, 240 * k), 30 * k, 255, -1)
        cv2.circle(mask, (440 * k, 60 * k), 4 * k, 255, -1)

    cut = cut_out(laid_on(drawn(hands), GREEN, shadow=False))

    count, _, stats, _ = cv2.connectedComponentsWithStats((cut.picture[..., 3] > 128).astype(np.uint8))
    assert count - 1 == 2, stats


def test_the_backdrop_does_not_shine_through_a_body_of_vapour():
    alpha = np.zeros((SIZE, SIZE), np.float32)
    cv2.circle(alpha, (240, 240), 90, 1.0, -1)
    cloud = np.maximum(alpha, 0.5 * (cv2.circle(np.zeros_like(alpha), (240, 240), 180, 1.0, -1)))
    body = np.dstack([np.full((SIZE, SIZE, 3), (90, 60, 120), np.uint8), (cloud * 255).astype(np.uint8)])

    cut = cut_out(laid_on(body, GREEN, shadow=False), see_through=True)

    middle = cut.picture.shape[0] // 2
    reach = cut.picture.shape[1] // 2 + 135
    blue, green, red, opacity = (int(v) for v in cut.picture[middle, reach])
    assert 90 < opacity < 190
    assert green < max(red, blue)
    assert cut.picture[middle, cut.picture.shape[1] // 2, 3] > 245


def test_a_cut_out_is_trimmed_to_a_small_margin():
    cut = cut_out(laid_on(drawn(blob), GREEN))

    high, wide = cut.picture.shape[:2]
    x0, y0, x1, y1 = cut.box
    assert (cut.picture[y0:y1, x0:x1, 3] > 0).sum() == (cut.picture[..., 3] > 0).sum()
    assert 0 < x0 < 0.03 * wide and 0 < high - y1 < 0.03 * high
    assert abs((x1 - x0) - 361) < 8


def test_the_measured_backdrop_is_named():
    red, green, blue = cut_out(laid_on(drawn(blob), GREEN, shadow=False)).backdrop

    assert max(abs(red - 0), abs(green - 160), abs(blue - 58)) < 22


def scenery() -> Picture:
    y, x = np.mgrid[:SIZE, :SIZE] / SIZE
    return (np.dstack([255 * x, 255 * y, 255 * (1 - x)])).astype(np.uint8)


def test_a_picture_with_scenery_behind_the_animal_is_no_cut_out():
    with pytest.raises(CannotCutOut, match="not one flat colour"):
        cut_out(scenery())


def test_an_empty_backdrop_is_no_cut_out():
    with pytest.raises(CannotCutOut, match="nothing on"):
        cut_out(np.full((SIZE, SIZE, 3), GREEN[::-1], np.uint8))


def test_a_subject_of_less_than_a_hundredth_is_no_cut_out():
    def dot(mask: Picture, k: int) -> None:
        cv2.circle(mask, (240 * k, 240 * k), 20 * k, 255, -1)

    with pytest.raises(CannotCutOut, match="too small"):
        cut_out(laid_on(drawn(dot), GREEN, shadow=False))


def test_a_subject_that_runs_out_on_all_sides_is_no_cut_out():
    picture = np.full((SIZE, SIZE, 3), GREEN[::-1], np.uint8)
    cv2.line(picture, (0, 240), (SIZE, 240), (80, 110, 150), 60)
    cv2.line(picture, (240, 0), (240, SIZE), (80, 110, 150), 60)

    with pytest.raises(CannotCutOut, match="all four sides"):
        cut_out(picture)


def test_a_subject_of_the_backdrops_own_colour_is_no_cut_out():
    body = drawn(blob)
    body[..., :3] = (30, 168, 84)

    with pytest.raises(CannotCutOut):
        cut_out(laid_on(body, GREEN))


def test_a_subject_cut_off_by_one_edge_is_still_cut_out():
    picture = laid_on(drawn(blob), GREEN, shadow=False)

    cut = cut_out(picture[: int(picture.shape[0] * 0.7)])

    assert (cut.picture[..., 3] > 200).mean() > 0.4

"""The house's animals: every body stands whole on its canvas, in its own colours, the same in every pose."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from itertools import combinations
from typing import get_args

import cv2
import numpy as np
import pytest

from pokegeo_dagster.film.story.anatomy import Anatomy, anatomy_of
from pokegeo_dagster.film.story.species import species_book
from pokegeo_dagster.film.vocabulary import BodyPlan, Light, Pose
from pokegeo_dagster.providers.house import creature, illustrator
from pokegeo_dagster.providers.house.creature import draw_creature
from pokegeo_dagster.providers.house.creatures import paint
from pokegeo_dagster.providers.house.creatures.bodies import pose_body
from pokegeo_dagster.providers.house.creatures.figure import Eye, Sitter

HEIGHT_PX, SEED = 96, 7
BOOK = species_book()
FORMS = json.loads(
    files("pokegeo_dagster.film.story").joinpath("body_plans.json").read_text(encoding="utf-8")
)["forms"]
# The first species of each of the 76 builds, and the first of each of the 12 plans.
OF_FORM: dict[str, str] = {form: row["species"].split()[0] for form, row in FORMS.items()}
OF_PLAN: dict[str, str] = {row["plan"]: OF_FORM[form] for form, row in reversed(FORMS.items())}
POSES: tuple[Pose, ...] = ("rest", "forage", "threat", "call", "travel", "sheet")
# Animals whose plain colour is not what covers most of them: what does instead.
WORN_OVER = {
    "zubat": "accent",  # the membranes of its wings
    "carvanha": "second",  # its red underside
    "ekans": "belly",
    "oddish": "accent",  # its leaves
    "omanyte": "second",  # its shell
}
EYELESS = {"star"}  # staryu and starmie look at nobody


@lru_cache(maxsize=256)
def drawn(slug: str, pose: Pose = "alert", light: Light = "day") -> np.ndarray:
    return draw_creature(anatomy_of(BOOK[slug]), pose, light, SEED, HEIGHT_PX)


def poses_of(plan: str) -> tuple[Pose, ...]:
    """A portrait and three more poses beside `alert`: across the plans every pose is drawn six times."""
    first = list(OF_PLAN).index(plan) % 6
    return ("portrait", *(POSES[(first + step) % 6] for step in (0, 2, 3)))


def animal(picture: np.ndarray) -> np.ndarray:
    """The colours of what is solid: rows of red, green, blue."""
    return np.ascontiguousarray(picture[picture[..., 3] > 200][:, :3])


def lab(colours: np.ndarray) -> np.ndarray:
    rows = np.asarray(colours, np.float32).reshape(-1, 1, 3) / 255
    return cv2.cvtColor(rows, cv2.COLOR_RGB2LAB).reshape(-1, 3)


def chroma(colours: np.ndarray) -> np.ndarray:
    return np.hypot(*lab(colours)[:, 1:].T)


def hues(colours: np.ndarray) -> np.ndarray:
    """Hues in degrees, 0 red, 120 green."""
    rows = np.asarray(colours, np.uint8).reshape(-1, 1, 3)
    return cv2.cvtColor(rows, cv2.COLOR_RGB2HSV).reshape(-1, 3)[:, 0] * 2.0


def apart(hue: np.ndarray | float, other: float) -> np.ndarray:
    return np.abs((np.asarray(hue) - other + 180) % 360 - 180)


def histogram(picture: np.ndarray) -> np.ndarray:
    counts, _ = np.histogramdd(lab(animal(picture)), bins=(6, 12, 12), range=((0, 100), (-64, 64), (-64, 64)))
    return counts / counts.sum()


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    """The share of colour that two pictures have in common, 0–1."""
    return float(np.minimum(histogram(one), histogram(other)).sum())


def pictures() -> Iterator[tuple[str, str, np.ndarray]]:
    return ((form, slug, drawn(slug)) for form, slug in OF_FORM.items())


def test_the_table_of_bodies_knows_every_plan():
    assert set(OF_PLAN) == set(get_args(BodyPlan))
    assert all(anatomy_of(BOOK[slug]).form == form for form, slug in OF_FORM.items())


def test_every_body_fills_its_canvas_and_touches_no_border():
    for form, slug, picture in pictures():
        alpha = picture[..., 3]
        assert picture.shape[0] == HEIGHT_PX and picture.dtype == np.uint8, slug
        assert 0.2 * HEIGHT_PX <= picture.shape[1] <= 3.2 * HEIGHT_PX, f"{slug} ({form})"
        assert 0.02 <= (alpha > 128).mean() <= 0.90, f"{slug} ({form})"
        edges = np.concatenate([alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1]])
        assert not edges.any(), f"{slug} ({form}) is cut off by its canvas"


def test_every_body_is_one_animal():
    """No build needs an exception: of all 1,025 species none has less than 80 % in one piece."""
    for form, slug, picture in pictures():
        solid = (picture[..., 3] > 64).astype(np.uint8)
        _, _, pieces, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
        sizes = pieces[1:, cv2.CC_STAT_AREA]
        assert sizes.max() >= 0.8 * sizes.sum(), f"{slug} ({form}) falls apart"


def is_of(picture: np.ndarray, anatomy: Anatomy) -> bool:
    """Whether an animal wears its own colour by day.

    A coloured one (base colour of 12 or more in Lab chroma) has its heaviest hue within 15° of its
    base colour, or of the part that covers most of it (WORN_OVER), and then a quarter of its colour
    within 15° of the base. A grey, white or black one is at the median no more colourful than 12.
    """
    colours, base = animal(picture), np.array(anatomy.base)
    weights = chroma(colours)
    if chroma(base)[0] < 12:
        return bool(np.median(weights) <= 12)
    shares, _ = np.histogram(hues(colours), bins=36, range=(0, 360), weights=weights)
    heaviest = float(shares.argmax() * 10 + 5)
    worn = getattr(anatomy, WORN_OVER.get(anatomy.species, "base"))
    near = weights[apart(hues(colours), hues(base)[0]) <= 15].sum() / weights.sum()
    return bool(apart(heaviest, hues(np.array(worn))[0]) <= 15 and near >= 0.25)


def test_every_body_wears_the_colour_of_its_species():
    for form, slug, picture in pictures():
        assert is_of(picture, anatomy_of(BOOK[slug])), (
            f"{slug} ({form}) is painted in somebody else's colours"
        )


def test_a_body_in_another_coat_is_told_from_it():
    """The tolerance above is not so wide that any colour would do."""
    for slug in ("growlithe", "piplup", "caterpie", "magnemite"):
        anatomy = anatomy_of(BOOK[slug])
        violet = anatomy.model_copy(
            update={"base": (150, 60, 190), "second": (110, 40, 140), "belly": (200, 150, 220)}
        )
        assert not is_of(draw_creature(violet, "alert", "day", SEED, HEIGHT_PX), anatomy), slug


def test_every_body_that_has_eyes_has_one():
    for form, slug in OF_FORM.items():
        figure = pose_body(Sitter(anatomy_of(BOOK[slug]), "alert", SEED))
        eyes = [item for item in figure.items if isinstance(item, Eye)]
        assert bool(eyes) == (form not in EYELESS), f"{slug} ({form})"


@pytest.mark.parametrize("plan", get_args(BodyPlan))
def test_the_eye_is_seen(plan: str, monkeypatch: pytest.MonkeyPatch):
    slug = OF_PLAN[plan]
    seeing = drawn(slug)

    monkeypatch.setattr(paint, "paint_eye", lambda *_: None)
    blind = draw_creature(anatomy_of(BOOK[slug]), "alert", "day", SEED, HEIGHT_PX)

    changed = np.abs(seeing[..., :3].astype(int) - blind[..., :3]).max(axis=2) > 24
    assert changed.sum() >= 4, f"{slug} has no eye that is seen"
    assert np.array_equal(seeing[..., 3], blind[..., 3])


@pytest.mark.parametrize("plan", get_args(BodyPlan))
def test_an_animal_is_the_same_animal_in_every_pose(plan: str):
    """Measured: two poses have 0.62 to 0.96 of their colour in common, two animals at most 0.35."""
    alert = drawn(OF_PLAN[plan])
    others = [drawn(slug) for slug in OF_PLAN.values() if slug != OF_PLAN[plan]]
    stranger = max(likeness(alert, other) for other in others)

    for pose in poses_of(plan):
        same = likeness(alert, drawn(OF_PLAN[plan], pose))
        assert same >= 0.5, f"{OF_PLAN[plan]} is another animal in {pose}"
        assert same >= stranger + 0.1, f"{OF_PLAN[plan]} in {pose} looks like somebody else"


@pytest.mark.parametrize("plan", get_args(BodyPlan))
def test_every_pose_is_whole_and_another_picture(plan: str):
    """A portrait alone is cut: clean, at its bottom edge."""
    seen = {drawn(OF_PLAN[plan]).tobytes()}

    for pose in poses_of(plan):
        picture = drawn(OF_PLAN[plan], pose)
        alpha = picture[..., 3]
        edges = [alpha[0], alpha[:, 0], alpha[:, -1]] + ([] if pose == "portrait" else [alpha[-1]])
        seen.add(picture.tobytes())
        assert picture.shape[0] == HEIGHT_PX
        assert 0.02 <= (alpha > 128).mean() <= 0.95, pose
        assert pose == "portrait" or not any(edge.any() for edge in edges), pose
        assert not edges[0].any(), pose

    assert len(seen) == 5


def small(picture: np.ndarray) -> np.ndarray:
    """What is left of an animal at a glance: 32 × 32, straight alpha on grey."""
    alpha = picture[..., 3:].astype(np.float32) / 255
    laid = picture[..., :3] * alpha + 128 * (1 - alpha)
    return cv2.resize(np.dstack([laid, alpha * 255]), (32, 32), interpolation=cv2.INTER_AREA)


@pytest.mark.parametrize("plan", get_args(BodyPlan))
def test_no_two_animals_of_a_plan_look_alike(plan: str):
    """Two builds differ at a glance by 8 levels of 255. Two kin of one build by 3: muk is a grimer with
    its mouth open (3.6); two individuals of one grimer differ by 1.4."""
    builds = [slug for form, slug in OF_FORM.items() if FORMS[form]["plan"] == plan]
    first, kin = FORMS[anatomy_of(BOOK[OF_PLAN[plan]]).form]["species"].split()[:2]

    gaps = {(a, b): np.abs(small(drawn(a)) - small(drawn(b))).mean() for a, b in combinations(builds, 2)}

    assert [pair for pair, gap in gaps.items() if gap < 8] == []
    assert np.abs(small(drawn(first)) - small(drawn(kin))).mean() >= 3, f"{first} and {kin} are one drawing"


@pytest.mark.parametrize("slug", ["vulpix", "gyarados"])
def test_the_same_order_is_the_same_bytes_and_another_individual_is_not(slug: str):
    first = drawn(slug)

    again = draw_creature(anatomy_of(BOOK[slug]), "alert", "day", SEED, HEIGHT_PX)
    sibling = draw_creature(anatomy_of(BOOK[slug]), "alert", "day", SEED + 1, HEIGHT_PX)

    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != sibling.tobytes()
    assert likeness(first, sibling) > 0.6


def test_night_falls_on_the_animal_too():
    day, night = animal(drawn("vulpix")), animal(drawn("vulpix", "alert", "night"))

    assert lab(night)[:, 0].mean() < 0.8 * lab(day)[:, 0].mean()


def test_the_illustrators_credit_follows_the_edition_of_the_creatures(monkeypatch: pytest.MonkeyPatch):
    """A creature that looks different makes the takes of the older edition older."""
    before = illustrator.HouseIllustrator.credit.edition
    monkeypatch.setattr(creature, "EDITION", creature.EDITION + 1)
    spec = importlib.util.spec_from_file_location("illustrator_of_tomorrow", illustrator.__file__)
    assert spec is not None and spec.loader is not None

    tomorrow = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tomorrow)

    assert tomorrow.HouseIllustrator.credit.edition == before + 1

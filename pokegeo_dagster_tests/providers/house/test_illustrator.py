"""What the house illustrator draws: sizes, depths, light, and the same picture twice."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import cv2
import numpy as np
import pytest

from pokegeo_dagster.film.crew import Made, ReferenceOrder
from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.errors import ProductionError
from pokegeo_dagster.film.story.screenplay import Atmosphere, Reference, Setting
from pokegeo_dagster.film.vocabulary import Habitat, Light, Prop, Vantage
from pokegeo_dagster.providers.house.illustrator import HouseIllustrator

TINY = Delivery(width_px=128, height_px=72, rate_fps=24, preset="ultrafast", crf=28)
PROSE = "A quiet place, seen as a wildlife film would see it."


def atmosphere(light: Light = "golden", habitat: Habitat = "forest") -> Atmosphere:
    return Atmosphere(
        habitat=habitat, light=light, weather="clear", palette=("amber", "moss green"), prose=PROSE
    )


def environment(
    habitat: Habitat = "forest", light: Light = "golden", vantage: Vantage = "clearing",
    delivery: Delivery = TINY, name: str = "ref_07", seed: int = 3,
) -> ReferenceOrder:  # fmt: skip
    setting = Setting(habitat=habitat, light=light, weather="clear", vantage=vantage)
    reference = Reference(id=name, kind="environment", name="a_place", description=PROSE, setting=setting)
    return ReferenceOrder(
        reference=reference, atmosphere=atmosphere(light, habitat), delivery=delivery, seed=seed
    )


def prop(which: Prop, light: Light = "golden") -> ReferenceOrder:
    reference = Reference(id="ref_15", kind="prop", name="a_thing", description=PROSE, prop=which)
    return ReferenceOrder(reference=reference, atmosphere=atmosphere(light), delivery=TINY, seed=3)


def drawn(order: ReferenceOrder, room: Path) -> tuple[Made, dict[str, np.ndarray]]:
    room.mkdir(parents=True, exist_ok=True)
    made = HouseIllustrator().draw(order, None, room)
    pictures = {part: cv2.imread(str(path), cv2.IMREAD_UNCHANGED) for part, path in made.files.items()}
    return made, {part: picture for part, picture in pictures.items() if picture is not None}


def laid_over(below: np.ndarray, layer: np.ndarray) -> np.ndarray:
    alpha = layer[..., 3:].astype(np.float64) / 255
    return np.floor(layer[..., :3] * alpha + below * (1 - alpha) + 0.5)


def test_an_environment_is_main_and_three_depths_a_fifth_larger_than_the_frame(tmp_path: Path):
    delivery = Delivery(width_px=320, height_px=180, rate_fps=24, preset="ultrafast", crf=28)

    made, pictures = drawn(environment(delivery=delivery), tmp_path)

    assert {part: picture.shape for part, picture in pictures.items()} == {
        "main": (216, 384, 3), "far": (216, 384, 3), "mid": (216, 384, 4), "near": (216, 384, 4),
    }  # fmt: skip
    assert (made.slate["width_px"], made.slate["height_px"]) == (384, 216)


@pytest.mark.parametrize("habitat", ["forest", "reef", "volcano", "ruins"])
def test_main_is_exactly_its_depths_laid_over_each_other(habitat: Habitat, tmp_path: Path):
    _, pictures = drawn(environment(habitat, "dusk", "shelter"), tmp_path)

    stacked = laid_over(laid_over(pictures["far"].astype(np.float64), pictures["mid"]), pictures["near"])

    assert np.array_equal(stacked, pictures["main"])


@pytest.mark.parametrize("vantage", get_args(Vantage))
@pytest.mark.parametrize("habitat", ["coast", "cave"])
def test_there_is_ground_to_stand_on_across_the_whole_frame(
    habitat: Habitat, vantage: Vantage, tmp_path: Path
):
    _, pictures = drawn(environment(habitat, "day", vantage), tmp_path)

    alpha = pictures["mid"][..., 3]
    height = len(alpha)
    assert (alpha[int(height * 0.82) :] == 255).all()
    assert alpha[: int(height * 0.66), alpha.shape[1] * 2 // 5 : alpha.shape[1] * 3 // 5].mean() < 60


@pytest.mark.parametrize("vantage", get_args(Vantage))
def test_the_foreground_leaves_the_middle_of_the_frame_to_the_animal(vantage: Vantage, tmp_path: Path):
    for n, habitat in enumerate(("forest", "desert")):
        _, pictures = drawn(environment(habitat, "overcast", vantage), tmp_path / str(n))

        alpha = pictures["near"][..., 3]
        height, width = alpha.shape
        assert alpha[int(height * 0.3) : int(height * 0.8), int(width * 0.36) : int(width * 0.64)].mean() < 12
        assert alpha.max() > 200


def test_the_same_order_gives_the_same_bytes(tmp_path: Path):
    first, _ = drawn(environment(), tmp_path / "a")
    again, _ = drawn(environment(), tmp_path / "b")

    for part, path in first.files.items():
        assert path.read_bytes() == again.files[part].read_bytes()


def test_another_reference_is_another_picture_of_the_place(tmp_path: Path):
    _, one = drawn(environment(name="ref_07"), tmp_path / "a")
    _, other = drawn(environment(name="ref_08"), tmp_path / "b")

    assert np.abs(one["main"].astype(int) - other["main"]).mean() > 4


def test_six_lights_are_six_pictures(tmp_path: Path):
    means = {}
    for light in get_args(Light):
        _, pictures = drawn(environment("grassland", light, "vista"), tmp_path / light)
        means[light] = pictures["main"].reshape(-1, 3).mean(axis=0)

    lights = list(means)
    gaps = [np.abs(means[a] - means[b]).max() for i, a in enumerate(lights) for b in lights[i + 1 :]]
    assert min(gaps) > 8
    assert means["night"].mean() < 0.6 * means["day"].mean()
    assert means["golden"][2] > means["golden"][0] + 15  # red over blue


def test_thirteen_habitats_are_thirteen_pictures(tmp_path: Path):
    small = []
    for habitat in get_args(Habitat):
        _, pictures = drawn(environment(habitat, "day", "vista"), tmp_path / habitat)
        small.append(cv2.resize(pictures["main"], (24, 14), interpolation=cv2.INTER_AREA).astype(int))

    gaps = [np.abs(a - b).mean() for i, a in enumerate(small) for b in small[i + 1 :]]
    assert min(gaps) > 5


@pytest.mark.parametrize("which", get_args(Prop))
def test_a_prop_is_cut_out_with_a_clear_border(which: Prop, tmp_path: Path):
    made, pictures = drawn(prop(which), tmp_path)

    main = pictures["main"]
    alpha = main[..., 3]
    assert max(main.shape[:2]) == round(TINY.height_px * 0.55)
    assert not alpha[0].any()
    assert not alpha[-1].any()
    assert not alpha[:, 0].any()
    assert not alpha[:, -1].any()
    assert 0.08 < (alpha > 128).mean() < 0.95
    assert main[alpha > 200][:, :3].std() > 8
    assert (made.slate["width_px"], made.slate["height_px"]) == main.shape[1::-1]


def test_a_prop_is_painted_by_the_light_of_the_film(tmp_path: Path):
    _, day = drawn(prop("boulder", "day"), tmp_path / "day")
    _, night = drawn(prop("boulder", "night"), tmp_path / "night")

    def brightness(pictures: dict[str, np.ndarray]) -> float:
        return float(pictures["main"][pictures["main"][..., 3] > 200][:, :3].mean())

    assert brightness(night) < 0.7 * brightness(day)


def test_a_character_is_the_animal_cut_out(tmp_path: Path):
    reference = Reference(
        id="ref_01", kind="character", name="the_animal", description=PROSE, species="vulpix", pose="alert"
    )
    order = ReferenceOrder(reference=reference, atmosphere=atmosphere(), delivery=TINY, seed=3)

    made, pictures = drawn(order, tmp_path)

    assert pictures["main"].shape[0] == round(TINY.height_px * 1.1)
    assert pictures["main"].shape[2] == 4
    assert 0.05 < (pictures["main"][..., 3] > 128).mean() < 0.95
    assert made.slate["bbox"][2] <= made.slate["width_px"]


def test_a_reference_that_shows_nothing_is_refused_with_its_name(tmp_path: Path):
    reference = Reference(id="ref_09", kind="prop", name="a_thing", description=PROSE)
    order = ReferenceOrder(reference=reference, atmosphere=atmosphere(), delivery=TINY, seed=3)

    with pytest.raises(ProductionError, match="ref_09"):
        HouseIllustrator().draw(order, None, tmp_path)

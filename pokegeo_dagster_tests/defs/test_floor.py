"""The floor: one piece that cannot begin is one piece that fell, and never the end of the others."""

from pathlib import Path

import pytest

from pokegeo_dagster.defs.edit.greenlight import NotGreenlit
from pokegeo_dagster.defs.office.craft import Craft, Work, craft, written
from pokegeo_dagster.defs.office.floor import Fell, do_work
from pokegeo_dagster.defs.office.making import Landed
from pokegeo_dagster.defs.office.studio import Studio, open_studio
from pokegeo_dagster.film.crew import Credit
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.places import Place

BOUGHT, MADE_HERE = "clip_01", "clip_02"


class Order(Frozen):
    """An order of which nothing but its name is known."""

    name: str


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    monkeypatch.setenv("POKEGEO_ENV_FILE", "none")
    return open_studio(tmp_path / "studio")


def _clips_that_were_bought_with_a_yes() -> Craft:
    """The first take of one is bought; nobody says yes to a second one. The other one costs nothing."""

    def clip(place: Place, studio: Studio) -> Work:
        if place.take > 1 and place.key == BOUGHT:
            raise NotGreenlit(Place(place.episode))
        member = "kie" if place.key == BOUGHT else "house"
        order = Order(name=place.key)
        return Work(order, Credit(member=member, model="m"), written(lambda: order))

    return craft(group="picture", per="shot", kinds=("mp4",))(clip)


def test_another_take_that_nobody_said_yes_to_falls_alone(studio: Studio) -> None:
    """Seen as a traceback of the whole run: the first take needs no yes (it is bought), the second does."""
    asset, place = _clips_that_were_bought_with_a_yes(), Place("fox", BOUGHT)
    recipe = asset.work(studio, place).recipe("clip")
    studio.db.add_take(
        episode="fox", asset="clip", key=BOUGHT, recipe=recipe, number=1, data_version="v", files={},
        slate={}, member="kie", model="m", paid=True, author="house",
    )  # fmt: skip

    results = list(do_work(asset, studio, [place, Place("fox", MADE_HERE)], new_take=False))
    again = list(do_work(asset, studio, [place, Place("fox", MADE_HERE)], new_take=True))

    assert all(isinstance(result, Landed) for result in results)
    (fell,) = [result for result in again if isinstance(result, Fell)]
    assert fell.place == place and isinstance(fell.error, NotGreenlit)
    assert [f.reason for f in studio.db.failures("fox")] == [str(fell.error)]

"""The floor: one piece that cannot begin is one piece that fell, and never the end of the others."""

import threading
from pathlib import Path

import pytest

from pokegeo_dagster.defs.edit.greenlight import NotGreenlit
from pokegeo_dagster.defs.graph import GRAPH
from pokegeo_dagster.defs.office.craft import Craft, Work, craft, written
from pokegeo_dagster.defs.office.floor import Fell, do_work
from pokegeo_dagster.defs.office.making import Landed
from pokegeo_dagster.defs.office.production import _until_it_is_near
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


def test_pieces_begin_in_the_order_in_which_the_film_wants_them(studio: Studio) -> None:
    """The first clip is shot while the last one's pictures are drawn."""
    begun = list[str]()

    def reference(place: Place, studio: Studio) -> Work:
        def drawn() -> Order:
            begun.append(place.key)
            return Order(name=place.key)

        return Work(Order(name=place.key), Credit(member="house", model="m"), written(drawn))

    asset = craft(
        group="picture",
        per="reference",
        kinds=("png",),
        wanted_in=lambda studio, episode: ["ref_03", "ref_01"],
    )(reference)
    places = [Place("fox", f"ref_{n:02d}") for n in (1, 2, 3)]

    list(do_work(asset, studio, places))

    assert begun == ["ref_03", "ref_01", "ref_02"]


def test_a_department_comes_in_when_what_its_inputs_are_made_from_begins_to_be_there(studio: Studio) -> None:
    """A run takes a third of a second of a core to begin, which is the first clips' until then."""
    board, near = studio.board, threading.Event()
    posted = {name: [Place("fox", key) for key in ("clip_01", "clip_02")] for name in ("composite", "clip")}
    for asset, places in posted.items():
        board.post(asset, places)

    def come_in() -> None:
        _until_it_is_near(studio, GRAPH["segment"], posted)
        near.set()

    waiting = threading.Thread(target=come_in, daemon=True)
    waiting.start()
    _until_it_is_near(studio, GRAPH["clip"], posted)  # nothing before composites is to come: at once
    early = near.is_set()
    board.strike("composite", posted["composite"][:1])
    waiting.join(timeout=20)

    assert not early and near.is_set()


def test_a_department_that_gives_way_comes_in_when_those_have_all_been(studio: Studio) -> None:
    board, in_ = studio.board, threading.Event()
    posted = {name: [Place("fox", key) for key in ("clip_01", "clip_02")] for name in ("shot", "narration")}
    for asset, places in posted.items():
        board.post(asset, places)

    def come_in() -> None:
        _until_it_is_near(studio, GRAPH["sound_effect"], posted)
        in_.set()

    waiting = threading.Thread(target=come_in, daemon=True)
    waiting.start()
    board.strike("narration", posted["narration"][:1])
    early = in_.wait(0.2)
    board.strike("narration", posted["narration"][1:])
    waiting.join(timeout=20)

    assert not early and in_.is_set()


def test_a_department_that_waits_goes_home_when_the_production_is_stopped(studio: Studio) -> None:
    posted = {name: [Place("fox", "clip_01")] for name in ("composite", "clip")}
    for asset, places in posted.items():
        studio.board.post(asset, places)
    waiting = threading.Thread(target=_until_it_is_near, args=(studio, GRAPH["segment"], posted), daemon=True)
    waiting.start()

    studio.board.stop()

    waiting.join(timeout=20)
    assert not waiting.is_alive()

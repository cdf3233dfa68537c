"""A director's words in the terminal: pick, screenplay edit, greenlight, queue, backfill, status; and the
day's batch."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import dagster as dg
import pytest

from pokegeo_dagster.cli import direction
from pokegeo_dagster.cli.pages import one_episode
from pokegeo_dagster.definitions import defs
from pokegeo_dagster.defs.graph import GRAPH
from pokegeo_dagster.defs.office.batches import order_batches
from pokegeo_dagster.defs.office.briefs import delete_brief
from pokegeo_dagster.defs.office.extent import STORY, Extent
from pokegeo_dagster.defs.office.gate import NotReleased, demand_release
from pokegeo_dagster.defs.office.production import produce, standing
from pokegeo_dagster.defs.office.studio import Studio, open_studio
from pokegeo_dagster.film.errors import BriefRefused, OrderRefused
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.film.release.channel import Channel
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.storage.books import StudioBooks
from pokegeo_dagster.storage.orders import Orders, Wanted
from pokegeo_dagster_tests.storage import purchases
from pokegeo_dagster_tests.studios import copy_studio

CHECKOUT = Path(__file__).resolve().parents[2]
KEYS = {"GEMINI_API_KEY": "", "ELEVENLABS_API_KEY": "", "KIE_API_KEY": "k"}
MORNING = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)


def _opened(home: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    for name, value in {"POKEGEO_HOME": str(home), "DAGSTER_HOME": str(CHECKOUT), "POKEGEO_TERMINAL": "1",
                        "POKEGEO_ENV_FILE": "none"}.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    open_studio.cache_clear()
    return open_studio(home)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A studio with two episodes on paper."""
    home = tmp_path_factory.mktemp("written") / "studio"
    with pytest.MonkeyPatch.context() as monkeypatch:
        studio = _opened(home, monkeypatch)
        for species in ("haunter", "pidgey"):
            studio.db.save_brief(Brief(episode=species, species=species, clip_count=2, profile="rehearsal"))
        _write(studio, "haunter", "pidgey")
        open_studio.cache_clear()
    return home


@pytest.fixture
def studio(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    yield _opened(copy_studio(written, tmp_path / "studio"), monkeypatch)
    open_studio.cache_clear()


def _write(studio: Studio, *episodes: str) -> None:
    with dg.DagsterInstance.get() as instance:
        for episode in episodes:
            assert produce(defs, studio, instance, episode, Extent(STORY)) == []


def _editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    script = tmp_path / "editor.py"
    script.write_text(
        f"import re, sys\nf = open(sys.argv[1]).read()\nopen(sys.argv[1], 'w').write({change})\n"
    )
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", f"{sys.executable} {script}")


def test_another_pitch_is_picked_and_the_screenplay_is_written_anew(studio: Studio) -> None:
    before = studio.approved_row("haunter", "screenplay", "film")
    direction.pick("haunter", 3)
    stale = standing(GRAPH["pitches"], studio, Place("haunter")).state

    _write(studio, "haunter")

    after = studio.approved_row("haunter", "screenplay", "film")
    assert stale == "stale"
    assert before and after and before.data_version != after.data_version


def test_a_pitch_that_is_not_there_is_refused_with_those_that_are(studio: Studio) -> None:
    with pytest.raises(BriefRefused, match=r"no pitch 6.*1: .*5: "):
        direction.pick("haunter", 6)


def test_an_edited_screenplay_is_a_humans(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _editor(tmp_path, monkeypatch, "f.replace('title: ', 'title: The Long Night of ', 1)")

    direction.edit_screenplay("haunter")
    _write(studio, "haunter")

    row = studio.approved_row("haunter", "screenplay", "film")
    assert row is not None and row.author == "human"
    assert "The Long Night of" in (studio.db.edit("haunter", "screenplay") or "")


def test_a_mistake_in_the_editor_files_nothing_and_keeps_what_was_written(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _editor(tmp_path, monkeypatch, "f.replace('clip: clip_02', 'clip: clip_99')")
    monkeypatch.setattr("sys.stdin", (tmp_path / "editor.py").open())  # nobody to ask

    with pytest.raises(OrderRefused, match=r"haunter\.rejected\.yaml"):
        direction.edit_screenplay("haunter")

    assert "clip_99" in (studio.settings.home / "haunter.rejected.yaml").read_text()
    assert "haunter.yaml" in capsys.readouterr().err
    assert studio.db.edit("haunter", "screenplay") is None


def test_a_yes_that_is_too_small_says_nothing(studio: Studio) -> None:
    with pytest.raises(OrderRefused, match=r"more than \$0.10"):
        direction.greenlight("haunter", Decimal("0.10"), release=False)

    assert studio.greenlights.standing("haunter") is None


def test_a_yes_does_not_count_for_a_screenplay_that_changed_since(studio: Studio) -> None:
    direction.greenlight("haunter", Decimal(9), release=False)
    said = studio.greenlights.standing("haunter")
    direction.pick("haunter", 3)
    _write(studio, "haunter")

    assert said is not None and said.up_to_usd == Decimal(9)
    assert studio.greenlights.standing("haunter") is None
    assert standing(GRAPH["greenlight"], studio, Place("haunter")).state == "waiting"


def _cut(studio: Studio, version: str) -> None:
    """A film of haunter, as it is now."""
    take = studio.db.add_take(episode="haunter", asset="final_cut", key="film", recipe=version * 32,
                              data_version=version * 16, files={}, slate={}, member="bench",
                              model="ffmpeg")  # fmt: skip
    studio.db.approve("haunter", "final_cut", "film", take.id, "")


def _spend(studio: Studio) -> None:
    """One clip of haunter is bought, for $0.42."""
    books = StudioBooks(studio.settings.database_url)
    task = purchases.asked(books)
    assert task is not None
    assert books.delivered(task, purchases.ME, Decimal("0.42"), purchases.CHARGE, purchases.RESULT)


def test_a_film_that_was_paid_for_goes_out_with_a_yes_to_what_it_is_now(studio: Studio) -> None:
    _cut(studio, "ab")
    demand_release(studio, "haunter")  # nothing was spent on it: nobody is asked
    _spend(studio)
    with pytest.raises(NotReleased, match=r"\$0\.42 .*pokegeo greenlight haunter --release"):
        demand_release(studio, "haunter")

    direction.greenlight("haunter", None, release=True)

    demand_release(studio, "haunter")
    _cut(studio, "cd")
    with pytest.raises(NotReleased):
        demand_release(studio, "haunter")


@pytest.mark.parametrize(("up_to", "asked"), [("0.41", True), ("0.42", False)])
def test_a_channel_that_agreed_to_a_films_price_lets_it_out(studio: Studio, up_to: str, asked: bool) -> None:
    studio.channels.add(Channel(id="poke1", greenlight="auto", greenlight_up_to_usd=Decimal(up_to)))
    studio.db.save_brief(Brief(episode="haunter", species="haunter", channel="poke1", profile="rehearsal"))
    _cut(studio, "ab")
    _spend(studio)

    with pytest.raises(NotReleased) if asked else nullcontext():
        demand_release(studio, "haunter")


def test_the_queue_is_shown_in_the_order_of_its_turns(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    orders = Orders(studio.settings.database_url)
    direction.queue_add("haunter")
    direction.queue_add("pidgey")
    studio.db.change_brief("pidgey", priority="high")

    direction.show_queue()

    shown = capsys.readouterr().out
    assert shown.index("pidgey   default") < shown.index("haunter  default")
    orders.close()


def test_an_episode_that_is_deleted_while_it_waits_leaves_the_queue(studio: Studio) -> None:
    orders = Orders(studio.settings.database_url)
    direction.queue_add("haunter")

    delete_brief(studio, "haunter")
    again = orders.ask([Wanted("haunter", "again", "other", "why", MORNING)])

    assert orders.claim(9) == [] and again == 0
    orders.close()


def test_a_backfill_makes_the_rectangle_that_was_asked_for_and_nothing_else(studio: Studio) -> None:
    direction.backfill(["haunter", "pidgey"], ["clip_02"], "shot")

    assert [key for e in ("haunter", "pidgey") for _, key in studio.db.approved(e, "shot")] == ["clip_02"] * 2
    assert Orders(studio.settings.database_url).at_work() == [], "it is given back"


def test_a_store_that_was_emptied_behind_our_back_is_noticed_and_redo_is_offered_with_its_price(
    studio: Studio, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(studio.settings.media_folder / "episodes" / "haunter" / "dossier")

    one_episode("haunter")

    told = " ".join(capsys.readouterr().out.split())
    assert "dossier film: its bytes in the store are gone" in told
    assert "again, $0.00: pokegeo redo haunter --what dossier" in told


def test_the_days_batch_is_ordered_once_whatever_the_clock_does(studio: Studio) -> None:
    studio.channels.add(Channel(id="poke1", daily_count=2, daily_at="06:00"))
    studio.channels.add(Channel(id="resting", daily_count=2, daily_at="06:00", active=False))
    moments = [MORNING - timedelta(hours=2), MORNING, MORNING, MORNING - timedelta(minutes=50),
               MORNING + timedelta(days=1)]  # fmt: skip

    ordered = [[brief.episode for brief in order_batches(studio, moment)] for moment in moments]

    assert ordered == [[], ["poke1-20261121-1", "poke1-20261121-2"], [], [],
                       ["poke1-20261122-1", "poke1-20261122-2"]]  # fmt: skip
    assert len({brief.species for brief in studio.db.briefs()}) == 6, "every film is of another animal"

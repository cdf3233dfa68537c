"""The mix of a finished film: no picture goes into it, and whatever changes in it the film follows."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pokegeo_dagster.defs.graph import GRAPH
from pokegeo_dagster.defs.office.extent import THE_CUT
from pokegeo_dagster.defs.office.studio import Studio, here, open_studio
from pokegeo_dagster.defs.office.takes import NotReady
from pokegeo_dagster.defs.office.wanted import CUT, wanted
from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.providers.bench.loudness import measure_loudness
from pokegeo_dagster.providers.bench.sound_file import whole
from pokegeo_dagster.storage.lookout import Lookout, Standing
from pokegeo_dagster.storage.rows import TakeRow
from pokegeo_dagster_tests.defs.test_wanted import Said
from pokegeo_dagster_tests.studios import copy_studio

FILM = Place("haunter")


@pytest.fixture
def studio(rehearsal: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    monkeypatch.setenv("POKEGEO_HOME", str(copy_studio(rehearsal, tmp_path / "studio")))
    open_studio.cache_clear()
    yield here()
    open_studio.cache_clear()


def _approved(studio: Studio, asset: str, place: Place) -> TakeRow:
    row = studio.approved_row(place.episode, asset, place.key)
    assert row is not None
    return row


def _another(studio: Studio, asset: str, place: Place, **slate: Any) -> None:
    """Another take of a piece is approved, as somebody would who makes it again."""
    old = _approved(studio, asset, place)
    take = studio.db.add_take(
        episode=place.episode, asset=asset, key=place.key, recipe="f" * 64, number=1, data_version="new",
        files=old.files, slate={**old.slate, **slate}, member="desk", model="copy", cost_usd=old.cost_usd,
        paid=False, author="human",
    )  # fmt: skip
    studio.db.approve(place.episode, asset, place.key, take.id, "")


def _standing(studio: Studio) -> Standing:
    return next(s for s in Lookout(studio.settings.database_url).look() if s.episode == "haunter")


def test_the_stems_of_its_clips_on_end_are_as_long_as_the_film_and_the_film_sounds_as_the_mix(
    studio: Studio,
) -> None:
    mix, film = _approved(studio, "mix", FILM), _approved(studio, "final_cut", FILM)

    def part(row: TakeRow, name: str) -> Path:
        return studio.store.open_local(row.files[name].key)

    cuts = mix.slate["cuts"]
    for stem in ("narration_stem", "effects_stem"):
        lengths = [len(whole(part(mix, f"{cut['clip']}_{stem}"))) for cut in cuts]
        assert lengths == [cut["samples"] for cut in cuts]
        assert len(whole(part(mix, stem))) == sum(lengths)
    assert film.slate["duration_s"] == sum(cut["samples"] for cut in cuts) / SAMPLE_RATE_HZ
    assert (whole(part(film, "main")) == whole(part(mix, "main"))).all()
    assert measure_loudness(part(mix, "main")).integrated_lufs == pytest.approx(-14, abs=0.5)


@pytest.mark.parametrize("asset", ["narration", "sound_effect"])
def test_a_sound_that_is_made_again_is_followed_by_the_film_once(studio: Studio, asset: str) -> None:
    before = _standing(studio)
    _another(studio, asset, Place("haunter", "clip_03"))

    after = _standing(studio)
    found = wanted([after], Said(), datetime.now(UTC).timestamp())

    assert (before.unmixed, after.unmixed) == ({}, {f"{asset}/clip_03": "new"})
    assert wanted([before], Said(), datetime.now(UTC).timestamp()) == []
    assert [order.stage for order in found] == [CUT]
    assert {"mix", "final_cut"} <= THE_CUT.assets
    after.orders[CUT, found[0].signature] = "done"
    assert wanted([after], Said(), datetime.now(UTC).timestamp()) == []


def test_segments_are_never_joined_under_a_mix_of_another_cut(studio: Studio, tmp_path: Path) -> None:
    cuts = [dict(cut) for cut in _approved(studio, "mix", FILM).slate["cuts"]]
    cuts[0]["frames"] += 1
    _another(studio, "mix", FILM, cuts=cuts)

    with pytest.raises(
        NotReady, match="a line has changed since: materialize mix"
    ):
        GRAPH["final_cut"].work(studio, FILM).make(tmp_path)

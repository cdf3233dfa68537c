"""What a film would cost, line by line, before anything is asked for."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pokegeo_dagster.budget.estimate import Estimate, Line, estimate, priced
from pokegeo_dagster.budget.planning import NARRATION_CHARACTERS, cheaper, expected_work
from pokegeo_dagster.budget.prices import PriceList
from pokegeo_dagster.budget.tiers import Part, cast, wishes
from pokegeo_dagster.film.errors import PriceMissing
from pokegeo_dagster.film.vendors import Item

TODAY = date(2026, 11, 21)
LIST = PriceList.load()
KEYS = {"GEMINI_API_KEY", "KIE_API_KEY", "ELEVENLABS_API_KEY", "ELEVENLABS_VOICE_ID"}
KLING = "kling/v2-5-turbo-image-to-video-pro"


def film(clips: int = 18, keys: set[str] = KEYS, **texts: str) -> Estimate:
    return estimate(expected_work(clips, cast(keys, wishes(texts)), LIST, TODAY))


def clip(key: str, why: str, unit: str = "clip-10s") -> Line:
    bill = [Item(vendor="kie", model=KLING, unit=unit, units=Decimal(1))]
    return priced("clip", key, bill, why, LIST, TODAY)


def test_a_whole_film_by_vendors_is_priced_before_it_is_written():
    whole = film()

    assert {row.asset: row.pieces for row in whole.rows()} == {
        "dossier": 1, "pitches": 1, "screenplay": 1, "reference": 22, "clip": 18, "narration": 18,
        "sound_effect": 18,
    }  # fmt: skip
    assert whole.by_asset()["clip"] == Decimal("7.56")
    assert Decimal(9) < whole.usd < Decimal(10)


def test_a_film_by_the_house_costs_nothing_and_has_every_line():
    free = film(keys=set())

    assert (free.usd, free.batch, free.oldest_price) == (0, (), None)
    assert len(free.lines) == len(film().lines)


def test_only_the_jobs_that_a_key_covers_cost():
    assert film(keys={"KIE_API_KEY"}).by_vendor() == {"house": 0, "kie": Decimal("7.56")}


@given(st.integers(1, 24), st.sets(st.sampled_from(sorted(KEYS))))
def test_the_totals_are_the_sum_of_the_lines(clips: int, keys: set[str]):
    order = film(clips, keys)

    assert order.usd == sum(line.usd for line in order.lines)
    assert order.usd == sum(order.by_asset().values()) == sum(order.by_vendor().values())
    assert order.usd == sum(row.usd for row in order.rows()) == sum(usd for _, usd in order.batch)
    assert sum(row.pieces for row in order.rows()) == len(order.lines)


def test_a_row_adds_up_its_units_and_shows_its_oldest_price():
    rows = {row.asset: row for row in film().rows()}

    assert [(i.unit, i.units) for i in rows["narration"].items] == [("character", 18 * NARRATION_CHARACTERS)]
    assert [(i.unit, i.units) for i in rows["clip"].items] == [("clip-10s", 18)]
    assert rows["clip"].price_date == film().oldest_price == date(2026, 9, 24)


def test_a_model_sold_by_the_second_is_planned_by_the_second():
    (row,) = [r for r in film(POKEGEO_CAMERA_MODEL="kling-3.0/video").rows() if r.asset == "clip"]

    assert [(i.unit, i.units) for i in row.items] == [("second-pro", 180)]


def test_a_model_that_draws_one_size_only_is_planned_in_that_size():
    (row,) = [
        r
        for r in film(POKEGEO_ILLUSTRATOR_MODEL="gemini-3.1-flash-lite-image").rows()
        if r.asset == "reference"
    ]

    assert {i.unit for i in row.items} == {"image-1k", "input-token"}


def test_a_rehearsal_is_planned_with_small_pictures():
    lines = expected_work(6, cast(KEYS), LIST, TODAY, image_unit="image-1k")

    assert {line.items[0].unit for line in lines if line.asset == "reference"} == {"image-1k"}


def test_a_model_without_a_price_stops_the_plan():
    with pytest.raises(PriceMissing, match="kling-9/video"):
        film(POKEGEO_CAMERA_MODEL="kling-9/video")


def test_what_exists_already_is_left_out_of_a_plan():
    lines = expected_work(18, cast(KEYS), LIST, TODAY, without={"dossier", "pitches"})

    assert {line.asset for line in lines} == {"screenplay", "reference", "clip", "narration", "sound_effect"}


def test_what_is_kept_is_listed_and_not_bought():
    order = estimate([clip("clip_01", "kept"), clip("clip_02", "stale: narration changed")])

    assert [(row.why, row.usd) for row in order.rows()] == [
        ("kept", 0), ("stale: narration changed", Decimal("0.42")),
    ]  # fmt: skip
    assert order.batch == (("clip_02", Decimal("0.42")),)


def test_a_line_says_why_in_words_we_know():
    with pytest.raises(ValidationError):
        clip("clip_01", "because")


def test_the_house_for_one_job_saves_exactly_that_job():
    order = film()
    ways, parts = dict(cheaper(order)), order.by_asset()

    assert ways["narrator"] == order.usd - parts["narration"]
    assert ways["foley"] == order.usd - parts["sound_effect"]
    assert ways["illustrator"] == order.usd - parts["reference"]
    assert ways["camera"] == order.usd - parts["clip"]


def test_at_most_so_many_references_are_planned_and_no_more_than_such_films_have():
    planned = [
        sum(line.asset == "reference" for line in expected_work(18, cast(KEYS), LIST, TODAY, references=most))
        for most in (None, 12, 25)
    ]

    assert planned == [22, 12, 22]


def test_a_camera_that_is_set_to_five_seconds_is_planned_with_them():
    turbo = "kling/v2-5-turbo-image-to-video-pro"

    def usd(clip_s, model):
        parts = cast(KEYS, wishes({"POKEGEO_CAMERA_MODEL": model}))
        lines = expected_work(18, parts, LIST, TODAY, clip_s=clip_s)
        return sum(line.usd for line in lines if line.asset == "clip")

    assert (usd(10, turbo), usd(5, turbo)) == (Decimal("7.56"), Decimal("3.78"))
    assert usd(10, "kling-3.0/video") == 2 * usd(5, "kling-3.0/video") == 18 * 10 * Decimal("0.09")


@given(st.integers(1, 24), st.sets(st.sampled_from(sorted(KEYS))))
def test_a_cheaper_way_is_always_cheaper(clips: int, keys: set[str]):
    order = film(clips, keys)
    ways = cheaper(order)

    assert all(0 <= usd < order.usd for _, usd in ways)
    assert [usd for _, usd in ways] == sorted((usd for _, usd in ways), reverse=True)
    assert bool(ways) == any(line.bought and line.key != "film" for line in order.lines)


def test_a_bill_of_the_houses_own_is_free():
    line = priced("clip", "clip_01", (), "missing", LIST, TODAY, model="parallax")

    assert (line.vendor, line.model, line.usd, line.bought) == ("house", "parallax", 0, False)


def test_a_film_of_no_clips_is_no_film():
    with pytest.raises(ValueError, match="1 to 24"):
        expected_work(0, {"camera": Part(role="camera", vendor="house", model=None, why="x")}, LIST, TODAY)

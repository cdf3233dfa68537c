"""A quota that runs out is told before it has: what vendors say for nothing, and our own count."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy import create_engine, select

from pokegeo_dagster.budget.quota import Level, day_began, next_reset, topped_up
from pokegeo_dagster.defs.office.alerts import alerts_sensor, watch
from pokegeo_dagster.defs.office.quotas import look_at_quotas
from pokegeo_dagster.defs.office.studio import Studio, open_studio
from pokegeo_dagster.film.release.channel import Channel
from pokegeo_dagster.storage import schema
from pokegeo_dagster.storage.housekeeping import Housekeeping
from pokegeo_dagster.storage.quotas import Quotas
from pokegeo_dagster_tests.emulators.vendor_city import VendorCity, vendor_city


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    monkeypatch.setenv("FERNET_KEY", "A" * 43 + "=")
    monkeypatch.setenv("POKEGEO_HOME", str(tmp_path / "studio"))
    open_studio.cache_clear()
    return open_studio(tmp_path / "studio")


@pytest.fixture
def city() -> Iterator[VendorCity]:
    with vendor_city(kie_credits=Decimal(1_000), character_limit=1_000) as opened:
        yield opened


def told(studio: Studio, environ: dict[str, str]) -> list[tuple[str, str, str]]:
    return [(a.level, a.channel, a.message) for a in watch(studio, environ) if a.kind == "quota"]


def level(studio: Studio, vendor: str, bucket: str) -> tuple[int, int] | None:
    quotas = schema.quotas
    asked = select(quotas.c.used, quotas.c.limit_).where(quotas.c.vendor == vendor, quotas.c.bucket == bucket)
    with create_engine(studio.settings.database_url).connect() as connection:
        row = connection.execute(asked).one_or_none()
    return (row.used, row.limit_) if row else None


def test_credits_and_characters_are_told_at_eighty_and_at_a_hundred_percent(
    studio: Studio, city: VendorCity
) -> None:
    look_at_quotas(studio, city.environ)
    nothing = told(studio, city.environ)
    city.options.change({"kie_credits": 200})
    look_at_quotas(studio, city.environ)
    Quotas(studio.settings.database_url).period("elevenlabs", "characters", 850, 1_000)
    warned = told(studio, city.environ)
    city.options.change({"kie_credits": 0})
    look_at_quotas(studio, city.environ)
    spent = told(studio, city.environ)

    assert nothing == [] and level(studio, "elevenlabs", "characters") == (0, 1_000)
    assert sorted(warned) == [
        ("warning", "studio", "elevenlabs: 850 characters of 1,000 characters used (85 %)"),
        ("warning", "studio", "kie: 800 credits of 1,000 credits used (80 %)"),
    ]
    assert spent == [("critical", "studio", "kie: 1,000 credits of 1,000 credits used (100 %)")]


def test_a_channel_with_an_account_of_its_own_is_told_of_it_and_a_closed_account_is_forgotten(
    studio: Studio, city: VendorCity
) -> None:
    studio.channels.add(Channel(id="poke1"))
    studio.channels.keep("poke1", "kie", city.environ["KIE_API_KEY"])
    bare = {k: v for k, v in city.environ.items() if not k.endswith("API_KEY")}
    look_at_quotas(studio, bare)
    city.options.change({"kie_credits": 100})
    look_at_quotas(studio, bare)
    warned = told(studio, bare)
    studio.channels.keep("poke1", "kie", None)
    look_at_quotas(studio, bare)

    assert warned == [("warning", "poke1", "kie: 900 credits of 1,000 credits used (90 %)")]
    assert level(studio, "kie", "credits") is None and level(studio, "kie", "credits/poke1") is None


def test_a_vendor_that_does_not_answer_keeps_its_record_and_stops_nothing(
    studio: Studio, city: VendorCity
) -> None:
    look_at_quotas(studio, city.environ)
    look_at_quotas(studio, {**city.environ, "KIE_BASE_URL": "http://127.0.0.1:9/kie", "KIE_API_KEY": "k"})

    assert level(studio, "kie", "credits") == (0, 1_000)


def test_the_alerts_sensor_asks_the_vendors_once_an_hour(
    studio: Studio, city: VendorCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in city.environ.items():
        monkeypatch.setenv(name, value)
    context = dg.build_sensor_context()
    alerts_sensor(context)
    city.options.change({"kie_credits": 100})
    alerts_sensor(context)
    soon = level(studio, "kie", "credits")
    alerts_sensor(dg.build_sensor_context(cursor="0"))

    assert soon == (0, 1_000)
    assert level(studio, "kie", "credits") == (900, 1_000)


def test_geminis_requests_are_counted_since_midnight_in_california(studio: Studio) -> None:
    began = datetime.fromtimestamp(day_began("gemini", datetime.now(UTC).timestamp()), UTC)
    rows = [
        {"vendor": "gemini", "model": "m", "episode": "e", "channel": "c", "asset": "reference",
         "key": f"k{n}", "recipe": f"r{n}", "number": 1, "state": "stored",
         "quote_usd": Decimal(0), "charged_usd": Decimal(0),
         "request_json": "{}", "created_at": began, "updated_at": began,
         "submitted_at": began + timedelta(seconds=at)}
        for n, at in enumerate([-1, 0, 1, 2, 3])
    ]  # fmt: skip
    with create_engine(studio.settings.database_url).begin() as connection:
        connection.execute(schema.tasks.insert(), rows)

    unlimited = told(studio, {})
    limited = told(studio, {"POKEGEO_PER_DAY_GEMINI": "5"})

    assert unlimited == []
    assert limited == [("warning", "studio", "gemini: 4 requests of 5 requests used (80 %)")]


def test_maintenance_leaves_accounts_alone(studio: Studio, tmp_path: Path) -> None:
    url = studio.settings.database_url
    Quotas(url).period("elevenlabs", "characters", 900, 1_000)
    later = lambda: datetime.now(UTC) + timedelta(days=20)  # noqa: E731

    Housekeeping(url, studio.store, tmp_path, False, later).old_quotas()

    assert level(studio, "elevenlabs", "characters") == (900, 1_000)


@pytest.mark.parametrize(
    ("before", "left", "after"),
    [
        (None, 500, Level(used=0, limit=500)),
        (Level(used=0, limit=1_000), 150, Level(used=850, limit=1_000)),
        (Level(used=850, limit=1_000), 192, Level(used=808, limit=1_000)),  # a failed clip, paid back
        (Level(used=850, limit=1_000), 650, Level(used=0, limit=650)),  # filled up
        (Level(used=0, limit=1_000), 1_040, Level(used=0, limit=1_040)),
        (Level(used=900, limit=1_000), 0, Level(used=1_000, limit=1_000)),
    ],
)
def test_a_balance_is_full_when_it_was_filled_and_not_when_money_came_back(
    before: Level | None, left: int, after: Level
) -> None:
    assert topped_up(before, left) == after


@pytest.mark.parametrize("moment", ["2026-03-08T12:00", "2026-11-01T12:00", "2026-11-21T07:59"])
def test_a_day_begins_where_the_day_before_ends(moment: str) -> None:
    now = datetime.fromisoformat(f"{moment}+00:00").timestamp()
    began = day_began("gemini", now)

    assert began <= now and next_reset("gemini", began - 1) == began

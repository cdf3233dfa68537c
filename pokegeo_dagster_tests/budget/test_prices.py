"""What the price list says, and what it refuses to guess."""

import tomllib
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pokegeo_dagster.budget.prices import PriceList
from pokegeo_dagster.film.errors import OrderRefused, PriceMissing
from pokegeo_dagster.film.vendors import Item

TODAY = date(2026, 11, 21)
LIST = PriceList.load()
KLING = "kling/v2-5-turbo-image-to-video-pro"


def item(vendor: str, model: str, unit: str, units: str | int = 1) -> Item:
    return Item(vendor=vendor, model=model, unit=unit, units=Decimal(units))


def own(**fields: str) -> str:
    lines = {
        "vendor": '"kie"',
        "model": f'"{KLING}"',
        "usd": '{ clip-10s = "0.40" }',
        "as_of": "2026-11-20",
        "source": '"my contract"',
        "confidence": '"high"',
    } | fields
    return "[[price]]\n" + "\n".join(f"{name} = {value}" for name, value in lines.items() if value)


@pytest.mark.parametrize(
    ("vendor", "model", "unit", "units", "usd"),
    [
        ("kie", KLING, "clip-5s", 1, "0.21"),
        ("kie", KLING, "clip-10s", 18, "7.56"),
        ("kie", "kling-2.6/image-to-video", "clip-10s-sound", 1, "1.10"),
        ("kie", "kling-3.0/video", "second-pro-sound", 10, "1.35"),
        ("kie", "kling/v3-turbo-image-to-video", "second-1080p", 5, "0.5625"),
        ("kie", "kling-3.0-omni/image-to-video", "second-1080p-sound", 10, "1.15"),
        ("gemini", "gemini-3.8-flash", "output-token", 1_000_000, "3.75"),
        ("gemini", "gemini-3-pro-image", "image-4k", 22, "5.28"),
        ("gemini", "gemini-nano-banana-2.1", "image-1k", 22, "0.7392"),
        ("elevenlabs", "eleven_multilingual_v2", "character", 900, "0.072"),
        ("elevenlabs", "eleven_text_to_sound_v2", "sound-second", 180, "0.42"),
        ("elevenlabs", "scribe_v2", "audio-second", 3600, "0.22"),
        ("house", "grammar", "film", 3, "0"),
    ],
)
def test_the_list_knows_what_today_costs(vendor: str, model: str, unit: str, units: int, usd: str):
    assert LIST.cost([item(vendor, model, unit, units)], TODAY) == Decimal(usd)


def test_a_promotion_ends_on_its_last_day():
    flash = ("gemini", "gemini-3.8-flash", "output-token")

    assert LIST.price(*flash, date(2026, 12, 31)).usd * 2 == LIST.price(*flash, date(2027, 1, 1)).usd


def test_a_price_that_has_run_out_is_no_price():
    text = own(model='"kling-new"', valid_until="2026-11-20")

    with pytest.raises(PriceMissing, match="until 2026-11-20 and not for 2026-11-21"):
        PriceList.load(text).cost([item("kie", "kling-new", "clip-10s")], TODAY)


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (("kie", KLING, "clip-15s"), "clip-5s, clip-10s"),
        (("gemini", "gemini-9", "input-token"), "gemini-3.8-flash"),
        (("acme", "x", "y"), "nothing"),
    ],
)
def test_an_unknown_price_is_never_zero(wanted: tuple[str, str, str], told: str):
    bill = [item("kie", KLING, "clip-5s"), item(*wanted)]

    with pytest.raises(PriceMissing) as refusal:
        LIST.cost(bill, TODAY)

    assert all(word in str(refusal.value) for word in (*wanted, told, "prices.toml", "POKEGEO_PRICES"))


def test_a_bill_cannot_hold_less_than_nothing():
    with pytest.raises(ValueError, match="-5"):
        LIST.cost([item("kie", KLING, "clip-5s", -5)], TODAY)


UNITS = st.decimals(min_value=0, max_value=100_000, places=3)


@given(st.lists(st.tuples(st.sampled_from(LIST.shown(TODAY)), UNITS), max_size=12))
def test_a_bill_is_summed_exactly_and_rounded_once(lines):
    bill = [item(p.vendor, p.model, p.unit, str(units)) for p, units in lines]

    cost = LIST.cost(bill, TODAY)

    exact = sum((Fraction(p.amount) * Fraction(units) / p.per for p, units in lines), Fraction(0))
    assert abs(Fraction(cost) - exact) <= Fraction(1, 2_000_000)
    assert -cost.as_tuple().exponent == 6
    assert LIST.cost(reversed(bill), TODAY) == cost


@given(st.integers(min_value=0, max_value=10**9))
def test_half_a_millionth_is_rounded_up(halves: int):
    text = own(vendor='"v"', model='"m"', usd='{ u = "0.0000005" }')

    cost = PriceList.load(text).cost([item("v", "m", "u", halves)], TODAY)

    assert cost == (Decimal(halves) / 2_000_000).quantize(Decimal("0.000001"), ROUND_HALF_UP)


def test_a_users_own_price_replaces_that_unit_and_no_other():
    mine = PriceList.load(own())

    assert mine.price("kie", KLING, "clip-10s", TODAY).usd == Decimal("0.40")
    assert mine.price("kie", KLING, "clip-10s", TODAY).source == "my contract"
    assert mine.price("kie", KLING, "clip-5s", TODAY).usd == Decimal("0.21")
    assert LIST.price("kie", KLING, "clip-10s", TODAY).usd == Decimal("0.42")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[price]", "not TOML"),
        ("prices = 3", "prices"),
        (own(usd="{ clip-10s = 0.42 }"), "quotes"),
        (own(usd='{ clip-10s = "-1" }'), "usd.clip-10s"),
        (own(usd='{ clip-10s = "NaN" }'), "usd.clip-10s"),
        (own(usd="{}"), "usd"),
        (own(as_of=""), "as_of"),
        (own(source=""), "source"),
        (own(colour='"red"'), "colour"),
        (own(confidence='"sure"'), "confidence"),
        (own(per="0"), "per"),
        (own(valid_from="2026-12-02", valid_until="2026-12-01"), "valid_until is before"),
        (own() + "\n" + own(), "two prices on a day"),
        (own(valid_until="2026-12-31") + "\n" + own(valid_from="2026-12-31"), "two prices on a day"),
    ],
)
def test_a_price_file_with_a_mistake_is_refused_with_its_place(text: str, told: str):
    with pytest.raises(OrderRefused) as refusal:
        PriceList.load(text, "my-prices.toml")

    assert told in str(refusal.value) and "my-prices.toml" in str(refusal.value)


def test_a_price_nobody_has_looked_at_for_90_days_is_named():
    mine = PriceList.load(own(as_of="2026-11-20"))

    assert not any("2-5" in line for line in mine.stale(date(2026, 12, 1)))
    kling = [line for line in LIST.stale(date(2026, 12, 24)) if KLING in line]
    assert kling == [f"kie {KLING}: price of 2026-09-24, 91 days old"]
    assert not [line for line in LIST.stale(date(2026, 12, 23)) if KLING in line]


def test_every_listed_price_says_who_says_so_and_is_for_money():
    assert all(p.amount > 0 and p.source and p.as_of <= TODAY for p in LIST.prices)
    assert {p.vendor for p in LIST.prices} == {"gemini", "kie", "elevenlabs"}


def test_a_days_list_has_each_unit_once():
    names = [(p.vendor, p.model, p.unit) for p in LIST.shown(TODAY)]

    assert names == sorted(set(names))
    assert len(LIST.shown()) > len(names)


def test_the_list_travels_with_the_package():
    listed = files("pokegeo_dagster.budget").joinpath("prices.toml")
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))

    assert listed.is_file()
    assert "*.toml" in project["tool"]["setuptools"]["package-data"]["*"]

"""Whatever a vendor says no to is told with vendor, piece, reason, cost and a way out; the other piece of
the run is made, and the ledger has what the vendors took. Real clients, real books, emulated vendors."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import count
from pathlib import Path

import cv2
import numpy as np
import pytest

from pokegeo_dagster.budget.books import Slot
from pokegeo_dagster.budget.prices import PriceList
from pokegeo_dagster.budget.tiers import Role
from pokegeo_dagster.defs.office.casting import hired_crew
from pokegeo_dagster.defs.office.craft import Craft, Work, craft
from pokegeo_dagster.defs.office.floor import Fell, do_work
from pokegeo_dagster.defs.office.making import Landed
from pokegeo_dagster.defs.office.studio import Studio, open_studio
from pokegeo_dagster.film.crew import ClipOrder, Crew, NarrationOrder, ReferenceOrder
from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.film.story.screenplay import Atmosphere, Reference, Setting
from pokegeo_dagster_tests.emulators.vendor_city import VendorCity, vendor_city
from pokegeo_dagster_tests.emulators.vendors.scripted import Script

SMALL = Delivery(width_px=320, height_px=180, rate_fps=24, preset="ultrafast", crf=28)
AIR = Atmosphere(
    habitat="ruins", light="night", weather="mist", palette=("ink blue", "old stone"),
    prose="Wildlife photography in old ruins at night: moonlight, thin mist, a long lens.",
)  # fmt: skip
GOOD, BAD = "clip_01", "clip_02"
MARK = "unlike the others"  # what a script knows the bad piece by
EPISODES = (f"film-{n}" for n in count(1))


@dataclass(frozen=True)
class Said:
    """What the bad piece is told, and how its purchase ended: None where none was on the books."""

    error: str
    words: tuple[str, ...]
    state: str | None = "refused"
    charged: str = "nothing was charged"


@pytest.fixture(scope="module")
def city() -> Iterator[VendorCity]:
    with vendor_city(video_px=(160, 90), longest_px=256) as running:
        yield running


@pytest.fixture(scope="module")
def studio(city: VendorCity, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    quick = {"POKEGEO_POLL_S": "0.05", "POKEGEO_BACKOFF_S": "0.01", "POKEGEO_ENV_FILE": "none"}
    with pytest.MonkeyPatch.context() as environment:
        for name, text in {**city.environ, **quick}.items():
            environment.setenv(name, text)
        yield open_studio(tmp_path_factory.mktemp("told") / "studio")


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """An opening frame, and one that is larger than any vendor takes."""
    folder = tmp_path_factory.mktemp("frames")
    fits, huge = folder / "fits.png", folder / "huge.png"
    cv2.imwrite(str(fits), np.full((180, 320, 3), 90, np.uint8))
    with huge.open("wb") as file:
        file.truncate(10_000_001)
    return {"fits": fits, "huge": huge}


def _crew(studio: Studio, **environment: str) -> Crew:
    return hired_crew(studio.house, studio.parts, {**os.environ, **environment})


Piece = Callable[[Place, Crew], Work]


def _clip(picture: Path, huge: Path, prompt: str = "") -> Piece:
    def piece(place: Place, crew: Crew) -> Work:
        bad = place.key == BAD
        order = ClipOrder(
            prompt=f"The fox breathes{f', {MARK}. {prompt}' if bad else '.'}", movement="it breathes",
            camera="Locked.", framing="wide", atmosphere=AIR, delivery=SMALL, frames=240, seed=1,
        )  # fmt: skip
        frame = {"main": huge if bad else picture}
        return Work(order, crew.camera.credit, lambda room: crew.camera.film(order, frame, room))

    return piece


def _line(voice: str | None = None, more: str = "") -> Piece:
    def piece(place: Place, crew: Crew) -> Work:
        bad = place.key == BAD
        text = f"A fox waits in the ruins{f', {MARK}{more}' if bad else ''}, until it is night."
        order = NarrationOrder(text=text, voice=voice if bad else None)
        return Work(order, crew.narrator.credit, lambda room: crew.narrator.speak(order, room))

    return piece


def _place(more: str = "") -> Piece:
    def piece(place: Place, crew: Crew) -> Work:
        words = f"Old stones in the moonlight{f', {MARK} {more}' if place.key == BAD else ''}."
        setting = Setting(habitat="ruins", light="night", weather="mist", vantage="ground")
        reference = Reference(
            id="ref_01", kind="environment", name="old_stones", description=words, setting=setting
        )
        order = ReferenceOrder(reference=reference, atmosphere=AIR, delivery=SMALL, seed=1)
        return Work(order, crew.illustrator.credit, lambda room: crew.illustrator.draw(order, None, room))

    return piece


ASSETS: Mapping[Role, str] = {"camera": "clip", "narrator": "narration", "illustrator": "reference"}
VENDOR: Mapping[Role, str] = {"camera": "kie", "narrator": "elevenlabs", "illustrator": "gemini"}


def _asset(role: Role, piece: Piece, crew: Crew) -> Craft:
    def plan(place: Place, studio: Studio) -> Work:
        return piece(place, crew)

    plan.__name__ = ASSETS[role]
    return craft(group="picture", per="shot", kinds=("mp4",), role=role)(plan)


def _told(
    studio: Studio,
    city: VendorCity,
    role: Role,
    piece: Piece,
    said: Said,
    crew: Crew,
    good_falls: bool = False,
) -> None:
    """Makes both pieces and looks at what is told, booked and taken."""
    episode, asset, vendor = next(EPISODES), _asset(role, piece, crew), VENDOR[role]
    taken = city.charges.usd()

    results = list(do_work(asset, studio, [Place(episode, GOOD), Place(episode, BAD)]))

    fell = {result.place.key: result.error for result in results if isinstance(result, Fell)}
    landed = {result.take.place.key for result in results if isinstance(result, Landed)}
    assert (set(fell), landed) == (({GOOD, BAD}, set()) if good_falls else ({BAD}, {GOOD}))
    text = str(fell[BAD])
    assert type(fell[BAD]).__name__ == said.error, text
    for word in (vendor, said.charged, *said.words):
        assert word.lower() in text.lower(), text
    assert not any(secret in text for secret in _secrets(city))
    noted = {f.key: f for f in studio.db.failures(episode)}
    assert (noted[BAD].asset, noted[BAD].reason, noted[BAD].error_type) == (asset.name, text, said.error)
    recipe = asset.work(studio, Place(episode, BAD)).recipe(asset.name)
    task = studio.books.last(Slot(episode, "default", asset.name, BAD, recipe))
    assert (task.state if task else None) == said.state
    assert (task.charged_usd if task else 0) == 0
    booked, took = studio.db.spent_usd(episode), city.charges.usd() - taken
    assert abs(booked - took) < Decimal("0.001")  # a text's tokens are counted in two ways
    assert (took > 0) is not good_falls


def _secrets(city: VendorCity) -> list[str]:
    return [city.environ[name] for name in city.environ if name.endswith("_KEY")]


ACCOUNT = {
    "unauthorised": {"kie": "Check the KIE API key", "elevenlabs": "Check ELEVENLABS_API_KEY",
                     "gemini": "Check GEMINI_API_KEY"},
    "no_credit": {"kie": "Top up", "gemini": "Add credit"},
    "model_gone": {"kie": "choose another", "elevenlabs": "Choose another model", "gemini": "Name another"},
}  # fmt: skip


ROUTES: Mapping[Role, str] = {"camera": "submit", "narrator": "speech", "illustrator": "image"}


def _piece(role: Role, frames: Mapping[str, Path]) -> Piece:
    fits = frames["fits"]
    return {"camera": _clip(fits, fits), "narrator": _line(), "illustrator": _place()}[role]


@pytest.mark.parametrize(
    ("trouble", "role"), [(t, r) for t in ACCOUNT for r, vendor in VENDOR.items() if vendor in ACCOUNT[t]]
)
def test_an_expired_key_an_empty_account_and_a_retired_model_cost_nothing_and_say_what_to_mend(
    studio, city, frames, trouble, role: Role
) -> None:
    city.play(Script(trouble, VENDOR[role], ROUTES[role], match=MARK))
    said = Said("AccountTrouble", (ACCOUNT[trouble][VENDOR[role]],))

    _told(studio, city, role, _piece(role, frames), said, _crew(studio))


@pytest.mark.parametrize("role", VENDOR)
def test_a_web_page_for_an_answer_is_unknown_not_bought_again_and_told_with_what_it_may_cost(
    studio, city, frames, role: Role
) -> None:
    city.play(Script("html", VENDOR[role], ROUTES[role], match=MARK))
    said = Said("AnswerLost", ("may cost $", "ledger settle", BAD), "unknown", "not bought again")
    asked = len(city.played)

    _told(studio, city, role, _piece(role, frames), said, _crew(studio))

    assert len(city.played) - asked == 1


def test_a_picture_that_is_too_large_is_not_sent(studio, city, frames) -> None:
    city.play()
    said = Said("ShotFailed", ("10.0 MB", "takes 10 MB", "smaller"), None)
    _told(studio, city, "camera", _clip(frames["fits"], frames["huge"]), said, _crew(studio))


@pytest.mark.parametrize(
    ("role", "words"),
    [("camera", ("reads 2500", "Shorten")), ("narrator", ("takes 10000", "Shorten"))],
)
def test_a_prompt_over_the_limit_is_not_sent(
    studio, city, frames, role: Role, words: tuple[str, ...]
) -> None:
    city.play()
    long = {"camera": _clip(frames["fits"], frames["fits"], "m" * 2500), "narrator": _line(more=" so" * 3400)}
    _told(studio, city, role, long[role], Said("Refused", words, None), _crew(studio))


def test_a_prompt_that_gemini_finds_too_long_is_refused_and_never_sent_again_unchanged(studio, city) -> None:
    why = "The input token count (70000) exceeds the maximum number of tokens allowed (65536)."
    city.play(Script("invalid", "gemini", "image", match=MARK, reason=why))

    _told(studio, city, "illustrator", _place(), Said("Refused", ("exceeds", "change what is asked")),
          _crew(studio))  # fmt: skip


def test_a_voice_that_does_not_exist_is_named(studio, city) -> None:
    city.play()
    said = Said("AccountTrouble", ("nobodysVoice", "not found", "Set ELEVENLABS_VOICE_ID"))
    _told(studio, city, "narrator", _line(voice="nobodysVoice"), said, _crew(studio))


def test_a_spent_period_parks_the_voice_until_it_is_back_and_no_other_vendor(studio, city, frames) -> None:
    city.play(Script("no_credit", "elevenlabs", "speech"))
    said = Said("QuotaSpent", ("quota", "next period"))
    try:
        _told(studio, city, "narrator", _line(), said, _crew(studio), good_falls=True)
        assert studio.books.parked_until("elevenlabs") > 0 == studio.books.parked_until("kie")
    finally:
        studio.books.park("elevenlabs", 0)


@pytest.mark.parametrize(
    ("role", "variable", "words"),
    [
        ("camera", "KIE_API_KEY", ("Check the KIE API key",)),
        ("narrator", "ELEVENLABS_API_KEY", ("Check ELEVENLABS_API_KEY",)),
        ("illustrator", "GEMINI_API_KEY", ("Check GEMINI_API_KEY",)),
    ],
)
def test_a_wrong_key_buys_nothing_and_is_not_shown(
    studio, city, frames, role: Role, variable: str, words: tuple[str, ...]
) -> None:
    city.play()
    crew = _crew(studio, **{variable: "wrong-key-of-somebody"})

    _told(studio, city, role, _piece(role, frames), Said("AccountTrouble", words), crew, good_falls=True)

    assert "wrong-key" not in " ".join(f.reason for f in studio.db.failures())


def test_a_price_that_is_not_listed_is_never_zero(studio, city, frames) -> None:
    city.play()
    unpriced = replace(studio, purse=replace(studio.purse, prices=PriceList(())))
    said = Said("PriceMissing", ("clip-10s", "POKEGEO_PRICES"), None, "nothing was bought")

    _told(unpriced, city, "camera", _piece("camera", frames), said, _crew(studio), good_falls=True)

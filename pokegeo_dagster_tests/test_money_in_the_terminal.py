"""What a person meets in the terminal about money: before, while and after it is spent."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from pokegeo_dagster_tests.emulators.vendor_city import VendorCity, vendor_city
from pokegeo_dagster_tests.emulators.vendors.scripted import Script
from pokegeo_dagster_tests.studios import run_pokegeo

Done = subprocess.CompletedProcess[str]
QUICK = {"POKEGEO_POLL_S": "0.1", "POKEGEO_MOST_POLL_S": "0.5", "POKEGEO_BACKOFF_S": "0.05"}
ORDER = ("produce", "haunter", "--clips", "3", "--profile", "rehearsal")


@pytest.fixture(scope="module")
def city() -> Iterator[VendorCity]:
    with vendor_city(same_video=False, video_px=(320, 180), longest_px=256) as running:
        yield running


@pytest.fixture(scope="module")
def bought(tmp_path_factory: pytest.TempPathFactory, city: VendorCity) -> Path:
    """A studio with a three-clip film by the paid crews. Its tests go on from one another's state of
    the film, which is whole before and after each."""
    home = tmp_path_factory.mktemp("bought") / "studio"
    done = run_pokegeo(home, *ORDER, "--budget", "5", **city.environ, **QUICK)
    assert done.returncode == 0, done.stderr
    (home / "told.txt").write_text(done.stderr + done.stdout)
    return home


@pytest.fixture
def paid(run_in: Callable[..., Done], bought: Path, city: VendorCity) -> Callable[..., Done]:
    """A terminal in that studio, with all keys, and vendors at which nothing goes wrong."""
    city.play()

    def run(*words: str, **environment: str) -> Done:
        return run_in(bought, *words, **{**city.environ, **QUICK, **environment})

    return run


def _usd(text: str, before: str) -> Decimal:
    found = re.search(rf"{before}\$([0-9.,]+)", text)
    assert found, text
    return Decimal(found[1].rstrip(".").replace(",", ""))


def _spent(done: Done) -> Decimal:
    return _usd(done.stdout, r"(?<=, )(?=\$[0-9.]+ spent)")


# --- before --------------------------------------------------------------------------------------


def test_with_no_key_the_estimate_prices_all_keys_and_says_that_now_it_is_free(pokegeo) -> None:
    done = pokegeo("estimate", "haunter")

    assert done.returncode == 0, done.stderr
    for vendor in ("gemini", "kie", "elevenlabs"):
        assert vendor in done.stdout
    assert "18 clip-10s at $0.42" in done.stdout and "2026-09-24" in done.stdout
    assert _usd(done.stdout, r"\n(?=\$[0-9.]+ in all)") > 7
    assert "no key is set" in done.stdout and "costs $0.00" in done.stdout
    assert "researcher: house (GEMINI_API_KEY is not set)" in done.stdout
    assert pokegeo("status").stdout.startswith("No episodes yet")


def test_with_some_keys_the_estimate_says_who_does_what_now(pokegeo, city: VendorCity) -> None:
    done = pokegeo("estimate", "haunter", "--clips", "3", KIE_API_KEY="x")

    assert done.returncode == 0, done.stderr
    assert _usd(done.stdout, r"\n(?=\$[0-9.]+ in all)") == Decimal("1.26")
    assert "camera: kling/v2-5-turbo-image-to-video-pro by kie" in done.stdout
    assert "With all three keys it would cost $" in done.stdout


def test_fewer_references_are_a_cheaper_way_that_is_priced_as_it_would_be(pokegeo) -> None:
    keys = {"GEMINI_API_KEY": "x", "POKEGEO_CAMERA": "house"}

    usual = pokegeo("estimate", "haunter", **keys)
    fewer = pokegeo("estimate", "haunter", "--references", "12", **keys)
    refused = pokegeo("produce", "haunter", "--budget", "0.50", **keys)
    strange = pokegeo("estimate", "haunter", "--references", "7", **keys)

    offered = _usd(usual.stdout, r"12 references \(--references 12\): (?=\$)")
    assert offered == _usd(fewer.stdout, r"\n(?=\$[0-9.]+ in all)")
    assert offered < _usd(usual.stdout, r"\n(?=\$[0-9.]+ in all)")
    assert "--references 12" not in fewer.stdout
    assert refused.returncode == 1 and "12 references (--references 12)" in refused.stderr
    assert strange.returncode == 2 and "8 to 25" in strange.stderr


def test_an_order_over_its_budget_is_refused_with_cheaper_ways_before_anything_begins(
    pokegeo, city: VendorCity
) -> None:
    city.play()
    asked = len(city.traffic.as_json()["requests"]) if "requests" in city.traffic.as_json() else None
    taken = city.charges.usd()

    done = pokegeo(*ORDER, "--budget", "0.50", **city.environ)

    assert done.returncode == 1
    assert "Nothing of it was bought" in done.stderr and "POKEGEO_CAMERA=house" in done.stderr
    assert city.charges.usd() == taken
    if asked is not None:
        assert len(city.traffic.as_json()["requests"]) == asked
    assert pokegeo("status").stdout.startswith("No episodes yet")


@pytest.mark.parametrize("amount", ["twelve", "-1", "1e9", ""])
def test_a_budget_that_is_no_amount_is_refused(pokegeo, amount: str) -> None:
    done = pokegeo("produce", "haunter", f"--budget={amount}")
    assert done.returncode == 2 and "--budget" in done.stderr and "Traceback" not in done.stderr


# --- while ---------------------------------------------------------------------------------------


def test_the_production_says_who_does_what_for_how_much_and_counts_the_dollars(bought: Path) -> None:
    told = (bought / "told.txt").read_text()

    opening = told.splitlines()[0]
    assert "gemini researches, writes and draws; kie films; elevenlabs speaks" in opening
    assert "It will cost about $" in opening and "3 clips" in opening
    rising = [Decimal(usd) for usd in re.findall(r"\$([0-9.]+) spent  ", told)]
    assert rising == sorted(rising) and rising[0] == 0 and rising[-1] > Decimal("1.26")


def test_a_film_that_is_made_has_nothing_left_to_buy_and_another_budget_is_no_new_film(paid, city) -> None:
    taken = city.charges.usd()

    assert "\n$0.00 in all: nothing to buy" in paid("estimate", "haunter").stdout
    again = paid("produce", "haunter", "--budget", "6")

    assert again.returncode == 0, again.stderr
    assert "There is nothing left to buy" in again.stderr
    assert re.findall(r"  (\w+.*) made\n", again.stderr) == ["brief", "greenlight"]  # a new yes
    assert "episode $6.00" in paid("estimate", "haunter").stdout
    assert city.charges.usd() == taken


def test_an_edited_line_is_estimated_exactly_before_it_is_bought(paid, city, tmp_path: Path) -> None:
    before = paid("screenplay", "show", "haunter").stdout
    line = "In the ruins, nothing moves at first, and then a pale shape begins to drift between the stones."
    edited = re.sub(
        r"(narration: )(?:[^\n]*)((?:\n {4,}(?![a-z_]+:)[^\n]*)*)",
        rf"\g<1>{json.dumps(line)}",
        before,
        count=1,
    )
    file = tmp_path / "haunter.yaml"
    file.write_text(edited)
    applied = paid("screenplay", "apply", "haunter", str(file))
    assert applied.returncode == 0, applied.stderr
    taken = city.charges.usd()

    stale = paid("estimate", "haunter", "--stale")

    assert stale.returncode == 0, stale.stderr
    first = stale.stdout.splitlines()[0]
    assert re.fullmatch(r"narration line 1 → 1 voice, 1 segment, final cut: \$0\.0\d+, 0 clips", first), first
    assert city.charges.usd() == taken
    priced = _usd(stale.stdout, "final cut: ")
    made = paid("produce", "haunter")
    assert made.returncode == 0, made.stderr
    # The price list's price, which the emulated vendor takes too.
    assert city.charges.usd() - taken == pytest.approx(priced, abs=Decimal("0.0001"))
    assert "nothing is stale" in paid("estimate", "haunter", "--stale").stdout


def test_an_edited_reference_is_told_with_all_the_clips_that_open_on_it(paid, city, tmp_path: Path) -> None:
    before = paid("screenplay", "show", "haunter").stdout
    kept, edited = tmp_path / "kept.yaml", tmp_path / "edited.yaml"
    kept.write_text(before)
    play = yaml.safe_load(before)
    place = next(r for r in play["references"] if r["kind"] == "environment")
    place["description"] += " A second moon stands over it."
    edited.write_text(yaml.safe_dump(play))
    assert paid("screenplay", "apply", "haunter", str(edited)).returncode == 0
    taken = city.charges.usd()

    stale = paid("estimate", "haunter", "--stale").stdout.splitlines()[0]

    number, shots = int(place["id"][4:]), play["shots"]
    clips = sum(place["id"] in (shot["plate"], *(s["reference"] for s in shot["subjects"])) for shot in shots)
    pieces = f"1 reference, {clips} composites?, {clips} clips?, {clips} segments?, final cut"
    assert clips and re.fullmatch(rf"reference {number} → {pieces}: \$\d\.\d+, {clips} clips?", stale), stale
    assert paid("screenplay", "apply", "haunter", str(kept)).returncode == 0
    # The report for the producer tells what was bought since; nothing else changed.
    assert re.search(r"nothing is stale|^stale → 1 episode report: \$0.00, 0 clips$",
                     paid("estimate", "haunter", "--stale").stdout, re.M)  # fmt: skip
    assert city.charges.usd() == taken


# --- after ---------------------------------------------------------------------------------------


def test_the_ledger_adds_up_to_what_the_vendors_took_whichever_way_it_is_kept(paid, city) -> None:
    sums = {}
    for by in ("episode", "channel", "vendor", "day"):
        done = paid("ledger", "--by", by)
        assert done.returncode == 0, done.stderr
        rows = [line.split() for line in done.stdout.splitlines()[1:]]
        rows = [row for row in rows if len(row) == 6 and row[1].isdigit()]
        whole = next((row for row in rows if row[0] == "all"), rows[0])
        sums[by] = Decimal(whole[3].removeprefix("$"))
    assert len(set(sums.values())) == 1
    assert sums["vendor"] == pytest.approx(city.charges.usd(), abs=Decimal("0.03"))
    assert paid("ledger", "--by", "moon").returncode == 2


def test_an_older_take_is_used_again_at_no_cost_and_produce_keeps_it(paid, city) -> None:
    wasted = _wasted(paid("ledger").stdout)
    redone = paid("redo", "haunter", "2", "--new-take")
    assert redone.returncode == 0, redone.stderr
    taken = city.charges.usd()
    listed = paid("takes", "haunter", "2").stdout
    assert [line.endswith("in the film") for line in listed.splitlines()[1:3]] == [False, True]

    used = paid("takes", "haunter", "2", "--use", "1")
    made = paid("produce", "haunter")

    assert used.returncode == 0 and "at no cost" in used.stdout
    assert made.returncode == 0, made.stderr
    listed = paid("takes", "haunter", "2").stdout
    assert [line.endswith("in the film") for line in listed.splitlines()[1:3]] == [True, False]
    assert city.charges.usd() == taken
    # The take that is in no film (told in whole cents).
    assert _wasted(paid("ledger").stdout) - wasted == pytest.approx(Decimal("0.42"), abs=Decimal("0.011"))


def test_takes_says_what_is_wrong_with_the_order(paid) -> None:
    for words, told in (
        (("nobody",), "no episode"),
        (("haunter", "2", "--what", "poem"), "no asset"),
        (("haunter", "17"), "has no clip clip_17"),
        (("haunter", "--use", "1"), "Say which piece"),
        (("haunter", "3", "--use", "7"), "no take 7"),
    ):
        done = paid("takes", *words)
        assert done.returncode == 2 and told in done.stderr, done.stderr


def _lose_an_answer(paid: Callable[..., Done], city: VendorCity, clip: str) -> str:
    city.play(Script("drop_after", vendor="kie", route="submit", nth=1))
    lost = paid("redo", "haunter", clip, "--new-take")
    assert lost.returncode == 1 and "keeps the take it had" in lost.stderr, lost.stderr
    city.play()
    told = paid("ledger", "unknown").stdout
    number = re.search(rf"(?m)^(\d+)  haunter clip clip_0{clip},", told)
    assert number, told
    assert "kie.ai/logs" in told and "asked for: Haunter" in told and "quoted $0.42" in told
    return number[1]


def test_an_unknown_purchase_is_told_and_settled_as_not_charged(paid, city) -> None:
    number = _lose_an_answer(paid, city, "1")

    for wrong, why in (
        ((number,), "one of --not-charged"),
        ((number, "--not-charged", "--charged", "1"), "one of --not-charged"),
        ((number, "--charged", "some"), "--charged"),
        ((number, "--found", "two words"), "no task id"),
        (("9999", "--not-charged"), "no purchase 9999"),
    ):
        done = paid("ledger", "settle", *wrong)
        assert done.returncode == 2 and why in done.stderr, done.stderr
    settled = paid("ledger", "settle", number, "--not-charged")

    assert settled.returncode == 0 and "cost nothing" in settled.stdout
    assert "Nothing is unknown" in paid("ledger", "unknown").stdout
    assert paid("ledger", "settle", number, "--not-charged").returncode == 2


def test_an_unknown_purchase_that_was_found_is_fetched_and_not_bought_again(paid, city) -> None:
    number = _lose_an_answer(paid, city, "3")
    task_id = next(row.id for row in reversed(city.charges.all()) if row.vendor == "kie")
    taken = city.charges.usd()

    found = paid("ledger", "settle", number, "--found", task_id)
    assert found.returncode == 0 and "fetches it" in found.stdout, found.stderr
    again = paid("redo", "haunter", "3", "--new-take")

    assert again.returncode == 0, again.stderr
    assert city.charges.usd() == taken
    assert paid("takes", "haunter", "3").stdout.splitlines()[2].endswith("in the film")


def test_an_unknown_purchase_that_was_charged_is_on_the_ledger_as_wasted(paid, city) -> None:
    number = _lose_an_answer(paid, city, "1")
    before = _wasted(paid("ledger").stdout)

    settled = paid("ledger", "settle", number, "--charged", "0.42")

    assert settled.returncode == 0 and "cost $0.42" in settled.stdout
    assert _wasted(paid("ledger").stdout) - before == pytest.approx(Decimal("0.42"), abs=Decimal("0.011"))


def _wasted(told: str) -> Decimal:
    row = next(line.split() for line in told.splitlines() if line.startswith("haunter"))
    return Decimal(row[5].removeprefix("$").replace("–", "0"))


# --- keys ----------------------------------------------------------------------------------------


def test_the_doctor_asks_each_vendor_for_free_and_never_shows_a_key(paid, city) -> None:
    taken = city.charges.usd()

    done = paid("doctor")

    assert done.returncode == 0, done.stdout
    assert "credits left, worth $" in done.stdout
    assert "characters left" in done.stdout and "Emulated narrator" in done.stdout
    assert "gemini-3.8-flash" in done.stdout
    assert city.charges.usd() == taken
    for name in ("GEMINI_API_KEY", "KIE_API_KEY", "ELEVENLABS_API_KEY"):
        assert city.environ[name] not in done.stdout + done.stderr


def test_a_key_that_does_not_work_is_told_in_a_line_with_what_to_do(paid) -> None:
    done = paid("doctor", GEMINI_API_KEY="AIzaWRONG", KIE_API_KEY="kieWRONG", ELEVENLABS_API_KEY="elWRONG")

    assert done.returncode == 1
    wrong = [line for line in done.stdout.splitlines() if line.startswith("no ")]
    assert [line.split()[1] for line in wrong] == ["gemini:", "kie:", "elevenlabs:"]
    assert "WRONG" not in done.stdout + done.stderr


def test_a_env_file_is_read_and_real_variables_win(pokegeo, tmp_path: Path) -> None:
    file = tmp_path / "keys.env"
    file.write_text('# mine\nKIE_API_KEY="from the file"\nGEMINI_API_KEY=file\nPOKEGEO_CAP_DAY=9\n')

    told = pokegeo("estimate", "haunter", POKEGEO_ENV_FILE=str(file), GEMINI_API_KEY="").stdout

    assert "camera: kling" in told and "(KIE_API_KEY is set)" in told
    assert "GEMINI_API_KEY is not set" in told
    assert "day $9.00" in told
    assert "from the file" not in told
    gone = pokegeo("estimate", "haunter", POKEGEO_ENV_FILE=str(tmp_path / "nowhere.env"))
    assert gone.returncode == 2 and "nowhere.env cannot be read" in gone.stderr


def test_the_example_of_a_env_file_names_every_variable_and_sets_none() -> None:
    text = (Path(__file__).resolve().parents[1] / ".env.example").read_text()

    for name in ("GEMINI_API_KEY", "KIE_API_KEY", "ELEVENLABS_API_KEY", "ELEVENLABS_VOICE_ID",
                 "POKEGEO_CAP_EPISODE", "POKEGEO_POOL_KIE", "POKEGEO_CAMERA", "POKEGEO_CAMERA_MODEL",
                 "POKEGEO_WHEN_STUCK_CAMERA", "POKEGEO_PRICES", "POKEGEO_HOME"):  # fmt: skip
        assert re.search(rf"(?m)^#? ?{name}=", text), name
    assert not [line for line in text.splitlines() if re.match(r"[A-Z_]+=.", line)]

"""Pictures that were bought: what is asked for, what is charged, and what the compositor gets."""

from __future__ import annotations

import base64
import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from pokegeo_dagster.film.crew import CompositeOrder, Made, ReferenceOrder
from pokegeo_dagster.film.edit.delivery import DELIVERIES, Delivery
from pokegeo_dagster.film.errors import (
    JobFailed,
    MediaDamaged,
    MediaMissing,
    ProductionError,
    Refused,
    UnknownSpecies,
)
from pokegeo_dagster.film.story.screenplay import Atmosphere, Placement, Reference, Setting
from pokegeo_dagster.film.story.species import find_species, species_book
from pokegeo_dagster.film.vendors import Charge, Job
from pokegeo_dagster.film.vendors import Delivery as VendorDelivery
from pokegeo_dagster.providers.bench.compositor import BenchCompositor
from pokegeo_dagster.providers.gemini.backdrop import backdrop_for_prop, backdrop_for_species
from pokegeo_dagster.providers.gemini.illustrator import GeminiIllustrator
from pokegeo_dagster.providers.gemini.image_models import IMAGE_MODELS, image_model

PROSE = "Hyper-realistic wildlife photography in old ruins at night: moonlight, thin mist, long lens."
AIR = Atmosphere(
    habitat="ruins", light="night", weather="mist", palette=("ink blue", "old stone"), prose=PROSE
)
FULL = DELIVERIES["full"]
SMALL = Delivery(width_px=320, height_px=180, rate_fps=24, preset="ultrafast", crf=28)


def order(kind: str, delivery: Delivery = SMALL, seed: int = 99, **what: Any) -> ReferenceOrder:
    text = "Haunter, a hovering body of dark vapour with two loose hands, seen from the side."
    reference = Reference(id="ref_02", kind=kind, name=f"a_{kind}", description=text, **what)  # type: ignore[arg-type]
    return ReferenceOrder(reference=reference, atmosphere=AIR, delivery=delivery, seed=seed)


def character(species: str = "haunter", pose: str = "alert", delivery: Delivery = SMALL) -> ReferenceOrder:
    return order("character", delivery, species=species, pose=pose)


def place(delivery: Delivery = SMALL) -> ReferenceOrder:
    return order(
        "environment",
        delivery,
        setting=Setting(habitat="ruins", light="night", weather="mist", vantage="ground"),
    )


def jpeg(width: int, height: int, colour: tuple[int, int, int], spot: bool = True) -> bytes:
    """A dark purple oval on a flat colour (RGB)."""
    picture = np.full((height, width, 3), colour[::-1], np.uint8)
    if spot:
        cv2.ellipse(
            picture, (width // 2, height // 2), (width // 4, height // 3), 0, 0, 360, (110, 40, 80), -1, 16
        )
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 92])[1].tobytes()


GREEN = (0, 177, 64)


@pytest.fixture
def illustrator(client) -> GeminiIllustrator:
    return GeminiIllustrator(client)


def bought(job: Job, room: Path) -> VendorDelivery:
    room.mkdir(exist_ok=True, parents=True)
    delivery = job.submit(job.prepare(room), room)
    assert isinstance(delivery, VendorDelivery)
    return job.fetch(None, delivery, room)


def sheet_in(folder: Path) -> Path:
    picture = np.zeros((400, 300, 4), np.uint8)
    cv2.circle(picture, (150, 200), 100, (120, 60, 90, 255), -1)
    cv2.imwrite(str(folder / "sheet.png"), picture)
    return folder / "sheet.png"


def test_a_place_becomes_a_plate_a_fifth_larger_than_the_frame(gemini, illustrator, tmp_path):
    gemini.show(jpeg(1376, 768, (40, 50, 60)))
    job = illustrator.draw(place(FULL), None, tmp_path)

    made = job.develop(bought(job, tmp_path), tmp_path)

    assert isinstance(made, Made) and made.slate == {"width_px": 2304, "height_px": 1296}
    plate = cv2.imread(str(made.files["main"]), cv2.IMREAD_UNCHANGED)
    assert plate is not None and plate.shape == (1296, 2304, 3)


def test_a_place_is_asked_for_in_2k_and_16_by_9_without_an_animal(gemini, illustrator, tmp_path):
    gemini.show(jpeg(64, 36, (40, 50, 60)))

    bought(illustrator.draw(place(FULL), None, tmp_path), tmp_path)

    asked = gemini.posts[0]
    assert asked.path.endswith("/models/gemini-3-pro-image:generateContent")
    assert asked.body["generationConfig"]["imageConfig"] == {"aspectRatio": "16:9", "imageSize": "2K"}
    assert asked.body["generationConfig"]["responseModalities"] == ["IMAGE"]
    assert asked.prompt.startswith(PROSE) and "No animal" in asked.prompt
    assert not re.search(r"#[0-9A-F]{6}", asked.prompt)


def test_an_animal_is_asked_for_on_one_flat_colour_and_by_its_anatomy(illustrator, tmp_path):
    prompt = illustrator.draw(character(), None, tmp_path).request()["prompt"]

    assert prompt.startswith(PROSE)
    assert re.findall(r"#[0-9A-F]{6}", prompt) == [backdrop_for_species(find_species("haunter")).code]
    assert "floater" in prompt and "surface like smoke" in prompt and "shadowless" in prompt
    assert "variation 99" in prompt and "$" not in prompt


def test_a_pose_is_drawn_after_the_sheet_which_comes_first(gemini, illustrator, tmp_path):
    gemini.show(jpeg(64, 64, GREEN))
    sheet = sheet_in(tmp_path)

    job = illustrator.draw(character(), sheet, tmp_path)
    bought(job, tmp_path / "room")

    picture, text = gemini.posts[0].parts
    sent = picture["inlineData"]["data"].translate(str.maketrans("-_", "+/"))
    seen = cv2.imdecode(np.frombuffer(base64.b64decode(sent), np.uint8), cv2.IMREAD_UNCHANGED)
    assert seen is not None and seen.shape[2] == 3
    assert seen[2, 2].tolist() == list(backdrop_for_species(find_species("haunter")).rgb[::-1])
    assert "the same individual" in text["text"]
    assert job.request()["sheet"] == sha256(sheet.read_bytes()).hexdigest()


def test_the_sheet_itself_and_things_are_drawn_after_nothing(gemini, illustrator, tmp_path):
    gemini.show(jpeg(64, 64, GREEN))
    sheet = sheet_in(tmp_path)

    for one in (character(pose="sheet"), order("prop", prop="log")):
        bought(illustrator.draw(one, sheet, tmp_path), tmp_path / "room")

    assert [len(asked.parts) for asked in gemini.posts] == [1, 1]


def test_a_damaged_sheet_is_found_before_anything_is_sent(gemini, illustrator, tmp_path):
    (tmp_path / "sheet.png").write_bytes(b"\x89PNG but no more")
    job = illustrator.draw(character(), tmp_path / "sheet.png", tmp_path)

    with pytest.raises(MediaDamaged):
        job.prepare(tmp_path)

    assert not gemini.asked


def test_an_animal_comes_out_cut_out_and_goes_into_a_composite(gemini, illustrator, tmp_path):
    gemini.show(jpeg(1024, 1024, GREEN))
    job = illustrator.draw(character(delivery=SMALL), None, tmp_path)
    made = job.develop(bought(job, tmp_path), tmp_path)
    assert isinstance(made, Made)
    picture = cv2.imread(str(made.files["main"]), cv2.IMREAD_UNCHANGED)
    assert picture is not None and picture.shape[2] == 4 and max(picture.shape) <= 2 * SMALL.height_px
    x0, y0, x1, y1 = made.slate["bbox"]
    assert (x1 - x0) / (y1 - y0) == pytest.approx(3 / 4, abs=0.02)
    gemini.answers.clear()
    gemini.show(jpeg(640, 360, (40, 50, 60), spot=False))
    ground = illustrator.draw(place(), None, tmp_path)
    (tmp_path / "plate").mkdir()
    plate = ground.develop(bought(ground, tmp_path / "plate"), tmp_path / "plate")
    assert isinstance(plate, Made)

    stand = Placement(reference="ref_02", x=0.5, y=0.9, height=0.6)
    frame = CompositeOrder(framing="medium", plate="ref_01", subjects=(stand,), delivery=SMALL)
    (tmp_path / "frame").mkdir()
    whole = BenchCompositor().compose(
        frame, {"ref_01": plate.files, "ref_02": made.files}, tmp_path / "frame"
    )

    main = cv2.imread(str(whole.files["main"]))
    assert main is not None and main.shape == (180, 320, 3)
    assert (main[108][160].astype(int) - main[20][20].astype(int)).any()
    green = (main[..., 1].astype(int) - main[..., [0, 2]].max(axis=2)).max()
    assert green < 25, "the backdrop's green shows in the frame"


def test_the_same_bytes_develop_to_the_same_picture(gemini, illustrator, tmp_path):
    gemini.show(jpeg(512, 512, GREEN))
    job = illustrator.draw(character(), None, tmp_path)
    delivery = bought(job, tmp_path)

    digests = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        made = illustrator.draw(character(), None, tmp_path).develop(delivery, tmp_path / name)
        assert isinstance(made, Made)
        digests.add(sha256(made.files["main"].read_bytes()).hexdigest())

    assert len(digests) == 1


def test_the_vendors_own_bytes_are_kept_untouched_and_the_last_picture_counts(gemini, illustrator, tmp_path):
    draft, final = jpeg(64, 64, (9, 9, 9)), jpeg(64, 64, GREEN)
    gemini.show(draft, final)
    thought = {
        "thought": True,
        "inlineData": {"mimeType": "image/jpeg", "data": base64.b64encode(draft).decode()},
    }
    gemini.answers[0][1]["candidates"][0]["content"]["parts"].append(thought)

    delivery = bought(illustrator.draw(character(), None, tmp_path), tmp_path)

    assert delivery.files["original"].read_bytes() == final
    assert delivery.files["original"].suffix == ".jpg"
    assert next((i.unit, i.units) for i in delivery.charge.items) == ("image-1k", 2)
    json.dumps(delivery.facts)


def test_a_picture_on_no_flat_background_never_becomes_a_composite(gemini, illustrator, tmp_path):
    noise = np.random.default_rng(1).integers(0, 255, (32, 32, 3), np.uint8)
    patchwork = cv2.resize(noise, (512, 512), interpolation=cv2.INTER_CUBIC)
    gemini.show(cv2.imencode(".jpg", patchwork)[1].tobytes())
    job = illustrator.draw(character(), None, tmp_path)

    with pytest.raises(JobFailed, match="not one flat colour") as failed:
        job.develop(bought(job, tmp_path), tmp_path)

    charge: Any = failed.value.charge
    assert charge.items[0].unit == "image-1k"


def test_bytes_that_are_no_picture_are_a_failed_job_with_its_charge(gemini, illustrator, tmp_path):
    gemini.show(b"\xff\xd8\xff but no more")
    job = illustrator.draw(place(), None, tmp_path)

    with pytest.raises(JobFailed) as failed:
        job.develop(bought(job, tmp_path), tmp_path)

    assert failed.value.charge is not None


@pytest.mark.parametrize("finish", ["IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "PROHIBITED_CONTENT"])
def test_a_picture_held_back_before_it_was_drawn_is_a_free_refusal(gemini, illustrator, tmp_path, finish):
    gemini.say("", finish=finish, answer=0, thoughts=0)

    with pytest.raises(Refused, match=finish):
        bought(illustrator.draw(character(), None, tmp_path), tmp_path)


def test_a_picture_held_back_after_it_was_drawn_is_on_the_bill(gemini, illustrator, tmp_path):
    gemini.say("", finish="IMAGE_SAFETY", answer=1120)

    with pytest.raises(JobFailed) as failed:
        bought(illustrator.draw(character(), None, tmp_path), tmp_path)

    charge: Any = failed.value.charge
    assert charge.items[0].units == 1


def test_words_instead_of_a_picture_are_told(gemini, illustrator, tmp_path):
    gemini.say("I would rather not draw this.", answer=9)

    with pytest.raises(JobFailed, match="I would rather not") as failed:
        bought(illustrator.draw(character(), None, tmp_path), tmp_path)

    charge: Any = failed.value.charge
    assert {i.unit: i.units for i in charge.items} == {"input-token": 1200, "output-token": 309}


def test_what_the_store_has_lost_gemini_does_not_have_either(illustrator, tmp_path):
    job = illustrator.draw(place(), None, tmp_path)

    with pytest.raises(MediaMissing):
        job.fetch(None, VendorDelivery(Charge()), tmp_path)


def test_the_bill_is_one_picture_of_the_size_that_the_delivery_needs(illustrator, client, tmp_path):
    def unit(order: ReferenceOrder, by: GeminiIllustrator = illustrator) -> str:
        picture, read = by.draw(order, None, tmp_path).bill()
        assert (picture.units, read.unit) == (1, "input-token")
        return f"{picture.model} {picture.unit}"

    assert unit(place(FULL)) == unit(character(delivery=FULL)) == "gemini-3-pro-image image-2k"
    assert unit(place(SMALL)) == "gemini-3-pro-image image-1k"
    lite = GeminiIllustrator(client, "gemini-3.1-flash-lite-image")
    assert unit(place(FULL), lite) == "gemini-3.1-flash-lite-image image-1k"


def test_no_model_is_asked_for_a_size_or_a_shape_it_does_not_have():
    for model in (*IMAGE_MODELS.values(), image_model("gemini-5-image")):
        for pixels in ((200, 200), (2304, 1296), (9000, 9000)):
            assert model.size_for(*pixels) in model.sizes
        assert all(model.aspect(wanted) in model.aspects for wanted in ("16:9", "3:2", "2:3", "1:1", "7:5"))
    assert image_model("gemini-3-pro-image").aspect("16:9") == "16:9"


def test_no_animals_own_colour_is_its_backdrops():
    green = backdrop_for_species(find_species("haunter"))
    assert "green" in green.name
    for slug in ("bulbasaur", "celebi", "tropius"):
        assert "green" not in backdrop_for_species(find_species(slug)).name
    assert "blue" not in backdrop_for_species(find_species("gyarados")).name
    assert "green" not in backdrop_for_prop("fern").name
    assert len({backdrop_for_species(s).name for s in species_book().values()}) == 3


@pytest.mark.parametrize("kind", ["environment", "character", "prop"])
def test_a_reference_that_shows_nothing_is_not_bought(illustrator, tmp_path, kind):
    with pytest.raises(ProductionError, match="does not say what it shows"):
        illustrator.draw(order(kind), None, tmp_path)


def test_an_unknown_animal_is_not_bought(illustrator, tmp_path):
    with pytest.raises(UnknownSpecies):
        illustrator.draw(character("sherlock"), None, tmp_path)


def test_what_is_read_is_on_the_bill_and_so_is_the_sheet(illustrator, tmp_path):
    without = illustrator.draw(character(), None, tmp_path).bill()[1].units
    with_sheet = illustrator.draw(character(), sheet_in(tmp_path), tmp_path).bill()[1].units

    assert 300 < without < 900  # a prompt has 1,200 to 3,600 characters
    assert with_sheet - without > 1_000


def test_the_charge_has_the_tokens_that_gemini_counted(gemini, illustrator, tmp_path):
    gemini.show(jpeg(64, 64, GREEN))
    counted = gemini.answers[0][1]["usageMetadata"]
    counted["candidatesTokensDetails"] = [
        {"modality": "IMAGE", "tokenCount": 1120},
        {"modality": "TEXT", "tokenCount": 30},
    ]

    delivery = bought(illustrator.draw(character(), None, tmp_path), tmp_path)

    charged = {item.unit: item.units for item in delivery.charge.items}
    assert charged == {"image-1k": 1, "input-token": 400, "output-token": 150 + 30}


def test_a_charge_that_gemini_did_not_count_is_what_was_quoted(gemini, illustrator, tmp_path):
    gemini.show(jpeg(64, 64, GREEN))
    del gemini.answers[0][1]["usageMetadata"]
    job = illustrator.draw(character(), None, tmp_path)

    assert bought(job, tmp_path).charge.items == tuple(job.bill())


def test_a_sheet_that_is_gone_after_the_preparation_is_sent_all_the_same(gemini, illustrator, tmp_path):
    """An error of this machine's disk inside `submit` would look like a lost answer."""
    gemini.show(jpeg(64, 64, GREEN))
    sheet = sheet_in(tmp_path)
    job = illustrator.draw(character(), sheet, tmp_path)
    prepared = job.prepare(tmp_path)
    sheet.unlink()

    job.submit(prepared, tmp_path)

    assert len(gemini.posts[0].parts) == 2


def test_a_picture_that_this_disk_cannot_keep_is_on_the_bill(gemini, illustrator, tmp_path):
    gemini.show(jpeg(64, 64, GREEN))
    job = illustrator.draw(character(), None, tmp_path)

    with pytest.raises(JobFailed, match="Make room") as failed:
        job.submit(job.prepare(tmp_path), tmp_path / "no such room")

    charge: Any = failed.value.charge
    assert charge.items[0].unit == "image-1k" and len(gemini.posts) == 1

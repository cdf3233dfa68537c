"""The brief box: files that are left for the studio, in a folder and in a bucket."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from pokegeo_dagster.film.errors import BriefRefused
from pokegeo_dagster.storage.brief_box import MOST_BYTES, BriefBox, open_brief_box, read_orders
from pokegeo_dagster_tests.storage.conftest import Place


class Drop:
    """Somebody who leaves files where the studio looks."""

    def __init__(self, place: Place):
        self._place = place

    def leave(self, name: str, text: str | bytes, age_s: float = 5) -> None:
        data = text.encode() if isinstance(text, str) else text
        if self._place.s3 is None:
            folder = self._place.home / "briefs"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
            os.utime(folder / name, (time.time() - age_s,) * 2)
            return
        self._client.put_object(Bucket=self._bucket, Key=self._prefix + name, Body=data)

    def lies_in(self, folder: str) -> dict[str, bytes]:
        if self._place.s3 is None:
            there: Path = self._place.home / "briefs" / folder
            return {file.name: file.read_bytes() for file in sorted(there.glob("*")) if file.is_file()}
        prefix = f"{self._prefix}{folder}/".replace("//", "/")
        listed = self._client.list_objects_v2(Bucket=self._bucket, Prefix=prefix, Delimiter="/")
        return {
            one["Key"].removeprefix(prefix): self._client.get_object(Bucket=self._bucket, Key=one["Key"])[
                "Body"
            ].read()
            for one in listed.get("Contents", ())
        }

    @property
    def _prefix(self) -> str:
        assert self._place.settings.s3 is not None
        return f"{self._place.settings.s3.prefix}/briefs/"

    @property
    def _bucket(self) -> str:
        assert self._place.s3 is not None
        return self._place.s3.bucket

    @property
    def _client(self):
        assert self._place.s3 is not None
        return self._place.s3.client()


@pytest.fixture
def drop(place: Place) -> Drop:
    return Drop(place)


@pytest.fixture
def box(place: Place) -> BriefBox:
    return open_brief_box(place.settings)


def test_files_are_found_in_order_and_read(box: BriefBox, drop: Drop) -> None:
    drop.leave("b.yml", "species: gengar")
    drop.leave("a.yaml", "species: haunter")
    drop.leave("notes.txt", "not an order")

    waiting = box.waiting()

    assert [left.name for left in waiting] == ["a.yaml", "b.yml"]
    assert read_orders(box.read(waiting[0]), "a.yaml")[0].species == "haunter"


def test_what_was_taken_in_is_not_seen_again_and_is_kept(box: BriefBox, drop: Drop) -> None:
    drop.leave("a.yaml", "species: haunter")

    box.settle(box.waiting()[0])

    (kept,) = drop.lies_in("taken").items()
    assert box.waiting() == ()
    assert kept[0].endswith("-a.yaml") and kept[1] == b"species: haunter"


def test_what_is_refused_lies_aside_with_the_reason_beside_it(box: BriefBox, drop: Drop) -> None:
    drop.leave("a.yaml", "species: hanter")

    box.refuse(box.waiting()[0], "no such animal\n")

    file, why = drop.lies_in("refused").items()
    assert box.waiting() == ()
    assert file[1] == b"species: hanter"
    assert why == (f"{file[0]}.why.txt", b"no such animal\n")


def test_a_file_too_large_to_be_an_order_is_not_read(box: BriefBox, drop: Drop) -> None:
    drop.leave("film.yaml", b"#" * (MOST_BYTES + 1))

    with pytest.raises(BriefRefused, match="bytes"):
        box.read(box.waiting()[0])


def test_what_is_no_text_is_refused(box: BriefBox, drop: Drop) -> None:
    drop.leave("film.yaml", b"\xff\xfe\x00film")

    with pytest.raises(BriefRefused, match="UTF-8"):
        box.read(box.waiting()[0])


def test_a_file_that_is_still_being_written_waits(tmp_path: Path) -> None:
    place = Place({}, tmp_path, None)
    Drop(place).leave("a.yaml", "species: hau", age_s=0)

    assert open_brief_box(place.settings).waiting() == ()


def test_two_files_of_one_name_are_both_kept(tmp_path: Path) -> None:
    place = Place({}, tmp_path, None)
    drop, box = Drop(place), open_brief_box(place.settings)

    for text in ("species: haunter", "species: gengar"):
        drop.leave("a.yaml", text)
        box.settle(box.waiting()[0])

    assert sorted(drop.lies_in("taken").values()) == [b"species: gengar", b"species: haunter"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("species: [haunter", "line 1"),
        ("", "holds no order"),
        ("- haunter", "holds no order"),
        ("[]", "holds no order"),
        ("species: haunter\nclips: many", "clips"),
        ("- species: haunter\n- clips: 3", "order 2"),
        ("species: !!python/object:os.system x", "not YAML"),
        ("publish_at: 2026-13-45T00:00:00Z\nspecies: haunter", "not YAML"),
    ],
)
def test_a_mistake_in_a_file_is_told_with_its_place(text: str, told: str) -> None:
    with pytest.raises(BriefRefused) as refused:
        read_orders(text, "monday.yaml")

    assert str(refused.value).startswith("monday.yaml") and told in str(refused.value)


def test_a_file_may_hold_a_list_of_orders() -> None:
    orders = read_orders("- species: haunter\n- {species: gengar, publish_at: 2026-12-24T18:00:00Z}", "x")

    assert [order.species for order in orders] == ["haunter", "gengar"]

"""Content credentials: what leaves the house says that machines made it, and cannot be changed unseen."""

from __future__ import annotations

import json
from pathlib import Path

import c2pa
import cv2
import numpy as np
import pytest

from pokegeo_dagster.film.edit.delivery import DELIVERIES
from pokegeo_dagster.providers.bench.credentials import (
    CERTIFICATE,
    KEY,
    CredentialsRefused,
    Signing,
    Statement,
    prove,
    signing_of,
)
from pokegeo_dagster.providers.bench.encoder import RawEncoder
from pokegeo_dagster.providers.bench.probe import decode_all, probe
from pokegeo_dagster_tests.certificates import SERVERS, write_chain

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
SMALL = DELIVERIES["rehearsal"]


@pytest.fixture
def signing(tmp_path: Path) -> Signing:
    made = signing_of(write_chain(tmp_path))
    assert made is not None
    return made


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    with RawEncoder(SMALL, 24, path) as encoder:
        for k in range(24):
            encoder.write(np.full(SMALL.width_px * SMALL.height_px * 3 // 2, 60 + k, np.uint8))
    return path


def told(path: Path, form: str = "video/mp4") -> dict:
    with path.open("rb") as file, c2pa.Reader(form, file) as reader:
        return reader.get_active_manifest() or {}


def created(path: Path, form: str = "video/mp4") -> dict:
    assertions = {a["label"]: a["data"] for a in told(path, form)["assertions"]}
    return assertions["c2pa.actions.v2"]["actions"][0]


def test_a_signed_film_says_that_machines_made_it_and_with_what(signing: Signing, film: Path, tmp_path: Path):
    out = tmp_path / "signed.mp4"

    signing.sign(
        film, out, Statement("haunter_final.mp4", "trainedAlgorithmicMedia", ("kie kling-v2", "house"))
    )

    assert prove(out) == "Valid"
    assert told(out)["title"] == "haunter_final.mp4"
    assert told(out)["signature_info"]["common_name"] == "Haunter Studio"
    action = created(out)
    assert (action["action"], action["digitalSourceType"]) == (
        "c2pa.created",
        IPTC + "trainedAlgorithmicMedia",
    )
    assert "kie kling-v2, house" in action["description"]


def test_a_signed_film_plays_as_the_unsigned_one_does(signing: Signing, film: Path, tmp_path: Path):
    out = tmp_path / "signed.mp4"

    signing.sign(film, out, Statement("film", "compositeSynthetic"))

    assert probe(out) == probe(film)
    assert decode_all(out) == 24
    assert prove(film) is None


def test_a_poster_is_signed_too(signing: Signing, tmp_path: Path):
    poster = tmp_path / "poster.jpg"
    cv2.imwrite(str(poster), np.full((90, 160, 3), 120, np.uint8))

    signing.sign(poster, tmp_path / "signed.jpg", Statement("poster", "algorithmicMedia"))

    assert prove(tmp_path / "signed.jpg") == "Valid"
    assert created(tmp_path / "signed.jpg", "image/jpeg")["digitalSourceType"] == IPTC + "algorithmicMedia"


def test_a_signed_file_that_was_changed_no_longer_proves_valid(signing: Signing, film: Path, tmp_path: Path):
    out = tmp_path / "signed.mp4"
    signing.sign(film, out, Statement("film", "compositeSynthetic"))
    whole = bytearray(out.read_bytes())
    whole[-200] ^= 1
    out.write_bytes(whole)

    assert prove(out) == "Invalid"


def test_a_vendors_own_credentials_go_along(signing: Signing, film: Path, tmp_path: Path):
    """Only of clips that carry any: the others are in the film, and nobody vouches for them."""
    clip, out = tmp_path / "clip.mp4", tmp_path / "signed.mp4"
    signing.sign(film, clip, Statement("by the vendor", "trainedAlgorithmicMedia"))

    signing.sign(
        film, out, Statement("film", "trainedAlgorithmicMedia", ("kie",), {"clip_01": clip, "clip_02": film})
    )

    parts = told(out)["ingredients"]
    assert [(part["title"], part["relationship"]) for part in parts] == [("clip_01", "componentOf")]
    assert "by the vendor" in json.dumps(_all(out))
    assert prove(out) == "Valid"


def _all(path: Path) -> dict:
    with path.open("rb") as file, c2pa.Reader("video/mp4", file) as reader:
        return json.loads(reader.json())


# --- certificates ------------------------------------------------------------------------------


def test_without_a_certificate_nothing_is_signed_and_nothing_is_wrong():
    assert signing_of({}) is None
    assert signing_of({CERTIFICATE: "", KEY: " "}) is None


@pytest.mark.parametrize(
    ("days", "said"), [((-30, -1), r"valid from .* Renew it"), ((1, 30), "valid from")], ids=["over", "early"]
)
def test_a_certificate_out_of_its_time_is_refused(days: tuple[int, int], said: str, tmp_path: Path):
    with pytest.raises(CredentialsRefused, match=said):
        signing_of(write_chain(tmp_path, days))


def test_a_certificate_for_web_servers_is_refused(tmp_path: Path):
    with pytest.raises(CredentialsRefused, match="cannot sign content"):
        signing_of(write_chain(tmp_path, usage=SERVERS))


def test_the_key_of_another_certificate_is_refused(tmp_path: Path):
    (tmp_path / "other").mkdir()
    other = write_chain(tmp_path / "other")

    with pytest.raises(CredentialsRefused, match="is not the key"):
        signing_of({**write_chain(tmp_path), KEY: other[KEY]})


@pytest.mark.parametrize("name", [CERTIFICATE, KEY])
def test_half_a_certificate_is_refused(name: str, tmp_path: Path):
    with pytest.raises(CredentialsRefused, match=f"{name} is not set"):
        signing_of({**write_chain(tmp_path), name: ""})


@pytest.mark.parametrize("name", [CERTIFICATE, KEY])
def test_a_file_that_is_no_pem_is_refused(name: str, tmp_path: Path):
    settings = write_chain(tmp_path)
    Path(settings[name]).write_text("-----BEGIN NOTHING-----")

    with pytest.raises(CredentialsRefused, match="must be PEM files"):
        signing_of(settings)


@pytest.mark.parametrize("name", [CERTIFICATE, KEY])
def test_a_file_that_is_not_there_is_named(name: str, tmp_path: Path):
    with pytest.raises(CredentialsRefused, match="cannot be read"):
        signing_of({**write_chain(tmp_path), name: str(tmp_path / "nowhere.pem")})


def test_the_key_is_in_no_error_and_no_repr(signing: Signing, tmp_path: Path):
    assert "PRIVATE" not in repr(signing)

"""An effect made by ElevenLabs: its bytes come once, and there is no list to find it in again."""

import wave
from decimal import Decimal
from pathlib import Path

import av
import numpy as np
import pytest

from pokegeo_dagster.film.crew import SoundOrder
from pokegeo_dagster.film.errors import AnswerLost, JobFailed, Refused
from pokegeo_dagster.film.vendors import Delivery
from pokegeo_dagster.providers.elevenlabs.foley import ElevenLabsFoley

CUE = "Rain on broad leaves, a distant growl"


def noise(seconds: float, rate_hz: int = 44_100, channels: int = 2) -> np.ndarray:
    dice = np.random.default_rng(5)
    return (0.2 * dice.standard_normal((round(seconds * rate_hz), channels))).clip(-0.9, 0.9)


def mp3(samples: np.ndarray, path: Path) -> bytes:
    with av.open(str(path), "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=44_100)
        stream.bit_rate = 128_000
        stream.layout = "stereo"
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples.T.astype(np.float32)), format="fltp", layout="stereo"
        )
        frame.rate = 44_100
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    return path.read_bytes()


def job(vendor, folder: Path, seconds: float = 4.0, **more):
    order = SoundOrder(cue=CUE, duration_s=seconds, seed=1)
    return ElevenLabsFoley(vendor.client(), **more).perform(order, folder)


def sound(path: Path) -> np.ndarray:
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (48_000, 2, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2) / 32768


@pytest.mark.parametrize("given_s", [4.0, 4.3, 3.7])
def test_an_effect_is_exactly_as_long_as_ordered_whatever_was_given(given_s: float, vendor, tmp_path: Path):
    vendor.effect = mp3(noise(given_s), tmp_path / "given.mp3")
    asked = job(vendor, tmp_path)

    delivery = asked.fetch(None, asked.submit({}, tmp_path), tmp_path)
    made = asked.develop(delivery, tmp_path)

    heard = sound(made.files["main"])
    assert len(heard) == made.slate["samples"] == 4 * 48_000
    assert (made.slate["cue"], made.slate["duration_s"], made.slate["credits"]) == (CUE, 4.0, 42.0)
    assert np.abs(heard[0]).max() < 0.001 and np.abs(heard).max() <= 10 ** (-4 / 20) + 1e-4
    tenths = np.sqrt(np.square(heard[4_800:-4_800].reshape(-1, 4_800, 2)).mean(axis=(1, 2)))
    assert tenths.min() > 0.1  # no hole where it begins again


def test_what_leaves_is_the_cue_its_length_and_the_model(vendor, tmp_path: Path):
    vendor.effect = mp3(noise(4), tmp_path / "given.mp3")
    asked = job(vendor, tmp_path, prompt_influence=0.5)

    delivery = asked.submit({}, tmp_path)

    (post,) = vendor.posts
    assert (post["path"], post["query"]) == ("/v1/sound-generation", {"output_format": ["mp3_44100_128"]})
    assert post["body"] == {
        "text": CUE,
        "duration_seconds": 4.0,
        "prompt_influence": 0.5,
        "model_id": "eleven_text_to_sound_v2",
    }
    assert {**post["body"], "output_format": "mp3_44100_128"}.items() <= dict(asked.request()).items()
    assert delivery.files["original"].read_bytes() == vendor.effect


def test_an_effect_is_billed_and_charged_by_the_second(vendor, tmp_path: Path):
    vendor.effect = mp3(noise(4), tmp_path / "given.mp3")
    asked = job(vendor, tmp_path)

    delivery = asked.submit({}, tmp_path)

    (item,) = asked.bill()
    assert (item.model, item.unit, item.units) == ("eleven_text_to_sound_v2", "sound-second", Decimal("4.0"))
    assert delivery.charge.items == (item,) and delivery.charge.request_id == "req-1"
    assert delivery.facts["credits"] == "42"


@pytest.mark.parametrize("channels", [1, 2])
def test_headerless_samples_are_read_with_the_channels_they_have(channels: int, vendor, tmp_path: Path):
    samples = np.round(noise(4, 48_000, channels) * 32767).astype("<i2")
    vendor.effect = samples.tobytes()
    asked = job(vendor, tmp_path, output_format="pcm_48000")

    made = asked.develop(asked.submit({}, tmp_path), tmp_path)

    assert made.slate["delivered_s"] == pytest.approx(4)


@pytest.mark.parametrize("seconds", [0.49, 30.1, -1, float("nan")])
def test_a_length_the_vendor_does_not_make_is_refused_before_anything_is_sent(
    seconds: float, vendor, tmp_path: Path
):
    with pytest.raises(Refused, match=r"0\.5 to 30"):
        job(vendor, tmp_path, seconds)
    assert vendor.posts == []


def test_a_cue_or_a_model_that_is_none_is_refused_before_anything_is_sent(vendor, tmp_path: Path):
    foley = ElevenLabsFoley(vendor.client())
    for cue in ("", " ... ", "rain\x00"):
        with pytest.raises(Refused):
            foley.perform(SoundOrder(cue=cue, duration_s=3, seed=1), tmp_path)
    with pytest.raises(Refused, match="eleven_text_to_sound_v3"):
        job(vendor, tmp_path, model="eleven_text_to_sound_v9")
    with pytest.raises(Refused, match="prompt_influence"):
        job(vendor, tmp_path, prompt_influence=1.5)


@pytest.mark.parametrize("kind", ["garbage", "silence", "far too short"])
def test_what_is_not_the_effect_is_a_failure_with_its_charge(kind: str, vendor, tmp_path: Path):
    vendor.effect = {
        "garbage": b"no sound at all" * 100,
        "silence": mp3(noise(4) * 0, tmp_path / "s.mp3"),
        "far too short": mp3(noise(1), tmp_path / "t.mp3"),
    }[kind]
    asked = job(vendor, tmp_path)

    with pytest.raises(JobFailed) as told:
        asked.submit({}, tmp_path)
    assert getattr(told.value.charge, "items", None) == tuple(asked.bill())


def test_lost_bytes_are_a_failure_because_nobody_keeps_them(vendor, tmp_path: Path):
    vendor.effect = mp3(noise(4), tmp_path / "given.mp3")
    asked = job(vendor, tmp_path)
    delivery = asked.submit({}, tmp_path)

    with pytest.raises(JobFailed) as told:
        asked.fetch(None, Delivery(delivery.charge, {}, delivery.facts), tmp_path)
    assert told.value.charge == delivery.charge
    assert vendor.gets == []


def test_a_lost_effect_stays_lost_because_no_history_lists_it(vendor, tmp_path: Path):
    with pytest.raises(AnswerLost, match="usage page"):
        job(vendor, tmp_path).look_up(1_000.0, tmp_path)
    assert vendor.gets == []


def test_a_room_that_cannot_be_written_to_is_found_out_before_the_money(vendor, tmp_path: Path):
    asked = job(vendor, tmp_path)

    with pytest.raises(OSError, match="No such"):
        asked.submit({}, tmp_path / "gone")
    assert vendor.posts == []

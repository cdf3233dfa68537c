"""The mix: exact to the sample, the voice over the bed, and as loud as delivery asks."""

import subprocess
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from pokegeo_dagster.film.edit.delivery import DELIVERIES
from pokegeo_dagster.film.edit.timeline import SegmentPlan, lay_cuts, plan_segment
from pokegeo_dagster.film.errors import MediaDamaged, ProductionError
from pokegeo_dagster.providers.bench.encoder import ffmpeg_path
from pokegeo_dagster.providers.bench.loudness import frame_power, lufs
from pokegeo_dagster.providers.bench.mixer import (
    SilentMix,
    lay_segment,
    master,
    measure_loudness,
    voice_samples,
)
from pokegeo_dagster.providers.bench.sound_file import even_blocks, whole

RATE = 48_000
DELIVERY = DELIVERIES["rehearsal"]


def written(path: Path, samples: np.ndarray, rate: int = RATE) -> Path:
    pcm = np.round(np.clip(samples, -1, 1) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1 if pcm.ndim == 1 else pcm.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm.tobytes())
    return path


def voice(seconds: float, rate: int = RATE) -> np.ndarray:
    """Syllables: a buzz that begins at once, four times a second."""
    t = np.arange(round(seconds * rate)) / rate
    buzz = sum(np.sin(2 * np.pi * 140 * k * t) / k for k in range(1, 20))
    return 0.12 * buzz * (np.sin(2 * np.pi * 4 * t) > -0.4)


def bed(seconds: float, level: float = 0.05, seed: int = 1) -> np.ndarray:
    return level * np.random.default_rng(seed).standard_normal((round(seconds * RATE), 2))


def converted(source: Path, out: Path, *arguments: str) -> Path:
    subprocess.run(
        [ffmpeg_path(), "-loglevel", "error", "-y", "-i", str(source), *arguments, str(out)], check=True
    )
    return out


def film(room: Path, clips: int = 4, seconds: float = 1.7) -> tuple[list[dict[str, Path]], list[SegmentPlan]]:
    stems, plans = [], []
    for k in range(clips):
        place = room / f"clip_{k}"
        place.mkdir(parents=True)
        line = written(place / "line.wav", voice(seconds + 0.13 * k))
        plan = plan_segment(voice_samples(line), DELIVERY)
        effect = written(place / "effect.wav", bed(5.0, seed=k))
        stems.append(lay_segment(line, effect, plan, place))
        plans.append(plan)
    return stems, plans


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory):
    room = tmp_path_factory.mktemp("mixed")
    stems, plans = film(room)
    return master(stems, DELIVERY, room), stems, plans


def test_the_voice_starts_exactly_where_the_plan_says(tmp_path: Path):
    line = written(tmp_path / "line.wav", np.full(30_000, 0.3))
    plan = plan_segment(30_000, DELIVERY)

    stems = lay_segment(line, written(tmp_path / "fx.wav", bed(0.7)), plan, tmp_path)

    laid = whole(stems["narration_stem"])
    assert len(laid) == len(whole(stems["effects_stem"])) == plan.samples
    assert np.flatnonzero(laid[:, 0])[[0, -1]].tolist() == [plan.voice_in, plan.voice_out - 1]


def test_a_short_effect_fills_its_segment_without_a_seam(tmp_path: Path):
    plan = plan_segment(4 * RATE, DELIVERY)
    line = written(tmp_path / "line.wav", voice(4.0))

    stems = lay_segment(line, written(tmp_path / "fx.wav", bed(1.5)), plan, tmp_path)

    level = np.square(whole(stems["effects_stem"])[4800:-4800].astype(float))[: 48 * 4800]
    levels = 10 * np.log10(level.reshape(-1, 4800, 2).mean(axis=(1, 2)))
    assert levels.max() - levels.min() < 2.0


def test_a_loud_effect_is_brought_down_and_a_quiet_one_left_alone(tmp_path: Path):
    plan = plan_segment(RATE, DELIVERY)
    line = written(tmp_path / "line.wav", voice(1.0))

    def level(amplitude: float) -> float:
        effect = written(tmp_path / "fx.wav", bed(3.0, amplitude))
        return lufs(frame_power(whole(lay_segment(line, effect, plan, tmp_path)["effects_stem"])))

    assert level(0.3) == pytest.approx(-28, abs=0.7)
    assert level(0.003) < -40


def test_an_mp3_of_another_rate_starts_and_lasts_as_its_maker_made_it(tmp_path: Path):
    """Encoder delay is noted in the file, and must not move the voice or stretch the clock."""
    source = written(tmp_path / "line.wav", voice(1.5, 44_100), 44_100)
    mp3 = converted(source, tmp_path / "line.mp3", "-c:a", "libmp3lame", "-b:a", "128k")

    assert voice_samples(mp3) == pytest.approx(1.5 * RATE, abs=2)
    onset = np.flatnonzero(np.abs(whole(mp3)[:, 0]) > 0.05)[0]
    assert onset < 0.002 * RATE


def test_an_mp3_without_a_note_loses_the_delay_that_all_have(tmp_path: Path):
    source = written(tmp_path / "line.wav", np.concatenate((np.zeros(4800), voice(1.0))))
    noted = converted(source, tmp_path / "noted.mp3", "-c:a", "libmp3lame")
    bare = converted(
        source, tmp_path / "bare.mp3", "-c:a", "libmp3lame", "-write_xing", "0", "-id3v2_version", "0"
    )

    first = [np.flatnonzero(np.abs(whole(path)[:, 0]) > 0.1)[0] for path in (noted, bare)]
    assert first[0] == pytest.approx(first[1], abs=48)


def test_a_line_longer_than_its_segment_is_refused(tmp_path: Path):
    line = written(tmp_path / "line.wav", voice(3.0))
    plan = plan_segment(RATE, DELIVERY)

    with pytest.raises(MediaDamaged, match="Plan the segment"):
        lay_segment(line, written(tmp_path / "fx.wav", bed(1.0)), plan, tmp_path)


def test_stems_and_film_are_as_long_as_the_segments_together(mixed):
    made, _, plans = mixed

    samples = sum(plan.samples for plan in plans)
    assert made.slate["samples"] == samples
    assert all(len(whole(made.files[part])) == samples for part in ("narration_stem", "effects_stem"))
    assert samples <= voice_samples(made.files["main"]) < samples + 1024


def test_the_master_is_at_delivery_loudness_and_under_its_peak(mixed):
    made, _, _ = mixed

    measured = measure_loudness(made.files["main"])
    assert measured.integrated_lufs == pytest.approx(-14, abs=0.5)
    assert measured.true_peak_dbtp <= -1.0
    assert made.slate["integrated_lufs"] == measured.integrated_lufs
    assert made.slate["true_peak_dbtp"] == measured.true_peak_dbtp


def test_the_bed_bows_under_the_voice_and_comes_back(mixed):
    made, stems, plans = mixed
    before, after = whole(stems[0]["effects_stem"]), whole(made.files["effects_stem"])[: plans[0].samples]

    def gain_db(start: int, end: int) -> float:
        return 10 * np.log10(np.square(after[start:end]).mean() / np.square(before[start:end]).mean())

    middle = (plans[0].voice_in + plans[0].voice_out) // 2
    assert -12 < gain_db(middle - 9600, middle + 9600) < -9
    assert gain_db(1200, 4800) > -2
    assert gain_db(plans[0].voice_in - 400, plans[0].voice_in + 400) < -8  # down when the first word comes


def test_the_voice_lies_well_over_the_bed_while_it_speaks(mixed):
    made, _, plans = mixed
    spoken, under = (whole(made.files[part]) for part in ("narration_stem", "effects_stem"))

    at = 0
    for plan in plans:
        speaks = slice(at + plan.voice_in, at + plan.voice_out)
        assert lufs(frame_power(spoken[speaks])) - lufs(frame_power(under[speaks])) >= 6
        at += plan.samples


def test_a_loud_bed_is_ducked_deeper(tmp_path: Path):
    stems, _ = film(tmp_path, clips=1)
    written(stems[0]["effects_stem"], bed(len(whole(stems[0]["effects_stem"])) / RATE, 0.12))

    made = master(stems, DELIVERY, tmp_path)

    spoken, under = (whole(made.files[part])[30_000:80_000] for part in ("narration_stem", "effects_stem"))
    assert lufs(frame_power(spoken)) - lufs(frame_power(under)) >= 6


def test_a_voice_is_heard_within_a_millisecond_of_its_place_after_joining_by_copy(tmp_path: Path):
    """The packets are copied as a join does it, the priming with them."""
    plan = plan_segment(RATE, DELIVERY)
    line = np.zeros((plan.samples, 2))
    onsets = [9_600, 40_000, 80_000]
    for onset in onsets:
        line[onset : onset + 4000] = 0.3 * np.sin(2 * np.pi * 1000 * np.arange(4000) / RATE)[:, None]
    stems = {
        "narration_stem": written(tmp_path / "n.wav", line),
        "effects_stem": written(tmp_path / "e.wav", line * 0),
    }
    made = master([stems], DELIVERY, tmp_path)

    copy = tmp_path / "copy.mp4"
    with av.open(str(made.files["main"])) as source, av.open(str(copy), "w") as out:
        track = out.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(audio=0):
            if packet.dts is not None:
                packet.stream = track
                out.mux(packet)
    heard = np.abs(whole(copy)[:, 0])

    for onset in onsets:
        first = onset - 4800 + int(np.argmax(heard[onset - 4800 : onset + 4800] > 0.1))
        assert abs(first - onset) < 0.001 * RATE


def test_the_same_segments_give_the_same_bytes(mixed, tmp_path: Path):
    made, stems, _ = mixed

    again = master(stems, DELIVERY, tmp_path)

    assert all(again.files[part].read_bytes() == made.files[part].read_bytes() for part in made.files)


def test_a_film_without_any_sound_is_an_error_and_not_a_number(tmp_path: Path):
    nothing = written(tmp_path / "nothing.wav", np.zeros((RATE * 2, 2)))

    with pytest.raises(SilentMix, match="silent"):
        master([{"narration_stem": nothing, "effects_stem": nothing}], DELIVERY, tmp_path)


def test_a_film_without_segments_or_with_unequal_stems_is_refused(tmp_path: Path):
    pair = {
        "narration_stem": written(tmp_path / "n.wav", bed(1.0)),
        "effects_stem": written(tmp_path / "e.wav", bed(1.1)),
    }

    with pytest.raises(ProductionError, match="no segments"):
        master([], DELIVERY, tmp_path)
    with pytest.raises(ProductionError, match="differ in length"):
        master([pair], DELIVERY, tmp_path)


def test_what_is_no_sound_is_damaged_media(tmp_path: Path):
    broken = tmp_path / "broken.mp3"
    broken.write_bytes(b"nothing to hear" * 40)

    with pytest.raises(MediaDamaged, match=r"broken\.mp3"):
        voice_samples(broken)


def test_files_played_on_end_lose_no_sample_between_them(tmp_path: Path):
    paths = [written(tmp_path / f"{k}.wav", bed(0.3 + 0.17 * k, seed=k)) for k in range(4)]

    joined = np.concatenate(list(even_blocks(paths, size=7001)))

    assert np.array_equal(joined, np.concatenate([whole(path) for path in paths]))


def test_over_sixty_segments_every_line_is_heard_where_it_was_laid(tmp_path: Path):
    """No drift: what is heard in the encoded film begins within 5 ms of its place, in the last segment
    as in the first."""
    stems, plans = film(tmp_path, clips=3, seconds=0.9)
    order = [k % 3 for k in range(60)]
    cuts = lay_cuts([str(n) for n in range(60)], [plans[k].frames for k in order], DELIVERY)

    mixed = master([stems[k] for k in order], DELIVERY, tmp_path)

    heard = whole(mixed.files["main"])  # to the end of its last packet, which a player does not hear
    assert mixed.slate["samples"] == cuts[-1].start_sample + cuts[-1].samples
    assert 0 <= len(heard) - mixed.slate["samples"] < 2048
    for cut, k in zip(cuts, order, strict=True):
        at = cut.start_sample + plans[k].voice_in
        before, after = (np.abs(heard[a:b]).max() for a, b in ((at - 1200, at - 240), (at, at + 240)))
        assert after > 2.5 * before, cut.clip
    assert mixed.slate["voice_over_bed_lu"] >= 6

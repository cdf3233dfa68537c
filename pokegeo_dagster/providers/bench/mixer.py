"""The mixer: a clip's voice and effects laid on its own timeline, and a film's mixed and mastered.

Sound is never cut with the picture. Every stem is exactly as long as its segment, in samples, so
that stems on end are the film's timeline, and the film is encoded once.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from pokegeo_dagster.film.crew import Made
from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ, Delivery
from pokegeo_dagster.film.edit.finish import TITLE
from pokegeo_dagster.film.edit.timeline import Cut, SegmentPlan
from pokegeo_dagster.film.errors import MediaDamaged, ProductionError
from pokegeo_dagster.providers.bench.ducking import Levels, clearest, duck_curve, ducked, mixed_power
from pokegeo_dagster.providers.bench.limiter import pressed
from pokegeo_dagster.providers.bench.loudness import (
    FRAME,
    Loudness,
    SilentMix,
    frame_power,
    lufs,
    measure_loudness,
)
from pokegeo_dagster.providers.bench.mastering import master_aac
from pokegeo_dagster.providers.bench.sound_file import Sound, WaveWriter, blocks, count, even_blocks, whole

__all__ = [
    "Loudness",
    "SilentMix",
    "lay_cards",
    "lay_music",
    "lay_segment",
    "master",
    "measure_loudness",
    "voice_samples",
]

STEMS = ("narration_stem", "effects_stem")
VOICE_LUFS = -23.0  # the speech of every line, whoever spoke it
LOUDEST_BED_LUFS = -28.0  # an effect may be quieter than this, never louder
MUSIC_LUFS = -30.0  # under the effects, which belong to the picture
_MOST_PEAK = 10 ** (-1.5 / 20)
_EDGE_S = 0.012  # fades at a segment's ends: a hard cut between two beds must not click
_LOOP_S = 0.6  # how long a bed that is too short melts into its own beginning
_MUSIC_LOOP_S, _MUSIC_IN_S, _MUSIC_OUT_S = 3.0, 2.5, 4.0
_CARD_FADE_S = 1.5  # how long a film's first atmosphere takes to come, and its last one to go


def voice_samples(path: Path) -> int:
    """How many samples at 48 kHz a narration decodes to, encoder delay left out: the master clock."""
    return count(path)


def lay_segment(narration: Path, effect: Path, plan: SegmentPlan, room: Path) -> dict[str, Path]:
    """The two stems of a segment, each exactly `plan.samples` long, 48 kHz stereo PCM16.

    `narration_stem`: the voice from exactly sample `plan.voice_in`, at −23 LUFS while it speaks.
    `effects_stem`: the effect trimmed or looped without a seam, faded at both ends, never louder
    than −28 LUFS. Raises MediaDamaged when the narration runs past the end of the segment.
    """
    voice = whole(narration)
    if plan.voice_in + len(voice) > plan.samples:
        raise MediaDamaged(
            f"{narration.name} is {len(voice)} samples long and its segment leaves it "
            f"{plan.samples - plan.voice_in}. "
            "Plan the segment from this narration, then lay it again."
        )
    line = np.zeros((plan.samples, 2), np.float32)
    spoken = pressed(_levelled(voice, VOICE_LUFS, gate_lu=20.0))
    line[plan.voice_in : plan.voice_in + len(voice)] = _levelled(spoken, VOICE_LUFS, gate_lu=20.0)
    bed = _levelled(_fitted(whole(effect), plan.samples), LOUDEST_BED_LUFS, only_down=True)
    stems = {"narration_stem": line, "effects_stem": _edged(bed)}
    return {part: _written(room / f"{part}.wav", sound) for part, sound in stems.items()}


def lay_cards(
    clips: Sequence[Mapping[str, Path]], cards: Sequence[Cut], room: Path
) -> dict[str, dict[str, Path]]:
    """The two stems of every card of a film, by its name: nobody speaks, and the atmosphere of the clip
    beside it (of `clips`, in their order) comes up under the title, or goes out under the end."""
    stems = {}
    for card in cards:
        comes = card.clip == TITLE
        bed = clips[0 if comes else -1]["effects_stem"]
        stems[card.clip] = _lay_card(bed, card.samples, comes, room, card.clip)
    return stems


def _lay_card(bed: Path, samples: int, comes: bool, room: Path, name: str) -> dict[str, Path]:
    sound = _fitted(whole(bed), samples)
    ramp = np.sin(np.linspace(0, np.pi / 2, min(int(_CARD_FADE_S * SAMPLE_RATE_HZ), samples)))
    gain = np.ones(samples, np.float32)
    if comes:
        gain[: len(ramp)] = ramp
    else:
        gain[samples - len(ramp) :] = ramp[::-1]
    stems = {"narration_stem": np.zeros_like(sound), "effects_stem": _edged(sound * gain[:, None])}
    return {part: _written(room / f"{name}_{part}.wav", layer) for part, layer in stems.items()}


def lay_music(music: Path, samples: int, room: Path) -> Path:
    """A bed of music exactly `samples` long, from silence to silence, at −30 LUFS while it is loud: cut,
    or begun again under its own end without a seam. Raises MediaDamaged."""
    held, have = [], 0
    for block in blocks(music):
        held.append(block)
        have += len(block)
        if have >= samples:
            break
    sound = _fitted(np.concatenate(held or [np.zeros((0, 2), np.float32)]), samples, _MUSIC_LOOP_S)
    come, go = (min(round(s * SAMPLE_RATE_HZ), samples // 2) for s in (_MUSIC_IN_S, _MUSIC_OUT_S))
    sound = sound.copy()
    sound[:come] *= (np.sin(np.linspace(0, np.pi / 2, come, dtype=np.float32)) ** 2)[:, None]
    sound[samples - go :] *= (np.cos(np.linspace(0, np.pi / 2, go, dtype=np.float32)) ** 2)[:, None]
    return _written(room / "music_bed.wav", _quietened(sound, MUSIC_LUFS))


def _quietened(sound: Sound, target_lufs: float) -> Sound:
    """A long sound at a loudness, measured a second at a time."""
    power = np.concatenate([frame_power(_padded(b)) for b in _cut(sound, 48 * FRAME)])
    if not power.size or power.max() <= 1e-12:
        return sound
    gain = 10 ** ((target_lufs - lufs(power[power > power.max() * 1e-2])) / 20)
    return sound * np.float32(min(gain, _MOST_PEAK / max(float(np.abs(sound).max()), 1e-9)))


def _cut(sound: Sound, size: int) -> Iterator[Sound]:
    return (sound[at : at + size] for at in range(0, len(sound), size))


def _padded(sound: Sound) -> Sound:
    return np.pad(sound, ((0, -len(sound) % FRAME), (0, 0)))


def master(
    stems: Sequence[Mapping[str, Path]], delivery: Delivery, room: Path, music: Path | None = None
) -> Made:
    """The film's sound from the stems of its segments, in their order, on one timeline.

    Effects are ducked under the voice; the mix is brought to −14 LUFS ±0.5 with its true peak at or
    under −1 dBTP, both measured on the finished file. Parts: `main`, an AAC-LC file (192 kb/s,
    48 kHz stereo) whose priming its edit list hides, and which may be joined to a picture by copying
    its packets with their timestamps; `narration_stem` and `effects_stem`, WAV, as they lie in the
    mix before mastering. `music` is a bed as long as the film (see `lay_music`): it is ducked with the
    effects, and is the part `music_stem`.

    Slate: `integrated_lufs`, `range_lu`, `true_peak_dbtp`, `voice_over_bed_lu` (where
    the bed comes nearest to a voice), `samples`, `duration_s`.

    Reads a second at a time: memory does not grow with the film. Raises SilentMix when no segment
    has any sound, ProductionError when there are no stems or two of one segment differ in length.
    """
    if not stems:
        raise ProductionError("There are no segments to mix. Make `segment` for this episode's clips first.")
    levels, samples = _levels(stems)
    if music is not None:
        levels = _with_music(levels, music)
    curve = duck_curve(levels)
    voice, bed = room / "narration_stem.wav", room / "effects_stem.wav"
    _write_all(voice, even_blocks([pair["narration_stem"] for pair in stems]))
    _write_all(bed, ducked(even_blocks([pair["effects_stem"] for pair in stems]), curve))
    files, under = {"narration_stem": voice, "effects_stem": bed}, bed
    if music is not None:
        files["music_stem"], under = room / "music_stem.wav", room / "bed.wav"
        _write_all(files["music_stem"], ducked(even_blocks([music]), curve))
        both = zip(even_blocks([bed]), even_blocks([files["music_stem"]]), strict=True)
        _write_all(under, (one + other for one, other in both))
    main = room / "sound.m4a"
    loudness = master_aac(voice, under, mixed_power(levels, curve), main)
    slate = {
        **loudness.model_dump(mode="json"),
        "voice_over_bed_lu": round(clearest(levels, curve), 1),
        "samples": samples,
        "duration_s": samples / SAMPLE_RATE_HZ,
        "rate_fps": delivery.rate_fps,
    }
    return Made({"main": main, **files}, slate)


def _with_music(levels: Sequence[Levels], music: Path) -> list[Levels]:
    """The same levels with the music in the bed: what the voice has to be heard over."""
    power = np.concatenate([frame_power(_padded(b)) for b in even_blocks([music], 48 * FRAME)])
    out, at = [], 0
    for one in levels:
        there = power[at : at + len(one.bed)]
        out.append(Levels(one.voice, one.bed + np.pad(there, (0, len(one.bed) - len(there)))))
        at += len(one.bed)
    return out


def _levels(stems: Sequence[Mapping[str, Path]]) -> tuple[list[Levels], int]:
    """What the ducking needs to know of every segment, and the film's length in samples.

    Levels are taken in frames of the whole film: what is left of a segment's last frame is the
    beginning of the next segment's first one, so the frames never drift from the timeline.
    """
    levels: list[Levels] = []
    rest = {part: np.zeros((0, 2), np.float32) for part in STEMS}
    samples = 0
    for number, pair in enumerate(stems, start=1):
        sounds = {part: whole(pair[part]) for part in STEMS}
        length, other = (len(sounds[part]) for part in STEMS)
        if length != other:
            raise ProductionError(
                f"The stems of segment {number} differ in length: {length} and {other} samples. "
                "Make that `segment` again."
            )
        samples += length
        powers = []
        for part, sound in sounds.items():
            end = -(samples % FRAME) % FRAME if number == len(stems) else 0
            joined = np.pad(np.concatenate((rest[part], sound)), ((0, end), (0, 0)))
            powers.append(frame_power(joined, alike=part == "narration_stem"))
            rest[part] = joined[len(joined) // FRAME * FRAME :].copy()
        levels.append(Levels(*powers))
    return levels, samples


def _levelled(sound: Sound, target_lufs: float, *, gate_lu: float = 30.0, only_down: bool = False) -> Sound:
    """The sound with its loud parts (what is within `gate_lu` of the loudest) at a loudness."""
    padded = np.pad(sound, ((0, -len(sound) % FRAME), (0, 0)))
    power = frame_power(padded)
    if not power.size or power.max() <= 1e-12:
        return sound
    gain = 10 ** ((target_lufs - lufs(power[power > power.max() * 10 ** (-gate_lu / 10)])) / 20)
    if only_down:
        gain = min(gain, 1.0)
    return sound * np.float32(min(gain, _MOST_PEAK / max(float(np.abs(sound).max()), 1e-9)))


def _fitted(sound: Sound, samples: int, loop_s: float = _LOOP_S) -> Sound:
    """A bed of exactly `samples`: cut, or begun again under its own end until it is long enough."""
    if not len(sound):
        return np.zeros((samples, 2), np.float32)
    while len(sound) < samples:
        melt = min(int(loop_s * SAMPLE_RATE_HZ), len(sound) // 2)
        if not melt:
            return np.resize(sound, (samples, 2))
        turn = np.linspace(0, np.pi / 2, melt, dtype=np.float32)[:, None]
        joint = sound[-melt:] * np.cos(turn) + sound[:melt] * np.sin(turn)
        sound = np.concatenate((sound[:-melt], joint, sound[melt:]))
    return sound[:samples]


def _edged(sound: Sound) -> Sound:
    out = sound.copy()
    edge = min(int(_EDGE_S * SAMPLE_RATE_HZ), len(out) // 2)
    ramp = np.sin(np.linspace(0, np.pi / 2, edge, dtype=np.float32))[:, None]
    out[:edge] *= ramp
    out[len(out) - edge :] *= ramp[::-1]
    return out


def _written(path: Path, sound: Sound) -> Path:
    _write_all(path, iter([sound]))
    return path


def _write_all(path: Path, sound: Iterator[Sound]) -> None:
    draft = path.with_name(f".{path.name}.unfinished")
    with WaveWriter(draft) as file:
        for block in sound:
            file.write(block)
    os.replace(draft, path)

"""The papers of a cut say what the cut does: the same seconds, the same words, every clip once."""

from __future__ import annotations

import csv
import io
import json
import re
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pokegeo_dagster.film.edit import handbook
from pokegeo_dagster.film.edit.delivery import DELIVERIES, SAMPLE_RATE_HZ
from pokegeo_dagster.film.edit.paperwork import Cue, assembly_manifest, cue_sheet, timed_script
from pokegeo_dagster.film.edit.timeline import lay_cuts, plan_segment
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.dossier import Dossier
from pokegeo_dagster.film.story.pitches import Pitches
from pokegeo_dagster.film.story.screenplay import Screenplay
from pokegeo_dagster.film.story.species import species_book
from pokegeo_dagster.providers.house.researcher import HouseResearcher
from pokegeo_dagster.providers.house.writer import HouseWriter

FULL = DELIVERIES["full"]
VOICES = st.lists(st.integers(1, 20 * SAMPLE_RATE_HZ), min_size=18, max_size=18)
SPOKEN = [SAMPLE_RATE_HZ * 6 + 317 * n * n for n in range(18)]
FILES = {f"clip_{n:02d}": {"video": f"clip_{n:02d}.mp4", "audio": f"clip_{n:02d}.wav"} for n in range(1, 19)}


@lru_cache
def papers() -> tuple[Dossier, Pitches, Screenplay]:
    brief = Brief(episode="haunter", species="haunter")
    dossier = HouseResearcher().research(brief, species_book()["haunter"])
    options = tuple(HouseWriter().pitch(brief, dossier))
    pitches = Pitches(options=options, picked=2, picked_by="human")
    return dossier, pitches, HouseWriter().write(brief, dossier, pitches.chosen)


def play() -> Screenplay:
    return papers()[2]


def cues_of(voices: list[int], film: Screenplay | None = None) -> list[Cue]:
    shots = (film or play()).shots
    plans = [plan_segment(voice, FULL) for voice in voices]
    cuts = lay_cuts([s.clip for s in shots], [p.frames for p in plans], FULL)
    return [
        Cue(cut=cut, shot=shot, voice_in=plan.voice_in, voice_out=plan.voice_out)
        for cut, shot, plan in zip(cuts, shots, plans, strict=True)
    ]


def frame_of(timecode: str) -> int:
    hours, minutes, seconds, frames = (int(part) for part in timecode.split(":"))
    return ((hours * 60 + minutes) * 60 + seconds) * FULL.rate_fps + frames


def seconds_of(clock: str) -> float:
    hours, minutes, seconds, thousandths = (int(part) for part in re.split("[:,]", clock))
    return (hours * 60 + minutes) * 60 + seconds + thousandths / 1000


def rows_of(sheet: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(sheet)))


def with_words(line: str, cue: str) -> Screenplay:
    """The film with other words in its second clip."""
    shots = list(play().shots)
    shots[1] = shots[1].model_copy(update={"narration": line, "sound_cue": cue})
    return play().model_copy(update={"shots": tuple(shots)})


# --- cue sheet ---------------------------------------------------------------------------------


@settings(deadline=None, max_examples=40)
@given(VOICES)
def test_the_cue_sheet_cuts_where_the_film_cuts(voices: list[int]):
    cues = cues_of(voices)

    rows = rows_of(cue_sheet(cues, FULL))

    assert [row["clip"] for row in rows] == [cue.cut.clip for cue in cues]
    assert [frame_of(row["in"]) for row in rows] == [cue.cut.start_frame for cue in cues]
    assert [frame_of(row["out"]) for row in rows] == [cue.cut.start_frame + cue.cut.frames for cue in cues]
    assert [row["in"] for row in rows[1:]] == [row["out"] for row in rows[:-1]]
    assert sum(int(row["frames"]) for row in rows) == frame_of(rows[-1]["out"])


@settings(deadline=None, max_examples=40)
@given(VOICES)
def test_the_cue_sheet_brings_the_voice_in_at_its_nearest_frame(voices: list[int]):
    cues = cues_of(voices)

    for row, cue in zip(rows_of(cue_sheet(cues, FULL)), cues, strict=True):
        begin, end = (second * FULL.rate_fps for second in cue.voice_s())
        assert abs(frame_of(row["voice in"]) - begin) <= 0.5
        assert abs(frame_of(row["voice out"]) - end) <= 0.5
        assert (
            frame_of(row["in"])
            < frame_of(row["voice in"])
            <= frame_of(row["voice out"])
            < frame_of(row["out"])
        )


def test_the_cue_sheet_tells_beat_framing_sound_and_words_of_every_clip():
    rows = rows_of(cue_sheet(cues_of(SPOKEN), FULL))

    told = [(row["beat"], row["framing"], row["sound cue"], row["narration"]) for row in rows]
    assert told == [(s.beat, s.framing, s.sound_cue, s.narration) for s in play().shots]


@pytest.mark.parametrize(
    "words",
    ["a, b, and c", 'it says "stay"', "one\ntwo", '",', "'single' and ;semi;", "=1+1", "é ü 雲 …", '"\n,"'],
)  # fmt: skip
def test_words_that_need_quoting_come_back_from_the_cue_sheet(words: str):
    film = with_words(words, words)

    rows = rows_of(cue_sheet(cues_of(SPOKEN, film), FULL))

    assert (rows[1]["narration"], rows[1]["sound cue"]) == (words, words)
    assert len(rows) == 18


# --- timed script ------------------------------------------------------------------------------


@settings(deadline=None, max_examples=40)
@given(VOICES)
def test_the_timed_script_gives_every_line_the_seconds_of_its_voice(voices: list[int]):
    cues = cues_of(voices)

    title, logline, blank, *body = timed_script(play(), cues).split("\n")

    assert (title, logline, blank) == (play().title, play().logline, "")
    assert len(body) == 3 * 18
    for n, cue in enumerate(cues):
        heading, line, gap = body[3 * n : 3 * n + 3]
        told = re.fullmatch(r"(\d\d)  (\d\d:\d\d:\d\d,\d{3}) --> (\d\d:\d\d:\d\d,\d{3})  \[(\w+)\]", heading)
        assert told, heading
        assert (int(told[1]), told[4], line, gap) == (n + 1, cue.shot.beat, cue.shot.narration, "")
        assert seconds_of(told[2]) == pytest.approx(cue.voice_s()[0], abs=0.000_51)
        assert seconds_of(told[3]) == pytest.approx(cue.voice_s()[1], abs=0.000_51)


def test_captions_are_never_shown_before_the_one_before_is_gone():
    script = timed_script(play(), cues_of(SPOKEN))

    times = [seconds_of(clock) for clock in re.findall(r"\d\d:\d\d:\d\d,\d{3}", script)]
    assert len(times) == 36 and times == sorted(times)


def test_a_second_that_rounds_up_is_carried_into_the_minute_and_the_hour():
    almost_an_hour = 3600 * SAMPLE_RATE_HZ - 10
    cue = cues_of(SPOKEN)[0]
    late = cue.model_copy(update={"voice_in": almost_an_hour, "voice_out": almost_an_hour + SAMPLE_RATE_HZ})

    assert "01:00:00,000 --> 01:00:01,000" in timed_script(play(), [late])


# --- manifest ----------------------------------------------------------------------------------


@settings(deadline=None, max_examples=40)
@given(VOICES)
def test_the_manifest_adds_up_to_the_film(voices: list[int]):
    cues = cues_of(voices)

    manifest = assembly_manifest("haunter", play(), cues, FULL, FILES, "haunter.mp4")

    clips = manifest["clips"]
    assert manifest["frames"] == sum(clip["frames"] for clip in clips)
    assert manifest["duration_s"] == pytest.approx(sum(clip["duration_s"] for clip in clips), abs=1e-9)
    assert [clip["start_frame"] for clip in clips] == [cue.cut.start_frame for cue in cues]
    for clip, cue in zip(clips, cues, strict=True):
        assert clip["start_s"] * FULL.rate_fps == pytest.approx(clip["start_frame"], abs=1e-9)
        assert clip["voice_start_s"] == cue.voice_s()[0] > clip["start_s"]


def test_the_manifest_names_every_file_of_every_clip():
    manifest = assembly_manifest("haunter", play(), cues_of(SPOKEN), FULL, FILES, "haunter.mp4")

    assert {c["clip"]: {"video": c["video"], "audio": c["audio"]} for c in manifest["clips"]} == FILES
    assert (manifest["episode"], manifest["species"], manifest["output"]) == (
        "haunter",
        "haunter",
        "haunter.mp4",
    )
    assert (manifest["width_px"], manifest["height_px"], manifest["rate_fps"]) == (1920, 1080, 24)
    assert json.loads(json.dumps(manifest)) == manifest


def test_a_clip_without_files_is_not_written_into_a_manifest():
    files = {clip: names for clip, names in FILES.items() if clip != "clip_18"}

    with pytest.raises(KeyError, match="clip_18"):
        assembly_manifest("haunter", play(), cues_of(SPOKEN), FULL, files, "haunter.mp4")


# --- handbook ----------------------------------------------------------------------------------

PER_CLIP = {
    "video_prompts": lambda shot: shot.motion.prompt,
    "audio": lambda shot: shot.narration,
    "sound_effects": lambda shot: shot.sound_cue,
}


@pytest.mark.parametrize("page", PER_CLIP)
def test_a_page_of_prompts_has_every_clip_once_with_its_own_words(page: str):
    text = getattr(handbook, page)(play())

    found = re.findall(r"^## (clip_\d\d)\n\n(.+)\n", text, re.MULTILINE)
    assert found == [(shot.clip, PER_CLIP[page](shot)) for shot in play().shots]
    assert len(re.findall(r"clip_\d\d", text)) == 18


def test_the_camera_has_the_last_word_of_every_video_prompt():
    prompts = re.findall(r"^## clip_\d\d\n\n(.+)\n", handbook.video_prompts(play()), re.MULTILINE)

    assert len(prompts) == 18
    assert all(p.endswith(s.motion.camera) for p, s in zip(prompts, play().shots, strict=True))


def test_the_assets_page_defines_every_reference_once_under_its_kind():
    text = handbook.assets(play())

    ids = re.findall(r"\((ref_\d\d)\): ", text)
    assert sorted(ids) == sorted(r.id for r in play().references)
    for kind, title in (("character", "Characters"), ("prop", "Props"), ("environment", "Environments")):
        section = text.partition(f"## {title}\n")[2].partition("\n## ")[0]
        own = [r for r in play().references if r.kind == kind]
        assert re.findall(r"^- `(\w+)` \((ref_\d\d)\): (.+)$", section, re.MULTILINE) == [
            (r.name, r.id, r.description) for r in own
        ]
    assert text.count(play().atmosphere.prose) == 1


def test_the_story_page_has_five_options_one_of_them_picked_and_every_clip_once():
    _, pitches, film = papers()

    text = handbook.story_script(pitches, film)

    assert re.findall(r"^\d\. \*\*(.+?)\*\*", text, re.MULTILINE) == [p.title for p in pitches.options]
    assert re.findall(r"^3\. .*\(picked: human\)", text, re.MULTILINE)
    assert text.count("(picked: ") == 1
    headings = re.findall(r"^### (clip_\d\d) · (\w+) · (\w+)$", text, re.MULTILINE)
    assert headings == [(s.clip, s.beat, s.framing) for s in film.shots]
    for shot in film.shots:
        assert text.count(f"- Narration: {shot.narration}\n") == 1
        assert f"- Movement: {shot.movement}\n" in text and f"- Sound: {shot.sound_cue}\n" in text


def test_the_research_page_has_every_fact_with_its_source_and_how_sure_we_are():
    dossier = papers()[0]

    text = handbook.research(dossier)

    facts = (*dossier.physiology, *dossier.niche, *dossier.story_hooks)
    told = [f"- {fact.text} *({fact.source}; {fact.confidence})*" for fact in facts]
    assert [line for line in text.splitlines() if line.startswith("- ")] == told
    assert all(f"\n## {title}\n" in text for title in ("Physiology", "Ecological niche", "Story hooks"))


def test_every_page_ends_in_one_line_break():
    dossier, pitches, film = papers()
    pages = [handbook.research(dossier), handbook.story_script(pitches, film), handbook.assets(film)]
    pages += [getattr(handbook, page)(film) for page in PER_CLIP]

    assert all(page.endswith("\n") and not page.endswith("\n\n") and page.startswith("# ") for page in pages)

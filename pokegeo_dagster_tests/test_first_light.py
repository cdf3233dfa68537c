"""First light: a whole film from a name, with no key, made and remade as a user would."""

import json
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.data_version import CachingStaleStatusResolver, StaleStatus
from dagster._core.loader import LoadingContextForTest

from pokegeo_dagster.definitions import defs
from pokegeo_dagster.defs.graph import CALL_SHEET
from pokegeo_dagster.providers.bench.probe import decode_all, probe
from pokegeo_dagster.storage.studio_db import StudioDb
from pokegeo_dagster_tests.studios import copy_studio


def _journal(home: Path) -> list[dict]:
    return [json.loads(line) for line in (home / "logs" / "production.jsonl").read_text().splitlines()]


def _made(lines: list[dict]) -> list[str]:
    return sorted(f"{line['asset']} {line['key']}" for line in lines if line.get("state") == "made")


def _instance(home: Path, monkeypatch: pytest.MonkeyPatch) -> dg.DagsterInstance:
    monkeypatch.setenv("POKEGEO_HOME", str(home))
    monkeypatch.setenv("DAGSTER_HOME", str(Path(__file__).resolve().parents[1]))
    return dg.DagsterInstance.get()


def test_a_name_becomes_a_film_that_plays(rehearsal: Path) -> None:
    film = rehearsal / "films" / "haunter" / "haunter_final.mp4"
    manifest = json.loads((film.parent / "assembly_manifest.json").read_text())

    found = probe(film)

    assert (found.codec, found.width, found.height, float(found.rate)) == ("h264", 320, 180, 24.0)
    assert (found.audio_codec, found.audio_rate, found.audio_channels) == ("aac", 48_000, 2)
    assert found.frames == manifest["frames"] == sum(clip["frames"] for clip in manifest["clips"])
    assert decode_all(film) == manifest["frames"]
    assert len(manifest["clips"]) == 6


def test_every_cut_is_at_the_sum_of_the_frames_before_it(rehearsal: Path) -> None:
    manifest = json.loads((rehearsal / "films" / "haunter" / "assembly_manifest.json").read_text())

    at = 0
    for clip in manifest["clips"]:
        assert clip["start_frame"] == at
        at += clip["frames"]


def test_a_short_and_a_long_episode_live_side_by_side(
    rehearsal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys that an episode does not use are missing, never failed."""
    with _instance(rehearsal, monkeypatch) as instance:
        partitions = instance.get_materialized_partitions(dg.AssetKey("clip"))

    assert {p for p in partitions if p.startswith("gyarados")} == {f"gyarados|clip_0{n}" for n in (1, 2, 3)}
    assert len({p for p in partitions if p.startswith("haunter")}) == 6
    assert StudioDb(f"sqlite:///{rehearsal / 'studio.db'}").failures() == ()


def test_everything_in_the_history_was_announced_once_and_checked(
    rehearsal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _instance(rehearsal, monkeypatch) as instance:
        for craft in (craft for craft in CALL_SHEET if not craft.on_request and craft.needed is None):
            key = dg.AssetKey(craft.name)
            partitions = [r.partition_key for r in instance.fetch_materializations(key, limit=500).records]
            assert partitions or craft.on_request, craft.name
            assert len(partitions) == len(set(partitions)), craft.name
            for check in craft.checks:
                told = instance.event_log_storage.get_asset_check_execution_history(
                    dg.AssetCheckKey(key, check.name), limit=100
                )
                failed = [
                    record.event.dagster_event.asset_check_evaluation_data.description
                    for record in told
                    if not record.event.dagster_event.asset_check_evaluation_data.passed
                    and record.event.dagster_event.asset_check_evaluation_data.severity
                    is dg.AssetCheckSeverity.ERROR
                ]
                assert told and failed == [], (craft.name, check.name)


def test_nothing_is_made_again_when_nothing_has_changed(rehearsal: Path, tmp_path: Path, run_in) -> None:
    home = copy_studio(rehearsal, tmp_path / "studio")
    before = len(_journal(home))

    again = run_in(home, "produce", "haunter")

    assert again.returncode == 0, again.stderr
    assert "nothing was made again" in again.stdout
    assert _made(_journal(home)[before:]) == []


def test_one_edited_line_remakes_one_clip(
    rehearsal: Path, tmp_path: Path, run_in, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_studio(rehearsal, tmp_path / "studio")
    before = len(_journal(home))
    line = (
        "At last the whole valley seems to hold its breath... "
        "and for one long moment, nothing in the dark moves at all."
    )
    _edit_narration(home, run_in, "clip_04", line)

    done = run_in(home, "produce", "haunter")

    assert done.returncode == 0, done.stderr
    assert _made(_journal(home)[before:]) == [
        "captions film",
        "clip clip_04",
        "episode_report film",
        "final_cut film",
        "mix film",
        "narration clip_04",
        "qc_report film",
        "screenplay film",
        "segment clip_04",
        "shot clip_04",
        "timeline film",
    ]
    assert _stale(home, monkeypatch) == []


def test_the_vertical_cut_is_made_when_asked_for_and_kept_up_to_date_clip_by_clip(
    rehearsal: Path, tmp_path: Path, run_in
) -> None:
    home = copy_studio(rehearsal, tmp_path / "studio")
    folder, database = home / "films" / "haunter", StudioDb(f"sqlite:///{home / 'studio.db'}")
    assert database.approved_take("haunter", "vertical_cut", "film") is None

    asked = run_in(home, "redo", "haunter", "--what", "vertical_cut")

    assert asked.returncode == 0, asked.stderr
    found, film = probe(folder / "haunter_vertical.mp4"), probe(folder / "haunter_final.mp4")
    assert (found.width, found.height, found.frames) == (180, 320, film.frames)
    assert decode_all(folder / "haunter_vertical.mp4") == film.frames
    before = database.approved_take("haunter", "vertical_cut", "film")
    _edit_narration(
        home,
        run_in,
        "clip_02",
        (
            "At last the whole valley seems to hold its breath... "
            "and for one long moment, nothing in the dark moves at all."
        ),
    )
    assert run_in(home, "produce", "haunter").returncode == 0
    after = database.approved_take("haunter", "vertical_cut", "film")
    assert before and after
    changed = {p for p, ref in after.take.files.items() if ref.sha256 != before.take.files[p].sha256}
    assert {part for part in changed if part.startswith("clip")} == {"clip_02"}
    assert probe(folder / "haunter_vertical.mp4").frames == probe(folder / "haunter_final.mp4").frames


def test_dagster_itself_sees_only_that_clip_as_stale(
    rehearsal: Path, tmp_path: Path, run_in, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = copy_studio(rehearsal, tmp_path / "studio")
    line = (
        "Somewhere above the broken stones, something old is listening... "
        "and it has learned to wait its turn in silence."
    )
    _edit_narration(home, run_in, "clip_02", line)
    from pokegeo_dagster.defs.office.production import run_asset
    from pokegeo_dagster.defs.office.studio import open_studio

    open_studio.cache_clear()
    with _instance(home, monkeypatch) as instance:
        from pokegeo_dagster.defs.graph import GRAPH

        monkeypatch.setenv("POKEGEO_TERMINAL", "1")
        run_asset(defs, instance, GRAPH["screenplay"], "haunter", ["film"])
        run_asset(defs, instance, GRAPH["shot"], "haunter", [f"clip_0{n}" for n in range(1, 7)])

    stale = _stale(home, monkeypatch)

    assert {s for s in stale if s.startswith("narration")} == {"narration haunter|clip_02"}
    assert {s for s in stale if s.startswith("clip ")} == {"clip haunter|clip_02"}
    open_studio.cache_clear()


def test_a_new_take_is_made_only_when_asked_for_and_keeps_the_old_one(
    rehearsal: Path, tmp_path: Path, run_in
) -> None:
    home = copy_studio(rehearsal, tmp_path / "studio")

    same = run_in(home, "redo", "haunter", "3")
    other = run_in(home, "redo", "haunter", "3", "--new-take")

    assert "1 still fit" in same.stderr, same.stderr
    assert other.returncode == 0, other.stderr
    takes = StudioDb(f"sqlite:///{home / 'studio.db'}").takes("haunter", "clip", "clip_03")
    assert [take.number for take in takes] == [1, 2]
    assert takes[0].data_version != takes[1].data_version


def test_a_lost_file_is_noticed_and_made_again_to_the_same_film(
    rehearsal: Path, tmp_path: Path, run_in
) -> None:
    home = copy_studio(rehearsal, tmp_path / "studio")
    film = (home / "films" / "haunter" / "haunter_final.mp4").read_bytes()
    clip = next((home / "media" / "episodes" / "haunter" / "clip" / "clip_05").glob("*.mp4"))
    clip.write_bytes(clip.read_bytes()[:-1000])

    seen = run_in(home, "status", "haunter")
    done = run_in(home, "produce", "haunter")

    assert "damaged" in seen.stdout
    assert done.returncode == 0, done.stderr
    assert (home / "films" / "haunter" / "haunter_final.mp4").read_bytes() == film


def test_an_episode_exports_under_its_old_names(rehearsal: Path, tmp_path: Path, run_in) -> None:
    done = run_in(rehearsal, "export", "haunter", str(tmp_path / "out"))

    assert done.returncode == 0, done.stderr
    names = {str(p.relative_to(tmp_path / "out")) for p in (tmp_path / "out").rglob("*") if p.is_file()}
    assert {
        "01_research.md", "02_story_script.md", "03_assets.md", "04_video_prompts.md",
        "05_audio_generation.md", "06_sound_effects.md", "assembly_manifest.json", "haunter_final.mp4",
        "videos/clip_06.mp4", "audio/clip_06.wav", "sfx/clip_06_sfx.wav",
        "assets/composites/clip_06_composite.png",
    } <= names  # fmt: skip
    assert {name.split("/")[1] for name in names if name.startswith("assets/")} == {
        "characters", "props", "environments", "composites",
    }  # fmt: skip
    manifest = json.loads((tmp_path / "out" / "assembly_manifest.json").read_text())
    assert {clip["video"] for clip in manifest["clips"]} <= names


def _edit_narration(home: Path, run_in, clip: str, line: str) -> None:
    from pokegeo_dagster.film.story.screenplay import Screenplay
    from pokegeo_dagster.storage.screenplay_file import read_screenplay, write_screenplay

    play = read_screenplay(run_in(home, "screenplay", "show", "haunter").stdout, "the file")
    shots = tuple(s.model_copy(update={"narration": line}) if s.clip == clip else s for s in play.shots)
    edited = Screenplay.model_validate(play.model_copy(update={"shots": shots}).model_dump())
    file = home / "edited.yaml"
    file.write_text(write_screenplay(edited))
    taken = run_in(home, "screenplay", "apply", "haunter", str(file))
    assert clip in taken.stdout, taken.stderr


def _stale(home: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every piece of haunter that Dagster's own staleness calls stale."""
    with _instance(home, monkeypatch) as instance:
        resolver = CachingStaleStatusResolver(
            instance, defs.resolve_asset_graph(), LoadingContextForTest(instance)
        )
        return [
            f"{craft.name} {partition}"
            for craft in CALL_SHEET
            for partition in instance.get_materialized_partitions(dg.AssetKey(craft.name))
            if partition.startswith("haunter")
            and resolver.get_status(dg.AssetKey(craft.name), partition) is StaleStatus.STALE
        ]

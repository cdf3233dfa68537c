"""The sample episode: what making it costs against one encode of the same programme."""

import json
import re
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import imageio_ffmpeg

from bench.figures import Row, at_most
from bench.whole_process import Figures, measure
from pokegeo_dagster.film.edit.delivery import DELIVERIES

SPECIES = "haunter"
EDITED_CLIP = "clip_07"


def episode_figures(home: Path) -> Iterator[Row]:
    """Makes the episode, makes it again unchanged, edits one line and makes it once more."""
    environment = {"POKEGEO_HOME": str(home)}
    first = _pokegeo(environment, "produce", SPECIES)
    film = home / "films" / SPECIES / f"{SPECIES}_final.mp4"
    encode = _one_encode(film, home / "again.mp4")
    yield at_most("CPU of the episode ÷ CPU of one encode of it", first.cpu_s / encode.cpu_s, 2.5, "×",
               episode_cpu_s=first.cpu_s, encode_cpu_s=encode.cpu_s, episode_wall_s=first.wall_s)  # fmt: skip
    working = _working_s(home / "logs" / "production.jsonl")
    yield at_most("orchestration share of wall", 100 * (1 - working / first.wall_s), 15, "%")
    yield at_most("peak memory of the process tree", first.peak_mib, 1536, "MiB")

    second = _pokegeo(environment, "produce", SPECIES)
    assert "nothing was made again" in second.output, second.output
    yield at_most("unchanged produce", second.wall_s, 10, "s")

    _edit_one_line(environment, home)
    lines = len((home / "logs" / "production.jsonl").read_text().splitlines())
    redo = _pokegeo(environment, "produce", SPECIES)
    made = _made_since(home / "logs" / "production.jsonl", lines)
    yield at_most("redo after editing one line ÷ first production, wall", 100 * redo.wall_s / first.wall_s,
                  12, "%", made=made)  # fmt: skip


def _pokegeo(environment: dict[str, str], *words: str) -> Figures:
    return measure([sys.executable, "-m", "pokegeo_dagster.cli", *words], environment)


def _one_encode(film: Path, out: Path) -> Figures:
    """The reference: one ffmpeg pass over the finished programme at the delivery's own settings."""
    delivery = DELIVERIES["full"]
    return measure([
        imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-i", str(film),
        "-c:v", "libx264", "-preset", delivery.preset, "-crf", str(delivery.crf), "-profile:v", "high",
        "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "192k", str(out),
    ])  # fmt: skip


def _edit_one_line(environment: dict[str, str], home: Path) -> None:
    """What a person does: print the screenplay, change one line, hand it back."""
    text = _pokegeo(environment, "screenplay", "show", SPECIES).output
    at = text.index(f"clip: {EDITED_CLIP}")
    line = re.compile(r"narration: .*(?:\n {4}.*)*")
    found = line.search(text, at)
    assert found, text
    spoken = "The night holds its breath... and for one long moment... nothing in the dark moves at all."
    file = home / "edited.yaml"
    file.write_text(text[: found.start()] + f"narration: {spoken}" + text[found.end() :])
    _pokegeo(environment, "screenplay", "apply", SPECIES, str(file))


def _working_s(journal: Path) -> float:
    """Seconds in which at least one piece was being drawn, spoken, filmed or cut."""
    spans = []
    for line in map(json.loads, journal.read_text().splitlines()):
        if line.get("state") == "made":
            end = datetime.fromisoformat(line["at"]).timestamp()
            spans.append((end - line["took_s"], end))
    covered, reach = 0.0, 0.0
    for start, end in sorted(spans):
        covered += max(0.0, end - max(start, reach))
        reach = max(reach, end)
    return covered


def _made_since(journal: Path, lines: int) -> list[str]:
    later = map(json.loads, journal.read_text().splitlines()[lines:])
    return [f"{line['asset']} {line['key']}" for line in later if line.get("state") == "made"]

"""Five-second clips can be ordered, and are offered only where they can."""

import re
from pathlib import Path

from pokegeo_dagster_tests.studios import Terminal, copy_studio

HOUSE = {f"POKEGEO_{role}": "house" for role in ("RESEARCHER", "WRITER", "ILLUSTRATOR", "NARRATOR", "FOLEY")}
CAMERA = {**HOUSE, "KIE_API_KEY": "none"}
SHORT = "Deep among old stones a solitary shadow waits until it is night."  # some 4.2 s


def test_clips_are_as_short_as_their_lines_allow_and_the_saving_is_told_before(
    rehearsal: Path, tmp_path: Path, run_in: Terminal
) -> None:
    home = copy_studio(rehearsal, tmp_path / "studio")
    text = run_in(home, "screenplay", "show", "gyarados").stdout
    first = re.search(r"narration: (.+\n(?: {4,}.+\n)*)", text)
    assert first is not None
    edited = tmp_path / "edited.yaml"
    edited.write_text(text.replace(first[1], f"{SHORT}\n", 1))
    assert run_in(home, "screenplay", "apply", "gyarados", str(edited)).returncode == 0

    told = run_in(home, "estimate", "gyarados", **CAMERA).stdout
    auto = run_in(home, "estimate", "gyarados", **CAMERA, POKEGEO_CLIP_SECONDS="auto").stdout

    assert "3 clip-10s" in told and "$1.26 in all" in told
    assert "5-second clips where the line fits (POKEGEO_CLIP_SECONDS=auto): $1.05" in told
    assert "1 clip-5s" in auto and "2 clip-10s" in auto and "$1.05 in all" in auto
    assert "CLIP_SECONDS" not in auto

"""What `bench.studio` says at the end: pace, who used the machine, how soon a film follows its segments."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from bench.studio_books import journal
from bench.studio_tree import FFMPEG, Tree

if TYPE_CHECKING:
    from bench.studio import Proof

FILM_TARGET_S = 35.0


def report(proof: Proof, tree: Tree, wall_s: float, done: bool, wrong: Sequence[str]) -> None:
    """Prints everything that was measured, and what was broken."""
    total, cpu = proof.episodes * proof.clips, tree.cpu_s()
    failed = sum(1 for played in proof.city.played if played.do == "fail")
    own = sum(seconds for kind, seconds in cpu.items() if kind != FFMPEG)
    servers, charges = "PostgreSQL and S3" if proof.postgres else "SQLite", proof.city.charges
    here = psutil.Process().cpu_times()
    print(
        f"\n{proof.episodes} episodes × {proof.clips} clips on {servers}; {failed} clips fell at the vendor; "
        f"killed with -9: {', '.join(proof.killed) or 'nobody'}\n"
        f"{'complete' if done else 'NOT COMPLETE'} after {wall_s / 60:.1f} min: "
        f"{total / wall_s * 60:.1f} clips a minute; {psutil.cpu_count()} cores, "
        f"{100 * tree.idle:.0f} % of them idle\n"
        f"CPU of the studio: {sum(cpu.values()) / proof.episodes:.1f} s an episode; less ffmpeg: "
        f"{own / total:.2f} s a clip (with what the house draws and mixes inside of the run workers)"
    )
    for kind, seconds in sorted(cpu.items(), key=lambda item: -item[1]):
        print(f"    {kind:<30}{seconds / total:7.2f} s a clip{seconds / proof.episodes:8.1f} s an episode")
    print(f"    (the emulated vendors and this watch: {(here.user + here.system) / total:.2f} s a clip)")
    by = ", ".join(f"{kind} {mib:.0f}" for kind, mib in sorted(tree.peak_by.items()))
    print(f"peak memory: {tree.peak_mib:.0f} MiB in {tree.peak_processes} processes: {by}")
    _tell_films(proof.home)
    print(f"the vendors took ${charges.usd()} in {len(charges.all())} charges")
    for line in wrong[:30]:
        print(f"BROKEN  {line}")
    if not wrong:
        print("ok     nothing made or bought twice, nothing lost, the vendors' books are the ledger")


def _tell_films(home: Path) -> None:
    steps = _film_s(home)
    films = sorted(by["final_cut"] for by in steps if "final_cut" in by)
    met = "ok" if films and films[-1] <= FILM_TARGET_S else "MISSED"
    print(
        f"{met:<6} from the last segment to the film: {statistics.median(films or [0]):.1f} s, at worst "
        f"{max(films or [0]):.1f} s (target {FILM_TARGET_S:.0f} s)"
    )
    order = ("final_cut", "timeline", "captions", "qc_report", "episode_report", "handed over")
    told = [
        f"{name} {statistics.median([by[name] for by in steps if name in by] or [0]):.1f} s (at worst "
        f"{max([by[name] for by in steps if name in by] or [0]):.1f})"
        for name in order
    ]
    print(f"       then, after the last segment: {', '.join(told)}")


def _film_s(home: Path) -> list[Mapping[str, float]]:
    """Of each film that was handed over: how long after its last segment each thing was made."""
    last: dict[str, datetime] = {}
    steps: dict[str, dict[str, float]] = {}
    over: set[str] = set()
    for line in journal(home):
        at, state, asset = datetime.fromisoformat(line["at"]), line.get("state"), line.get("asset")
        episode = line.get("episode")
        if episode is None or episode in over:
            continue
        if asset == "segment" and state == "made":
            last[episode], steps[episode] = at, {}
        elif episode in last and (name := state if state == "handed over" else asset):
            if state in ("made", "reused", "handed over"):
                steps[episode].setdefault(name, (at - last[episode]).total_seconds())
            if state == "handed over":
                over.add(episode)
    return [steps[episode] for episode in over]

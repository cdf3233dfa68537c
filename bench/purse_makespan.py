"""How long a film of 18 clips takes when the vendors set the pace, against the shortest it could take."""

from __future__ import annotations

import heapq
import json
import math
import statistics
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.purse_studio import EPISODE, paid_studio
from bench.whole_process import measure

CLIPS = 18
TEXTS = ("dossier", "pitches", "screenplay")  # one after the other
TAIL = ("final_cut", "qc_report", "episode_report")  # what is made after the last clip, one after the other
# What the vendors need for each piece of work, in seconds.
WORK_S = {
    "kie/task": (120, 300),
    "gemini/image": (10, 20),
    "gemini/text": (10, 20),
    "elevenlabs/speech": (2, 6),
    "elevenlabs/effect": (2, 6),
}


def makespan(home: Path, pool: int, shortened: float) -> dict[str, Any]:
    """Makes the film with so many videos at a time, by vendors so many times quicker than real ones, and
    says how long it took and where the time went."""
    work_s = {what: (least / shortened, most / shortened) for what, (least, most) in WORK_S.items()}
    with paid_studio(home, CLIPS, {"POKEGEO_POOL_KIE": str(pool)}, work_s=work_s) as studio:
        command = [sys.executable, "-m", "pokegeo_dagster.cli", *studio.produce]
        began = time.time()
        spent = measure(command, studio.environ)
        wrong = studio.broken(over=True)
        events = [json.loads(line) for line in (home / "logs" / "production.jsonl").read_text().splitlines()]
        tasks = studio.rows("SELECT * FROM tasks")
    videos = [_span(t) for t in _events_by_task(events, "clip").values()]
    bound = [end - start for start, end in videos]
    waves = math.ceil(CLIPS / pool) * statistics.mean(bound)
    chain = _chain_s(events)
    conform = _longest(events, "segment")
    most = 1.15 * max(chain, waves) + conform
    first, last = min(start for start, _ in videos), max(end for _, end in videos)
    return {
        "pool": pool,
        "shortened": shortened,
        "wall_s": spent.wall_s,
        "most_s": most,
        "met": spent.wall_s <= most,
        "waves_s": waves,
        "chain_s": chain,
        "vendors_s": _vendors_s(events, pool),  # the same film, had nothing of ours taken any time
        "video_s": sum(bound),
        "busy": sum(bound) / pool / (last - first),
        # The command, from its first to its last moment: until the first video is shot, while videos are,
        # and from the last one to its end.
        "start_s": min(map(_at, events)) - began,  # of the head: until the first line of the journal
        "head_s": first - began,
        "videos_s": last - first,
        "tail_s": began + spent.wall_s - last,
        **{f"{what}_took_s": _longest(events, what) for what in TAIL},
        "conform_s": conform,
        "cpu_s": spent.cpu_s,
        "peak_mib": spent.peak_mib,
        "in_flight": studio.city.traffic.most_in_flight("kie"),
        "tasks": len(tasks),
        "wrong": wrong,
    }


def _longest(events: list[dict[str, Any]], asset: str) -> float:
    return max(e["took_s"] for e in events if e.get("state") == "made" and e["asset"] == asset)


def _chain_s(events: list[dict[str, Any]]) -> float:
    """The longest chain: the story, then for each clip the latest of what it is made from, the clip,
    its segment, and the cut; each as long as it took once it was begun (a queue is no part of it)."""
    took: dict[tuple[str, str], float] = {
        (e["asset"], e["key"]): e["took_s"] for e in events if e.get("state") == "made"
    }
    for span in _events_by_task(events, "clip").items():
        took["clip", span[0]] = _span(span[1])[1] - _span(span[1])[0]

    def longest(asset: str) -> float:
        return max((s for (name, _), s in took.items() if name == asset), default=0.0)

    story = sum(longest(name) for name in ("brief", "dossier", "pitches", "treatment", "screenplay"))
    pictures = 2 * longest("reference") + longest("composite")  # a pose is drawn after its sheet
    return story + pictures + longest("clip") + longest("segment") + longest("final_cut")


def _vendors_s(events: list[dict[str, Any]], pool: int) -> float:
    """How long the vendors alone took: the story's three texts, a character sheet and a pose drawn after it,
    then every video in the order in which they were begun, on so many places. Nobody can be quicker who
    does not know beforehand which video will take long."""
    asked = {
        asset: [_span(task) for task in _events_by_task(events, asset, "intent").values()]
        for asset in (*TEXTS, "reference")
    }
    texts = sum(end - start for asset in TEXTS for start, end in asked[asset])
    picture = statistics.mean(end - start for start, end in asked["reference"])
    places = [texts + 2 * picture] * pool
    for start, end in sorted(_span(task) for task in _events_by_task(events, "clip").values()):
        heapq.heappush(places, heapq.heappop(places) + end - start)
    return max(places)


def _events_by_task(
    events: list[dict[str, Any]], asset: str, begun: str = "running"
) -> dict[str, list[dict[str, Any]]]:
    """The purse's events of an asset at a vendor, by key."""
    found: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        if event.get("asset") == asset and event.get("state") in (begun, "delivered"):
            found.setdefault(event["key"], []).append(event)
    return found


def _span(events: list[dict[str, Any]]) -> tuple[float, float]:
    return min(map(_at, events)), max(map(_at, events))


def _at(event: dict[str, Any]) -> float:
    return datetime.fromisoformat(event["at"]).timestamp()


__all__ = ["EPISODE", "makespan"]

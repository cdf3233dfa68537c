"""The three vendors by hand: `python -m pokegeo_dagster_tests.emulators`, from the checkout.

Prints the variables that point a studio at them, then serves until Ctrl+C.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from decimal import Decimal
from pathlib import Path

from pokegeo_dagster_tests.emulators.vendor_city import VendorCity
from pokegeo_dagster_tests.emulators.vendors.desk import Options
from pokegeo_dagster_tests.emulators.vendors.scripted import storm


def main() -> None:
    """Serve, after saying how to be reached."""
    asked = _arguments()
    options = Options(
        task_s=asked.task_s,
        task_polls=asked.polls,
        answer_s=asked.answer_s,
        longest_px=asked.longest_px or None,
        video_px=asked.video_px,
        same_video=not asked.own_videos,
        kie_credits=asked.credits,
    )
    city = VendorCity(options, asked.journal, asked.port)
    if asked.storm:
        city.play(*storm(asked.storm, asked.seed))
    for name, value in city.environ.items():
        print(f"export {name}={shlex.quote(value)}")
    print(f"# charges: {city.url}/control/charges   requests: {city.url}/control/requests", flush=True)
    city.serve()
    print(f"# taken: ${city.charges.usd()} in {len(city.charges.all())} charges", file=sys.stderr)


def _arguments() -> argparse.Namespace:
    words = argparse.ArgumentParser(prog="python -m pokegeo_dagster_tests.emulators", description=__doc__)
    words.add_argument("--port", type=int, default=0, help="default: any free one")
    words.add_argument("--task-s", type=float, default=0.0, help="how long a film takes to make")
    words.add_argument("--polls", type=int, default=0, help="how many polls a film is pending for")
    words.add_argument("--answer-s", type=float, default=0.0, help="how long the other vendors think")
    words.add_argument("--longest-px", type=int, default=512, help="of a picture; 0: the real size")
    words.add_argument("--video-px", type=_size, default=(640, 360), metavar="WIDTHxHEIGHT")
    words.add_argument("--own-videos", action="store_true", help="a film from each image, not one for all")
    words.add_argument("--credits", type=Decimal, default=Decimal(1_000_000), help="KIE's balance")
    words.add_argument("--journal", type=Path, help="where every charge is also written, one JSON a line")
    words.add_argument("--storm", type=float, default=0.0, metavar="RATE", help="how much goes wrong, 0-1")
    words.add_argument("--seed", type=int, default=1, help="of the storm")
    return words.parse_args()


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


if __name__ == "__main__":
    main()

"""Jobs: the stretches of the graph that a person starts by name."""

from collections.abc import Mapping

import dagster as dg

# Each asset is in exactly one stretch; the pieces of a stretch share their partitions.
STRETCHES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "story": ("From the order to a screenplay.", ("brief", "dossier", "pitches", "screenplay")),
    "references": ("Every seed image that the screenplay asks for.", ("reference",)),
    "say_yes": ("Say yes to filming a screenplay, up to an amount.", ("greenlight",)),
    "clips": (
        "From a written shot to a conformed segment, for one clip or a range of clips.",
        ("shot", "narration", "sound_effect", "composite", "clip", "segment"),
    ),
    "sketch": ("The whole film as a sketch, at no cost, before anything is paid for.", ("animatic",)),
    "cut": (
        "Mix an episode's sound, join all its segments under it into the film, write its timeline and "
        "captions, inspect it, and report on it.",
        ("mix", "final_cut", "timeline", "captions", "qc_report", "episode_report"),
    ),
    "vertical": ("The film for a telephone held upright.", ("vertical_cut",)),
}

JOBS = [
    dg.define_asset_job(name, selection=dg.AssetSelection.assets(*assets), description=description)
    for name, (description, assets) in STRETCHES.items()
]


def job_of(asset: str) -> str:
    """The job whose stretch holds this asset."""
    return next(name for name, (_, assets) in STRETCHES.items() if asset in assets)

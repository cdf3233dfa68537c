"""The delivery: a finished film put where a person looks for it, `films/<episode>/` in the studio's home,
whoever had it made: a person at the terminal, or the studio by itself."""

import logging
import shutil
from pathlib import Path

from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.defs.office.takes import Take, Takes
from pokegeo_dagster.film.edit import layout
from pokegeo_dagster.film.places import Place

log = logging.getLogger("pokegeo.production")


def folder_of(studio: Studio, episode: str) -> Path:
    """Where an episode's films lie, made if need be."""
    folder = studio.settings.home / "films" / episode
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def deliver(studio: Studio, film: Take, species: str) -> Path:
    """Puts the film and what goes with it in its folder. Each file is there whole or not at all; one that
    is there already is put there again. Raises NotReady when something of it is not made yet."""
    episode = film.place.episode
    folder = folder_of(studio, episode)
    names = {
        ("final_cut", "main"): layout.film(species),
        ("final_cut", "script"): layout.SCRIPT,
        ("final_cut", "cue_sheet"): layout.CUE_SHEET,
        ("final_cut", "poster"): layout.POSTER,
        ("timeline", "manifest"): layout.MANIFEST,
        ("captions", "main"): layout.beside_film(species, "srt"),
        ("captions", "vtt"): layout.beside_film(species, "vtt"),
        ("qc_report", "main"): layout.QUALITY_PAGE,
        ("episode_report", "main"): layout.EPISODE_PAGE,
    }
    for (asset, part), name in names.items():
        copy_whole(Takes(asset, studio).of(film.place).path(part), folder / name)
    if upright := Takes("vertical_cut", studio).find(film.place):
        copy_whole(upright.path(), folder / layout.vertical_film(species))
    slate = {"state": "handed over", "asset": "final_cut", "episode": episode, "take": film.row.number}
    log.info("%s handed over", episode, extra={"slate": slate | studio.about(episode)})
    return folder


def deliver_animatic(studio: Studio, episode: str) -> Path:
    """Puts the animatic and its storyboard in the episode's folder."""
    take, folder = Takes("animatic", studio).of(Place(episode)), folder_of(studio, episode)
    for part, name in (("main", layout.ANIMATIC), ("board", layout.STORYBOARD)):
        copy_whole(take.path(part), folder / name)
    return folder


def copy_whole(source: Path, target: Path) -> None:
    """A copy that is there whole or not at all."""
    partial = target.with_name(f".{target.name}.part")
    shutil.copyfile(source, partial)
    partial.replace(target)

"""`pokegeo export`: an episode as plain files, under the names its makers have always used."""

from collections.abc import Callable
from pathlib import Path

from pokegeo_dagster.cli.production import copy_whole
from pokegeo_dagster.defs.graph import GRAPH
from pokegeo_dagster.defs.office.studio import here
from pokegeo_dagster.defs.office.takes import Takes
from pokegeo_dagster.film.edit import handbook
from pokegeo_dagster.film.errors import BriefRefused, StoreUnavailable
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.dossier import Dossier
from pokegeo_dagster.film.story.pitches import Pitches
from pokegeo_dagster.film.story.screenplay import Screenplay

FOLDERS = {"character": "characters", "prop": "props", "environment": "environments"}


def export_episode(episode: str, directory: Path) -> None:
    """Writes everything that is made so far into `directory`, and says what is still missing."""
    studio = here()
    if studio.db.brief(episode) is None:
        raise BriefRefused(f"There is no episode {episode!r}: `pokegeo status` lists them.")
    whole, missing = Place(episode), []
    takes = {name: Takes(name, studio) for name in GRAPH}

    def copy(asset: str, key: str, part: str, name: str) -> None:
        take = takes[asset].find(Place(episode, key))
        if take is None:
            missing.append(name)
            return
        target = directory / name
        target.parent.mkdir(parents=True, exist_ok=True)
        copy_whole(take.path(part), target)

    try:
        directory.mkdir(parents=True, exist_ok=True)
        play = takes["screenplay"].of(whole).read(Screenplay)
        dossier = takes["dossier"].of(whole).read(Dossier)
        pitches = takes["pitches"].of(whole).read(Pitches)
        texts: dict[str, Callable[[], str]] = {
            "01_research.md": lambda: handbook.research(dossier),
            "02_story_script.md": lambda: handbook.story_script(pitches, play),
            "03_assets.md": lambda: handbook.assets(play),
            "04_video_prompts.md": lambda: handbook.video_prompts(play),
            "05_audio_generation.md": lambda: handbook.audio(play),
            "06_sound_effects.md": lambda: handbook.sound_effects(play),
        }
        for name, text in texts.items():
            (directory / name).write_text(text(), encoding="utf-8")
        for plan in play.references:
            copy("reference", plan.id, "main", f"assets/{FOLDERS[plan.kind]}/{plan.name}.png")
        for clip in (shot.clip for shot in play.shots):
            copy("composite", clip, "main", f"assets/composites/{clip}_composite.png")
            copy("clip", clip, "main", f"videos/{clip}.mp4")
            copy("narration", clip, "main", f"audio/{clip}.wav")
            copy("sound_effect", clip, "main", f"sfx/{clip}_sfx.wav")
        species = takes["brief"].of(whole).read(Brief).species
        copy("final_cut", whole.key, "manifest", "assembly_manifest.json")
        copy("final_cut", whole.key, "main", f"{species}_final.mp4")
    except OSError as error:
        raise StoreUnavailable(
            f"{directory} cannot be written ({error.strerror}): choose another folder."
        ) from error
    print(f"Exported {episode} to {directory}.")
    if missing:
        print(f"Not made yet, so not there: {', '.join(missing)}.")

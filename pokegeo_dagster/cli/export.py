"""`pokegeo export`: an episode as plain files, under the names its makers have always used."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pokegeo_dagster.defs.graph import GRAPH
from pokegeo_dagster.defs.office.studio import Studio, here
from pokegeo_dagster.defs.office.takes import Take, Takes
from pokegeo_dagster.film.edit import handbook, layout
from pokegeo_dagster.film.edit.cut_list import TRACKS
from pokegeo_dagster.film.errors import BriefRefused
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.dossier import Dossier
from pokegeo_dagster.film.story.pitches import Pitches
from pokegeo_dagster.film.story.screenplay import Screenplay
from pokegeo_dagster.providers.bench.versions import SUFFIXES, Codec, in_codec
from pokegeo_dagster.storage.delivery_folder import DeliveryFolder

TIMELINES = {"main": "otio", "edl": "edl", "fcpxml": "fcpxml"}


@dataclass(frozen=True)
class Parcel:
    """One file that goes out: a part of a take, or nothing yet where the take is not made."""

    name: str
    take: Take | None
    part: str = "main"

    @property
    def there(self) -> bool:
        """Whether it is made, with this part."""
        return self.take is not None and self.part in self.take.files

    @property
    def size(self) -> int:
        """Bytes."""
        return self.take.files[self.part].size if self.take and self.there else 0


def export_episode(
    episode: str, directory: Path, overwrite: bool = False, codec: Codec | None = None
) -> None:
    """Writes everything that is made so far into `directory`, and says what is still missing. With
    `codec`, the film is encoded in it as well."""
    studio = here()
    if studio.db.brief(episode) is None:
        raise BriefRefused(f"There is no episode {episode!r}: `pokegeo status` lists them.")
    told = _documents(studio, episode)
    parcels = list(_parcels(studio, episode))
    made = [parcel for parcel in parcels if parcel.there]
    with DeliveryFolder(directory, overwrite) as folder:
        folder.make_room([*told, *(p.name for p in made)], sum(p.size for p in made))
        for name, text in told.items():
            folder.write(name, text())
        for parcel in made:
            assert parcel.take is not None
            folder.copy(parcel.name, parcel.take.path(parcel.part))
        if codec:
            _put_version(studio, episode, codec, folder)
        folder.place()
    print(f"Exported {episode} to {directory}.")
    if missing := [parcel.name for parcel in parcels if not parcel.there]:
        print(f"Not made yet, so not there: {', '.join(missing)}.")


def _put_version(studio: Studio, episode: str, codec: Codec, folder: DeliveryFolder) -> None:
    """The film in another codec. Raises NotReady where there is no film yet."""
    film = Takes("final_cut", studio).of(Place(episode))
    species = Takes("brief", studio).of(Place(episode)).read(Brief).species
    print(f"Encoding the film in {codec}: this takes some minutes.")
    with tempfile.TemporaryDirectory(dir=studio.scratch()) as room:
        made = in_codec(film.path(), codec, Path(room, f"film{SUFFIXES[codec]}"))
        folder.copy(layout.version(species, codec, SUFFIXES[codec]), made)


def _documents(studio: Studio, episode: str) -> dict[str, Callable[[], str]]:
    """The six written documents. Raises NotReady where there is no screenplay yet."""
    whole = Place(episode)
    play = Takes("screenplay", studio).of(whole).read(Screenplay)
    dossier = Takes("dossier", studio).of(whole).read(Dossier)
    pitches = Takes("pitches", studio).of(whole).read(Pitches)
    return {
        "01_research.md": lambda: handbook.research(dossier),
        "02_story_script.md": lambda: handbook.story_script(pitches, play),
        "03_assets.md": lambda: handbook.assets(play),
        "04_video_prompts.md": lambda: handbook.video_prompts(play),
        "05_audio_generation.md": lambda: handbook.audio(play),
        "06_sound_effects.md": lambda: handbook.sound_effects(play),
    }


def _parcels(studio: Studio, episode: str) -> Iterator[Parcel]:
    """Every file of the episode, made or not, in the order of the work."""
    takes = {name: Takes(name, studio) for name in GRAPH}
    whole = Place(episode)
    play = takes["screenplay"].of(whole).read(Screenplay)
    species = takes["brief"].of(whole).read(Brief).species

    def parcel(asset: str, key: str, name: str, part: str = "main") -> Parcel:
        return Parcel(name, takes[asset].find(Place(episode, key)), part)

    for plan in play.references:
        yield parcel("reference", plan.id, layout.reference(plan.kind, plan.name))
    for clip in (shot.clip for shot in play.shots):
        yield parcel("composite", clip, layout.composite(clip))
        yield parcel("clip", clip, layout.clip_video(clip))
        yield parcel("narration", clip, layout.clip_voice(clip))
        yield parcel("sound_effect", clip, layout.clip_effect(clip))
        for part in TRACKS:
            yield parcel("segment", clip, layout.clip_stem(clip, part), part)
    yield parcel("timeline", whole.key, layout.MANIFEST, "manifest")
    for part, ending in TIMELINES.items():
        yield parcel("timeline", whole.key, layout.beside_film(species, ending), part)
    yield parcel("captions", whole.key, layout.beside_film(species, "srt"))
    yield parcel("captions", whole.key, layout.beside_film(species, "vtt"), "vtt")
    yield parcel("qc_report", whole.key, layout.QUALITY_PAGE)
    yield parcel("qc_report", whole.key, layout.QUALITY_DATA, "data")
    yield parcel("final_cut", whole.key, layout.film(species))
    if takes["vertical_cut"].find(whole):
        yield parcel("vertical_cut", whole.key, layout.vertical_film(species))

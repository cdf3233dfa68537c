"""`pokegeo export`: an episode as plain files, under the names its makers have always used; `--pack`
makes it everything that a broadcaster or another editor asks for."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
from pydantic import TypeAdapter

from pokegeo_dagster.cli import papers
from pokegeo_dagster.defs.graph import CALL_SHEET, GRAPH
from pokegeo_dagster.defs.office.gate import demand_release
from pokegeo_dagster.defs.office.production import run_asset, standing, standings
from pokegeo_dagster.defs.office.studio import Studio, here
from pokegeo_dagster.defs.office.takes import Take, Takes
from pokegeo_dagster.film.edit import handbook, layout
from pokegeo_dagster.film.edit.captions import Caption
from pokegeo_dagster.film.edit.cut_list import TRACKS
from pokegeo_dagster.film.edit.finish import CARD_S
from pokegeo_dagster.film.errors import BriefRefused, OrderRefused, ProductionError
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.dossier import Dossier
from pokegeo_dagster.film.story.pitches import Pitches
from pokegeo_dagster.film.story.screenplay import Screenplay
from pokegeo_dagster.providers.bench.credentials import FORMATS, Signing, Source, Statement, signing_of
from pokegeo_dagster.providers.bench.versions import SUFFIXES, Codec, in_codec
from pokegeo_dagster.storage.delivery_folder import DeliveryFolder

TIMELINES = {"main": "otio", "edl": "edl", "fcpxml": "fcpxml"}
ON_REQUEST = ("vertical_cut",)  # made for a pack, when it is not there yet
MOST_NAMED = 5


class NotFinished(OrderRefused):
    """A hand-over of a film that is not up to date. Nothing was written."""


@dataclass(frozen=True)
class Parcel:
    """One file that goes out: a part of a take, or nothing yet where the take is not made. A `signed` one
    carries the studio's credentials, where it has a certificate."""

    name: str
    take: Take | None
    part: str = "main"
    signed: bool = False

    @property
    def there(self) -> bool:
        """Whether it is made, with this part."""
        return self.take is not None and self.part in self.take.files

    @property
    def size(self) -> int:
        """Bytes."""
        return self.take.files[self.part].size if self.take and self.there else 0


def export_episode(
    episode: str,
    directory: Path,
    *,
    pack: bool = False,
    burn: bool = False,
    overwrite: bool = False,
    codec: Codec | None = None,
) -> None:
    """Writes everything that is made so far into `directory`, and says what is still missing.

    A pack is of a finished film only, with its papers; `burn` adds the film with captions in the picture,
    `codec` the film in that codec.
    Raises OrderRefused (no such episode, not finished, not released, somebody's files, a certificate that
    cannot sign) and StoreUnavailable (no room) before anything is written.
    """
    studio = here()
    if studio.db.brief(episode) is None:
        raise BriefRefused(f"There is no episode {episode!r}: `pokegeo status` lists them.")
    signing = signing_of(os.environ)
    if pack:
        _demand_finished(studio, episode)
        demand_release(studio, episode)
        _make_requested(studio, episode)
    whole = Place(episode)
    species = Takes("brief", studio).of(whole).read(Brief).species
    texts = _documents(studio, episode)
    parcels = [*_parcels(studio, episode, species), *(_pack(studio, episode, species) if pack else ())]
    if pack:
        texts[layout.COST_SHEET] = lambda: papers.costs(studio, episode)
        texts[layout.PROVENANCE] = lambda: papers.origins(studio, episode)
    made = [parcel for parcel in parcels if parcel.there]
    names = [*texts, *(p.name for p in made)]
    if burn:
        names.append(layout.captioned_film(species))
        for asset in ("final_cut", "captions"):
            _ready(studio, whole, asset)
    if codec:
        names.append(layout.version(species, codec, SUFFIXES[codec]))
        _ready(studio, whole, "final_cut")
    with DeliveryFolder(directory, overwrite) as folder:
        film_size = sum(p.size for p in made if p.name == layout.film(species))
        folder.make_room(names, sum(p.size for p in made) + film_size * (2 * burn + bool(codec)))
        for name, text in texts.items():
            folder.write(name, text())
        for parcel in made:
            _send(parcel, folder, signing, studio)
        if burn:
            _burn(studio, whole, species, folder, signing)
        if codec:
            _put_version(
                studio, whole, layout.version(species, codec, SUFFIXES[codec]), codec, folder, signing
            )
        folder.place()
    print(f"Exported {episode} to {directory}.")
    if signing:
        print(f"Signed by {signing.subject} (C2PA): the films and posters say that machines made them.")
    if missing := [parcel.name for parcel in parcels if not parcel.there]:
        print(f"Not made yet, so not there: {', '.join(missing)}.")


def _demand_finished(studio: Studio, episode: str) -> None:
    """Raises NotFinished when anything of the film is missing, stale, damaged or failed."""
    lacking: list[str] = []
    for craft in CALL_SHEET:
        if craft.on_request:
            continue
        found = standings(craft, studio, episode)
        lacking += [f"{craft.name} {s.place.key} {s.state}" for s in found if s.state != "made"]
        # An episode has none of what it does not need (a yes to paid clips, where the house films).
        lacking += [f"{craft.name} missing"] if not found and craft.needed is None else []
    if lacking:
        more = f" and {len(lacking) - MOST_NAMED} more" if len(lacking) > MOST_NAMED else ""
        raise NotFinished(
            f"{episode} is not ready to be handed over: {', '.join(lacking[:MOST_NAMED])}{more}. Nothing was "
            f"written. Finish it with `pokegeo produce`, or export it without --pack as far as it is."
        )


def _make_requested(studio: Studio, episode: str) -> None:
    """Makes what only a pack asks for. It is free, and kept for the next one."""
    place = Place(episode)
    for craft in (GRAPH[name] for name in ON_REQUEST if name in GRAPH):
        if standing(craft, studio, place).state == "made":
            continue
        print(f"Making {craft.name.replace('_', ' ')} …", file=sys.stderr)
        from pokegeo_dagster.definitions import defs

        with dg.DagsterInstance.get() as instance:
            run_asset(defs, instance, craft, episode, [place.key])
        found = standing(craft, studio, place)
        if found.state != "made":
            raise ProductionError(f"{craft.name} of {episode} could not be made: {found.why}")


def _ready(studio: Studio, place: Place, asset: str) -> Take:
    """The take of a whole film's asset. Raises NotReady."""
    return Takes(asset, studio).of(place)


def _send(parcel: Parcel, folder: DeliveryFolder, signing: Signing | None, studio: Studio) -> None:
    assert parcel.take is not None
    source = parcel.take.path(parcel.part)
    if not (parcel.signed and signing):
        folder.copy(parcel.name, source)
        return
    signing.sign(source, folder.draft(parcel.name), _statement(parcel.name, parcel.take, studio))
    folder.keep(parcel.name)


def _statement(name: str, take: Take, studio: Studio) -> Statement:
    """What a signed file says: which models made it. A vendor's clips go along with their own credentials."""
    episode = take.place.episode
    rows = [approved.take for approved in studio.db.approved(episode).values()]
    still = name.endswith(".jpg")
    heard = () if still else ("narration", "sound_effect")
    seen = [row for row in rows if row.asset in ("clip", "reference", *heard)]
    if take.asset == "clip":
        seen = [row for row in seen if row.asset != "clip" or row.key == take.place.key]
    vendors = dict.fromkeys(f"{row.member} {row.model}" for row in seen if row.paid)
    house: Source = "algorithmicMedia" if still else "compositeSynthetic"
    source: Source = "trainedAlgorithmicMedia" if vendors else house
    bought = [row for row in seen if row.asset == "clip" and row.paid]
    originals = {
        f"{row.key} by {row.member}": studio.store.open_local(
            row.files.get("vendor_main", row.files["main"]).key
        )
        for row in bought
    }
    return Statement(title=Path(name).name, source=source, made_with=tuple(vendors), originals=originals)


def _burn(
    studio: Studio, place: Place, species: str, folder: DeliveryFolder, signing: Signing | None
) -> None:
    from pokegeo_dagster.providers.bench.caption_burner import burn

    film, said = _ready(studio, place, "final_cut"), _ready(studio, place, "captions")
    delivery = Takes("brief", studio).of(place).read(Brief).delivery
    name = layout.captioned_film(species)
    captions = TypeAdapter(tuple[Caption, ...]).validate_json(said.path("data").read_bytes())
    print(f"Drawing {len(captions)} captions into the picture …", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="captions-", dir=studio.scratch()) as room:
        target = Path(room, name) if signing else folder.draft(name)
        burn(film.path(), captions, delivery, Path(room), target)
        if signing:
            signing.sign(target, folder.draft(name), _statement(name, film, studio))
    folder.keep(name)


def _put_version(
    studio: Studio, place: Place, name: str, codec: Codec, folder: DeliveryFolder, signing: Signing | None
) -> None:
    """The film in another codec; signed where C2PA knows its container."""
    film = _ready(studio, place, "final_cut")
    print(f"Encoding the film in {codec}: this takes some minutes.", file=sys.stderr)
    with tempfile.TemporaryDirectory(dir=studio.scratch()) as room:
        made = in_codec(film.path(), codec, Path(room, f"film{SUFFIXES[codec]}"))
        if signing and made.suffix in FORMATS:
            signing.sign(made, folder.draft(name), _statement(name, film, studio))
            folder.keep(name)
        else:
            folder.copy(name, made)


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


def _parcels(studio: Studio, episode: str, species: str) -> Iterator[Parcel]:
    """Every file of the episode, made or not, in the order of the work."""
    takes = {name: Takes(name, studio) for name in GRAPH}
    whole = Place(episode)
    play = takes["screenplay"].of(whole).read(Screenplay)

    def parcel(asset: str, key: str, name: str, part: str = "main", signed: bool = False) -> Parcel:
        return Parcel(name, takes[asset].find(Place(episode, key)), part, signed)

    for plan in play.references:
        yield parcel("reference", plan.id, layout.reference(plan.kind, plan.name))
    for clip in (shot.clip for shot in play.shots):
        yield parcel("composite", clip, layout.composite(clip))
        yield parcel("clip", clip, layout.clip_video(clip))
        yield parcel("narration", clip, layout.clip_voice(clip))
        yield parcel("sound_effect", clip, layout.clip_effect(clip))
        for part in TRACKS:
            yield parcel("mix", whole.key, layout.clip_stem(clip, part), f"{clip}_{part}")
    if film := takes["final_cut"].find(whole):
        if "watermark" in film.files:
            yield Parcel(layout.WATERMARK, film, "watermark")
        for card in (name for name in CARD_S if name in film.files):
            yield Parcel(layout.clip_video(card), film, card)
            for part in TRACKS:
                yield parcel("mix", whole.key, layout.clip_stem(card, part), f"{card}_{part}")
    if (sound := takes["mix"].find(whole)) and "music_bed" in sound.files:
        yield Parcel(layout.MUSIC_BED, sound, "music_bed")
    yield parcel("timeline", whole.key, layout.MANIFEST, "manifest")
    for part, ending in TIMELINES.items():
        yield parcel("timeline", whole.key, layout.beside_film(species, ending), part)
    yield parcel("captions", whole.key, layout.beside_film(species, "srt"))
    yield parcel("captions", whole.key, layout.beside_film(species, "vtt"), "vtt")
    yield parcel("qc_report", whole.key, layout.QUALITY_PAGE)
    yield parcel("qc_report", whole.key, layout.QUALITY_DATA, "data")
    yield parcel("final_cut", whole.key, layout.film(species), signed=True)
    if takes["vertical_cut"].find(whole):
        yield parcel("vertical_cut", whole.key, layout.vertical_film(species), signed=True)


def _pack(studio: Studio, episode: str, species: str) -> Iterator[Parcel]:
    """What a pack has beside them: the film's stems, papers and posters, and the vertical master."""
    whole = Place(episode)
    film = Takes("final_cut", studio).of(whole)
    yield Parcel(layout.CUE_SHEET, film, "cue_sheet")
    yield Parcel(layout.SCRIPT, film, "script")
    yield Parcel(layout.poster(), film, "poster", signed=True)
    sound = Takes("mix", studio).of(whole)
    for part in layout.FILM_STEMS:
        if part in sound.files:
            yield Parcel(layout.film_stem(part), sound, part)
    for clip in GRAPH["clip"].keys(studio, episode):
        yield Parcel(layout.poster(clip), Takes("clip", studio).at(episode, clip), "poster", signed=True)

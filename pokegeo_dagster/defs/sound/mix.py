"""The mix: a film's whole sound. No picture goes into it, so it is finished while clips are still shot,
and a clip that is shot again leaves it as it is."""

from pathlib import Path
from typing import Any

from pydantic import Field

from pokegeo_dagster.defs.office import show
from pokegeo_dagster.defs.office.craft import Work, craft
from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.defs.office.takes import Take, Takes
from pokegeo_dagster.film.crew import Credit, Made
from pokegeo_dagster.film.edit.delivery import Delivery
from pokegeo_dagster.film.edit.finish import Composed, Kept, cards_and_clips, lay_programme, music_for
from pokegeo_dagster.film.edit.timeline import Cut, plan_segment
from pokegeo_dagster.film.model import Frozen
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.screenplay import Screenplay
from pokegeo_dagster.providers.bench.mixer import lay_cards, lay_music, lay_segment, master
from pokegeo_dagster.providers.house.music import compose

MIXER = Credit(member="bench", model="mixer")


class MixOrder(Frozen):
    """A film's sound: every segment in its place, cards included, and the music under them."""

    cuts: tuple[Cut, ...]
    delivery: Delivery
    music: Composed | Kept | None = Field(default=None, exclude_if=lambda music: music is None)


def _show_mix(take: Take) -> dict[str, Any]:
    slate = take.slate
    return {
        "listen": show.player(take, "the whole film's sound"),
        "voice": show.player(take, "narration stem", "narration_stem"),
        "effects": show.player(take, "effects stem", "effects_stem"),
        "duration (s)": float(slate["duration_s"]),
        "loudness (LUFS)": float(slate["integrated_lufs"]),
        "true peak (dBTP)": float(slate["true_peak_dbtp"]),
        "voice over everything else (LU)": float(slate["voice_over_bed_lu"]),
    }


@craft(
    group="sound",
    per="episode",
    kinds=("m4a",),
    show=_show_mix,
    gives_way_to=("narration", "composite"),  # as the effects do: no clip waits for it
)
def mix(
    place: Place, studio: Studio, *, brief: Takes, screenplay: Takes, narration: Takes, sound_effect: Takes
) -> Work:
    """The film's whole sound, mastered at −14 LUFS: every line and atmosphere on the film's timeline,
    effects and music ducked under the voice. Its stems are beside it, of the film and of each clip."""
    ordered, written = brief.of(place), screenplay.of(place)
    asked = ordered.read(Brief)
    delivery, clips = asked.delivery, tuple(written.slate["clips"])
    lines = [narration.at(place.episode, name) for name in clips]
    effects = [sound_effect.at(place.episode, name) for name in clips]
    plans = [plan_segment(line.slate["samples"], delivery) for line in lines]
    laid = lay_programme(clips, [plan.frames for plan in plans], asked.finish, delivery)
    order = MixOrder(cuts=laid, delivery=delivery, music=ordered_music(asked, written))

    def blend(room: Path) -> Made:
        stems = {}
        for name, line, effect, plan in zip(clips, lines, effects, plans, strict=True):
            (own := room / name).mkdir()
            stems[name] = lay_segment(line.path(), effect.path(), plan, own)
        cards, _ = cards_and_clips(laid)
        stems |= lay_cards([stems[name] for name in clips], cards, room)
        music = music_made(studio, order.music, sum(cut.samples for cut in laid), room)
        sound = master([stems[cut.clip] for cut in laid], delivery, room, music)
        parts = {f"{name}_{part}": path for name, pair in stems.items() for part, path in pair.items()}
        if music is not None:
            parts["music_bed"] = music  # as it was before it was ducked: for whoever cuts the film anew
        return Made({**sound.files, **parts}, {**sound.slate, "cuts": as_told(laid)})

    return Work(
        order=order,
        credit=MIXER,
        make=blend,
        inputs=(ordered, written, *lines, *effects),
        uses={f"line {take.place.key}": take.files["main"].sha256 for take in lines}
        | {f"effect {take.place.key}": take.files["main"].sha256 for take in effects},
    )


def as_told(cuts: tuple[Cut, ...]) -> list[dict[str, Any]]:
    """Cuts as a slate keeps them."""
    return [cut.model_dump(mode="json") for cut in cuts]


def ordered_music(brief: Brief, written: Take) -> Composed | Kept | None:
    """The music that a brief asks for, in the mood of its screenplay."""
    if brief.finish is None or brief.finish.music is None:
        return None
    return music_for(brief.finish, written.read(Screenplay).atmosphere, brief.seed)


def music_made(studio: Studio, order: Composed | Kept | None, samples: int, room: Path) -> Path | None:
    """The bed of music, as long as the film. Raises MediaMissing, MediaDamaged."""
    if order is None:
        return None
    if isinstance(order, Kept):
        return lay_music(studio.store.open_local(order.key), samples, room)
    return lay_music(compose(order, samples, room / "composed.wav"), samples, room)

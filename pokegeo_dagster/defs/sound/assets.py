"""Sound: the spoken line and the atmosphere of each clip."""

from typing import Any

from pokegeo_dagster.defs.office import show
from pokegeo_dagster.defs.office.craft import Work, craft
from pokegeo_dagster.defs.office.studio import Studio
from pokegeo_dagster.defs.office.takes import Take, Takes
from pokegeo_dagster.defs.sound.checks import NARRATION_CHECKS
from pokegeo_dagster.film.crew import Made, NarrationOrder, SoundOrder
from pokegeo_dagster.film.edit.delivery import SAMPLE_RATE_HZ
from pokegeo_dagster.film.places import Place
from pokegeo_dagster.film.story.slices import ShotSlice
from pokegeo_dagster.providers.bench.mixer import voice_samples

EFFECT_S = 10.0  # as long as the longest clip a vendor shoots, so that a new line needs no new effect


def _show_narration(take: Take) -> dict[str, Any]:
    slate = take.slate
    return {
        "line": show.player(take, slate["text"]),
        "duration (s)": float(slate["duration_s"]),
        "words": len(slate["words"]),
    }


@craft(
    group="sound",
    per="shot",
    kinds=("wav",),
    role="narrator",
    checks=NARRATION_CHECKS,
    show=_show_narration,
    at_once=2,
    clips_wait=True,
)
def narration(place: Place, studio: Studio, *, shot: Takes) -> Work:
    """The spoken line with the time of every word. Its length is the master clock of the film."""
    sliced = shot.of(place)
    value = sliced.read(ShotSlice)
    narrator = studio.crew.narrator
    order = NarrationOrder(text=value.shot.narration, names=value.names, seed=place.seed(value.seed))

    def about(made: Made) -> dict[str, Any]:
        samples = voice_samples(made.files["main"])
        return {"text": order.text, "samples": samples, "duration_s": samples / SAMPLE_RATE_HZ}

    return Work(
        order=order,
        credit=narrator.credit,
        make=lambda room: narrator.speak(order, room),
        inputs=(sliced,),
        about=about,
    )


def _show_effect(take: Take) -> dict[str, Any]:
    slate = take.slate
    return {"effect": show.player(take, slate["cue"]), "duration (s)": float(slate["duration_s"])}


@craft(
    group="sound",
    per="shot",
    kinds=("wav",),
    role="foley",
    show=_show_effect,
    at_once=2,
    gives_way_to=("narration", "composite"),  # no clip waits for it: it has the time the camera takes
)
def sound_effect(place: Place, studio: Studio, *, shot: Takes) -> Work:
    """The atmosphere of one clip, chosen by the words of its cue."""
    sliced = shot.of(place)
    value = sliced.read(ShotSlice)
    order = SoundOrder(
        cue=value.shot.sound_cue, duration_s=EFFECT_S, seed=place.seed(value.seed, place.key, "effect")
    )

    foley = studio.crew.foley
    return Work(
        order=order,
        credit=foley.credit,
        make=lambda room: foley.perform(order, room),
        inputs=(sliced,),
        about=lambda made: {"cue": order.cue, "duration_s": order.duration_s},
    )

"""The draft: one screenplay in the making, from its moments to its last reference."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pokegeo_dagster.film.digest import seed_for
from pokegeo_dagster.film.ids import CLIP_IDS
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.ecology import neighbour_of
from pokegeo_dagster.film.story.pitches import Pitch
from pokegeo_dagster.film.story.rules import FULL_FILM_CLIPS
from pokegeo_dagster.film.story.screenplay import Placement, Screenplay, Setting, Shot
from pokegeo_dagster.film.story.species import Species
from pokegeo_dagster.film.vocabulary import Beat, Framing, Habitat, Pose, Prop, Vantage
from pokegeo_dagster.providers.house import staging
from pokegeo_dagster.providers.house.casting import Cast, atmosphere_of
from pokegeo_dagster.providers.house.direction import Directed, Director
from pokegeo_dagster.providers.house.plot import ACTS, Premise, lexicon_for, moments_for
from pokegeo_dagster.providers.house.prose import bank
from pokegeo_dagster.providers.house.prose.telling import Teller
from pokegeo_dagster.providers.house.staging import Plate

_REFERENCES = 22  # the worked example of the format; a small film needs four more than it has clips
_ACT_OF: dict[Beat, int] = {"hook": 0, "trigger": 0, "context": 0, "clash": 1, "twist": 1, "closing": 2}
_NEAREST_POSE: dict[Pose, tuple[Pose, ...]] = {
    "rest": ("portrait", "alert"), "travel": ("alert", "forage"), "forage": ("rest", "alert"),
    "threat": ("alert", "call"), "call": ("threat", "alert"), "portrait": ("alert", "rest"),
    "alert": ("portrait", "threat", "travel"), "sheet": ("alert",),
}  # fmt: skip
_VANTAGES: tuple[Vantage, ...] = ("vista", "clearing", "ground", "thicket", "waterside", "shelter")


@dataclass(frozen=True)
class _Planned:
    """A shot before it is framed: its beat and its moment."""

    beat: Beat
    moment: bank.Moment

    @property
    def act(self) -> int:
        return _ACT_OF[self.beat]


class Draft:
    """One screenplay in the making."""

    def __init__(self, brief: Brief, species: Species, premise: Premise, pitch: Pitch):
        self.brief, self.species, self.premise, self.pitch = brief, species, premise, pitch
        self.rival = premise.rival
        self.key = seed_for("screenplay", species.slug, premise.story, premise.rival.slug, brief.seed)
        self.dice = random.Random(self.key)  # noqa: S311 - a film is drawn from its seed
        self.lexicon = lexicon_for(species, premise, self.key)
        self.shots = [
            _Planned(beat, moment) for beat, moment in moments_for(premise, brief.clip_count, self.dice)
        ]
        self.cast = Cast()

    def screenplay(self) -> Screenplay:
        """The finished screenplay."""
        self.cast.animal(self.species, "sheet")
        poses = self._poses()
        characters = len(self.cast.references)
        props = self._props(characters)
        framed = staging.choose_plates(self._framings(), self._plates(characters, len(props)))
        lines, directed = self._lines(), self._directed(framed)
        subjects = self._subjects(framed, poses, props)
        return Screenplay(
            title=self.pitch.title,
            logline=self.pitch.logline,
            species=self.species.slug,
            atmosphere=atmosphere_of(self.premise.habitat, self.premise.light, self.premise.weather),
            references=self.cast.references,
            shots=tuple(
                Shot(
                    clip=CLIP_IDS[n],
                    beat=planned.beat,
                    framing=framed[n][1],
                    plate=framed[n][0].id,
                    subjects=subjects[n],
                    still=directed[n].still,
                    movement=directed[n].movement,
                    motion=directed[n].motion,
                    narration=lines[n],
                    sound_cue=directed[n].sound_cue,
                )
                for n, planned in enumerate(self.shots)
            ),
        )

    def _lines(self) -> list[str]:
        """What is said, shot by shot."""
        groups = {s.moment.name for s in self.shots}
        kept = {"size", "weight", "as_heavy", "as_long"} if "size" in groups else set()
        kept |= {"home"} if "home" in groups else set()
        teller = Teller(self.lexicon, self._dice_for("lines"), frozenset(kept))
        return [teller.tell(s.moment, main=s.moment.name in ("size", "home")) for s in self.shots]

    def _framings(self) -> list[tuple[int, Vantage, Framing]]:
        dice, wanted = self._dice_for("framing"), []
        before: Framing | None = None
        for planned in self.shots:
            before = staging.choose_framing(planned.moment.framings, before, dice.randrange(256))
            wanted.append((planned.act, planned.moment.vantage, before))
        return wanted

    def _directed(self, framed: Sequence[tuple[Plate, Framing]]) -> list[Directed]:
        director = Director(self.species, self.rival, self.lexicon, self._dice_for("direction"))
        out = []
        for planned, (plate, framing) in zip(self.shots, framed, strict=True):
            who, setting = planned.moment.who, plate.setting
            if who == "prop":
                out.append(director.with_prop(self._prop_of(planned), framing, setting))
            elif who == "place":
                out.append(director.without_animal(framing, setting))
            else:
                animal = self.rival if who == "rival" else self.species
                medium = staging.medium_on(animal, plate)
                out.append(director.with_animal(who, planned.moment.pose, framing, setting, medium))
        return out

    def _dice_for(self, job: str) -> random.Random:
        """Every job draws its own luck, so that a change of one leaves the others as they were."""
        return random.Random(seed_for(self.key, job))  # noqa: S311

    @property
    def _wanted_references(self) -> int:
        return min(self._usual_references, self.brief.references or _REFERENCES)

    @property
    def _usual_references(self) -> int:
        clips = len(self.shots)
        return min(_REFERENCES, clips + (4 if clips >= 6 else 3)) if clips < FULL_FILM_CLIPS else _REFERENCES

    def _share_of(self, usual: int) -> int:
        """So many of a kind, or a share of them where fewer references were ordered; never none."""
        return max(1, usual * self._wanted_references // self._usual_references)

    def _poses(self) -> dict[tuple[str, Pose], str]:
        """The reference of every (animal, pose) that a moment asks for: the commonest poses are drawn,
        a rare one makes do with the nearest."""
        clips = len(self.shots)
        most = {
            "hero": self._share_of(6 if clips >= FULL_FILM_CLIPS else max(1, clips // 3)),
            "rival": self._share_of(2 if clips >= 8 else 1),
        }
        found: dict[tuple[str, Pose], str] = {}
        for who, animal in (("hero", self.species), ("rival", self.rival)):
            asked: Counter[Pose] = Counter(s.moment.pose for s in self.shots if s.moment.who in (who, "both"))
            drawn: list[Pose] = [pose for pose, _ in asked.most_common(most[who])]
            pose: Pose
            for pose in asked:
                suited: tuple[Pose, ...] = (pose, *_NEAREST_POSE[pose])
                near: list[Pose] = [p for p in suited if p in drawn] or drawn or [pose]
                found[who, pose] = self.cast.animal(animal, near[0])
        return found

    def _props(self, characters: int) -> dict[Prop, str]:
        """The props: those that are seen alone, and enough others to dress the set."""
        clips = len(self.shots)
        need = self._share_of(
            max(4, _REFERENCES - characters - 9) if clips >= FULL_FILM_CLIPS else max(1, clips // 4)
        )
        alone: list[Prop] = [self._prop_of(s) for s in self.shots if s.moment.who == "prop"]
        shelf: list[Prop] = list(bank.phrases("scenes")["props"][self.premise.habitat])
        self._dice_for("props").shuffle(shelf)
        wanted: list[Prop] = [*alone, *shelf]
        chosen = list(dict.fromkeys(wanted))[: max(need, len(set(alone)))]
        return {prop: self.cast.thing(prop) for prop in chosen}

    def _prop_of(self, planned: _Planned) -> Prop:
        name = planned.moment.name
        return name.removeprefix("prop_") if name.startswith("prop_") else self.premise.treasure  # type: ignore[return-value]

    def _plates(self, characters: int, props: int) -> list[Plate]:
        """The environments, act by act: the vantages that its moments ask for, in its own light."""
        count = min(len(self.shots), max(1, self._wanted_references - characters - props))
        shots_of = Counter(s.act for s in self.shots)
        acts = sorted(shots_of) if count >= len(shots_of) else [0]
        share = dict.fromkeys(acts, 1)
        while sum(share.values()) < count:
            owed = max(acts, key=lambda a: (shots_of[a] - share[a] > 0, shots_of[a] / share[a]))
            share[owed] += 1
        plates: list[Plate] = []
        for act in acts:
            for setting in self._settings(act, share[act], [p.setting for p in plates]):
                plates.append(Plate(self.cast.place(setting), setting, act))
        return plates

    def _settings(self, act: int, count: int, taken: Sequence[Setting]) -> list[Setting]:
        premise = self.premise
        asked: Counter[Vantage] = Counter(s.moment.vantage for s in self.shots if s.act == act)
        order: list[Vantage] = [v for v, _ in asked.most_common()]
        order.extend(v for v in _VANTAGES if v not in asked)
        home, away = premise.habitat, self._neighbour()
        if premise.story == "crossing" and act == 2:
            home, away = away, home  # the traveller has arrived
        wanted: list[tuple[Habitat, Vantage]] = [(home, v) for v in order]
        # One plate of a long first act looks over the border, so that the place has an outside.
        if act == 0 and count >= 4 and away != home:
            wanted.insert(count - 1, (away, "vista"))
        wanted.extend((away, v) for v in order)
        light, weather = ACTS[premise.light][act], premise.weathers[act]
        found: list[Setting] = []
        for habitat, vantage in wanted:
            setting = Setting(habitat=habitat, light=light, weather=weather, vantage=vantage)
            if setting not in taken and setting not in found:
                found.append(setting)
        return found[:count]

    def _neighbour(self) -> Habitat:
        home = self.premise.habitat
        return home if staging.is_tied_to_water(self.species) else neighbour_of(self.species, home)

    def _subjects(
        self,
        framed: Sequence[tuple[Plate, Framing]],
        poses: dict[tuple[str, Pose], str],
        props: dict[Prop, str],
    ) -> list[tuple[Placement, ...]]:
        dice, hero_left = self._dice_for("placement"), self.key % 3 != 0
        subjects: list[tuple[Placement, ...]] = []
        for planned, (plate, framing) in zip(self.shots, framed, strict=True):
            who, pose, byte = planned.moment.who, planned.moment.pose, dice.randrange(256)
            if who == "place":
                subjects.append(())
            elif who == "prop":
                subjects.append((staging.place_prop(props[self._prop_of(planned)], framing, None, byte),))
            elif who == "both":
                pair = poses["hero", pose], poses["rival", pose]
                subjects.append(staging.place_pair(self.species, self.rival, pair, framing, plate, hero_left))
            else:
                animal = self.rival if who == "rival" else self.species
                # The rival looks at where the animal was last seen: out of the other side of the frame.
                right = hero_left if who == "hero" else not hero_left
                subjects.append((staging.place_alone(animal, poses[who, pose], framing, plate, right, byte),))
        return self._dressed(subjects, framed, props)

    def _dressed(
        self,
        subjects: list[tuple[Placement, ...]],
        framed: Sequence[tuple[Plate, Framing]],
        props: dict[Prop, str],
    ) -> list[tuple[Placement, ...]]:
        """The same shots, with every prop that was not seen yet standing in one of the wider ones."""
        seen = {p.reference for shot in subjects for p in shot}
        room: dict[Framing, int] = {"wide": 0, "medium": 1, "extreme_wide": 2, "close": 3, "detail": 4}
        order = sorted(
            (n for n, shot in enumerate(subjects) if len(shot) == 1 and self.shots[n].moment.who != "prop"),
            key=lambda n: (room[framed[n][1]], n * 7 % 5, n),
        )
        order += [n for n in range(len(subjects)) if n not in order and len(subjects[n]) < 3]
        for reference, n in zip((r for r in props.values() if r not in seen), order, strict=False):
            beside = subjects[n][0] if subjects[n] else None
            prop = staging.place_prop(reference, framed[n][1], beside, n)
            subjects[n] = (prop, *subjects[n])
        return subjects

"""The house writer tells twenty animals twenty films, all of them fit to film and true of their animal."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache

import pytest

from pokegeo_dagster.film.digest import canonical_json
from pokegeo_dagster.film.edit.timeline import BREATH_AFTER_S, BREATH_BEFORE_S
from pokegeo_dagster.film.sound.pacing import spoken_seconds
from pokegeo_dagster.film.story.anatomy import Anatomy, anatomy_of
from pokegeo_dagster.film.story.brief import Brief
from pokegeo_dagster.film.story.dossier import Dossier
from pokegeo_dagster.film.story.ecology import medium_of
from pokegeo_dagster.film.story.pitches import Pitch, Pitches
from pokegeo_dagster.film.story.rules import complaints
from pokegeo_dagster.film.story.screenplay import Screenplay, Shot
from pokegeo_dagster.film.story.species import Species, species_book
from pokegeo_dagster.film.vocabulary import BEATS
from pokegeo_dagster.providers.house.prose import bank
from pokegeo_dagster.providers.house.prose.grammar import Line, slots_of
from pokegeo_dagster.providers.house.prose.lexicon import body_words
from pokegeo_dagster.providers.house.prose.measures import kilograms, metres
from pokegeo_dagster.providers.house.prose.movements import gestures_of
from pokegeo_dagster.providers.house.researcher import HouseResearcher
from pokegeo_dagster.providers.house.writer import HouseWriter

BOOK = species_book()
# Every 51st species of the book: 20 animals of nine generations.
TWENTY = tuple(list(BOOK)[n * len(BOOK) // 20] for n in range(20))


@lru_cache(maxsize=256)
def made(slug: str, clips: int = 18, seed: int = 1) -> tuple[Dossier, tuple[Pitch, ...], Screenplay]:
    brief = Brief(episode=slug, species=slug, clip_count=clips, seed=seed)
    dossier = HouseResearcher().research(brief, BOOK[slug])
    pitches = tuple(HouseWriter().pitch(brief, dossier))
    return dossier, pitches, HouseWriter().write(brief, dossier, max(pitches, key=lambda p: p.score))


def film(slug: str, clips: int = 18, seed: int = 1) -> Screenplay:
    return made(slug, clips, seed)[2]


def lines(play: Screenplay) -> list[str]:
    return [shot.narration for shot in play.shots]


def every_line_of_the_bank() -> list[tuple[str, Line]]:
    moments = [m for name in bank.STORIES for row in bank.story(name).moments.values() for m in row]
    moments += [*bank.opening(), *bank.facts().values()]
    moments += [bank.prop_moment(prop) for prop in bank.phrases("objects")]
    return [(moment.name, line) for moment in moments for line in moment.lines]


# --- fit to film -------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", TWENTY)
def test_eighteen_clips_pass_every_rule_of_the_house(slug: str):
    play = film(slug)

    assert complaints(play, 18) == []
    assert (play.species, len(play.shots)) == (slug, 18)
    assert 20 <= len(play.references) <= 25
    assert {shot.beat for shot in play.shots} == set(BEATS)


@pytest.mark.parametrize("clips", [1, 2, 3, 5, 6, 17, 18, 24])
@pytest.mark.parametrize("slug", ["haunter", "magikarp"])
def test_a_film_of_any_length_is_valid(slug: str, clips: int):
    assert complaints(film(slug, clips), clips) == []


@pytest.mark.parametrize("most", [8, 12, 25])
@pytest.mark.parametrize("slug", TWENTY[::4])
def test_a_film_keeps_to_the_references_that_were_ordered(slug: str, most: int):
    """Each of them is bought from an illustrator: what is drawn must be used, or be the sheet."""
    brief = Brief(episode=slug, species=slug, references=most)
    dossier, pitches, usual = made(slug)

    play = HouseWriter().write(brief, dossier, max(pitches, key=lambda p: p.score))

    assert complaints(play, 18, most) == []
    assert len(play.references) == min(most, len(usual.references))
    used = {r for shot in play.shots for r in shot.references}
    assert all(r.id in used or r.pose == "sheet" for r in play.references)
    if most == 25:
        assert play == usual


@pytest.mark.parametrize("slug", TWENTY)
def test_eighteen_lines_are_spoken_in_about_two_minutes(slug: str):
    """108–144 seconds of film: the lines, and a breath before and after each of the eighteen."""
    spoken = [spoken_seconds(line) for line in lines(film(slug))]

    breaths = 18 * (BREATH_BEFORE_S + BREATH_AFTER_S)
    assert 108 <= sum(spoken) <= 144
    assert 120 <= sum(spoken) + breaths <= 162
    assert all(4.6 <= second <= 9.3 for second in spoken)


def test_five_pitches_are_five_stories_and_one_is_picked():
    for slug in TWENTY:
        _, pitches, play = made(slug)
        best = max(range(5), key=lambda n: pitches[n].score)
        chosen = Pitches(options=pitches, picked=best, picked_by="best score").chosen
        assert len({pitch.logline for pitch in pitches}) == 5
        assert (play.title, play.logline) == (chosen.title, chosen.logline)
        assert play.atmosphere.habitat == chosen.habitat


@pytest.mark.parametrize("rival", ["slaking", "nidoking", "seaking", "weezing"])
def test_a_rival_whose_name_ends_like_a_movement_can_be_filmed(rival: str):
    dossier, pitches, _ = made("meowth")
    brief = Brief(episode="meowth", species="meowth")

    play = HouseWriter().write(brief, dossier, pitches[0].model_copy(update={"rival": rival}))

    assert complaints(play, 18) == []
    assert any(f"and {BOOK[rival].name} face each other" in s.motion.action for s in play.shots)


@pytest.mark.parametrize("slug", ["metagross", "eelektross", "doublade", "runerigus"])
def test_the_longest_names_still_leave_room_for_the_line(slug: str):
    """Four films of the book once had a line of 9.4 seconds, because chance outweighed length."""
    assert complaints(film(slug), 18) == []


# --- twenty animals, twenty films --------------------------------------------------------------


def test_no_two_animals_share_a_line_except_in_the_first_view_of_the_place():
    """What may be shared: clip 1, when it shows the place before anyone is named (the `place` moment
    of openings.yaml). Measured over the whole book, seed 1: 3 of 18,447 lines, all of that moment."""
    said = defaultdict(set)
    for slug in TWENTY:
        for shot in film(slug).shots:
            said[shot.narration].add((slug, shot.clip))

    shared = {line: films for line, films in said.items() if len(films) > 1}

    assert {clip for films in shared.values() for _, clip in films} <= {"clip_01"}
    assert len(shared) <= 1


def test_outside_the_first_view_of_the_place_every_line_names_its_animal():
    """So that films of two animals cannot share it, whichever two they are."""
    nameless = {
        name for name, line in every_line_of_the_bank() if not slots_of(line.text) & {"hero", "hero_s"}
    }

    assert nameless <= {"place"}


def test_no_film_says_a_line_twice_and_few_lines_open_alike():
    for slug in TWENTY:
        told = lines(film(slug))
        assert len(set(told)) == 18
        openings = [" ".join(line.split()[:2]).lower() for line in told]
        assert max(openings.count(opening) for opening in openings) <= 3, (slug, openings)


def test_films_of_kindred_animals_are_not_one_film_with_two_names():
    """Names taken out, two films may have a few lines of the bank in common, and no more."""
    family = ("pidgey", "spearow", "hoothoot", "starly")
    bare = {slug: {line.replace(BOOK[slug].name, "it") for line in lines(film(slug))} for slug in family}

    for one in family:
        for other in family:
            assert one == other or len(bare[one] & bare[other]) <= 4, (one, other)


@pytest.mark.parametrize("slug", TWENTY[::4])
def test_the_same_seed_is_the_same_film_byte_for_byte(slug: str):
    brief = Brief(episode=slug, species=slug)

    dossier = HouseResearcher().research(brief, BOOK[slug])
    pitches = HouseWriter().pitch(brief, dossier)
    again = HouseWriter().write(brief, dossier, max(pitches, key=lambda p: p.score))

    assert canonical_json(again).encode() == canonical_json(film(slug)).encode()
    assert canonical_json(dossier) == canonical_json(made(slug)[0])


def test_another_seed_is_another_film():
    """The facts are the same, and a seed may pick the same story again. Measured on ten species and
    four seeds: 2 lines of 18 in common at the median, 11 where story and rival were the same."""
    common = [
        len(set(lines(film(slug))) & set(lines(film(slug, seed=seed))))
        for slug in TWENTY[::4]
        for seed in (2, 3)
    ]

    assert max(common) <= 12
    assert sorted(common)[len(common) // 2] <= 4


# --- true of the animal ------------------------------------------------------------------------

_SPOKEN = """no one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
    sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety"""
_VALUES = {word: n if n < 20 else 10 * (n - 18) for n, word in enumerate(_SPOKEN.split())}
_WORDS = "|".join([*_VALUES, "a", "and", "half", "hundred", "thousand", "point"])
_NUMBER = rf"(?:(?:{_WORDS})\b[ -]?)+"
_MEASURE = re.compile(rf"({_NUMBER})(centimetres|metres|metre|kilograms|kilogram|grams)\b", re.I)


def number(words: str) -> float:
    """The number that is said: «two hundred and ten», «one and a half», «one point seven»."""
    whole, _, tenth = words.lower().replace("-", " ").partition(" point ")
    half = 0.5 if "half" in whole else 0.0
    total = hundreds = 0
    for word in whole.replace("and a half", "").split():
        if word == "hundred":
            hundreds = max(1, hundreds) * 100
        elif word == "thousand":
            total, hundreds = total + max(1, hundreds) * 1000, 0
        else:
            hundreds += _VALUES.get(word, 0)
    return total + hundreds + half + (_VALUES[tenth.strip()] / 10 if tenth else 0.0)


def measures(text: str) -> list[tuple[float, str]]:
    """Every measure that a text says, in metres or kilograms."""
    units = {"centimetres": (0.01, "m"), "metres": (1, "m"), "metre": (1, "m"), "kilograms": (1, "kg"),
             "kilogram": (1, "kg"), "grams": (0.001, "kg")}  # fmt: skip
    found = [(m[1], *units[m[2].lower()]) for m in _MEASURE.finditer(text)]
    return [(number(words) * scale, unit) for words, scale, unit in found]


def is_true(value: float, unit: str, species: Species) -> bool:
    """A height to the decimetre, as recorded; a weight as it is rounded in speech."""
    if unit == "m":
        return abs(value - species.height_m) < 0.006
    return abs(value - species.weight_kg) <= max(0.006, 0.51 if species.weight_kg >= 0.95 else 0.0)


def test_a_spoken_measure_is_the_recorded_one_for_every_animal_of_the_book():
    for species in BOOK.values():
        ((height, unit),) = measures(metres(species.height_m))
        assert unit == "m" and is_true(height, unit, species), species.slug
        if species.weight_kg < 990:
            ((weight, unit),) = measures(kilograms(species.weight_kg))
            assert unit == "kg" and is_true(weight, unit, species), species.slug
        else:
            assert kilograms(species.weight_kg) == "almost a tonne"


@pytest.mark.parametrize("slug", TWENTY)
def test_the_numbers_of_the_dossier_are_those_of_the_record(slug: str):
    species = BOOK[slug]

    facts = {fact.source: fact.text for fact in made(slug)[0].physiology}

    assert is_true(*measures(facts["species record: height"])[0], species)
    if species.weight_kg < 990:
        assert is_true(*measures(facts["species record: weight"])[0], species)
    assert all(kind in facts["species record: types"] for kind in species.types)


@pytest.mark.parametrize("slug", TWENTY)
def test_every_fact_has_a_source_and_says_how_sure_we_are(slug: str):
    dossier = made(slug)[0]

    facts = (*dossier.physiology, *dossier.niche, *dossier.story_hooks)
    assert all(fact.source.startswith(("species record: ", "inferred from ")) for fact in facts)
    assert all((fact.confidence == "recorded") == fact.source.startswith("species record") for fact in facts)
    assert len({fact.text for fact in facts}) == len(facts)
    stats = BOOK[slug].stats.model_dump()
    for fact in facts:
        told = re.fullmatch(r"species record: (\w+) (\d+)", fact.source)
        assert told is None or stats[told[1]] == int(told[2])
    gift, lack = (fact.source.split()[-1] for fact in dossier.story_hooks[:2])
    assert (int(gift), int(lack)) == (max(stats.values()), min(stats.values()))


@pytest.mark.parametrize("slug", TWENTY)
def test_every_measure_spoken_in_a_film_is_of_one_of_its_animals(slug: str):
    play = film(slug)
    cast = [BOOK[s] for s in {r.species for r in play.references} if s is not None]

    for line in lines(play):
        if "clear to forty metres" in line:  # the water of a reef
            continue
        for value, unit in measures(line):
            assert any(is_true(value, unit, animal) for animal in cast), line


def flies(species: Species, anatomy: Anatomy) -> bool:
    aloft = any(medium_of(species, h) == "air" for h in ("forest", "mountain", "ruins"))
    return (
        aloft
        or anatomy.wings != "none"
        or anatomy.body_plan in ("bird", "insect")
        or "flying" in species.types
    )


# A word that says something of a body, and of which bodies it is true.
TRUE_OF: dict[str, Callable[[Species, Anatomy], bool]] = {
    r"wings?|wing(?:beats?| feathers?| membranes?)": lambda s, a: (
        a.wings != "none" or a.body_plan in ("bird", "insect") or a.form == "bird_biped"
    ),
    r"fl(?:y|ies|ew|ying)|soars?|takes? off|aloft": flies,
    r"feathers?|feathered": lambda s, a: (
        a.skin == "feathers" or "bird" in a.form or (a.body_plan == "bird" and a.wings != "bat")
    ),
    r"fur": lambda s, a: a.skin in ("fur", "wool"),
    r"scales": lambda s, a: a.skin == "scales",
    r"fins?|tail fin": lambda s, a: a.body_plan in ("fish", "serpent") or a.wings == "fin" or a.ears == "fin",
    r"gills?": lambda s, a: a.body_plan == "fish",
    r"hooves|hoof": lambda s, a: a.form in ("hoofed", "equine", "bovine", "sheep", "pig"),
    r"paws?|forepaws?": lambda s, a: a.body_plan == "quadruped" or "biped" in a.form,
    r"talons?": lambda s, a: a.body_plan == "bird",
    r"pincers?": lambda s, a: a.form in ("crab", "scorpion"),
    r"tentacles?": lambda s, a: a.body_plan == "mollusc",
    r"antennae?": lambda s, a: a.body_plan == "insect" or a.horns == "antenna",
    r"coils?|coiled": lambda s, a: a.body_plan == "serpent",
    r"(?<!both )(?<!changes )hands": lambda s, a: a.body_plan == "biped" or a.has("hands"),
    r"ears": lambda s, a: a.ears != "none",
    r"flippers?": lambda s, a: a.form in ("seal", "penguin", "whale", "plesiosaur"),
    r"sparks? (?:cross|flicker)": lambda s, a: "electric" in s.types,
    r"flame on its tail": lambda s, a: a.tail_tip == "flame",
}
SAMPLE = (
    *TWENTY,
    "haunter",
    "pidgeot",
    "magikarp",
    "rapidash",
    "krabby",
    "butterfree",
    "tentacool",
    "pikachu",
    "aerodactyl",
)


def told_of(play: Screenplay, shot: Shot, text: str) -> list[tuple[Species, Anatomy]]:
    """Whom a text may be about: whoever of the film's animals it names, or else the film's own."""
    slugs = dict.fromkeys(r.species for r in play.references if r.species)
    cast = [BOOK[slug] for slug in slugs]
    named = [animal for animal in cast if animal.name in text] or [BOOK[play.species]]
    return [(animal, anatomy_of(animal)) for animal in named]


@pytest.mark.parametrize("slug", SAMPLE)
def test_no_body_is_said_to_have_what_it_has_not(slug: str):
    """An animal without wings is never said to fly: narration, movement and motion alike."""
    play = film(slug)

    for shot in play.shots:
        moved = f"{shot.motion.action} {shot.motion.details} {shot.movement}"
        for text in (shot.narration, moved):
            animals = told_of(play, shot, text)
            for words, holds in TRUE_OF.items():
                if re.search(rf"\b(?:{words})\b", text):
                    assert any(holds(*animal) for animal in animals), f"{shot.clip} of {slug}: {text}"


def test_what_flies_on_skin_has_no_feathers_to_move():
    """Aerodactyl is built like a raptor, and was once filmed with its feathers in the wind."""
    for slug in ("aerodactyl", "zubat", "noivern"):
        anatomy = anatomy_of(BOOK[slug])
        moved = [*gestures_of(BOOK[slug], anatomy, "ground"), *body_words(anatomy).values()]
        assert "feather" not in str(moved), slug


def test_a_line_about_wings_needs_wings():
    needed = {
        "wings": {"wings", "feathers", "bird"},
        "feather": {"feathers"},
        "tail": {"longtail"},
        "ears": {"bigears"},
    }

    for name, line in every_line_of_the_bank():
        for word, tags in needed.items():
            if re.search(rf"\b{word}s?\b", line.text) and "{hero" in line.text:
                assert line.needs & tags, f"{name}: {line.text}"


@pytest.mark.parametrize("slug", TWENTY)
def test_the_rival_is_another_animal_and_of_another_family(slug: str):
    play = film(slug)
    others = {r.species for r in play.references if r.species is not None} - {slug}

    assert len(others) == 1
    (rival,) = others
    assert BOOK[rival].evolves_from != slug and BOOK[slug].evolves_from != rival
    assert any(BOOK[rival].name in line for line in lines(play))

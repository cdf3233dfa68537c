"""The written documents of an episode, numbered 01 to 06, as Markdown. Pure text."""

from __future__ import annotations

from pokegeo_dagster.film.story.dossier import Dossier, Fact
from pokegeo_dagster.film.story.pitches import Pitches
from pokegeo_dagster.film.story.screenplay import Screenplay


def research(dossier: Dossier) -> str:
    """01: the species profile, every fact with its source and how sure we are."""

    def section(title: str, facts: tuple[Fact, ...]) -> list[str]:
        return [f"## {title}", "", *(f"- {f.text} *({f.source}; {f.confidence})*" for f in facts), ""]

    return _page(
        f"# {dossier.name}: species research",
        "",
        f"Habitats: {', '.join(dossier.habitats)}. Body plan: {dossier.body_plan}.",
        "",
        *section("Physiology", dossier.physiology),
        *section("Ecological niche", dossier.niche),
        *section("Story hooks", dossier.story_hooks),
    )


def story_script(pitches: Pitches, play: Screenplay) -> str:
    """02: the five options, the picked one, and the production script."""
    options = [
        f"{n}. **{p.title}**{' (picked: ' + pitches.picked_by + ')' if n - 1 == pitches.picked else ''}: "
        f"{p.logline} *Score {p.score:.2f}: {p.why}*"
        for n, p in enumerate(pitches.options, 1)
    ]
    lines = [f"# {play.title}", "", play.logline, "", "## Five options", "", *options, "", "## Script", ""]
    for shot in play.shots:
        lines += [
            f"### {shot.clip} · {shot.beat} · {shot.framing}",
            "",
            f"- Still: {shot.still}",
            f"- Movement: {shot.movement}",
            f"- Narration: {shot.narration}",
            f"- Sound: {shot.sound_cue}",
            "",
        ]
    return _page(*lines)


def assets(play: Screenplay) -> str:
    """03: the global atmosphere block and one definition for every reference."""
    lines = ["# Assets", "", "## Global atmosphere block", "", play.atmosphere.prose, ""]
    for kind, title in (("character", "Characters"), ("prop", "Props"), ("environment", "Environments")):
        lines += [f"## {title}", ""]
        lines += [f"- `{r.name}` ({r.id}): {r.description}" for r in play.references if r.kind == kind]
        lines.append("")
    return _page(*lines)


def video_prompts(play: Screenplay) -> str:
    """04: one motion prompt a clip, the camera last."""
    return _per_clip("Video prompts", [(s.clip, s.prompt) for s in play.shots])


def audio(play: Screenplay) -> str:
    """05: one line a clip, paced by its ellipses."""
    return _per_clip("Audio generation", [(s.clip, s.narration) for s in play.shots])


def sound_effects(play: Screenplay) -> str:
    """06: one atmosphere a clip."""
    return _per_clip("Sound effects", [(s.clip, s.sound_cue) for s in play.shots])


def _per_clip(title: str, texts: list[tuple[str, str]]) -> str:
    lines = [f"# {title}", ""]
    for clip, text in texts:
        lines += [f"## {clip}", "", text, ""]
    return _page(*lines)


def _page(*lines: str) -> str:
    return "\n".join(lines).rstrip() + "\n"

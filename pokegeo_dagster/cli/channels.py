"""`pokegeo channel`: whom films are made for."""

import os
import sys
from typing import Annotated

import typer

from pokegeo_dagster.cli.options import Debug
from pokegeo_dagster.film.errors import OrderRefused
from pokegeo_dagster.film.release.channel import CREDENTIALS, Channel, channel_from

app = typer.Typer(help="Channels: voice, style, caps, slots, who says yes.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="CHANNEL", help="For example poke1.")]
Name = Annotated[str | None, typer.Option(help="What people call it.")]
Voice = Annotated[str | None, typer.Option(help="An ElevenLabs voice id, for films ordered from now on.")]
Style = Annotated[str | None, typer.Option(help="A sentence that the paid writer keeps to.")]
References = Annotated[
    int | None, typer.Option(help="Seed images a film, at most, 8–25; 0: as many as it wants.")
]
Zone = Annotated[str | None, typer.Option("--timezone", help="For example Europe/Paris. [UTC]")]
Slots = Annotated[
    list[str] | None, typer.Option("--slot", help="When films go out: “mon 18:00”. Again for more; “none”.")
]
CapClip = Annotated[str | None, typer.Option(help="The most for one clip, in US dollars; “none”.")]
CapEpisode = Annotated[str | None, typer.Option(help="The most for one film, in US dollars; “none”.")]
CapChannel = Annotated[str | None, typer.Option(help="The most ever for this channel; “none”.")]
Greenlight = Annotated[
    str | None, typer.Option(help="always_ask, auto (up to an amount a film) or never (nothing paid).")
]
UpTo = Annotated[str | None, typer.Option("--greenlight-up-to", metavar="USD", help="For auto.")]
Daily = Annotated[int | None, typer.Option(help="Films that the daily schedule begins. [0]")]
DailyAt = Annotated[str | None, typer.Option(help="When it does, in the channel's time. [06:00]")]


@app.command("add")
def add(
    channel: Id, name: Name = None, voice: Voice = None, style: Style = None,
    references: References = None, timezone: Zone = None,
    slot: Slots = None, cap_clip: CapClip = None, cap_episode: CapEpisode = None,
    cap_channel: CapChannel = None, greenlight: Greenlight = None, greenlight_up_to: UpTo = None,
    daily: Daily = None, daily_at: DailyAt = None, debug: Debug = False,
) -> None:  # fmt: skip
    """Make a new channel."""
    given = _given(name, voice, style, references, timezone, slot, cap_clip, cap_episode, cap_channel,
                   greenlight, greenlight_up_to, daily, daily_at)  # fmt: skip
    made = channel_from({"id": channel, **given})
    _channels().add(made)
    _tell(made)


@app.command("set")
def change(
    channel: Id, name: Name = None, voice: Voice = None, style: Style = None,
    references: References = None, timezone: Zone = None,
    slot: Slots = None, cap_clip: CapClip = None, cap_episode: CapEpisode = None,
    cap_channel: CapChannel = None, greenlight: Greenlight = None, greenlight_up_to: UpTo = None,
    daily: Daily = None, daily_at: DailyAt = None, debug: Debug = False,
) -> None:  # fmt: skip
    """Change what is named, and nothing else."""
    given = _given(name, voice, style, references, timezone, slot, cap_clip, cap_episode, cap_channel,
                   greenlight, greenlight_up_to, daily, daily_at)  # fmt: skip
    if not given:
        raise OrderRefused(f"Say what to change: pokegeo channel set {channel} --cap-episode 12")
    _tell(_channels().change(channel, **given))


@app.command("list")
def everyone(debug: Debug = False) -> None:
    """A line a channel."""
    from rich.table import Table

    from pokegeo_dagster.budget.caps import money
    from pokegeo_dagster.cli.words import wide_console

    table = Table(box=None, pad_edge=False)
    for column in ("channel", "name", "active", "voice", "a film's cap", "greenlight", "daily", "time zone"):
        table.add_column(column)
    for channel in _channels().all():
        table.add_row(
            channel.id,
            channel.name,
            "yes" if channel.active else "paused",
            channel.voice or "the studio's",
            money(channel.cap_episode_usd) if channel.cap_episode_usd is not None else "",
            _policy(channel),
            f"{channel.daily_count} at {channel.daily_at}" if channel.daily_count else "",
            channel.timezone,
        )
    wide_console().print(table)


@app.command("show")
def show(channel: Id, debug: Debug = False) -> None:
    """Everything about one channel. Credentials are named, never shown."""
    _tell(_channels().of(channel))


@app.command("pause")
def pause(channel: Id, debug: Debug = False) -> None:
    """Begin nothing new for a channel. What is at work goes on."""
    _channels().change(channel, active=False)
    print(f"{channel} is paused: nothing new is begun for it, what is at work goes on.")


@app.command("resume")
def resume(channel: Id, debug: Debug = False) -> None:
    """Let a paused channel take its turns again."""
    _channels().change(channel, active=True)
    print(f"{channel} takes its turns again.")


@app.command("credential")
def credential(
    channel: Id,
    what: Annotated[str, typer.Argument(help=f"One of {', '.join(CREDENTIALS)}.")],
    remove: Annotated[bool, typer.Option("--remove", help="Take it out.")] = False,
    debug: Debug = False,
) -> None:
    """Keep an account of the channel's own, under lock: it is asked for, or read from standard input."""
    channels = _channels()
    if what not in CREDENTIALS:
        raise OrderRefused(f"A channel keeps no credential {what!r}: it keeps {', '.join(CREDENTIALS)}.")
    channels.of(channel)
    if remove:
        channels.keep(channel, what, None)
        print(f"{channel} uses the studio's {what} again.")
        return
    # Never an argument of the command: the shell's history and the process list would keep it.
    asked = typer.prompt(f"{what} of {channel}", hide_input=True) if sys.stdin.isatty() else sys.stdin.read()
    if not asked.strip():
        raise OrderRefused(f"Nothing came: pipe the {what} credential in, or type it when asked.")
    channels.keep(channel, what, asked.strip())
    print(f"The {what} credential of {channel} is kept under lock. It is never shown.")


@app.command("key")
def key(
    rotate: Annotated[
        bool, typer.Option("--rotate", help="Lock everything again with the first key of FERNET_KEY.")
    ] = False,
    debug: Debug = False,
) -> None:
    """Make a key for FERNET_KEY. To change keys: put the new one first, a comma, the old one, --rotate."""
    from pokegeo_dagster.storage.keyring import new_key

    if not rotate:
        print(new_key())
        return
    done = _channels().rotate()
    print(f"{done} credentials are under the first key now; the others may leave FERNET_KEY.")


def _given(
    name: str | None, voice: str | None, style: str | None, references: int | None,
    timezone: str | None, slots: list[str] | None,
    cap_clip: str | None, cap_episode: str | None, cap_channel: str | None, greenlight: str | None,
    up_to: str | None, daily: int | None, daily_at: str | None,
) -> dict[str, object]:  # fmt: skip
    """What was said on the command line, as a channel's own fields."""
    given: dict[str, object] = {
        "name": name, "voice": voice, "style": style, "timezone": timezone,
        "greenlight": greenlight.replace("-", "_") if greenlight else None,
        "daily_count": daily, "daily_at": daily_at,
    }  # fmt: skip
    found = {field: value for field, value in given.items() if value is not None}
    if slots is not None:
        found["slots"] = () if slots == ["none"] else tuple(slots)
    if references is not None:
        found["references"] = references or None
    amounts = {
        "cap_clip_usd": ("--cap-clip", cap_clip),
        "cap_episode_usd": ("--cap-episode", cap_episode),
        "cap_channel_usd": ("--cap-channel", cap_channel),
        "greenlight_up_to_usd": ("--greenlight-up-to", up_to),
    }
    from pokegeo_dagster.budget.caps import dollars

    for field, (option, text) in amounts.items():
        if text is not None:
            found[field] = None if text.strip().lower() == "none" else dollars(text, option)
    return found


def _tell(channel: Channel) -> None:
    from pokegeo_dagster.budget.caps import money
    from pokegeo_dagster.cli.words import wide_console

    caps = {"clip": channel.cap_clip_usd, "film": channel.cap_episode_usd, "all": channel.cap_channel_usd}
    there = [f"{what} {money(usd)}" for what, usd in caps.items() if usd is not None]
    kept = _channels().kept(channel.id)
    rows = {
        "channel": channel.title if not channel.name else f"{channel.id} ({channel.name})",
        "active": "yes" if channel.active else "paused: nothing new is begun",
        "voice": channel.voice or "the studio's",
        "style": channel.style or "the studio's own",
        "references": f"{channel.references} at most" if channel.references else "as many as a film wants",
        "caps": ", ".join(there) or "none of its own",
        "greenlight": _policy(channel),
        "slots": f"{', '.join(channel.slots) or 'none'} ({channel.timezone})",
        "daily": f"{channel.daily_count} films at {channel.daily_at}" if channel.daily_count else "nothing",
        "credentials": ", ".join(f"{what} (under lock)" for what in kept) or "none of its own",
    }
    console = wide_console()
    for name, value in rows.items():
        console.print(f"{name:<12} {value}", markup=False)


def _policy(channel: Channel) -> str:
    from pokegeo_dagster.budget.caps import money

    if channel.greenlight == "auto" and channel.greenlight_up_to_usd is not None:
        return f"auto up to {money(channel.greenlight_up_to_usd)} a film"
    return {"always_ask": "a human says yes", "never": "nothing paid is filmed"}.get(channel.greenlight, "")


def _channels():
    from pokegeo_dagster.storage.channels import Channels
    from pokegeo_dagster.storage.keyring import Keyring
    from pokegeo_dagster.storage.settings import StudioSettings, studio_home
    from pokegeo_dagster.storage.studio_db import StudioDb

    settings = StudioSettings.from_env(os.environ, studio_home(os.environ))
    StudioDb(settings.database_url).migrate()
    return Channels(settings.database_url, Keyring.from_env(os.environ))

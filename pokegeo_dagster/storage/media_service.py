"""The media service: what is approved, at addresses a browser or a player can open.

    /                                     the episodes
    /media/<episode>                      what there is of one
    /media/<episode>/<asset>              a thing of the whole episode, such as final_cut
    /media/<episode>/<asset>/<key>        a thing of a clip or reference
    /media/<episode>/<asset>/<key>/<part> another part of it: poster, words …

Addresses name takes, never files: what is not an approved take's part cannot be asked for. There is
no login, so it listens on this machine only unless the settings say otherwise.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterable
from html import escape

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from pokegeo_dagster.film.errors import (
    DatabaseUnavailable,
    MediaDamaged,
    MediaMissing,
    OrderRefused,
    ProductionError,
    StoreUnavailable,
)
from pokegeo_dagster.storage.keys import FILM, MAIN, make_again, parse_key
from pokegeo_dagster.storage.media_store import MediaRef, MediaStore, open_media_store
from pokegeo_dagster.storage.rows import TakeRow
from pokegeo_dagster.storage.settings import StudioSettings
from pokegeo_dagster.storage.studio_db import StudioDb

_NAMED_IN_FULL = 30  # names in a «there is no such…» answer
_STATUS = {MediaMissing: 404, MediaDamaged: 500, StoreUnavailable: 503, DatabaseUnavailable: 503}
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
# Other forms of Range must be ignored, not refused (RFC 9110, 14.2).
_RANGE = re.compile(r"bytes=\s*(\d+-\d*|-\d+)(\s*,\s*(\d+-\d*|-\d+))*\s*", re.IGNORECASE)


def media_app(store: MediaStore, db: StudioDb) -> Starlette:
    """The service as an ASGI application. Opens nothing until it is asked for something."""

    def media(request: Request) -> Response:
        names = _names(request)
        episode, asset = names["episode"], names["asset"]
        key, part = names.get("key", FILM), names.get("part", MAIN)
        approved = db.approved_take(episode, asset, key)
        if approved is None:
            raise HTTPException(404, _no_take(db, episode, asset, key))
        ref = approved.take.files.get(part)
        if ref is None:
            raise HTTPException(
                404, f"{_titled(approved.take)} has no part {part!r}. {_there_are(approved.take.files)}"
            )
        return _serve(store, request, approved.take, part, ref)

    def episode_page(request: Request) -> Response:
        episode = _names(request)["episode"]
        found = db.approved(episode)
        if not found:
            raise HTTPException(404, _no_take(db, episode, "", ""))
        rows = [(f"{asset} {key}".removesuffix(f" {FILM}"), one.take) for (asset, key), one in found.items()]
        return _page(episode, (_take_links(name, take) for name, take in rows))

    def front_page(_: Request) -> Response:
        films: dict[str, list[str]] = {brief.episode: [] for brief in db.briefs()}
        for episode, asset in db.approved_films():
            films.setdefault(episode, []).append(asset)
        return _page("Episodes", (_episode_links(episode, films[episode]) for episode in sorted(films)))

    def health(_: Request) -> Response:
        db.ping()
        return PlainTextResponse("ok\n")

    return Starlette(
        routes=[
            Route("/", front_page),
            Route("/healthz", health),
            Route("/media/{episode}", episode_page),
            Route("/media/{episode}/{asset}", media),
            Route("/media/{episode}/{asset}/{key}", media),
            Route("/media/{episode}/{asset}/{key}/{part}", media),
        ],
        exception_handlers={ProductionError: _tell, HTTPException: _tell_http},
    )


def serve_media(settings: StudioSettings, started: Callable[[str], None] | None = None) -> None:
    """Serve until interrupted. `started` is told the address once requests are answered.

    Raises OrderRefused when the address is taken or is not this machine's.
    """
    app = media_app(open_media_store(settings), StudioDb(settings.database_url))
    listener = _listen(settings)
    host, port = listener.getsockname()[:2]
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, lifespan="off")
    with listener:
        if started is not None:
            started(f"http://{host}:{port}")
        uvicorn.Server(config).run(sockets=[listener])


def _listen(settings: StudioSettings) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in settings.service_host else socket.AF_INET
        return socket.create_server((settings.service_host.strip("[]"), settings.service_port), family=family)
    except OSError as problem:
        raise OrderRefused(
            f"The media service cannot listen at {settings.service_url} ({problem.strerror}): "
            "stop what does, or set POKEGEO_MEDIA_SERVICE to another host:port."
        ) from problem


def _names(request: Request) -> dict[str, str]:
    """The names in an address. What could name nothing of ours is not even looked up."""
    if not all(_NAME.fullmatch(name) for name in request.path_params.values()):
        raise HTTPException(404)
    return request.path_params


def _serve(store: MediaStore, request: Request, take: TakeRow, part: str, ref: MediaRef) -> Response:
    tag = f'"{ref.sha256}"'
    # An address always shows the take that is approved now, so a browser asks each time.
    headers = {"etag": tag, "cache-control": "no-cache", "x-content-type-options": "nosniff"}
    if _knows(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    headers["content-disposition"] = f'inline; filename="{_file_name(take, part, ref)}"'
    url = store.url(ref.key)
    if url is None:
        return _PlainRange(store.open_local(ref.key), headers=headers, media_type=ref.content_type)
    if store.head(ref.key) is None:
        raise MediaMissing(f"{ref.key} is not in the media store. {make_again(ref.key)}")
    if request.method == "HEAD":  # the signed address is good for GET alone
        whole = {"content-length": str(ref.size), "accept-ranges": "bytes"}
        return Response(headers=headers | whole, media_type=ref.content_type)
    return RedirectResponse(url, status_code=307, headers={"cache-control": "no-store"})


class _PlainRange(FileResponse):
    """A file, with ranges; a Range header nobody understands is ignored."""

    async def __call__(self, scope, receive, send) -> None:
        asked = [value for name, value in scope["headers"] if name == b"range"]
        if asked and not _RANGE.fullmatch(asked[0].decode("latin-1")):
            scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] != b"range"]}
        await super().__call__(scope, receive, send)


def _knows(if_none_match: str, tag: str) -> bool:
    told = [text.strip().removeprefix("W/") for text in if_none_match.split(",")]
    return tag in told or told == ["*"]


def _file_name(take: TakeRow, part: str, ref: MediaRef) -> str:
    words = [
        take.episode,
        *([] if take.key == FILM else [take.key]),
        take.asset,
        *([] if part == MAIN else [part]),
    ]
    return f"{' '.join(words)}.{parse_key(ref.key).extension}"


# --- answers for people ------------------------------------------------------------------------


def _no_take(db: StudioDb, episode: str, asset: str, key: str) -> str:
    """Why there is nothing at an address, and what there is near it."""
    found = db.approved(episode)
    if not found:
        episodes = sorted(
            {brief.episode for brief in db.briefs()} | {name for name, _ in db.approved_films()}
        )
        if episode in episodes:
            return f"Nothing of {episode} is made yet."
        return f"There is no episode {episode!r}. {_there_are(episodes)}"
    keys = [name for what, name in found if what == asset]
    if not keys:
        return f"{episode} has no {asset!r} yet. {_there_are({what for what, _ in found})}"
    return f"{episode} has no {asset} of {key!r}. {_there_are(keys)}"


def _there_are(names: Iterable[str]) -> str:
    known = sorted(names)
    more = f" and {len(known) - _NAMED_IN_FULL} more" if len(known) > _NAMED_IN_FULL else ""
    return f"There is: {', '.join(known[:_NAMED_IN_FULL])}{more}." if known else "There is none yet."


def _titled(take: TakeRow) -> str:
    return f"{take.episode} {take.asset} {take.key}".removesuffix(f" {FILM}")


def _tell(_: Request, problem: Exception) -> Response:
    status = next((code for kind, code in _STATUS.items() if isinstance(problem, kind)), 404)
    return PlainTextResponse(f"{problem}\n", status)


def _tell_http(_: Request, problem: Exception) -> Response:
    if not isinstance(problem, HTTPException):
        raise problem
    told = problem.detail
    if told == "Not Found":
        told = "There is nothing here. Films are at /media/<episode>/<asset>/<key>; / lists them."
    return PlainTextResponse(f"{told}\n", problem.status_code, headers=problem.headers)


def _address(take: TakeRow, part: str) -> str:
    key = [] if (take.key, part) == (FILM, MAIN) else [take.key]
    return "/".join(["/media", take.episode, take.asset, *key, *([] if part == MAIN else [part])])


def _take_links(name: str, take: TakeRow) -> str:
    links = (f'<a href="{escape(_address(take, part))}">{escape(part)}</a>' for part in take.files)
    return f"{escape(name)}: {' '.join(links)} <small>{escape(take.member)}</small>"


def _episode_links(episode: str, assets: list[str]) -> str:
    links = (f'<a href="/media/{escape(episode)}/{escape(asset)}">{escape(asset)}</a>' for asset in assets)
    return f'<a href="/media/{escape(episode)}">{escape(episode)}</a> {" ".join(links)}'


def _page(title: str, lines: Iterable[str]) -> HTMLResponse:
    items = "\n".join(f"<li>{line}</li>" for line in lines) or "<li>Nothing yet.</li>"
    return HTMLResponse(
        "<!doctype html><html lang=en><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width">'
        f"<title>{escape(title)} – pokegeo</title>"
        "<style>body{font:16px/1.6 system-ui;max-width:48rem;margin:2rem auto;padding:0 1rem}</style>"
        f"<h1>{escape(title)}</h1>\n<ul>\n{items}\n</ul></html>"
    )

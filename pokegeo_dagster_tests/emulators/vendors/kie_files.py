"""KIE's file hosts: uploads come in, uploads and results go out by addresses that expire."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from dataclasses import dataclass
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import URL
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pokegeo_dagster_tests.emulators.vendors.answers import Answer, json_of, sent, spoilt
from pokegeo_dagster_tests.emulators.vendors.desk import Desk, new_id, origin
from pokegeo_dagster_tests.emulators.vendors.kie_troubles import said, trouble
from pokegeo_dagster_tests.emulators.vendors.scripted import Script

FILES = "/kie-files"
_LINK_LIFE_S = 20 * 60  # of an address that download-url gives
_MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "mp4": "video/mp4"}


@dataclass(frozen=True)
class Kept:
    """A file on the shelf."""

    data: bytes
    media_type: str


class Shelf:
    """Every file by its path, and the addresses that lead to it."""

    def __init__(self) -> None:
        self._files: dict[str, Kept] = {}
        self._addresses: dict[str, tuple[str, float]] = {}  # token → path, end of its life
        self._lock = Lock()

    def put(self, path: str, data: bytes) -> str:
        """Keep a file under `path`."""
        kind = path.rpartition(".")[2].lower()
        with self._lock:
            self._files[path] = Kept(data, _MEDIA_TYPES.get(kind, "application/octet-stream"))
        return path

    def address(self, base: str, path: str, life_s: float) -> str:
        """A new address of a file, good for `life_s` seconds."""
        token = new_id()
        with self._lock:
            self._addresses[token] = (path, time.time() + life_s)
        return f"{base}{FILES}/{path}?token={token}"

    def get(self, path: str, token: str) -> Kept | None:
        """The file, for a token that is its own and alive."""
        with self._lock:
            of, end = self._addresses.get(token, ("", 0.0))
            return self._files.get(path) if of == path and time.time() < end else None

    def has(self, path: str) -> bool:
        """Whether there is a file under `path`."""
        with self._lock:
            return path in self._files

    def revoke(self, token: str) -> None:
        """End the life of one address."""
        with self._lock:
            self._addresses.pop(token, None)

    def behind(self, url: str) -> bytes | None:
        """The bytes that an address of ours leads to; None for a dead one or somebody else's."""
        parts = URL(url)
        if not parts.path.startswith(f"{FILES}/"):
            return None
        kept = self.get(parts.path.removeprefix(f"{FILES}/"), parts.query.removeprefix("token="))
        return kept.data if kept else None

    def digest_behind(self, url: str) -> str:
        """What stands for an address in a request's digest: what is in the file, else the address."""
        path = urlsplit(url).path
        with self._lock:
            kept = self._files.get(path.removeprefix(f"{FILES}/")) if path.startswith(f"{FILES}/") else None
        return "sha256:" + hashlib.sha256(kept.data).hexdigest() if kept else url.partition("?")[0]


class KieFiles:
    """Serves the upload host and the download host."""

    def __init__(self, desk: Desk, shelf: Shelf):
        self.desk, self.shelf = desk, shelf

    def upload_routes(self) -> list[Route]:
        """With and without the /api that the real host has before them."""
        return [
            Route(f"{prefix}/{way}", endpoint, methods=["POST"])
            for prefix in ("", "/api")
            for way, endpoint in (
                ("file-stream-upload", self.upload_stream),
                ("file-base64-upload", self.upload_base64),
            )
        ]

    def file_routes(self) -> list[Route]:
        return [Route("/{path:path}", self.download)]

    async def upload_stream(self, request: Request) -> Response:
        fields = form_of(request.headers.get("content-type", ""), await request.body())
        data, given = fields.get("file", (b"", None))
        text = {name: value.decode() for name, (value, file) in fields.items() if file is None}
        return await self._upload(request, data, {"fileName": given, **text})

    async def upload_base64(self, request: Request) -> Response:
        body = await json_of(request) or {}
        try:
            data = base64.b64decode(str(body.get("base64Data", "")).rpartition(",")[2], validate=True)
        except ValueError:
            data = b""
        return await self._upload(request, data, {k: str(v) for k, v in body.items()})

    async def _upload(self, request: Request, data: bytes, fields: dict[str, Any]) -> Response:
        options = self.desk.options
        if options.kie_odd_agents_blocked and "python" in request.headers.get("user-agent", "python").lower():
            return await sent(Answer(body=b"error code: 1010", status=403, media_type="text/plain"))
        if request.headers.get("authorization") != f"Bearer {options.kie_key}":
            return await sent(said(401, "You do not have access permissions", options.kie_error_status))
        if not data or not fields.get("uploadPath"):
            return await sent(said(400, "file and uploadPath are required", options.kie_error_status))
        name = fields.get("fileName") or new_id() + ".bin"
        # Two files of one name overwrite each other at the vendor; a folder of its own keeps ours apart.
        path = f"{fields['uploadPath'].strip('/')}/{new_id()}/{name}"

        def keep(_: Script | None) -> Answer:
            self.shelf.put(path, data)
            url = self.shelf.address(origin(request), path, options.url_life_s)
            document = {
                "fileName": name,
                "filePath": path,
                "downloadUrl": url,
                "fileSize": len(data),
                "mimeType": _MEDIA_TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream"),
                "uploadedAt": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
            }
            whole = {"success": True, "code": 200, "msg": "File uploaded successfully", "data": document}
            return Answer(whole, vital=("data", "downloadUrl"))

        key = hashlib.sha256(data).hexdigest()
        return await self.desk.serve_free(
            "kie", "upload", key, name, keep, lambda script: trouble(script, options.kie_error_status)
        )

    async def download(self, request: Request) -> Response:
        """A file by an address that is still alive; 403 by one that is not, until there is a new one."""
        path, token = request.path_params["path"], request.query_params.get("token", "")

        def fetch(script: Script | None) -> Answer:
            kept = self.shelf.get(path, token)
            if kept is None:
                return _denied()
            return Answer(body=spoilt(kept.data, script), media_type=kept.media_type)

        def refuse(script: Script) -> Answer:
            if script.do == "expired_url":
                self.shelf.revoke(token)
                return _denied()
            return Answer(body=b"upstream error", status=script.status or 503, media_type="text/plain")

        return await self.desk.serve_free("kie", "download", path, path, fetch, refuse)

    def new_link(self, base: str, url: str) -> str | None:
        """A fresh address, good for 20 minutes, of the file that `url` once led to."""
        path = urlsplit(url).path.removeprefix(f"{FILES}/")
        return self.shelf.address(base, path, _LINK_LIFE_S) if self.shelf.has(path) else None


def _denied() -> Answer:
    body = b'<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code></Error>'
    return Answer(body=body, status=403, media_type="application/xml")


def form_of(content_type: str, body: bytes) -> dict[str, tuple[bytes, str | None]]:
    """The fields of a multipart form: value, and file name where it is a file."""
    boundary = re.search(r'boundary="?([^";]+)"?', content_type)
    if boundary is None:
        return {}
    fields = {}
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary[1].encode())[1:]:
        head, found, value = part.partition(b"\r\n\r\n")
        if not found:
            continue
        words = head.decode("utf-8", "replace")
        name, file = (re.search(rf'\b{word}="([^"]*)"', words) for word in ("name", "filename"))
        if name:
            fields[name[1]] = (value, file[1] if file else None)
    return fields

"""Static files (tệp tĩnh): their address carries a part of their hash, so browsers keep them until they change."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.staticfiles import StaticFiles
from starlette.types import Message, Receive, Scope, Send

VERSION = "v"
"""Parameter of the address; a file asked for with it may be kept for a year."""


def addresses(folder: Path) -> Callable[[str], str]:
    """From a file's name to its address; the hashes are read once."""
    known = {
        path.name: f"/static/{path.name}?{VERSION}={hashlib.sha256(path.read_bytes()).hexdigest()[:10]}"
        for path in folder.iterdir()
        if path.is_file()
    }
    return known.__getitem__


class Files(StaticFiles):
    """The files of a folder, kept by browsers when asked for by hash, asked about again otherwise."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kept = f"{VERSION}=".encode() in scope.get("query_string", b"")

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in (200, 304):
                headers = MutableHeaders(scope=message)
                headers["Cache-Control"] = "public, max-age=31536000, immutable" if kept else "no-cache"
            await send(message)

        await super().__call__(scope, receive, sent)

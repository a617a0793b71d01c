"""A program that asks the API with a key of its agency, in this process; and contacts with their numbers.

program = program(runtime, "konplong-tckh", "read:occurrences")
assert program.get("/occurrences").status_code == 200
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import httpx
from fastapi import FastAPI
from sqlalchemy import select

from htx_workflow.domain.scopes import SCOPES
from htx_workflow.runtime import Runtime
from htx_workflow.services import access_keys
from htx_workflow.services.access_keys import NewKey
from htx_workflow.store.tables import table
from htx_workflow.web.app import create_app
from tests.portal import Client

BASE = "/api/v1"
_APPS: WeakKeyDictionary[Runtime, FastAPI] = WeakKeyDictionary()


def app_of(runtime: Runtime) -> FastAPI:
    """The application of a runtime, made once: several programs and browsers ask the same one."""
    if runtime not in _APPS:
        _APPS[runtime] = create_app(runtime)
    return _APPS[runtime]


class Program(Client):
    """Asks with a key; without one it is a stranger."""

    token = ""
    number = 0

    def call(self, method: str, path: str, headers: dict[str, str] | None = None, **options: Any) -> httpx.Response:
        own = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.ask(
            method, path if path.startswith("/api") else BASE + path, headers=own | (headers or {}), **options
        )

    def read(self, path: str, headers: dict[str, str] | None = None, **options: Any) -> httpx.Response:
        return self.call("GET", path, headers, **options)

    def json(self, path: str) -> Any:
        answer = self.read(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def etag(self, path: str) -> dict[str, str]:
        """If-Match with what this thing looks like now."""
        answer = self.read(path)
        assert answer.status_code == 200, answer.text
        return {"If-Match": answer.headers["etag"]}


def contact_of(runtime: Runtime, code: str) -> Any:
    """The row of a contact."""
    contacts = table("contact")
    with runtime.reading() as session:
        return session.execute(select(contacts).where(contacts.c.code == code)).one()


def program(runtime: Runtime, contact: str, *scopes: str, token: str | None = None) -> Program:
    """A program with a new key of this contact's agency, with these scopes or all; or with the text of a token."""
    found = Program(app_of(runtime))
    if token is not None:
        found.token = token
        return found
    row = contact_of(runtime, contact)
    new = NewKey("phần mềm thử", scopes or tuple(SCOPES), row.agency_id, row.id)
    with runtime.transaction("test") as session:
        made = access_keys.make(session, new, contact, runtime.clock.now())
    found.token, found.number = made.token, made.number
    return found

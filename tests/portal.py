"""A browser for tests: asks one application in this process, keeps its cookies, and counts what a page reads.

browser = visit(runtime, "huyen-a-1")
assert browser.get("/viec").status_code == 200
assert browser.queries <= 12
browser.post("/viec/1/nhan", {"ghi_chu": "đã nhận"})
"""

from __future__ import annotations

import asyncio
import hmac
import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from html.parser import HTMLParser
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import event, select

from htx_workflow.domain.collation import fold
from htx_workflow.runtime import Runtime
from htx_workflow.services import visits
from htx_workflow.store import persons, tables
from htx_workflow.store.tables import table
from htx_workflow.web.app import create_app
from htx_workflow.web.portal import COOKIE, MACHINE, Portal

ADDRESS = "http://htx.example.vn"
PERSON = "Nguyễn Thị Mẫu"
AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36"
)
_READ = re.compile(r"\s*(SELECT|WITH)\b", re.IGNORECASE)
_WRITE = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)

Fields = Mapping[str, str | Sequence[str]]


class Client:
    """One browser at one application; each request has an event loop of its own."""

    def __init__(self, app: FastAPI, *, agent: str = AGENT, address: str = "203.0.113.7") -> None:
        self.app, self.cookies = app, httpx.Cookies()
        self.statements: list[str] = []
        """What the last request asked the database, without the opening and closing of transactions."""
        self._headers = {"user-agent": agent}
        self._transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 40000))
        portal = app.state.portal
        assert isinstance(portal, Portal)
        self.portal = portal

    @property
    def queries(self) -> int:
        """How many statements the last request sent to the database."""
        return len(self.statements)

    @property
    def written(self) -> list[str]:
        """Those of them that wrote; a GET has none."""
        return [statement for statement in self.statements if _WRITE.match(statement)]

    @property
    def mark(self) -> str:
        """The hidden field `dau` of this browser's forms."""
        runtime, token = self.portal.runtime, self.cookies.get(COOKIE, "")
        with runtime.reading() as session:
            visitor = visits.find(session, token, runtime.clock.now(), runtime.clock.today())
        machine = self.cookies.get(MACHINE, "")
        if visitor is None or not machine:
            return ""
        return hmac.new(machine.encode(), f"dau\n{visitor.contact}".encode(), sha256).hexdigest()[:32]

    def get(self, path: str, *, follow: bool = False) -> httpx.Response:
        return self.ask("GET", path, follow=follow)

    def post(
        self, path: str, data: Fields | None = None, files: Any = None, *, follow: bool = False, mark: bool = True
    ) -> httpx.Response:
        """Send a form, with the mark of this browser's session unless `mark` is False."""
        fields: dict[str, Any] = {"dau": self.mark} if mark else {}
        fields.update(data or {})
        return self.ask("POST", path, data=fields, files=files, follow=follow)

    def ask(self, method: str, path: str, *, follow: bool = False, **options: Any) -> httpx.Response:
        async def answer() -> httpx.Response:
            async with httpx.AsyncClient(
                transport=self._transport, base_url=ADDRESS, cookies=self.cookies, headers=self._headers,
                follow_redirects=follow,
            ) as client:  # fmt: skip
                found = await client.request(method, path, **options)
                self.cookies = client.cookies
                return found

        engine = self.portal.runtime.database.engine
        self.statements = []
        event.listen(engine, "before_cursor_execute", self._note)
        try:
            return asyncio.run(answer())
        finally:
            event.remove(engine, "before_cursor_execute", self._note)

    def _note(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        if _READ.match(statement) or _WRITE.match(statement):
            self.statements.append(statement)


def browser(target: FastAPI | Runtime, *, agent: str = AGENT, address: str = "203.0.113.7") -> Client:
    """A browser nobody is signed in with; `address` is where it asks from."""
    return Client(create_app(target) if isinstance(target, Runtime) else target, agent=agent, address=address)


def visit(
    target: FastAPI | Runtime, contact: str, strength: str = "code", *, person_id: int | None = None, named: bool = True
) -> Client:
    """A browser signed in as this contact; of strength `link`, `code` or `demo`.

    Where several people share the mailbox, or it names nobody, this is Nguyễn Thị Mẫu, unless another is given;
    `named=False`: nobody knows yet, and the first act asks.
    """
    client = browser(target)
    runtime, contacts = client.portal.runtime, table("contact")
    with runtime.reading() as session:
        found = session.execute(select(contacts).where(contacts.c.code == contact)).one()
        agency = session.execute(
            select(table("agency").c.code).where(table("agency").c.id == found.agency_id)
        ).scalar_one()
    if named and person_id is None and (found.shared or not found.name):
        person_id = a_person(runtime, agency, PERSON)
    with runtime.transaction("test") as session:
        token = visits.open_(session, found.id, strength, runtime.clock.now(), subject=contact, person_id=person_id)
    for name, value in ((COOKIE, token), (MACHINE, "may-thu")):
        client.cookies.set(name, value, domain="htx.example.vn", path="/")
    return client


def a_person(runtime: Runtime, agency: str, name: str, title: str = "", phone: str = "") -> int:
    """A person of an agency, new or known by that name; the number."""
    with runtime.transaction("test") as session:
        agencies = table("agency")
        number = session.execute(select(agencies.c.id).where(agencies.c.code == agency)).scalar_one()
        known = persons.find_by_fold(session, number, fold(name), runtime.clock.today())
        if known is not None:
            return known
        row = tables.Person(agency_id=number, name=name, title=title, phone=phone, fold=fold(name))
        session.add(row)
        session.flush()
        assert row.id is not None
        return row.id


class Page(HTMLParser):
    """A page taken apart: its words, its elements, and the fields of its forms."""

    def __init__(self, answer: httpx.Response | str) -> None:
        super().__init__()
        self._words: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.feed(answer if isinstance(answer, str) else answer.text)

    def handle_data(self, data: str) -> None:
        self._words.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    @property
    def words(self) -> str:
        """Everything it says, spaces made one."""
        return " ".join(" ".join(self._words).split())

    def all(self, tag: str) -> list[dict[str, str]]:
        """The attributes of every element of this kind."""
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def hidden(self) -> dict[str, str]:
        """The hidden fields, the last of each name."""
        return {each["name"]: each.get("value", "") for each in self.all("input") if each.get("type") == "hidden"}


def words_of(answer: httpx.Response) -> str:
    """What a page says."""
    return Page(answer).words

"""The portal: what each page costs at the server, and how many signed-in views of *my work* it serves a second.

Pages are asked of the real application in this process, on the demo's data (plan 3819 lived to 24/11/2025) and on a
large province (1,000 agencies, 60 duties, 3 years). The views are served by the real processes of `htx up --web N`
to 32 browsers that ask as fast as they are answered, from a process of their own on the same two cores. The peer is
a page without sign-in and database (`/health/live`) asked of the same server by the same browsers: the ceiling of
server, client and machine together.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import select

from benchmarks import databases, house, portal_data
from benchmarks.report import Figure
from htx_workflow.runtime import Clock, Runtime
from htx_workflow.services import visits
from htx_workflow.settings import Settings
from htx_workflow.store.database import Database
from htx_workflow.store.tables import table
from htx_workflow.web.app import create_app

PAGE_LIMIT, LARGE_LIMIT = 0.1, 0.25
"""Seconds at the server: on the demo's data, and on the large province's."""
VIEWS, P95 = {1: 100.0, 2: 200.0}, 0.35
BROWSERS, SPAN, TIMES = 32, 8.0, 15
DEMO_DAY = date(2025, 11, 24)
HOLDER_PAGES = ("/viec", "/phien")
DESK_PAGES = ("/ban", "/ban/kiem-tra", "/ban/de-nghi", "/ban/dot", "/ban/mot-trang", "/ban/dau-moi", "/ban/thu-sap-toi")


def measure() -> Iterator[Figure | str]:
    with tempfile.TemporaryDirectory(prefix="htx-bench-") as folder:
        demo = _lived(Path(folder))
        yield from _pages("demo", demo, DEMO_DAY, "dakto-tckh", "skhdt-dau-moi", PAGE_LIMIT)
        for processes in (1, 2):
            yield from _views(Path(folder), demo, processes)
    with databases.fresh("SQLite", "", "portal") as large:
        portal_data.fill(large)
        yield from _pages(
            "1 000 agencies, 180 000 pieces of work", large, date(2025, 11, 24), "dau-moi-3", "dau-moi-2", LARGE_LIMIT
        )


def _lived(folder: Path) -> Database:
    """Plan 3819 as the replay leaves it on the day of the demo."""
    done = subprocess.run(
        [sys.executable, "-m", "htx_workflow.cli", "replay", "kontum-3819", "--from", "2024-10-23", "--to",
         DEMO_DAY.isoformat(), "--seed", "1", "--out", str(folder / "out"), "--json"],
        cwd=house.HOME, capture_output=True, text=True, check=False,
        env={**os.environ, "HTX_VAR_DIR": str(folder / "var")},
    )  # fmt: skip
    if done.returncode:
        raise house.NotMeasured(f"replay: {done.stderr[-2000:]}")
    return Database(f"sqlite:///{json.loads(done.stdout)['database']}")


# Pages, one after the other


def _pages(case: str, database: Database, day: date, holder: str, lead: str, limit: float) -> Iterator[Figure | str]:
    runtime = Runtime(Settings(), Clock(day), database)
    app = create_app(runtime)
    slowest: list[tuple[float, str]] = []
    for contact, paths in ((holder, HOLDER_PAGES), (lead, DESK_PAGES)):
        token = _sign_in(database, runtime, contact)
        for path in [*paths, *_one_piece(database, contact)]:
            status, seconds = asyncio.run(_ask(app, path, token))
            if status == 200:
                slowest.append((seconds, path))
            else:
                yield f"{case}: {path} answered {status}."
    slowest.sort(reverse=True)
    seconds, path = slowest[0]
    yield Figure("a page at the server", f"{case}: the slowest, {path}", seconds, "s", limit)
    yield f"{case}: " + ", ".join(f"{path} {seconds * 1000:.0f} ms" for seconds, path in slowest) + "."


def _one_piece(database: Database, contact: str) -> list[str]:
    occurrences, contacts = table("occurrence"), table("contact")
    with database.reading() as session:
        found = session.execute(
            select(occurrences.c.id)
            .join(contacts, contacts.c.agency_id == occurrences.c.holder_id)
            .where(contacts.c.code == contact, occurrences.c.due_on.is_not(None))
            .limit(1)
        ).scalar()
    return [f"/viec/{found}"] if found else []


async def _ask(app: FastAPI, path: str, token: str) -> tuple[int, float]:
    """Status, and the median of so many answers after a first one."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", cookies={"htx": token}) as client:
        answer = await client.get(path)
        seconds = []
        for _ in range(TIMES):
            began = time.perf_counter()
            await client.get(path)
            seconds.append(time.perf_counter() - began)
    return answer.status_code, median(seconds)


def _sign_in(database: Database, runtime: Runtime, contact: str) -> str:
    contacts = table("contact")
    with database.transaction("bench-session") as session:
        number = session.execute(select(contacts.c.id).where(contacts.c.code == contact)).scalar_one()
        return visits.open_(session, number, "code", runtime.clock.now(), subject=contact)


# Many views at once


def _views(folder: Path, demo: Database, processes: int) -> Iterator[Figure | str]:
    runtime = Runtime(Settings(), Clock(DEMO_DAY), demo)
    contacts = table("contact")
    with demo.reading() as session:
        codes = list(session.execute(select(contacts.c.code).order_by(contacts.c.id)).scalars())
    tokens = [_sign_in(demo, runtime, code) for code in codes[:BROWSERS]]
    with _served(folder, demo.url, processes) as port:
        ceiling = _browse(port, "/health/live", tokens)
        views = _browse(port, "/viec", tokens)
    wait = quantiles(views["seconds"], n=20)[-1]
    per_second, peer = views["answers"] / views["took"], ceiling["answers"] / ceiling["took"]
    case = f"{processes} process{'es' if processes > 1 else ''}, {BROWSERS} connections"
    yield Figure("views of my work", case, per_second, "/s", None, "a page without database", peer)
    yield Figure("its 95th percentile", case, wait, "s", P95, "the same page", quantiles(ceiling["seconds"], n=20)[-1])
    kept = "kept" if per_second >= VIEWS[processes] else "MISSED"
    yield f"{case}: {per_second:.0f} views a second, wanted {VIEWS[processes]:.0f} ({kept}); {views['wrong']} errors."


def _browse(port: int, path: str, tokens: list[str]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.visitors", str(port), str(SPAN), str(BROWSERS), path, *tokens],
        cwd=house.HOME, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise house.NotMeasured(f"browsers: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@contextmanager
def _served(folder: Path, url: str, processes: int) -> Iterator[int]:
    """The real service without Prefect and without its clock, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    environment = {
        **os.environ, "HTX_VAR_DIR": str(folder / "service"), "HTX_DATABASE_URL": url, "HTX_SCHEDULER": "prefect",
        "HTX_TODAY": (DEMO_DAY + timedelta(days=1)).isoformat(),
    }  # fmt: skip
    command = [
        sys.executable,
        "-m",
        "htx_workflow.cli",
        "up",
        "--no-prefect",
        "--port",
        str(port),
        "--web",
        str(processes),
    ]
    process = subprocess.Popen(
        command, cwd=house.HOME, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=2) as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise house.NotMeasured("portal: the service did not answer within 30 s")

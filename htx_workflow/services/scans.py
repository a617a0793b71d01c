"""Scanning afterwards (quét sau): what came while the virus scanner was silent. Needs none of the readers of files."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime

from htx_workflow.domain import audit
from htx_workflow.gateways.clamav import Scanner, ScannerSilent
from htx_workflow.store import audit_chain
from htx_workflow.store import files as store
from htx_workflow.store.database import Database

AT_ONCE = 20
"""Files that one beat scans at most."""


@dataclass(frozen=True, slots=True)
class Rescanned:
    """What came of the files that waited; `problem` says why some still do."""

    clean: int = 0
    infected: int = 0
    problem: str = ""


def rescan_waiting(database: Database, scanner: Scanner | None, now: datetime, limit: int = AT_ONCE) -> Rescanned:
    """Scan what came while the scanner was silent. Without a scanner in the settings any more, nothing waits."""
    with database.reading() as session:
        waiting = store.list_waiting(session, limit)
    if not waiting:
        return Rescanned()
    if scanner is None:
        with database.transaction("scan") as session:
            store.settle(session, waiting, "none", "máy quét đã được bỏ khỏi thiết lập")
        return Rescanned()
    clean = infected = 0
    for sum_ in waiting:
        with database.reading() as session:
            body = store.body(session, sum_) or b""
        try:
            verdict = scanner.scan(io.BytesIO(body))
        except ScannerSilent as error:
            return Rescanned(clean, infected, str(error))
        with database.transaction("scan") as session:
            store.settle(session, [sum_], "clean" if verdict.clean else "infected", verdict.threat)
            if not verdict.clean:
                audit_chain.note(session, audit.Event(now, "system", "file.infected", f"blob/{sum_}", {}))
        clean, infected = clean + verdict.clean, infected + (not verdict.clean)
    return Rescanned(clean, infected)

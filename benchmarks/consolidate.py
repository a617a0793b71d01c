"""The nation's 33,000 cooperatives with three levels each: read, rated, judged, kept, and the workbook written.

Each cooperative has a start, a self-score with two sign-offs and two cards of levels above; every seventh differs
somewhere, with its reason. Peers: the points alone read as rows and put into objects, one for each, before anything is
added up; the workbook's values alone, without any look, written row by row with openpyxl. Beside it the documents of
the end of plan 3819. Each process is one of its own: `python -m benchmarks.consolidate make|peer|papers URL` prints JSON.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from sqlalchemy import insert, select

from benchmarks import databases, house
from benchmarks.child import Watched, peak
from benchmarks.data import CHUNK
from benchmarks.report import Figure, pace
from htx_workflow.domain import figures, summary_lists
from htx_workflow.domain.figures import Table
from htx_workflow.domain.plan import Plan
from htx_workflow.gateways import rubric_files
from htx_workflow.gateways.word import Word
from htx_workflow.runtime import collect_less_often
from htx_workflow.services import consolidations, documents, snapshot_keeping
from htx_workflow.services.reports import When
from htx_workflow.store import plans as plan_store
from htx_workflow.store import rubric_rows
from htx_workflow.store.database import Database, Session
from htx_workflow.store.rows import add_all, chunks
from htx_workflow.store.tables import table

UNITS, DISTRICTS = 33_000, 660
LEVELS = ("self", "district", "province")
CODE, PERIOD, DAY = "ca-nuoc", "2025", date(2025, 12, 22)
NOW = datetime(2025, 12, 22, 2, 0, tzinfo=UTC)
WORD = Word(house.HOME / "templates" / "documents")
RUBRIC = rubric_files.read_rubric(Path(__file__).parents[1] / "config" / "rubrics" / "tt-01-2020.yaml")
PLACES = [key for criterion in RUBRIC.criteria.values() for key in criterion.scored_at]
SECONDS, MEMORY, COMMIT = 60.0, 600.0, 0.5
"""For scores, consolidation and workbook together; for each commit."""
PLAN = house.HOME / "config" / "plans" / "kontum-3819.yaml"
FACTS = {
    "governance": "day-du", "months_operating": 60, "months_idle": 0, "sanctioned": False, "sector": "nong-nghiep",
    "kind": "hon-hop", "capital": 2_500_000_000,
}  # fmt: skip


def measure() -> Iterator[Figure | str]:
    with databases.server() as address:
        for kind in databases.KINDS:
            with databases.fresh(kind, address, "consolidate") as database:
                fill(database)
                url = database.engine.url.render_as_string(hide_password=False)
                made, peer = _child("make", url), _child("peer", url)
            yield from _nation(kind, made, peer)
            with databases.fresh(kind, address, "papers") as database:
                url = database.engine.url.render_as_string(hide_password=False)
                fill_3819(database, url)
                papers = _child("papers", url)
            yield Figure(
                "documents of the end", f"{kind}, plan 3819, {papers['files']} files", papers["seconds"], "s", 5.0
            )


def _nation(kind: str, made: dict[str, Any], peer: dict[str, Any]) -> Iterator[Figure | str]:
    case, name = f"{kind}, {UNITS // 1000} 000 cooperatives × 3 levels", "consolidation with its workbook"
    objects, plain = "reading the points as objects", "its values alone with openpyxl"
    yield Figure(name, case, made["seconds"], "s", SECONDS, objects, peer["seconds"])
    yield Figure("its processor time", case, made["processor"], "s", None, objects, peer["processor"])
    yield Figure("its memory", case, made["peak"], "MB", MEMORY, objects, peer["peak"])
    yield Figure("its workbook, processor time", case, made["workbook_processor"], "s", None, plain, made["plain"])
    yield Figure("its longest commit", case, max(made["longest"].values()), "s", COMMIT)
    commits = ", ".join(f"{what} {1000 * seconds:.0f} ms" for what, seconds in made["longest"].items())
    yield (
        f"{name}, {kind}: computed in {made['compute']:.1f} s, kept in {made['keep']:.1f} s (longest commits: {commits}),"
        f" workbook of {made['size'] / 1e6:.1f} MB in {made['workbook']:.1f} s, read back in {made['find']:.1f} s;"
        f" {made['passed']} of {made['of']} passed; pace {made['pace']:.2f}"
    )


def _child(what: str, url: str) -> dict[str, Any]:
    return house.child(what, url, module="benchmarks.consolidate")


def fill(database: Database) -> None:
    """Write the nation into an empty, migrated database."""
    with database.transaction("fill") as session:
        plan_id, units = _plan(session)
        definition = rubric_rows.number_of(session, RUBRIC, NOW)
    for batch in chunks(range(len(units)), CHUNK):
        with database.transaction("fill") as session:
            add_all(session, table("baseline"), list(_starts(plan_id, units, batch)))
            for place, level in enumerate(LEVELS):
                _cards(session, plan_id, units, batch, place, level, definition)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)" if database.is_sqlite else "VACUUM ANALYZE")


def _plan(session: Session) -> tuple[int, list[int]]:
    agencies: list[dict[str, Any]] = [
        {"code": "tinh", "kind": "province", "name": "Ủy ban nhân dân tỉnh", "short_name": "UBND tỉnh"},
        {"code": "so", "kind": "department", "name": "Sở Mẫu", "short_name": "Sở Mẫu", "parent": "tinh"},
    ]
    for number in range(DISTRICTS):
        name = f"Ủy ban nhân dân huyện số {number}"
        agencies.append(
            {"code": f"huyen-{number}", "kind": "district", "name": name, "short_name": name, "parent": "tinh"}
        )
    for number in range(UNITS):
        name = f"Hợp tác xã nông nghiệp, dịch vụ tổng hợp mô phỏng số {number}"
        agencies.append(
            {"code": f"htx-{number}", "kind": "cooperative", "name": name, "short_name": f"HTX mô phỏng {number}",
             "parent": f"huyen-{number % DISTRICTS}"}
        )  # fmt: skip
    rows = [
        {"id": number, "code": one["code"], "kind": one["kind"], "sort": number, "place": "",
         "parent_id": 1 if "parent" in one and one["parent"] == "tinh" else (number - 3) % DISTRICTS + 3 if number > 2 + DISTRICTS else None}
        for number, one in enumerate(agencies, 1)
    ]  # fmt: skip
    names = [
        {"agency_id": number, "valid_from": date(2024, 1, 1), "name": one["name"], "short_name": one["short_name"],
         "doc_code": ""}
        for number, one in enumerate(agencies, 1)
    ]  # fmt: skip
    for batch in chunks(rows, CHUNK):
        session.execute(insert(table("agency")), batch)
    for batch in chunks(names, CHUNK):
        session.execute(insert(table("agency_name")), batch)
    duty = {"id": "N.1", "clause": "Mục 1", "title": "Theo dõi", "kind": "continuous", "holders": ["so"]}
    plan = Plan.model_validate(
        {
            "code": CODE, "title": "Kế hoạch mô phỏng", "short": "KH mô phỏng",
            "document": {"number": "01/KH-UBND", "dated": "2025-01-02", "issuer": "tinh", "subject": "Mô phỏng"},
            "starts_on": "2025-01-02", "ends_on": "2025-12-31", "lead": "so", "province": "tinh",
            "agencies": agencies, "ladders": {"deadline": [{"step": "0"}], "expected": [{"step": "0"}]},
            "duties": [duty], "scoring": {"rubric": RUBRIC.code, "pass_mark": 80},
        }
    )  # fmt: skip
    codes = {row["code"]: row["id"] for row in rows}
    plan_id, version = plan_store.write_plan(session, plan, codes, plan.starts_on)
    plan_store.add_version(session, plan_id, version, plan, "…", "0" * 64, NOW, "system")
    plan_store.write_duties(session, plan_id, version, plan.duties)
    return plan_id, [row["id"] for row in rows if row["kind"] == "cooperative"]


def _starts(plan_id: int, units: list[int], batch: list[int]) -> Iterator[dict[str, Any]]:
    for number in batch:
        for item in RUBRIC.criteria:
            yield {
                "plan_id": plan_id, "unit_id": units[number], "rubric_code": RUBRIC.code,
                "rubric_version": RUBRIC.version, "item": item, "hundredths": 300 + (number * item) % 50,
                "to_improve": item % 4 == number % 4, "document_id": None, "at": NOW, "by_code": "system",
                "replaced_at": None,
            }  # fmt: skip


def _cards(
    session: Session, plan_id: int, units: list[int], batch: list[int], place: int, level: str, definition: int
) -> None:  # fmt: skip
    cards, scores, signed = [], [], []
    for number in batch:
        card = 3 * number + place + 1
        facts = {**FACTS, "members": number % 1500}
        cards.append(
            {
                "id": card, "plan_id": plan_id, "unit_id": units[number], "scorer_id": units[number],
                "definition_id": definition, "period": PERIOD, "stage": "final", "level": level, "revision": 1,
                "based_on_id": None, "state": "submitted" if level == "province" else "accepted",
                "facts": json.dumps(facts), "rated": "rated", "not_rated_why": "", "total_hundredths": 8000,
                "band": "tot", "draft_version": 1, "opened_at": NOW, "saved_at": NOW, "saved_by": "system",
                "sent_at": NOW, "sent_by": "system", "sent_on": DAY, "on_behalf": False, "document_id": None,
                "settled_at": NOW, "settled_by": "system", "reason": "",
            }
        )  # fmt: skip
        differs = place and number % 7 == 0
        for at, key in enumerate(PLACES):
            most = RUBRIC.places[key].max
            full = int(most * 100) if most is not None else 650
            given = full - (number * (at + 3)) % (full // 4 + 1) - (25 if differs and at == 4 else 0)
            reason = "đối chiếu sổ sách" if differs and at == 4 else ""
            scores.append(
                {"scorecard_id": card, "item": key, "hundredths": given, "computed": None, "why": "", "reason": reason,
                 "evidence": ""}
            )  # fmt: skip
        if not place:
            signed += [
                {"scorecard_id": card, "role": role, "name": "Người Mẫu", "person_id": None, "on_paper": True,
                 "on_day": DAY, "attachment_id": None, "at": NOW, "by_code": "system"}
                for role in ("chu-tich-hdqt", "truong-bks")
            ]  # fmt: skip
    for name, rows in (("scorecard", cards), ("score", scores), ("sign_off", signed)):
        add_all(session, table(name), rows)


def fill_3819(database: Database, url: str) -> None:
    """Plan 3819 with the cards of its five cooperatives in an empty, migrated database."""
    with tempfile.TemporaryDirectory(prefix="htx-bench-") as folder:
        done = subprocess.run(
            [sys.executable, "-m", "htx_workflow.cli", "plan", "load", str(PLAN), "--on", "2024-10-23"],
            env={**os.environ, "HTX_DATABASE_URL": url.replace("+psycopg", ""), "HTX_VAR_DIR": folder},
            cwd=house.HOME, capture_output=True, text=True, check=False,
        )  # fmt: skip
    if done.returncode:
        raise house.NotMeasured(f"plan load: {done.stderr[-2000:]}")
    agencies = table("agency")
    with database.transaction("fill") as session:
        loaded = plan_store.list_plans(session)[0]
        wanted = select(agencies.c.id).where(agencies.c.code.in_(loaded.plan.scored())).order_by(agencies.c.id)
        units = list(session.execute(wanted).scalars())
        definition, every = rubric_rows.number_of(session, RUBRIC, NOW), list(range(len(units)))
        add_all(session, table("baseline"), list(_starts(loaded.id, units, every)))
        for place, level in enumerate(LEVELS):
            _cards(session, loaded.id, units, every, place, level, definition)


def make(url: str) -> dict[str, Any]:
    """The whole snapshot and its workbook, as the command makes them."""
    collect_less_often()
    database, when, marks = Watched(url), When(DAY, NOW, "system"), [_mark()]
    with database.reading() as session:
        made = consolidations.compute(session, CODE, PERIOD, RUBRIC, DAY, when)
    marks.append(_mark())
    kept = snapshot_keeping.keep(database, made, RUBRIC, None, when)
    marks.append(_mark())
    with database.reading() as session:
        frame = documents.frame(session, kept, RUBRIC, DAY, simulation=False)
    written = documents.write(kept, frame, documents.WORKBOOK, WORD)
    marks.append(_mark())
    most, longest = peak(), dict(database.longest)
    del made
    with database.reading() as session:
        same = consolidations.find(session, CODE, PERIOD) == kept
    if not same or len(kept.cooperatives) != UNITS:
        raise house.NotMeasured("what was read back is not what was kept")
    read = _mark()
    _plain(summary_lists.every(kept, frame))
    wall, processor = zip(*marks, strict=True)
    return {
        "seconds": wall[3] - wall[0],
        "processor": processor[3] - processor[0],
        "compute": wall[1] - wall[0],
        "keep": wall[2] - wall[1],
        "workbook": wall[3] - wall[2],
        "workbook_processor": processor[3] - processor[2],
        "find": read[0] - wall[3],
        "plain": time.process_time() - read[1],
        "peak": most,
        "longest": longest,
        "size": len(written.body),
        "pace": pace(),
        "passed": kept.target.passed,
        "of": kept.target.of,
    }


def _mark() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _plain(tables: list[Table]) -> None:
    book = Workbook(write_only=True)
    for one in tables:
        page = book.create_sheet(one.name)
        for row in one.rows:
            page.append([figures.held(column, value) for column, value in zip(one.columns, row, strict=True)])
    book.save(io.BytesIO())


def papers(url: str) -> dict[str, Any]:
    """Every document of the end of plan 3819, from the snapshot to the files, once the process is warm."""
    database, when = Database(url), When(DAY, NOW, "system")
    with database.reading() as session:
        code = plan_store.list_plans(session)[0].plan.code
        made = consolidations.compute(session, code, PERIOD, RUBRIC, DAY, when)
    began, processor = _mark()
    with database.reading() as session:
        frame = documents.frame(session, made, RUBRIC, DAY, simulation=False)
        units = [line.key for line in made.cooperatives]
        own = documents.cards(session, made, RUBRIC, DAY, units, simulation=False)
    files = list(documents.write_all(made, frame, own, WORD, final=True))
    done = _mark()
    return {"seconds": done[0] - began, "processor": done[1] - processor, "files": len(files)}


def peer(url: str) -> dict[str, Any]:
    """Every point as a mapped object, as it is often written; nothing is added up yet."""
    from htx_workflow.store.tables import Score

    database = Database(url)
    began, processor = _mark()
    with database.reading() as session:
        found: dict[int, dict[str, int | None]] = {}
        for score in session.execute(select(Score)).scalars():
            found.setdefault(score.scorecard_id, {})[score.item] = score.hundredths
    done = _mark()
    return {"seconds": done[0] - began, "processor": done[1] - processor, "peak": peak(), "cards": len(found)}


if __name__ == "__main__":
    print(json.dumps({"make": make, "papers": papers, "peer": peer}[sys.argv[1]](sys.argv[2])))

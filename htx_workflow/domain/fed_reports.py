"""What agencies wrote, put together for F-D: support items (D8), activities (D9), difficulties (D10), proposals (D12)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from htx_workflow.domain import collation, fed_values, form_cells, report_extracts
from htx_workflow.domain.form_cells import decimal_of
from htx_workflow.domain.form_scope import ROW, rows_of
from htx_workflow.domain.form_slots import Value, Values
from htx_workflow.domain.requests import WAITING

OTHERWISE = "Các cơ quan ghi khác nhau"
DECIDED = {"granted": "Đã giải quyết", "refused": "Không đồng ý"}
LONGEST = 300
"""Signs of a model's name in D12."""


class Told(NamedTuple):
    """The values an agency sent on a form."""

    by: str
    form: str
    values: Mapping[str, Value]


# D8


def support_items(reports: Iterable[Told], states: Mapping[str, str]) -> Value:
    """Each item once, under the state that agencies give it; where they differ, under a line of its own."""
    found: dict[str, set[str]] = {}
    for report in reports:
        for row in rows_of(report.values.get("A7")):
            item, state = row.get(ROW), row.get("A7.2")
            if isinstance(item, str) and isinstance(state, str):
                found.setdefault(item, set()).add(state)
    counts = dict.fromkeys(states.values(), 0)
    for said in found.values():
        title = states.get(next(iter(said)), OTHERWISE) if len(said) == 1 else OTHERWISE
        counts[title] = counts.get(title, 0) + 1
    return fed_values.table({"D8.1": title, "D8.2": str(number)} for title, number in counts.items()) if found else None


# D9


class Activity(NamedTuple):
    """A row of the register A3."""

    by: str
    kind: str
    day: str
    place: str
    name: str
    people: Decimal | None

    @property
    def key(self) -> tuple[str, str, str]:
        """Same day, place and name: the same class, whoever lists it."""
        return self.day, collation.fold(self.place), collation.fold(self.name)


def activities(reports: Iterable[Told], kinds: Mapping[str, str]) -> Value:
    """How many of each kind and how many people; one that several agencies list is counted once and asked about."""
    by_key: dict[tuple[str, str, str], list[Activity]] = {}
    for report in reports:
        for one in _activities(report):
            by_key.setdefault(one.key, []).append(one)
    counted: dict[str, list[Activity]] = {}
    asked: dict[str, list[str]] = {}
    for rows in by_key.values():
        if len({one.by for one in rows}) == 1:
            counted.setdefault(rows[0].kind, []).extend(rows)
            continue
        chosen = max(rows, key=lambda one: one.people if one.people is not None else Decimal(-1))
        counted.setdefault(chosen.kind, []).append(chosen)
        asked.setdefault(chosen.kind, []).append(_question(rows, chosen))
    order = [*kinds, *(kind for kind in counted if kind not in kinds)]
    return fed_values.table(
        _activity_row(kinds.get(kind, kind), counted[kind], asked.get(kind, ())) for kind in order if kind in counted
    )


def _activities(report: Told) -> Iterator[Activity]:
    for row in rows_of(report.values.get("A3")):
        kind, day, place, name = (f"{row.get(cell) or ''}" for cell in ("A3.2", "A3.1a", "A3.3b", "A3.3a"))
        if kind:
            yield Activity(report.by, kind, day, place, name, decimal_of(row.get("A3.5a")))


def _question(rows: list[Activity], chosen: Activity) -> str:
    told = ", ".join(f"{one.by} ({_people(one)})" for one in rows)
    day = form_cells.day_shown(chosen.day) if chosen.day else ""
    return f"“{chosen.name}” ngày {day} tại {chosen.place}: {told} cùng ghi, tính một lần ({_people(chosen)})"


def _people(one: Activity) -> str:
    return "chưa có số lượt người" if one.people is None else f"{form_cells.exact(one.people)} lượt người"


def _activity_row(title: str, rows: list[Activity], asked: Iterable[str]) -> Values:
    known = [one.people for one in rows if one.people is not None]
    people = form_cells.exact(sum(known, Decimal(0))) if known else fed_values.MISSING
    return {"D9.1": title, "D9.2": str(len(rows)), "D9.3": people, "D9.4": "; ".join(asked)}


# D10


class Raised(NamedTuple):
    """A difficulty or a proposal that an agency raised."""

    by: str
    kind: str
    state: str
    reason: str
    decision: str
    raised_on: date


def difficulties(requests: Iterable[Raised]) -> Value:
    """What was raised, what was answered, and since when the rest waits."""
    return fed_values.table(
        {
            "D10.1": f"{one.by}: {one.reason}" if one.kind == "difficulty" else f"{one.by} đề xuất",
            "D10.2": one.reason if one.kind == "proposal" else None,
            "D10.3": ": ".join(part for part in (DECIDED[one.state], one.decision) if part)
            if one.state in DECIDED
            else None,
            "D10.4": one.raised_on.isoformat() if one.state in WAITING else None,
        }
        for one in requests
    )


# D12


def proposals(reports: Iterable[Told]) -> Value:
    """Models that agencies propose, with their sender: the tables of F-NR, the summaries of F-C."""
    return fed_values.table(row for report in reports for row in _proposed(report))


def _proposed(report: Told) -> Iterator[Values]:
    for one in report_extracts.proposals(report.form, report.values):
        yield {
            "D12.1": one.model[:LONGEST],
            "D12.2": one.place,
            "D12.3": one.units,
            "D12.4": one.money,
            "D12.5": one.doer,
            "D12.6": report.by,
        }
    text = report.values.get("C10c") if report.form == "F-C" else None
    if isinstance(text, str) and text.strip():
        yield {"D12.1": _shortened(text.strip()), "D12.6": report.by}


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 2].rsplit(None, 1)[0]} …"

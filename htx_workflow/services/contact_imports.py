"""Bringing in the list of contacts (nhập danh sách đầu mối): judged whole, shown before, applied in one act.

What a file says of a contact replaces what was known: a blank cell is blank. Contacts it does not name stay. Nothing is
written while a single cell is wrong; what is shown is worked out again when it is applied.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from htx_workflow.domain import contact_rows
from htx_workflow.domain.contact_rows import COLUMNS, Cell, Judged, Known
from htx_workflow.domain.errors import BadInput
from htx_workflow.domain.mail_ways import Roles, moved
from htx_workflow.gateways import excel
from htx_workflow.services import contact_changes
from htx_workflow.services.contact_changes import Change
from htx_workflow.services.contact_lists import NAME
from htx_workflow.services.handovers import Way, way
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import contacts as contact_store
from htx_workflow.store.agencies import AgencyRow
from htx_workflow.store.database import Session

UNPACKED = 40 << 20
UNREADABLE = "Nội dung gửi lên không đọc được. Đề nghị đưa tệp lên lại."
Raw = Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Asker:
    """Whose list it is to be: agencies he keeps, and whether he gives rights."""

    kept: Collection[int]
    rights: bool


class Batch(NamedTuple):
    """The changes of one kind of agency: applied apart from the others where that is wished."""

    kind: str
    added: int
    changed: int
    ended: int


@dataclass
class Examined:
    """What a file would change, and every cell that is to be corrected."""

    judged: Judged
    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    ways: list[Way] = field(default_factory=list)
    agencies: dict[int, AgencyRow] = field(default_factory=dict)

    @property
    def errors(self) -> list[str]:
        return self.judged.errors

    def count(self, act: str) -> int:
        return sum(change.act == act for change in self.changes)

    @property
    def batches(self) -> list[Batch]:
        """By kind of agency, in the order of the plans."""
        kinds = dict.fromkeys(self.agencies[change.agency_id].kind.value for change in self.changes)
        return [
            Batch(kind, *(sum(1 for change in mine if change.act == act) for act in ("add", "set", "end")))
            for kind in kinds
            for mine in [[each for each in self.changes if self.agencies[each.agency_id].kind.value == kind]]
        ]

    def only(self, kinds: Collection[str]) -> list[Change]:
        """The changes of these kinds of agencies; of all where none is named."""
        return [each for each in self.changes if not kinds or self.agencies[each.agency_id].kind.value in kinds]


def read(body: bytes) -> list[Raw]:
    """The filled rows of a file as text with their places. Raises BadInput for another file."""
    rows = excel.read(body, NAME, tuple(COLUMNS), labels=tuple(COLUMNS.values()), needed=contact_rows.NEEDED)
    return [{code: Cell(cell.place, cell.text) for code, cell in row.items()} for row in rows]


def pack(rows: Sequence[Raw]) -> str:
    """The rows in a form that a page carries along until they are applied."""
    plain = [[row["agency"].place, {code: cell.text for code, cell in row.items()}] for row in rows]
    return base64.b85encode(zlib.compress(json.dumps(plain, ensure_ascii=False).encode())).decode()


def unpack(text: str) -> list[Raw]:
    """The rows that a page carried. Raises BadInput for anything else."""
    try:
        opened = zlib.decompressobj()
        plain = json.loads(opened.decompress(base64.b85decode(text), UNPACKED))
        return [
            {code: Cell(str(place), str(texts.get(code, ""))) for code in COLUMNS if code in texts}
            for place, texts in plain
            if set(contact_rows.NEEDED) <= set(texts)
        ]
    except (ValueError, binascii.Error, zlib.error, TypeError, AttributeError) as error:
        raise BadInput(UNREADABLE) from error


def examine(session: Session, rows: Sequence[Raw], asker: Asker, today: date, *, convert: bool = False) -> Examined:
    """Judge every row and work out what it would change; nothing is written."""
    agencies = agency_store.list_agencies(session, today)
    duties = contact_store.list_duties(session)
    names: dict[str, list[int]] = {}
    for row in duties:
        names.setdefault(row.code, []).append(row.id)
        names[f"{row.plan}/{row.code}"] = [row.id]
    known = Known(
        {row.code: (row.short_name, row.name) for row in agencies.values()},
        {name: tuple(str(number) for number in numbers) for name, numbers in names.items()},
        frozenset(row.code for row in agencies.values() if row.id in asker.kept),
        asker.rights,
    )
    found = Examined(contact_rows.judge(rows, known, convert=convert), agencies=agencies)
    found.judged.errors += contact_rows.different(found.judged.lines)
    if found.errors:
        return found
    state = contact_changes.State(session, {row.code: row.id for row in agencies.values()}, names, today)
    found.changes, found.unchanged = state.changes(found.judged.lines, found.judged.errors, rights=asker.rights)
    order = {number: place for place, number in enumerate(agencies)}
    found.changes.sort(key=lambda change: order[change.agency_id])
    if not found.errors:
        found.ways = _ways(session, found.changes, agencies, today)
    return found


def _ways(
    session: Session, changes: Sequence[Change], agencies: Mapping[int, AgencyRow], today: date
) -> list[Way]:  # fmt: skip
    """Where mail about open work goes to others than today."""
    touched = {change.agency_id for change in changes}
    people = [row for row in agency_store.list_contacts(session, today) if row.agency_id in touched]
    before: dict[str, tuple[str, list[Any]]] = {row.code: (row.address, list(row.assignments)) for row in people}
    after = contact_changes.after(before, changes, today)
    found = moved(
        Roles[str](before.values()), Roles[str](after.values()), contact_store.open_work(session, sorted(touched))
    )
    names = {number: agencies[number].short_name for number in touched}
    return [way(each, names) for each in found]

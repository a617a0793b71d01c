"""Agencies (cơ quan) as the administrator keeps them: added, and renamed by a document from a day on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from htx_workflow.domain import audit
from htx_workflow.domain.errors import BadInput, NotFound, TooLate
from htx_workflow.domain.plan import CODE, AgencyKind
from htx_workflow.services import mailboxes
from htx_workflow.store import agencies as store
from htx_workflow.store import agency_names, audit_chain, signs
from htx_workflow.store import documents as document_store
from htx_workflow.store.agencies import AgencyRow
from htx_workflow.store.database import Session
from htx_workflow.store.documents import DocumentRef

KIND_WORDS = {
    AgencyKind.PROVINCE: "Ủy ban nhân dân tỉnh",
    AgencyKind.DEPARTMENT: "Sở, ban, ngành",
    AgencyKind.BANK: "Ngân hàng",
    AgencyKind.UNION: "Liên minh hợp tác xã, đoàn thể",
    AgencyKind.DISTRICT: "Ủy ban nhân dân cấp huyện",
    AgencyKind.COMMUNE: "Ủy ban nhân dân cấp xã",
    AgencyKind.COOPERATIVE: "Hợp tác xã",
    AgencyKind.MINISTRY: "Bộ, cơ quan trung ương",
}


@dataclass(frozen=True, slots=True)
class Names:
    """What an agency is called."""

    name: str
    short_name: str
    doc_code: str = ""

    def tidy(self) -> Names:
        found = Names(*(" ".join(text.split()) for text in (self.name, self.short_name, self.doc_code)))
        if not found.name:
            raise BadInput("Chưa có tên cơ quan. Đề nghị nhập tên đầy đủ như trong văn bản.")
        mailboxes.check_words(Tên_ngắn=found.short_name, Chữ_viết_tắt=found.doc_code)
        if len(found.name) > 400:
            raise BadInput("Tên cơ quan dài hơn 400 ký tự.")
        mailboxes.check_words(Tên=found.name[: mailboxes.LONGEST])
        return Names(found.name, found.short_name or found.name, found.doc_code)


@dataclass(frozen=True, slots=True)
class NewAgency:
    """An agency to be."""

    code: str
    kind: str
    names: Names
    parent: str = ""
    place: str = ""


class Line(NamedTuple):
    """An agency as the list shows it."""

    agency: AgencyRow
    contacts: int
    works: int
    """Open dated work."""
    unreached: bool
    """It owes work and nobody is written to about it."""


def list_lines(session: Session, today: date) -> list[Line]:
    """Every agency in the order of the plans. Six reads."""
    contacts, works = agency_names.count_contacts(session, today), agency_names.count_work(session)
    mute = {one.agency_id for one in signs.list_unreached(session, today)}
    return [
        Line(agency, contacts.get(agency.id, 0), works.get(agency.id, 0), agency.id in mute)
        for agency in store.list_agencies(session, today).values()
    ]


def get(session: Session, code: str, today: date) -> AgencyRow:
    """An agency under its name of the day. Raises NotFound."""
    found = next((row for row in store.list_agencies(session, today).values() if row.code == code), None)
    if found is None:
        raise NotFound(f"Không có cơ quan {code}. Xem các cơ quan: htx agency list")
    return found


def add(session: Session, new: NewAgency, by: str, now: datetime, today: date) -> int:
    """Add an agency that bears its name from today; the number."""
    if re.fullmatch(CODE, new.code) is None or len(new.code) > 40:
        raise BadInput(f'Mã "{new.code}" chưa dùng được: chữ thường không dấu, số, gạch nối, ví dụ huyen-dakto.')
    if new.kind not in {kind.value for kind in AgencyKind}:
        raise BadInput("Chưa chọn loại cơ quan.")
    known = store.ids_by_code(session)
    if new.code in known:
        raise TooLate(f"Đã có cơ quan {new.code}.")
    if new.parent and new.parent not in known:
        raise NotFound(f"Không có cơ quan {new.parent}. Xem các cơ quan: htx agency list")
    names = new.names.tidy()
    number = agency_names.add(
        session, code=new.code, kind=new.kind, sort=len(known) + 1, parent_id=known.get(new.parent),
        place=" ".join(new.place.split()), valid_from=today, valid_to=None,
    )  # fmt: skip
    agency_names.put(session, number, today, names.name, names.short_name, names.doc_code)
    detail: dict[str, object] = {"kind": new.kind, "parent": new.parent}
    audit_chain.note(session, audit.Event(now, by, "agency.add", f"agency/{new.code}", detail))
    return number


def rename(
    session: Session, code: str, names: Names, document: DocumentRef, on: date, by: str, now: datetime, today: date
) -> None:
    """From this day the agency bears this name, by a document; papers of days before keep the old one."""
    agency = get(session, code, today)
    told = names.tidy()
    if not document.number.strip():
        raise BadInput("Chưa có số văn bản đổi tên. Đề nghị nhập số, ký hiệu và ngày của văn bản.")
    if document.dated > on:
        raise BadInput(
            f"Ngày văn bản {document.dated:%d/%m/%Y} sau ngày đổi tên {on:%d/%m/%Y}. Đề nghị kiểm tra một trong hai ngày."
        )
    known = agency_names.list_names(session, agency.id)
    last = known[-1]
    if on < last.valid_from:
        raise BadInput(f"Cơ quan đã đổi tên ngày {last.valid_from:%d/%m/%Y}; ngày mới không trước ngày ấy.")
    if (last.name, last.short_name, last.doc_code) == (told.name, told.short_name, told.doc_code):
        raise TooLate("Cơ quan đang mang đúng tên này.")
    agency_names.put(session, agency.id, on, told.name, told.short_name, told.doc_code)
    number = document_store.get_or_add(session, document)
    detail: dict[str, object] = {"document": number, "from": on.isoformat()}
    audit_chain.note(session, audit.Event(now, by, "agency.rename", f"agency/{code}", detail))


class Named(NamedTuple):
    """A name from a day on, and the document that gave it where one is known."""

    valid_from: date
    name: str
    short_name: str
    doc_code: str
    document: str


def names_of(session: Session, agency: AgencyRow) -> list[Named]:
    """The names of an agency through time, the newest first. Three reads."""
    told: dict[str, Any] = {}
    for detail in audit_chain.details(session, "agency.rename", f"agency/{agency.code}"):
        told[str(detail["from"])] = detail["document"]
    cited = document_store.citations(session, {int(number) for number in told.values()})
    return [
        Named(
            row.valid_from, row.name, row.short_name, row.doc_code,
            cited.get(told.get(row.valid_from.isoformat(), 0), ""),
        )
        for row in reversed(agency_names.list_names(session, agency.id))
    ]  # fmt: skip

"""Direct answers to an act (thư trả lời): "đã nhận" to who sent, "đề nghị bổ sung" to who gets it back.

Queued in the transaction of the act, so that what is recorded is answered. They are no reminders: the one mail a day
stays as it is. UBND tỉnh gets none: nothing goes there by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from htx_workflow.domain import board, standing, words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.plan import AgencyKind, Duty
from htx_workflow.domain.standing import Return, Standing
from htx_workflow.services import plans
from htx_workflow.services.composing import LOCAL, Style
from htx_workflow.services.directory import Directory
from htx_workflow.services.reports import When
from htx_workflow.store import occurrences as store
from htx_workflow.store import outbox
from htx_workflow.store.database import Session
from htx_workflow.store.documents import DocumentRef
from htx_workflow.store.outbox import NewMessage
from htx_workflow.store.plans import LoadedPlan

MOST = 4
"""Contacts of an agency that get an answer; see `keys_of`."""


@dataclass(frozen=True, slots=True)
class Received:
    """What came in, for the words of a receipt."""

    document: DocumentRef | None = None
    nothing: bool = False
    paper_due_on: date | None = None


def received(
    session: Session, style: Style, keys: Sequence[str], calendar: WorkingCalendar, when: When, what: Received
) -> int:
    """Queue the receipt of a submission to the holder's contacts, one for the paper; how many mails."""
    rows = store.get_rows(session, list(dict.fromkeys(keys)))
    first = rows[0]
    loaded, directory = plans.get_plan(session, first.key.split("/")[0]), Directory(session, when.today)
    duty = plans.duty_of(loaded.plan, first.duty)
    values = {
        "title": _titles(rows),
        "document_text": board.NOTHING if what.nothing else _document_text(what.document),
        "timeliness": _timeliness([row.standing for row in rows]),
        "received": _moment_text(when.now),
        "check_by": _check_by(directory, loaded, duty, first, calendar, when),
        "more": _more(what.paper_due_on),
    }
    return _queue(session, style, "receipt", first, loaded, directory, values, when)


def returned(
    session: Session, style: Style, key: str, kind: Return, reason: str, respond_by: date | None, when: When
) -> int:
    """Queue the mail that gives a submission back to the holder's contacts; how many mails."""
    row = store.get_rows(session, [key])[0]
    loaded, directory = plans.get_plan(session, key.split("/")[0]), Directory(session, when.today)
    first_day = row.standing.submitted_on
    values = {
        "title": row.title,
        "document_text": "",
        "timeliness": board.judgement(row.standing),
        "kind": "supplement" if kind is Return.SUPPLEMENT else "again",
        "reason": reason.strip(),
        "respond_by": words.weekday_text(respond_by) if respond_by else "",
        "received": f"ngày {words.day_text(first_day)}" if first_day else "",
        "links": style.links,
        "path": str(row.id),
    }
    return _queue(session, style, "returned", row, loaded, directory, values, when)


def keys_of(key: str, seqs: Sequence[int]) -> list[str]:
    """The keys under which answers to these changes of an occurrence may lie in the outbox."""
    return [
        f"{kind}/{key}/{seq}/{number}"
        for kind in ("receipt", "returned")
        for seq in seqs
        for number in range(1, MOST + 1)
    ]


def _queue(
    session: Session,
    style: Style,
    kind: str,
    row: store.Row,
    loaded: LoadedPlan,
    directory: Directory,
    values: dict[str, Any],
    when: When,
) -> int:
    holder = row.standing.holder
    contacts = directory.holders(holder, row.duty_id)[:MOST]
    if holder is None or directory.agencies[holder].kind is AgencyKind.PROVINCE:
        return 0
    head = directory.head(loaded)
    seq = len(store.history_of(session, row.id))
    messages = []
    for number, contact in enumerate(contacts, 1):
        mail = style.renderer.render(
            kind, to=directory.addressee(contact), plan=head, simulation=style.simulation, **values
        )
        reply_to = head.focal_address if head.focal_address != contact.address else ""
        messages.append(
            NewMessage(
                f"{kind}/{row.key}/{seq}/{number}", kind, contact.id, loaded.id, contact.address, when.today,
                mail.subject, mail.text, mail.html, reply_to,
            )
        )  # fmt: skip
    return outbox.add_messages(session, messages, when.now)


# Words


def _titles(rows: Sequence[store.Row]) -> str:
    if len(rows) == 1:
        return rows[0].title
    return f"{rows[0].title} và {words.count_text(len(rows) - 1)} việc khác gửi cùng văn bản"


def _document_text(document: DocumentRef | None) -> str:
    return words.citation(document.number, document.dated) if document else ""


def _timeliness(stands: Sequence[Standing]) -> str:
    """đúng hạn; of several that differ, how many of each."""
    judged = [said for said in map(board.judgement, stands) if said]
    kinds = [said for said in ("đúng hạn", "quá hạn") if said in judged]
    if len(kinds) < 2:
        return kinds[0] if kinds and len(judged) == len(stands) else "".join(kinds)
    return words.joined([f"{words.count_text(judged.count(said))} việc {said}" for said in kinds])


def _check_by(
    directory: Directory, loaded: LoadedPlan, duty: Duty, row: store.Row, calendar: WorkingCalendar, when: When
) -> str:
    """Who looks at it and by about which day; empty when nobody has to."""
    if row.standing.state != standing.SUBMITTED:
        return ""
    receiver = row.receiver_id if duty.verify == "receiver" else None
    checker = directory.agencies[receiver] if receiver else directory.by_code[loaded.plan.lead]
    day = calendar.soft_shift(when.today, board.CHECK_DAYS)[0]
    return f"{checker.name} dự kiến kiểm tra chậm nhất {words.weekday_text(day)}"


def _more(paper_due_on: date | None) -> str:
    if paper_due_on is None:
        return ""
    return f"Còn văn bản đã ký: đề nghị nhập số, ngày và gửi tệp chậm nhất {words.weekday_text(paper_due_on)}"


def _moment_text(now: datetime) -> str:
    local = now.astimezone(LOCAL)
    return f"{local.hour:02d} giờ {local.minute:02d} ngày {words.day_text(local.date())}"

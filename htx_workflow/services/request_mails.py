"""Mails about requests: to an agency asked for its input, and to the asker when a decision or an answer is there."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from htx_workflow.domain import actors, words
from htx_workflow.domain import requests as rules
from htx_workflow.domain.requests import Kind
from htx_workflow.gateways.templates import Rendered
from htx_workflow.services.composing import Style
from htx_workflow.services.directory import Directory
from htx_workflow.services.reports import When
from htx_workflow.store import outbox
from htx_workflow.store import requests as store
from htx_workflow.store.agencies import ContactRow
from htx_workflow.store.database import Session
from htx_workflow.store.documents import DocumentRef
from htx_workflow.store.plans import LoadedPlan
from htx_workflow.store.requests import RequestRow

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")


def tell_asked(
    session: Session, number: int, loaded: LoadedPlan, style: Style, when: When, document: DocumentRef | None
) -> None:
    """Queue the mail to the agency that is asked for its input, once for each of its contacts."""
    asked = store.get(session, number)
    directory = Directory(session, when.today)
    assert asked.proposed_due_on is not None
    for contact in directory.holders(asked.to_id, asked.duty_id or 0):
        rendered = style.renderer.render(
            "cooperation",
            to=directory.addressee(contact),
            plan=directory.head(loaded),
            asker=directory.agencies[asked.from_id].name,
            title=asked.title or "",
            reason=asked.reason,
            day=words.weekday_text(asked.proposed_due_on),
            document_text=words.citation(document.number, document.dated) if document else "",
            links=style.links,
            path=str(asked.opened_id or ""),
            simulation=style.simulation,
        )
        _queue(session, asked, "asked", contact, rendered, when)


def tell_asker(session: Session, number: int, loaded: LoadedPlan, effect: str, style: Style, when: When) -> None:
    """Queue the mail to whoever asked: what was decided or answered. `effect`: what it changes, in a sentence."""
    asked = store.get(session, number)
    directory = Directory(session, when.today)
    kind = Kind(asked.kind)
    for contact in _askers(directory, asked):
        rendered = style.renderer.render(
            "decided",
            to=directory.addressee(contact),
            plan=directory.head(loaded),
            label=rules.LABELS[kind],
            title=asked.title or "",
            by=directory.agencies[asked.to_id].name if asked.to_id else "",
            verdict=rules.state_words(kind, asked.state),
            text=asked.decision,
            document_text=cited(asked),
            effect=effect,
            links=style.links,
            path=str(asked.occurrence_id or ""),
            simulation=style.simulation,
        )
        _queue(session, asked, "decided", contact, rendered, when)


def _askers(directory: Directory, asked: RequestRow) -> list[ContactRow]:
    """The contact who asked, when it still has an address; else those who speak for its agency."""
    code = actors.parse(asked.raised_by).contact
    found = [contact for contact in directory.contacts.values() if contact.code == code]
    return found or directory.holders(asked.from_id, asked.duty_id or 0)


def _queue(session: Session, asked: RequestRow, what: str, contact: ContactRow, rendered: Rendered, when: When) -> None:
    key = f"request/{asked.plan}/{asked.id}/{what}/{contact.code}"
    message = outbox.NewMessage(
        key, "request", contact.id, asked.plan_id, contact.address, when.today, rendered.subject, rendered.text,
        rendered.html, "",
    )  # fmt: skip
    outbox.add_messages(session, [message], when.now)


def cited(asked: RequestRow) -> str:
    """Công văn số 1129/UBND-KTTH ngày 22/12/2025; empty without a document."""
    if not asked.document_number or asked.document_dated is None:
        return ""
    return words.citation(asked.document_number, asked.document_dated)


def moment_words(moment: datetime) -> str:
    """In local time: 09 giờ 12 thứ Hai ngày 22/12/2025."""
    return words.moment_text(moment.astimezone(LOCAL))

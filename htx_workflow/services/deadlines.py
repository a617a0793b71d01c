"""Assumed days become deadlines by one document (ấn định thời hạn), and later documents move them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from htx_workflow.domain import audit, reminders, standing, words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import BadInput, NotAllowed
from htx_workflow.domain.plan import Basis, Kind
from htx_workflow.services import plans
from htx_workflow.services.reports import When
from htx_workflow.services.waits import successors
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import audit_chain
from htx_workflow.store import documents as document_store
from htx_workflow.store import occurrences as store
from htx_workflow.store.database import Session
from htx_workflow.store.documents import DocumentRef
from htx_workflow.store.plans import LoadedPlan


@dataclass
class Adopted:
    """What an adoption did: keys with their day, and those left out with the reason."""

    adopted: list[tuple[str, date]] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)


def adopt(
    session: Session, code: str, keys: list[str] | None, document: DocumentRef, calendar: WorkingCalendar, when: When
) -> Adopted:
    """Turn assumed days into deadlines with basis `document`. `keys` None: all of the plan.

    Days before the document's own and work already sent are not adopted and are listed. Only the rungs of the full
    ladder that still lie ahead will follow.
    """
    loaded = plans.get_plan(session, code)
    _check_issuer(session, document)
    if document.dated > when.today:
        raise BadInput(f"Ngày văn bản {words.day_text(document.dated)} sau hôm nay {words.day_text(when.today)}.")
    if document.issuer not in (loaded.plan.lead, loaded.plan.province):
        raise NotAllowed(
            f"Thời gian dự kiến do cơ quan chủ trì ({loaded.plan.lead}) hoặc Ủy ban nhân dân tỉnh ấn định,"
            f" không phải {document.issuer}."
        )
    rows = store.list_rows(session, loaded.id) if keys is None else store.get_rows(session, list(dict.fromkeys(keys)))
    ladders = reminders.Ladders(loaded.plan, calendar)
    outcome = Adopted()
    changes = []
    document_id = document_store.get_or_add(session, document)
    for row in rows:
        if row.plan_id != loaded.id:
            raise BadInput(f"{row.key} không thuộc kế hoạch {code}.")
        reason = _why_not_adopted(row, document)
        if reason is not None:
            if keys is not None or row.standing.basis is Basis.ASSUMED:
                outcome.left.append((row.key, reason))
            continue
        assert row.standing.due_on is not None
        after = standing.with_deadline(row.standing, row.standing.due_on, Basis.DOCUMENT, document_id)
        next_day = reminders.first_day(ladders.on(Basis.DOCUMENT, row.standing.due_on), when.today)
        changes.append(
            store.Change(
                row.id,
                "adopt",
                row.standing,
                after,
                document.dated,
                when.now,
                when.today,
                when.by,
                next_day,
                document_id,
            )
        )
        outcome.adopted.append((row.key, row.standing.due_on))
    store.record(session, changes)
    if changes:
        detail: dict[str, object] = {"document": document.key, "adopted": len(changes), "left": len(outcome.left)}
        audit_chain.note(session, audit.Event(when.now, when.by, "duty.adopt", code, detail))
    return outcome


def _why_not_adopted(row: store.Row, document: DocumentRef) -> str | None:
    if row.standing.basis is not Basis.ASSUMED or row.standing.due_on is None:
        return "không phải thời gian dự kiến" if row.standing.due_on else "chưa có ngày; dùng htx duty set-deadline"
    if row.historical:
        return "đã qua trước ngày kế hoạch được đưa vào theo dõi"
    if row.standing.state != standing.OPEN:
        return standing.CLOSED_WORDS[row.standing.state]
    if row.standing.due_on < document.dated:
        return f"ngày {words.day_text(row.standing.due_on)} trước ngày văn bản {words.day_text(document.dated)}"
    return None


def set_deadline(
    session: Session, keys: list[str], due_on: date, document: DocumentRef, calendar: WorkingCalendar, when: When
) -> list[standing.Standing]:
    """Give these occurrences the day that a document fixes; each becomes a new revision, or none does."""
    _check_issuer(session, document)
    if document.dated > when.today:
        raise BadInput(f"Ngày văn bản {words.day_text(document.dated)} sau hôm nay {words.day_text(when.today)}.")
    rows = store.get_rows(session, list(dict.fromkeys(keys)))
    document_id = document_store.get_or_add(session, document)
    changes = []
    for row in rows:
        if row.kind in (Kind.CONTINUOUS, Kind.OUTCOME):
            raise NotAllowed(
                f"{row.key} là nhiệm vụ thường xuyên hoặc kết quả đọc từ điểm đánh giá, không có thời hạn."
            )
        loaded = plans.get_plan(session, row.key.split("/")[0])
        province = document.issuer == loaded.plan.province
        fixed_by = row.standing.due_document
        known = document_store.issuer_of(session, fixed_by) == document.issuer if fixed_by else True
        if row.standing.basis in (None, Basis.ASSUMED) and document.issuer not in (
            loaded.plan.lead,
            loaded.plan.province,
        ):
            if row.standing.due_on is not None:
                raise NotAllowed(
                    f"{row.key}: chỉ cơ quan chủ trì ({loaded.plan.lead}) hoặc Ủy ban nhân dân tỉnh ấn định được thời hạn."
                )
            known = True
        standing.check_new_deadline(row.standing, due_on, document.dated, issuer_is_province=province, known=known)
        after = standing.with_deadline(row.standing, due_on, Basis.DOCUMENT, document_id)
        ladder = reminders.Ladders(loaded.plan, calendar).on(Basis.DOCUMENT, due_on)
        changes.append(
            store.Change(
                row.id, "set-deadline", row.standing, after, document.dated, when.now, when.today, when.by,
                None if row.historical else reminders.first_day(ladder, when.today), document_id,
            )
        )  # fmt: skip
    store.record(session, changes)
    for row in rows:
        detail: dict[str, object] = {"document": document.key, "due_on": due_on.isoformat()}
        audit_chain.note(session, audit.Event(when.now, when.by, "duty.set-deadline", row.key, detail))
    return [change.after for change in changes]


def list_pushed(session: Session, keys: list[str], due_on: date) -> list[str]:
    """Work that comes after these occurrences and whose own day lies before `due_on`: it will have to wait."""
    pushed = []
    for row in store.get_rows(session, keys):
        loaded = plans.get_plan(session, row.key.split("/")[0])
        pushed += pushed_by(session, loaded, row.duty, row.period, due_on)
    return list(dict.fromkeys(pushed))


def pushed_by(session: Session, loaded: LoadedPlan, duty: str, period: str, due_on: date) -> list[str]:
    """The same for one piece of work: one read."""
    return [
        f"{later.duty} {words.day_text(later.due_on)} sẽ chờ ({later.title})"
        for later in store.list_unfinished(session, loaded.id, successors(loaded, {duty}))
        if later.period == period and later.due_on is not None and later.due_on < due_on
    ]


def _check_issuer(session: Session, document: DocumentRef) -> None:
    if document.issuer not in agency_store.ids_by_code(session):
        raise BadInput(f"Không có cơ quan {document.issuer}. Xem mã cơ quan của kế hoạch bằng: htx plan show")

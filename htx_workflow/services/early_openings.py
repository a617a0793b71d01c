"""Opening work by decision while something before it is missing (mở khi còn thiếu): the gap is named and recorded."""

from __future__ import annotations

from htx_workflow.domain import audit, standing
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import BadInput, NotAllowed, TooLate
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import plans, releases, reports
from htx_workflow.services.reports import When
from htx_workflow.services.waits import Waits
from htx_workflow.store import audit_chain, gates
from htx_workflow.store import documents as document_store
from htx_workflow.store import occurrences as store
from htx_workflow.store.database import Session
from htx_workflow.store.documents import DocumentRef

LONGEST = 1000


def open_early(
    session: Session,
    key: str,
    reason: str,
    document: DocumentRef | None,
    calendar: WorkingCalendar,
    visitor: Visitor | None,
    when: When,
) -> tuple[str, ...]:
    """Let this be sent although it waits; what is missing, in words. Its holder is told on the next working day.

    The deadline stays. Raises NotAllowed for work that waits for nothing, TooLate for what was opened before.
    """
    row = store.get_rows(session, [key])[0]
    loaded = plans.get_plan(session, key.split("/")[0])
    if visitor is not None and not visitor.may_lead(loaded.id):
        raise NotAllowed("Việc còn phải chờ việc khác chỉ do cơ quan chủ trì kế hoạch quyết định mở.")
    said = " ".join(reason.split())
    if not said or len(said) > LONGEST:
        raise BadInput(f"Mở khi còn việc phải chờ cần một câu nêu lý do, nhiều nhất {LONGEST} ký tự.")
    if document is not None and document.dated > when.today:
        raise BadInput("Ngày văn bản sau hôm nay. Đề nghị kiểm tra lại ngày.")
    if row.standing.state != standing.OPEN:
        raise NotAllowed(f"Việc này {standing.CLOSED_WORDS[row.standing.state]}.")
    if gates.opened_early(session, [row.id]):
        raise TooLate("Việc này đã được quyết định mở trước đó; chưa có gì thay đổi.")
    gap = Waits(session, loaded, when.today).of(row.duty, row.period, row.standing.holder, row.title)
    if not gap:
        raise NotAllowed("Việc này không phải chờ việc nào; gửi được ngay.")
    document_id = document_store.get_or_add(session, document) if document else None
    change = store.Change(
        row.id, gates.OPENED, row.standing, row.standing, when.today, when.now, when.today, when.by,
        reports.first_reminder(session, row, row.standing, calendar, when), document_id, f"{said}; còn thiếu: {'; '.join(gap)}",
    )  # fmt: skip
    store.record(session, [change])
    releases.announce(session, row, "được mở theo quyết định khi còn việc phải chờ", calendar, when.today, when.now)
    detail: dict[str, object] = {"missing": len(gap), "document": document_id}
    audit_chain.note(session, audit.Event(when.now, when.by, "duty.open-early", key, detail))
    return gap

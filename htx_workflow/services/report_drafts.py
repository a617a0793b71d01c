"""A form being filled (biểu mẫu đang điền): opened, saved group by group, kept beside when two wrote, checked and sent.

A draft holds the values (`domain.form_values`) and under SAVED, for each group, the version at which it was saved
last: a page says on which version its group stands, and what was typed on an older one is kept beside, never merged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from htx_workflow.domain import audit, fed_values, form_messages, form_moves, form_slots, form_values, typed
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import BadInput, NotAllowed, NotFound
from htx_workflow.domain.form_messages import Message
from htx_workflow.domain.form_scope import Reckoner
from htx_workflow.domain.form_slots import Context, Value, Values
from htx_workflow.domain.form_values import Posted
from htx_workflow.domain.forms import Form
from htx_workflow.domain.plan import AgencyKind
from htx_workflow.domain.standing import OPEN, Standing
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import form_contexts, form_figures, reports
from htx_workflow.services.fed_sources import FormOf, RubricOf
from htx_workflow.services.reports import When
from htx_workflow.store import audit_chain, notes, report_rows
from htx_workflow.store import documents as document_store
from htx_workflow.store import plans as plan_store
from htx_workflow.store.database import Session
from htx_workflow.store.documents import DocumentRef
from htx_workflow.store.report_rows import LinkedRow, ReportRow
from htx_workflow.store.views import WholeRow

SAVED = "~saved"
"""Key of a draft that is no place of the form: versions of its groups."""
OTHERS_SAVED, FORM_CHANGED = "saved", "form"
"""Why something is kept beside."""
AUTHORITIES = {"kt": "KT.", "tl": "TL.", "tuq": "TUQ.", "quyen": "Q."}
CHANNELS = {"qlvb": "qlvb", "thu-dien-tu": "email", "truc-tiep": "hand", "buu-chinh": "post"}
"""Codes of the parts that forms share (config/forms/parts/cuoi.yaml) as documents keep them."""


@dataclass(frozen=True)
class Draft:
    """A report as a page shows it: under the form of now, with what its values became there."""

    report: ReportRow
    form: Form
    context: Context
    values: Values
    linked: tuple[LinkedRow, ...]
    editable: bool
    calendar_code: str
    moved: tuple[str, ...] = ()
    """What changed in the form since the draft was saved last, in sentences; written down by the next saving."""
    left: Mapping[str, Value] | None = None
    """What found no place in the form of now."""
    prefill: Values = field(default_factory=dict)
    """Rows that the system has for tables that people write."""
    doubts: tuple[Message, ...] = ()
    """Where such a table differs from what the system says."""

    def stamp(self, group: str) -> int:
        """The version at which this group was saved last; 0 when it never was."""
        saved = self.report.draft.get(SAVED, {})
        return int(saved.get(group, 0)) if isinstance(saved, dict) else 0

    @property
    def open(self) -> bool:
        """Something that it closes is still to be sent."""
        return any(row.state == OPEN for row in self.linked)


def open_(session: Session, row: WholeRow, form: Form, when: When) -> int:
    """The report of this work's holder for its period on this form, begun when it is not there; its number."""
    if row.work.standing.holder is None:
        raise NotAllowed("Việc này đang chờ phân công lại.")
    report_id = report_rows.get_or_open(
        session,
        f"{row.plan_code}/{row.holder_code}/{form.code}/{row.work.period}",
        plan_id=row.work.plan_id,
        agency_id=row.work.standing.holder,
        form_code=form.code,
        period=row.work.period,
        definition_id=report_rows.definition_of(session, form, when.now, sha_of(form)),
    )
    report_rows.link(session, report_id, row.work.id)
    notes.take(session, row.work.id, when.now)
    return report_id


def sha_of(form: Form) -> str:
    """What tells two texts of a form apart."""
    return hashlib.sha256(form.model_dump_json(exclude_defaults=True).encode()).hexdigest()


def get(
    session: Session,
    report_id: int,
    visitor: Visitor,
    form_of: FormOf,
    today: date,
    *,
    lock: bool = False,
    rubric_of: RubricOf | None = None,
    section: str | None = None,
) -> Draft:
    """The draft, for its own agency; for who receives the work, what was sent. Raises NotFound for anybody else.

    `section`: only its figures are read ("": none), for a page that shows no more; `rubric_of` reads the plan's rubric.
    """
    report = report_rows.find(session, report_id, lock=lock) if 0 < report_id < 2**31 else None
    linked = tuple(report_rows.list_linked(session, report_id)) if report else ()
    if report is None or not _may_see(report, linked, visitor):
        raise NotFound("Không có biểu mẫu này.")
    loaded = plan_store.get_loaded(session, report.plan_id)
    own = report.agency_id == visitor.agency_id
    values: Values = {key: value for key, value in report.draft.items() if key != SAVED}
    if not own:
        values = report_rows.last_revision(session, report.key)
    form = form_of(report.form_code) if own else report.form
    moved: tuple[str, ...] = ()
    left: Mapping[str, Value] | None = None
    if own and sha_of(form) != sha_of(report.form):
        after = form_moves.moved(report.form, form, values)
        values, left, moved = after.values, after.aside, after.notes
    context, sources = form_contexts.make(session, report, loaded, form, today, form_of, rubric_of)
    context = form_contexts.with_choices(context, sources, form, section)
    editable, calendar = visitor.may_do(report.agency_id), loaded.plan.calendar
    if report.sent_no and not (own and any(row.state == OPEN for row in linked)):
        sent = values if not own else report_rows.last_revision(session, report.key)
        context = form_contexts.frozen(context, form, sent)
        return Draft(report, form, context, values, linked, editable, calendar, moved, left)
    if report.draft_version == 0:
        prefill = form_figures.prefill(sources, form.code, None if lock else section)
        values = form_values.started(form, replace(context, given={**context.given, **prefill}))
    fed = form_contexts.fed(context, sources, form, values, section)
    return Draft(report, form, fed.context, values, linked, editable, calendar, moved, left, fed.prefill, fed.doubts)


def _may_see(report: ReportRow, linked: tuple[LinkedRow, ...], visitor: Visitor) -> bool:
    if report.agency_id == visitor.agency_id:
        return True
    return report.sent_no > 0 and any(visitor.may_see(report.plan_id, row.holder_id, row.receiver_id) for row in linked)


# Saving


def save_group(session: Session, draft: Draft, group: str, fields: Posted, based_on: int, when: When) -> int | None:
    """Write one group as the page sent it: the draft's new version; None when it is kept beside instead.

    The same thing sent twice is saved once.
    """
    _check_editable(draft)
    strange = _strange(draft, group, fields)
    if strange:
        report_rows.add_aside(session, draft.report.id, based_on, strange, FORM_CHANGED, when.now, when.by)
    if group not in {one.id for _, one in draft.form.groups()}:
        return None
    after = form_values.posted(draft.form, draft.context, group, fields, draft.values)
    after |= _hidden(draft, group, fields)
    if based_on != draft.stamp(group):
        if _of_group(draft, group, after) == _of_group(draft, group, draft.values):
            return draft.report.draft_version
        report_rows.add_aside(
            session, draft.report.id, based_on, _of_group(draft, group, after), f"{OTHERS_SAVED}:{group}", when.now,
            when.by,
        )  # fmt: skip
        return None
    return _write(session, draft, after, [group], when)


def _hidden(draft: Draft, group: str, fields: Posted) -> Values:
    """What stands in places that the page did not show: it stays."""
    reckoner = Reckoner(draft.form, draft.context, draft.values)
    sent = {name.partition("~")[0].partition(":")[0] for name in fields}
    return {
        slot.key: draft.values[slot.key]
        for slot in form_slots.slots(draft.form, draft.context, group)
        if slot.key in draft.values and slot.key not in sent and not reckoner.shown(slot)
    }


def _strange(draft: Draft, group: str, fields: Posted) -> Values:
    """What was typed on a page of an earlier form into places that are no more."""
    known = {slot.key for slot in form_slots.slots(draft.form, draft.context, group)}
    found: Values = {}
    for name, texts in fields.items():
        if name.partition("~")[0].partition(":")[0] not in known and any(texts):
            found[name] = "; ".join(texts)
    return found


def save_all(session: Session, draft: Draft, values: Values, when: When) -> int:
    """Write the whole draft, after an Excel file or "Giống năm trước"; its new version."""
    _check_editable(draft)
    return _write(session, draft, values, [group.id for _, group in draft.form.groups()], when)


def same_as_last(session: Session, draft: Draft, when: When) -> int:
    """Copy last year's texts and stable data to where nothing was typed."""
    if not draft.context.last:
        raise BadInput("Chưa có báo cáo năm trước trong hệ thống để lấy nội dung.")
    return save_all(session, draft, form_values.same_as_last(draft.form, draft.context, draft.values), when)


def take_figures(session: Session, draft: Draft, when: When) -> int:
    """Bring the tables that the system has rows for to what it says; rows of people stay. The draft's new version."""
    if not draft.prefill:
        raise BadInput("Chưa có số liệu nào trong hệ thống để điền vào biểu này.")
    return save_all(session, draft, fed_values.laid(draft.values, draft.prefill), when)


def use_aside(session: Session, draft: Draft, aside_id: int, when: When) -> None:
    """Put what was kept beside in place of what the draft has."""
    found = next((row for row in report_rows.list_asides(session, draft.report.id) if row.id == aside_id), None)
    if found is None or not found.why.startswith(OTHERS_SAVED):
        raise NotFound("Phần giữ bên này đã được xử lý trước đó.")
    group = found.why.partition(":")[2]
    _check_editable(draft)
    gone = set(_of_group(draft, group, draft.values))
    values: Values = {key: value for key, value in draft.values.items() if key not in gone} | found.body
    _write(session, draft, values, [group], when)
    report_rows.settle_aside(session, draft.report.id, aside_id, when.now)


def drop_aside(session: Session, draft: Draft, aside_id: int, when: When) -> bool:
    """What was kept beside is not needed; False when that was said before."""
    _check_editable(draft)
    return report_rows.settle_aside(session, draft.report.id, aside_id, when.now)


def _write(session: Session, draft: Draft, values: Values, groups: list[str], when: When) -> int:
    report = draft.report
    version = report.draft_version + 1
    stamps = {group.id: draft.stamp(group.id) for _, group in draft.form.groups()} | dict.fromkeys(groups, version)
    body: dict[str, Any] = {**values, SAVED: stamps}
    definition = report.definition_id
    if draft.moved or draft.left is not None:
        definition = report_rows.definition_of(session, draft.form, when.now, sha_of(draft.form))
        if draft.left:
            report_rows.add_aside(session, report.id, report.draft_version, draft.left, FORM_CHANGED, when.now, when.by)
    report_rows.save(session, report, body, definition, when.now, when.by)
    for row in draft.linked:
        notes.take(session, row.id, when.now)
    audit_chain.note(session, audit.Event(when.now, when.by, "report.save", report.key, {"version": version}))
    return version


def _of_group(draft: Draft, group: str, values: Mapping[str, Value]) -> Values:
    """The values of one group."""
    keys = {slot.key for slot in form_slots.slots(draft.form, draft.context, group)}
    return {key: value for key, value in values.items() if key in keys or key.removesuffix("~ok") in keys}


def _check_editable(draft: Draft) -> None:
    if not draft.editable:
        raise NotAllowed("Biểu mẫu này của cơ quan khác, hoặc tài khoản này chỉ xem.")
    if not draft.open:
        raise NotAllowed("Báo cáo đã gửi nên không sửa được nữa; có thể rút lại khi chưa được kiểm tra.")


# Checking and sending


def check(draft: Draft, calendar: WorkingCalendar, *, paper: bool, group: str | None = None) -> list[Message]:
    """Everything to say of the values, at once. A cooperative signs its report; it issues no paper with a number."""
    context = replace(draft.context, paper=paper and draft.context.kind != AgencyKind.COOPERATIVE)
    found = form_messages.check(draft.form, context, draft.values, group, lambda a, b: calendar.soft_count(a, b)[0])
    return found + [doubt for doubt in draft.doubts if group is None]


def send(
    session: Session,
    draft: Draft,
    calendar: WorkingCalendar,
    when: When,
    *,
    paper_due_on: date | None,
    held: Collection[str] = (),
) -> tuple[list[str], list[Standing], DocumentRef | None]:
    """Send what the draft holds: a revision that never changes, and the submission of everything it closes.

    `held`: work that waits for something beside the form; it stays open. Raises BadInput while something stops the
    draft; it stays as it is.
    """
    _check_editable(draft)
    stops = [message for message in check(draft, calendar, paper=paper_due_on is None) if message.stops]
    if stops:
        raise BadInput(f"Còn {len(stops):02d} chỗ cần sửa trước khi gửi; xem danh sách dưới đây.")
    document = None if paper_due_on else document_of(draft)
    keys = [row.key for row in draft.linked if row.state == OPEN and row.key not in held]
    sent_on = document.sent_on if document else None
    stands = (
        reports.submit(session, keys, calendar, when, sent_on=sent_on, document=document, paper_due_on=paper_due_on)
        if keys
        else []
    )
    values = form_values.to_send(draft.form, draft.context, draft.values)
    text = repr(sorted(values.items()))
    number = report_rows.add_revision(
        session,
        draft.report,
        values,
        hashlib.sha256(text.encode()).hexdigest(),
        when.now,
        when.by,
        document_store.get_or_add(session, document) if document else None,
    )
    audit_chain.note(session, audit.Event(when.now, when.by, "report.send", draft.report.key, {"no": number}))
    return keys, stands, document


def document_of(draft: Draft) -> DocumentRef | None:
    """The paper that the form itself names (N3), with who signed and how it went."""
    found = draft.values.get("N3")
    if not isinstance(found, dict) or not isinstance(found.get("number"), str):
        return None
    dated, sent = found.get("dated"), draft.values.get("N4a")
    if not isinstance(dated, str):
        return None
    issuer = str(found.get("issuer") or "")
    own = not issuer or issuer in (draft.context.given.get("H1"), draft.context.agency)
    signer, authority = draft.values.get("N2a"), draft.values.get("N2b")
    return DocumentRef(
        str(found["number"]),
        date.fromisoformat(dated),
        draft.context.agency if own else issuer,
        subject=str(found.get("subject") or ""),
        signer=signer if isinstance(signer, str) else "",
        authority=AUTHORITIES.get(str(authority), ""),
        channel=CHANNELS.get(str(draft.values.get("N4b")), ""),
        sent_on=date.fromisoformat(sent) if isinstance(sent, str) else None,
    )


def money_words(value: Value) -> str:
    """= 2 tỷ 500 triệu đồng."""
    return f"= {typed.money_words(value)}" if isinstance(value, int) and not isinstance(value, bool) else ""

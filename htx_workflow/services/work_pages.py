"""One piece of work, whole (một việc): clause, roles, day and why, history in words, mails, files, what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from htx_workflow.domain import actors, board, clauses, rule_words, standing, whys, words
from htx_workflow.domain.board import Rights, Status
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import NotFound
from htx_workflow.domain.plan import Duty, Plan
from htx_workflow.domain.visitors import Visitor
from htx_workflow.domain.whys import Grounds
from htx_workflow.services import files, receipts, works
from htx_workflow.services.composing import LOCAL
from htx_workflow.services.works import Calendars
from htx_workflow.store import plans as plan_store
from htx_workflow.store import views, work_history
from htx_workflow.store.database import Session
from htx_workflow.store.documents import CHANNELS
from htx_workflow.store.files import FileRow
from htx_workflow.store.plans import LoadedPlan
from htx_workflow.store.views import NameRow, WholeRow, WorkRow
from htx_workflow.store.work_history import EventRow, MailRow

HIGHEST = 2**31 - 1
"""No occurrence has a higher number, and PostgreSQL knows none."""
ACTS = {
    "open": "Mở việc",
    "open-early": "Mở khi còn việc phải chờ",
    "plan": "Cập nhật theo Kế hoạch",
    "submit": "Đã gửi",
    "verify": "Đã chấp nhận",
    "return-bo-sung": "Đề nghị bổ sung",
    "return-gui-lai": "Đề nghị gửi lại",
    "withdraw": "Đã rút lại",
    "adopt": "Ấn định thời hạn",
    "set-deadline": "Đổi thời hạn",
    "sent-day": "Xác nhận ngày gửi theo văn bản",
    "waive": "Thôi theo dõi",
    "hand-back-accepted": "Chấp thuận chuyển trả",
    "hand-back-refused": "Không chấp thuận chuyển trả",
    "taken": "Tiếp nhận",
    "for_signature": "Trình ký",
    "signed": "Đã ký",
    "sent": "Đã gửi đi",
    "promise": "Hẹn ngày gửi",
    "call": "Đã gọi điện",
    "comment": "Trao đổi",
    "cause": "Nguyên nhân",
    "paper": "Bổ sung số, ngày văn bản",
    "chased": "Thư đôn đốc",
}
STATES = {
    standing.OPEN: "Cập nhật", standing.SUBMITTED: "Đã gửi", standing.DONE: "Hoàn thành",
    standing.WAIVED: "Thôi theo dõi", standing.HANDED_BACK: "Chuyển trả", standing.SPLIT: "Tách việc",
    standing.UNASSIGNED: "Chờ phân công lại",
}  # fmt: skip
"""For acts that are not in the list above: what became of the work."""
OTHERWISE = "Thay đổi"
MAILS = {
    "digest": "Thư nhắc việc", "receipt": "Thư báo đã nhận", "returned": "Thư đề nghị xem lại",
    "province": "Dự thảo báo cáo UBND tỉnh", "chase": "Thư đôn đốc",
}  # fmt: skip
MAIL_STATES = {"queued": "đang chờ gửi", "leased": "đang gửi", "held": "chờ duyệt", "failed": "chưa gửi được"}


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the history."""

    when: str
    who: str
    what: str
    note: str
    days: str
    """gửi 18/12, nhập 20/12, where the two differ."""
    document: str


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything the page of one piece of work shows."""

    work: WorkRow
    plan_code: str
    plan_citation: str
    clause: str
    clause_long: str
    roles: tuple[tuple[str, str], ...]
    rule: str
    day: str
    whys: tuple[str, ...]
    status: Status
    waits: tuple[str, ...]
    followers: tuple[str, ...]
    """What waits for it."""
    promise: str
    steps: tuple[tuple[str, bool, str], ...]
    events: tuple[Event, ...]
    mails: tuple[tuple[str, str], ...]
    files: tuple[FileRow, ...]
    acts: tuple[str, ...]
    needs_code: bool
    """Its check is this agency's, but not of a session that a link opened."""
    cooperative: bool
    seen_by: str
    report_id: int | None
    form_code: str
    """Of the form of its duty; empty for the generic evidence."""
    holder_id: int | None
    holder_code: str
    plan: Plan


def get_own(session: Session, number: int, visitor: Visitor, today: date) -> WholeRow:
    """The row, for whoever may see it. Raises NotFound for any other, as if there were none."""
    row = views.find_whole(session, number, today) if 0 < number <= HIGHEST else None
    if row is None or not visitor.may_see(row.work.plan_id, row.work.standing.holder, row.receiver_id):
        raise NotFound("Không có việc này trong các việc của cơ quan.")
    return row


def rights(row: WholeRow, visitor: Visitor) -> Rights:
    """What the visitor may do with it."""
    holder = row.work.standing.holder
    receiver = row.receiver_id if row.verify == "receiver" else None
    return Rights(visitor.may_do(holder), visitor.may_verify(row.work.plan_id, holder, receiver))


def one(session: Session, number: int, visitor: Visitor, calendars: Calendars, today: date) -> Whole:
    """The page of one piece of work. Raises NotFound for work that is not the visitor's to see."""
    row = get_own(session, number, visitor, today)
    loaded = plan_store.get_loaded(session, row.work.plan_id)
    calendar, plan = calendars(loaded.plan.calendar), loaded.plan
    duty = next((duty for duty in plan.duties if duty.id == row.work.duty), None)
    events = work_history.list_events(session, number)
    names = _names(session, row, plan, duty, events, today)
    waits = _waits(session, row, loaded, calendars, today)
    cooperative = works.is_cooperative(row.holder_kind)
    read = works.outcomes_of(session, {loaded.id: loaded}, [row.work], today).get(number)
    seen = works.seen_of(row.work, cooperative=cooperative, waits=bool(waits), outcome=read)
    may = rights(row, visitor)
    seqs = [event.seq for event in events if event.act == "submit" or event.act.startswith("return")]
    mails = work_history.list_mail(session, number, receipts.keys_of(row.work.key, seqs))
    return Whole(
        work=row.work,
        plan_code=plan.code,
        plan_citation=f"Kế hoạch số {plan.document.number}",
        clause=row.work.clause,
        clause_long=clauses.in_words(row.work.clause, f"Kế hoạch số {plan.document.number}"),
        roles=tuple(_roles(row, duty, plan, names)),
        rule=rule_words.due_words(duty) if duty else "",
        day=words.said_day(row.work.standing.due_on) if row.work.standing.due_on else "",
        whys=tuple(_whys(row, duty, calendar)),
        status=works.historical() if row.work.historical else board.status(seen, today, calendar),
        waits=waits,
        followers=tuple(_followers(row, plan)),
        promise=_promise(row.work, events),
        steps=tuple(_steps(row.work, events)),
        events=tuple(_events(session, events, cooperative, today)),
        mails=tuple(_mails(mails, visitor, row.work.plan_id)),
        files=tuple(files.list_of(session, "occurrence", [number])[number]),
        acts=board.acts(seen, may, today),
        needs_code=not visitor.strong and row.receiver_id == visitor.agency_id != row.work.standing.holder
        and row.work.standing.state == standing.SUBMITTED,
        cooperative=cooperative,
        seen_by=_seen_by(row, plan, names) if cooperative else "",
        report_id=row.report_id,
        form_code=(duty.form or "") if duty else "",
        holder_id=row.work.standing.holder,
        holder_code=row.holder_code or "",
        plan=plan,
    )  # fmt: skip


def _waits(session: Session, row: WholeRow, loaded: LoadedPlan, calendars: Calendars, today: date) -> tuple[str, ...]:
    holder = row.work.standing.holder
    if holder is None:
        return ()
    found = works.waits_of(session, {loaded.id: loaded}, [row.work], holder, row.holder_code or "", calendars, today)
    return found.get(row.work.id, ())


# Words


def _names(
    session: Session, row: WholeRow, plan: Plan, duty: Duty | None, events: list[EventRow], today: date
) -> dict[int | str, NameRow]:
    """Agencies of this work, by number and by code."""
    ids = {row.original_holder_id, *(event.holder_id for event in events if event.holder_id)}
    if row.receiver_id:
        ids.add(row.receiver_id)
    codes = {plan.lead, *(plan.members(duty.with_) if duty else ())}
    found: dict[int | str, NameRow] = {}
    for name in views.list_names(session, ids, codes, today):
        found[name.id] = found[name.code] = name
    return found


def _roles(row: WholeRow, duty: Duty | None, plan: Plan, names: dict[int | str, NameRow]) -> list[tuple[str, str]]:
    holder = row.work.holder_short or "chờ phân công lại"
    found: list[tuple[str, str]] = [
        (words.said("Thực hiện"), f"{holder} ({row.word})" if row.word != "thực hiện" else holder)
    ]
    if row.original_holder_id != row.work.standing.holder and row.original_holder_id in names:
        found.append((words.said("Được giao ban đầu"), names[row.original_holder_id].short_name))
    if duty and duty.with_:
        members = [names[code].short_name for code in plan.members(duty.with_) if code in names]
        found.append((words.said("Phối hợp"), words.joined(members)))
    if row.receiver_id in names:
        found.append((words.said("Nơi nhận"), names[row.receiver_id].short_name))
    return found


def _whys(row: WholeRow, duty: Duty | None, calendar: WorkingCalendar) -> list[str]:
    document = words.citation(*row.due_document) if row.due_document else ""
    return whys.why_day(Grounds(row.work.standing, row.basis_note, row.work.opens_on, document), duty, calendar)


def _followers(row: WholeRow, plan: Plan) -> list[str]:
    """Titles of the duties that come after this one."""
    return [duty.title for duty in plan.duties if any(need.duty == row.work.duty for need in duty.after)]


def _seen_by(row: WholeRow, plan: Plan, names: dict[int | str, NameRow]) -> str:
    """Whose eyes a cooperative's figures meet."""
    receiver = names.get(row.receiver_id) if row.receiver_id else None
    lead = names.get(plan.lead)
    who = words.joined(list(dict.fromkeys(name.short_name for name in (receiver, lead) if name)))
    return f"Số liệu này {who} xem được; không chuyển cho cơ quan khác ngoài báo cáo tổng hợp."


def _promise(work: WorkRow, events: list[EventRow]) -> str:
    if work.promised_on is None or work.standing.state != standing.OPEN:
        return ""
    last = next((event for event in reversed(events) if event.act == "promise"), None)
    cause = board.CAUSES.get(last.cause, "") if last else ""
    said = ": ".join(part for part in (cause, last.text if last else "") if part)
    promised = words.said("Hẹn gửi %(day)s", day=words.said_day(work.promised_on))
    if said:
        promised = words.together(promised, f"({said})", by=" ")
    return words.said("%(promised)s. Thời hạn không đổi.", promised=promised)


def _steps(work: WorkRow, events: list[EventRow]) -> list[tuple[str, bool, str]]:
    """The path inside the agency; nothing while nobody noted a step."""
    days = {event.act: event.day for event in events if event.act in board.STEPS}
    if not days or work.standing.state != standing.OPEN:
        return []
    return [
        (label, code in days, words.day_text(day) if (day := days.get(code)) else "")
        for code, label in board.STEPS.items()
    ]


def _events(session: Session, events: list[EventRow], cooperative: bool, today: date) -> list[Event]:
    parsed = {event.by: actors.parse(event.by) for event in events}
    people = {actor.person for actor in parsed.values() if actor.person is not None}
    contacts = {actor.contact for actor in parsed.values()}
    boxes, persons = views.list_people(session, contacts, people)
    if others := contacts - boxes.keys() - {"system"}:
        boxes |= views.list_acting_agencies(session, others, today)
    return [_event(event, parsed[event.by], boxes, persons, cooperative) for event in reversed(events)]


def _event(
    event: EventRow, actor: actors.Actor, boxes: dict[str, str], persons: dict[int, str], cooperative: bool
) -> Event:
    local = event.at.astimezone(LOCAL)
    what = words.said(ACTS.get(event.act) or STATES.get(event.state, OTHERWISE))
    if event.act == "submit" and cooperative:
        what = words.said("Đã nộp")
    if event.act == "submit" and event.text.startswith(board.NOTHING):
        what = words.said("Không phát sinh: đã nộp") if cooperative else words.said("Không phát sinh: đã gửi")
    if event.on_behalf:
        what = words.together(what, words.said("nhập thay"))
    if event.retrospective:
        what = words.together(what, words.said("nhập hồi cứu"))
    return Event(
        when=words.said_moment(local),
        who=_who(actor, boxes, persons),
        what=what,
        note=_event_note(event),
        days=_days(event, local.date()),
        document=_document(event),
    )


def _who(actor: actors.Actor, boxes: dict[str, str], persons: dict[int, str]) -> str:
    """The person and the mailbox; "hệ thống" for what nobody did."""
    box = boxes.get(actor.contact, words.said("hệ thống") if actor.contact == "system" else actor.contact)
    person = persons.get(actor.person) if actor.person is not None else None
    said = f"{person}, hộp thư {box}" if person and person.partition(" (")[0] != box else person or box
    return f"{said}, theo ủy quyền" if actor.delegation is not None else said


def _event_note(event: EventRow) -> str:
    parts = []
    if event.act in ("adopt", "set-deadline", "plan") and event.due_on:
        parts.append(f"hạn {words.day_text(event.due_on)}")
    if event.act in ("promise", "call") and event.day:
        parts.append(f"hẹn gửi {words.day_text(event.day)}")
    if event.with_whom and event.act == "call":
        parts.append(f"gặp {event.with_whom}")
    if event.cause:
        parts.append(board.CAUSES.get(event.cause, event.cause))
    if event.text:
        parts.append(event.text)
    return words.sentence("; ".join(parts))


def _days(event: EventRow, recorded: date) -> str:
    if event.day is None or event.day == recorded or event.act in ("promise", "call", "open"):
        return ""
    days = {"day": f"{event.day:%d/%m}", "recorded": f"{recorded:%d/%m}"}
    if event.act == "submit":
        return words.said("gửi %(day)s, nhập %(recorded)s", **days)
    return words.said("ngày %(day)s, nhập %(recorded)s", **days)


def _document(event: EventRow) -> str:
    if not event.number or event.dated is None:
        return ""
    channel = CHANNELS.get(event.channel or "", "")
    return words.citation(event.number, event.dated) + (f", {channel}" if channel else "")


def _mails(mails: list[MailRow], visitor: Visitor, plan_id: int) -> list[tuple[str, str]]:
    """(day, what became of it): to the holder for everybody, to others for those who follow the plan."""
    follows = visitor.strong and plan_id in visitor.follows
    found = []
    for mail in mails:
        if mail.audience not in ("", "holder") and not follows:
            continue
        said = _mail(mail)
        if said and mail.send_on:
            found.append((words.day_text(mail.day or mail.send_on), said))
    return list(dict.fromkeys(found))


def _mail(mail: MailRow) -> str:
    if mail.kind is None:
        silent = mail.rung_state in ("skipped", "failed") and mail.reason
        return words.sentence(mail.reason) if silent else ""
    name = words.said(MAILS.get(mail.kind, "Thư"))
    if mail.state == "sent" and mail.sent_at is not None:
        local = mail.sent_at.astimezone(LOCAL)
        return words.said(
            "%(mail)s: máy chủ thư đã nhận lúc %(hour)s giờ %(minute)s ngày %(day)s", mail=name,
            hour=f"{local.hour:02d}", minute=f"{local.minute:02d}", day=words.day_text(local.date()),
        )  # fmt: skip
    state = MAIL_STATES.get(mail.state or "")
    return words.together(name, words.said(state), by=": ") if state else ""


def other_open(session: Session, number: int, visitor: Visitor, today: date) -> list[WorkRow]:
    """Other open work of the visitor's agency that the same paper may close, in the same plan."""
    rows = views.list_unfinished(session, visitor.agency_id)
    plan = next((row.plan_id for row in rows if row.id == number), None)
    found = []
    for row in rows:
        seen = works.seen_of(row, cooperative=visitor.cooperative, waits=False)
        if row.id != number and row.plan_id == plan and "submit" in board.acts(seen, Rights(True, False), today):
            found.append(row)
    return found

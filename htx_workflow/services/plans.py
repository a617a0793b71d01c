"""Loading a plan: what changed against the version loaded last is applied to work no decision has touched."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from htx_workflow.domain import audit, occurrences, reminders, standing
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import NotFound
from htx_workflow.domain.occurrences import Occurrence
from htx_workflow.domain.plan import Basis, Duty, Plan
from htx_workflow.services import visits
from htx_workflow.services.releases import release
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import audit_chain
from htx_workflow.store import contacts as contact_store
from htx_workflow.store import occurrences as store
from htx_workflow.store import plans as plan_store
from htx_workflow.store.database import Session
from htx_workflow.store.plans import LoadedPlan


@dataclass
class Loaded:
    """What a load did, or would do. Lines are Vietnamese and name the occurrence."""

    code: str
    version: int
    unchanged: bool = False
    opened: int = 0
    historical: int = 0
    agencies: list[str] = field(default_factory=list)
    contacts: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)


def get_plan(session: Session, code: str) -> LoadedPlan:
    """The loaded plan of this code. Raises NotFound."""
    found = plan_store.find_plan(session, code)
    if found is None:
        raise NotFound(
            f"Kế hoạch {code} chưa được nạp. Nạp bằng: htx plan load config/plans/{code}.yaml; xem các kế hoạch: htx plan list"
        )
    return found


def duty_of(plan: Plan, code: str) -> Duty:
    """A duty of the plan by its id. Raises NotFound."""
    for duty in plan.duties:
        if duty.id == code:
            return duty
    raise NotFound(f"Kế hoạch {plan.code} không có nhiệm vụ {code}. Xem các mã: htx plan show {plan.code}")


def load(
    session: Session,
    plan: Plan,
    source: str,
    calendar: WorkingCalendar,
    *,
    on: date,
    today: date,
    now: datetime,
    by: str,
) -> Loaded:
    """Load a plan, or a newer text of it. `on`: the day of activation, used the first time only."""
    sha256 = hashlib.sha256(source.encode()).hexdigest()
    before = plan_store.find_plan(session, plan.code)
    if before is not None and before.sha256 == sha256:
        return Loaded(plan.code, before.version_no, unchanged=True)
    outcome = Loaded(plan.code, 1)
    outcome.agencies = agency_store.add_missing_agencies(session, plan.agencies, plan.starts_on)
    agencies = agency_store.ids_by_code(session)
    plan_id, outcome.version = plan_store.write_plan(session, plan, agencies, on)
    plan_store.add_version(session, plan_id, outcome.version, plan, source, sha256, now, by)
    duties = plan_store.write_duties(session, plan_id, outcome.version, plan.duties)
    plan_store.write_milestones(session, plan_id, plan)
    outcome.contacts = agency_store.add_missing_contacts(session, plan.contacts, duties, plan.starts_on)
    if before is not None:
        left = _apply_people(session, before.plan, plan, duties, outcome, today)
        visits.end_of_contacts(session, left, by, now)
        _revoke_moved(session, before.plan, plan, by, now)

    activated = before.activated_on if before else on
    ladders = reminders.Ladders(plan, calendar)
    if before is not None:
        _apply_changes(session, before, plan, calendar, ladders, agencies, outcome, today, now, by)
        tied = {duty.id for duty in plan.duties if duty.after}
        release(session, plan_store.get_loaded(session, plan_id), tied, calendar, today, now)
    known = {row.key for row in store.list_rows(session, plan_id)} if before else set()
    new = [
        _opening(occurrence, ladders, activated, max(today, activated) if before else activated)
        for occurrence in occurrences.expand(plan, calendar)
        if occurrence.key not in known
    ]
    outcome.opened = store.open_all(
        session, plan_id, new, duties=duties, agencies=agencies, on=activated if not before else today, now=now, by=by
    )
    outcome.historical = sum(old for _, _, old in new)
    audit_chain.note(
        session,
        audit.Event(
            now, by, "plan.load", plan.code,
            {"version": outcome.version, "sha256": sha256, "activated_on": activated.isoformat(), "opened": outcome.opened,
             "changed": len(outcome.changed), "withdrawn": len(outcome.withdrawn), "conflicts": len(outcome.conflicts)},
        ),
    )  # fmt: skip
    return outcome


def _apply_people(
    session: Session, old: Plan, new: Plan, duties: dict[str, int], outcome: Loaded, today: date
) -> dict[str, int]:
    """Agencies and contacts whose entry in the file changed follow it. A contact that left the file has left: code and
    number of those."""
    old_agencies = {agency.code: agency for agency in old.agencies}
    agencies = [agency for agency in new.agencies if old_agencies.get(agency.code, agency) != agency]
    agency_store.update_agencies(session, agencies, today)
    old_contacts = {contact.code: contact for contact in old.contacts}
    contacts = [
        contact
        for contact in new.contacts
        if old_contacts.get(contact.code) != contact and contact.code not in outcome.contacts
    ]
    agency_store.update_contacts(session, contacts, duties, today)
    elsewhere = {
        contact.code
        for loaded in plan_store.list_plans(session)
        if loaded.plan.code != new.code
        for contact in loaded.plan.contacts
    }
    gone = sorted(old_contacts.keys() - {contact.code for contact in new.contacts} - elsewhere)
    left = agency_store.end_contacts(session, gone, today)
    outcome.changed += [f"cơ quan {agency.code}" for agency in agencies]
    outcome.changed += [f"đầu mối {contact.code}" for contact in contacts]
    outcome.withdrawn += [f"đầu mối {code}" for code in gone]
    return left


def _revoke_moved(session: Session, old: Plan, new: Plan, by: str, now: datetime) -> None:
    """Links sent to an address that a contact no longer has open nothing any more."""
    addresses = {contact.code: contact.address for contact in old.contacts}
    moved = [
        contact.code for contact in new.contacts if addresses.get(contact.code, contact.address) != contact.address
    ]
    for code in moved:
        row = contact_store.find_by_code(session, code)
        visits.revoke_links(session, code, row.id, by, now)


def _opening(
    occurrence: Occurrence, ladders: reminders.Ladders, activated: date, since: date
) -> tuple[Occurrence, date | None, bool]:
    """An occurrence with its first reminder day; what was due before the activation is historical and silent."""
    if occurrence.due_on is None or occurrence.basis is None:
        return occurrence, None, False
    if occurrence.due_on < activated:
        return occurrence, None, True
    ladder = ladders.on(occurrence.basis, occurrence.due_on)
    return occurrence, reminders.first_day_of_new(ladder, since), False


def _apply_changes(
    session: Session,
    before: LoadedPlan,
    plan: Plan,
    calendar: WorkingCalendar,
    ladders: reminders.Ladders,
    agencies: dict[str, int],
    outcome: Loaded,
    today: date,
    now: datetime,
    by: str,
) -> None:
    old = {occurrence.key: occurrence for occurrence in occurrences.expand(before.plan, calendar)}
    new = {occurrence.key: occurrence for occurrence in occurrences.expand(plan, calendar)}
    decided = store.touched_by_decision(session, before.id)
    changes: list[store.Change] = []
    texts: list[tuple[int, str, str, int | None, date]] = []
    for row in store.list_rows(session, before.id):
        was, becomes = old.get(row.key), new.get(row.key)
        if becomes is not None:
            receiver = agencies[becomes.receiver] if becomes.receiver else None
            text = (row.id, becomes.title, becomes.basis_note or "", receiver, becomes.opens_on)
            if text[1:] != (row.title, row.basis_note, row.receiver_id, row.opens_on):
                texts.append(text)
        said = _difference(was, becomes, row)
        if said is None:
            continue
        if row.id in decided or row.standing.state not in (standing.OPEN, standing.WAIVED):
            outcome.conflicts.append(f"{row.key}: {said}; đã có quyết định hoặc đã xử lý nên giữ nguyên")
            continue
        after = _standing_after(row.standing, becomes)
        next_day = None
        revived = row.historical and after.due_on is not None and after.due_on >= before.activated_on
        if revived:
            store.revive(session, row.id)
        if becomes is not None and after.due_on and after.basis and (revived or not row.historical):
            next_day = reminders.first_day(ladders.on(after.basis, after.due_on), today)
        changes.append(
            store.Change(
                row.id,
                "plan",
                row.standing,
                after,
                today,
                now,
                today,
                by,
                next_day,
                note=f"phiên bản {outcome.version}: {said}",
            )
        )
        (outcome.withdrawn if becomes is None else outcome.changed).append(f"{row.key}: {said}")
    store.record(session, changes)
    store.update_texts(session, texts)


def _difference(was: Occurrence | None, becomes: Occurrence | None, row: store.Row) -> str | None:
    """What the newer text says otherwise of this occurrence, in words; None when nothing."""
    if becomes is None:
        return "không còn trong kế hoạch, thôi theo dõi" if was is not None else None
    if was is None:
        return "trở lại trong kế hoạch" if row.standing.state == standing.WAIVED else None
    if (was.due_on, was.basis) == (becomes.due_on, becomes.basis):
        return None
    return f"{_day_words(was)} đổi thành {_day_words(becomes)}"


def _day_words(occurrence: Occurrence) -> str:
    if occurrence.due_on is None:
        return "chưa có ngày"
    label = "dự kiến" if occurrence.basis is Basis.ASSUMED else "hạn"
    return f"{label} {occurrence.due_on:%d/%m/%Y}"


def _standing_after(before: standing.Standing, becomes: Occurrence | None) -> standing.Standing:
    if becomes is None:
        return replace(before, state=standing.WAIVED)
    if before.state == standing.WAIVED:
        before = replace(before, state=standing.OPEN)
    if becomes.due_on is None or becomes.basis is None:
        return replace(before, due_on=None, basis=None, due_rev=before.due_rev + 1)
    return standing.with_deadline(before, becomes.due_on, becomes.basis, None)

"""Reading reports of mail that came back (đọc thư trả lại): each once, matched to a mail of ours.

A report counts only when it names the Message-ID of a mail we sent, which nobody else can guess, and the address it
went to. For good: the address is marked, nothing is sent there until it is corrected, what it was to be told waits, and
the lead officer is told. For a while, or about no mail of ours: it is kept that it was read, and nothing else changes.
No report is ever answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from htx_workflow.domain import audit, words
from htx_workflow.domain import bounces as rules
from htx_workflow.domain.bounces import Bounce, Failure
from htx_workflow.domain.errors import NotFound
from htx_workflow.gateways.mail import message_id
from htx_workflow.services import alarm_mails
from htx_workflow.services.alarm_mails import Alarm, Fact
from htx_workflow.services.composing import Style
from htx_workflow.services.delivery import Sender
from htx_workflow.services.directory import Directory
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import audit_chain
from htx_workflow.store import bounces as store
from htx_workflow.store.agencies import ContactRow
from htx_workflow.store.database import Session

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
DAYS = 30
"""A mail of so many days ago, named by its Message-ID alone, is still looked for."""
BROKEN = "địa chỉ hỏng"


class Taken(NamedTuple):
    """What became of a report: permanent, transient, unknown, again (read before) or none (no report), in a sentence."""

    kind: str
    sentence: str


@dataclass(frozen=True, slots=True)
class _Match:
    """The mail of ours that a report is about, and what it says of it."""

    mail: Any
    failure: Failure


def take(session: Session, raw: bytes, sender: Sender, style: Style, now: datetime) -> Taken:
    """Read one mail of the mailbox for returned mail. Nothing but its own row is written for what is not ours."""
    report = rules.read(raw)
    if report is None:
        return Taken("none", "Thư này không phải báo thư trả lại; không có gì thay đổi.")
    if store.was_read(session, report.mark):
        return Taken("again", "Báo thư trả lại này đã được đọc trước đây; không có gì thay đổi.")
    found = _match(session, report, sender, now)
    if found is None:
        store.add(session, report.mark, now, "unknown")
        return Taken("unknown", "Báo thư trả lại không khớp thư nào đã gửi từ đây; chỉ đếm, không có gì thay đổi.")
    kind = "permanent" if found.failure.permanent else "transient"
    store.add(
        session, report.mark, now, kind, message_id=found.mail.id, contact_id=found.mail.contact_id,
        status=found.failure.status, reason=found.failure.words,
    )  # fmt: skip
    if kind == "transient":
        return Taken(
            kind, f"Thư gửi {found.mail.address} bị chậm ({_why(found.failure)}); đã ghi nhận, máy chủ còn gửi lại."
        )
    _mark(session, found, style, now)
    return Taken(
        kind, f"Thư gửi {found.mail.address} bị trả lại ({_why(found.failure)}); không gửi tới địa chỉ này nữa."
    )


def _why(failure: Failure) -> str:
    return " ".join(part for part in (failure.status, failure.words) if part) or "không nêu lý do"


def _match(session: Session, report: Bounce, sender: Sender, now: datetime) -> _Match | None:
    """The mail with this Message-ID, to an address the report names."""
    named = {address: failure for failure in report.failures for address in failure.addresses}
    known = {each.rpartition("@")[0] for each in report.message_ids}
    mails: Sequence[Any] = []
    if report.key:
        mail = store.find_by_key(session, report.key)
        mails = [mail] if mail is not None else []
    elif known:
        since = (now.astimezone(LOCAL) - timedelta(days=DAYS)).date()
        mails = store.list_sent_to(session, list(named), since)
    for mail in mails:
        failure = named.get(mail.address.lower())
        ours = message_id(mail.key, "x", sender.signing_key).rpartition("@")[0]
        if failure is not None and ours in known and mail.state in ("sent", "failed", "queued", "leased"):
            return _Match(mail, failure)
    return None


def _mark(session: Session, found: _Match, style: Style, now: datetime) -> None:
    """The address has failed: contacts marked, mail that waits for them taken back, the lead officer told."""
    mail, today = found.mail, now.astimezone(LOCAL).date()
    store.take_back(session, mail.id, f"{BROKEN}: {_why(found.failure)}")
    people = store.mark_failed(session, mail.address, now, today)
    if not people:
        return
    store.cancel_waiting(session, [each.id for each in people], f"{BROKEN}: {_why(found.failure)}")
    for each in people:
        detail: dict[str, object] = {"contact": each.id, "message": mail.id}
        audit_chain.note(session, audit.Event(now, "system", "address.failed", f"contact/{each.code}", detail))
    _tell(session, people, mail, found.failure, style, now)


def _tell(session: Session, people: Sequence[Any], mail: Any, failure: Failure, style: Style, now: datetime) -> None:
    """One mail to each officer of the lead agencies, and to the administrators."""
    today = now.astimezone(LOCAL).date()
    directory = Directory(session, today)
    to: dict[int, ContactRow] = {row.id: row for row in agency_store.list_admins(session, today)}
    for lead in store.leads_of(session, [each.agency_id for each in people]):
        to |= {row.id: row for row in directory.leads(lead)}
    names = [
        f"{each.name or each.unit or each.code} ({directory.agencies[each.agency_id].short_name})" for each in people
    ]
    phones = [each.phone for each in people if each.phone]
    alarm = Alarm(
        key=f"address/{people[0].code}/{today.isoformat()}/{mail.id}",
        title=f"thư gửi {names[0]} bị trả lại",
        what=f"Thư gửi {mail.address} bị trả lại; từ nay không thư nào gửi tới địa chỉ này cho đến khi được sửa.",
        facts=(
            Fact("Đầu mối", ", ".join(names)),
            *((Fact("Điện thoại", ", ".join(phones)),) if phones else ()),
            Fact("Máy chủ báo", _why(failure)),
            Fact("Thư", mail.key),
        ),
        lines=(),
        whom="Cán bộ theo dõi kế hoạch",
        remedies=(
            "Gọi đầu mối hỏi địa chỉ đúng, sửa ở trang Quản trị (Đầu mối) hoặc bằng htx contact set; việc đang chờ được"
            " nhắc tới địa chỉ mới",
            f"Nếu địa chỉ vẫn đúng: Bảng theo dõi, trang Địa chỉ hỏng, hoặc htx bounce clear {people[0].code}",
        ),
    )
    alarm_mails.queue_for(session, alarm, list(to.values()), directory.agencies, now, style)


def clear(session: Session, code: str, by: str, now: datetime) -> None:
    """The address is right after all: mail goes there again. Raises NotFound when nothing was known against it."""
    if not store.clear(session, code):
        raise NotFound(f"Địa chỉ của đầu mối {code} không bị ghi là hỏng. Đề nghị xem danh sách: htx bounce list")
    audit_chain.note(session, audit.Event(now, by, "address.right", f"contact/{code}", {}))


def failed_words(row: Any) -> str:
    """Since when and why an address failed, in a few words."""
    said = " ".join(part for part in (row.status, row.reason) if part)
    return f"hỏng từ {words.day_text(row.address_failed_at.astimezone(LOCAL).date())}" + (f": {said}" if said else "")

"""Six digits (mã sáu số): sent by mail, read out by the lead officer, or printed on a sheet with a short address.

Only hashes are kept, and those of the digits can be tried out only with the signing key. A mail with digits holds a
placeholder; they are put in when it leaves (`services.delivery`).
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from htx_workflow.domain import audit, short_codes, words
from htx_workflow.domain.digests import Addressee
from htx_workflow.domain.errors import NotAllowed, NotFound
from htx_workflow.domain.plan import AgencyKind
from htx_workflow.services import delivery, visits
from htx_workflow.services.composing import Style
from htx_workflow.store import access, audit_chain, outbox
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import contacts as contact_store
from htx_workflow.store.database import Session

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
MINUTES = delivery.CODE_SPAN // timedelta(minutes=1)
"""A code by mail, or read out, is good so long."""
TRIES = 5
SHEET_DAYS = 14
INVITE_HOURS = 24
A_DAY = 20
"""Mails with a code that one contact gets in 24 hours."""
WRONG = (
    "Mã chưa đúng hoặc không còn hiệu lực. Đề nghị xem lại sáu số trong thư mới nhất;"
    " sau 05 lần nhập sai, mã không dùng được nữa và cần xin mã mới."
)
"""One sentence for every reason: it tells nobody whether an address is known."""


def queue_code(session: Session, address: str, ticket: str, key: bytes, style: Style, now: datetime) -> str | None:
    """Queue a mail with a code for an address that a living contact has; the mail's key, else None."""
    today = now.astimezone(LOCAL).date()
    found = contact_store.list_by_address(session, address, today)
    if not found or access.count_made(session, found[0].id, "code", now - timedelta(days=1)) >= A_DAY:
        return None
    contact = found[0]
    message_key = f"code/{contact.code}/{today.isoformat()}/{visits.hashed(ticket)[:12]}"
    rendered = style.renderer.render("sign_in_code", **_values(session, contact, now, style))
    outbox.add_messages(
        session,
        [
            outbox.NewMessage(
                message_key, "code", contact.id, None, contact.address, today, rendered.subject, rendered.text,
                rendered.html, "",
            )
        ],
        now,
    )  # fmt: skip
    digits = delivery.code_digits(key, message_key)
    access.add(
        session, kind="code", contact_id=contact.id, token_sha256=visits.hashed(ticket),
        digits_sha256=short_codes.proof(key, ticket, digits), strength="code", made_at=now, made_by=contact.code,
        expires_at=now + timedelta(minutes=MINUTES), message_id=outbox.find_message(session, message_key).id,
    )  # fmt: skip
    audit_chain.note(session, audit.Event(now, contact.code, "code.mail", f"contact/{contact.code}", {}))
    return message_key


def _values(session: Session, contact: Any, now: datetime, style: Style) -> dict[str, Any]:
    """What the mail `sign_in_code` needs."""
    moment = now.astimezone(LOCAL)
    name, short = agency_store.name_on(session, contact.agency_id, moment.date())
    to = Addressee(
        contact.code, contact.address, contact.agency, name, short, AgencyKind(contact.kind), contact.unit, False
    )
    return {
        "to": to,
        "moment": words.moment_text(moment),
        "until": words.moment_text(moment + timedelta(minutes=MINUTES)),
        "minutes": MINUTES,
        "simulation": style.simulation,
    }


@dataclass(frozen=True, slots=True)
class Way:
    """Digits that were right: whose they are and what they open."""

    credential_id: int
    kind: str
    contact_ids: tuple[int, ...]
    """Contacts with one address: one of them is chosen."""
    strength: str
    until: datetime | None


def check(session: Session, token: str, digits: str, key: bytes, now: datetime) -> Way | None:
    """What these digits open, or None. Nothing is written; who asks counts the tries."""
    row = access.find(session, visits.hashed(token))
    wanted = row.digits_sha256 if row is not None else "0" * 64
    right = hmac.compare_digest(short_codes.proof(key, token, digits), wanted)
    if row is None or not right or row.ended_at is not None or row.expires_at <= now or row.tries >= TRIES:
        return None
    if row.kind not in ("code", "aloud", "sheet") or (row.kind != "sheet" and row.used_at is not None):
        return None
    today = now.astimezone(LOCAL).date()
    if row.kind == "code":
        numbers = tuple(contact.id for contact in contact_store.list_by_address(session, row.address, today))
    else:
        numbers = (row.contact_id,)
    return Way(row.id, row.kind, numbers, row.strength, row.expires_at if row.kind == "sheet" else None)


def enter(session: Session, way: Way, contact_id: int, now: datetime, *, last_token: str, browser: str) -> str:
    """A session for one of the contacts the digits stand for: its token. Raises NotAllowed when used meanwhile."""
    contact = contact_store.find_living(session, contact_id, now.astimezone(LOCAL).date())
    if contact is None or contact_id not in way.contact_ids:
        raise NotAllowed(WRONG)
    if not access.mark_used(session, way.credential_id, now, once=way.kind != "sheet"):
        raise NotAllowed(WRONG)
    return visits.reopen(
        session, contact_id, way.strength, now, subject=contact.code, last_token=last_token, browser=browser,
        until=way.until,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Short:
    """A short address with its six digits, to be read out or printed."""

    number: int
    contact: str
    short: str
    digits: str
    until: datetime

    @property
    def digits_shown(self) -> str:
        return short_codes.shown(self.digits)


def read_aloud(session: Session, contact_id: int, key: bytes, by: str, now: datetime) -> Short:
    """A code to read out by telephone, shown once; good for 30 minutes and one use."""
    return _add_short(session, "aloud", contact_id, key, by, now, timedelta(minutes=MINUTES))


def make_sheet(session: Session, contact_id: int, key: bytes, by: str, now: datetime) -> Short:
    """An access sheet (phiếu truy cập): good for 14 days, again and again."""
    return _add_short(session, "sheet", contact_id, key, by, now, timedelta(days=SHEET_DAYS))


def get_sheet(session: Session, number: int, key: bytes, now: datetime) -> Short:
    """A living sheet, to be printed again. Raises NotFound."""
    row = access.find_by_id(session, number)
    if row is None or row.kind != "sheet" or row.ended_at is not None or row.expires_at <= now:
        raise NotFound("Phiếu truy cập này không còn hiệu lực. Đề nghị in phiếu mới.")
    return _short(row.id, row.contact, "sheet", row.contact_id, row.made_at, key, row.expires_at)


def _add_short(
    session: Session, kind: str, contact_id: int, key: bytes, by: str, now: datetime, lasts: timedelta
) -> Short:
    contact = contact_store.find_living(session, contact_id, now.astimezone(LOCAL).date())
    if contact is None:
        raise NotFound("Đầu mối này đã thôi nhiệm vụ.")
    made_at = now
    made = _short(0, contact.code, kind, contact_id, made_at, key, made_at + lasts)
    while access.find(session, visits.hashed(made.short)) is not None:
        made_at += timedelta(microseconds=1)
        made = _short(0, contact.code, kind, contact_id, made_at, key, made_at + lasts)
    number = access.add(
        session, kind=kind, contact_id=contact_id, token_sha256=visits.hashed(made.short),
        digits_sha256=short_codes.proof(key, made.short, made.digits), strength="link" if kind == "sheet" else "code",
        made_at=made_at, made_by=by, expires_at=made.until,
    )  # fmt: skip
    detail: dict[str, object] = {"credential": number}
    audit_chain.note(session, audit.Event(now, by, f"code.{kind}", f"contact/{contact.code}", detail))
    return Short(number, made.contact, made.short, made.digits, made.until)


def _short(
    number: int, contact: str, kind: str, contact_id: int, made_at: datetime, key: bytes, until: datetime
) -> Short:
    what = f"{kind}\n{contact_id}\n{made_at.astimezone(LOCAL).isoformat()}"
    return Short(number, contact, short_codes.short_of(key, what), short_codes.digits_of(key, what), until)


def invite(session: Session, contact_id: int, by: str, now: datetime) -> str:
    """The token of a link that lets the first administrator in once, within 24 hours."""
    token = secrets.token_urlsafe(visits.TOKEN_BYTES)
    number = access.add(
        session, kind="invite", contact_id=contact_id, token_sha256=visits.hashed(token), strength="code",
        made_at=now, made_by=by, expires_at=now + timedelta(hours=INVITE_HOURS),
    )  # fmt: skip
    audit_chain.note(session, audit.Event(now, by, "code.invite", f"credential/{number}", {"contact": contact_id}))
    return token


def find_invite(session: Session, token: str, now: datetime) -> Any:
    """A living invitation with its contact, or None."""
    row = access.find(session, visits.hashed(token))
    if row is None or row.kind != "invite" or row.used_at or row.ended_at or row.expires_at <= now:
        return None
    return row if contact_store.find_living(session, row.contact_id, now.astimezone(LOCAL).date()) else None


def accept_invite(session: Session, row: Any, now: datetime, *, last_token: str, browser: str) -> str:
    """The session of an invitation: its token. Raises NotAllowed when it was used meanwhile."""
    if not access.mark_used(session, row.id, now, once=True):
        raise NotAllowed("Liên kết này đã được dùng. Đề nghị đăng nhập bằng mã gửi tới hộp thư.")
    return visits.reopen(
        session, row.contact_id, "code", now, subject=row.contact, last_token=last_token, browser=browser
    )


def taken_at(session: Session, ticket: str, asked_at: datetime, now: datetime) -> datetime | None:
    """When the mail server took the mail of this ticket; None before it has.

    For an address that nobody has, what would have become of its mail is told from what became of the others: the
    page says the same of both.
    """
    row = access.find_sent(session, visits.hashed(ticket))
    others = access.last_code_mails(session, now - timedelta(days=30), 20)
    if row is not None:
        sent: datetime | None = row.sent_at
        return sent
    since = [mail for mail in others if mail.composed_at >= asked_at - timedelta(minutes=MINUTES)]
    if any(mail.sent_at is None for mail in since):
        return None
    usual: list[timedelta] = sorted(mail.sent_at - mail.composed_at for mail in others if mail.sent_at is not None)
    wait = usual[len(usual) // 2] if usual else timedelta(seconds=2)
    at = asked_at + min(wait, timedelta(minutes=2))
    return at if at <= now else None

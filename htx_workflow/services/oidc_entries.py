"""Signing in by the province's service (đăng nhập bằng tài khoản công vụ): whose account it is, and the session.

The account says only an address, and counts when the service has verified it and a living contact has it. It is as
strong as a code by mail: both show that somebody is behind that address.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from htx_workflow.domain import audit
from htx_workflow.domain.errors import NotAllowed
from htx_workflow.services import visits
from htx_workflow.store import audit_chain
from htx_workflow.store import contacts as contact_store
from htx_workflow.store.database import Session

LOCAL = ZoneInfo("Asia/Ho_Chi_Minh")
UNVERIFIED = (
    "Tài khoản này chưa có địa chỉ thư điện tử được xác minh. Đề nghị xác minh địa chỉ ở dịch vụ đăng nhập, hoặc đăng"
    " nhập bằng mã gửi tới hộp thư của đầu mối."
)
NOBODY = (
    "Tài khoản này có địa chỉ {address}, chưa phải địa chỉ của đầu mối nào. Đề nghị cơ quan chủ trì ghi địa chỉ này cho"
    " đầu mối, hoặc đăng nhập bằng mã gửi tới địa chỉ đã đăng ký."
)


def contacts_of(session: Session, address: str, verified: bool, today: date) -> list[Any]:
    """Living contacts of the account's address; several share one mailbox. Raises NotAllowed with what to do."""
    if not address or not verified:
        raise NotAllowed(UNVERIFIED)
    found = contact_store.list_by_address(session, address, today)
    if not found:
        raise NotAllowed(NOBODY.format(address=address[:80]))
    return found


def enter(session: Session, address: str, chosen: int, now: datetime, *, last_token: str, browser: str) -> str:
    """A session for one of the contacts of this verified address: its token."""
    found = contacts_of(session, address, True, now.astimezone(LOCAL).date())
    contact = next((row for row in found if row.id == chosen), None)
    if contact is None:
        raise NotAllowed("Đầu mối đã chọn không dùng địa chỉ của tài khoản này. Đề nghị đăng nhập lại.")
    audit_chain.note(session, audit.Event(now, contact.code, "oidc.enter", f"contact/{contact.code}", {}))
    return visits.reopen(session, contact.id, "code", now, subject=contact.code, last_token=last_token, browser=browser)

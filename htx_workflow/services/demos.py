"""The personas of the demo (vai dùng thử): who one may be with one click, and the session that opens.

They are contacts of plan 3819, with invented names. Routes offer them in demo mode only, and a database with a real
cooperative in it opens to nobody this way, whatever the settings say.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from htx_workflow.domain.errors import NotFound
from htx_workflow.services import visits
from htx_workflow.store import demo_rows
from htx_workflow.store.database import Session

OFFICE = "ubnd-van-phong"
"""Contact of Văn phòng UBND tỉnh: the plan's file names none, the demo adds one."""
WHO = {
    "skhdt-dau-moi": "Chuyên viên cơ quan chủ trì: theo dõi cả kế hoạch, kiểm tra báo cáo, nhắc việc.",
    "skhdt-lanh-dao": "Lãnh đạo Sở: xem, cho ý kiến, duyệt dự thảo báo cáo UBND tỉnh; không nhập số liệu.",
    "skhdt-quan-tri": "Quản trị hệ thống: đầu mối, phiên đăng nhập, tình trạng dịch vụ.",
    "dakto-tckh": "Phòng Tài chính - Kế hoạch huyện: gửi báo cáo của huyện, kiểm tra bảng tự chấm điểm của hợp tác xã.",
    "stc-dau-moi": "Sở phối hợp: có vài việc trong năm, hộp thư nhiều người dùng chung.",
    "rangdong-ke-toan": "Kế toán hợp tác xã: nộp bảng tự chấm điểm mỗi năm một lần, dùng điện thoại.",
    OFFICE: "Văn phòng UBND tỉnh: theo dõi, cho ý kiến; không nhập số liệu.",
}
"""By the contact's code, in the order of the page: who this is, in one sentence."""


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody to be."""

    contact: str
    name: str
    agency: str
    sentence: str


def personas(session: Session, today: date) -> list[Persona]:
    """The personas that this database has, in the order of `WHO`; none where a cooperative is real."""
    if not demo_rows.only_simulated(session):
        return []
    found = {row.contact: row for row in demo_rows.list_contacts(session, list(WHO), today)}
    return [
        Persona(code, found[code].name, found[code].agency_short, sentence)
        for code, sentence in WHO.items()
        if code in found
    ]


def enter(session: Session, contact: str, now: datetime, browser: str = "") -> str:
    """A session as this persona: its token. Raises NotFound for anybody else."""
    known = contact in WHO and demo_rows.only_simulated(session)
    row = demo_rows.find_contact(session, contact) if known else None
    if row is None:
        raise NotFound("Bản mô phỏng không có vai này.")
    return visits.open_(session, row.contact_id, "demo", now, subject=contact, person_id=row.person_id, browser=browser)

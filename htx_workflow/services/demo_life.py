"""What people leave behind in the demo beside the plan's own course: names behind mailboxes, notes, open requests.

Everything is invented and marked so; the same seed gives the same life.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.plan import Contact
from htx_workflow.services import demos, plans
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import demo_rows
from htx_workflow.store.database import Session

PEOPLE = {
    "skhdt": (("Nguyễn Thị Mẫu", "Chuyên viên"), ("Phan Văn Thử", "Chuyên viên")),
    "snnptnt": (("Hoàng Văn Mẫu", "Chuyên viên"), ("Lương Thị Thử", "Chuyên viên")),
    "huyen-dakto": (("Trần Văn Mẫu", "Chuyên viên"), ("A Thử", "Phó Trưởng phòng")),
    "huyen-dakha": (("Đỗ Thị Mẫu", "Chuyên viên"), ("Y Thử", "Chuyên viên")),
}
"""By agency: invented people behind the shared mailboxes. Others are asked for a name at their first act."""


def add(session: Session, code: str, calendars: Mapping[str, WorkingCalendar], seed: int, today: date) -> None:
    """Fill what the replay does not play, as of the morning of `today`."""
    loaded = plans.get_plan(session, code)
    office = Contact(
        code=demos.OFFICE, agency=loaded.plan.province, address="vanphong.ubnd@example.vn", name="Hà Thị Mẫu",
        title="Chuyên viên Văn phòng", role="leader", rhythm="monday",
    )  # fmt: skip
    agency_store.add_missing_contacts(session, [office], {}, loaded.plan.starts_on)
    agencies = agency_store.ids_by_code(session)
    for agency, people in PEOPLE.items():
        for name, title in people:
            demo_rows.add_person(session, agencies[agency], name, title)

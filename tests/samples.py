"""Values for tests, with full defaults: the huyện's mail of Friday 13/12/2024, 07:30, and its neighbours.

`work(...)`, `item(...)`, `plan_head(...)` and `addressee(...)` take any field by name.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

from htx_workflow.domain import digests, reminders
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.digests import Addressee, Digest, Item, PlanHead, ProvinceDraft, Work
from htx_workflow.domain.plan import AgencyKind, Audience, Basis
from htx_workflow.gateways import templates
from htx_workflow.services import alarm_mails, alarms, chasing, rounds
from htx_workflow.services.alarm_mails import Alarm
from htx_workflow.services.composing import Style
from htx_workflow.store.runs import RunRow

MOMENT = datetime(2024, 12, 13, 7, 30, tzinfo=timezone(timedelta(hours=7)))
CALENDAR = WorkingCalendar.weekends_only()
LETTER = "Công văn số 231/SKHĐT-KTTT ngày 15/11/2024"
CIRCULAR = "Điều 9 Thông tư số 01/2020/TT-BKHĐT"


def plan_head(**changes: Any) -> PlanHead:
    """Plan 3819."""
    whole = PlanHead(
        code="kontum-3819",
        short="KH 3819",
        citation="Kế hoạch số 3819/KH-UBND ngày 23/10/2024 của Ủy ban nhân dân tỉnh",
        lead_name="Sở Kế hoạch và Đầu tư",
        focal="bà Nguyễn Thị Mẫu, Sở Kế hoạch và Đầu tư, điện thoại 0260 000 0000",
        focal_address="theodoi.skhdt@example.vn",
        agencies=11,
    )
    return replace(whole, **changes)


def addressee(**changes: Any) -> Addressee:
    """The finance office of UBND huyện Đăk Tô, behind a shared mailbox."""
    whole = Addressee(
        contact="dakto-tckh",
        address="tckh.dakto@example.vn",
        agency="huyen-dakto",
        agency_name="Ủy ban nhân dân huyện Đăk Tô",
        agency_short="UBND huyện Đăk Tô",
        agency_kind=AgencyKind.DISTRICT,
        unit="Phòng Tài chính - Kế hoạch",
    )
    return replace(whole, **changes)


def cooperative(**changes: Any) -> Addressee:
    """The accountant of a cooperative."""
    whole = addressee(
        contact="htx-mot-ke-toan",
        address="htx.mot@example.vn",
        agency="htx-mot",
        agency_name="Hợp tác xã mô phỏng 1 (Đăk Tô)",
        agency_short="HTX mô phỏng 1 (Đăk Tô)",
        agency_kind=AgencyKind.COOPERATIVE,
        unit="",
    )
    return replace(whole, **changes)


def lead_officer(**changes: Any) -> Addressee:
    """The officer of the lead agency."""
    whole = addressee(
        contact="skhdt-dau-moi",
        address="theodoi.skhdt@example.vn",
        agency="skhdt",
        agency_name="Sở Kế hoạch và Đầu tư",
        agency_short="Sở KH&ĐT",
        agency_kind=AgencyKind.DEPARTMENT,
        unit="",
    )
    return replace(whole, **changes)


def province(**changes: Any) -> Addressee:
    """The office that reads for the leaders of UBND tỉnh."""
    whole = addressee(
        contact="vpub-tong-hop",
        address="tonghop.vpub@example.vn",
        agency="ubnd-tinh",
        agency_name="Ủy ban nhân dân tỉnh Kon Tum",
        agency_short="UBND tỉnh",
        agency_kind=AgencyKind.PROVINCE,
        unit="",
    )
    return replace(whole, **changes)


def work(**changes: Any) -> Work:
    """The budget of UBND huyện Đăk Tô, due on Tuesday 10/12/2024."""
    whole = Work(
        id=1,
        key="kontum-3819/V.7.2/huyen-dakto/2024",
        plan="kontum-3819",
        title="Kế hoạch và dự toán kinh phí hỗ trợ hợp tác xã năm 2025",
        clause="khoản 7 Mục V, gạch đầu dòng thứ hai",
        grounds=f"thời hạn theo {LETTER}",
        ask="gửi văn bản đã ký; nếu chưa kịp, cho biết lý do và ngày dự kiến gửi",
        holder="huyen-dakto",
        holder_name="Ủy ban nhân dân huyện Đăk Tô",
        holder_short="UBND huyện Đăk Tô",
        holder_kind=AgencyKind.DISTRICT,
        basis=Basis.DOCUMENT,
        due_on=date(2024, 12, 10),
    )
    return replace(whole, **changes)


def consolidation(**changes: Any) -> Work:
    """The yearly consolidation of UBND huyện Đăk Tô, due on Wednesday 18/12/2024 by law."""
    whole = work(
        id=2,
        key="kontum-3819/R.huyen/huyen-dakto/2024",
        title="Tổng hợp kết quả phân loại, đánh giá hợp tác xã năm 2024",
        clause=CIRCULAR,
        grounds=CIRCULAR,
        ask="gửi tổng hợp đã ký; nếu chưa kịp, cho biết lý do và ngày dự kiến gửi",
        basis=Basis.LAW,
        due_on=date(2024, 12, 18),
    )
    return replace(whole, **changes)


def yearly_report(**changes: Any) -> Work:
    """The yearly report of UBND huyện Đăk Tô, due on Friday 20/12/2024 by a letter."""
    whole = work(
        id=3,
        key="kontum-3819/R.agency/huyen-dakto/2024",
        title="Báo cáo năm 2024 kết quả thực hiện Kế hoạch",
        clause=LETTER,
        grounds="",
        due_on=date(2024, 12, 20),
    )
    return replace(whole, **changes)


def expected_update(**changes: Any) -> Work:
    """Work of UBND huyện Đăk Tô whose day, Tuesday 31/12/2024, nobody has fixed."""
    whole = work(
        id=4,
        key="kontum-3819/V.7.9/huyen-dakto/2024",
        title="Cập nhật nội dung hỗ trợ hợp tác xã theo Phụ lục Kế hoạch",
        clause="khoản 7 Mục V",
        grounds="",
        basis=Basis.ASSUMED,
        due_on=date(2024, 12, 31),
    )
    return replace(whole, **changes)


def union_opinion(**changes: Any) -> Work:
    """Work of Liên minh Hợp tác xã tỉnh, due on Friday 06/12/2024."""
    whole = work(
        id=5,
        key="kontum-3819/V.6.1b/lmhtx/r1",
        title="Góp ý dự thảo chính sách hỗ trợ",
        clause="khoản 6 Mục V, gạch đầu dòng thứ nhất",
        grounds="đề nghị phối hợp ngày 22/11/2024",
        holder="lmhtx",
        holder_name="Liên minh Hợp tác xã tỉnh Kon Tum",
        holder_short="Liên minh HTX tỉnh",
        holder_kind=AgencyKind.UNION,
        due_on=date(2024, 12, 6),
        reminded_on=tuple(date(2024, 12, day) for day in (3, 5, 6, 9)),
    )
    return replace(whole, **changes)


def self_score(**changes: Any) -> Work:
    """The self-score of a cooperative, due on Sunday 15/12/2024 by law."""
    whole = work(
        id=6,
        key="kontum-3819/R.htx/htx-mot/2024",
        title="Bảng tự chấm điểm và báo cáo tình hình hoạt động của hợp tác xã năm 2024",
        clause=CIRCULAR,
        grounds=f"{CIRCULAR} (chậm nhất ngày 15/12 hằng năm)",
        ask="nộp bảng tự chấm điểm kèm báo cáo tình hình hoạt động đến Phòng Tài chính - Kế hoạch huyện",
        holder="htx-mot",
        holder_name="Hợp tác xã mô phỏng 1 (Đăk Tô)",
        holder_short="HTX mô phỏng 1 (Đăk Tô)",
        holder_kind=AgencyKind.COOPERATIVE,
        basis=Basis.LAW,
        due_on=date(2024, 12, 15),
    )
    return replace(whole, **changes)


def item(told: Work, audience: Audience = Audience.HOLDER, *, step: str = "0", moment: datetime = MOMENT) -> Item:
    """A rung of this work, with the reason the ladder gives it."""
    today = moment.date()
    rung = reminders.Rung(0, step, audience, today, None)
    pending = reminders.Pending(told.key, told.holder, told.holder_kind, told.basis, told.due_on, today)
    return Item(told, told.id, step, audience, reminders.why_rung(pending, rung, today, CALENDAR))


def digest(
    told: list[Item],
    context: list[Work] | None = None,
    *,
    to: Addressee | None = None,
    plans: list[PlanHead] | None = None,
    moment: datetime = MOMENT,
) -> Digest:
    """The mail of one contact."""
    heads = {plan.code: plan for plan in plans or [plan_head()]}
    return digests.compose(to or addressee(), told, context or [], heads, moment, CALENDAR)


def district_digest() -> Digest:
    """One piece of work overdue, one due in 3 working days, two coming."""
    return digest([item(work()), item(consolidation())], [yearly_report(), expected_update()])


def cooperative_digest(moment: datetime = MOMENT, **changes: Any) -> Digest:
    """A cooperative's only piece of work."""
    return digest([item(self_score(**changes), moment=moment)], to=cooperative(), moment=moment)


def lead_digest(*own: Work, calls: bool = False) -> Digest:
    """What the lead officer must know of others: a huyện, Liên minh and a cooperative."""
    late = [
        work(
            reminded_on=tuple(date(2024, 12, day) for day in (5, 9, 10, 11)),
            focal="ông Trần Văn Mẫu, 0260 000 0001",
        ),
        union_opinion(),
        self_score(due_on=date(2024, 12, 9), reminded_on=(date(2024, 12, 9),), focal="bà Đinh Thị Mẫu, 0260 000 0020"),
    ]
    told = [item(one) for one in own] + [item(one, Audience.LEAD) for one in late]
    if calls:
        old = work(
            id=7, key="kontum-3819/V.7.2/huyen-kontum/2024", due_on=date(2024, 11, 21), holder_short="UBND huyện X"
        )
        told.append(item(old, Audience.CALL))
    return digest(told, to=lead_officer())


def province_draft() -> ProvinceDraft:
    """Two agencies overdue by ten working days or more; the cooperative among them is not shown."""
    moment = MOMENT.replace(day=24)
    late = [
        work(reminded_on=tuple(date(2024, 12, day) for day in (9, 10, 11, 18))),
        union_opinion(),
        self_score(due_on=date(2024, 12, 9)),
    ]
    told = [item(one, Audience.PROVINCE, moment=moment) for one in late]
    return digests.compose_draft(province(), told, plan_head(), moment, CALENDAR)


def level(**changes: Any) -> rounds.LevelState:
    """The yearly reports of three agencies, due on Friday 13/12/2024 by a letter; UBND huyện Đăk Tô has not sent."""
    whole = rounds.LevelState(
        round="nam",
        period="2024",
        duty="R.agency",
        title="Báo cáo năm kết quả thực hiện Kế hoạch",
        due_on=date(2024, 12, 13),
        owed=3,
        sent=2,
        accepted=1,
        in_time=2,
        missing=("huyen-dakto",),
        missing_names=("UBND huyện Đăk Tô",),
        holders=("stc", "lmhtx", "huyen-dakto"),
    )
    return replace(whole, **changes)


def round_state() -> rounds.RoundState:
    """The round of 2024: agencies, cooperatives and the lead agency itself, whose day nobody has fixed."""
    cooperatives = level(
        duty="R.htx",
        title="Bảng tự chấm điểm và báo cáo tình hình hoạt động của hợp tác xã",
        due_on=date(2024, 12, 15),
        owed=2,
        sent=1,
        in_time=1,
        missing=("htx-mot",),
        missing_names=("HTX mô phỏng 1 (Đăk Tô)",),
        holders=("htx-mot", "htx-hai"),
        cooperatives=True,
    )
    lead = level(
        duty="R.tinh",
        title="Báo cáo năm kết quả thực hiện Kế hoạch trên địa bàn tỉnh",
        due_on=date(2024, 12, 31),
        owed=1,
        sent=0,
        accepted=0,
        in_time=0,
        missing=("skhdt",),
        missing_names=("Sở KH&ĐT",),
        holders=("skhdt",),
        expected=True,
    )
    return rounds.RoundState("nam", "2024", (level(), cooperatives, lead))


def failed_run(**changes: Any) -> RunRow:
    """A tick that failed at 06:00 on Friday 13/12/2024."""
    began = MOMENT.replace(hour=6, minute=0)
    whole = RunRow(
        id=7,
        job="nightly_tick",
        plan_code="kontum-3819",
        day=date(2024, 12, 13),
        attempt=1,
        started_at=began,
        beat_at=began,
        finished_at=began,
        outcome="failed",
        counts="{}",
        error="Không có lịch config/calendars/vn.yaml mà kế hoạch dùng. Đề nghị khôi phục tệp này.",
        prefect_id="",
        told_at=None,
    )
    return replace(whole, **changes)


def alarm(**changes: Any) -> Alarm:
    """The alarm of that run, with a list as other alarms have one."""
    return replace(alarms.failure(failed_run(), 2), lines=("htx-mot", "htx-hai"), **changes)


def chase_values(*, simulation: bool = False) -> dict[str, Any]:
    """An officer asks by name for what is near."""
    asked = digest([item(consolidation())])
    values = templates.digest_values(asked, links=True, link_until=date(2024, 12, 27), simulation=simulation)
    values = {name: values[name] for name in chasing.NEEDED}
    return {**values, "by": "bà Nguyễn Thị Mẫu, Sở Kế hoạch và Đầu tư", "more": "Đề nghị gửi trong tuần này"}


def evaluation_values(*, simulation: bool = False) -> dict[str, dict[str, Any]]:
    """The mails of the yearly evaluation."""
    head = {"plan": plan_head(), "simulation": simulation}
    moment = "06 giờ 15 thứ Ba ngày 16/12/2025"
    decided = "Kết luận theo điểm tự chấm (mặc định, chưa có văn bản chọn cấp khác)"
    return {
        "level_ready": head
        | {
            "to": addressee(),
            "occasion": "gaps",
            "period": "năm 2025",
            "points": "điểm tự chấm",
            "first": True,
            "last": False,
            "sent": 1,
            "owed": 2,
            "missing": ["HTX mô phỏng 2"],
            "due": "thứ Năm 18/12/2025",
            "expected": False,
            "moment": moment,
            "links": True,
            "path": "12",
        },
        "trial_invitation": head
        | {"to": addressee(), "day": "thứ Hai 30/06/2025", "mark": "80", "names": ["HTX mô phỏng 1", "HTX mô phỏng 2"]},
        "trial_gaps": head
        | {
            "to": lead_officer(),
            "day": "30/06/2025",
            "lines": [
                "HTX mô phỏng 1: còn thiếu 3,5 điểm để đạt 80; tiêu chí 4 được 4, thấp hơn ban đầu 4,5",
                "HTX mô phỏng 2: chưa chấm thử",
            ],
            "scored": 1,
            "owed": 2,
        },
        "result_notice": head
        | {
            "to": cooperative(),
            "period": "năm 2025",
            "heading": decided,
            "total": "84,5",
            "band": "Tốt",
            "conclusion": "failed",
            "why": "Chưa đạt vì tiêu chí 4 (thuộc nhóm cần hoàn thiện) được 4 điểm, thấp hơn điểm ban đầu 4,5;"
            " tổng điểm 84,5 đã đạt mức từ 80 trở lên.",
            "estimate": True,
            "links": True,
            "path": "12",
        },
        "consolidated": head
        | {
            "to": lead_officer(),
            "no": 2,
            "period": "đợt năm 2025",
            "moment": moment,
            "target": "03/05 hợp tác xã đạt",
            "heading": decided,
            "missing": 2,
            "before": 1,
            "changes": ["HTX mô phỏng 1: tổng điểm 82 thành 81,5", "kinh phí: 02 chỗ"],
        },
    }


def mail_values(*, simulation: bool = False) -> dict[str, dict[str, Any]]:
    """For every mail of templates/emails/, values with which it renders."""
    until = date(2024, 12, 27)
    report = {
        "to": addressee(),
        "plan": plan_head(),
        "title": consolidation().title,
        "document_text": "Báo cáo số 145/BC-UBND ngày 18/12/2024",
        "timeliness": "đúng hạn",
        "simulation": simulation,
    }
    return {
        "reminder_agency": templates.digest_values(
            district_digest(), links=True, link_until=until, simulation=simulation
        ),
        "reminder_cooperative": templates.digest_values(
            cooperative_digest(), links=True, link_until=until, simulation=simulation
        ),
        "province_draft": templates.draft_values(province_draft(), simulation=simulation),
        "receipt": report
        | {
            "received": "14 giờ 05 ngày 18/12/2024",
            "check_by": "Sở Kế hoạch và Đầu tư kiểm tra chậm nhất ngày 20/12/2024",
            "more": "",
        },
        "returned": report
        | {
            "kind": "supplement",
            "reason": "thiếu minh chứng tiêu chí 5",
            "respond_by": "16 giờ 00 ngày 20/12/2024",
            "received": "ngày 18/12/2024",
            "links": True,
            "path": "2",
        },
        "decided": {
            "to": addressee(),
            "plan": plan_head(),
            "label": "Xin gia hạn",
            "title": consolidation().title,
            "by": "",
            "verdict": "Đồng ý",
            "text": "gửi kèm giải trình của các xã",
            "document_text": "Công văn số 1129/UBND-KTTH ngày 22/12/2025",
            "effect": "Hạn thứ Hai 29/12/2025 thay cho 22/12/2025; tỷ lệ theo hạn gốc vẫn tính 22/12/2025.",
            "links": True,
            "path": "2",
            "simulation": simulation,
        },
        "cooperation": {
            "to": addressee(),
            "plan": plan_head(),
            "asker": "Sở Nông nghiệp và Phát triển nông thôn",
            "title": "Đề xuất phương án nhân rộng mô hình",
            "reason": "góp ý dự thảo phương án nhân rộng, phần địa bàn huyện",
            "day": "thứ Hai 15/12/2025",
            "document_text": LETTER,
            "links": True,
            "path": "7",
            "simulation": simulation,
        },
        "recorded": {
            "to": addressee(),
            "plan": plan_head(),
            "title": consolidation().title,
            "document_text": "Báo cáo số 145/BC-UBND ngày 18/12/2024",
            "sent_on": "thứ Tư 18/12/2024",
            "timeliness": "đúng hạn",
            "links": True,
            "path": "2",
            "simulation": simulation,
        },
        "chase": chase_values(simulation=simulation),
        "round_report": {
            "to": lead_officer(),
            "plan": plan_head(),
            "state": round_state(),
            "tally": round_state().agencies_but("skhdt"),
            "period": "năm 2024",
            "occasion": "after",
            "moment": "07 giờ 30 thứ Hai ngày 16/12/2024",
            "simulation": simulation,
        },
        **evaluation_values(simulation=simulation),
        "alarm": alarm_mails.values(
            alarm(),
            lead_officer(contact="skhdt-quan-tri"),
            MOMENT,
            Style(None, simulation=simulation),  # type: ignore[arg-type]  # renders nothing
        ),
        "sign_in_code": {
            "to": addressee(),
            "moment": "07 giờ 30 thứ Sáu ngày 13/12/2024",
            "until": "08 giờ 00 thứ Sáu ngày 13/12/2024",
            "minutes": 30,
            "simulation": simulation,
        },
        "mail_test": {
            "sender": "nhacviec@example.vn",
            "server": "mail.example.vn:587",
            "moment": "07 giờ 30 thứ Sáu ngày 13/12/2024",
            "simulation": simulation,
        },
    }

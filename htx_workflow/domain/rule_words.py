"""A duty's date rule in one Vietnamese line."""

from __future__ import annotations

from htx_workflow.domain import words
from htx_workflow.domain.plan import Basis, Duty, Every, Kind, Once, Window, WorkingDaysAfter, Yearly

BASIS_WORDS = {
    Basis.LAW: "theo quy định pháp luật",
    Basis.PLAN: "theo Kế hoạch",
    Basis.DOCUMENT: "theo văn bản ấn định",
    Basis.ASSUMED: "thời gian dự kiến, chưa có văn bản ấn định",
}
KIND_WORDS = {
    Kind.CONTINUOUS: "Thường xuyên, không có hạn; kết quả nêu trong báo cáo năm",
    Kind.OUTCOME: "Kết quả, đọc từ điểm đánh giá",
    Kind.ON_REQUEST: "Mở khi có đề nghị",
    Kind.CONDITIONAL: "Mở khi có kết luận",
}
WINDOW_WORDS = {"month": "tháng", "quarter": "quý", "half_year": "06 tháng", "year": "năm"}


def due_words(duty: Duty) -> str:
    """Chậm nhất 15/12 hằng năm (theo quy định pháp luật)."""
    if duty.fulfilled_by:
        return f"Hoàn thành cùng {duty.fulfilled_by}"
    rule = duty.due
    if rule is None:
        return KIND_WORDS.get(duty.kind, "Chưa có ngày")
    verb = "Chậm nhất" if rule.inclusive else "Trước ngày"
    text = _rule_words(rule, verb)
    return f"{text} ({BASIS_WORDS[duty.basis]})" if duty.basis else text


def _rule_words(rule: Yearly | Once | WorkingDaysAfter | Window | Every, verb: str) -> str:
    if isinstance(rule, Once):
        return (
            f"{verb} {words.day_text(rule.on)}" if rule.on else f"Chưa có ngày, chờ {rule.awaits or 'văn bản ấn định'}"
        )
    if isinstance(rule, Yearly):
        month, day = rule.on.split("-")
        years = f", kỳ cuối năm {rule.last}" if rule.last else ""
        return f"{verb} {day}/{month} hằng năm{years}"
    if isinstance(rule, WorkingDaysAfter):
        event = "ngày nhận đề nghị" if rule.of == "request" else f"{rule.of} được chấp nhận"
        return f"Trong {words.count_text(rule.working_days)} ngày làm việc kể từ sau {event}"
    if isinstance(rule, Every):
        return f"{verb} mỗi {rule.days} ngày một lần, từ {words.day_text(rule.first)}"
    if rule.day is not None:
        when = f"ngày {rule.day} của tháng cuối kỳ"
    elif rule.days is not None:
        when = f"{rule.days} ngày sau ngày chốt số liệu"
    else:
        when = f"{words.count_text(rule.working_days or 0)} ngày làm việc sau ngày chốt số liệu"
    return f"{verb} {when}, báo cáo {WINDOW_WORDS[rule.window]} (số liệu chốt ngày 14)"

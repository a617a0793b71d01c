"""Scopes (phạm vi) of keys for programs: what a key may read and write for its agency; never more than its people may."""

from __future__ import annotations

from collections.abc import Iterable

from htx_workflow.domain.errors import BadInput

SCOPES: dict[str, str] = {
    "read:occurrences": "đọc các kỳ thực hiện của cơ quan: mã, hạn, tình trạng",
    "read:status": "đọc tình hình thực hiện (bốn ô và tỷ lệ đúng hạn)",
    "read:reports": "đọc báo cáo, bản nháp và tệp của cơ quan",
    "write:reports": "lưu bản nháp, gửi báo cáo và tệp",
    "read:requests": "đọc các đề nghị của cơ quan",
    "write:requests": "gửi đề nghị",
    "read:scores": "đọc phiếu chấm điểm và kết quả đánh giá",
}
"""By code, with what an administrator reads before giving it."""


def parse(chosen: Iterable[str]) -> tuple[str, ...]:
    """The scopes chosen, each once, in the order of the list. Raises BadInput."""
    wanted = {scope.strip() for each in chosen for scope in each.replace(",", " ").split() if scope.strip()}
    unknown = sorted(wanted - set(SCOPES))
    if unknown:
        raise BadInput(f"Không có phạm vi {', '.join(unknown)}. Các phạm vi: {', '.join(SCOPES)}.")
    if not wanted:
        raise BadInput(f"Cần chọn ít nhất một phạm vi. Các phạm vi: {', '.join(SCOPES)}.")
    return tuple(scope for scope in SCOPES if scope in wanted)

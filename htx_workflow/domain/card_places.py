"""Where a scorecard belongs (vị trí của phiếu): plan, cooperative, year, stage and level.

A stage is a version of the year's figures: the trial at the milestone, the estimate of 15/12, the figures after the
books are closed. They stand beside each other; none overwrites another.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from htx_workflow.domain.errors import BadInput

STAGE_TEXTS = {"trial": "chấm thử", "estimate": "ước thực hiện", "final": "chính thức"}
COUNTED = ("submitted", "accepted")
"""States of a card that counts; one that came late does not."""
STATE_TEXTS = {
    "draft": "đang chấm",
    "submitted": "đã nộp, chờ kiểm tra",
    "returned": "đã trả lại để chấm lại",
    "accepted": "đã được kiểm tra",
    "late": "nộp sau khi cấp trên chấm xong",
}
UPPER_STATE_TEXTS = {**STATE_TEXTS, "submitted": "đã chấm xong"}
"""The same of levels that check: nobody waits for the last of them."""


class CardPlace(NamedTuple):
    """A card without its revision."""

    plan: str
    unit: str
    period: str
    stage: str
    level: str

    @property
    def key(self) -> str:
        return "/".join(self)

    @property
    def year(self) -> int:
        return int(self.period)

    def at(self, level: str) -> CardPlace:
        """The same cooperative, year and stage on another level."""
        return self._replace(level=level)


def place(key: str, stage: str, level: str) -> CardPlace:
    """The place of PLAN/UNIT/YEAR. Raises `BadInput` for a key of another form."""
    parts = key.split("/")
    if len(parts) != 3 or not all(parts) or not (parts[2].isdecimal() and len(parts[2]) == 4):
        raise BadInput(f"“{key}” không phải là mã phiếu. Đề nghị ghi kế hoạch/hợp tác xã/năm, ví dụ KH/HTX/2025.")
    if stage not in STAGE_TEXTS:
        raise BadInput(f"Không có loại số liệu {stage}. Đề nghị chọn một trong: {', '.join(STAGE_TEXTS)}.")
    return CardPlace(parts[0], parts[1], parts[2], stage, level)


def newest_stage(stages: Iterable[str]) -> str:
    """Which of these figures of a year count: official ones before estimates."""
    order = list(STAGE_TEXTS)
    return max(stages, key=order.index)


def state_text(state: str, checks: bool) -> str:
    """How a card stands; `checks`: it is not the self-score."""
    return (UPPER_STATE_TEXTS if checks else STATE_TEXTS)[state]

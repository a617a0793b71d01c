"""What differs between two consolidations (bản tổng hợp), in the words of a person who must know it in a minute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from htx_workflow.domain import consolidations, words
from htx_workflow.domain.consolidations import Consolidation, CooperativeLine, LevelResult
from htx_workflow.domain.scorecards import points_text
from htx_workflow.domain.verdicts import CONCLUSION_TEXTS

PASSING = ("timeliness", "not-sent")
"""Inputs that change by the mere passing of days, or with each report that comes in."""
SECTIONS = {
    "money": "kinh phí",
    "difficulties": "khó khăn, vướng mắc, kiến nghị",
    "replication": "đề xuất nhân rộng",
    "matrix": "tình hình thực hiện nhiệm vụ",
    "missing": "phần chưa có số liệu",
    "late": "phiếu nộp sau khi cấp trên chấm xong",
}
MOST = 20
"""Cooperatives told one by one."""


def substance(inputs: Mapping[str, str]) -> dict[str, str]:
    """The inputs of which a change makes a new consolidation worth while: without those of the day."""
    return {key: given for key, given in inputs.items() if key not in PASSING}


def changes(earlier: Consolidation, later: Consolidation) -> list[str]:
    """Sentences: which cooperative's points or conclusion, the aim, and in which other sections how many places."""
    before = {line.key: line for line in earlier.cooperatives}
    changed = [said for line in later.cooperatives if (said := _cooperative(before.get(line.key), line))]
    told = changed[:MOST]
    if len(changed) > MOST:
        told.append(f"và {words.count_text(len(changed) - MOST)} hợp tác xã khác")
    if earlier.target != later.target:
        told.append(f"mục tiêu: {earlier.target.text}, nay {later.target.text}")
    told += _sections(earlier, later)
    return told or ["không có số liệu nào khác; chỉ khác ngày chốt"]


def _cooperative(before: CooperativeLine | None, line: CooperativeLine) -> str:
    if before is None:
        return f"{line.name}: thêm vào bản tổng hợp"
    levels = {one.level: one for one in (before.decisive, *before.others)}
    said = [
        words_ for one in (line.decisive, *line.others) if (words_ := _level(levels.get(one.level), one))
    ]  # fmt: skip
    if before.decisive.conclusion is not line.decisive.conclusion:
        was, now = CONCLUSION_TEXTS[before.decisive.conclusion], CONCLUSION_TEXTS[line.decisive.conclusion]
        said.append(f"kết luận {was}, nay {now}")
    return f"{line.name}: {'; '.join(said)}" if said else ""


def _level(before: LevelResult | None, now: LevelResult) -> str:
    was = before.total if before is not None else None
    if was == now.total:
        return ""
    if now.total is None:
        return f"không còn {now.level_title}"
    if was is None:
        return f"có {now.level_title} {points_text(now.total)}"
    return f"{now.level_title} {points_text(was)}, nay {points_text(now.total)}"


def _sections(earlier: Consolidation, later: Consolidation) -> Iterator[str]:
    """Other sections with the number of lines that differ."""
    bare = {"cooperatives": ()}
    found = consolidations.differences(earlier.model_copy(update=bare), later.model_copy(update=bare))
    lines = Counter(section for section, _ in {(change.section, change.key) for change in found})
    for section, title in SECTIONS.items():
        if lines[section]:
            yield f"{title}: {words.count_text(lines[section])} dòng"

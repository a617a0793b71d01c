"""What differs between two consolidations (thay đổi giữa hai bản tổng hợp), in words and as people read numbers. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from htx_workflow.domain import rubrics, typed, words
from htx_workflow.domain.consolidations import Change, Consolidation
from htx_workflow.domain.scorecards import points_text
from htx_workflow.domain.verdicts import CONCLUSION_TEXTS, Conclusion

SECTIONS = {
    "cooperatives": "Kết quả hợp tác xã",
    "classification": "Phân loại",
    "target": "Mục tiêu",
    "matrix": "Tiến độ nhiệm vụ",
    "money": "Kinh phí",
    "difficulties": "Khó khăn, đề xuất",
    "replication": "Nhân rộng",
    "missing": "Chưa gửi",
    "late": "Gửi muộn",
    "decisive": "Cấp quyết định",
    "day": "Ngày số liệu",
    "rubric": "Bộ tiêu chí",
    "criteria": "Bộ tiêu chí",
    "chain": "Các cấp chấm",
    "pass_mark": "Mức điểm yêu cầu",
}
PLACES = {
    "total": "tổng điểm",
    "band": "xếp loại",
    "conclusion": "kết luận",
    "reason": "vì sao",
    "sent_on": "ngày gửi",
    "name": "tên",
    "parent": "cơ quan kiểm tra",
    "what": "còn thiếu",
    "text": "nội dung",
    "by": "cơ quan",
    "passed": "số đạt",
    "of": "trên số",
    "done_on_time": "hoàn thành đúng hạn",
    "done_late": "hoàn thành quá hạn",
    "open_in_time": "chưa hoàn thành, trong hạn",
    "open_overdue": "chưa hoàn thành, quá hạn",
    "rate": "tỷ lệ đúng hạn",
    "rate_original": "tỷ lệ theo hạn gốc",
    "needed": "nhu cầu",
    "assigned": "kế hoạch giao",
    "paid": "giải ngân",
    "rated": "được đánh giá",
    "unfounded": "chưa đủ căn cứ",
    "missing": "chưa nộp",
    "mean": "điểm bình quân",
    "remarks": "lưu ý",
}
ALONGSIDE = ("why", "level_title", "level", "stage", "groups")
"""Places that change only together with one that is shown."""
_INDEX = re.compile(r"^(\w+)(?:\[([^\]]+)\])?")
NOTHING = "không có"


class Line(NamedTuple):
    """One difference as it is read: which part, whose, what, before and after."""

    section: str
    whose: str
    what: str
    before: str
    after: str


def lines(changes: Sequence[Change], earlier: Consolidation, later: Consolidation) -> Iterator[Line]:
    """Each difference in words. What follows from one that is shown is left out: of a card that came, its total tells."""
    names = dict(_names(earlier)) | dict(_names(later))
    titles = {
        level.level: level.level_title
        for one in (earlier, later)
        for line in one.cooperatives[:1]
        for level in (line.decisive, *line.others)
    }
    for change in changes:
        what = _what(change, later, titles)
        if what is not None:
            yield Line(
                SECTIONS.get(change.section, change.section), names.get(change.key, change.key), what,
                _value(change, change.before), _value(change, change.after),
            )  # fmt: skip


def _names(made: Consolidation) -> Iterator[tuple[str, str]]:
    """Keys of lines with the names that people read."""
    yield from ((one.key, one.name) for one in made.cooperatives)
    yield from ((one.key, one.name) for one in made.matrix)
    yield from ((one.key, one.name) for one in made.missing)
    yield from ((one.key, one.title) for one in made.classification)


def _what(change: Change, later: Consolidation, titles: Mapping[str, str]) -> str | None:
    """Words of the place; None for what needs none of its own."""
    parts = change.place.split(".")
    name, index = _named(parts[0])
    leaf = _named(parts[-1])[0]
    if leaf in ALONGSIDE or (name == "years" and parts[1:] and parts[1].startswith(f"{later.round}[")):
        return None
    if None in (change.before, change.after) and (
        name in ("levels", "years") or (leaf in ("name", "by") and not index)
    ):
        return None
    if name == "differences":
        return f"lý do chênh lệch, {words.lower_first(rubrics.key_text(index or ''))}" if leaf == "reason" else None
    if name == "start" and index:
        return f"điểm ban đầu, {_criterion(later, index)}"
    if name == "levels" and index:
        found = re.findall(r"\[(\d+)\]", change.place)
        level = later.chain[int(found[0]) - 1] if int(found[0]) <= len(later.chain) else ""
        return f"{titles.get(level, level)}, {_criterion(later, found[-1])}"
    if name == "years" and len(parts) > 1:
        year, place = _named(parts[1])
        return f"năm {year}, {_criterion(later, place or '')}"
    if name == "others" and index:
        return f"{titles.get(index, index)}: {PLACES.get(leaf, leaf)}"
    if name == "decisive" and len(parts) > 1:
        return PLACES.get(leaf, leaf)
    if name == "to_improve":
        return "tiêu chí cần hoàn thiện"
    return PLACES.get(leaf, leaf)


def _named(part: str) -> tuple[str, str | None]:
    found = _INDEX.match(part)
    return (found[1], found[2]) if found else (part.partition("[")[0], None)


def _criterion(made: Consolidation, place: str) -> str:
    number = int(place) if place.isdecimal() else 0
    return f"tiêu chí {made.criteria[number - 1].key}" if 0 < number <= len(made.criteria) else "tiêu chí"


def _value(change: Change, value: Any) -> str:
    if value is None or value in ("", []):
        return NOTHING
    leaf = _named(change.place.split(".")[-1])[0] or change.place
    head = _named(change.place.split(".")[0])[0]
    if leaf == "conclusion":
        return CONCLUSION_TEXTS[Conclusion(value)]
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, int) and (head in ("start", "levels", "years") or leaf in ("total", "upper", "lower")):
        of_cooperative = change.section == "cooperatives"
        return points_text(value) if of_cooperative else typed.number_text(value)
    if isinstance(value, int) and change.section == "pass_mark":
        return points_text(value)
    if isinstance(value, int) and change.section == "money" and leaf != "year":
        return f"{typed.money_text(value, 1_000_000)} triệu đồng"
    text = str(value)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return f"{text[8:]}/{text[5:7]}/{text[:4]}"
    return typed.number_text(value) if isinstance(value, int) else words.sentence(text) if leaf == "reason" else text

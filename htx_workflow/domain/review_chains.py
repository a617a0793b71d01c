"""The review chain (các cấp chấm và kiểm tra): whose card stands above whose, and which level decides."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Annotated, Literal

from pydantic import Field

from htx_workflow.domain import words
from htx_workflow.domain.findings import Finding, Key, repeated
from htx_workflow.domain.ladders import Entry, Line
from htx_workflow.domain.rubrics import Code


class ReviewLevel(Entry):
    """One level. `by`: the cooperative itself, its superior on the day (district or successor), or the lead agency."""

    code: Code
    title: Line = Field(examples=["tự chấm"])
    """In tables and messages: tự chấm, huyện, tỉnh."""
    points_word: Line
    """How its points are called in sentences: điểm tự chấm, điểm huyện kiểm tra."""
    by: Literal["unit", "parent", "lead"]
    duty: Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]*(\.[A-Za-z0-9]+)*$", max_length=20)] | None = None
    """The duty of the plan on which the cards of this level are sent."""


DEFAULT_CHAIN = (
    ReviewLevel(code="self", title="tự chấm", points_word="điểm tự chấm", by="unit"),
    ReviewLevel(code="district", title="huyện", points_word="điểm huyện kiểm tra", by="parent"),
    ReviewLevel(code="province", title="tỉnh", points_word="điểm tỉnh kiểm tra", by="lead"),
)
"""Article 8 of Circular 01/2020/TT-BKHĐT and the checks of plan 3819 (V.7.5, V.1.1)."""


def problems(chain: Sequence[ReviewLevel], key: Key = ()) -> Iterator[Finding]:
    """What keeps a chain from being loaded: it begins with the cooperative, and no level stands in it twice."""
    if not chain or chain[0].by != "unit":
        yield Finding((*key, 0), "Cấp đầu không phải là tự chấm.", "Đề nghị để cấp có by: unit đứng đầu.")
    codes: set[str] = set()
    for number, level in enumerate(chain):
        if number and level.by == "unit":
            what = "Chỉ cấp đầu là tự chấm."
            yield Finding((*key, number, "by"), what, "Đề nghị ghi by: parent hoặc by: lead.")
        if level.code in codes:
            yield repeated((*key, number, "code"), level.code, "Cấp")
        codes.add(level.code)


def level_of(chain: Sequence[ReviewLevel], code: str) -> ReviewLevel:
    return next(level for level in chain if level.code == code)


def holes(chain: Sequence[ReviewLevel], present: Collection[str]) -> list[str]:
    """Levels without a card although a higher one has its own, as sentences; what is late stops nobody."""
    said = []
    for number, level in enumerate(chain):
        above = [higher.points_word for higher in chain[number + 1 :] if higher.code in present]
        if above and level.code not in present:
            said.append(f"Có {words.joined(above)} mà chưa có {level.points_word}.")
    return said


def below(chain: Sequence[ReviewLevel], code: str, present: Collection[str]) -> ReviewLevel | None:
    """The nearest lower level that has a card: what a card of `code` is compared with."""
    lower = chain[: [level.code for level in chain].index(code)]
    return next((level for level in reversed(lower) if level.code in present), None)


def is_late(chain: Sequence[ReviewLevel], code: str, closed: Collection[str]) -> bool:
    """Whether a card of this level comes after a higher level was closed: kept as a late version, changing nothing."""
    place = [level.code for level in chain].index(code)
    return any(level.code in closed for level in chain[place + 1 :])


def decisive_text(level: ReviewLevel, document: str | None) -> str:
    """Heading of every result: which level's points decide, and by which document."""
    why = f"theo {document}" if document else "mặc định, chưa có văn bản chọn cấp khác"
    return f"Kết luận theo {level.points_word} ({why})"

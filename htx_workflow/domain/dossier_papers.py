"""Mục lục văn bản of a dossier (hồ sơ công việc): what lies in it, in the order of the days. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from htx_workflow.domain import figures
from htx_workflow.domain.figures import Column, Table
from htx_workflow.domain.papers import Letterhead, Paper, Paragraph, Signature, Signatures

COLUMNS = (
    Column("STT", "count", 0.6), Column("Số, ký hiệu", share=1.8), Column("Ngày văn bản", "day", 1.3),
    Column("Tác giả", share=2.2), Column("Trích yếu", share=4), Column("Tờ số", share=0.8), Column("Ghi chú", share=2.4),
)  # fmt: skip
"""Nghị định 30/2020/NĐ-CP asks for a table of contents; sheets are numbered by hand when the dossier is bound."""


@dataclass(frozen=True, slots=True)
class Content:
    """One paper of the dossier; `file`: its name in the archive."""

    number: str
    dated: date | None
    author: str
    subject: str
    file: str
    note: str = ""


def table(title: str, contents: Sequence[Content]) -> Table:
    """Mục lục văn bản."""
    rows = tuple(
        (place, one.number, one.dated, one.author, one.subject, "", "; ".join(filter(None, (one.file, one.note))))
        for place, one in enumerate(contents, 1)
    )
    return Table("Mục lục văn bản", title, COLUMNS, rows)


def contents(keeper: Letterhead, title: str, listed: Sequence[Content], *, year: int, simulation: bool) -> Paper:
    """The table of contents as a paper. How long the dossier is kept is for the office to say."""
    return Paper(
        letterhead=keeper,
        subject=title,
        blocks=(
            Paragraph("……", "Thời hạn bảo quản"),
            figures.grid(table(title, listed)),
            Signatures((Signature("NGƯỜI LẬP HỒ SƠ"), Signature("NGƯỜI NHẬN LƯU TRỮ"))),
        ),
        kind="MỤC LỤC VĂN BẢN",
        year=year,
        simulation=simulation,
        form=True,
    )

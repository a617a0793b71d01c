"""Mục lục văn bản of a dossier (hồ sơ công việc): what lies in it, in the order of the days. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from htx_workflow.domain import figures, words
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


# Giao nộp


HANDOVER_COLUMNS = (
    Column("STT", "count", 0.6), Column("Số, ký hiệu hồ sơ", share=1.5), Column("Tiêu đề hồ sơ", share=5),
    Column("Thời gian tài liệu", share=2.2), Column("Số tệp", "count", 0.8), Column("Số tờ", share=0.8),
    Column("Thời hạn bảo quản", share=1.3), Column("Ghi chú", share=1.6),
)  # fmt: skip
"""Symbol, sheets and retention are for the office: which period the law asks for is not ours to say."""


@dataclass(frozen=True, slots=True)
class Dossier:
    """One dossier of a handover list."""

    title: str
    first: date
    last: date
    files: int

    @property
    def span(self) -> str:
        """15/12/2024 - 20/12/2024, or the one day."""
        days = dict.fromkeys(words.day_text(day) for day in (self.first, self.last))
        return " - ".join(days)


def handover_table(title: str, dossiers: Sequence[Dossier]) -> Table:
    """Mục lục hồ sơ giao nộp."""
    rows = tuple((place, "", one.title, one.span, one.files, "", "", "") for place, one in enumerate(dossiers, 1))
    return Table("Mục lục hồ sơ", title, HANDOVER_COLUMNS, rows)


def handover(keeper: Letterhead, title: str, dossiers: Sequence[Dossier], *, year: int, simulation: bool) -> Paper:
    """The list that goes with the dossiers to the office's archive."""
    return Paper(
        letterhead=keeper,
        subject=title,
        blocks=(
            figures.grid(handover_table(title, dossiers)),
            Paragraph(f"Danh mục có {words.count_text(len(dossiers))} hồ sơ."),
            Signatures((Signature("NGƯỜI GIAO NỘP"), Signature("NGƯỜI NHẬN LƯU TRỮ"))),
        ),
        kind="MỤC LỤC HỒ SƠ GIAO NỘP",
        year=year,
        simulation=simulation,
        form=True,
    )

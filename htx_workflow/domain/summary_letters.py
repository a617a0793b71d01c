"""Tờ trình with the replication plan, and thông báo kết quả to each cooperative, from one consolidation. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from htx_workflow.domain import figures, papers, summary_lists, summary_tables, verdicts, words
from htx_workflow.domain.consolidations import Consolidation, CooperativeLine
from htx_workflow.domain.figures import Cell, Column, Table
from htx_workflow.domain.papers import Annex, Block, Grid, Heading, Paper, Paragraph
from htx_workflow.domain.summary_frames import Frame, levels, no_total, rating_text
from htx_workflow.domain.summary_reports import BLANK, MOST_IN_WORD
from htx_workflow.domain.verdicts import Conclusion

MODEL = "mô hình hợp tác xã kiểu mới hiệu quả"


def submission(made: Consolidation, frame: Frame) -> Paper:
    """Tờ trình to UBND tỉnh, with the draft of the replication plan as its annex."""
    years = f" giai đoạn {frame.next_years}" if frame.next_years else ""
    plan = f"Phương án nhân rộng {MODEL}{years}"
    return Paper(
        letterhead=frame.letterhead,
        subject=f"Về việc phê duyệt {plan}",
        blocks=papers.ended(list(_submitted(made, frame, plan))),
        kind="TỜ TRÌNH",
        symbol=frame.letterhead.symbol("TTr"),
        to=(frame.province,),
        receivers=("Như trên", "Lưu: VT"),
        year=frame.on.year,
        annexes=tuple(_plan(made, frame, plan)),
        simulation=frame.simulation,
    )


def _submitted(made: Consolidation, frame: Frame, plan: str) -> Iterator[Block]:
    lead, province = frame.letterhead.name, frame.province
    yield Paragraph(f"Căn cứ {frame.plan};", italic=True)
    yield Paragraph(
        f"Căn cứ kết quả đánh giá hợp tác xã {words.period_text(made.round)} (Bản tổng hợp số {words.count_text(made.no)}).",
        italic=True,
    )
    yield Paragraph(f"{lead} kính trình {province} xem xét, phê duyệt {plan}, với các nội dung chính như sau:")
    yield Heading("I. SỰ CẦN THIẾT")
    yield Paragraph(BLANK)
    yield Heading("II. KẾT QUẢ LÀM CƠ SỞ NHÂN RỘNG")
    yield Paragraph(f"{made.decisive}: {made.target.text} mục tiêu của Kế hoạch.")
    if len(made.cooperatives) <= MOST_IN_WORD:
        yield figures.grid(summary_tables.brief(made))
    yield Heading("III. QUÁ TRÌNH XÂY DỰNG")
    yield Paragraph(_proposed(made))
    yield Heading("IV. NỘI DUNG PHƯƠNG ÁN")
    yield Paragraph("Mô hình, địa bàn, số hợp tác xã, kinh phí và cơ quan thực hiện: theo Phụ lục I.")
    yield Heading("V. KIẾN NGHỊ")
    yield Paragraph(f"{lead} kính đề nghị {province} xem xét, phê duyệt {plan}.")


def _proposed(made: Consolidation) -> str:
    if not made.replication:
        return "Chưa có đề xuất nhân rộng của các cơ quan, đơn vị được gửi."
    who = words.count_text(len({one.by for one in made.replication}))
    return (
        f"Phương án tổng hợp {words.count_text(len(made.replication))} đề xuất của {who} cơ quan, đơn vị (Phụ lục II)."
    )


def _plan(made: Consolidation, frame: Frame, plan: str) -> Iterator[Annex]:
    """The draft plan: models whose cooperatives passed, and a table that people complete."""
    passed = [line.name for line in made.cooperatives if line.decisive.conclusion is Conclusion.PASSED]
    known = tuple(
        (str(number), name, "", "", "", "", "") for number, name in enumerate(passed[:MOST_IN_WORD], 1)
    )  # fmt: skip
    heads = (
        "TT", "Mô hình (hợp tác xã đã đạt mục tiêu)", "Địa bàn nhân rộng", "Số hợp tác xã", "Kinh phí", "Nguồn vốn",
        "Cơ quan thực hiện",
    )  # fmt: skip
    table = Grid(heads, known, (0.5, 3.4, 2.4, 1.2, 1.4, 1.8, 2.4), unit="triệu đồng", blank_rows=3)
    yield Annex(plan, (table,), landscape=True)
    proposals = summary_lists.replication(made)
    if proposals.rows:
        yield Annex(proposals.title, (figures.grid(proposals),), landscape=True)


# Thông báo


def notice(made: Consolidation, frame: Frame, line: CooperativeLine) -> Paper:
    """The result of one cooperative: each level, the conclusion and why, where levels differ."""
    year = words.period_text(made.round)
    parent = frame.name_of(line.parent) if line.parent else ""
    return Paper(
        letterhead=frame.letterhead,
        subject=f"Kết quả đánh giá {line.name} {year}",
        blocks=papers.ended(list(_noticed(made, frame, line))),
        kind="THÔNG BÁO",
        symbol=frame.letterhead.symbol("TB"),
        receivers=tuple(one for one in (line.name, parent, "Lưu: VT") if one),
        year=frame.on.year,
        annexes=tuple(_points(made, line)),
        simulation=frame.simulation,
    )


def _noticed(made: Consolidation, frame: Frame, line: CooperativeLine) -> Iterator[Block]:
    lead, year = frame.letterhead.name, words.period_text(made.round)
    yield Paragraph(f"Thực hiện {frame.plan}, {lead} thông báo kết quả đánh giá {line.name} {year} như sau:")
    yield Heading("1. Kết quả theo các cấp chấm điểm", 2)
    yield figures.grid(by_level(made, frame, line))
    yield Heading("2. Kết luận", 2)
    yield Paragraph(line.why or f"{verdicts.CONCLUSION_TEXTS[line.decisive.conclusion]}: {line.decisive.reason}.")
    yield Paragraph(f"{made.decisive}.")
    for remark in frame.remarks:
        yield Paragraph(remark)
    differing = summary_tables.differences(made, line)
    if differing.rows:
        yield Heading("3. Chênh lệch điểm giữa các cấp", 2)
        yield figures.grid(differing)
    yield Paragraph(f"{lead} thông báo để {line.name} biết. Trường hợp có ý kiến, đề nghị gửi văn bản đến {lead}.")


def _points(made: Consolidation, line: CooperativeLine) -> Iterator[Annex]:
    if line.start or any(line.levels):
        table = summary_tables.of_cooperative(made, line)
        yield Annex(table.title, (figures.grid(table),), landscape=True)


def by_level(made: Consolidation, frame: Frame, line: CooperativeLine) -> Table:
    """Groups, total, band and conclusion of each level."""
    found = levels(made, line)
    groups = max((len(level.groups) for level in found), default=0)
    names = [*frame.groups, *(f"Nhóm {number}" for number in range(len(frame.groups) + 1, groups + 1))]
    columns = (
        Column("Cấp chấm điểm", share=2.6), *(Column(name, "points", 1) for name in names[:groups]),
        Column("Tổng điểm", "points", 1.1), Column("Xếp loại", share=1.3), Column("Kết luận", share=1.4),
    )  # fmt: skip
    rows = []
    for place, level in enumerate(found):
        points: list[Cell] = [
            summary_tables.NOT_GIVEN if one is None else one
            for one in (*level.groups, *[None] * (groups - len(level.groups)))
        ]
        total = level.total if level.total is not None else no_total(level, first=place == 0)
        mark = " (quyết định)" if level is line.decisive else ""
        rows.append((
            f"{words.sentence(level.level_title)}{mark}", *points, total, rating_text(level),
            verdicts.CONCLUSION_TEXTS[level.conclusion],
        ))  # fmt: skip
    return Table("Các cấp", "Kết quả theo các cấp", columns, tuple(rows), "điểm")

"""Báo cáo năm and báo cáo tổng kết of the lead agency, from one consolidation. Pure; ready to be finished in Word.

Figures come from the consolidation alone. What only people know (guidance given, causes, lessons) is a line to fill in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from htx_workflow.domain import figures, papers, summary_charts, summary_lists, summary_tables, words
from htx_workflow.domain.consolidations import Consolidation, CooperativeLine, MatrixLine
from htx_workflow.domain.figures import Table
from htx_workflow.domain.papers import Annex, Block, Heading, Paper, Paragraph, Picture
from htx_workflow.domain.scorecards import points_text
from htx_workflow.domain.summary_frames import Frame, start_total
from htx_workflow.domain.verdicts import CONCLUSION_TEXTS

MOST_IN_WORD = 60
"""Cooperatives that stand one by one in a paper; of more, the workbook has the lists."""
BLANK = "……"
SENT_WITH = "Danh sách đầy đủ tại bảng tính gửi kèm."


def yearly(made: Consolidation, frame: Frame) -> Paper:
    """Báo cáo kết quả thực hiện kế hoạch of a year, to UBND tỉnh."""
    return _Report(made, frame, final=False).paper()


def final(made: Consolidation, frame: Frame) -> Paper:
    """Báo cáo tổng kết, to UBND tỉnh."""
    return _Report(made, frame, final=True).paper()


class _Report:
    """Both reports have the same body; the last one sums up and hands on what is proposed for the years after."""

    def __init__(self, made: Consolidation, frame: Frame, *, final: bool) -> None:
        self.made, self.frame, self.final = made, frame, final
        self.year = words.period_text(made.round)
        self.annexes = annexes(made, frame)
        self.numbers = {
            annex.key: papers.annex_number(place, len(self.annexes)) for place, annex in enumerate(self.annexes, 1)
        }

    def paper(self) -> Paper:
        frame = self.frame
        subject = (
            f"Tổng kết thực hiện {frame.plan_short}"
            if self.final
            else f"Kết quả thực hiện {frame.plan_short} {self.year}"
        )
        return Paper(
            letterhead=frame.letterhead,
            subject=subject,
            blocks=papers.ended(list(self._body())),
            kind="BÁO CÁO",
            symbol=frame.letterhead.symbol("BC"),
            to=(frame.province,),
            receivers=("Như trên", "Các cơ quan, đơn vị thực hiện Kế hoạch", "Lưu: VT"),
            year=frame.on.year,
            annexes=tuple(self.annexes),
            simulation=frame.simulation,
        )

    def _body(self) -> Iterator[Block]:
        frame = self.frame
        what = "tổng kết thực hiện Kế hoạch" if self.final else f"kết quả thực hiện {self.year}"
        yield Paragraph(f"Thực hiện {frame.plan}, {frame.letterhead.name} báo cáo {what} như sau:")
        yield Heading("I. CÔNG TÁC CHỈ ĐẠO, TRIỂN KHAI")
        yield Paragraph(BLANK, "Văn bản chỉ đạo, hướng dẫn, kiểm tra")
        yield Paragraph(self._counted())
        yield from self._absent()
        yield Heading("II. KẾT QUẢ THỰC HIỆN")
        yield from self._work()
        yield from self._results()
        yield from self._money()
        yield Heading("III. KHÓ KHĂN, VƯỚNG MẮC VÀ NGUYÊN NHÂN")
        yield from self._said()
        yield Heading("IV. ĐỀ XUẤT, KIẾN NGHỊ")
        yield Paragraph(BLANK)
        yield from self._next()
        yield Paragraph(
            f"Trên đây là báo cáo {what}, {frame.letterhead.name} kính báo cáo {frame.province} xem xét, chỉ đạo."
        )

    def _counted(self) -> str:
        day = f", tính đến hết ngày {words.day_text(self.made.day)}" if self.made.day else ""
        return (
            f"Số liệu trong báo cáo lấy từ Bản tổng hợp số {words.count_text(self.made.no)} {self.year}{day}, lập từ các"
            " bảng điểm, báo cáo đã gửi và được chấp nhận."
        )

    def _absent(self) -> Iterator[Block]:
        if not self.made.missing:
            yield Paragraph("Các cơ quan, đơn vị và hợp tác xã đã gửi đủ số liệu.")
            return
        count = words.count_text(len({one.name for one in self.made.missing}))
        yield Paragraph(
            f"Còn {count} cơ quan, đơn vị, hợp tác xã chưa gửi đủ số liệu ({self.numbers['missing']}); các ô tương ứng ghi"
            " “chưa gửi”, “chưa nộp” hoặc “chưa có”, không tính là 0."
        )

    def _work(self) -> Iterator[Block]:
        yield Heading("1. Thực hiện nhiệm vụ của các cơ quan, đơn vị", 2)
        if "matrix" not in self.numbers:
            yield Paragraph("Chưa có số liệu.")
            return
        table = summary_tables.matrix(self.made)[0]
        if table.rows:
            whole = [sum(column) for column in zip(*map(summary_tables.boxes, self._agencies()), strict=True)]
            said = zip(summary_charts.MATRIX, whole, strict=True)
            yield Paragraph(
                f"Các cơ quan, đơn vị có {words.count_text(sum(whole))} việc có thời hạn, trong đó "
                + "; ".join(f"{series.word}: {words.count_text(number)}" for series, number in said)
                + f" ({self.numbers['matrix']})."
            )
        chart = summary_charts.timeliness(self.made)
        if chart is not None:
            yield Picture(chart)

    def _agencies(self) -> list[MatrixLine]:
        return [line for line in self.made.matrix if not line.cooperative]

    def _results(self) -> Iterator[Block]:
        made = self.made
        yield Heading("2. Kết quả đánh giá các hợp tác xã", 2)
        mark = figures.text(figures.Column("", "points"), made.pass_mark)
        yield Paragraph(
            f"Các hợp tác xã được chấm điểm theo {self.frame.rubric}. {made.decisive}: {made.target.text} mục tiêu của Kế"
            f" hoạch (tổng điểm từ {mark} trở lên và không tiêu chí cần hoàn thiện nào thấp hơn điểm ban đầu)."
        )
        for remark in self.frame.remarks:
            yield Paragraph(remark)
        yield from self._bands()
        if len(made.cooperatives) <= MOST_IN_WORD:
            yield figures.grid(summary_tables.brief(made))
            for line in made.cooperatives:
                if line.why:
                    yield Paragraph(" ".join([line.why, *_otherwise(line)]), line.name)
        else:
            yield Paragraph(SENT_WITH)
        chart = summary_charts.totals(made, [start_total(made, line) for line in made.cooperatives])
        if chart is not None:
            yield Picture(chart)

    def _bands(self) -> Iterator[Block]:
        whole = next((line for line in self.made.classification if not line.axis), None)
        if whole is None:
            return
        bands = "; ".join(
            f"{self.frame.bands.get(code, code)}: {words.count_text(number)}"
            + (f" ({whole.shares[code]}%)" if whole.shares.get(code) else "")
            for code, number in whole.bands.items()
        )
        yield Paragraph(
            f"Trong {words.count_text(whole.total)} hợp tác xã có {words.count_text(whole.rated)} được đánh giá: {bands};"
            f" chưa đủ căn cứ: {words.count_text(whole.unfounded)}; chưa nộp: {words.count_text(whole.missing)}."
        )

    def _money(self) -> Iterator[Block]:
        yield Heading("3. Kinh phí thực hiện", 2)
        table = summary_lists.money(self.made, self.frame)
        if not table.rows:
            yield Paragraph("Chưa có số liệu kinh phí được báo cáo.")
            return
        needed, assigned, paid = (figures.text(table.columns[place], table.rows[-1][place]) for place in (4, 5, 6))
        what = f"{table.rows[-1][1]}"
        yield Paragraph(
            f"{what}, đơn vị tính triệu đồng: nhu cầu {needed}; kế hoạch giao {assigned}; giải ngân {paid}"
            f" ({self.numbers['money']})."
        )

    def _said(self) -> Iterator[Block]:
        yield Paragraph(BLANK, "Đánh giá chung, nguyên nhân")
        if not self.made.difficulties:
            yield Paragraph("Các cơ quan, đơn vị không nêu khó khăn, vướng mắc.")
            return
        who = words.count_text(len({one.by for one in self.made.difficulties}))
        yield Paragraph(
            f"Có {words.count_text(len(self.made.difficulties))} nội dung do {who} cơ quan, đơn vị nêu ({self.numbers['said']})."
        )

    def _next(self) -> Iterator[Block]:
        if not self.final:
            yield Heading("V. PHƯƠNG HƯỚNG NĂM TIẾP THEO")
            yield Paragraph(BLANK)
            return
        yield Heading(f"V. PHƯƠNG ÁN NHÂN RỘNG {self.frame.next_years}".rstrip())
        if self.made.replication:
            number = self.numbers["replication"]
            count = words.count_text(len(self.made.replication))
            yield Paragraph(f"Các cơ quan, đơn vị có {count} đề xuất nhân rộng mô hình ({number}).")
        else:
            yield Paragraph("Chưa có đề xuất nhân rộng được gửi.")
        yield Paragraph(f"{self.frame.letterhead.name} có tờ trình riêng về phương án nhân rộng.")


# Phụ lục


def annexes(made: Consolidation, frame: Frame) -> list[Annex]:
    """Landscape annexes of everything that has rows."""
    few = len(made.cooperatives) <= MOST_IN_WORD
    matrix = [table for table in summary_tables.matrix(made) if table.rows]
    found: list[tuple[str, str, Sequence[Block]]] = [
        ("matrix", "Tình hình thực hiện nhiệm vụ", _tables(matrix)),
        ("results", "Kết quả đánh giá các hợp tác xã", _tables([summary_tables.results(made, frame)] if few else [])),
        ("criteria", "Điểm từng tiêu chí của các hợp tác xã", _criteria(made) if few else ()),
    ]
    for key, table in (
        ("classes", summary_lists.classification(made, frame)), ("money", summary_lists.money(made, frame)),
        ("said", summary_lists.said(made)), ("replication", summary_lists.replication(made)),
        ("missing", summary_lists.missing(made)),
    ):  # fmt: skip
        found.append((key, table.title, _tables([table])))
    return [Annex(title, tuple(blocks), landscape=True, key=key) for key, title, blocks in found if blocks]


def _tables(tables: Sequence[Table]) -> list[Block]:
    """Tables with rows; of several each has its title."""
    filled = [table for table in tables if table.rows]
    found: list[Block] = []
    for number, table in enumerate(filled, 1):
        if len(filled) > 1:
            found.append(Heading(f"{number}. {table.title}", 2))
        found.append(figures.grid(table))
    return found


def _criteria(made: Consolidation) -> list[Block]:
    """Each cooperative's criteria, its chart, where levels differ, and the conclusion."""
    found: list[Block] = []
    for number, line in enumerate(made.cooperatives, 1):
        found.append(Heading(f"{number}. {line.name}", 2))
        found += cooperative_blocks(made, line)
    return found


def cooperative_blocks(made: Consolidation, line: CooperativeLine) -> list[Block]:
    """One cooperative in full."""
    chart = summary_charts.criteria(made, line)
    if chart is None:
        return [Paragraph("Chưa có điểm ban đầu, chưa nộp bảng tự chấm điểm.")]
    found: list[Block] = [figures.grid(summary_tables.of_cooperative(made, line)), Picture(chart)]
    differing = summary_tables.differences(made, line)
    if differing.rows:
        found += [Heading("Chênh lệch điểm giữa các cấp", 2), figures.grid(differing)]
    if line.why:
        found.append(Paragraph(" ".join([line.why, *_otherwise(line)]), "Kết luận"))
    return found


def _otherwise(line: CooperativeLine) -> list[str]:
    """Levels whose points would lead to another conclusion: whoever decides must see them."""
    said = [
        f"{one.level_title} {points_text(one.total)}: {CONCLUSION_TEXTS[one.conclusion].lower()}"
        for one in line.others
        if one.total is not None and one.conclusion is not line.decisive.conclusion
    ]
    return [f"Theo {'; theo '.join(said)}."] if said else []

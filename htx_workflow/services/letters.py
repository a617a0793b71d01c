"""Letters (công văn) of the desk as Word: asking for contacts, fixing dates, asking for work, the report of overdue work.

Each is a value made from what is in force today; the number, the day and the signer's name stay blank.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from htx_workflow.domain import papers, words
from htx_workflow.domain.errors import BadInput, NotFound
from htx_workflow.domain.papers import Annex, Grid, Heading, Letterhead, Paper, Paragraph
from htx_workflow.domain.plan import AgencyKind
from htx_workflow.services.desk import Sight
from htx_workflow.services.directory import Directory
from htx_workflow.store import desk_rows
from htx_workflow.store.database import Session
from htx_workflow.store.desk_rows import AgencyRow, Wanted, WorkRow

KINDS = {
    "cu-dau-moi": "Đề nghị cử đầu mối",
    "an-dinh-thoi-han": "Ấn định thời hạn",
    "don-doc": "Đề nghị gửi báo cáo, kết quả (đôn đốc)",
    "bao-cao-qua-han": "Báo cáo UBND tỉnh về việc quá hạn",
}
"""The letters, by their name in the address."""
ASKED_SOFTLY = (AgencyKind.BANK, AgencyKind.UNION, AgencyKind.COOPERATIVE)
"""Not subordinate to the province, or not to be ordered: "đề nghị", never "đôn đốc"."""
MOST = 5000


def letterhead_of(agencies: dict[int, AgencyRow], agency: AgencyRow) -> Letterhead:
    """The letterhead of an agency under its names of the day that `agencies` was read for."""
    parent = agencies.get(agency.parent_id) if agency.parent_id else None
    return papers.letterhead(agency.name, agency.kind, parent.name if parent else "", agency.doc_code, agency.place)


class Letters:
    """The letters of one plan's lead agency, as of today."""

    def __init__(self, session: Session, seen: Sight, *, simulation: bool) -> None:
        self._session, self.seen, self._simulation = session, seen, simulation
        directory = Directory(session, seen.today)
        self._head = directory.head(seen.loaded)
        self._lead = seen.agencies[seen.lead_id]
        self._letterhead = letterhead_of(seen.agencies, self._lead)

    def write(self, kind: str, agency: str = "") -> Paper:
        """One letter, to all or to one agency. Raises NotFound for another name, BadInput when there is nothing to say."""
        makers = {
            "cu-dau-moi": self._contacts,
            "an-dinh-thoi-han": self._dates,
            "don-doc": self._chase,
            "bao-cao-qua-han": self._report,
        }
        if kind not in makers:
            raise NotFound("Không có mẫu văn bản này.")
        return makers[kind](self._only(agency) if agency else None)

    def _only(self, code: str) -> AgencyRow:
        found = next((row for row in self.seen.agencies.values() if row.code == code), None)
        if found is None:
            raise NotFound(f"Không có cơ quan {code}.")
        return found

    def _paper(
        self,
        subject: str,
        to: Sequence[str],
        blocks: Sequence[papers.Block],
        *,
        annexes: Sequence[Annex] = (),
        kind: str = "",
        code: str = "",
        receivers: Sequence[str] = (),
    ) -> Paper:
        return Paper(
            letterhead=self._letterhead,
            subject=subject,
            blocks=papers.ended(blocks),
            kind=kind,
            symbol=self._letterhead.symbol(code),
            to=tuple(to),
            receivers=("Như trên", *receivers, "Lưu: VT"),
            year=self.seen.today.year,
            annexes=tuple(annexes),
            simulation=self._simulation,
        )

    def _work(self, cells: tuple[str, ...], only: AgencyRow | None) -> list[WorkRow]:
        """Work in these cells; to all: of agencies without cooperatives, which are written to apart."""
        if only is not None:
            agencies: tuple[int, ...] = (only.id,)
        else:
            agencies = tuple(row.id for row in self.seen.agencies.values() if row.kind is not AgencyKind.COOPERATIVE)
        want = Wanted(self.seen.loaded.id, None, None, agencies, cells)
        duties = list(self.seen.duties)
        return desk_rows.list_work(
            self._session, want, duties, self.seen.today, self.seen.near_until, skip=0, limit=MOST
        )

    def _by_agency(self, rows: Sequence[WorkRow]) -> list[tuple[AgencyRow, list[WorkRow]]]:
        """In the order of the plan."""
        grouped: dict[int, list[WorkRow]] = {}
        for row in rows:
            grouped.setdefault(row.holder_id, []).append(row)
        return [(agency, grouped[number]) for number, agency in self.seen.agencies.items() if number in grouped]

    # Asking for contacts

    def _contacts(self, only: AgencyRow | None) -> Paper:
        """P-01: who is the contact, with each agency's duties and a table to fill in."""
        holders = [self.seen.agencies[number] for number in self._owing() if only is None or number == only.id]
        holders = [row for row in holders if row.id != self._lead.id] if only is None else holders
        if not holders:
            raise BadInput("Cơ quan này không có nhiệm vụ trong Kế hoạch.")
        blocks = [
            Paragraph(
                f"Thực hiện {self._head.citation}, để theo dõi, tổng hợp kết quả thực hiện các nhiệm vụ được giao,"
                f" {self._lead.name} đề nghị Quý cơ quan, đơn vị cử đầu mối phối hợp, theo biểu tại Phụ lục."
            ),
            Paragraph(
                "Một cơ quan có thể cử một đầu mối cho mọi nhiệm vụ, hoặc từng đầu mối cho từng nhiệm vụ; đề nghị ghi rõ"
                " phòng, bộ phận nhận văn bản."
            ),
            Paragraph(
                f"Văn bản cử đầu mối đề nghị gửi về {self._lead.name} chậm nhất ngày{papers.GAP}tháng{papers.GAP}năm"
                f" {self.seen.today.year}; khi thay đổi đầu mối, đề nghị thông báo để cập nhật."
            ),
            *self._focal(),
        ]
        annexes = [
            Annex(f"Nhiệm vụ và đầu mối của {agency.name}", self._contact_annex(agency), landscape=True)
            for agency in holders
        ]
        return self._paper(
            f"đề nghị cử đầu mối theo dõi thực hiện {self._short}", [agency.name for agency in holders], blocks,
            annexes=annexes,
        )  # fmt: skip

    def _owing(self) -> list[int]:
        codes = set(self.seen.loaded.plan.holder_codes())
        return [number for number, agency in self.seen.agencies.items() if agency.code in codes]

    def _contact_annex(self, agency: AgencyRow) -> tuple[papers.Block, ...]:
        plan = self.seen.loaded.plan
        own = [duty for duty in plan.duties if agency.code in plan.members(duty.holders)]
        listed = tuple(
            (str(number), duty.title, duty.clause, duty.basis_note or "") for number, duty in enumerate(own, 1)
        )
        return (
            Heading("1. Nhiệm vụ", 2),
            Grid(("TT", "Nhiệm vụ", "Điều khoản", "Căn cứ về thời gian"), listed, (0.5, 5, 2, 3)),
            Heading("2. Đầu mối", 2),
            Grid(
                ("TT", "Họ và tên", "Chức vụ, phòng", "Điện thoại", "Thư điện tử", "Zalo", "Nhiệm vụ phụ trách"),
                (), (0.5, 2.4, 2.2, 1.4, 2.4, 1.4, 2.4), blank_rows=4,
            ),
        )  # fmt: skip

    # Fixing dates

    def _dates(self, only: AgencyRow | None) -> Paper:
        """The letter that makes expected days deadlines: what it lists can then be adopted in one go."""
        rows = [row for row in self._work(("expected",), only) if row.due_on and row.due_on >= self.seen.today]
        if not rows:
            raise BadInput("Không có thời gian dự kiến nào từ hôm nay trở đi để ấn định.")
        return self.dates_of(rows)

    def dates_of(self, rows: Sequence[WorkRow]) -> Paper:
        """The same letter for work that was picked."""
        grouped = self._by_agency(rows)
        blocks = [
            Paragraph(
                f"Thực hiện {self._head.citation}, sau khi trao đổi với các cơ quan, đơn vị, {self._lead.name} đề nghị"
                f" Quý cơ quan, đơn vị thực hiện và gửi kết quả {words.count_text(len(rows))} việc theo thời hạn tại"
                " Phụ lục kèm theo."
            ),
            Paragraph(
                "Việc được ghi nhận theo ngày gửi văn bản. Trường hợp cần thêm thời gian, đề nghị có văn bản nêu lý do và"
                " ngày dự kiến gửi."
            ),
            *self._focal(),
        ]
        lines = [
            (agency.short_name, row.title, self._clause(row), words.day_text(row.due_on))
            for agency, here in grouped
            for row in here
            if row.due_on
        ]
        table = Grid(
            ("TT", "Cơ quan, đơn vị", "Việc", "Điều khoản", "Thời hạn (chậm nhất)"),
            tuple((str(number), *line) for number, line in enumerate(lines, 1)), (0.5, 2.4, 5, 2, 1.6),
        )  # fmt: skip
        return self._paper(
            f"thời hạn thực hiện một số nhiệm vụ của {self._short}", [agency.name for agency, _ in grouped], blocks,
            annexes=[Annex(f"Thời hạn thực hiện {self._short}", (table,), landscape=True)],
        )  # fmt: skip

    # Asking for work

    def _chase(self, only: AgencyRow | None) -> Paper:
        """The list of who owes what: to one agency in the letter itself, to all in an annex."""
        rows = self._work(("overdue", "near", "returned"), only)
        rows = [row for row in rows if row.holder_id != self._lead.id]
        if not rows:
            raise BadInput("Không có việc quá hạn hoặc sắp đến hạn nào để đề nghị.")
        grouped = self._by_agency(rows)
        soft = only is not None and only.kind in ASKED_SOFTLY
        send = "nộp" if only is not None and only.kind is AgencyKind.COOPERATIVE else "gửi"
        subject = f"{'đề nghị' if soft else 'đôn đốc'} {send} kết quả thực hiện {self._short}"
        late = sum(row.cell == "overdue" for row in rows)
        counted = f"{words.count_text(len(rows))} việc" + (
            f", trong đó {words.count_text(late)} việc đã quá hạn" if late else ""
        )
        opening = (
            f"Thực hiện {self._head.citation}, tính đến ngày {words.day_text(self.seen.today)}, còn {counted} chưa có"
            f" văn bản {send} {self._lead.name}{'' if only else ' (danh sách tại Phụ lục)'}."
        )
        who = "hợp tác xã" if only is not None and only.kind is AgencyKind.COOPERATIVE else "Quý cơ quan, đơn vị"
        asking = (
            f"{self._lead.name} đề nghị {who} sớm {send} văn bản đã ký; nếu chưa kịp, đề nghị cho biết lý do và ngày dự"
            f" kiến {send}. Trường hợp đã {send}, đề nghị thông báo số, ngày văn bản để ghi nhận theo ngày {send}."
        )
        table = self._owed(grouped, with_agency=only is None)
        blocks: list[papers.Block] = [Paragraph(opening)]
        annexes: list[Annex] = []
        if only is None:
            annexes.append(Annex("Danh sách việc chưa gửi kết quả", (table,), landscape=True))
        else:
            blocks.append(table)
        blocks += [Paragraph(asking), *self._focal()]
        receivers = [] if soft else ["UBND tỉnh (báo cáo)"]
        return self._paper(
            subject, [agency.name for agency, _ in grouped], blocks, annexes=annexes, receivers=receivers
        )

    def _owed(self, grouped: Sequence[tuple[AgencyRow, list[WorkRow]]], *, with_agency: bool) -> Grid:
        lines = []
        for agency, here in grouped:
            for row in here:
                own = (agency.short_name,) if with_agency else ()
                lines.append((*own, row.title, self._clause(row), self._due(row), self._stands(row)))
        heads = (
            "TT", *(("Cơ quan, đơn vị",) if with_agency else ()), "Việc", "Điều khoản", "Thời hạn", "Tình hình",
        )  # fmt: skip
        widths = (0.85, *((2.1,) if with_agency else ()), 4.2, 2.2, 1.9, 2)
        return Grid(heads, tuple((str(number), *line) for number, line in enumerate(lines, 1)), widths)

    # The report of overdue work

    def _report(self, _only: AgencyRow | None) -> Paper:
        """To UBND tỉnh: overdue work of agencies, never of a cooperative. Bodies it cannot direct are asked."""
        rows = [row for row in self._work(("overdue",), None) if row.holder_id != self._lead.id]
        if not rows:
            raise BadInput("Không có việc quá hạn nào của cơ quan khác để báo cáo.")
        grouped = self._by_agency(rows)
        urged = [pair for pair in grouped if pair[0].kind not in ASKED_SOFTLY]
        asked = [pair for pair in grouped if pair[0].kind in ASKED_SOFTLY]
        blocks: list[papers.Block] = [
            Paragraph(
                f"Thực hiện {self._head.citation}, {self._lead.name} báo cáo tình hình thực hiện đến ngày"
                f" {words.day_text(self.seen.today)} như sau:"
            ),
            Paragraph(
                f"Còn {words.count_text(len(grouped))}/{words.count_text(self._head.agencies)} cơ quan, đơn vị có việc"
                f" quá hạn chưa gửi kết quả, gồm {words.count_text(len(rows))} việc."
            ),
        ]
        for title, pairs in ((f"{self._lead.name} đã đôn đốc", urged), (f"{self._lead.name} đã đề nghị", asked)):
            if pairs:
                blocks += [Heading(f"{title}:", 2), self._owed(pairs, with_agency=True)]
        blocks.append(Paragraph(f"{self._lead.name} kính đề nghị Ủy ban nhân dân tỉnh xem xét, chỉ đạo."))
        province = self.seen.agencies[self.seen.province_id]
        return self._paper(
            f"Tình hình các việc quá hạn thực hiện {self._short}", [province.name], blocks, kind="BÁO CÁO", code="BC"
        )

    # Words

    @property
    def _short(self) -> str:
        """Kế hoạch số 3819/KH-UBND: after the first citation."""
        return f"Kế hoạch số {self.seen.loaded.plan.document.number}"

    def _focal(self) -> list[papers.Block]:
        if not self._head.focal:
            return []
        return [Paragraph(f"Đầu mối phối hợp: {self._head.focal}.")]

    def _clause(self, row: WorkRow) -> str:
        duty = self.seen.duty.get(row.duty_id)
        return duty.clause if duty else ""

    def _due(self, row: WorkRow) -> str:
        return words.day_text(row.due_on) if row.due_on else ""

    def _stands(self, row: WorkRow) -> str:
        promised = f"; hẹn gửi {words.day_text(row.promised_on)}" if row.promised_on else ""
        if row.cell == "returned":
            by = f" chậm nhất {words.day_text(row.respond_by)}" if row.respond_by else ""
            return f"Đề nghị bổ sung{by}{promised}"
        if row.due_on is not None and row.due_on < self.seen.today:
            return f"Quá {words.count_text(self._over(row.due_on))} ngày làm việc{promised}"
        return f"Sắp đến hạn{promised}"

    def _over(self, due_on: date) -> int:
        return self.seen.calendar.soft_count(due_on, self.seen.today)[0]

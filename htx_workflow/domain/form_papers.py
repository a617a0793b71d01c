"""A holder's own report (báo cáo của cơ quan) from the values of its form: text where people write text, tables of numbers.

Pure. What is typed in the head and the foot of a form (period, signer, number, day) goes into the frame of the paper.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import groupby

from htx_workflow.domain import form_cells, form_slots, form_values, papers, words
from htx_workflow.domain.form_slots import Context, Slot, Value
from htx_workflow.domain.forms import Computed, Files, Form, Group, Section, Table, Text
from htx_workflow.domain.papers import Block, Grid, Heading, Letterhead, Paper, Paragraph, Signature, Signatures

FRAME = ("H", "N", "N-B")
"""Sections of the parts that forms share, and the signatures of a cooperative: they stand in the frame of the paper."""
SIGNERS = ("NB.1", "NB.2")
"""Who signs for a cooperative, where its report names them."""
AUTHORITIES = {"kt": "KT.", "tl": "TL.", "tuq": "TUQ.", "quyen": "Q."}
BLANK = "……"
"""To be filled in by hand."""
MANY_COLUMNS = 6
"""A table with more columns goes into a landscape annex."""


def own_report(
    form: Form,
    context: Context,
    values: Mapping[str, Value],
    head: Letterhead,
    *,
    to: tuple[str, ...],
    basis: str,
    signers: tuple[str, ...] = (),
    simulation: bool,
) -> Paper:
    """The report on the letterhead of its agency, ready to be signed: number and day only where they are known.

    `signers` are the titles of those who sign side by side: both organs of a cooperative.
    """
    sent = form_values.to_send(form, context, values)
    body = _Body(form, context, sent)
    number, on = _document(sent)
    if signers:
        return Paper(
            letterhead=head,
            subject=_subject(form.title, context.year),
            blocks=(
                Paragraph(f"{'; '.join(to)}.", "Kính gửi"),
                *_opening(sent, basis),
                *body.blocks,
                Paragraph("Trên đây là báo cáo của hợp tác xã."),
                Signatures(tuple(Signature(title.upper(), name) for title, name in _named(signers, sent))),
            ),
            kind="BÁO CÁO",
            number=number,
            on=on,
            year=context.year,
            annexes=tuple(body.annexes),
            simulation=simulation,
            form=True,
        )
    return Paper(
        letterhead=_signed(head, sent),
        subject=_subject(form.title, context.year),
        blocks=papers.ended(
            [*_opening(sent, basis), *body.blocks, Paragraph("Trên đây là báo cáo của cơ quan, đơn vị.")]
        ),
        kind="BÁO CÁO",
        symbol=head.symbol("BC"),
        number=number,
        to=to,
        receivers=("Như trên", "Lưu: VT"),
        on=on,
        year=context.year,
        annexes=tuple(body.annexes),
        simulation=simulation,
    )


def _named(signers: tuple[str, ...], sent: Mapping[str, Value]) -> Iterator[tuple[str, str]]:
    """Each title with the name the report gives, in the order of signing."""
    for place, title in enumerate(signers):
        name = sent.get(SIGNERS[place]) if place < len(SIGNERS) else None
        yield title, name if isinstance(name, str) else ""


def _subject(title: str, year: int) -> str:
    """Kết quả thực hiện Kế hoạch năm 2025: the type of the paper stands above it and is not said twice."""
    for start in ("Báo cáo năm ", "Báo cáo "):
        if title.startswith(start):
            title = words.sentence(title.removeprefix(start))
            break
    return title if str(year) in title else f"{title} năm {year}"


def _opening(sent: Mapping[str, Value], basis: str) -> Iterator[Block]:
    first, last = sent.get("H3a"), sent.get("H3b")
    span = (
        f" (số liệu từ ngày {form_cells.day_shown(first)} đến ngày {form_cells.day_shown(last)})"
        if isinstance(first, str) and isinstance(last, str)
        else ""
    )
    asked = sent.get("H4")
    by = f" và {form_cells.document_text(asked)}" if isinstance(asked, dict) and asked.get("number") else ""
    yield Paragraph(f"Thực hiện {basis}{by}, cơ quan, đơn vị báo cáo kết quả{span} như sau:")


def _document(sent: Mapping[str, Value]) -> tuple[str, date | None]:
    """Number and day of the paper, when they were given already."""
    paper = sent.get("N3")
    if not isinstance(paper, dict):
        return "", None
    number, dated = paper.get("number"), paper.get("dated")
    try:
        day = date.fromisoformat(dated) if isinstance(dated, str) else None
    except ValueError:
        day = None
    return (number if isinstance(number, str) else ""), day


def _signed(head: Letterhead, sent: Mapping[str, Value]) -> Letterhead:
    """The letterhead with who signs, as far as that was given."""
    name, authority = sent.get("N2a"), AUTHORITIES.get(str(sent.get("N2b")), "")
    titles = (*head.signer[:-1], f"{authority} {head.signer[-1]}") if authority else head.signer
    return Letterhead(
        head.name, head.parent, head.names, head.doc_code, head.place, titles, name if isinstance(name, str) else ""
    )


class _Body:
    """Sections I, II, …; their groups 1, 2, … where there are several."""

    def __init__(self, form: Form, context: Context, sent: Mapping[str, Value]) -> None:
        self.form, self.context, self.sent = form, context, sent
        self.blocks: list[Block] = []
        self.annexes: list[papers.Annex] = []
        self._referred: list[tuple[int, str]] = []
        """Blocks that send the reader to an annex, with what stands there."""
        slots = [slot for slot in form_slots.slots(form, context) if slot.section.id not in FRAME]
        slots = [slot for slot in slots if slot.key in sent or slot.typed]
        for number, (_, here) in enumerate(groupby(slots, key=lambda slot: slot.section.id), 1):
            of_section = list(here)
            self._section(number, of_section[0].section, of_section)
        for number, (place, label) in enumerate(self._referred, 1):
            annex = papers.annex_number(number, len(self._referred))
            self.blocks[place] = Paragraph(f"chi tiết tại {annex}.", label)

    def _section(self, number: int, section: Section, slots: list[Slot]) -> None:
        numeral = words.ROMAN[number - 1] if number <= len(words.ROMAN) else str(number)
        self.blocks.append(Heading(f"{numeral}. {section.title.upper()}"))
        groups = [list(here) for _, here in groupby(slots, key=lambda slot: slot.group.id)]
        for place, here in enumerate(groups, 1):
            if len(groups) > 1:
                self.blocks.append(Heading(f"{place}. {here[0].group.title}", 2))
            self._group(here[0].group, here)

    def _group(self, group: Group, slots: list[Slot]) -> None:
        if group.columns:
            self._columns(slots)
            return
        for item, here in groupby(slots, key=lambda slot: slot.item):
            if item is not None:
                self.blocks.append(Heading(f"- {item.label}", 2))
            self._fields(list(here))

    def _fields(self, slots: list[Slot]) -> None:
        """Texts as paragraphs; what stands between them that is short, together in one table."""
        short: list[tuple[str, str, str]] = []
        for slot in slots:
            if isinstance(slot.field, Files):
                continue
            if isinstance(slot.field, (Text, Table)) or self._is_text(slot):
                self._figures(short)
                short = []
                self._long(slot)
                continue
            spot = form_cells.spot(self.form, self.context, slot)
            if spot.numeric or isinstance(slot.field, Computed):
                short.append((slot.field.label, spot.unit, self._shown(slot)))
            else:
                self._figures(short)
                short = []
                self.blocks.append(Paragraph(self._shown(slot) or BLANK, slot.field.label))
        self._figures(short)

    def _is_text(self, slot: Slot) -> bool:
        return isinstance(slot.field, Computed) and slot.field.shows == "text"

    def _long(self, slot: Slot) -> None:
        if isinstance(slot.field, Table):
            self._table(slot, slot.field)
            return
        text = self._shown(slot)
        if text:
            self.blocks.append(Paragraph(text, slot.field.label))

    def _shown(self, slot: Slot) -> str:
        return form_cells.shown(form_cells.spot(self.form, self.context, slot), self.sent.get(slot.key))

    def _figures(self, lines: list[tuple[str, str, str]]) -> None:
        if lines:
            self.blocks.append(
                Grid(("Chỉ tiêu", "Đơn vị tính", "Số liệu"), tuple(lines), (4.4, 1.6, 2.4), frozenset({2}))
            )

    def _columns(self, slots: list[Slot]) -> None:
        """A group with columns: one row for a field, one column for each of its columns."""
        columns = list(dict.fromkeys(slot.column.label for slot in slots if slot.column is not None))
        rows: dict[str, list[str]] = {}
        units: dict[str, str] = {}
        for slot in slots:
            if isinstance(slot.field, Table):
                self._table(slot, slot.field)
                continue
            line = rows.setdefault(slot.field.label, [""] * len(columns))
            place = columns.index(slot.column.label) if slot.column is not None else len(columns) - 1
            line[place] = self._shown(slot)
            units.setdefault(slot.field.label, form_cells.spot(self.form, self.context, slot).unit)
        if rows and columns:
            widths = (3.4, 1.4, *(1.6 for _ in columns))
            heads = ("Chỉ tiêu", "Đơn vị tính", *columns)
            lines = tuple((label, units[label], *cells) for label, cells in rows.items())
            self.blocks.append(Grid(heads, lines, widths, frozenset(range(2, 2 + len(columns)))))

    def _table(self, slot: Slot, table: Table) -> None:
        columns = [cell for cell in form_slots.cells(table, self.context) if not isinstance(cell, Files)]
        value = self.sent.get(slot.key)
        if form_cells.non_of(value) is not None:
            self.blocks.append(Paragraph(f"{table.none_word}.", table.label))
            return
        rows = form_values.rows(self.form, self.context, slot, self.sent)
        if not rows:
            self.blocks.append(Paragraph("chưa có số liệu.", table.label))
            return
        spots = {cell.id: form_cells.spot(self.form, self.context, slot, cell) for cell in columns}
        heads = ["TT", *(["Nội dung"] if rows[0].item else [])]
        heads += [f"{cell.label} ({spots[cell.id].unit})" if spots[cell.id].unit else cell.label for cell in columns]
        lines = tuple(
            (
                str(row.number),
                *([row.item.label] if row.item else []),
                *(form_cells.shown(spots[cell.id], row.cells.get(cell.id)) for cell in columns),
            )
            for row in rows
        )
        numbers = frozenset(
            len(heads) - len(columns) + place for place, cell in enumerate(columns) if spots[cell.id].numeric
        )
        widths = (0.6, *((1.3 if place in numbers else 2.2) for place in range(1, len(heads))))
        grid = Grid(tuple(heads), lines, widths, numbers)
        if len(heads) <= MANY_COLUMNS:
            self.blocks += [Paragraph("", table.label), grid]
            return
        self.annexes.append(papers.Annex(table.label, (grid,), landscape=True))
        self._referred.append((len(self.blocks), table.label))
        self.blocks.append(Paragraph("", table.label))

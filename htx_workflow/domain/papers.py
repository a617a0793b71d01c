"""A paper (văn bản) as a value, in the order of Nghị định 30/2020/NĐ-CP: letterhead, addressees, blocks, signature.

Pure. `gateways.word` makes a file of it. Numbers, days and names of signers that are not known stay blanks to fill in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from htx_workflow.domain.pictures import Chart
from htx_workflow.domain.plan import AgencyKind

SIMULATION = "BẢN MÔ PHỎNG - SỐ LIỆU GIẢ ĐỊNH"
GAP = "\u00a0" * 6
"""Between "Số:" and the sign: the number is given when the paper is registered."""
COUNCIL = "Ủy ban nhân dân"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What stands at the top left and at the bottom right of an agency's papers, on the day of the paper."""

    name: str
    """Sở Kế hoạch và Đầu tư: in running text."""
    parent: str
    """UBND TỈNH KON TUM; empty where the agency stands alone."""
    names: tuple[str, ...]
    """SỞ KẾ HOẠCH VÀ ĐẦU TƯ, or ỦY BAN NHÂN DÂN and HUYỆN ĐĂK TÔ."""
    doc_code: str
    """SKHĐT; empty when the head of the agency has not fixed one."""
    place: str
    signer: tuple[str, ...]
    """GIÁM ĐỐC, or TM. ỦY BAN NHÂN DÂN and CHỦ TỊCH: titles, never a name."""
    signer_name: str = ""
    """Only when somebody said who signs."""

    def symbol(self, kind: str = "", unit: str = "") -> str:
        """`/BC-SKHĐT` of a named type, `/SKHĐT-KTTT` of a letter; what is not known is left out."""
        parts = (kind, self.doc_code) if kind else (self.doc_code, unit)
        return "-".join(part for part in parts if part)


def letterhead(name: str, kind: AgencyKind, parent_name: str, doc_code: str, place: str) -> Letterhead:
    """The letterhead of an agency under the name it has on the day of the paper."""
    if kind in (AgencyKind.PROVINCE, AgencyKind.DISTRICT, AgencyKind.COMMUNE):
        rest = name.removeprefix(COUNCIL).strip()
        names = (COUNCIL.upper(), rest.upper()) if name.startswith(COUNCIL) else (name.upper(),)
        return Letterhead(name, "", names, doc_code, place, (f"TM. {COUNCIL.upper()}", "CHỦ TỊCH"))
    if kind is AgencyKind.BANK and " chi nhánh " in name:
        head, _, branch = name.partition(" chi nhánh ")
        return Letterhead(name, head.upper(), (f"CHI NHÁNH {branch.upper()}",), doc_code, place, ("GIÁM ĐỐC",))
    if kind is AgencyKind.COOPERATIVE:
        return Letterhead(name, "", (name.upper(),), doc_code, place, ("ĐẠI DIỆN HỢP TÁC XÃ",))
    parent = parent_name.replace(COUNCIL, "UBND").upper()
    signer = "CHỦ TỊCH" if kind is AgencyKind.UNION else "THỦ TRƯỞNG" if kind is AgencyKind.MINISTRY else "GIÁM ĐỐC"
    return Letterhead(name, parent, (name.upper(),), doc_code, place, (signer,))


@dataclass(frozen=True, slots=True)
class Heading:
    """I. TÌNH HÌNH CHUNG (level 1), 1. Kết quả (level 2)."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text of the body; `label` stands before it in bold."""

    text: str
    label: str = ""
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: heads, rows of text; `numbers` are the columns set right, `widths` their shares of the page."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...] = ()
    numbers: frozenset[int] = frozenset()
    unit: str = ""
    """ĐVT: triệu đồng, above the table on the right."""
    blank_rows: int = 0
    """Rows left empty to be filled in by hand."""
    note: str = ""
    sums: frozenset[int] = frozenset()
    """Rows that add others up, in bold."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart in the text, with its title under it and its content in words for who cannot see it."""

    chart: Chart


@dataclass(frozen=True, slots=True)
class Signature:
    """One place to sign: title, and the name where it is known."""

    title: str
    name: str = ""
    note: str = "(Ký, ghi rõ họ tên)"


@dataclass(frozen=True, slots=True)
class Signatures:
    """Places to sign beside each other, kept on one page."""

    places: tuple[Signature, ...]


Block = Heading | Paragraph | Grid | Picture | Signatures


@dataclass(frozen=True, slots=True)
class Annex:
    """Phụ lục, on pages of its own with their own numbers."""

    title: str
    blocks: tuple[Block, ...]
    landscape: bool = False
    key: str = ""
    """By which the text refers to it."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole paper. `kind` empty: a letter (công văn), whose subject stands under its number as V/v."""

    letterhead: Letterhead
    subject: str
    blocks: tuple[Block, ...]
    kind: str = ""
    """BÁO CÁO, TỜ TRÌNH, KẾ HOẠCH"""
    symbol: str = ""
    number: str = ""
    """05/BC-STC, once the paper has its number."""
    to: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()
    """Nơi nhận, without the dashes: "Như trên", "Lưu: VT"."""
    on: date | None = None
    """The day of the paper, when it is known."""
    year: int = 0
    """Of the paper, when only that is known."""
    annexes: tuple[Annex, ...] = field(default=())
    simulation: bool = False
    form: bool = False
    """A form or record (bảng, biên bản): several people sign, in the text; no Nơi nhận, no number unless it has a symbol."""

    @property
    def number_line(self) -> str:
        if self.form and not self.symbol and not self.number:
            return ""
        return f"Số: {self.number}" if self.number else f"Số:{GAP}/{self.symbol}"

    @property
    def place_line(self) -> str:
        """Kon Tum, ngày 05 tháng 01 năm 2026: days under 10 and months 1 and 2 carry a leading 0."""
        place = f"{self.letterhead.place}, " if self.letterhead.place else ""
        if self.on is None:
            return f"{place}ngày{GAP}tháng{GAP}năm {self.year or GAP}"
        return f"{place}{date_words(self.on)}"


def date_words(day: date) -> str:
    """ngày 05 tháng 01 năm 2026."""
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def annex_number(place: int, of: int) -> str:
    """Phụ lục, or Phụ lục II of several."""
    numerals = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
    return "Phụ lục" if of == 1 else f"Phụ lục {numerals[place - 1] if place <= len(numerals) else place}"


def ended(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks with `./.` after the last paragraph."""
    found = list(blocks)
    for place in range(len(found) - 1, -1, -1):
        last = found[place]
        if isinstance(last, Paragraph):
            text = last.text.rstrip(" .") + "./."
            found[place] = Paragraph(text, last.label, last.italic)
            break
    return tuple(found)

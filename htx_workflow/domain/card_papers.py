"""A cooperative's bảng tự chấm điểm and the biên bản làm việc of an inspection, filled in or blank, ready to sign. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from htx_workflow.domain import rubric_check, rubrics, scorecards, typed, words
from htx_workflow.domain.card_facts import CardFacts
from htx_workflow.domain.papers import Block, Grid, Heading, Letterhead, Paper, Paragraph, Signature, Signatures
from htx_workflow.domain.rubrics import Criterion, Group, Item, Rubric

BLANK = "……"
BOX, TICKED = "☐", "☒"
WIDTHS = (0.7, 4.4, 1.25, 1.1, 2.4, 1.8)


@dataclass(frozen=True, slots=True)
class Place:
    """One place of a card: hundredths, the evidence named and what stands beside."""

    points: int | None = None
    evidence: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signs; the name once it is known."""

    title: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class SelfScore:
    """A card as it is printed. Without places: a form to fill in by hand."""

    rubric: Rubric
    unit: Letterhead
    year: int
    places: Mapping[str, Place] = field(default_factory=dict)
    facts: CardFacts = field(default_factory=CardFacts)
    rating: str = ""
    """Tốt; chưa đủ căn cứ xếp loại."""
    signers: tuple[Signed, ...] = ()
    simulation: bool = False

    @property
    def points(self) -> dict[str, int]:
        return {key: place.points for key, place in self.places.items() if place.points is not None}

    @property
    def blank(self) -> bool:
        return not self.points


def self_score(card: SelfScore) -> Paper:
    """Bảng tự chấm điểm: the rubric's own form, with the evidence beside."""
    return Paper(
        letterhead=card.unit,
        subject=f"Năm {card.year}",
        blocks=tuple(_scored(card)),
        kind="BẢNG TỰ CHẤM ĐIỂM, ĐÁNH GIÁ HỢP TÁC XÃ",
        year=card.year,
        simulation=card.simulation,
        form=True,
    )


def _scored(card: SelfScore) -> Iterator[Block]:
    if card.rubric.form_name:
        yield Paragraph(f"(Theo {card.rubric.form_name})", italic=True)
    yield from _about(card)
    yield Grid(
        ("Số TT", "Tiêu chí đánh giá", "Thang điểm tối đa", "Điểm tự chấm", "Căn cứ, minh chứng", "Ghi chú"),
        tuple(_rows(card)), WIDTHS, frozenset({2, 3}), "điểm", note=_note(card.rubric),
        sums=_heads(card.rubric),
    )  # fmt: skip
    yield Paragraph(card.rating if card.rating and not card.blank else BLANK, "Hợp tác xã tự xếp loại")
    yield _signatures(card)


def _about(card: SelfScore) -> Iterator[Block]:
    yield Paragraph(card.unit.name, "Tên hợp tác xã")
    yield Paragraph(BLANK, "Địa chỉ, điện thoại, thư điện tử")
    yield Paragraph(BLANK, "Số giấy chứng nhận đăng ký")
    kinds = card.facts.kinds(card.rubric)
    for axis in card.rubric.kinds:
        yield _ticked(axis.title, {kind.code: kind.title for kind in axis.kinds}, kinds.get(axis.code))
    for size in card.rubric.sizes:
        yield _ticked(size.title, {step.code: step.title for step in size.classes}, kinds.get(size.code))
    governance = {kind.governance: kind.title for kind in card.rubric.sign_offs}
    if governance:
        yield _ticked("Tổ chức quản trị", governance, card.facts.governance)


def _ticked(label: str, kinds: Mapping[str, str], chosen: str | None) -> Paragraph:
    return Paragraph("   ".join(f"{TICKED if code == chosen else BOX} {title}" for code, title in kinds.items()), label)


def _rows(card: SelfScore) -> Iterator[tuple[str, ...]]:
    totals = scorecards.totals(card.rubric, card.points)
    for group, total in zip(card.rubric.groups, totals.groups, strict=True):
        yield group.num or "", group.title, typed.number_text(group.max), "" if card.blank else total.text, "", ""
        for criterion in group.criteria:
            yield from _criterion(card, criterion, totals.criteria[criterion.num])
    yield "", "Tổng điểm", typed.number_text(card.rubric.total), "" if card.blank else totals.text, "", ""


def _criterion(card: SelfScore, criterion: Criterion, given: int | None) -> Iterator[tuple[str, ...]]:
    key = str(criterion.num)
    place = card.places.get(key, Place())
    yield key, criterion.title, _most(criterion), _given(card, given), place.evidence, place.note
    for item in criterion.items:
        part = card.places.get(f"{key}{item.id}", Place())
        yield "", f"{item.id}) {item.title}", _most(item), _given(card, part.points), part.evidence, part.note


def _most(place: Criterion | Item) -> str:
    return typed.number_text(place.max) if place.max is not None else ""


def _given(card: SelfScore, points: int | None) -> str:
    """Blank on a blank form; a place that a filled card leaves out says so."""
    if points is not None:
        return scorecards.points_text(points)
    return "" if card.blank else "chưa chấm"


def _heads(rubric: Rubric) -> frozenset[int]:
    """Rows of the groups and of the total."""
    found, row = [], 0
    for group in rubric.groups:
        found.append(row)
        row += 1 + _length(group)
    return frozenset((*found, row))


def _length(group: Group) -> int:
    return sum(1 + len(criterion.items) for criterion in group.criteria)


def _note(rubric: Rubric) -> str:
    """Under the form: whose maxima are not known."""
    numbers = rubrics.unknown_maxima(rubric)
    if not numbers:
        return ""
    return f"Mức tối đa từng tiêu chí {rubric_check.numbers_text(numbers)} chưa có; chỉ kiểm tra theo tổng nhóm."


def _signatures(card: SelfScore) -> Signatures:
    """Both organs of the kind of governance; while that is not known, both pairs to choose from."""
    if card.signers:
        return Signatures(tuple(Signature(one.title.upper(), one.name) for one in card.signers))
    return Signatures(tuple(Signature(title.upper()) for title in signer_titles(card.rubric, None)))


def signer_titles(rubric: Rubric, governance: str | None) -> tuple[str, ...]:
    """Who signs for a cooperative, in order; while its governance is not known each place names both organs."""
    if governance is not None and (known := rubric.signers(governance)):
        return tuple(role.title for role in known)
    places = zip(*(kind.roles for kind in rubric.sign_offs), strict=False)
    return tuple(" / ".join(role.title for role in pair) for pair in places)


# Biên bản làm việc


@dataclass(frozen=True, slots=True)
class Inspection:
    """What is known before a visit; everything said there is written by hand."""

    inspector: Letterhead
    plan: str
    """First citation of the plan."""
    card: SelfScore


def record(visit: Inspection) -> Paper:
    """Biên bản làm việc with a cooperative: its own points beside room for what was found."""
    card = visit.card
    return Paper(
        letterhead=visit.inspector,
        subject=f"Kiểm tra kết quả tự chấm điểm năm {card.year} của {card.unit.name}",
        blocks=tuple(_recorded(visit)),
        kind="BIÊN BẢN LÀM VIỆC",
        symbol=visit.inspector.symbol("BB"),
        year=card.year,
        simulation=card.simulation,
        form=True,
    )


def _recorded(visit: Inspection) -> Iterator[Block]:
    card = visit.card
    yield Paragraph(
        f"Thực hiện {visit.plan}, hôm nay, vào hồi … giờ … ngày … tháng … năm ……, tại …………………………………, đã làm việc với {card.unit.name}."
    )
    yield Heading("I. THÀNH PHẦN")
    for title in (f"1. {words.sentence(visit.inspector.name)}", f"2. {card.unit.name}"):
        yield Heading(title, 2)
        yield Grid(("TT", "Họ và tên", "Chức vụ"), (), (0.6, 4, 4), blank_rows=3)
    yield Heading("II. NỘI DUNG KIỂM TRA")
    heads = ("TT", "Tiêu chí", "Tối đa", "Tự chấm", "Qua kiểm tra", "Lý do, minh chứng")
    yield Grid(heads, tuple(_checked(card)), (0.7, 4.4, 0.9, 1, 1.1, 3.4), frozenset({2, 3, 4}), "điểm")
    yield Heading("III. Ý KIẾN CỦA HỢP TÁC XÃ")
    yield from _lines(4)
    yield Heading("IV. KẾT LUẬN, ĐỀ NGHỊ")
    yield from _lines(4)
    yield Paragraph(
        "Biên bản lập xong hồi … giờ … cùng ngày, đã đọc cho những người có tên trên cùng nghe, thống nhất ký tên; lập thành"
        " 02 bản, mỗi bên giữ 01 bản."
    )
    yield Signatures(
        (Signature("ĐẠI DIỆN HỢP TÁC XÃ"), Signature("NGƯỜI GHI BIÊN BẢN"), Signature("ĐẠI DIỆN ĐOÀN KIỂM TRA"))
    )


def _lines(count: int) -> Iterator[Block]:
    """Room to write by hand."""
    for _ in range(count):
        yield Paragraph("…" * 28)


def _checked(card: SelfScore) -> Iterator[tuple[str, ...]]:
    totals = scorecards.totals(card.rubric, card.points)
    for number, criterion in card.rubric.criteria.items():
        given = totals.criteria[number]
        evidence = card.places.get(str(number), Place()).evidence
        yield str(number), criterion.title, _most(criterion), _given(card, given), "", evidence
        for item in criterion.items:
            part = card.places.get(f"{number}{item.id}", Place())
            yield "", f"{item.id}) {item.title}", _most(item), _given(card, part.points), "", part.evidence

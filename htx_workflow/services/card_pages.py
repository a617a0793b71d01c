"""The page of a card (trang phiếu chấm điểm): its criteria, what is asked, signatures, files, what it still lacks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from htx_workflow.domain import ratings, rubric_check, words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.services import card_fact_boxes
from htx_workflow.services.card_boxes import GroupLines, Maker, Typed
from htx_workflow.services.card_fact_boxes import FactBox
from htx_workflow.services.card_views import CardView
from htx_workflow.services.card_work import check_day
from htx_workflow.store import files
from htx_workflow.store.cards import CardRow
from htx_workflow.store.database import Session
from htx_workflow.store.files import CitedRow

SUBJECT, SIGNED, RECORD = "scorecard", "ky", "bien-ban"
"""Files of a card: their subject; fields of the signed sheet and of the record of a visit."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose opinion is needed, and how it was given."""

    role: str
    title: str
    name: str
    on_day: date | None
    on_paper: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything the page of one card shows."""

    view: CardView
    groups: tuple[GroupLines, ...]
    facts: tuple[FactBox, ...]
    signers: tuple[Signer, ...]
    missing: tuple[str, ...]
    """What the card lacks, said before it is sent."""
    unsigned: str
    """Whose opinion is missing, as a clause."""
    sheets: tuple[CitedRow, ...]
    """Photographs of the signed sheet of this revision."""
    records: tuple[CitedRow, ...]
    """Scans of the record of a visit."""
    moved: bool
    """The lower card was renewed after this one was opened."""
    editable: bool
    summary: tuple[tuple[str, str], ...]
    """Every error with the field where it is mended."""

    @property
    def card(self) -> CardRow | None:
        return self.view.card


def one(view: CardView, kept: Sequence[CitedRow], typed_: Typed | None = None) -> Whole:
    """The page; `typed_` is what a refused saving had brought."""
    typed_ = typed_ or Typed()
    made = Maker(view, kept, typed_)
    facts = card_fact_boxes.boxes(
        view.rubric, view.facts, typed_.filled.facts, refused=any(not one.key for one in typed_.refused)
    )
    groups = tuple(made.group(group) for group in view.rubric.groups)
    lacks = ratings.missing_signatures(view.rubric, _signatures(view)) if view.spot.is_self else None
    card = view.card
    editable = view.may_score and card is not None and card.state == "draft"
    below = view.spot.below
    return Whole(
        view=view,
        groups=groups,
        facts=facts,
        signers=tuple(_signers(view)),
        missing=tuple(_missing(view, lacks)),
        unsigned=lacks or "",
        sheets=tuple(
            row for row in kept if row.file.field == SIGNED and card is not None and row.file.subject_id == card.id
        ),
        records=tuple(row for row in kept if row.file.field == RECORD),
        moved=bool(editable and below is not None and card is not None and card.based_on_id not in (None, below.id)),
        editable=editable,
        summary=(
            *made.summary(),
            *((f"t-{box.name}", box.error) for box in facts if box.error),
            *((f"tep-{key}", said) for key, said in typed_.files.items()),
        ),
    )


def read(session: Session, view: CardView) -> list[CitedRow]:
    """The files of every revision of every level of this year and stage."""
    ids = [card.id for card in view.spot.cards]
    return files.list_cited(session, SUBJECT, ids) if ids else []


def _signatures(view: CardView) -> ratings.Signatures:
    return ratings.Signatures(view.facts.governance, frozenset(row.role for row in view.signed))


def _missing(view: CardView, lacks: str | None) -> Iterable[str]:
    """Before sending: criteria, reasons, signatures, facts."""
    if view.card is None or view.rating.not_rated is not None:
        return
    if view.totals.missing:
        yield f"Chưa chấm tiêu chí {rubric_check.numbers_text(list(view.totals.missing))}."
    for refused in view.missing_reasons:
        yield str(refused)
    if lacks:
        yield f"{lacks}; chưa đủ căn cứ xếp loại."
    for said in ratings.unknown_facts(view.rubric, view.facts.facts):
        yield f"{said}."


def _signers(view: CardView) -> Iterable[Signer]:
    signed = {row.role: row for row in view.signed}
    for role in view.signers:
        row = signed.get(role.role)
        if row is None:
            yield Signer(role.role, role.title, "", None, True)
        else:
            yield Signer(role.role, role.title, row.name, row.on_day, row.on_paper)


def answer_text(view: CardView, calendar: WorkingCalendar, sent_on: date) -> str:
    """UBND huyện Đăk Tô phản hồi chậm nhất thứ Năm 18/12/2025."""
    who = view.spot.parent_name or "Cơ quan cấp trên"
    return f"{who} phản hồi chậm nhất {words.weekday_text(check_day(calendar, sent_on))}"


def may_open(view: CardView) -> bool:
    """Nothing is being filled, and the visitor may begin: the first card of the level, or one that was given back."""
    newest = view.card
    if not view.may_score or (newest is not None and newest.state != "returned"):
        return False
    return view.spot.is_self or view.spot.below is not None

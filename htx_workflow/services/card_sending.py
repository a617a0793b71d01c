"""Sending cards (nộp, kiểm tra, trả lại phiếu): signed, sent, checked by the level above, given back to be scored anew.

The self-score is part of the cooperative's yearly report: sending it sends that work, the check of it accepts the work,
giving it back gives the work back. The cards of the levels that check belong to reports of their agencies on all their
cooperatives, which are sent by themselves. A trial score belongs to no work.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from htx_workflow.domain import card_saving, ratings, scorecards, standing, words
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.card_places import CardPlace
from htx_workflow.domain.errors import BadInput, NotAllowed, TooLate
from htx_workflow.domain.ratings import Rated, Rating
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.domain.scorecards import Refusal
from htx_workflow.domain.standing import Return
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import card_spots, reports, scoring
from htx_workflow.services.card_spots import Spot
from htx_workflow.services.reports import When
from htx_workflow.store import cards as store
from htx_workflow.store import documents as document_store
from htx_workflow.store import notes, rubric_rows
from htx_workflow.store.cards import CardRow, SignOffRow
from htx_workflow.store.database import Session
from htx_workflow.store.documents import DocumentRef

TAKEN_BACK = "bên chấm rút lại"
"""Why a card was given back, when its own scorer did it."""


@dataclass(frozen=True)
class Signing:
    """An opinion of an organ of the cooperative: on paper and photographed, or given here."""

    role: str
    name: str
    on_day: date
    on_paper: bool = True
    person_id: int | None = None
    attachment_id: int | None = None


@dataclass(frozen=True)
class Sending:
    """How a card is sent: as a paper sent on a day, under a document; `year`: the year that stands on the paper."""

    sent_on: date | None = None
    document: DocumentRef | None = None
    year: int | None = None
    closes_work: bool = True
    """Sending a self-score also sends the cooperative's yearly report, if that is still open."""
    paper_due_on: date | None = None
    """Figures first: the day by which the signed sheet is to follow."""


class CardRefused(BadInput):
    """Everything that keeps a card from being sent, each at its place."""

    def __init__(self, refused: Sequence[Refusal]) -> None:
        self.refused = tuple(refused)
        super().__init__("\n".join(str(one) for one in refused))


def sign(session: Session, place: CardPlace, signing: Signing, visitor: Visitor | None, when: When) -> CardRow:
    """Record the opinion of one organ on a self-score that nobody has checked yet."""
    spot = card_spots.get(session, place, when.today)
    card_spots.check_may(card_spots.may_score(spot, visitor), spot, "ghi ý kiến trên")
    card = spot.draft or spot.counted(place.level)
    if not spot.is_self or card is None or card.state == "accepted":
        raise NotAllowed("Ý kiến của hợp tác xã chỉ ghi trên phiếu tự chấm chưa được kiểm tra.")
    rubric = rubric_rows.get(session, [card.definition_id])[card.definition_id]
    _check_signing(rubric, card, signing, when)
    if not signing.on_paper:
        _check_person(session, rubric, card, signing)
    row = SignOffRow(
        signing.role, " ".join(signing.name.split()), signing.person_id, signing.on_paper, signing.on_day,
        signing.attachment_id, when.now, when.by,
    )  # fmt: skip
    store.sign(session, card.id, row)
    if card.state == "submitted":
        rating = scoring.rate(session, spot, card, rubric)
        _change_sent(session, card, **_rated(rating))
        if rating.state is not Rated.UNSIGNED and spot.work is not None:
            notes.mark(session, [spot.work.id], paper_due_on=None)
    scoring.note(session, "score.sign", card, when, role=signing.role, on=signing.on_day.isoformat())
    return card


def _check_signing(rubric: Rubric, card: CardRow, signing: Signing, when: When) -> None:
    governance = card.card_facts.governance
    signers = rubric.signers(governance) if governance else None
    if signers is None:
        kinds = " hay ".join(kind.title for kind in rubric.sign_offs)
        raise BadInput(f"Chưa rõ tổ chức quản trị ({kinds}) nên chưa biết cần ý kiến của ai. Đề nghị ghi trước.")
    if signing.role not in {signer.role for signer in signers}:
        roles = ", ".join(f"{signer.role} ({signer.title})" for signer in signers)
        raise BadInput(f"Vai trò {signing.role} không ký phiếu này. Cần ý kiến của: {roles}.")
    if not signing.name.strip():
        raise BadInput("Chưa có họ tên người ký. Đề nghị ghi họ tên.")
    if signing.on_day > when.today:
        raise BadInput(f"Ngày ký {words.day_text(signing.on_day)} sau hôm nay. Đề nghị kiểm tra lại ngày.")


def _check_person(session: Session, rubric: Rubric, card: CardRow, signing: Signing) -> None:
    """Two organs check each other: on the portal one person speaks for one of them."""
    for row in store.sign_offs(session, card.id):
        if row.role != signing.role and not row.on_paper and row.person_id == signing.person_id:
            signers = rubric.signers(card.card_facts.governance or "") or ()
            title = next((signer.title for signer in signers if signer.role == row.role), row.role)
            raise NotAllowed(
                f"{signing.name} đã cho ý kiến với vai trò {title}. Ý kiến thứ hai do người khác cho, hoặc ký trên giấy."
            )


def _change_sent(session: Session, card: CardRow, **values: object) -> None:
    """Change a card that was sent; of two acts at once the second is told, whatever they are."""
    if not store.change(session, card, **values, draft_version=card.version + 1):
        raise TooLate("Người khác vừa cập nhật phiếu này; chưa có gì thay đổi. Đề nghị xem lại.")


def _rated(rating: Rating) -> dict[str, object]:
    return {
        "rated": rating.state.value,
        "not_rated_why": "" if rating.band else rating.why,
        "total_hundredths": rating.total,
        "band": rating.band.code if rating.band else "",
    }


# Sending


def submit(
    session: Session,
    place: CardPlace,
    sending: Sending,
    calendar: WorkingCalendar,
    visitor: Visitor | None,
    when: When,
) -> CardRow:
    """Send the open card. A card without all points or signatures is sent and marked; what is wrong is refused whole.

    It accepts the card below. After a higher level has sent its own it is kept as a late one and changes nothing.
    """
    spot = card_spots.get(session, place, when.today)
    card_spots.check_may(card_spots.may_score(spot, visitor), spot, "gửi")
    draft = scoring.draft_of(spot)
    rubric = rubric_rows.get(session, [draft.definition_id])[draft.definition_id]
    _check_sending(session, spot, draft, rubric, sending)
    late = spot.closed_above
    rating = scoring.rate(session, spot, draft, rubric)
    sent_on = sending.sent_on or when.today
    behalf = card_spots.for_another(spot, visitor)
    if sent_on > when.today:
        raise BadInput(f"Ngày gửi {words.day_text(sent_on)} sau hôm nay. Đề nghị kiểm tra ngày gửi.")
    document_id = document_store.get_or_add(session, sending.document) if sending.document else None
    scoring.change(
        session, draft, when, state="late" if late else "submitted", sent_at=when.now, sent_by=when.by, sent_on=sent_on,
        on_behalf=behalf, document_id=document_id, **_rated(rating),
    )  # fmt: skip
    if not late:
        _accept_below(session, spot, calendar, when)
        _send_work(session, spot, sending, behalf, calendar, when)
    scoring.note(session, "score.submit", draft, when, sent_on=sent_on.isoformat(), **({"late": True} if late else {}))
    after = store.get(session, draft.id)
    assert after is not None
    return after


def _check_sending(session: Session, spot: Spot, draft: CardRow, rubric: Rubric, sending: Sending) -> None:
    """Raises everything that is wrong at once."""
    rows = store.scores(session, draft.id)
    points = scoring.points_of(rows)
    refused: list[Refusal] = []
    if sending.year is not None:
        try:
            scorecards.check_year(sending.year, spot.place.year)
        except BadInput as error:
            refused.append(Refusal("", str(error), ""))
    refused += scorecards.check(rubric, points)
    lower = scoring.lower_of(session, spot, draft, rows)
    if lower is not None:
        if spot.below is None or spot.below.id != draft.based_on_id:
            what = f"Điểm của cấp dưới đã thay đổi sau khi mở phiếu {spot.level.title}."
            refused.append(Refusal("", what, "Đề nghị mở lại phiếu để lấy điểm mới rồi gửi."))
        refused += card_saving.unreasoned(rubric, lower, points)
    excluded = ratings.rate(rubric, scorecards.totals(rubric, points), draft.card_facts.facts, None).not_rated
    if not points and excluded is None:
        refused.append(Refusal("", "Phiếu chưa chấm tiêu chí nào.", "Đề nghị chấm điểm trước khi gửi."))
    if refused:
        raise CardRefused(refused)


def _accept_below(session: Session, spot: Spot, calendar: WorkingCalendar, when: When) -> None:
    """The card below was checked; with the self-score the cooperative's work is accepted."""
    lower = spot.below
    if lower is None or spot.is_self:
        return
    _change_sent(session, lower, state="accepted", settled_at=when.now, settled_by=when.by)
    if lower.state == "submitted":
        scoring.note(session, "score.accept", lower, when)
    work = spot.work
    if work is not None and work.standing.state == standing.SUBMITTED and lower.level == spot.scoring.chain[0].code:
        reports.verify(session, [work.key], calendar, when)


def _send_work(
    session: Session, spot: Spot, sending: Sending, behalf: bool, calendar: WorkingCalendar, when: When
) -> None:
    work = spot.work
    if not spot.is_self or not sending.closes_work or work is None or work.standing.state != standing.OPEN:
        return
    reports.submit(
        session, [work.key], calendar, when, sent_on=sending.sent_on, document=sending.document, on_behalf=behalf,
        paper_due_on=sending.paper_due_on,
    )  # fmt: skip


# Giving back


def return_card(
    session: Session,
    place: CardPlace,
    kind: Return,
    reason: str,
    calendar: WorkingCalendar,
    visitor: Visitor | None,
    when: When,
    respond_by: date | None = None,
) -> CardRow:
    """Give the card of this level back to be scored anew: its next revision starts from it, this one stays."""
    spot = card_spots.get(session, place, when.today)
    card_spots.check_may(card_spots.may_return(spot, visitor), spot, "trả lại")
    said = " ".join(reason.split())
    if not said or len(said) > scoring.LONGEST:
        raise BadInput(f"Trả lại cần một câu nêu lý do, nhiều nhất {scoring.LONGEST} ký tự.")
    card = spot.counted(place.level)
    if card is None:
        raise NotAllowed(f"{spot.unit_name} chưa gửi phiếu {spot.level.title} nên không có gì để trả lại.")
    if spot.closed_above:
        higher = spot.scoring.chain[spot.scoring.chain.index(spot.level) + 1 :]
        above = words.joined([level.title for level in higher if level.code in spot.present])
        raise NotAllowed(f"Phiếu đã được kiểm tra xong ({above}). Đề nghị trả lại phiếu của cấp kiểm tra trước.")
    _change_sent(session, card, state="returned", settled_at=when.now, settled_by=when.by, reason=said)
    work = spot.work
    if spot.is_self and work is not None and work.standing.state == standing.SUBMITTED:
        reports.return_(session, work.key, kind, said, calendar, when, respond_by)
    scoring.note(session, "score.return", card, when, kind=kind.value)
    after = store.get(session, card.id)
    assert after is not None
    return after


def take_back(
    session: Session, place: CardPlace, calendar: WorkingCalendar, visitor: Visitor | None, when: When
) -> CardRow:  # fmt: skip
    """The cooperative takes back a card that nobody has checked: its next revision starts from it, this one stays."""
    spot = card_spots.get(session, place, when.today)
    card_spots.check_may(card_spots.may_score(spot, visitor), spot, "rút lại")
    card = spot.counted(place.level)
    if card is None or card.state != "submitted" or spot.closed_above:
        raise NotAllowed(
            f"Phiếu {spot.level.title} của {spot.unit_name} chưa gửi hoặc đã được kiểm tra, không rút lại."
        )
    _change_sent(session, card, state="returned", settled_at=when.now, settled_by=when.by, reason=TAKEN_BACK)
    work = spot.work
    if spot.is_self and work is not None and work.standing.state == standing.SUBMITTED:
        reports.withdraw(session, work.key, calendar, when)
    scoring.note(session, "score.withdraw", card, when)
    after = store.get(session, card.id)
    assert after is not None
    return after

"""Scoring (chấm điểm): a card opened and filled, by two people at once without loss. Sending it: `card_sending`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from htx_workflow.domain import audit, card_facts, card_places, card_saving, ratings, scorecards, words
from htx_workflow.domain.card_facts import CardFacts
from htx_workflow.domain.card_places import CardPlace
from htx_workflow.domain.card_saving import Lower, Merged
from htx_workflow.domain.errors import BadInput, NotAllowed, NotFound, TooLate
from htx_workflow.domain.ladders import Computed
from htx_workflow.domain.ratings import Rating, Signatures
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.domain.scorecards import Refusal, Totals
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import card_spots, form_points
from htx_workflow.services.card_spots import Spot
from htx_workflow.services.composing import LOCAL
from htx_workflow.services.reports import When
from htx_workflow.store import audit_chain, rubric_rows
from htx_workflow.store import cards as store
from htx_workflow.store.cards import CardRow, ScoreRow, SignOffRow
from htx_workflow.store.database import Session

TOO_LONG = "Đề nghị rút gọn."
LONGEST = 2000
"""Characters of a reason or of the words about evidence."""


@dataclass(frozen=True)
class Filled:
    """What was typed on a card: points by key (blank: chưa chấm; "=": as the level below), words beside, facts."""

    points: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    evidence: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Saved:
    """The card after a saving, what was refused, and whose sign-offs fell because points changed."""

    card: CardRow
    refused: tuple[Refusal, ...]
    unsigned: tuple[str, ...]


# Opening


def open_card(session: Session, place: CardPlace, rubric: Rubric, visitor: Visitor | None, when: When) -> CardRow:
    """The draft of this place, opened when there is none; `rubric` is what a new self-score is scored on.

    A checking card starts as a copy of the level below, and follows a new revision of it where nothing was changed.
    """
    spot = card_spots.get(session, place, when.today)
    card_spots.check_may(card_spots.may_score(spot, visitor), spot, "chấm")
    draft = spot.draft
    if draft is not None:
        return draft if spot.is_self else _followed(session, spot, draft, when)
    newest = spot.newest(place.level)
    if newest is not None and newest.state != "returned":
        said = card_places.state_text(newest.state, not spot.is_self)
        raise NotAllowed(f"Phiếu {spot.level.title} của {spot.unit_name} năm {place.period} {said}, không sửa được.")
    if spot.is_self:
        number = newest.definition_id if newest else rubric_rows.number_of(session, rubric, when.now)
        return _opened(session, spot, newest, number, None, when)
    lower = spot.below
    if lower is None:
        first = spot.scoring.chain[0].points_word
        raise NotAllowed(
            f"{spot.unit_name} chưa có {first} năm {place.period} nên {spot.level.title} chưa có gì để kiểm tra."
        )
    return _opened(session, spot, newest, lower.definition_id, lower, when)


def _opened(
    session: Session, spot: Spot, before: CardRow | None, definition_id: int, lower: CardRow | None, when: When
) -> CardRow:
    """A new revision with what the one before said, else with the points of the level below."""
    source = before or lower
    revision = before.revision + 1 if before else 1
    number = store.add(
        session, spot.loaded.id, spot.place, revision, unit_id=spot.unit_id, scorer_id=spot.scorer_id,
        definition_id=definition_id, based_on_id=lower.id if lower else None, facts=source.facts if source else "{}",
        now=when.now, by=when.by,
    )  # fmt: skip
    if number is not None and source is not None:
        rows = store.scores(session, source.id).values()
        kept = [row if before else ScoreRow(row.item, row.hundredths) for row in rows]
        store.write_scores(session, number, kept)
    card = _again(session, spot, number)
    if number is not None:
        note(session, "score.open", card, when)
    if before is not None and lower is not None and before.based_on_id != lower.id:
        return _moved(session, card, before.based_on_id, lower, when)
    return card


def _again(session: Session, spot: Spot, number: int | None) -> CardRow:
    """The draft just opened, here or by somebody who was quicker."""
    found = store.get(session, number) if number is not None else None
    if found is None:
        cards = store.list_cards(session, spot.loaded.id, spot.unit_id, spot.place.period, spot.place.stage)
        found = replace(spot, cards=tuple(cards)).draft
    if found is None:
        raise TooLate("Người khác vừa mở phiếu này; chưa có gì thay đổi. Đề nghị xem lại.")
    return found


def _followed(session: Session, spot: Spot, draft: CardRow, when: When) -> CardRow:
    """The draft, brought to the newest revision of the card that it checks."""
    lower = spot.below
    if lower is None or draft.based_on_id == lower.id:
        return draft
    return _moved(session, draft, draft.based_on_id, lower, when)


def _moved(session: Session, draft: CardRow, old_id: int | None, lower: CardRow, when: When) -> CardRow:
    rubric = rubric_rows.get(session, [lower.definition_id])[lower.definition_id]
    rows = store.scores(session, draft.id)
    old = points_of(store.scores(session, old_id)) if old_id else {}
    new = points_of(store.scores(session, lower.id))
    points = card_saving.rebased(rubric, points_of(rows), old, new)
    _write(session, draft, rows, points, {}, {})
    change(session, draft, when, based_on_id=lower.id, definition_id=lower.definition_id)
    moved = store.get(session, draft.id)
    assert moved is not None
    return moved


# Saving


def save(
    session: Session,
    place: CardPlace,
    filled: Filled,
    visitor: Visitor | None,
    when: When,
    *,
    version: int | None = None,
    computed: Mapping[str, Computed] | None = None,
) -> Saved:
    """Keep what can be kept of what was typed on the open card; the rest is named.

    `version`: that of the page it was typed on; on an older one nothing is written and `TooLate` says so. `computed`:
    what the rubric's ladders give for the cooperative's figures, by default those of its own report (`form_points`);
    where nothing else is said these are its points.
    """
    spot = card_spots.get(session, place, when.today)
    card_spots.check_may(card_spots.may_score(spot, visitor), spot, "chấm")
    draft = draft_of(spot)
    if version is not None and version != draft.version:
        raise TooLate(_saved_meanwhile(draft))
    rubric = rubric_rows.get(session, [draft.definition_id])[draft.definition_id]
    rows = store.scores(session, draft.id)
    if computed is None:
        computed = form_points.computed(session, place, rubric) if spot.is_self else {}
    made, wrong = _merged(session, spot, draft, rubric, rows, filled, computed)
    try:
        facts = card_facts.changed(rubric, draft.card_facts, filled.facts)
    except BadInput as error:
        facts, wrong = draft.card_facts, [*wrong, Refusal("", str(error), "")]
    _write(session, draft, rows, made.points, _texts(filled), computed)
    moved = card_saving.normal(rubric, points_of(rows)) != made.points or facts != draft.card_facts
    unsigned = store.unsign(session, draft.id) if moved and spot.is_self else []
    change(session, draft, when, facts=facts.model_dump_json(exclude_none=True))
    detail: dict[str, object] = {"version": draft.version + 1, "refused": [one.key for one in wrong]}
    note(session, "score.save", draft, when, **detail, **({"unsigned": unsigned} if unsigned else {}))
    after = store.get(session, draft.id)
    assert after is not None
    return Saved(after, tuple(wrong), tuple(unsigned))


def draft_of(spot: Spot) -> CardRow:
    draft = spot.draft
    if draft is not None:
        return draft
    newest = spot.newest(spot.place.level)
    if newest is None:
        raise NotFound(f"Chưa mở phiếu {spot.level.title} của {spot.unit_name} năm {spot.place.period}.")
    said = card_places.state_text(newest.state, not spot.is_self)
    raise NotAllowed(f"Phiếu {spot.level.title} của {spot.unit_name} năm {spot.place.period} {said}, không sửa được.")


def _merged(
    session: Session,
    spot: Spot,
    draft: CardRow,
    rubric: Rubric,
    rows: Mapping[str, ScoreRow],
    filled: Filled,
    computed: Mapping[str, Computed],
) -> tuple[Merged, list[Refusal]]:
    before = points_of(rows)
    fresh = {
        key: scorecards.points_text(one.hundredths)
        for key, one in computed.items()
        if key not in before and not filled.points.get(key, "").strip()
    }
    typed = {**filled.points, **fresh}
    made = card_saving.merged(rubric, before, typed, lower_of(session, spot, draft, rows, filled.reasons))
    long = [
        Refusal(key, f"Nội dung dài {len(text)} ký tự, nhiều nhất {LONGEST}.", TOO_LONG)
        for key, text in [*filled.reasons.items(), *filled.evidence.items()]
        if len(text) > LONGEST
    ]
    strange = [key for key in {**filled.reasons, **filled.evidence} if key not in rubric.places]
    unknown = [
        Refusal(key, f"{key} không có trong bộ tiêu chí {rubric.short}.", "Đề nghị kiểm tra bộ tiêu chí của phiếu.")
        for key in strange
    ]
    return made, [*made.refused, *long, *unknown]


def lower_of(
    session: Session, spot: Spot, card: CardRow, rows: Mapping[str, ScoreRow], reasons: Mapping[str, str] | None = None
) -> Lower | None:
    """The card below as a checking card sees it; None for a self-score."""
    if card.based_on_id is None:
        return None
    below = store.get(session, card.based_on_id)
    assert below is not None
    said = {key: row.reason for key, row in rows.items() if row.reason} | dict(reasons or {})
    points = points_of(store.scores(session, below.id))
    return Lower(points, spot.title_of(below.level), spot.level.title, said)


def points_of(rows: Mapping[str, ScoreRow]) -> dict[str, int]:
    """Hundredths by key."""
    return {key: row.hundredths for key, row in rows.items() if row.hundredths is not None}


def _texts(filled: Filled) -> dict[str, dict[str, str]]:
    """Reasons and evidence that were typed, by key."""
    texts: dict[str, dict[str, str]] = {}
    for name, typed in (("reason", filled.reasons), ("evidence", filled.evidence)):
        for key, text in typed.items():
            if len(text) <= LONGEST:
                texts.setdefault(key, {})[name] = " ".join(text.split())
    return texts


def _write(
    session: Session,
    draft: CardRow,
    rows: Mapping[str, ScoreRow],
    points: Mapping[str, int],
    texts: Mapping[str, Mapping[str, str]],
    computed: Mapping[str, Computed],
) -> None:
    """Bring the places of a card to what they are now; what says nothing has no row."""
    new, gone = [], []
    for key in dict.fromkeys([*rows, *points, *texts, *computed]):
        said = texts.get(key, {})
        row = rows.get(key, ScoreRow(key, None))
        row = row._replace(
            hundredths=points.get(key),
            reason=said.get("reason", row.reason),
            evidence=said.get("evidence", row.evidence),
        )
        if key in computed:
            row = row._replace(computed=computed[key].hundredths, why=computed[key].why)
        if row == ScoreRow(key, None):
            gone.append(key)
        elif row != rows.get(key):
            new.append(row)
    store.write_scores(session, draft.id, new)
    store.drop_scores(session, draft.id, gone)


def change(session: Session, draft: CardRow, when: When, **values: object) -> None:
    if not store.change(
        session, draft, **values, draft_version=draft.version + 1, saved_at=when.now, saved_by=when.by
    ):  # fmt: skip
        raise TooLate(_saved_meanwhile(draft))


def _saved_meanwhile(draft: CardRow) -> str:
    at = draft.saved_at.astimezone(LOCAL)
    return (
        f"Phiếu này vừa được lưu ở một trang khác lúc {at:%H} giờ {at:%M} ngày {words.day_text(at.date())}; nội dung vừa"
        " nhập chưa được ghi. Đề nghị xem lại rồi nhập tiếp."
    )


def rate(session: Session, spot: Spot, card: CardRow, rubric: Rubric) -> Rating:
    """What a card as it is stored amounts to by its rubric."""
    totals = scorecards.totals(rubric, points_of(store.scores(session, card.id)))
    return rating_of(rubric, spot, card.card_facts, totals, store.sign_offs(session, card.id))


def rating_of(rubric: Rubric, spot: Spot, facts: CardFacts, totals: Totals, signed: Sequence[SignOffRow]) -> Rating:
    """Only a self-score asks for signatures: the levels that check sign by a document."""
    signatures = Signatures(facts.governance, frozenset(row.role for row in signed)) if spot.is_self else None
    return ratings.rate(rubric, totals, facts.facts, signatures)


def note(session: Session, act: str, card: CardRow, when: When, **detail: object) -> None:
    audit_chain.note(session, audit.Event(when.now, when.by, act, card.key, detail))

"""Documents (văn bản hoàn chỉnh) of a consolidation: Word and Excel, made on the letterhead of the day.

    frame = documents.frame(session, made, rubric, today, simulation=False)
    written = documents.write(made, frame, "bao-cao-tong-ket", word)

Papers about one cooperative take its code. `cards` reads what its own two papers are made from.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from htx_workflow.domain import (
    card_papers,
    rubrics,
    summary_facts,
    summary_letters,
    summary_lists,
    summary_reports,
    words,
)  # fmt: skip
from htx_workflow.domain.card_papers import Inspection, Place, SelfScore, Signed
from htx_workflow.domain.card_places import CardPlace
from htx_workflow.domain.consolidations import Consolidation, CooperativeLine
from htx_workflow.domain.errors import NotFound
from htx_workflow.domain.papers import Paper
from htx_workflow.domain.plan import Plan
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.domain.summary_frames import Frame
from htx_workflow.gateways import workbooks
from htx_workflow.gateways.word import MEDIA_TYPE, Word
from htx_workflow.services import card_views, plans
from htx_workflow.services.card_views import CardView
from htx_workflow.services.letters import letterhead_of
from htx_workflow.store import desk_rows, report_rows
from htx_workflow.store.database import Session
from htx_workflow.store.desk_rows import AgencyRow

WHOLE: dict[str, tuple[str, Callable[[Consolidation, Frame], Paper]]] = {
    "bao-cao-nam": ("Báo cáo năm", summary_reports.yearly),
    "bao-cao-tong-ket": ("Báo cáo tổng kết", summary_reports.final),
    "to-trinh": ("Tờ trình phương án nhân rộng", summary_letters.submission),
}
"""Papers of the whole, by kind: title and maker."""
NOTICE, SELF_SCORE, RECORD, WORKBOOK = "thong-bao", "bang-tu-cham-diem", "bien-ban-lam-viec", "bang-tinh"
OF_UNIT = {
    NOTICE: "Thông báo kết quả",
    SELF_SCORE: "Bảng tự chấm điểm",
    RECORD: "Biên bản làm việc",
}
KINDS = {**{kind: title for kind, (title, _) in WHOLE.items()}, WORKBOOK: "Bảng tính số liệu", **OF_UNIT}
"""Every document, by its name in addresses and files."""
MONEY_FORM, SOURCES = "F-A", "nguon-von"
CREDIT = frozenset({"td-nhtm"})
"""Loans: shown beside budgets, never added to them."""
STAGES = ("final", "estimate")
MOST_UNITS = 60
"""Cooperatives whose own papers are written in one go; of more, each when it is asked for."""


@dataclass(frozen=True, slots=True)
class Written:
    """A finished file."""

    kind: str
    unit: str
    """Code of the cooperative, or empty."""
    name: str
    media_type: str
    body: bytes


# What papers are made from


def frame(session: Session, made: Consolidation, rubric: Rubric, day: date, *, simulation: bool) -> Frame:
    """Letterhead and names as they are on `day`, the day of issue."""
    loaded = plans.get_plan(session, made.plan)
    agencies = desk_rows.list_agencies(session, day)
    return frame_of(loaded.plan, agencies, sources(session), made, rubric, day, simulation=simulation)


def frame_of(
    plan: Plan, agencies: dict[int, AgencyRow], sources: Mapping[str, str], made: Consolidation, rubric: Rubric,
    day: date, *, simulation: bool,
) -> Frame:  # fmt: skip
    """The same of what was read already; `agencies` are those of `day`."""
    by_code = {row.code: row for row in agencies.values()}
    remark = rubrics.force_note(rubric, date(int(made.round), 12, 31)) if made.round.isdecimal() else None
    return Frame(
        letterhead=letterhead_of(agencies, by_code[plan.lead]),
        province=by_code[plan.province].name,
        plan=_citation(plan, by_code[plan.document.issuer].name),
        plan_short=f"Kế hoạch số {plan.document.number}",
        rubric=f"{rubric.document.kind} số {rubric.document.number}",
        on=day,
        bands={band.code: band.title for band in rubric.bands},
        not_rated={rule.code: rule.title for rule in rubric.not_rated},
        groups=tuple(group.name for group in rubric.groups),
        agencies={row.code: row.short_name for row in agencies.values()},
        sources=sources,
        credit=CREDIT,
        next_years=f"{plan.ends_on.year + 1} - {plan.ends_on.year + 5}" if plan.ends_on else "",
        remarks=(remark,) if remark else (),
        simulation=simulation,
    )


def _citation(plan: Plan, issuer: str) -> str:
    """The first citation: type, number, day, issuer and subject."""
    document = plan.document
    about = words.lower_first(document.subject)
    return f"{words.citation(document.number, document.dated)} của {issuer} về {about}"


def sources(session: Session) -> dict[str, str]:
    """Titles of sources of money, of every version of the form that reports were sent on."""
    forms = report_rows.older_forms(session, MONEY_FORM).values()
    return {option.code: option.label for form in forms for option in form.lists.get(SOURCES, ())}


def cards(
    session: Session, made: Consolidation, rubric: Rubric, day: date, units: Collection[str], *, simulation: bool
) -> dict[str, SelfScore]:
    """The self-scores of these cooperatives as they stand, for their own paper and for the record of a visit."""
    agencies = {row.code: row for row in desk_rows.list_agencies(session, day).values()}
    by_id = {row.id: row for row in agencies.values()}
    return {
        unit: _self_score(session, made, rubric, day, by_id, agencies[unit], simulation)
        for unit in units
        if unit in agencies
    }


def _self_score(
    session: Session, made: Consolidation, rubric: Rubric, day: date, agencies: Mapping[int, AgencyRow],
    agency: AgencyRow, simulation: bool,
) -> SelfScore:  # fmt: skip
    head = letterhead_of(dict(agencies), agency)
    for stage in STAGES:
        place = CardPlace(made.plan, agency.code, made.round, stage, made.chain[0])
        found = card_views.view(session, place, rubric, None, day)
        if found.card is not None:
            return _filled(found, SelfScore(found.rubric, head, place.year, simulation=simulation))
    return SelfScore(rubric, head, int(made.round), simulation=simulation)


def _filled(found: CardView, blank: SelfScore) -> SelfScore:
    names = {row.role: row.name for row in found.signed}
    return SelfScore(
        rubric=blank.rubric,
        unit=blank.unit,
        year=blank.year,
        places={
            key: Place(row.hundredths, row.evidence, row.why if row.computed == row.hundredths else "")
            for key, row in found.rows.items()
        },
        facts=found.facts,
        rating=found.rating.band_text,
        signers=tuple(Signed(role.title, names.get(role.role, "")) for role in found.signers),
        simulation=blank.simulation,
    )


def of_card(session: Session, found: CardView, day: date, *, simulation: bool) -> SelfScore:
    """A card as it stands, on the letterhead of its cooperative of `day`: for its own paper and the record of a visit."""
    agencies = desk_rows.list_agencies(session, day)
    head = letterhead_of(agencies, agencies[found.spot.unit_id])
    blank = SelfScore(found.rubric, head, found.spot.place.year, facts=found.facts, simulation=simulation)
    return _filled(found, blank)


def inspection(session: Session, found: CardView, inspector_id: int, day: date, *, simulation: bool) -> Paper:
    """Biên bản làm việc of a visit to this cooperative, to be written on; `inspector_id`: whose officials go."""
    agencies = desk_rows.list_agencies(session, day)
    plan = found.spot.loaded.plan
    issuer = next((row.name for row in agencies.values() if row.code == plan.document.issuer), plan.document.issuer)
    card = of_card(session, found, day, simulation=simulation)
    return card_papers.record(
        Inspection(letterhead_of(agencies, agencies[inspector_id]), _citation(plan, issuer), card)
    )


# Made


def write(
    made: Consolidation, framed: Frame, kind: str, word: Word, unit: str = "", card: SelfScore | None = None
) -> Written:
    """One document. Raises `NotFound` for another kind, or for a cooperative that the consolidation does not have."""
    if kind == WORKBOOK:
        body = workbooks.write(
            f"Bản tổng hợp số {words.count_text(made.no)} {words.period_text(made.round)}",
            summary_facts.facts(made, framed), summary_lists.every(made, framed), summary_facts.charts(made),
            simulation=framed.simulation,
        )  # fmt: skip
        return Written(kind, "", _name(made, framed, kind, "", "xlsx"), workbooks.MEDIA_TYPE, body)
    paper = _paper(made, framed, kind, unit, card)
    return Written(kind, unit, _name(made, framed, kind, unit, "docx"), MEDIA_TYPE, word.write(paper))


def _paper(made: Consolidation, framed: Frame, kind: str, unit: str, card: SelfScore | None) -> Paper:
    if kind in WHOLE:
        return WHOLE[kind][1](made, framed)
    if kind not in OF_UNIT:
        raise NotFound(f"Không có loại văn bản {kind}. Các loại: {', '.join(KINDS)}.")
    line = _line(made, unit)
    if kind == NOTICE:
        return summary_letters.notice(made, framed, line)
    if card is None:
        raise NotFound(f"Không có bảng tự chấm điểm của {line.name}.")
    if kind == SELF_SCORE:
        return card_papers.self_score(card)
    return card_papers.record(Inspection(framed.letterhead, framed.plan, card))


def _line(made: Consolidation, unit: str) -> CooperativeLine:
    found = next((line for line in made.cooperatives if line.key == unit), None)
    if found is None:
        raise NotFound(f"Bản tổng hợp không có hợp tác xã {unit}.")
    return found


def _name(made: Consolidation, framed: Frame, kind: str, unit: str, extension: str) -> str:
    """bao-cao-nam_kontum-3819_2025_so-02.docx; a simulation says so first."""
    parts = [kind, made.plan, unit, made.round, f"so-{words.count_text(made.no)}"]
    return f"{'MOPHONG_' if framed.simulation else ''}{'_'.join(part for part in parts if part)}.{extension}"


def wanted(made: Consolidation, *, final: bool) -> list[tuple[str, str]]:
    """Kind and cooperative of every document of a consolidation; those of the end only in the last year (`final`)."""
    kinds = ["bao-cao-tong-ket", "to-trinh"] if final else ["bao-cao-nam"]
    units = made.cooperatives if len(made.cooperatives) <= MOST_UNITS else ()
    return [(kind, "") for kind in (*kinds, WORKBOOK)] + [(kind, line.key) for line in units for kind in OF_UNIT]


def write_all(
    made: Consolidation, framed: Frame, own: Mapping[str, SelfScore], word: Word, *, final: bool
) -> Iterator[Written]:
    """Every document, one after another. `own`: of `cards`."""
    for kind, unit in wanted(made, final=final):
        if kind in (SELF_SCORE, RECORD) and unit not in own:
            continue
        yield write(made, framed, kind, word, unit, own.get(unit))


def save(written: Written, folder: Path) -> Path:
    """The file in a folder, which is made when it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / written.name
    path.write_bytes(written.body)
    return path

"""Reports on a form in a replay (biểu mẫu trong mô phỏng): filled in, saved, checked and sent as a person's would be."""

from __future__ import annotations

import io
from functools import cached_property

from htx_workflow.domain import fed_values, papers, simulated_reports
from htx_workflow.domain.papers import Paper, Paragraph
from htx_workflow.domain.plan import AgencyKind
from htx_workflow.domain.simulated_reports import Known, Scored
from htx_workflow.domain.simulation import WATERMARK
from htx_workflow.domain.verdicts import Conclusion
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import files, plans, report_drafts, results
from htx_workflow.services.files import Place, Ready
from htx_workflow.services.replay_scores import Scores
from htx_workflow.services.replay_stage import Stage
from htx_workflow.services.report_drafts import Draft
from htx_workflow.services.results import Asked, UnitResult
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import occurrences as store
from htx_workflow.store import views
from htx_workflow.store.agencies import AgencyRow
from htx_workflow.store.database import Session
from htx_workflow.store.documents import DocumentRef

CONCLUDED = {Conclusion.PASSED: "da-hoan-thien", Conclusion.FAILED: "chua"}
"""C9.1 of F-C; anything else is not founded enough."""
SIGNED = "N3t"
"""The field of the signed paper."""
LONGEST = 800
FILE = "ban-ky-mo-phong.docx"


class Reports:
    """Forms of one life."""

    def __init__(self, stage: Stage, scores: Scores) -> None:
        self.stage, self.scores = stage, scores

    def send(self, session: Session, row: store.Row, form_code: str, document: DocumentRef) -> None:
        """Fill in and send the report of this work. Raises `NotAllowed` while the work has to wait."""
        stage = self.stage
        whole = views.find_whole(session, row.id, stage.today)
        assert whole is not None
        agencies = agency_store.list_agencies(session, stage.today)
        holder = agencies[row.standing.holder or row.original_holder_id]
        when, visitor = stage.when(holder.code), _visitor(holder, stage)
        number = report_drafts.open_(session, whole, stage.kit.form_of(form_code), when)
        draft = self._draft(session, number, visitor)
        place = Place("report", number, holder.id, SIGNED)
        signed = files.receive(session, [self._paper], place, stage.kit.limits, when.now, when.by)
        sent = simulated_reports.Sent(
            document.number, document.sent_on or document.dated, document.subject,
            stage.plan.agency(stage.plan.lead).name, signed[0].id,
        )  # fmt: skip
        dice = stage.dice.of("report", form_code, holder.code, draft.context.year)
        known = self._known(session, form_code, holder, row.period, agencies)
        values = simulated_reports.values(
            draft.form, draft.context, fed_values.laid(draft.values, draft.prefill), sent, known, dice
        )
        report_drafts.save_all(session, draft, values, when)
        report_drafts.send(session, self._draft(session, number, visitor), stage.calendar, when, paper_due_on=None)

    def _draft(self, session: Session, number: int, visitor: Visitor) -> Draft:
        kit = self.stage.kit
        return report_drafts.get(
            session, number, visitor, kit.form_of, self.stage.today, rubric_of=kit.rubric_of if kit.rubric else None
        )

    def _known(
        self, session: Session, form_code: str, holder: AgencyRow, period: str, agencies: dict[int, AgencyRow]
    ) -> Known:  # fmt: skip
        if holder.kind is AgencyKind.COOPERATIVE:
            return Known(self.scores.facts(holder.code, int(period)))
        if form_code != "F-C" or self.stage.kit.rubric is None:
            return Known()
        asked = results.asked(plans.get_plan(session, self.stage.plan.code), self.stage.kit.rubric, period)
        below = [unit for unit in results.units_of(asked.loaded, agencies) if unit.parent_id == holder.id]
        return Known(cooperatives=[_scored(asked, one) for one in results.iterate(session, asked, below)])

    @cached_property
    def _paper(self) -> Ready:
        """The one file that stands for every signed paper."""
        plan, kit = self.stage.plan, self.stage.kit
        lead, province = plan.agency(plan.lead), plan.agency(plan.province)
        paper = Paper(
            papers.letterhead(lead.name, lead.kind, province.name, lead.doc_code or "", lead.place or ""), WATERMARK,
            (Paragraph("Tệp này thay cho bản đã ký trong bản mô phỏng."),), kind="BẢN KÝ", form=True, simulation=True,
        )  # fmt: skip
        body = kit.word.write(paper)
        with files.examined([files.Sent(FILE, io.BytesIO(body), len(body))], kit.limits, None) as found:
            return found.ready[0]


def _scored(asked: Asked, result: UnitResult) -> Scored:
    """As the district lists it: its own points where it has checked, else the cooperative's."""
    chain = [level.code for level in asked.scoring.chain[:2]]
    card = next((result.levels[code] for code in reversed(chain) if code in result.levels), None)
    decided = result.outcome.decisive
    if card is None:
        return Scored(result.unit.code, result.unit.short_name, why=decided.why[:LONGEST])
    return Scored(
        code=result.unit.code,
        name=result.unit.short_name,
        groups=[None if group.missing else group.scored for group in card.totals.groups],
        band=card.rating.band.code if card.rating.band else "khong-danh-gia",
        conclusion=CONCLUDED.get(decided.conclusion, "chua-du-can-cu"),
        why=decided.why[:LONGEST],
        sector=card.facts.sector or "nong-nghiep",
    )


def _visitor(holder: AgencyRow, stage: Stage) -> Visitor:
    """The holder's own contact, as a page would know it."""
    return Visitor(
        session_id=0, strength="demo", expires_at=stage.now, contact_id=0, contact=stage.when(holder.code).by,
        shared=False, contact_name="", agency_id=holder.id, agency=holder.code, agency_kind=holder.kind,
        agency_name=holder.name, agency_short=holder.short_name, person_id=None, person_name="", admin=False,
        approves=False, roles=frozenset({"focal"}), leads=frozenset(), follows=frozenset(),
    )  # fmt: skip

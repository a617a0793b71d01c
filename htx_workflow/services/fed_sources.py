"""What forms are fed from (nguồn số liệu điền sẵn): cards, reports and work of one plan and year, each read once when asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

from htx_workflow.domain import consolidations, report_extracts
from htx_workflow.domain.consolidations import Consolidation
from htx_workflow.domain.fed_money import MoneyReport
from htx_workflow.domain.fed_reports import Told
from htx_workflow.domain.form_slots import Values
from htx_workflow.domain.forms import Form, Option
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.services import result_lines, results
from htx_workflow.services.result_lines import Reasons
from htx_workflow.services.results import Asked, UnitResult
from htx_workflow.store import counted_cards, form_sources, rubric_rows
from htx_workflow.store.agencies import AgencyRow
from htx_workflow.store.database import Session
from htx_workflow.store.form_sources import Filed, Newest, Sent
from htx_workflow.store.plans import LoadedPlan

FormOf = Callable[[str], Form]
RubricOf = Callable[[str], Rubric]
"""The form, the rubric of a code as its file says now."""
AGENCY, COOPERATIVE, DISTRICT, REPLICATION = "F-A", "F-B", "F-C", "F-NR"
"""Codes of the forms that others are fed from."""


@dataclass
class Sources:
    """Of one plan and year, as far as one agency's report tells of it: `units` are its cooperatives."""

    session: Session
    loaded: LoadedPlan
    period: str
    today: date
    holder: AgencyRow
    units: list[AgencyRow]
    agencies: Mapping[int, AgencyRow]
    form_of: FormOf
    rubric_of: RubricOf | None = None

    @property
    def year(self) -> int:
        return int(self.period[:4])

    def name(self, agency_id: int) -> str:
        return self.agencies[agency_id].short_name

    # Cards

    @cached_property
    def rubric(self) -> Rubric | None:
        """The rubric of the plan: its file, else the newest version that cards were scored on."""
        scoring = self.loaded.plan.scoring
        if scoring is None:
            return None
        if self.rubric_of is not None:
            return self.rubric_of(scoring.rubric)
        known = [one for one in rubric_rows.list_all(self.session).values() if one.code == scoring.rubric]
        return max(known, key=lambda one: one.version, default=None)

    @cached_property
    def asked(self) -> Asked | None:
        return results.asked(self.loaded, self.rubric, self.period) if self.rubric is not None else None

    @cached_property
    def results(self) -> list[UnitResult]:
        """The results of these cooperatives, in the order of the plan."""
        if self.asked is None or not self.units:
            return []
        by_id = {one.unit.id: one for one in results.iterate(self.session, self.asked, self.units)}
        return [by_id[unit.id] for unit in self.units]

    @cached_property
    def scores(self) -> Consolidation | None:
        """The same as lines of a consolidation of now, which nobody keeps; without the reasons of differences."""
        return self._consolidated({})

    @cached_property
    def explained(self) -> Consolidation | None:
        """The same with the reasons of differences."""
        reasons: dict[int, dict[str, str]] = {}
        ids = [unit.id for unit in self.units]
        for row in counted_cards.list_reasons(self.session, self.loaded.id, self.period, ids) if ids else ():
            reasons.setdefault(row.card_id, {})[row.item] = row.reason
        return self._consolidated(reasons)

    def _consolidated(self, reasons: Reasons) -> Consolidation | None:
        if self.asked is None:
            return None
        lines = tuple(result_lines.line(self.asked, one, self._parent(one.unit), reasons) for one in self.results)
        return Consolidation(
            plan=self.loaded.plan.code,
            round=self.period,
            no=0,
            made_at=datetime.combine(self.today, datetime.min.time(), UTC),
            rubric=self.asked.rubric.ref,
            decisive=self.asked.heading,
            inputs={},
            day=self.today,
            pass_mark=self.asked.pass_mark,
            chain=tuple(level.code for level in self.asked.scoring.chain),
            criteria=consolidations.heads(self.asked.rubric),
            cooperatives=lines,
            target=consolidations.target([one.outcome for one in self.results]),
        )

    def _parent(self, unit: AgencyRow) -> str:
        parent = self.agencies.get(unit.parent_id or 0)
        return parent.code if parent else ""

    # Reports

    def newest(self, form: str, units: list[AgencyRow]) -> dict[str, Newest]:
        """What these agencies said last on a form for this year, sent or not yet, by code."""
        keys = {f"{self.loaded.plan.code}/{unit.code}/{form}/{self.period}": unit.code for unit in units}
        return {keys[key]: found for key, found in form_sources.newest(self.session, keys).items()}

    @cached_property
    def filed(self) -> dict[int, Filed]:
        """What each of these cooperatives owes and sent on its own report, by number."""
        duties, ids = self.duties(COOPERATIVE), [unit.id for unit in self.units]
        if not duties or not ids:
            return {}
        return form_sources.filed(self.session, self.loaded.id, duties, COOPERATIVE, self.period, ids)

    @cached_property
    def sent(self) -> list[Sent]:
        """What agencies and districts sent: of all years up to this one what they said of money, else of this one."""
        first = self.loaded.plan.starts_on.year
        periods = [str(year) for year in range(first, self.year + 1)]
        found = form_sources.list_sent(self.session, self.loaded.id, periods, (AGENCY, DISTRICT, REPLICATION))
        return [one for one in found if one.period == self.period or one.form == AGENCY]

    def told(self, *forms: str) -> list[Told]:
        """What was sent for this year on these forms."""
        return [
            Told(self.name(one.agency_id), one.form, one.values)
            for one in self.sent
            if one.form in forms and one.period == self.period
        ]

    def money(self) -> list[MoneyReport]:
        """The money of every year up to this one."""
        return [
            MoneyReport(self.name(one.agency_id), int(one.period), tuple(report_extracts.money_rows(one.values)))
            for one in self.sent
            if one.form == AGENCY
        ]

    def values_of_districts(self) -> dict[int, Values]:
        """What each district sent for this year."""
        return {one.agency_id: one.values for one in self.sent if one.form == DISTRICT}

    def titles(self, form: str, name: str) -> dict[str, str]:
        """The words of a list of a form, by code."""
        return {option.code: option.label for option in self.form_of(form).lists.get(name, ())}

    # Work

    def duties(self, form: str) -> list[str]:
        """The duties of a round that are reported on a form."""
        return [duty.id for duty in self.loaded.plan.duties if duty.form == form and duty.round]


def options(units: list[AgencyRow]) -> tuple[Option, ...]:
    """Cooperatives as choices."""
    return tuple(Option(code=unit.code, label=unit.short_name) for unit in units)

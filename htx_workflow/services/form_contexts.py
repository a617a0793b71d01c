"""What a form knows besides what is typed (bối cảnh của biểu): who fills it, choices, last year, and what the system feeds.

A report that is being filled is fed with the figures of now; one that was sent keeps those that it was sent with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from htx_workflow.domain import fed_values, form_slots
from htx_workflow.domain.form_messages import Message
from htx_workflow.domain.form_scope import ROW, rows_of
from htx_workflow.domain.form_slots import Context, Item, Value, Values
from htx_workflow.domain.forms import Form, Option
from htx_workflow.domain.plan import AgencyKind
from htx_workflow.services import fed_sources, form_figures
from htx_workflow.services.fed_sources import FormOf, RubricOf, Sources
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import report_rows
from htx_workflow.store.agencies import AgencyRow
from htx_workflow.store.database import Session
from htx_workflow.store.plans import LoadedPlan
from htx_workflow.store.report_rows import ReportRow


@dataclass(frozen=True)
class Fed:
    """A context with the system's figures in, and the rows that the system has for tables that people write."""

    context: Context
    prefill: Values
    doubts: tuple[Message, ...] = ()
    """Where such a table differs from what the system says."""


def make(
    session: Session,
    report: ReportRow,
    loaded: LoadedPlan,
    form: Form,
    today: date,
    form_of: FormOf,
    rubric_of: RubricOf | None,
) -> tuple[Context, Sources]:
    """The context without figures, and where the figures come from."""
    agencies = agency_store.list_agencies(session, today)
    holder = agencies[report.agency_id]
    year = int(report.period[:4]) if report.period[:4].isdigit() else today.year
    cooperatives = _cooperatives(loaded, holder, agencies)
    duties = _duties(loaded, holder)
    own = [holder] if holder.kind is AgencyKind.COOPERATIVE else cooperatives
    sources = Sources(session, loaded, str(year), today, holder, own, agencies, form_of, rubric_of)
    context = Context(
        agency=holder.code,
        kind=holder.kind.value,
        year=year,
        last_year=loaded.plan.ends_on is not None and loaded.plan.ends_on.year == year,
        given={"H1": holder.name, "H2": str(year)},
        items={"duties": duties, "cooperatives": tuple(Item(row.code, row.short_name) for row in cooperatives)},
        lists={
            "cooperatives": fed_sources.options(cooperatives),
            "duties": tuple(Option.model_construct(code=item.code, label=item.label) for item in duties),
        },
        last=_last(session, report, year),
    )
    return context, sources


def fed(context: Context, sources: Sources, form: Form, values: Mapping[str, Value], section: str | None) -> Fed:
    """The context of a report being filled, with the figures of one section of its form (`None`: of all)."""
    given = form_figures.given(sources, form.code, values, section)
    prefill = form_figures.prefill(sources, form.code, section)
    labels = {field.id: field.label for field in form.all_fields()}
    return Fed(
        replace(context, given={**context.given, **given}),
        prefill,
        tuple(fed_values.doubts(values, prefill, labels)),
    )


def with_choices(context: Context, sources: Sources, form: Form, section: str | None) -> Context:
    """The context with the criteria that its tables name."""
    if not _names(form, "criteria"):
        return context
    lists, items = form_figures.lists(sources), form_figures.items(sources, form.code, section)
    return replace(context, lists={**context.lists, **lists}, items={**context.items, **items})


def frozen(context: Context, form: Form, sent: Mapping[str, Value]) -> Context:
    """The context of a report that was sent: figures, names and rows as they were then."""
    given = {
        slot.key: sent[slot.key]
        for slot in form_slots.slots(form, context)
        if not slot.typed and slot.column is None and slot.key in sent
    }
    titles = {option.code: option.label for option in context.lists.get("criteria", ())}
    codes = [str(row.get(ROW)) for row in rows_of(sent.get("B8")) if row.get(ROW)]
    items = {**context.items, "criteria": tuple(Item(code, titles.get(code, code)) for code in codes)}
    return replace(context, given={**context.given, **given}, items=items)


def _names(form: Form, name: str) -> bool:
    """Whether the form has rows or choices of this name."""
    return any(name in (getattr(field, "rows", None), getattr(field, "list", None)) for field in form.all_fields())


def _last(session: Session, report: ReportRow, year: int) -> Values:
    """What was sent on this form for the year before."""
    if not report.period.isdigit():
        return {}
    return report_rows.last_revision(session, f"{report.key.rpartition('/')[0]}/{year - 1}")


def _cooperatives(loaded: LoadedPlan, holder: AgencyRow, agencies: dict[int, AgencyRow]) -> list[AgencyRow]:
    """The plan's cooperatives that this agency answers for: its own below a district, else all."""
    named = {agency.code for agency in loaded.plan.agencies if agency.kind is AgencyKind.COOPERATIVE}
    found = [row for row in agencies.values() if row.code in named and not row.ended]
    below = [row for row in found if row.parent_id == holder.id]
    return below if holder.kind in (AgencyKind.DISTRICT, AgencyKind.COMMUNE) else found


def _duties(loaded: LoadedPlan, holder: AgencyRow) -> tuple[Item, ...]:
    """The duties of this agency that it reports on together: all but the reports of the round themselves."""
    plan = loaded.plan
    return tuple(
        Item(duty.id, duty.title, {"A2.1": f"{duty.title} ({duty.clause})"})
        for duty in plan.duties
        if holder.code in plan.members(duty.holders) and (duty.form is None or duty.round is None)
    )

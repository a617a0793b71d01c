"""Feeding forms (điền sẵn biểu mẫu): what F-B, F-C and F-D show of cards, reports, money and work, for page, Excel and paper.

`prefill` is laid into tables that people go on writing; `given` is only looked at. A page of one section
asks for that section alone; whoever sends or prints asks for everything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from htx_workflow.domain import (
    fed_classes,
    fed_money,
    fed_reports,
    fed_scores,
    fed_work,
    form_cells,
    words,
)  # fmt: skip
from htx_workflow.domain.card_facts import CardFacts
from htx_workflow.domain.fed_classes import District
from htx_workflow.domain.fed_scores import Listed
from htx_workflow.domain.fed_work import Sending, Work
from htx_workflow.domain.form_slots import Item, Value, Values
from htx_workflow.domain.forms import Choice, Option, Table
from htx_workflow.domain.plan import AgencyKind
from htx_workflow.domain.scorecards import points_text
from htx_workflow.services import consolidations, rounds, statuses
from htx_workflow.services.composing import LOCAL
from htx_workflow.services.fed_sources import AGENCY, COOPERATIVE, DISTRICT, REPLICATION, Sources
from htx_workflow.services.results import UnitResult
from htx_workflow.store import baselines, form_sources, snapshots
from htx_workflow.store.form_sources import Filed

SHARED = "chung"
"""Code of money for all cooperatives together."""
Part = Callable[[Sources, Mapping[str, Value]], Values]


def lists(sources: Sources) -> dict[str, tuple[Option, ...]]:
    """Choices that the plan's rubric gives."""
    return {"criteria": fed_scores.options(sources.rubric)} if sources.rubric else {}


def items(sources: Sources, form: str, section: str | None) -> dict[str, tuple[Item, ...]]:
    """B8: a cooperative's criteria to be completed; none while nobody entered them. Its points only where they are shown."""
    if form != COOPERATIVE or sources.asked is None:
        return {}
    if section not in (None, "B8"):
        baseline = baselines.of_unit(sources.session, sources.loaded.id, sources.holder.id)
        return {"criteria": fed_scores.to_improve(sources.asked.rubric, baseline, {})}
    result = sources.results[0]
    own = result.levels.get(sources.asked.scoring.chain[0].code)
    points = own.totals.criteria if own else {}
    return {"criteria": fed_scores.to_improve(sources.asked.rubric, result.baseline, points)}


def given(sources: Sources, form: str, values: Mapping[str, Value], section: str | None) -> Values:
    """What is only looked at, of one section (`None`: of all), for these typed values."""
    return _of(GIVEN, sources, form, values, section)


def prefill(sources: Sources, form: str, section: str | None) -> Values:
    """Rows for tables that people go on writing, of one section (`None`: of all)."""
    return _of(PREFILL, sources, form, {}, section)


def _of(
    parts: Mapping[tuple[str, str], Part], sources: Sources, form: str, values: Mapping[str, Value], section: str | None
) -> Values:
    found: Values = {}
    for (code, part_section), part in parts.items():
        if code == form and section in (None, part_section):
            found |= part(sources, values)
    return {key: value for key, value in found.items() if value is not None}


# F-C


def _classes(sources: Sources, values: Mapping[str, Value]) -> Values:
    if sources.asked is None:
        return {}
    rubric, asked = sources.asked.rubric, sources.asked
    own = {text for unit in sources.units for text in (unit.name, unit.short_name, unit.code)}
    codes = {_text(one.values or {}, "B1.1b") for one in sources.filed.values()}
    units = [consolidations.rated_unit(asked, one) for one in sources.results]
    units += fed_classes.others(rubric, values, own | codes)
    return {"C2": fed_classes.rows("C2", rubric, units, consolidations.SECTORS)}


def _list(sources: Sources, values: Mapping[str, Value]) -> Values:
    if sources.scores is None or sources.rubric is None:
        return {}
    more = {one.unit.code: _listed(sources, one, sources.filed.get(one.unit.id)) for one in sources.results}
    return {"C3": fed_scores.listed(sources.scores, sources.rubric, more)}


def _listed(sources: Sources, result: UnitResult, filed: Filed | None) -> Listed:
    assert sources.asked is not None
    values = filed.values if filed is not None and filed.values is not None else {}
    own = result.levels.get(sources.asked.scoring.chain[0].code)
    decided = result.levels.get(sources.asked.scoring.decisive.level)
    check = fed_scores.level_by(sources.asked.scoring.chain, "parent")
    checked = result.levels.get(check.code) if check else None
    sent_on = filed.submitted_on if filed is not None and filed.sent else own.card.sent_on if own else None
    wanted = own.rubric.signers(own.facts.governance or "") if own else None
    total = checked.totals.total if checked else None
    return Listed(
        code=_text(values, "B1.1b"),
        place=_text(values, "B1.2a"),
        facts=own.facts if own else _facts(values),
        sent_on=sent_on,
        in_time=sent_on <= filed.due_on if sent_on and filed is not None and filed.due_on else None,
        signed={role.role for role in wanted} <= own.card.roles if own and wanted else None,
        not_rated=decided.rating.not_rated.code if decided and decided.rating.not_rated else "",
        checked=f"{check.points_word} {points_text(total)}" if check and total is not None else "",
    )


def _facts(values: Mapping[str, Value]) -> CardFacts:
    """Of a cooperative without a card, what its report says."""
    members, capital = (form_cells.decimal_of(values.get(place)) for place in ("B2.1d", "B4.2b@thuc_hien"))
    return CardFacts(
        sector=_text(values, "B1.5b") or None,
        kind=_text(values, "B1.6") or None,
        members=int(members) if members is not None else None,
        capital=int(capital) if capital is not None else None,
    )


def _text(values: Mapping[str, Value], place: str) -> str:
    value = values.get(place)
    return value if isinstance(value, str) else ""


def _criteria(sources: Sources, values: Mapping[str, Value]) -> Values:
    if sources.explained is None or sources.asked is None:
        return {}
    return {
        "C4": fed_scores.by_criterion(sources.explained, fed_scores.level_by(sources.asked.scoring.chain, "parent"))
    }


def _reasons(sources: Sources, values: Mapping[str, Value]) -> Values:
    if sources.explained is None or sources.asked is None:
        return {}
    return {"C5": fed_scores.reasons(sources.explained, fed_scores.level_by(sources.asked.scoring.chain, "parent"))}


def _district_money(sources: Sources, values: Mapping[str, Value]) -> Values:
    own = sources.newest(AGENCY, [sources.holder]).get(sources.holder.code)
    said = own.values if own is not None else None
    return {
        "C7a": fed_money.assigned(said, fed_money.DISTRICT),
        "C7b": fed_money.assigned(said, fed_money.PROGRAMMES),
    }


# F-D


def _sending(sources: Sources, values: Mapping[str, Value]) -> Values:
    lead = sources.loaded.plan.lead
    levels = [
        level
        for state in rounds.list_rounds(sources.session, sources.loaded, sources.today, sources.agencies)
        if state.period == sources.period
        for level in state.levels
        if set(level.holders) != {lead}
    ]
    sent, by_code = sources.values_of_districts(), {row.code: row for row in sources.agencies.values()}
    districts = [
        District(by_code[code].short_name, code not in level.missing, sent.get(by_code[code].id))
        for level in levels
        if level.duty in sources.duties(DISTRICT)
        for code in level.holders
    ]
    scope = values.get("H6")
    return {
        "D1": fed_work.sending(
            Sending(level.title, level.owed, level.sent, level.in_time, level.missing_names) for level in levels
        ),
        "D2": fed_classes.summed(districts, scope),
        "D2n": fed_classes.not_counted(districts, scope),
    }


def _results(sources: Sources, values: Mapping[str, Value]) -> Values:
    if sources.scores is None:
        return {}
    return {
        "D4": fed_scores.results(sources.scores),
        "D4n": sources.scores.decisive,
        "D5": str(sources.scores.target.passed),
    }


def _checked(sources: Sources, values: Mapping[str, Value]) -> Values:
    if sources.explained is None or sources.asked is None:
        return {}
    return {"D3": fed_scores.of_province(sources.explained, fed_scores.level_by(sources.asked.scoring.chain, "lead"))}


def _work(sources: Sources, values: Mapping[str, Value]) -> Values:
    found, _ = statuses.boxes(sources.session, sources.loaded, sources.agencies, sources.today)
    work = [
        Work(row.short_name, row.kind is AgencyKind.COOPERATIVE, counts.boxes, counts.original)
        for row, counts in ((found.agencies[code], counts) for code, counts in found.by_agency.items())
    ]
    return {"D6": fed_work.of_agencies(work), "D6h": fed_work.of_cooperatives(work)}


def _money(sources: Sources, values: Mapping[str, Value]) -> Values:
    units = {unit.code: unit.short_name for unit in sources.units} | {SHARED: "Chung cho nhiều hợp tác xã"}
    told = sources.told(AGENCY)
    raised = [
        fed_reports.Raised(
            sources.name(one.from_id), one.kind, one.state, one.reason, one.decision,
            one.raised_at.astimezone(LOCAL).date(),
        )
        for one in form_sources.list_raised(sources.session, sources.loaded.id, sources.year)
    ]  # fmt: skip
    return {
        "D7": fed_money.by_source(sources.money(), sources.titles(AGENCY, "nguon-von"), units),
        "D8": fed_reports.support_items(told, sources.titles(AGENCY, "tinh-trang-ho-tro")),
        "D9": fed_reports.activities(told, _kinds(sources)),
        "D10": fed_reports.difficulties(raised),
    }


def _kinds(sources: Sources) -> dict[str, str]:
    """Kinds of activities, as A3.2 names them."""
    register = next((one for one in sources.form_of(AGENCY).fields() if one.id == "A3"), None)
    cells = register.columns if isinstance(register, Table) else ()
    kind = next((cell for cell in cells if cell.id == "A3.2" and isinstance(cell, Choice)), None)
    return {option.code: option.label for option in kind.options} if isinstance(kind, Choice) else {}


def _proposals(sources: Sources, values: Mapping[str, Value]) -> Values:
    return {"D12": fed_reports.proposals(sources.told(DISTRICT, REPLICATION))}


def _snapshot(sources: Sources, values: Mapping[str, Value]) -> Values:
    """D14: the last consolidation, and whether it says otherwise than the one before."""
    made = snapshots.list_of(sources.session, sources.loaded.id, sources.period)
    if not made:
        return {"D14": "Chưa lập bản tổng hợp."}
    last = made[-1]
    moment = words.moment_text(last.made_at.astimezone(LOCAL))
    said = f"Bản tổng hợp số {words.count_text(last.no)}, chốt lúc {moment}"
    if len(made) == 1:
        return {"D14": f"{said}; bản đầu tiên."}
    before = made[-2]
    changed = form_sources.count_changed_lines(sources.session, before.id, last.id)
    what = f"kết quả của {words.count_text(changed)} hợp tác xã thay đổi" if changed else "số liệu khác thay đổi"
    return {"D14": f"{said}; so với bản số {words.count_text(before.no)}: {what}."}


GIVEN: dict[tuple[str, str], Part] = {
    ("F-C", "C2"): _classes,
    ("F-C", "C4"): _criteria,
    ("F-C", "C7"): _district_money,
    ("F-D", "D1"): _sending,
    ("F-D", "D3"): _results,
    ("F-D", "D6"): _work,
    ("F-D", "D7"): _money,
    ("F-D", "D11"): _snapshot,
}
PREFILL: dict[tuple[str, str], Part] = {
    ("F-C", "C3"): _list,
    ("F-C", "C5"): _reasons,
    ("F-D", "D3"): _checked,
    ("F-D", "D11"): _proposals,
}
"""By form and section."""

"""Money in the forms (kinh phí): what a district arranges (C7), and by source, cooperative and year (D7).

Loans are shown and never added to the whole. What another agency reports of a source stands beside it and is not added.
Which sources belong together is a proposal of the system, after the groups of the plan (Mục IV).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from htx_workflow.domain import fed_values, form_cells, report_extracts, typed, words
from htx_workflow.domain.form_slots import Value, Values
from htx_workflow.domain.formulas import Non
from htx_workflow.domain.report_extracts import MONEY, MoneyRow

DISTRICT = ("nsdp-huyen",)
PROGRAMMES = ("mtqg-ntm", "mtqg-gnbv", "mtqg-dtts", "ct-khac")
LENT, LENT_SOURCES = "cho-vay", ("quy-htpt", "td-nhtm")
"""Kind of capital and sources that are loans."""
CREDIT = "Tín dụng"
GROUPS = {
    "Ngân sách": ("nstw-1804", "nsdp-tinh", *DISTRICT),
    "Lồng ghép các chương trình": PROGRAMMES,
    "Huy động": ("huy-dong-tn", "huy-dong-nn"),
    "Đối ứng của hợp tác xã": ("doi-ung",),
    "Nguồn khác": (),
    CREDIT: LENT_SOURCES,
}
COLUMNS = {"needed": "D7.5", "assigned": "D7.6", "paid": "D7.7"}
WORDS = {"assigned": "kế hoạch giao", "paid": "giải ngân"}

Amounts = dict[str, int | None]


class MoneyReport(NamedTuple):
    """The money an agency reported for a year."""

    by: str
    year: int
    rows: tuple[MoneyRow, ...]


class Place(NamedTuple):
    """One line of D7."""

    group: str
    source: str
    unit: str
    year: int


@dataclass
class _Line:
    """What the agency that reports a source says, and what others say of it."""

    amounts: Amounts = field(default_factory=lambda: dict.fromkeys(MONEY))
    reported: bool = False
    beside: dict[str, Amounts] = field(default_factory=dict)


def assigned(values: Mapping[str, Value] | None, sources: Sequence[str]) -> Value:
    """C7: what an agency was assigned from these sources in the year; without its report it is not known."""
    if values is None or values.get("A4") is None:
        return fed_values.MISSING
    if form_cells.non_of(values.get("A4")) is Non.NOT_ARISEN:
        return 0
    known = [
        row.amounts["assigned"]
        for row in report_extracts.money_rows(values)
        if row.source in sources and not row.compared and row.kind != LENT
    ]
    return fed_values.MISSING if None in known else sum(one for one in known if one is not None)


def group_of(row: MoneyRow) -> str:
    """The group of a source; a loan is credit whatever its source."""
    if row.kind == LENT:
        return CREDIT
    return next((group for group, sources in GROUPS.items() if row.source in sources), "Nguồn khác")


def by_source(reports: Iterable[MoneyReport], sources: Mapping[str, str], units: Mapping[str, str]) -> Value:
    """D7; `sources` and `units`: titles and names by code, in their order."""
    lines = _lines(reports)
    order = {name: place for place, name in enumerate((*sources, *units))}
    found: list[Values] = []
    whole: list[Amounts] = []
    for group in GROUPS:
        here = sorted(
            (place for place in lines if place.group == group),
            key=lambda place: (order.get(place.source, 99), order.get(place.unit, 99), place.year),
        )
        found += [_row(place, lines[place], sources, units) for place in here]
        if not here:
            continue
        amounts = [lines[place].amounts for place in here if lines[place].reported]
        note = " (không cộng vào tổng)" if group == CREDIT else ""
        found.append({"D7.1": f"Cộng {words.lower_first(group)}{note}", **_figures(_added(amounts))})
        whole += amounts if group != CREDIT else []
    if whole:
        lent = any(place.group == CREDIT for place in lines)
        found.append({"D7.1": "Tổng cộng" + (", không gồm tín dụng" if lent else ""), **_figures(_added(whole))})
    return fed_values.table(found)


def _lines(reports: Iterable[MoneyReport]) -> dict[Place, _Line]:
    lines: dict[Place, _Line] = {}
    for report in reports:
        for row in report.rows:
            line = lines.setdefault(Place(group_of(row), row.source, row.unit, report.year), _Line())
            if row.compared:
                report_extracts.add(line.beside.setdefault(report.by, dict.fromkeys(MONEY)), row.amounts)
            else:
                line.reported = True
                report_extracts.add(line.amounts, row.amounts)
    return lines


def _row(place: Place, line: _Line, sources: Mapping[str, str], units: Mapping[str, str]) -> Values:
    return {
        "D7.1": place.group,
        "D7.2": sources.get(place.source, place.source),
        "D7.3": units.get(place.unit, place.unit),
        "D7.4": str(place.year),
        **_figures(line.amounts),
        "D7.9": "; ".join(_differences(line)),
    }


def _differences(line: _Line) -> Iterator[str]:
    """What others say otherwise than the agency that reports the source."""
    for by, amounts in line.beside.items():
        told = [
            f"{word} {typed.money_text(given, 1_000_000)} triệu đồng"
            for name, word in WORDS.items()
            if (given := amounts[name]) is not None and given != line.amounts[name]
        ]
        if told:
            absent = "" if line.reported else " (cơ quan báo cáo nguồn này chưa ghi)"
            yield f"{by} ghi {', '.join(told)}{absent}"


def _figures(amounts: Amounts) -> Values:
    figures: Values = {place: fed_values.money(amounts[name]) for name, place in COLUMNS.items()}
    return {**figures, "D7.8": fed_values.share(amounts["paid"], amounts["assigned"])}


def _added(found: Iterable[Amounts]) -> Amounts:
    """What is known, added; what nobody gave stays unknown."""
    sums: Amounts = dict.fromkeys(MONEY)
    for amounts in found:
        report_extracts.add(sums, amounts)
    return sums

"""What a consolidation takes out of reports (trích từ báo cáo): money by source, difficulties, replication proposals.

The places are those of the forms in config/forms/: A4 and A6 of F-A, B9 of F-B, C10c of F-C. What a form of another
version does not have is missing, never zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from htx_workflow.domain.consolidations import MoneyLine, TextLine
from htx_workflow.domain.form_cells import decimal_of, non_of
from htx_workflow.domain.form_scope import rows_of
from htx_workflow.domain.form_slots import Value
from htx_workflow.domain.formulas import Non

FORMS = ("F-A", "F-B", "F-C")
COMPARED = "doi-chieu"
"""A4.2c: another agency reports this source; shown by it, not added."""
MONEY = {"needed": "A4.3", "assigned": "A4.4", "paid": "A4.6a"}
SAID = {"F-A": ("A6", "A6.1", "A6.5"), "F-B": ("B9", "B9.1", "B9.3")}
"""By form: the table of difficulties, its text and the proposal beside it."""
REPLICATION = {"F-C": "C10c"}

Sums = dict[tuple[str, str], dict[str, int | None]]


def add_money(sums: Sums, values: Mapping[str, Value]) -> None:
    """Add a report's money to the sums by source and cooperative; a sum nobody gave stays None."""
    for row in rows_of(values.get("A4")):
        source, unit = row.get("A4.2a"), row.get("A4.1a")
        if not isinstance(source, str) or not isinstance(unit, str) or row.get("A4.2c") == COMPARED:
            continue
        into = sums.setdefault((source, unit), dict.fromkeys(MONEY))
        for name, place in MONEY.items():
            given = _dong(row.get(place))
            if given is not None:
                into[name] = (into[name] or 0) + given


def _dong(value: Value) -> int | None:
    """Whole đồng; "không phát sinh" adds nothing and is known, "chưa có số liệu" is not."""
    if non_of(value) is Non.NOT_ARISEN:
        return 0
    number = decimal_of(value)
    return None if number is None else int(number)


def money_lines(sums: Sums, year: int) -> Iterable[MoneyLine]:
    """The sums as lines, in the order of source and cooperative."""
    for (source, unit), found in sorted(sums.items()):
        yield MoneyLine(key=f"{source}/{unit}/{year}", source=source, unit=unit, year=year, **found)


def difficulties(form: str, key: str, by: str, values: Mapping[str, Value]) -> Iterable[TextLine]:
    """Difficulties with their proposals, as the agency wrote them."""
    if form not in SAID:
        return
    table, text, proposal = SAID[form]
    for number, row in enumerate(rows_of(values.get(table)), 1):
        said = [f"{row[text]}"] if isinstance(row.get(text), str) else []
        if isinstance(row.get(proposal), str):
            said.append(f"Đề xuất: {row[proposal]}")
        if said:
            yield TextLine(key=f"{key}/{table}/{number}", by=by, text=" ".join(said))


def replication(form: str, key: str, by: str, values: Mapping[str, Value]) -> Iterable[TextLine]:
    """What a report proposes for spreading the model."""
    text = values.get(REPLICATION[form]) if form in REPLICATION else None
    if isinstance(text, str) and text.strip():
        yield TextLine(key=f"{key}/{REPLICATION[form]}", by=by, text=text.strip())

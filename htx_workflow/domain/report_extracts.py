"""What a consolidation takes out of reports (trích từ báo cáo): money by source, difficulties, replication proposals.

The places are those of the forms in config/forms/: A4 and A6 of F-A, B9 of F-B, C10c of F-C, R1 and R2 of F-NR. What a
form of another version does not have is missing, never zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from htx_workflow.domain import typed
from htx_workflow.domain.consolidations import MoneyLine, TextLine
from htx_workflow.domain.form_cells import decimal_of, exact, non_of
from htx_workflow.domain.form_scope import rows_of
from htx_workflow.domain.form_slots import Value
from htx_workflow.domain.formulas import Non

FORMS = ("F-A", "F-B", "F-C", "F-NR")
COMPARED = "doi-chieu"
"""A4.2c: another agency reports this source; shown by it, not added."""
MONEY = {"needed": "A4.3", "assigned": "A4.4", "paid": "A4.6a"}
SAID = {"F-A": ("A6", "A6.1", "A6.5"), "F-B": ("B9", "B9.1", "B9.3")}
"""By form: the table of difficulties, its text and the proposal beside it."""
REPLICATION = {"F-C": "C10c", "F-NR": "R2"}
"""By form: where a text about spreading the model stands."""
MODELS = {"F-NR": "R1"}
"""By form: the table of models that are proposed."""

Sums = dict[tuple[str, str], dict[str, int | None]]


class MoneyRow(NamedTuple):
    """One row of A4; `compared`: another agency reports this source."""

    source: str
    unit: str
    kind: str
    compared: bool
    amounts: dict[str, int | None]
    """By name in MONEY."""


def money_rows(values: Mapping[str, Value]) -> Iterator[MoneyRow]:
    """The money of a report, row by row; a row without source or cooperative says nothing."""
    for row in rows_of(values.get("A4")):
        source, unit, kind = row.get("A4.2a"), row.get("A4.1a"), row.get("A4.2b")
        if isinstance(source, str) and isinstance(unit, str):
            amounts = {name: dong(row.get(place)) for name, place in MONEY.items()}
            yield MoneyRow(source, unit, kind if isinstance(kind, str) else "", row.get("A4.2c") == COMPARED, amounts)


def add_money(sums: Sums, values: Mapping[str, Value]) -> None:
    """Add a report's money to the sums by source and cooperative; a sum nobody gave stays None."""
    for row in money_rows(values):
        if not row.compared:
            add(sums.setdefault((row.source, row.unit), dict.fromkeys(MONEY)), row.amounts)


def add(into: dict[str, int | None], amounts: Mapping[str, int | None]) -> None:
    """Add what is known; what nobody gave stays None."""
    for name, given in amounts.items():
        if given is not None:
            into[name] = (into.get(name) or 0) + given


def dong(value: Value) -> int | None:
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


class Proposal(NamedTuple):
    """A model that an agency proposes for spreading (mô hình đề xuất nhân rộng); None: not given."""

    model: str
    place: str = ""
    units: str | None = None
    """How many cooperatives, as an exact number."""
    money: int | None = None
    doer: str = ""
    ground: str = ""

    @property
    def text(self) -> str:
        """Trồng rau an toàn; địa bàn: huyện A; 3 hợp tác xã; kinh phí 500 triệu đồng; …"""
        parts = [self.model, f"địa bàn: {self.place}" if self.place else ""]
        parts += [f"{self.units} hợp tác xã" if self.units is not None else ""]
        parts += [f"kinh phí {typed.money_text(self.money, 1_000_000)} triệu đồng" if self.money is not None else ""]
        parts += [
            f"cơ quan thực hiện: {self.doer}" if self.doer else "",
            f"căn cứ: {self.ground}" if self.ground else "",
        ]
        return "; ".join(part for part in parts if part)


def proposals(form: str, values: Mapping[str, Value]) -> Iterator[Proposal]:
    """The models a report proposes, row by row."""
    for row in rows_of(values.get(MODELS.get(form, ""))):
        texts = {name: f"{row.get(name) or ''}".strip() for name in ("R1.1", "R1.2", "R1.5", "R1.6")}
        units = decimal_of(row.get("R1.3"))
        if texts["R1.1"]:
            yield Proposal(
                texts["R1.1"], texts["R1.2"], None if units is None else exact(units), dong(row.get("R1.4")),
                texts["R1.5"], texts["R1.6"],
            )  # fmt: skip


def replication(form: str, key: str, by: str, values: Mapping[str, Value]) -> Iterable[TextLine]:
    """What a report proposes for spreading the model: each model, then what was written about it."""
    for number, one in enumerate(proposals(form, values), 1):
        yield TextLine(key=f"{key}/{MODELS[form]}/{number}", by=by, text=one.text)
    text = values.get(REPLICATION[form]) if form in REPLICATION else None
    if isinstance(text, str) and text.strip():
        yield TextLine(key=f"{key}/{REPLICATION[form]}", by=by, text=text.strip())

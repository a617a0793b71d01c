"""Classification tables of the forms (bảng phân loại C2, D2): the cooperatives of the scheme, the others of a list, sums.

With scope "toàn bộ HTX trên địa bàn" the other cooperatives of list C3 are counted by what the list says of them; they
are never among those of the plan's target. Every cooperative stands in one column, so that the columns add up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from htx_workflow.domain import classifications, collation, fed_values, form_cells
from htx_workflow.domain.card_facts import CardFacts
from htx_workflow.domain.classifications import ClassRow, RatedUnit
from htx_workflow.domain.form_cells import decimal_of
from htx_workflow.domain.form_scope import rows_of
from htx_workflow.domain.form_slots import Value, Values
from htx_workflow.domain.ratings import Rated, Rating
from htx_workflow.domain.rubrics import Rubric

WHOLE = "toan-bo"
"""H6: all cooperatives of the territory."""
NOT_SENT, UNFOUNDED = "chua-nop", "chua-du-can-cu"
"""C3.8, beside the bands and the rubric's reasons for not rating."""
BANDS = {"tot": 5, "kha": 6, "trung-binh": 7, "yeu": 8}
REASONS = {"moi-thanh-lap": 9, "ngung-hoat-dong": 10}
"""Columns of C2 and D2 by code of the rubric."""
COUNTED = ("3", "4", "5", "6", "7", "8", "9", "10", "10b", "11")


def rows(prefix: str, rubric: Rubric, units: Sequence[RatedUnit], sectors: Mapping[str, str]) -> Value:
    """C2: all units, then each way to classify."""
    found = [_row(prefix, "", classifications.whole(rubric, units))]
    for axis in classifications.axes(rubric, sectors):
        found += [_row(prefix, axis.title, row) for row in classifications.table(rubric, axis, units)]
    return fed_values.table(found)


def _row(prefix: str, axis: str, row: ClassRow) -> Values:
    named = {code: number for code, number in row.not_rated.items() if code in REASONS}
    counts = {"3": row.total, "4": row.rated, "11": row.missing}
    counts |= {str(place): row.bands.get(code, 0) for code, place in BANDS.items()}
    counts |= {str(place): named.get(code, 0) for code, place in REASONS.items()}
    counts["10b"] = row.unfounded + sum(row.not_rated.values()) - sum(named.values())
    return _filled(prefix, axis or "Chung", row.title, counts)


def _filled(prefix: str, axis: str, title: str, counts: Mapping[str, int]) -> Values:
    numbers: Values = {f"{prefix}.{place}": str(counts[place]) for place in COUNTED}
    best = fed_values.share(counts["5"], counts["4"])
    return {f"{prefix}.1": axis, f"{prefix}.2": title, **numbers, f"{prefix}.12": best}


# The others of a list


def others(rubric: Rubric, values: Mapping[str, Value], own: Collection[str]) -> list[RatedUnit]:
    """The cooperatives of list C3 that are not of the scheme (`own`: names and codes of those); none in its scope."""
    if values.get("H6") != WHOLE:
        return []
    known = {collation.fold(one) for one in own if one}
    return [
        RatedUnit(f"{row.get('C3.2') or row.get('C3.1') or ''}", _facts(row).kinds(rubric), rating(rubric, row))
        for row in rows_of(values.get("C3"))
        if not {collation.fold(f"{row.get(place) or ''}") for place in ("C3.1", "C3.2")} & known
    ]


def _facts(row: Mapping[str, Value]) -> CardFacts:
    sector, kind = row.get("C3.4"), row.get("C3.4b")
    members, capital = decimal_of(row.get("C3.4c")), decimal_of(row.get("C3.4d"))
    return CardFacts(
        sector=sector if isinstance(sector, str) else None,
        kind=kind if isinstance(kind, str) else None,
        members=None if members is None else int(members),
        capital=None if capital is None else int(capital),
    )


def rating(rubric: Rubric, row: Mapping[str, Value]) -> Rating | None:
    """What a row of C3 amounts to; None: nothing was sent. Points decide on the band, a word alone stands for itself."""
    word, total = row.get("C3.8"), total_of(row)
    rule = next((one for one in rubric.not_rated if one.code == word), None)
    if rule is not None:
        return Rating(Rated.NOT_RATED, None, None, rule.title, rule)
    if word == NOT_SENT:
        return None
    if row.get("C3.11") == "no" or word == UNFOUNDED:
        return Rating(Rated.UNSIGNED, total, None, "chưa đủ căn cứ")
    if total is not None and 0 <= total <= rubric.total * 100:
        return Rating(Rated.RATED, total, rubric.band_of(total), "")
    band = next((one for one in rubric.bands if one.code == word), None)
    if band is not None:
        return Rating(Rated.RATED, None, band, "")
    given = [row.get(place) for place in ("C3.5", "C3.7a", "C3.7b", "C3.7c")]
    return None if all(form_cells.is_blank(one) for one in given) else Rating(Rated.INCOMPLETE, None, None, "chưa đủ")


def total_of(row: Mapping[str, Value]) -> int | None:
    """Hundredths of the three groups together; None while one is not given."""
    given = [decimal_of(row.get(f"C3.7{part}")) for part in "abc"]
    known = [one for one in given if one is not None]
    return int(sum(known, Decimal(0)) * 100) if len(known) == len(given) else None


# The province


class District(NamedTuple):
    """What a district owes: its name, whether its paper was sent, the values of its F-C; None without figures."""

    name: str
    sent: bool
    values: Mapping[str, Value] | None


def summed(districts: Iterable[District], scope: Value) -> Value:
    """D2: the C2 of every district that sent one of this scope, added up line by line."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for values in _counted(districts, scope):
        for row in rows_of(values.get("C2")):
            into = found.setdefault((f"{row.get('C2.1') or ''}", f"{row.get('C2.2') or ''}"), dict.fromkeys(COUNTED, 0))
            for place in COUNTED:
                into[place] += int(decimal_of(row.get(f"C2.{place}")) or 0)
    return fed_values.table(_filled("D2", axis, title, counts) for (axis, title), counts in found.items())


def _counted(districts: Iterable[District], scope: Value) -> Iterator[Mapping[str, Value]]:
    for one in districts:
        if one.values is not None and (scope is None or one.values.get("H6") == scope):
            yield one.values


def not_counted(districts: Iterable[District], scope: Value) -> str:
    """Các huyện chưa gửi, by name, and why else one is not in the sum."""
    absent: list[str] = []
    paper: list[str] = []
    other: list[str] = []
    for one in districts:
        if one.values is None:
            (paper if one.sent else absent).append(one.name)
        elif scope is not None and one.values.get("H6") != scope:
            other.append(one.name)
    parts = [f"chưa gửi: {', '.join(absent)}" if absent else ""]
    parts += [f"đã gửi văn bản, chưa có số liệu: {', '.join(paper)}" if paper else ""]
    parts += [f"gửi theo phạm vi khác nên không cộng: {', '.join(other)}" if other else ""]
    said = "; ".join(part for part in parts if part)
    return f"{said[:1].upper()}{said[1:]}." if said else "Các huyện đã gửi đủ."

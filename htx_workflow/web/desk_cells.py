"""The cells of the matrix as HTML (ô của ma trận): thousands on a page, put together here and not by the template."""

from __future__ import annotations

from html import escape

from markupsafe import Markup

from htx_workflow.services.desk import Cell, Matrix
from htx_workflow.web.pages import Translate

EMPTY = "<td></td>"


def rows(found: Matrix, plan: str, year: int | None, say: Translate) -> list[Markup]:
    """The cells of each duty, in the order of `found.duties`; `say` gives their words in the language of the page."""
    stem = f"/ban/viec?kh={escape(plan)}&amp;tinh_trang=tat-ca&amp;nam={year or 'tat-ca'}"
    agencies = [(agency.id, escape(agency.code)) for agency in found.agencies]
    lines = []
    for duty in found.duties:
        more = f"{stem}&amp;nhiem_vu={escape(duty.code)}&amp;co_quan="
        cells = [(found.cells.get((duty.id, number)), code) for number, code in agencies]
        lines.append(Markup("".join(_cell(cell, more + code, say) if cell else EMPTY for cell, code in cells)))
    return lines


def _cell(cell: Cell, more: str, say: Translate) -> str:
    """A sign with its word for readers and the day or the count under it; one occurrence leads to its page."""
    where = f"/viec/{cell.occurrence_id}" if cell.occurrence_id else more
    counted = f" {cell.count}/{cell.total}" if cell.total > 1 else ""
    under = f'<span class="cell">{say(cell.note)}{counted}</span>' if cell.note or counted else ""
    word = escape(say(cell.word))
    return (
        f'<td class="{cell.tone}"><a href="{where}" title="{word}">{cell.sign}'
        f'<span class="sr-only"> {word}</span>{under}</a></td>'
    )

"""htx status: the four-way matrix and both rates on a day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import DAY, json_option, print_json, print_table

if TYPE_CHECKING:
    from htx_workflow.runtime import Runtime
    from htx_workflow.services.statuses import Counts, Status


@click.command()
@click.argument("code")
@click.option("--on", type=DAY, help="Tình hình biết được đến hết ngày này (mặc định hôm nay).")
@click.option(
    "--who", nargs=2, metavar="NHIỆM_VỤ KỲ", help="Ai chưa gửi, thành một câu để sao chép (ví dụ --who R.huyen 2024)."
)
@json_option
def command(code: str, on: date | None, who: tuple[str, str] | None, as_json: bool) -> None:
    """Tình hình theo cơ quan: hoàn thành đúng hạn, quá hạn; chưa hoàn thành trong hạn, quá hạn."""
    from htx_workflow.domain import words
    from htx_workflow.services import statuses

    runtime = edge.open_runtime()
    view = edge.view(runtime, code)
    day = on or runtime.clock.today()
    if who:
        tell_who(runtime, view, day, who, as_json)
        return
    with view.database.reading() as session:
        found = statuses.status(session, code, day)
    if as_json:
        agencies = {agency: counts.as_json() for agency, counts in found.by_agency.items()}
        print_json({"total": found.total.as_json(), "by_agency": agencies})
        return
    click.echo(f"Tình hình thực hiện {view.plan.short} đến hết ngày {words.day_text(day)}")
    print_table(HEAD, status_lines(found))
    if found.outcomes:
        click.echo(f"Kết quả đọc từ điểm đánh giá hiện có: {outcome_words(found.outcomes)}.")


def outcome_words(counts: dict[str, int]) -> str:
    """Đạt 02, Chưa đạt 01, Chưa đủ căn cứ 02."""
    from htx_workflow.domain import words
    from htx_workflow.domain.verdicts import CONCLUSION_TEXTS

    said = [
        f"{text} {words.count_text(counts[one.value])}" for one, text in CONCLUSION_TEXTS.items() if one.value in counts
    ]
    return ", ".join(said)


def tell_who(runtime: Runtime, view: edge.View, day: date, who: tuple[str, str], as_json: bool) -> None:
    """The sentence of P-03: who has not sent yet, as of now. History is not asked: another day than today is refused."""
    from htx_workflow.domain.errors import BadInput
    from htx_workflow.runtime import LOCAL
    from htx_workflow.services import desk, desk_rounds

    if day != runtime.clock.today():
        raise BadInput("--who nói về lúc này; không dùng cùng --on một ngày khác.")
    with view.database.reading() as session:
        seen = desk.sight_of(session, view.plan.code, day, view.calendar)
        moment = runtime.clock.now().astimezone(LOCAL)
        sentence, owed = desk_rounds.who(session, seen, *who, moment)
    if as_json:
        missing = [{"agency": one.name, "promised_on": one.promised_on} for one in owed if not one.sent]
        print_json({"sentence": sentence, "owed": len(owed), "sent": len(owed) - len(missing), "missing": missing})
        return
    click.echo(sentence)


HEAD = (
    "Cơ quan", "Xong đúng hạn", "Xong quá hạn", "Trong hạn", "Quá hạn", "Thường xuyên", "Dự kiến", "Lịch sử", "Tỷ lệ",
    "Theo hạn gốc",
)  # fmt: skip


def status_lines(found: Status) -> list[tuple[str, ...]]:
    """The matrix as lines of a table: agencies in the order of the plan, then the sum."""
    lines = [_line(found.agencies[code].short_name, counts) for code, counts in found.by_agency.items()]
    return [*lines, _line("Tổng số", found.total)]


def _line(name: str, counts: Counts) -> tuple[str, ...]:
    from htx_workflow.services.statuses import BOXES, rate

    return (
        name,
        *(str(counts.boxes[box]) for box in BOXES),
        percent(rate(counts.boxes)),
        percent(rate(counts.original)),
    )


def percent(value: float | None) -> str:
    """44,4 %, half up; a dash where nothing has come due."""
    if value is None:
        return "–"
    from decimal import ROUND_HALF_UP, Decimal

    shown = (Decimal(str(value)) * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{shown} %".replace(".", ",")

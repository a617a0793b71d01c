"""`htx calendar`: questions to the working calendar (lịch ngày làm việc)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from htx_workflow.cli.output import DAY, json_option, print_json

if TYPE_CHECKING:
    from htx_workflow.domain.calendar import WorkingCalendar

calendar_option = click.option(
    "--calendar",
    "code",
    default="vn",
    show_default=True,
    metavar="MÃ",
    help="Tệp lịch trong config/calendars/.",
)


@click.group()
def command() -> None:
    """Lịch ngày làm việc: cộng ngày, đếm ngày, đề xuất cho năm mới."""


# -3 must be read as a number, not as an option.
@command.command(short_help="Cộng, trừ ngày làm việc.", context_settings={"ignore_unknown_options": True})
@click.argument("day", type=DAY, metavar="NGÀY")
@click.argument("n", type=int, metavar="SỐ_NGÀY")
@calendar_option
@json_option
def add(day: date, n: int, code: str, as_json: bool) -> None:
    """Ngày làm việc thứ SỐ_NGÀY sau NGÀY (số âm: trước NGÀY; 0: chính ngày đó)."""
    calendar = _calendar(code)
    there, why = calendar.shift(day, n), calendar.explain_shift(day, n)
    if as_json:
        print_json({"date": there, "why": why})
    else:
        click.echo(why)


@command.command("is-working", short_help="Một ngày có phải ngày làm việc không.")
@click.argument("day", type=DAY, metavar="NGÀY")
@calendar_option
@json_option
def is_working(day: date, code: str, as_json: bool) -> None:
    """Cho biết NGÀY có phải là ngày làm việc không, và vì sao."""
    calendar = _calendar(code)
    working, why = calendar.is_working(day), calendar.why_day(day)
    if as_json:
        print_json({"working": working, "why": why})
    else:
        click.echo(why)


@command.command(short_help="Đếm ngày làm việc giữa hai ngày.")
@click.argument("start", type=DAY, metavar="NGÀY_ĐẦU")
@click.argument("end", type=DAY, metavar="NGÀY_CUỐI")
@calendar_option
@json_option
def count(start: date, end: date, code: str, as_json: bool) -> None:
    """Số ngày làm việc từ sau NGÀY_ĐẦU đến hết NGÀY_CUỐI."""
    calendar = _calendar(code)
    if as_json:
        print_json({"working_days": calendar.count(start, end)})
    else:
        click.echo(calendar.explain_count(start, end))


@command.command(short_help="Đề xuất ngày nghỉ, làm bù cho một năm.")
@click.argument("year", type=click.IntRange(2000, 2099), metavar="NĂM")
@json_option
def propose(year: int, as_json: bool) -> None:
    """Các ngày nghỉ, làm bù của NĂM theo thư viện, để đối chiếu rồi ghi vào tệp lịch."""
    from htx_workflow.gateways import holiday_proposal

    days = holiday_proposal.propose(year)
    source = holiday_proposal.SOURCE
    if as_json:
        print_json([{"day": item.day, "kind": item.kind, "name": item.name, "source": source} for item in days])
        return
    click.echo(f"# Đề xuất cho năm {year}; đề nghị đối chiếu với thông báo chính thức trước khi ghi vào tệp lịch.")
    for item in days:
        click.echo(f'  - {{day: {item.day}, kind: {item.kind}, name: "{item.name}", source: "{source}"}}')


def _calendar(code: str) -> WorkingCalendar:
    from htx_workflow.domain.calendar import WorkingCalendar
    from htx_workflow.gateways import calendar_files
    from htx_workflow.settings import load_settings

    return WorkingCalendar.from_file(calendar_files.load(load_settings().calendar_file(code)))

"""htx request: open what opens only when somebody asks."""

from __future__ import annotations

from datetime import date

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import DAY


@click.group()
def command() -> None:
    """Việc mở theo đề nghị hoặc theo kết luận."""


@command.command("raise")
@click.argument("code")
@click.argument("duty", metavar="NHIỆM VỤ")
@click.option("--holder", metavar="MÃ", help="Cơ quan thực hiện; cần khi nhiệm vụ có nhiều cơ quan.")
@click.option("--asked-on", type=DAY, help="Ngày nhận đề nghị (mặc định hôm nay).")
@click.option("--due", type=DAY, help="Hạn do bên đề nghị nêu trong văn bản.")
@edge.document_options(required=False)
@click.option("--reason", default="", metavar="CÂU", help="Nội dung đề nghị, một câu.")
@edge.as_option
def raise_(
    code: str,
    duty: str,
    holder: str | None,
    asked_on: date | None,
    due: date | None,
    number: str | None,
    dated: date | None,
    issuer: str | None,
    subject: str,
    reason: str,
    as_contact: str | None,
) -> None:
    """Mở một kỳ của nhiệm vụ theo đề nghị (V.2.1, V.6.1b, V.7.5b, VI.1)."""
    from htx_workflow.domain import words
    from htx_workflow.services import requests

    runtime = edge.open_runtime()
    when = edge.when(runtime, as_contact)
    view = edge.view(runtime, code)
    document = edge.document(number, dated, issuer, subject)
    with runtime.transaction("request") as session:
        opened = requests.raise_(session, code, duty, holder, view.calendar, when, asked_on=asked_on, due_on=due, document=document, reason=reason)  # fmt: skip
    for occurrence in opened:
        day = "chưa có ngày" if occurrence.due_on is None else words.weekday_text(occurrence.due_on)
        click.echo(f"Đã mở {occurrence.key}: {day}.")

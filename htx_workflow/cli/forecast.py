"""htx forecast: the mail to come if nothing happens."""

from __future__ import annotations

from datetime import date

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import DAY, json_option, print_json


@click.command()
@click.argument("code")
@click.option("--from", "first", type=DAY, help="Từ ngày (mặc định hôm nay).")
@click.option("--days", type=click.IntRange(1, 1000), default=60, show_default=True, help="Số ngày.")
@json_option
def command(code: str, first: date | None, days: int, as_json: bool) -> None:
    """Thư sẽ gửi trong những ngày tới nếu không có gì thay đổi, và vì sao."""
    from htx_workflow.domain import words
    from htx_workflow.services import forecasts
    from htx_workflow.services.composing import Style
    from htx_workflow.store import copies

    runtime = edge.open_runtime()
    today = runtime.clock.today()
    start = first or today
    view = edge.view(runtime, code, start)
    if view.loaded:
        with view.database.reading() as session:
            copy = copies.copy_for_forecast(session)
    else:
        copy = view.database
    style = Style(forecasts.SubjectsOnly(runtime.templates))
    begin = min(start, today) if view.loaded and start > today else start
    lived = forecasts.forecast(copy, runtime.calendars(), style, begin, (start - begin).days + days, code)
    coming = [mail for mail in lived if mail.on >= start]
    if as_json:
        print_json([mail.as_json() for mail in coming])
        return
    for mail in coming:
        click.echo(f"{words.sentence(words.weekday_text(mail.on))}  {mail.to}\n    {mail.subject}")
        for key, step, why in mail.items:
            click.echo(f"      {key} ({step}): {why}")
    click.echo(f"{len(coming)} thư trong {days} ngày từ {words.day_text(start)}.")

"""htx duty: assumed days become deadlines by a document; a later document moves them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import DAY

PREVIEW_DAYS = 60

if TYPE_CHECKING:
    from htx_workflow.services import previews


@click.group()
def command() -> None:
    """Thời hạn của các kỳ thực hiện."""


@command.command()
@click.argument("code")
@click.argument("keys", nargs=-1, metavar="[MÃ]…")
@click.option("--all", "everything", is_flag=True, help="Mọi kỳ còn là thời gian dự kiến.")
@edge.document_options(required=True)
@click.option("--dry-run", is_flag=True, help="Chỉ xem trước: kỳ nào, thư nào.")
@edge.as_option
def adopt(
    code: str,
    keys: tuple[str, ...],
    everything: bool,
    number: str,
    dated: date,
    issuer: str,
    subject: str,
    dry_run: bool,
    as_contact: str | None,
) -> None:
    """Ấn định thời gian dự kiến thành thời hạn bằng một văn bản, sau khi cho xem thư sẽ gửi."""
    from htx_workflow.services import deadlines, previews

    if everything == bool(keys):
        raise click.UsageError("Chọn --all, hoặc nêu mã các kỳ cần ấn định.")
    runtime = edge.open_runtime()
    document = edge.document(number, dated, issuer, subject)
    assert document is not None
    when = edge.when(runtime, as_contact)
    view = edge.view(runtime, code)
    chosen = None if everything else list(keys)
    preview = previews.adoption(
        view.database, code, chosen, document, runtime.calendars(), runtime.templates, when, PREVIEW_DAYS
    )
    _tell(preview)
    if dry_run:
        click.echo("Mới xem trước, chưa có gì thay đổi.")
        return
    with runtime.transaction("adopt") as session:
        done = deadlines.adopt(session, code, chosen, document, view.calendar, when)
    click.echo(f"Đã ấn định {len(done.adopted)} thời hạn theo văn bản số {number} ngày {dated:%d/%m/%Y}.")


def _tell(preview: previews.Preview) -> None:
    from htx_workflow.domain import words

    for key, due_on in preview.adopted.adopted:
        click.echo(f"  {key}: hạn {words.weekday_text(due_on)}")
    for key, reason in preview.adopted.left:
        click.echo(f"  Không ấn định {key}: {reason}")
    click.echo(
        f"Trong {PREVIEW_DAYS} ngày tới: {len(preview.before)} thư nếu không ấn định, {len(preview.after)} thư sau khi ấn định."
    )
    known = {(mail.on, mail.to, mail.items) for mail in preview.before}
    for mail in preview.after:
        if (mail.on, mail.to, mail.items) not in known:
            click.echo(f"  {words.weekday_text(mail.on)}  {mail.to}: {mail.subject}")


@command.command("set-deadline")
@click.argument("keys", nargs=-1, required=True, metavar="MÃ…")
@click.option("--due", type=DAY, required=True, help="Hạn mới.")
@edge.document_options(required=True)
@edge.as_option
def set_deadline(
    keys: tuple[str, ...], due: date, number: str, dated: date, issuer: str, subject: str, as_contact: str | None
) -> None:
    """Đặt hạn cho các kỳ theo một văn bản; hạn gốc vẫn được giữ để tính tỷ lệ."""
    from htx_workflow.domain import words
    from htx_workflow.services import deadlines

    runtime = edge.open_runtime()
    document = edge.document(number, dated, issuer, subject)
    assert document is not None
    view = edge.view(runtime, keys[0].split("/")[0])
    when = edge.when(runtime, as_contact)
    with runtime.transaction("set-deadline") as session:
        deadlines.set_deadline(session, list(keys), due, document, view.calendar, when)
        pushed = deadlines.list_pushed(session, list(keys), due)
    click.echo(f"Đã đặt hạn {words.weekday_text(due)} cho {len(keys)} kỳ theo văn bản số {number}.")
    for line in pushed:
        click.echo(f"Lưu ý: {line}.")
    last, guessed = view.calendar.soft_previous_working(due)
    if last != due and not guessed:
        click.echo(f"Lưu ý: {words.weekday_text(due)} là ngày nghỉ; nhắc vào {words.weekday_text(last)}.")


@command.command("open")
@click.argument("key", metavar="MÃ")
@click.option("--reason", required=True, metavar="CÂU", help="Vì sao mở khi việc phải chờ chưa xong.")
@edge.document_options(required=False)
@edge.as_option
def open_(
    key: str,
    reason: str,
    number: str | None,
    dated: date | None,
    issuer: str | None,
    subject: str,
    as_contact: str | None,
) -> None:
    """Quyết định mở một kỳ khi việc phải chờ trước nó chưa xong; chỗ còn thiếu được ghi lại."""
    from htx_workflow.services import early_openings

    runtime = edge.open_runtime()
    document = edge.document(number, dated, issuer, subject)
    view = edge.view(runtime, key.split("/")[0])
    when = edge.when(runtime, as_contact)
    with runtime.transaction("open-early") as session:
        gap = early_openings.open_early(session, key, reason, document, view.calendar, None, when)
    click.echo(f"Đã mở {key}. Còn thiếu: {'; '.join(gap)}.")

"""htx report: submit, verify, return."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import DAY

if TYPE_CHECKING:
    from htx_workflow.domain import standing


@click.group()
def command() -> None:
    """Kết quả thực hiện: gửi, chấp nhận, trả lại."""


@command.command()
@click.argument("keys", nargs=-1, required=True, metavar="MÃ…")
@click.option("--sent-on", type=DAY, help="Ngày gửi văn bản đã ký (mặc định hôm nay); việc được tính theo ngày này.")
@edge.document_options(required=False)
@click.option("--note", "--line", "note", default="", metavar="CÂU", help="Một dòng nội dung.")
@click.option("--retrospective", is_flag=True, help="Nhập hồi cứu: coi như biết từ ngày gửi, có đánh dấu.")
@edge.as_option
def submit(
    keys: tuple[str, ...],
    sent_on: date | None,
    number: str | None,
    dated: date | None,
    issuer: str | None,
    subject: str,
    note: str,
    retrospective: bool,
    as_contact: str | None,
) -> None:
    """Ghi nhận một văn bản (hoặc một dòng nội dung) hoàn thành một hay nhiều kỳ."""
    from htx_workflow.domain import standing, words
    from htx_workflow.services import receipts, reports

    runtime = edge.open_runtime()
    when = edge.when(runtime, as_contact, retrospective=retrospective)
    view = edge.view(runtime, keys[0].split("/")[0])
    keys = tuple(dict.fromkeys(keys))
    document = edge.document(number, dated, issuer or edge.holder_in(keys[0]), subject) if number or dated else None
    with runtime.transaction("submit") as session:
        done = reports.submit(session, list(keys), view.calendar, when, sent_on=sent_on, document=document, note=note)
        if not retrospective:  # of history nobody is told
            what = receipts.Received(document)
            receipts.received(session, runtime.style(), keys, view.calendar, when, what)
    for key, stands in zip(keys, done, strict=True):
        state = "hoàn thành" if stands.state == standing.DONE else "đã gửi, chờ kiểm tra"
        assert stands.submitted_on is not None
        click.echo(f"{key}: {state}; ghi nhận {judged(stands)}, gửi ngày {words.day_text(stands.submitted_on)}.")


def judged(stands: standing.Standing) -> str:
    """đúng hạn, quá hạn, or without a deadline."""
    from htx_workflow.domain.plan import Basis

    if stands.due_on is None or stands.basis is Basis.ASSUMED or stands.submitted_on is None:
        return "chưa có thời hạn ấn định"
    return "đúng hạn" if stands.submitted_on <= stands.due_on else "quá hạn"


@command.command()
@click.argument("keys", nargs=-1, required=True, metavar="MÃ…")
@click.option("--note", default="", metavar="CÂU", help="Ý kiến kèm theo.")
@edge.as_option
def verify(keys: tuple[str, ...], note: str, as_contact: str | None) -> None:
    """Chấp nhận kết quả đã gửi."""
    from htx_workflow.services import reports

    runtime = edge.open_runtime()
    when = edge.when(runtime, as_contact)
    view = edge.view(runtime, keys[0].split("/")[0])
    with runtime.transaction("verify") as session:
        reports.verify(session, list(keys), view.calendar, when, note)
    for key in keys:
        click.echo(f"{key}: đã chấp nhận.")


@command.command("return")
@click.argument("key", metavar="MÃ")
@click.option(
    "--kind",
    type=click.Choice(["bo-sung", "gui-lai"]),
    required=True,
    help="bo-sung: ngày gửi đầu vẫn tính; gui-lai: tính theo lần gửi mới.",
)
@click.option("--reason", required=True, metavar="CÂU", help="Lý do, một câu.")
@click.option("--respond-by", type=DAY, help="Ngày đề nghị trả lời; không phải là thời hạn.")
@edge.as_option
def return_(key: str, kind: str, reason: str, respond_by: date | None, as_contact: str | None) -> None:
    """Trả lại để bổ sung hoặc gửi lại."""
    from htx_workflow.domain.standing import Return
    from htx_workflow.services import receipts, reports

    runtime = edge.open_runtime()
    when = edge.when(runtime, as_contact)
    view = edge.view(runtime, key.split("/")[0])
    with runtime.transaction("return") as session:
        reports.return_(session, key, Return(kind), reason, view.calendar, when, respond_by)
        receipts.returned(session, runtime.style(), key, Return(kind), reason, respond_by, when)
    click.echo(f"{key}: đã trả lại ({'bổ sung' if kind == 'bo-sung' else 'gửi lại'}).")

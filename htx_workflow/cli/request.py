"""htx request: what agencies ask, what is decided, and work that opens only when somebody asks."""

from __future__ import annotations

from datetime import date

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import DAY, json_option, print_json, print_table

KINDS = ("gia-han", "chuyen-tra", "thoi-theo-doi", "kho-khan", "kien-nghi", "phoi-hop")


@click.group()
def command() -> None:
    """Đề nghị của các cơ quan; việc mở theo đề nghị hoặc theo kết luận."""


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
    from htx_workflow.services import openings

    runtime = edge.open_runtime()
    when = edge.when(runtime, as_contact)
    view = edge.view(runtime, code)
    document = edge.document(number, dated, issuer, subject)
    with runtime.transaction("request") as session:
        opened = openings.raise_(session, code, duty, holder, view.calendar, when, asked_on=asked_on, due_on=due, document=document, reason=reason)  # fmt: skip
    for occurrence in opened:
        day = "chưa có ngày" if occurrence.due_on is None else words.weekday_text(occurrence.due_on)
        click.echo(f"Đã mở {occurrence.key}: {day}.")


@command.command()
@click.argument("key", metavar="MÃ")
@click.argument("kind", metavar="LOẠI", type=click.Choice(KINDS))
@click.option("--reason", required=True, metavar="CÂU", help="Lý do, nội dung đề nghị.")
@click.option("--due", type=DAY, help="Hạn mới đề nghị, hoặc ngày đề nghị trả lời (phoi-hop).")
@click.option("--to", "to", multiple=True, metavar="CƠ QUAN", help="Cơ quan được đề nghị phối hợp; có thể nhiều.")
@edge.document_options(required=False)
@edge.as_option
@json_option
def ask(
    key: str,
    kind: str,
    reason: str,
    due: date | None,
    to: tuple[str, ...],
    number: str | None,
    dated: date | None,
    issuer: str | None,
    subject: str,
    as_contact: str | None,
    as_json: bool,
) -> None:
    """Ghi nhận đề nghị của cơ quan đang thực hiện kỳ MÃ; LOẠI: gia-han, chuyen-tra, thoi-theo-doi, kho-khan, kien-nghi, phoi-hop."""
    from htx_workflow.domain.requests import BY_CODE, LABELS
    from htx_workflow.services import requests
    from htx_workflow.services.requests import Asking

    runtime = edge.open_runtime()
    when = edge.when(runtime, as_contact)
    document = edge.document(number, dated, issuer or edge.holder_in(key), subject)
    asking = Asking(BY_CODE[kind], key, reason, due, to, document)
    with runtime.transaction("request-ask") as session:
        numbers = requests.ask(session, asking, None, runtime.calendars(), when, runtime.style())
    if as_json:
        print_json([{"request": found} for found in numbers])
        return
    for found in numbers:
        click.echo(f"Đã ghi nhận đề nghị số {found}: {LABELS[BY_CODE[kind]]}.")


@command.command()
@click.argument("request", type=int, metavar="SỐ")
@edge.as_option
def withdraw(request: int, as_contact: str | None) -> None:
    """Rút lại đề nghị SỐ khi chưa có quyết định."""
    from htx_workflow.services import requests

    runtime = edge.open_runtime()
    when = edge.when(runtime, as_contact)
    with runtime.transaction("request-withdraw") as session:
        requests.withdraw(session, request, None, runtime.calendars(), when)
    click.echo(f"Đã rút lại đề nghị số {request}.")


@command.command()
@click.argument("request", type=int, metavar="SỐ")
@click.option("--text", required=True, metavar="CÂU", help="Ý kiến tham mưu.")
@edge.as_option
def advise(request: int, text: str, as_contact: str | None) -> None:
    """Ghi ý kiến tham mưu của cơ quan chủ trì về đề nghị SỐ."""
    from htx_workflow.services import requests

    runtime = edge.open_runtime()
    when = edge.when(runtime, as_contact)
    with runtime.transaction("request-advise") as session:
        requests.advise(session, request, text, when)
    click.echo(f"Đã ghi ý kiến về đề nghị số {request}.")


@command.command()
@click.argument("request", type=int, metavar="SỐ")
@click.option("--text", required=True, metavar="CÂU", help="Nội dung trả lời.")
@edge.document_options(required=False)
@edge.as_option
def answer(
    request: int,
    text: str,
    number: str | None,
    dated: date | None,
    issuer: str | None,
    subject: str,
    as_contact: str | None,
) -> None:
    """Trả lời đề nghị phối hợp SỐ, thay cho cơ quan được đề nghị."""
    from htx_workflow.services import requests

    runtime = edge.open_runtime()
    when = edge.when(runtime, as_contact)
    document = edge.document(number, dated, issuer, subject)
    with runtime.transaction("request-answer") as session:
        requests.answer(session, request, None, text, document, runtime.calendars(), when, runtime.style())
    click.echo(f"Đã trả lời đề nghị số {request}.")


@command.command()
@click.argument("request", type=int, metavar="SỐ")
@click.option("--grant/--refuse", "granted", required=True, help="Đồng ý (hoặc trả lời) / không đồng ý.")
@click.option("--text", default="", metavar="CÂU", help="Nội dung; cần khi không đồng ý.")
@click.option("--due", type=DAY, help="Hạn mới (mặc định: ngày được đề nghị).")
@click.option("--to", default="", metavar="CƠ QUAN", help="Chuyển trả: cơ quan nhận việc.")
@click.option("--accept-pushed", is_flag=True, help="Đã xem danh sách việc phải chờ.")
@edge.document_options(required=False)
@edge.as_option
def decide(
    request: int,
    granted: bool,
    text: str,
    due: date | None,
    to: str,
    accept_pushed: bool,
    number: str | None,
    dated: date | None,
    issuer: str | None,
    subject: str,
    as_contact: str | None,
) -> None:
    """Ghi quyết định về đề nghị SỐ bằng một văn bản; cơ quan gửi đề nghị được báo bằng thư."""
    from htx_workflow.services import decisions
    from htx_workflow.services.decisions import Decision

    runtime = edge.open_runtime()
    when = edge.when(runtime, as_contact)
    document = edge.document(number, dated, issuer, subject)
    decision = Decision(granted, text, document, due, to, accept_pushed)
    with runtime.transaction("request-decide") as session:
        decided = decisions.decide(session, request, decision, runtime.calendars(), when, runtime.style())
    click.echo(f"Đã ghi quyết định về đề nghị số {request}. {decided.effect}".rstrip())
    for note in decided.notes:
        click.echo(f"Lưu ý: {note}")


@command.command("list")
@click.argument("code")
@click.option("--all", "everything", is_flag=True, help="Cả đề nghị đã giải quyết.")
@json_option
def list_(code: str, everything: bool, as_json: bool) -> None:
    """Đề nghị đang chờ của một kế hoạch."""
    from htx_workflow.domain.requests import LABELS, WAITING, Kind, state_words
    from htx_workflow.services import plans, request_pages
    from htx_workflow.store import agencies as agency_store
    from htx_workflow.store import requests as store

    runtime = edge.open_runtime()
    with runtime.reading() as session:
        loaded = plans.get_plan(session, code)
        rows, _ = store.list_of_plans(session, [loaded.id], states=() if everything else WAITING, limit=100_000)
        agencies = {row.id: row.code for row in agency_store.list_agencies(session, runtime.clock.today()).values()}
    if as_json:
        print_json([request_pages.as_json(row, agencies) for row in rows])
        return
    head = ("Số", "Loại", "Cơ quan", "Kỳ thực hiện", "Ngày đề nghị", "Tình trạng")
    print_table(
        head,
        [
            (
                str(row.id),
                LABELS[Kind(row.kind)],
                agencies[row.from_id],
                row.occurrence or "",
                f"{row.proposed_due_on:%d/%m/%Y}" if row.proposed_due_on else "",
                state_words(Kind(row.kind), row.state),
            )
            for row in rows
        ],
    )

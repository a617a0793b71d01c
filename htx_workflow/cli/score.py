"""htx score: the commands of a card (`score_cards`), baselines and results."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from htx_workflow.cli import edge, score_cards
from htx_workflow.cli.output import json_option, print_json, print_table
from htx_workflow.cli.score_cards import points_argument, rubric_of

if TYPE_CHECKING:
    from htx_workflow.domain.verdicts import Verdict


@click.group()
def command() -> None:
    """Chấm điểm: điền, ký, nộp, kiểm tra, trả lại phiếu; điểm ban đầu; kết quả."""


for one in (
    score_cards.card, score_cards.save, score_cards.check, score_cards.sign, score_cards.submit, score_cards.return_,
):  # fmt: skip
    command.add_command(one)


@command.command()
@click.argument("code")
@points_argument
@click.option("--unit", metavar="HTX", help="Hợp tác xã có điểm ban đầu nêu trong lệnh: 1=5,5 2=4,5 …")
@click.option("--improve", metavar="SỐ,SỐ…", help="Các tiêu chí cần hoàn thiện, ví dụ 1,3,9,12.")
@click.option(
    "--file",
    "source",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="Tệp Excel của mọi hợp tác xã (mẫu: --export).",
)
@click.option("--export", "target", type=click.Path(path_type=Path, dir_okay=False), help="Ghi ra Excel để điền.")
@edge.document_options(required=False)
@edge.as_option
def baseline(
    code: str,
    points: dict[str, str],
    unit: str | None,
    improve: str | None,
    source: Path | None,
    target: Path | None,
    number: str | None,
    dated: date | None,
    issuer: str | None,
    subject: str,
    as_contact: str | None,
) -> None:
    """Điểm ban đầu và tiêu chí cần hoàn thiện: ghi của một hợp tác xã, đưa tệp Excel lên, hoặc xuất ra Excel."""
    from htx_workflow.services import baselines

    runtime = edge.open_runtime()
    when = edge.when(runtime, as_contact)
    rubric = rubric_of(runtime, code)
    document = edge.document(number, dated, issuer, subject)
    if sum((unit is not None, source is not None, target is not None)) != 1:
        raise click.UsageError("Đề nghị chọn đúng một trong ba: --unit, --file, --export.")
    if target is not None:
        with runtime.reading() as session:
            body = baselines.export_file(session, code, rubric, None, when.today)
        target.write_bytes(body)
        click.echo(f"Đã ghi {target}.")
        return
    with runtime.transaction("baseline") as session:
        if source is not None:
            count = baselines.import_file(session, code, source.read_bytes(), rubric, document, None, when)
        else:
            chosen = _numbers(improve)
            assert unit is not None
            baselines.set_one(session, code, unit, points, chosen, rubric, document, None, when)
            count = 1
    click.echo(f"Đã ghi điểm ban đầu của {count} hợp tác xã.")


def _numbers(text: str | None) -> set[int] | None:
    from htx_workflow.domain.errors import BadInput

    if text is None:
        return None
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isascii() and part.isdecimal() for part in parts):
        raise BadInput(f"“{text}” không phải là danh sách số tiêu chí; ví dụ 1,3,9,12.")
    return {int(part) for part in parts}


@command.command("results")
@click.argument("code")
@click.option("--period", metavar="NĂM", required=True, help="Năm đánh giá.")
@click.option("--stage", type=click.Choice(["trial"]), help="trial: kết quả chấm thử và điểm còn thiếu.")
@json_option
def results_(code: str, period: str, stage: str | None, as_json: bool) -> None:
    """Kết quả từng hợp tác xã: kết luận theo cấp quyết định, các cấp khác bên cạnh, vì sao."""
    from htx_workflow.services import consolidations, plans, results
    from htx_workflow.store import agencies

    runtime = edge.open_runtime()
    rubric = rubric_of(runtime, code)
    with runtime.reading() as session:
        loaded = plans.get_plan(session, code)
        consolidations.check_period(loaded, period)
        stages = (stage,) if stage else results.OFFICIAL
        asked = results.asked(loaded, rubric, period, stages)
        found = results.results(session, asked, None, agencies.list_agencies(session, runtime.clock.today()))
    if as_json:
        from htx_workflow.services import score_json

        print_json(score_json.results(found))
        return
    click.echo(f"{found.asked.heading}. {found.target_text}.")
    head = ("Hợp tác xã", "Điểm", "Xếp loại", "Kết luận", "Vì sao")
    print_table(head, [(row.unit.short_name, *_words(row.outcome.decisive)) for row in found.rows])


def _words(verdict: Verdict) -> tuple[str, ...]:
    from htx_workflow.domain.scorecards import points_text

    total = points_text(verdict.total) if verdict.total is not None else "–"
    return (total, verdict.band.title if verdict.band else "–", verdict.text, verdict.reason)

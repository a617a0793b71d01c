"""htx consolidate: a snapshot of a round, kept, and written out."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import DAY, json_option, print_json

if TYPE_CHECKING:
    from htx_workflow.domain.consolidations import Change, Consolidation
    from htx_workflow.domain.rubrics import Rubric
    from htx_workflow.runtime import Runtime
    from htx_workflow.services.reports import When


@click.command()
@click.argument("code")
@click.option("--round", "period", required=True, metavar="NĂM", help="Đợt đánh giá, theo năm.")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Thư mục ghi bản tổng hợp."
)
@click.option("--on", type=DAY, help="Tình hình biết được đến hết ngày này (mặc định hôm nay).")
@click.option("--compare", "earlier", type=int, metavar="SỐ", help="Nêu chỗ khác với bản tổng hợp số này.")
@json_option
@edge.as_option
def command(
    code: str, period: str, out: Path, on: date | None, earlier: int | None, as_json: bool, as_contact: str | None
) -> None:  # fmt: skip
    """Lập bản tổng hợp của một đợt từ số liệu đã nộp, đã chấp nhận; số liệu không đổi thì giữ bản cũ."""
    from htx_workflow.services import card_spots, consolidations, plans

    runtime = edge.open_runtime()
    when = edge.when(runtime, as_contact)
    with runtime.reading() as session:
        rubric = runtime.rubric(card_spots.scoring_of(plans.get_plan(session, code).plan).rubric)
        made = consolidations.compute(session, code, period, rubric, on or when.today, when)
    with runtime.transaction("consolidate") as session:
        kept = consolidations.keep(session, made, rubric, None, when)
    out.mkdir(parents=True, exist_ok=True)
    papers = _issue(runtime, code, period, kept, rubric, when, out)
    path = out / f"tong-hop-{code}-{period}-so-{kept.no}.json"
    path.write_text(kept.model_dump_json(indent=1), encoding="utf-8")
    changes: list[Change] = []
    if earlier is not None:
        with runtime.reading() as session:
            changes, _ = consolidations.compare(session, code, period, earlier, kept.no)
    if as_json:
        print_json(
            {
                "no": kept.no,
                "made_at": kept.made_at,
                "inputs_sha256": kept.inputs_sha256,
                "target": {"passed": kept.target.passed, "of": kept.target.of},
                "files": [str(path), *map(str, papers)],
                "changes": [change._asdict() for change in changes],
            }
        )
        return
    click.echo(
        f"Bản tổng hợp số {kept.no} đợt {period}: {kept.target.text}. {kept.decisive}. Đã ghi {path} và {len(papers)} tệp Word, Excel."
    )
    for change in changes:
        click.echo(f"{change.section} {change.key} {change.place}: {change.before} → {change.after}")


def _issue(
    runtime: Runtime, code: str, period: str, kept: Consolidation, rubric: Rubric, when: When, out: Path
) -> list[Path]:
    """Every document of a snapshot in `out`; one that was issued before is given again byte for byte."""
    from htx_workflow.gateways.word import Word
    from htx_workflow.services import documents, issued, plans

    simulation = runtime.settings.demo
    with runtime.reading() as session:
        plan = plans.get_plan(session, code).plan
        frame = documents.frame(session, kept, rubric, when.today, simulation=simulation)
        units = [line.key for line in kept.cooperatives]
        shown = units if len(units) <= documents.MOST_UNITS else []
        own = documents.cards(session, kept, rubric, when.today, shown, simulation=simulation)
    final = plan.ends_on is not None and str(plan.ends_on.year) == period
    paths = []
    for made in documents.write_all(
        kept, frame, own, Word(runtime.settings.home / "templates" / "documents"), final=final
    ):
        with runtime.transaction("issue-documents") as session:
            issued.keep(session, code, period, kept.no, made, None, when)
            again = issued.again(session, code, period, kept.no, made.kind, made.unit)
        paths.append(documents.save(again, out))
    return paths

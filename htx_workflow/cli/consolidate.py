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
    from htx_workflow.services import card_spots, consolidations, plans, snapshot_keeping

    runtime = edge.open_runtime()
    when = edge.when(runtime, as_contact)
    with runtime.reading() as session:
        rubric = runtime.rubric(card_spots.scoring_of(plans.get_plan(session, code).plan).rubric)
        made = consolidations.compute(session, code, period, rubric, on or when.today, when)
    kept = snapshot_keeping.keep(runtime.database, made, rubric, None, when)
    out.mkdir(parents=True, exist_ok=True)
    papers = _issue(runtime, code, period, kept, rubric, when, out)
    path = out / f"tong-hop-{code}-{period}-so-{kept.no}.json"
    _write_json(path, kept)
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


def _write_json(path: Path, kept: Consolidation) -> None:
    """One JSON value, cooperative by cooperative: a nation's is never whole in memory."""
    from htx_workflow.domain.consolidations import LINE

    head = kept.model_dump_json(indent=1, exclude={"cooperatives"}).removesuffix("\n}")
    with path.open("w", encoding="utf-8") as file:
        file.write(f'{head},\n "cooperatives": [')
        for number, line in enumerate(kept.cooperatives):
            file.write(f"{',' if number else ''}\n  {LINE.dump_json(line).decode()}")
        file.write("\n ]\n}\n")


def _issue(
    runtime: Runtime, code: str, period: str, kept: Consolidation, rubric: Rubric, when: When, out: Path
) -> list[Path]:
    """Every document of a snapshot in `out`; one that was issued before is given again byte for byte."""
    from htx_workflow.services import documents, issued, issuing

    issuing.issue(runtime.database, kept, rubric, runtime.word(), when, simulation=runtime.settings.demo)
    with runtime.reading() as session:
        places = list(issued.list_of(session, code, period, kept.no))
    paths = []
    for place in places:
        kind, _, unit = place.partition("/")
        with runtime.reading() as session:
            paths.append(documents.save(issued.again(session, code, period, kept.no, kind, unit), out))
    return paths

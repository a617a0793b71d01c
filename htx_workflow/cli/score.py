"""htx score: cards filled, signed, sent, checked and given back; baselines; results."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import DAY, json_option, print_json, print_table

if TYPE_CHECKING:
    from htx_workflow.domain.card_places import CardPlace
    from htx_workflow.domain.rubrics import Rubric
    from htx_workflow.domain.verdicts import Verdict
    from htx_workflow.runtime import Runtime
    from htx_workflow.services.card_views import CardView
    from htx_workflow.services.results import Results
    from htx_workflow.store.database import Session

Command = TypeVar("Command", bound=Callable[..., Any])
STAGES = ("trial", "estimate", "final")
stage_option = click.option(
    "--stage",
    type=click.Choice(STAGES),
    default="final",
    show_default=True,
    help="Loại số liệu: chấm thử, ước thực hiện, chính thức.",
)


def level_option(default: str | None = "self") -> Callable[[Command], Command]:
    return click.option(
        "--level",
        default=default,
        required=default is None,
        show_default=default is not None,
        metavar="CẤP",
        help="Cấp chấm, mã trong scoring.chain của kế hoạch.",
    )


def pairs(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """KEY=VALUE arguments."""
    found = {}
    for value in values:
        key, sign, text = value.partition("=")
        if not sign or not key.strip():
            raise click.BadParameter(f"“{value}” cần dạng mã=giá trị, ví dụ 3a=2,5.")
        found[key.strip()] = text
    return found


points_argument = click.argument("points", nargs=-1, callback=pairs, metavar="[TIÊU_CHÍ=ĐIỂM]…")
reason_option = click.option(
    "--reason", "reasons", multiple=True, callback=pairs, metavar="TIÊU_CHÍ=CÂU", help="Lý do chênh lệch."
)
evidence_option = click.option(
    "--evidence", multiple=True, callback=pairs, metavar="TIÊU_CHÍ=CÂU", help="Căn cứ, minh chứng."
)
fact_option = click.option(
    "--fact",
    "facts",
    multiple=True,
    callback=pairs,
    metavar="MÃ=GIÁ_TRỊ",
    help="Thông tin của hợp tác xã: governance, months_operating, months_idle, sanctioned, sector, kind, members, capital.",
)
version_option = click.option(
    "--version", "draft_version", type=int, metavar="N", help="Chỉ lưu nếu phiếu còn ở bản lưu này."
)


@click.group()
def command() -> None:
    """Chấm điểm: điền, ký, nộp, kiểm tra, trả lại phiếu; điểm ban đầu; kết quả."""


@command.command()
@click.argument("key", metavar="KH/HTX/NĂM")
@level_option()
@stage_option
@json_option
def card(key: str, level: str, stage: str, as_json: bool) -> None:
    """Xem một phiếu: điểm từng tiêu chí, các cấp, điểm ban đầu, điều còn thiếu."""
    runtime = edge.open_runtime()
    place = _place(key, stage, level)
    rubric = _rubric(runtime, place.plan)
    with runtime.reading() as session:
        view = _view(session, place, rubric, runtime)
    if as_json:
        print_json(card_json(view))
        return
    _print_card(view)


@command.command()
@click.argument("key", metavar="KH/HTX/NĂM")
@points_argument
@evidence_option
@fact_option
@stage_option
@version_option
@json_option
@edge.as_option
def save(
    key: str,
    points: dict[str, str],
    evidence: dict[str, str],
    facts: dict[str, str],
    stage: str,
    draft_version: int | None,
    as_json: bool,
    as_contact: str | None,
) -> None:
    """Điền phiếu tự chấm: 3a=2,5 (để trống sau dấu = là chưa chấm). Chỗ sai bị từ chối, phần còn lại được lưu."""
    from htx_workflow.services.scoring import Filled

    filled = Filled(points, {}, evidence, facts)
    _save(_place(key, stage, "self"), filled, draft_version, as_json, as_contact)


@command.command()
@click.argument("key", metavar="KH/HTX/NĂM")
@points_argument
@level_option(None)
@reason_option
@evidence_option
@fact_option
@stage_option
@version_option
@json_option
@edge.as_option
def check(
    key: str,
    points: dict[str, str],
    level: str,
    reasons: dict[str, str],
    evidence: dict[str, str],
    facts: dict[str, str],
    stage: str,
    draft_version: int | None,
    as_json: bool,
    as_contact: str | None,
) -> None:
    """Kiểm tra điểm của cấp dưới: phiếu bắt đầu bằng điểm đó, 9== là giữ nguyên, mỗi chênh lệch cần lý do."""
    from htx_workflow.services.scoring import Filled

    filled = Filled(points, reasons, evidence, facts)
    _save(_place(key, stage, level), filled, draft_version, as_json, as_contact)


def _save(place: CardPlace, filled: Any, version: int | None, as_json: bool, as_contact: str | None) -> None:
    from htx_workflow.services import scoring

    runtime = edge.open_runtime()
    when = edge.when(runtime, as_contact)
    rubric = _rubric(runtime, place.plan)
    with runtime.transaction("score-save") as session:
        scoring.open_card(session, place, rubric, None, when)
        saved = scoring.save(session, place, filled, None, when, version=version)
    for one in saved.refused:
        click.echo(str(one), err=True)
    with runtime.reading() as session:
        view = _view(session, place, rubric, runtime)
    if as_json:
        print_json(card_json(view) | {"refused": [{"key": one.key, "what": str(one)} for one in saved.refused]})
    else:
        click.echo(f"{saved.card.key}: đã lưu (bản {saved.card.version}), {view.totals.text}.")
        if saved.unsigned:
            click.echo("Điểm đã thay đổi sau khi ký: cần ký lại.")
    if saved.refused:
        raise SystemExit(1)


@command.command()
@click.argument("key", metavar="KH/HTX/NĂM")
@click.argument("role", metavar="VAI_TRÒ")
@click.option("--name", required=True, metavar="HỌ TÊN", help="Người ký.")
@click.option("--day", type=DAY, help="Ngày ký (mặc định hôm nay).")
@click.option("--electronic", is_flag=True, help="Ký trên hệ thống; mặc định là ký trên giấy.")
@stage_option
@edge.as_option
def sign(
    key: str, role: str, name: str, day: date | None, electronic: bool, stage: str, as_contact: str | None
) -> None:  # fmt: skip
    """Ghi ý kiến của một bên trong hợp tác xã: chu-tich-hdqt, truong-bks; hoặc giam-doc, kiem-soat-vien."""
    from htx_workflow.services import card_sending

    runtime = edge.open_runtime()
    when = edge.when(runtime, as_contact)
    signing = card_sending.Signing(role, name, day or when.today, on_paper=not electronic)
    with runtime.transaction("score-sign") as session:
        signed = card_sending.sign(session, _place(key, stage, "self"), signing, None, when)
    click.echo(f"{signed.key}: đã ghi ý kiến ({role}).")


@command.command()
@click.argument("key", metavar="KH/HTX/NĂM")
@level_option()
@stage_option
@click.option("--sent-on", type=DAY, help="Ngày gửi bản giấy (mặc định hôm nay).")
@click.option("--year", type=int, metavar="NĂM", help="Năm ghi trên bản giấy, để đối chiếu.")
@edge.document_options(required=False)
@edge.as_option
def submit(
    key: str,
    level: str,
    stage: str,
    sent_on: date | None,
    year: int | None,
    number: str | None,
    dated: date | None,
    issuer: str | None,
    subject: str,
    as_contact: str | None,
) -> None:
    """Nộp phiếu (cấp trên: chấm xong). Phiếu tự chấm nộp cùng báo cáo năm của hợp tác xã."""
    from htx_workflow.services import card_sending

    runtime = edge.open_runtime()
    when = edge.when(runtime, as_contact)
    place = _place(key, stage, level)
    view = edge.view(runtime, place.plan)
    document = edge.document(number, dated, issuer or place.unit, subject) if number or dated else None
    sending = card_sending.Sending(sent_on, document, year)
    with runtime.transaction("score-submit") as session:
        sent = card_sending.submit(session, place, sending, view.calendar, None, when)
    late = "; cấp trên đã chấm xong nên được lưu là bản nộp muộn" if sent.state == "late" else ""
    why = f" ({sent.not_rated_why})" if sent.not_rated_why else ""
    click.echo(f"{sent.key}: đã nộp{why}{late}.")


@command.command("return")
@click.argument("key", metavar="KH/HTX/NĂM")
@level_option()
@stage_option
@click.option(
    "--kind",
    type=click.Choice(["bo-sung", "gui-lai"]),
    default="bo-sung",
    show_default=True,
    help="bo-sung: ngày nộp đầu vẫn tính; gui-lai: tính theo lần nộp mới.",
)
@click.option("--reason", required=True, metavar="CÂU", help="Lý do, một câu.")
@click.option("--respond-by", type=DAY, help="Ngày đề nghị trả lời; không phải là thời hạn.")
@edge.as_option
def return_(
    key: str, level: str, stage: str, kind: str, reason: str, respond_by: date | None, as_contact: str | None
) -> None:  # fmt: skip
    """Trả lại phiếu để chấm lại: lần chấm sau bắt đầu từ phiếu này, phiếu này được giữ."""
    from htx_workflow.domain.standing import Return
    from htx_workflow.services import card_sending

    runtime = edge.open_runtime()
    when = edge.when(runtime, as_contact)
    place = _place(key, stage, level)
    view = edge.view(runtime, place.plan)
    with runtime.transaction("score-return") as session:
        returned = card_sending.return_card(
            session, place, Return(kind), reason, view.calendar, None, when, respond_by
        )  # fmt: skip
    click.echo(f"{returned.key}: đã trả lại để chấm lại.")


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
    rubric = _rubric(runtime, code)
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
    rubric = _rubric(runtime, code)
    with runtime.reading() as session:
        loaded = plans.get_plan(session, code)
        consolidations.check_period(loaded, period)
        stages = (stage,) if stage else results.OFFICIAL
        asked = results.asked(loaded, rubric, period, stages)
        found = results.results(session, asked, None, agencies.list_agencies(session, runtime.clock.today()))
    if as_json:
        print_json(results_json(found))
        return
    click.echo(f"{found.asked.heading}. {found.target_text}.")
    head = ("Hợp tác xã", "Điểm", "Xếp loại", "Kết luận", "Vì sao")
    print_table(head, [(row.unit.short_name, *_words(row.outcome.decisive)) for row in found.rows])


def _words(verdict: Verdict) -> tuple[str, ...]:
    from htx_workflow.domain.scorecards import points_text

    total = points_text(verdict.total) if verdict.total is not None else "–"
    return (total, verdict.band.title if verdict.band else "–", verdict.text, verdict.reason)


# Shared


def _place(key: str, stage: str, level: str) -> CardPlace:
    from htx_workflow.domain import card_places

    return card_places.place(key, stage, level)


def _rubric(runtime: Runtime, code: str) -> Rubric:
    """The rubric of the loaded plan."""
    from htx_workflow.services import card_spots, plans

    with runtime.reading() as session:
        return runtime.rubric(card_spots.scoring_of(plans.get_plan(session, code).plan).rubric)


def _view(session: Session, place: CardPlace, rubric: Rubric, runtime: Runtime) -> CardView:
    from htx_workflow.services import card_views

    return card_views.view(session, place, rubric, None, runtime.clock.today())


def card_json(view: CardView) -> dict[str, Any]:
    """A card for scripts; points in hundredths."""
    card = view.card
    return {
        "key": card.key if card else view.spot.place.key,
        "state": card.state if card else None,
        "revision": card.revision if card else None,
        "version": view.version,
        "rubric": list(view.rubric.ref),
        "points": {key: row.hundredths for key, row in view.rows.items() if row.hundredths is not None},
        "reasons": {key: row.reason for key, row in view.rows.items() if row.reason},
        "evidence": {key: row.evidence for key, row in view.rows.items() if row.evidence},
        "facts": view.facts.model_dump(exclude_none=True),
        "signed": [{"role": one.role, "on_paper": one.on_paper, "on": one.on_day} for one in view.signed],
        "total": view.totals.total,
        "total_text": view.rating.total_text,
        "rated": view.rating.state.value,
        "band": view.rating.band.code if view.rating.band else None,
        "missing": list(view.totals.missing),
        "levels": {level: dict(points) for level, points in view.levels.items()},
        "differences": [one.__dict__ for one in view.differences],
        "verdict": verdict_json(view.verdict),
    }


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    return {
        "level": verdict.level.code,
        "total": verdict.total,
        "band": verdict.band.code if verdict.band else None,
        "conclusion": verdict.conclusion.value,
        "reason": verdict.reason,
        "why": verdict.why,
        "remarks": list(verdict.remarks),
    }


def results_json(found: Results) -> dict[str, Any]:
    """Results for scripts; points in hundredths."""
    rows = []
    for row in found.rows:
        shortfall = row.shortfall
        gap = None
        if shortfall is not None:
            below = {one.number: [one.end, one.start] for one in shortfall.below_start}
            gap = {"to_pass": shortfall.to_pass, "below_start": below, "room": dict(shortfall.room)}
        rows.append(
            {
                "unit": row.unit.code,
                "name": row.unit.name,
                "decisive": verdict_json(row.outcome.decisive),
                "others": [verdict_json(one) for one in row.outcome.others],
                "remarks": {level: list(made.remarks) for level, made in row.levels.items() if made.remarks},
                "holes": list(row.holes),
                "gap": gap,
            }
        )
    return {
        "plan": found.asked.loaded.plan.code,
        "period": found.asked.period,
        "heading": found.asked.heading,
        "target": found.target_text,
        "pass_mark": found.asked.pass_mark,
        "cooperatives": rows,
        "late": [card.key for card in found.late],
    }


def _print_card(view: CardView) -> None:
    from htx_workflow.domain import scorecards

    click.echo(f"{view.spot.unit_name}, {view.spot.level.title} {view.spot.place.period}: {view.state_text}.")
    lines = []
    for number, criterion in view.rubric.criteria.items():
        own = [scorecards.points_of(criterion, points) for points in (*view.levels.values(),)]
        given = view.totals.criteria[number]
        start = view.baseline.points.get(number) if view.baseline else None
        shown = [scorecards.points_text(one) if one is not None else "–" for one in (start, *own, given)]
        lines.append((f"{number}", criterion.title, *shown))
    titles = [level.title for level in view.spot.scoring.chain if level.code in view.levels]
    print_table(("TC", "Tên", "Ban đầu", *titles, "Phiếu này"), lines)
    click.echo(f"Tổng: {view.rating.total_text}. {view.rating.notice} {view.verdict.why}")
    for note in (view.force_note, *(str(one) for one in view.missing_reasons)):
        if note:
            click.echo(note)

"""htx score, the part about one card: seen, filled, checked, signed, sent, given back; and what all of htx score reads.

`score` gathers these commands into its group.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import DAY, json_option, print_json, print_table

if TYPE_CHECKING:
    from htx_workflow.domain.card_places import CardPlace
    from htx_workflow.domain.rubrics import Rubric
    from htx_workflow.runtime import Runtime
    from htx_workflow.services.card_views import CardView
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


@click.command()
@click.argument("key", metavar="KH/HTX/NĂM")
@level_option()
@stage_option
@json_option
def card(key: str, level: str, stage: str, as_json: bool) -> None:
    """Xem một phiếu: điểm từng tiêu chí, các cấp, điểm ban đầu, điều còn thiếu."""
    runtime = edge.open_runtime()
    place = place_of(key, stage, level)
    rubric = rubric_of(runtime, place.plan)
    with runtime.reading() as session:
        view = _view(session, place, rubric, runtime)
    if as_json:
        from htx_workflow.services import score_json

        print_json(score_json.card(view))
        return
    _print_card(view)


@click.command()
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
    _save(place_of(key, stage, "self"), filled, draft_version, as_json, as_contact)


@click.command()
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
    _save(place_of(key, stage, level), filled, draft_version, as_json, as_contact)


def _save(place: CardPlace, filled: Any, version: int | None, as_json: bool, as_contact: str | None) -> None:
    from htx_workflow.services import scoring

    runtime = edge.open_runtime()
    when = edge.when(runtime, as_contact)
    rubric = rubric_of(runtime, place.plan)
    with runtime.transaction("score-save") as session:
        scoring.open_card(session, place, rubric, None, when)
        saved = scoring.save(session, place, filled, None, when, version=version)
    for one in saved.refused:
        click.echo(str(one), err=True)
    with runtime.reading() as session:
        view = _view(session, place, rubric, runtime)
    if as_json:
        from htx_workflow.services import score_json

        print_json(score_json.card(view) | {"refused": [{"key": one.key, "what": str(one)} for one in saved.refused]})
    else:
        click.echo(f"{saved.card.key}: đã lưu (bản {saved.card.version}), {view.totals.text}.")
        if saved.unsigned:
            click.echo("Điểm đã thay đổi sau khi ký: cần ký lại.")
    if saved.refused:
        raise SystemExit(1)


@click.command()
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
        signed = card_sending.sign(session, place_of(key, stage, "self"), signing, None, when)
    click.echo(f"{signed.key}: đã ghi ý kiến ({role}).")


@click.command()
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
    place = place_of(key, stage, level)
    view = edge.view(runtime, place.plan)
    document = edge.document(number, dated, issuer or place.unit, subject) if number or dated else None
    sending = card_sending.Sending(sent_on, document, year)
    with runtime.transaction("score-submit") as session:
        sent = card_sending.submit(session, place, sending, view.calendar, None, when)
    late = "; cấp trên đã chấm xong nên được lưu là bản nộp muộn" if sent.state == "late" else ""
    why = f" ({sent.not_rated_why})" if sent.not_rated_why else ""
    click.echo(f"{sent.key}: đã nộp{why}{late}.")


@click.command("return")
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
    place = place_of(key, stage, level)
    view = edge.view(runtime, place.plan)
    with runtime.transaction("score-return") as session:
        returned = card_sending.return_card(
            session, place, Return(kind), reason, view.calendar, None, when, respond_by
        )  # fmt: skip
    click.echo(f"{returned.key}: đã trả lại để chấm lại.")


def _view(session: Session, place: CardPlace, rubric: Rubric, runtime: Runtime) -> CardView:
    from htx_workflow.services import card_views

    return card_views.view(session, place, rubric, None, runtime.clock.today())


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


# Shared


def place_of(key: str, stage: str, level: str) -> CardPlace:
    from htx_workflow.domain import card_places

    return card_places.place(key, stage, level)


def rubric_of(runtime: Runtime, code: str) -> Rubric:
    """The rubric of the loaded plan."""
    from htx_workflow.services import card_spots, plans

    with runtime.reading() as session:
        return runtime.rubric(card_spots.scoring_of(plans.get_plan(session, code).plan).rubric)

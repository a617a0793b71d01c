"""htx plan: load, list, show."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from htx_workflow.cli import edge
from htx_workflow.cli.output import DAY, json_option, print_json

if TYPE_CHECKING:
    from htx_workflow.domain.plan import Duty, Plan
    from htx_workflow.services.plans import Loaded


@click.group()
def command() -> None:
    """Kế hoạch: nạp, liệt kê, xem."""


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--on", type=DAY, help="Ngày đưa vào theo dõi (mặc định hôm nay); việc đến hạn trước ngày này không nhắc."
)
@click.option("--dry-run", is_flag=True, help="Chỉ cho biết điều gì sẽ thay đổi.")
@edge.as_option
def load(file: Path, on: date | None, dry_run: bool, as_contact: str | None) -> None:
    """Nạp kế hoạch từ tệp; nạp lại thì chỉ áp dụng phần đã thay đổi."""
    from htx_workflow.gateways import plan_files
    from htx_workflow.services import plans

    runtime = edge.open_runtime()
    plan = plan_files.read_plan(file)
    calendar = runtime.calendar(plan.calendar)
    by = edge.who(runtime, as_contact)
    today = runtime.clock.today()
    context = runtime.database.rehearsal() if dry_run else runtime.transaction("plan-load")
    with context as session:
        outcome = plans.load(
            session,
            plan,
            file.read_text("utf-8"),
            calendar,
            on=on or today,
            today=today,
            now=runtime.clock.now(),
            by=by,
        )
    _tell(outcome, dry_run)


def _tell(outcome: Loaded, dry_run: bool) -> None:
    if outcome.unchanged:
        click.echo(f"Kế hoạch {outcome.code}: không có gì thay đổi (phiên bản {outcome.version}).")
        return
    verb = "sẽ nạp" if dry_run else "đã nạp"
    click.echo(
        f"Kế hoạch {outcome.code}: {verb} phiên bản {outcome.version}; thêm {len(outcome.agencies)} cơ quan,"
        f" {len(outcome.contacts)} đầu mối, {outcome.opened} kỳ thực hiện"
        + (f" (trong đó {outcome.historical} đã qua trước ngày theo dõi, không nhắc)" if outcome.historical else "")
        + "."
    )
    for title, lines in (
        ("Đã đổi", outcome.changed), ("Thôi theo dõi", outcome.withdrawn), ("Giữ nguyên, cần xem lại", outcome.conflicts)
    ):  # fmt: skip
        for line in lines:
            click.echo(f"  {title}: {line}")


@command.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Các kế hoạch đã nạp, và tệp kế hoạch chưa nạp."""
    from htx_workflow.gateways import plan_files
    from htx_workflow.store import plans

    runtime = edge.open_runtime()
    with runtime.reading() as session:
        loaded = plans.list_plans(session)
    rows: list[dict[str, Any]] = [
        {"code": row.plan.code, "title": row.plan.title, "version": row.version_no, "activated_on": row.activated_on}
        for row in loaded
    ]
    known = {row["code"] for row in rows}
    for path in sorted(runtime.settings.plan_file("x").parent.glob("*.yaml")):
        if path.stem not in known:
            plan = plan_files.read_plan(path)
            rows.append({"code": plan.code, "title": plan.title, "version": None, "activated_on": None})
    if as_json:
        print_json(rows)
        return
    for row in rows:
        state = (
            f"phiên bản {row['version']}, theo dõi từ {row['activated_on']:%d/%m/%Y}" if row["version"] else "chưa nạp"
        )
        click.echo(f"{row['code']}  {row['title']} ({state})")


@command.command()
@click.argument("code")
@json_option
def show(code: str, as_json: bool) -> None:
    """Nội dung một kế hoạch: cơ quan, nhiệm vụ, thời hạn, căn cứ."""
    from htx_workflow.store import plans

    runtime = edge.open_runtime()
    with runtime.reading() as session:
        found = plans.find_plan(session, code)
    plan = found.plan if found else edge.read_plan_file(runtime, code)
    if as_json:
        print_json(plan_json(plan))
        return
    click.echo(
        f"{plan.title}\nTừ {plan.starts_on:%d/%m/%Y}" + (f" đến {plan.ends_on:%d/%m/%Y}" if plan.ends_on else "")
    )
    for duty in plan.duties:
        holders = ", ".join(plan.agency(member).short_name for member in plan.members(duty.holders))
        click.echo(f"\n{duty.id}  {duty.title}\n    {duty.clause}; {duty.word}: {holders}\n    {due_words(duty)}")
    for covered in plan.coverage:
        if covered.gap:
            click.echo(f"\nChưa phân công cụ thể: {covered.bullet}: {covered.gap}")


@command.command()
@click.argument("code")
@click.argument("milestone", metavar="MỐC")
@click.option("--reached-on", type=DAY, required=True, help="Ngày đạt mốc.")
@edge.document_options(required=True)
@edge.as_option
def reach(
    code: str,
    milestone: str,
    reached_on: date,
    number: str,
    dated: date,
    issuer: str,
    subject: str,
    as_contact: str | None,
) -> None:
    """Ghi nhận một mốc của cơ quan khác (ví dụ U.1) theo văn bản; việc chờ mốc này được báo."""
    from htx_workflow.services import milestones

    runtime = edge.open_runtime()
    document = edge.document(number, dated, issuer, subject)
    assert document is not None
    when = edge.when(runtime, as_contact)
    view = edge.view(runtime, code)
    with runtime.transaction("milestone") as session:
        told = milestones.reach(session, code, milestone, reached_on, document, view.calendar, when)
    click.echo(f"Đã ghi nhận mốc {milestone} ngày {reached_on:%d/%m/%Y}; {told} việc không còn phải chờ.")


def plan_json(plan: Plan) -> dict[str, Any]:
    """A plan with the promised keys."""
    return {
        "code": plan.code,
        "title": plan.title,
        "starts_on": plan.starts_on,
        "ends_on": plan.ends_on,
        "agencies": [agency.model_dump(mode="json", exclude_none=True) for agency in plan.agencies],
        "duties": [_duty_json(plan, duty) for duty in plan.duties],
        "milestones": [milestone.model_dump(mode="json") for milestone in plan.milestones],
        "coverage": [covered.model_dump(mode="json") for covered in plan.coverage],
    }


def _duty_json(plan: Plan, duty: Duty) -> dict[str, Any]:
    return {
        "id": duty.id,
        "clause": duty.clause,
        "title": duty.title,
        "kind": duty.kind.value,
        "word": duty.word,
        "holders": plan.members(duty.holders),
        "with": plan.members(duty.with_),
        "receivers": list(duty.receivers),
        "due": duty.due.model_dump(mode="json", exclude_none=True) if duty.due else None,
        "basis": duty.basis.value if duty.basis else None,
        "basis_note": duty.basis_note,
        "after": [need.duty or need.milestone for need in duty.after],
        "fulfilled_by": duty.fulfilled_by,
    }


def due_words(duty: Duty) -> str:
    """The rule of a duty in one Vietnamese line."""
    from htx_workflow.domain import rule_words

    return rule_words.due_words(duty)

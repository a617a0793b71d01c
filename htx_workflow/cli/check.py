"""`htx check`: every file of config/ validated at once (kiểm tra cấu hình)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from htx_workflow.cli.output import DAY

if TYPE_CHECKING:
    from datetime import date

    from htx_workflow.domain.plan import Plan
    from htx_workflow.runtime import Runtime
    from htx_workflow.settings import Settings

WARN_DAYS = 90
"""Days before the end of a calendar at which it is time to enter the next year."""


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[TỆP]...")
@click.option("--on", "today", type=DAY, help="Kiểm tra như vào ngày này (mặc định: hôm nay).")
@click.option("--write-schema", is_flag=True, help="Ghi lại lược đồ JSON cho trình soạn thảo rồi dừng.")
def command(files: tuple[Path, ...], today: date | None, write_schema: bool) -> None:
    """Kiểm tra các tệp cấu hình: nêu tệp, dòng, khóa và cách sửa.

    Không nêu TỆP thì kiểm tra toàn bộ config/.
    """
    from htx_workflow.runtime import open_runtime

    runtime = open_runtime(today)
    if write_schema:
        _write_schema(runtime.settings)
        return
    paths = list(files) or all_files(runtime.settings)
    refused = dict.fromkeys(problem for path in paths for problem in _problems(path, runtime))
    for problem in refused:
        click.echo(problem, err=True)
    if refused:
        raise SystemExit(1)


def all_files(settings: Settings) -> list[Path]:
    """Calendars first: plans count in them."""
    from htx_workflow.domain.errors import NotFound

    config = settings.home / "config"
    paths = [path for kind in _CHECKS for path in sorted((config / kind).glob("*.yaml"))]
    if not paths:
        raise NotFound(f"Không có tệp cấu hình nào trong {config}. Đề nghị kiểm tra HTX_HOME.")
    return paths


def _problems(path: Path, runtime: Runtime) -> list[str]:
    """Prints what a good file holds; gives back what is wrong with a bad one."""
    lines, problems = examined(path, runtime)
    for line in lines:
        click.echo(line)
    return problems


def examined(path: Path, runtime: Runtime) -> tuple[list[str], list[str]]:
    """What a file holds and is worth noting, and what is wrong with it."""
    from htx_workflow.domain.errors import BadConfig, HtxError

    lines: list[str] = []
    try:
        lines.extend(_CHECKS[_kind_of(path)](path, runtime))
    except BadConfig as error:
        return lines, [str(problem) for problem in error.problems]
    except HtxError as error:
        return lines, [str(error)]
    return lines, []


def _kind_of(path: Path) -> str:
    """The folder a file stands in, or, elsewhere, what its keys look like."""
    from htx_workflow.domain.errors import BadConfig
    from htx_workflow.gateways import yaml_files

    folder = path.resolve().parent.name
    if folder in _CHECKS:
        return folder
    document = yaml_files.read(path)
    for kind, sign in _SIGNS.items():
        if sign in document.data:
            return kind
    what = "Không rõ tệp này là kế hoạch, lịch, bộ tiêu chí hay biểu mẫu."
    raise BadConfig([document.problem((), what, f"Đề nghị để trong một thư mục của config/: {', '.join(_CHECKS)}.")])


def _check_calendar(path: Path, runtime: Runtime) -> Iterator[str]:
    from htx_workflow.domain import words
    from htx_workflow.domain.calendar import WorkingCalendar
    from htx_workflow.gateways import calendar_files, holiday_proposal

    calendar_file = calendar_files.load(path)
    known = f"từ {words.day_text(calendar_file.known_from)} đến {words.day_text(calendar_file.known_to)}"
    yield f"Lịch {calendar_file.code}: biết {known}, {len(calendar_file.days)} mục ngày nghỉ, làm bù."
    left = WorkingCalendar.from_file(calendar_file).days_left(runtime.clock.today())
    if left <= WARN_DAYS:
        state = f"chỉ còn {left} ngày" if left >= 0 else "đã hết"
        year = calendar_file.known_to.year + 1
        yield (
            f"Lưu ý: lịch {calendar_file.code} {state} (đến {words.day_text(calendar_file.known_to)}); "
            f"đề nghị chạy htx calendar propose {year} và bổ sung vào tệp."
        )
    for difference in holiday_proposal.differences(calendar_file):
        yield f"Lưu ý: {difference}"


def _check_plan(path: Path, runtime: Runtime) -> Iterator[str]:
    from htx_workflow.gateways import plan_files

    plan, warnings = plan_files.read_plan_with_warnings(path)
    _refuse_unknown_forms(plan, path, runtime)
    _refuse_unknown_rubric(plan, path, runtime)
    turns, undated = _counts(plan, path, runtime)
    gaps = sum(1 for bullet in plan.coverage if bullet.gap)
    yield (
        f"Kế hoạch {plan.code}: {len(plan.holder_codes())} cơ quan thực hiện, {len(plan.duties)} nhiệm vụ, "
        f"{turns} kỳ thực hiện có ngày, {undated} kỳ không có ngày, {len(plan.contacts)} đầu mối."
    )
    if gaps:
        yield f"Lưu ý: kế hoạch {plan.code} có {gaps} nội dung chưa giao cho cơ quan nào (coverage, gap)."
    for warning in warnings:
        yield f"Lưu ý: {warning}"


def _refuse_unknown_forms(plan: Plan, path: Path, runtime: Runtime) -> None:
    """A duty names a form that no file of config/forms/ holds."""
    from htx_workflow.domain.errors import BadConfig
    from htx_workflow.domain.findings import unknown
    from htx_workflow.gateways import form_files, yaml_files

    known = form_files.codes(runtime.settings.home / "config" / "forms")
    found = [
        unknown(("duties", number, "form"), duty.form, "biểu mẫu", known, "config/forms/")
        for number, duty in enumerate(plan.duties)
        if duty.form is not None and duty.form not in known
    ]
    if found:
        document = yaml_files.read(path)
        raise BadConfig([document.problem(*finding) for finding in found])


def _refuse_unknown_rubric(plan: Plan, path: Path, runtime: Runtime) -> None:
    """The plan scores by a rubric that no file of config/rubrics/ holds."""
    from htx_workflow.domain.errors import BadConfig
    from htx_workflow.domain.findings import unknown
    from htx_workflow.gateways import yaml_files

    known = sorted(file.stem for file in (runtime.settings.home / "config" / "rubrics").glob("*.yaml"))
    if plan.scoring is not None and plan.scoring.rubric not in known:
        finding = unknown(("scoring", "rubric"), plan.scoring.rubric, "bộ tiêu chí", known, "config/rubrics/")
        raise BadConfig([yaml_files.read(path).problem(*finding)])


def _counts(plan: Plan, path: Path, runtime: Runtime) -> tuple[int, int]:
    """Occurrences with and without a day, laid on the plan's own calendar."""
    from htx_workflow.domain import occurrences
    from htx_workflow.domain.errors import BadConfig, CalendarEnds, NotFound
    from htx_workflow.gateways import yaml_files

    try:
        expanded = occurrences.expand(plan, runtime.calendar(plan.calendar))
    except NotFound as error:
        remedy = "Đề nghị sửa calendar, hoặc thêm tệp lịch vào config/calendars/."
        raise BadConfig([yaml_files.read(path).problem(("calendar",), str(error), remedy)]) from error
    except CalendarEnds as error:
        remedy = "Đề nghị bổ sung năm còn thiếu vào tệp lịch."
        raise BadConfig([yaml_files.read(path).problem(("calendar",), str(error), remedy)]) from error
    dated = sum(1 for occurrence in expanded if occurrence.due_on is not None)
    return dated, len(expanded) - dated


def _check_rubric(path: Path, runtime: Runtime) -> Iterator[str]:
    from htx_workflow.domain import rubric_check
    from htx_workflow.gateways import rubric_files

    rubric = rubric_files.read_rubric(path, runtime.settings.home / "config" / "forms")
    yield (
        f"Bộ tiêu chí {rubric.code} (bản {rubric.version}): {len(rubric.groups)} nhóm, "
        f"{len(rubric.criteria)} tiêu chí, tổng {rubric.total} điểm, {len(rubric.bands)} mức xếp loại."
    )
    for gap in rubric_check.gaps(rubric):
        yield f"Lưu ý: {gap}"


def _check_form(path: Path, runtime: Runtime) -> Iterator[str]:
    from htx_workflow.gateways import form_files

    form = form_files.read_form(path)
    groups = sum(1 for _ in form.groups())
    yield (
        f"Biểu mẫu {form.name}: {len(form.sections)} phần, {groups} nhóm, {sum(1 for _ in form.all_fields())} trường, "
        f"{len(form.checks)} quy tắc kiểm tra."
    )


_CHECKS: dict[str, Callable[[Path, Runtime], Iterator[str]]] = {
    "calendars": _check_calendar,
    "forms": _check_form,
    "plans": _check_plan,
    "rubrics": _check_rubric,
}
"""Folder of config/ and what reads its files."""
_SIGNS = {"calendars": "known_from", "plans": "duties", "rubrics": "bands", "forms": "legal_name"}


def _write_schema(settings: Settings) -> None:
    from htx_workflow.gateways import form_files, plan_files, rubric_files, yaml_files

    config = settings.home / "config"
    schemas = {
        config / "plans" / plan_files.SCHEMA_FILE: plan_files.plan_schema_text(),
        config / "rubrics" / rubric_files.SCHEMA_FILE: rubric_files.rubric_schema_text(),
        **{config / "forms" / name: text for name, text in form_files.schema_texts().items()},
    }
    for path, text in schemas.items():
        if path.parent.is_dir():
            path.write_text(text, encoding="utf-8")
            click.echo(f"Đã ghi {yaml_files.shown_name(path)}.")

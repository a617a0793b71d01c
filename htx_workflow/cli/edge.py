"""Where commands meet the rest: the runtime of this process, who acts, and plans that are not loaded yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from htx_workflow.domain.calendar import WorkingCalendar
    from htx_workflow.domain.plan import Plan
    from htx_workflow.gateways.archives import Manifest
    from htx_workflow.runtime import Runtime
    from htx_workflow.services.reports import When
    from htx_workflow.store.database import Database
    from htx_workflow.store.documents import DocumentRef

Command = TypeVar("Command", bound=Callable[..., Any])
SYSTEM = "system"
as_option = click.option("--as", "as_contact", metavar="MÃ", help="Ghi nhận hành động theo đầu mối này.")


def document_options(required: bool) -> Callable[[Command], Command]:
    """--number, --dated, --issuer, --subject: a DocumentRef."""
    from htx_workflow.cli.output import DAY

    def decorate(function: Command) -> Command:
        for option in (
            click.option("--subject", default="", metavar="TRÍCH YẾU", help="Trích yếu văn bản."),
            click.option("--issuer", required=required, metavar="MÃ", help="Cơ quan ban hành (mã trong kế hoạch)."),
            click.option("--dated", required=required, type=DAY, help="Ngày văn bản."),
            click.option(
                "--number", "--document", "number", required=required, metavar="SỐ", help="Số, ký hiệu văn bản."
            ),
        ):
            function = option(function)
        return function

    return decorate


def open_runtime(on: date | None = None) -> Runtime:
    from htx_workflow import runtime

    return runtime.open_runtime(on)


def who(runtime: Runtime, as_contact: str | None) -> str:
    """The contact named by --as, checked; else the system user."""
    from htx_workflow.domain.errors import NotFound
    from htx_workflow.store import agencies

    if as_contact is None:
        return SYSTEM
    with runtime.reading() as session:
        if agencies.find_contact(session, as_contact) is None:
            raise NotFound(f"Không có đầu mối {as_contact}.")
    return as_contact


def when(runtime: Runtime, as_contact: str | None, *, retrospective: bool = False) -> When:
    from htx_workflow.services.reports import When

    return When(runtime.clock.today(), runtime.clock.now(), who(runtime, as_contact), retrospective)


def document(number: str | None, dated: date | None, issuer: str | None, subject: str) -> DocumentRef | None:
    """The document of the options; half a document is refused."""
    from htx_workflow.domain import numbers
    from htx_workflow.domain.errors import BadInput
    from htx_workflow.store.documents import DocumentRef

    if number is None and dated is None:
        return None
    if not number or dated is None or not issuer:
        raise BadInput("Văn bản cần đủ số, ngày và cơ quan ban hành: --number, --dated, --issuer.")
    number = number.strip()
    doubt = numbers.doubt(number)
    if doubt:
        click.echo(f"Lưu ý: {doubt}", err=True)
    return DocumentRef(number, dated, issuer, subject)


def holder_in(key: str) -> str | None:
    """The agency named in an occurrence key: who issued the paper when nobody else is named."""
    parts = key.split("/")
    return parts[2] if len(parts) == 4 else None


def read_plan_file(runtime: Runtime, code: str) -> Plan:
    """config/plans/CODE.yaml, or NotFound."""
    from htx_workflow.domain.errors import NotFound
    from htx_workflow.gateways import plan_files

    path = runtime.settings.plan_file(code)
    if not path.exists():
        raise NotFound(f"Không có kế hoạch {code}: chưa nạp và không có tệp {path}. Xem các kế hoạch: htx plan list")
    return plan_files.read_plan(path)


@dataclass
class View:
    """A database to read a plan from: the real one, or one in memory when the plan is only a file yet."""

    database: Database
    calendar: WorkingCalendar
    plan: Plan
    loaded: bool


def view(runtime: Runtime, code: str, activated_on: date | None = None) -> View:
    """The loaded plan CODE, or config/plans/CODE.yaml as if it had been loaded on `activated_on` (default: its start)."""
    from htx_workflow.services import plans
    from htx_workflow.store import copies
    from htx_workflow.store import plans as plan_store

    with runtime.reading() as session:
        found = plan_store.find_plan(session, code)
    if found is not None:
        return View(runtime.database, runtime.calendar(found.plan.calendar), found.plan, True)
    plan = read_plan_file(runtime, code)
    calendar = runtime.calendar(plan.calendar)
    copy = copies.empty()
    on = activated_on or plan.starts_on
    with copy.transaction("load") as session:
        plans.load(session, plan, code, calendar, on=on, today=on, now=runtime.clock.now(), by=SYSTEM)
    click.echo(f"Lưu ý: kế hoạch {code} chưa được nạp; tính từ tệp cấu hình.", err=True)
    return View(copy, calendar, plan, False)


def archive_json(manifest: Manifest) -> dict[str, Any]:
    """What an archive holds, for scripts."""
    return {
        "created_at": manifest.created_at,
        "software": manifest.software,
        "revision": manifest.revision,
        "rows": manifest.rows,
        "tables": {name: table.rows for name, table in sorted(manifest.tables.items())},
        "signing_key": manifest.signing_key is not None,
    }

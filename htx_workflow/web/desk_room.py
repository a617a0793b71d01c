"""What the rooms of the desk share: the plan that a page is about, files to hand over, and reading what was typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import IO, Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from htx_workflow.domain import collation, numbers, typed
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import BadInput, HtxError, NotAllowed, TooLate
from htx_workflow.domain.visitors import Visitor
from htx_workflow.gateways import excel
from htx_workflow.gateways.excel import Sheet
from htx_workflow.runtime import LOCAL
from htx_workflow.services import desk
from htx_workflow.services.desk import Sight
from htx_workflow.services.reports import When
from htx_workflow.store import plans as plan_store
from htx_workflow.store.database import Session
from htx_workflow.store.documents import CHANNELS, DocumentRef
from htx_workflow.store.plans import LoadedPlan
from htx_workflow.web.portal import Portal

WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LEAD_ONLY = "Chỉ đầu mối của cơ quan chủ trì kế hoạch làm được việc này."
MOST_LINES = 20_000
"""Lines of one Excel file; a longer list says in it that it is cut."""
CHANNEL_OPTIONS = list(CHANNELS.items())


class Room:
    """One room of the desk: asks the portal for what its pages start from."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    @property
    def calendar(self) -> WorkingCalendar:
        return self.portal.runtime.calendar()

    def sight(self, session: Session, visitor: Visitor, code: str) -> Sight:
        return desk.sight(session, visitor, code, self.portal.today(), self.calendar)

    def when(self, visitor: Visitor, *, retrospective: bool = False) -> When:
        return When(self.portal.today(), self.portal.now(), visitor.actor, retrospective)

    @property
    def simulation(self) -> bool:
        """Whether papers and files carry the mark of a simulation."""
        return self.portal.runtime.settings.demo

    def led_plan(self, session: Session, visitor: Visitor, code: str) -> LoadedPlan:
        """The plan, for an act of its lead officer: one read. Raises NotAllowed for who only reads it."""
        loaded = desk.find_plan(plan_store.list_plans(session), visitor, code)
        if not visitor.may_lead(loaded.id):
            raise NotAllowed(LEAD_ONLY)
        return loaded

    def may_lead(self, visitor: Visitor, seen: Sight) -> None:
        """Raises NotAllowed for who only reads this plan."""
        if not visitor.may_lead(seen.loaded.id):
            raise NotAllowed(LEAD_ONLY)

    def again(self, error: HtxError, page: Callable[..., Response]) -> Response:
        """The same page once more, with the sentence on top and everything typed kept."""
        status = 409 if isinstance(error, TooLate) else 403 if isinstance(error, NotAllowed) else 400
        return page(problem=str(error), status=status)

    def sheet(self, stem: str, *sheets: Sheet) -> Response:
        """Lists as an Excel file."""
        return self.file(f"{stem}.xlsx", excel.write(sheets), excel.MEDIA_TYPE)

    def file(self, name: str, body: bytes, media_type: str) -> Response:
        """A file to keep, under a plain name; a simulation says so in its name."""
        return Response(body, media_type=media_type, headers=attached(f"MOPHONG_{name}" if self.simulation else name))

    def local(self) -> Any:
        """This moment, local."""
        return self.portal.now().astimezone(LOCAL)


def attached(name: str) -> dict[str, str]:
    """The header of a file to keep under exactly this name."""
    plain = "".join(letter if letter.isascii() and letter not in '"\\' else "_" for letter in name)
    return {"Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"}


def streamed(name: str, file: IO[bytes]) -> Response:
    """A zip file handed over piece by piece under exactly this name, and closed at the end."""

    def pieces() -> Iterator[bytes]:
        with file:
            while piece := file.read(1 << 16):
                yield piece

    return StreamingResponse(pieces(), media_type="application/zip", headers=attached(name))


def cut_note(line: str, count: int) -> str:
    """The line under a list's title in Excel; of a list that is too long it says so, and what to do."""
    if count <= MOST_LINES:
        return line
    said = f"Tệp có {typed.number_text(MOST_LINES)} dòng đầu trên {typed.number_text(count)} dòng; đề nghị lọc hẹp hơn để lấy đủ."
    return f"{said} {line}".strip()


def stem(*parts: str) -> str:
    """A file name without marks and spaces."""
    return "_".join(collation.fold(part) if " " in part else part.replace("/", "-") for part in parts if part)


def query_without_page(request: Request) -> str:
    """The filter of this list as a query, for the pager."""
    return urlencode(
        [(name, value) for name, value in request.query_params.multi_items() if name not in ("trang", "xong")]
    )


def page_of(request: Request) -> int:
    """The page of a list that is asked for; the first for anything that is no number."""
    text = request.query_params.get("trang", "")
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 6 else 1


def year_of(text: str, seen: Sight) -> int | None:
    """The year asked for: the present one of the plan by default, `tat-ca` for all."""
    if text == "tat-ca":
        return None
    if text.isdecimal() and int(text) in seen.years:
        return int(text)
    return min(max(seen.today.year, seen.years[-1]), seen.years[0])


def day(text: str, label: str) -> date | None:
    """A day typed, or None for an empty field; errors name the field."""
    if not text.strip():
        return None
    try:
        return typed.parse_day(text)
    except BadInput as error:
        raise BadInput(f"{label}: {error}") from error


def paper(fields: Mapping[str, str], issuer: str, subject: str = "") -> DocumentRef | None:
    """The document of the fields so_van_ban, ngay_van_ban, kenh, ngay_gui; None when number and day are empty."""
    number, dated = " ".join(fields.get("so_van_ban", "").split()), day(fields.get("ngay_van_ban", ""), "Ngày văn bản")
    if not number and dated is None:
        return None
    if not number or dated is None:
        raise BadInput("Văn bản cần cả số, ký hiệu và ngày ký. Đề nghị nhập đủ, hoặc để trống cả hai.")
    channel = fields.get("kenh", "")
    if channel and channel not in CHANNELS:
        raise BadInput("Kênh gửi không có trong danh sách.")
    return DocumentRef(
        number, dated, issuer, subject, channel=channel, sent_on=day(fields.get("ngay_gui", ""), "Ngày gửi")
    )


def doubts(number: str) -> str:
    """What looks unusual in a document's number: a remark, never a refusal."""
    return (numbers.doubt(number) or "") if number else ""

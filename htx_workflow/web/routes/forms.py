"""A form being filled (biểu mẫu): a page for each section, a form for each group, and the page that checks and sends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import Depends, FastAPI, UploadFile
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain import actors, file_rules, form_slots
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import BadInput, HtxError, NotAllowed, TooLate
from htx_workflow.domain.forms import Form
from htx_workflow.domain.visitors import Visitor
from htx_workflow.gateways import form_files
from htx_workflow.runtime import LOCAL
from htx_workflow.services import files, form_pages, report_drafts, work_pages
from htx_workflow.services.files import Place
from htx_workflow.services.report_drafts import Draft
from htx_workflow.store import plans as plan_store
from htx_workflow.store import report_rows, views
from htx_workflow.store.database import Session
from htx_workflow.store.report_rows import AsideRow
from htx_workflow.web import errors, uploads
from htx_workflow.web.guard import Posted, SignedIn
from htx_workflow.web.portal import Portal
from htx_workflow.web.routes import sending, work
from htx_workflow.web.routes.sending import FIGURES, Text
from htx_workflow.web.routes.service import READ
from htx_workflow.web.routes.work import number_of

CHECK = "gui"
"""`?phan=gui`: everything to mend, at once, and the button that sends."""
UPLOAD = "~tep"
"""After the name of a field for files: what is sent now."""
REFUSED = (BadInput, NotAllowed, TooLate)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


async def _fields(request: Request) -> FormData:
    return await request.form()


Fields = Annotated[FormData, Depends(_fields)]


def add(app: FastAPI, portal: Portal) -> None:
    forms = Forms(portal)
    _add_pages(app, portal, forms)
    _add_saving(app, portal, forms)


class Forms:
    """What the routes of forms share."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    def form_of(self, code: str) -> Form:
        return form_files.form_of(self.portal.runtime.settings.home / "config" / "forms", code)

    def draft(
        self, session: Session, number: int, visitor: Visitor, *, lock: bool = False, section: str | None = None
    ) -> Draft:
        """The draft with the figures of a section ("": of none; `None`: of all, to print and to send)."""
        return report_drafts.get(
            session, number, visitor, self.form_of, self.portal.today(), lock=lock,
            rubric_of=self.portal.runtime.rubric, section=section,
        )  # fmt: skip

    def calendar(self, draft: Draft) -> WorkingCalendar:
        return self.portal.runtime.calendar(draft.calendar_code)

    def act(
        self,
        request: Request,
        visitor: Visitor,
        number: int,
        do: Callable[[Session, Draft], object],
        section: str | None = "",
    ) -> object:
        """Do it with the draft, which nobody else writes meanwhile, in one transaction."""
        portal = self.portal
        with portal.own_only(request), portal.transaction("report-draft") as session:
            return do(session, self.draft(session, number, visitor, lock=True, section=section))

    def show(
        self, request: Request, visitor: Visitor, number: int, section: str, error: HtxError | None = None, more: str = ""
    ) -> Response:  # fmt: skip
        """The page of one section, or of the check."""
        portal = self.portal
        with portal.own_only(request), portal.reading() as session:
            draft = self.draft(session, number, visitor, section=section)
            calendar = self.calendar(draft)
            asides = report_rows.list_asides(session, number) if draft.editable and draft.report.has_asides else []
            boxes = views.list_people(session, *_people(draft, asides))
            kept = files.list_of(session, "report", [number])[number] if draft.report.has_files else []
        tabs = form_pages.tabs(draft)
        current = section if section in {tab.id for tab in tabs} or section == CHECK else tabs[0].id
        messages = report_drafts.check(draft, calendar, paper=True)
        made = form_pages.Boxes(draft, messages, {file.id: file for file in kept}, more)
        shown = next((one for one in draft.form.sections if one.id == current), None)
        groups = made.section(shown) if shown and current != CHECK else []
        listed = [message for message in messages if message.level in ("error", "confirm")]
        here = {slot.key for group in groups for slot in form_slots.slots(draft.form, draft.context, group.id)}
        return portal.show(
            request,
            "form.html",
            int(errors.status_of(error)[0]) if error else 200,
            draft=draft,
            number=number,
            tabs=tabs,
            current=current,
            check=CHECK,
            groups=groups,
            errors=[(form_pages.id_of(said.name), said.sentence) for said in listed if said.key in here],
            messages=[
                (f"/bieu/{number}?phan={_section_of(draft, said.key)}#{form_pages.id_of(said.name)}", said)
                for said in messages
            ],
            stops=sum(said.stops for said in messages),
            stops_first=sum(said.stops for said in report_drafts.check(draft, calendar, paper=False)),
            asides=[self._aside(draft, row, boxes) for row in asides],
            saved=_saved_text(draft, boxes),
            problem=str(error) if error else "",
            nons=form_pages.NONS,
            accept=file_rules.ACCEPT,
            figures=FIGURES,
            back_to=draft.linked[0].id if draft.linked else None,
        )

    def _aside(
        self, draft: Draft, row: AsideRow, people: tuple[dict[str, str], dict[int, str]]
    ) -> tuple[int, str, str, list[tuple[str, str]], bool]:
        kind, _, group = row.why.partition(":")
        if kind == report_drafts.OTHERS_SAVED:
            at = draft.report.draft_at
            who = _who(draft.report.draft_by, people)
            when = _clock(at) if at else ""
            said = f"Trang này đã được {who} sửa lúc {when}. Phần anh/chị vừa nhập được giữ ở cột bên phải để so sánh."
        else:
            said = "Biểu mẫu đã đổi trong lúc đang điền. Nội dung không còn chỗ được giữ ở đây để đối chiếu."
        return row.id, group, said, form_pages.shown_aside(draft, row.body), kind == report_drafts.OTHERS_SAVED


def _add_pages(app: FastAPI, portal: Portal, forms: Forms) -> None:
    @app.api_route("/bieu/{number}", methods=READ)
    def form_page(request: Request, number: str, visitor: SignedIn, phan: str = "", them: str = "") -> Response:
        return forms.show(request, visitor, number_of(number), phan, more=them)

    @app.post("/viec/{number}/mo-bieu")
    def open_form(request: Request, number: str, visitor: Posted) -> Response:
        """Open the form of this work, begun when it is not there yet."""
        found = number_of(number)
        try:
            with portal.own_only(request), portal.transaction("report-open") as session:
                row = work_pages.get_own(session, found, visitor, portal.today())
                sending.check_holder(row, visitor)
                plan = plan_store.get_loaded(session, row.work.plan_id).plan
                duty = next((duty for duty in plan.duties if duty.id == row.work.duty), None)
                if duty is None or duty.form is None:
                    raise NotAllowed("Việc này không có biểu mẫu riêng; gửi kết quả và văn bản ở trang của việc.")
                report = report_drafts.open_(session, row, forms.form_of(duty.form), sending.when_of(portal, visitor))
        except REFUSED as error:
            return work.show_one(portal, request, visitor, found, error)
        return portal.back(f"/bieu/{report}")


def _add_saving(app: FastAPI, portal: Portal, forms: Forms) -> None:
    @app.post("/bieu/{number}/nhom/{group}")
    def save_group(request: Request, number: str, group: str, visitor: Posted, fields: Fields) -> Response:
        """Save one group; told in the background, answer with the version alone."""
        found, quiet = number_of(number), request.headers.get("x-autosave") == "1"
        typed = _texts(fields)
        refused: list[str] = []
        try:
            for name, ids in _keep_files(portal, forms, request, visitor, found, fields, refused).items():
                typed.setdefault(name, []).extend(ids)
            version = forms.act(
                request,
                visitor,
                found,
                lambda session, draft: report_drafts.save_group(
                    session, draft, group, typed, _version(fields), sending.when_of(portal, visitor)
                ),
            )
        except REFUSED as error:
            return (
                Response(str(error), 409)
                if quiet
                else forms.show(request, visitor, found, _text(fields, "phan"), error)
            )
        if quiet:
            return Response(status_code=409 if version is None else 204, headers={"X-Draft-Version": str(version or 0)})
        if refused:
            return forms.show(request, visitor, found, _text(fields, "phan"), BadInput(" ".join(refused)))
        return portal.back(_address(found, fields, group), "luu-ben" if version is None else "luu")

    @app.post("/bieu/{number}/nam-truoc")
    def same_as_last(request: Request, number: str, visitor: Posted, phan: Text = "") -> Response:
        found = number_of(number)
        try:
            forms.act(
                request,
                visitor,
                found,
                lambda session, draft: report_drafts.same_as_last(session, draft, sending.when_of(portal, visitor)),
            )
        except REFUSED as error:
            return forms.show(request, visitor, found, phan, error)
        return portal.back(f"/bieu/{found}?{urlencode({'phan': phan})}", "nam-truoc")

    @app.post("/bieu/{number}/so-lieu")
    def take_figures(request: Request, number: str, visitor: Posted, phan: Text = "") -> Response:
        """Lay the system's rows into the tables that people write."""
        found, when = number_of(number), sending.when_of(portal, visitor)
        try:
            forms.act(
                request, visitor, found, lambda session, draft: report_drafts.take_figures(session, draft, when), None
            )
        except REFUSED as error:
            return forms.show(request, visitor, found, phan, error)
        return portal.back(f"/bieu/{found}?{urlencode({'phan': phan})}", "so-lieu")

    @app.post("/bieu/{number}/ben/{aside}")
    def settle(
        request: Request, number: str, aside: str, visitor: Posted, dung: Text = "", phan: Text = ""
    ) -> Response:
        """Use what was kept beside, or say that it is not needed."""
        found, which, when = number_of(number), number_of(aside), sending.when_of(portal, visitor)
        do = report_drafts.use_aside if dung else report_drafts.drop_aside
        try:
            forms.act(request, visitor, found, lambda session, draft: do(session, draft, which, when))
        except REFUSED as error:
            return forms.show(request, visitor, found, phan, error)
        return portal.back(f"/bieu/{found}?{urlencode({'phan': phan})}", "ben-dung" if dung else "ben-bo")


# What was typed


def _texts(fields: FormData) -> dict[str, list[str]]:
    """The places of the form among the fields of a page."""
    own = {"dau", "phien_ban", "phan", "them"}
    found: dict[str, list[str]] = {}
    for name, value in fields.multi_items():
        if isinstance(value, str) and name not in own and not name.endswith(UPLOAD):
            found.setdefault(name, []).append(value)
    return found


def _text(fields: FormData, name: str) -> str:
    value = fields.get(name, "")
    return value if isinstance(value, str) else ""


def _version(fields: FormData) -> int:
    text = _text(fields, "phien_ban")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _address(number: int, fields: FormData, group: str) -> str:
    """Back to the section; to more empty rows of a table when they were asked for."""
    query = {"phan": _text(fields, "phan"), "them": _text(fields, "them")}
    asked = {name: value for name, value in query.items() if value}
    return f"/bieu/{number}?{urlencode(asked | {'nhom': group}, quote_via=quote)}"


def _keep_files(
    portal: Portal, forms: Forms, request: Request, visitor: Visitor, number: int, fields: FormData, refused: list[str]
) -> dict[str, list[str]]:
    """Store the files sent with a group; their numbers by field."""
    found: dict[str, list[str]] = {}
    by_field: dict[str, list[UploadFile]] = {}
    for name, value in fields.multi_items():
        if not isinstance(value, str) and name.endswith(UPLOAD):
            by_field.setdefault(name.removesuffix(UPLOAD), []).append(value)  # type: ignore[arg-type]  # starlette's
    for name, chosen in by_field.items():
        sent = uploads.sent(chosen)
        if not sent:
            continue
        with portal.own_only(request), portal.reading() as session:
            draft = forms.draft(session, number, visitor, section="")
        if not (draft.editable and draft.open):
            raise NotAllowed("Báo cáo đã gửi hoặc của cơ quan khác nên không nhận thêm tệp.")
        limits = portal.runtime.limits
        with files.examined(sent, limits, portal.runtime.scanner) as examined:
            place = Place("report", number, agency_id=draft.report.agency_id, field=name)
            with portal.transaction("report-files") as session:
                rows = files.receive(session, examined.ready, place, limits, portal.now(), visitor.actor)
        found[name] = [str(row.id) for row in rows]
        refused += examined.refused
    return found


# Words


def _section_of(draft: Draft, key: str) -> str:
    for section, group in draft.form.groups():
        for one in group.fields:
            if key == one.id or key.startswith((f"{one.id}#", f"{one.id}@", f"{one.id}~")):
                return section.id
    return ""


def _people(draft: Draft, asides: list[AsideRow]) -> tuple[set[str], set[int]]:
    parsed = [actors.parse(text) for text in (draft.report.draft_by, *(row.by for row in asides)) if text]
    return {actor.contact for actor in parsed}, {actor.person for actor in parsed if actor.person is not None}


def _who(by: str, people: tuple[dict[str, str], dict[int, str]]) -> str:
    actor = actors.parse(by)
    person = people[1].get(actor.person, "") if actor.person is not None else ""
    return person.partition(" (")[0] or people[0].get(actor.contact, actor.contact)


def _clock(moment: datetime) -> str:
    local = moment.astimezone(LOCAL)
    return f"{local.hour:02d} giờ {local.minute:02d}"


def _saved_text(draft: Draft, people: tuple[dict[str, str], dict[int, str]]) -> str:
    """đã lưu lúc 14 giờ 05 (bà …)."""
    at = draft.report.draft_at
    if at is None:
        return ""
    day = at.astimezone(LOCAL).date()
    return f"đã lưu lúc {_clock(at)} ngày {_day(day)} ({_who(draft.report.draft_by, people)})"


def _day(day: date) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year}"

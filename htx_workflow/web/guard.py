"""Guards (canh cửa): dependencies of routes that ask who is there. Each carries the mark `is_guard`.

`signed_in` lets any session in, `with_code` those who signed in with a code, `officer` the lead agency's; the variants
for forms, `posted` and its kin, also see that the form came from our own page, and ask before the first act who is
behind a shared mailbox. A draft that a page saves by itself (header X-Autosave) is no act.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, TypeVar

from fastapi import Depends, Form
from starlette.datastructures import FormData
from starlette.requests import Request

from htx_workflow.domain.errors import BadInput, NotAllowed
from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import persons
from htx_workflow.services.persons import Answer
from htx_workflow.web.portal import portal_of

Guard = TypeVar("Guard", bound=Callable[..., Visitor])


PERSON = ("nguoi", "nguoi_ten", "nguoi_chuc_vu", "nguoi_dien_thoai")
"""Fields that answer who is behind a shared mailbox."""
Fields = list[tuple[str, str]]
ONLY_LOOKS = "Tài khoản kiểm tra chỉ xem, không ghi nhận, gửi hay sửa được gì."


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form brought, to be shown again."""

    fields: Fields = field(default_factory=list)
    files: bool = False
    """It had files; they cannot be shown again."""


class SignInFirst(Exception):
    """Nobody is signed in, or not with a code where one is needed; answered with the way in.

    `typed` is what a form brought: nothing of it is lost.
    """

    def __init__(self, needs_code: bool, typed: Typed | None = None) -> None:
        super().__init__()
        self.needs_code, self.typed = needs_code, typed


class AskWho(Exception):
    """The first act behind a shared mailbox; answered with the question, which carries the form along."""

    def __init__(self, typed: Typed, problem: str = "") -> None:
        super().__init__()
        self.typed, self.problem = typed, problem


def guard(function: Guard) -> Guard:
    """Mark a dependency as one that asks who is there."""
    function.is_guard = True  # type: ignore[attr-defined]  # the mark that the convention looks for
    return function


@guard
def signed_in(request: Request) -> Visitor:
    portal = portal_of(request)
    visitor = portal.visitor(request)
    if visitor is None:
        raise SignInFirst(needs_code=False)
    if visitor.auditor:
        portal.note_view(request, visitor)
    return visitor


@guard
def named(request: Request) -> Visitor:
    """For pages that are filled in at length: who it is is asked before, not when the form is sent."""
    visitor = signed_in(request)
    if visitor.unnamed:
        raise AskWho(Typed())
    return visitor


@guard
def with_code(request: Request) -> Visitor:
    visitor = signed_in(request)
    if not visitor.strong:
        raise SignInFirst(needs_code=True)
    return visitor


@guard
def officer(request: Request) -> Visitor:
    """Somebody of a lead agency, or of UBND tỉnh, who reads a plan whole."""
    visitor = with_code(request)
    if not visitor.follows:
        raise NotAllowed("Trang này dành cho cơ quan chủ trì kế hoạch.")
    return visitor


@guard
def administrator(request: Request) -> Visitor:
    visitor = with_code(request)
    if not visitor.admin:
        raise NotAllowed("Trang này dành cho người quản trị hệ thống.")
    return visitor


async def typed_form(request: Request) -> FormData:
    """The form of this request; it was read before."""
    return await request.form()


TypedForm = Annotated[FormData, Depends(typed_form)]
Mark = Annotated[str, Form()]


def _admitted(request: Request, form: FormData, look: Callable[[Request], Visitor], *, ask: bool = True) -> Visitor:
    """Who sends this form: let in by `look`, from our own page, and known by name."""
    try:
        visitor = look(request)
    except SignInFirst as error:
        raise SignInFirst(error.needs_code, _typed(form)) from error
    check_mark(request, str(form.get("dau", "")))
    if visitor.auditor:
        raise NotAllowed(ONLY_LOOKS)
    return _named(request, visitor, form) if ask and visitor.unnamed else visitor


def _named(request: Request, visitor: Visitor, form: FormData) -> Visitor:
    """The visitor with the person that the form names, from now on the session's. Raises AskWho without one."""
    answer = Answer(*(str(form.get(name, "")) for name in PERSON))
    if not answer.given:
        raise AskWho(_typed(form))
    portal = portal_of(request)
    try:
        with portal.transaction("who") as session:
            persons.name_session(session, visitor, answer, portal.now(), portal.today())
    except BadInput as error:
        raise AskWho(_typed(form), str(error)) from error
    portal.forget(request)
    return signed_in(request)


def _typed(form: FormData) -> Typed:
    """The fields of a form, without those that answer who it is."""
    files = any(not isinstance(value, str) and value.filename for _, value in form.multi_items())
    fields = [(name, value) for name, value in form.multi_items() if isinstance(value, str) and name not in PERSON]
    return Typed(fields, files)


@guard
def posted(request: Request, form: TypedForm, dau: Mark = "") -> Visitor:
    return _admitted(request, form, signed_in, ask="x-autosave" not in request.headers)


@guard
def leaving(request: Request, form: TypedForm, dau: Mark = "") -> Visitor:
    """For signing out: who is not in any more is shown the way in."""
    visitor = signed_in(request)
    check_mark(request, str(form.get("dau", "")))
    return visitor


@guard
def posted_unasked(request: Request, form: TypedForm, dau: Mark = "") -> Visitor:
    """For what is no act: ending a session, answering who one is."""
    return _admitted(request, form, signed_in, ask=False)


@guard
def posted_with_code(request: Request, form: TypedForm, dau: Mark = "") -> Visitor:
    return _admitted(request, form, with_code)


@guard
def posted_by_officer(request: Request, form: TypedForm, dau: Mark = "") -> Visitor:
    return _admitted(request, form, officer)


@guard
def posted_by_administrator(request: Request, form: TypedForm, dau: Mark = "") -> Visitor:
    return _admitted(request, form, administrator)


def check_mark(request: Request, mark: str) -> None:
    """Raises NotAllowed for a form that another site sent, or one of a session that has ended since."""
    wanted = portal_of(request).mark(request)
    if not wanted or not hmac.compare_digest(wanted.encode(), mark.encode()):
        raise NotAllowed(
            "Biểu này thuộc một phiên làm việc khác. Đề nghị tải lại trang rồi gửi lại; nội dung đã lưu nháp vẫn còn."
        )


SignedIn = Annotated[Visitor, Depends(signed_in)]
Named = Annotated[Visitor, Depends(named)]
WithCode = Annotated[Visitor, Depends(with_code)]
Officer = Annotated[Visitor, Depends(officer)]
Administrator = Annotated[Visitor, Depends(administrator)]
Posted = Annotated[Visitor, Depends(posted)]
Leaving = Annotated[Visitor, Depends(leaving)]
PostedUnasked = Annotated[Visitor, Depends(posted_unasked)]
PostedWithCode = Annotated[Visitor, Depends(posted_with_code)]
PostedByOfficer = Annotated[Visitor, Depends(posted_by_officer)]
PostedByAdministrator = Annotated[Visitor, Depends(posted_by_administrator)]

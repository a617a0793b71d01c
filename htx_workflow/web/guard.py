"""Guards (canh cửa): dependencies of routes that ask who is there. Each carries the mark `is_guard`.

`signed_in` lets any session in, `with_code` those who signed in with a code, `officer` the lead agency's; the variants
for forms, `posted` and its kin, also see that the form came from our own page.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import Depends, Form
from starlette.requests import Request

from htx_workflow.domain.errors import NotAllowed
from htx_workflow.domain.visitors import Visitor
from htx_workflow.web.portal import portal_of

Guard = TypeVar("Guard", bound=Callable[..., Visitor])


class SignInFirst(Exception):
    """Nobody is signed in, or not with a code where one is needed; answered with the way in."""

    def __init__(self, needs_code: bool) -> None:
        super().__init__()
        self.needs_code = needs_code


def guard(function: Guard) -> Guard:
    """Mark a dependency as one that asks who is there."""
    function.is_guard = True  # type: ignore[attr-defined]  # the mark that the convention looks for
    return function


@guard
def signed_in(request: Request) -> Visitor:
    visitor = portal_of(request).visitor(request)
    if visitor is None:
        raise SignInFirst(needs_code=False)
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


@guard
def posted(request: Request, dau: Annotated[str, Form()] = "") -> Visitor:
    visitor = signed_in(request)
    check_mark(request, dau)
    return visitor


@guard
def posted_with_code(request: Request, dau: Annotated[str, Form()] = "") -> Visitor:
    visitor = with_code(request)
    check_mark(request, dau)
    return visitor


@guard
def posted_by_officer(request: Request, dau: Annotated[str, Form()] = "") -> Visitor:
    visitor = officer(request)
    check_mark(request, dau)
    return visitor


@guard
def posted_by_administrator(request: Request, dau: Annotated[str, Form()] = "") -> Visitor:
    visitor = administrator(request)
    check_mark(request, dau)
    return visitor


def check_mark(request: Request, mark: str) -> None:
    """Raises NotAllowed for a form that another site sent, or one of a session that has ended since."""
    wanted = portal_of(request).mark(request)
    if not wanted or not hmac.compare_digest(wanted.encode(), mark.encode()):
        raise NotAllowed(
            "Biểu này thuộc một phiên làm việc khác. Đề nghị tải lại trang rồi gửi lại; nội dung đã lưu nháp vẫn còn."
        )


SignedIn = Annotated[Visitor, Depends(signed_in)]
WithCode = Annotated[Visitor, Depends(with_code)]
Officer = Annotated[Visitor, Depends(officer)]
Administrator = Annotated[Visitor, Depends(administrator)]
Posted = Annotated[Visitor, Depends(posted)]
PostedWithCode = Annotated[Visitor, Depends(posted_with_code)]
PostedByOfficer = Annotated[Visitor, Depends(posted_by_officer)]
PostedByAdministrator = Annotated[Visitor, Depends(posted_by_administrator)]

"""Who asks the API: the key of a program, its scopes, how often; the program counts as a visitor of its agency."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes
from starlette.requests import Request

from htx_workflow.domain.visitors import Visitor
from htx_workflow.services import access_keys
from htx_workflow.services.access_keys import Caller
from htx_workflow.web import strangers
from htx_workflow.web.api.problems import Problem
from htx_workflow.web.guard import guard
from htx_workflow.web.limits import Limit
from htx_workflow.web.portal import Portal, portal_of

MINUTE = timedelta(minutes=1)
WRONG = 60
"""Keys that open nothing, tried in an hour from one place."""
bearer = HTTPBearer(
    scheme_name="khoa",
    auto_error=False,
    description="Khóa của cơ quan, lập ở trang Kết nối hoặc bằng `htx token add`: `Authorization: Bearer htx_…`",
)
Given = Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]


class Gate:
    """How often programs may ask; of one application."""

    def __init__(self, per_minute: int) -> None:
        self.per_minute = per_minute
        self.asked = Limit(per_minute, MINUTE)
        self.wrong_from = Limit(WRONG)


def gate_of(request: Request) -> Gate:
    gate = request.app.state.api_gate
    assert isinstance(gate, Gate)
    return gate


def caller_of(request: Request) -> Caller:
    """The program that was let in."""
    caller = request.state.caller
    assert isinstance(caller, Caller)
    return caller


@guard
def program(request: Request, scopes: SecurityScopes, given: Given) -> Visitor:
    """The visitor that this program counts as, when its key has every scope that is needed."""
    portal, gate = portal_of(request), gate_of(request)
    caller = _known(request, portal, gate, given.credentials if given else "")
    if not gate.asked.take(str(caller.key_id), portal.now()):
        raise Problem(
            429, "Hỏi quá nhiều", f"Khóa này được hỏi {gate.per_minute} lần một phút. Đề nghị chờ rồi hỏi tiếp.",
            headers={"Retry-After": "60"},
        )  # fmt: skip
    missing = [scope for scope in scopes.scopes if scope not in caller.scopes]
    if missing:
        raise Problem(
            403, "Khóa không có phạm vi này", f"Việc này cần phạm vi {', '.join(missing)}; khóa có: {', '.join(sorted(caller.scopes))}.",
            kind="scope",
        )  # fmt: skip
    if caller.used_on is None or caller.used_on < portal.today():
        with portal.transaction("key-used") as session:
            access_keys.mark_used(session, caller, portal.today())
    request.state.caller, request.state.visitor = caller, caller.visitor
    return caller.visitor


def _known(request: Request, portal: Portal, gate: Gate, token: str) -> Caller:
    """The program behind a token. Raises Problem, the same for every reason."""
    place = strangers.place(request)
    if gate.wrong_from.is_over(place, portal.now()):
        raise Problem(
            429, "Thử quá nhiều khóa", "Đã thử nhiều khóa không dùng được trong một giờ. Đề nghị thử lại sau.",
            headers={"Retry-After": "3600"},
        )  # fmt: skip
    if token:
        with portal.reading() as session:
            caller = access_keys.find_caller(session, token, portal.now(), portal.today())
        if caller is not None:
            return caller
        gate.wrong_from.take(place, portal.now())
    raise Problem(
        401, "Cần khóa còn hiệu lực",
        "Gửi khóa trong tiêu đề Authorization: Bearer htx_…; khóa lập ở trang Kết nối và có thể đã kết thúc.",
        headers={"WWW-Authenticate": "Bearer"},
    )  # fmt: skip


AnyProgram = Annotated[Visitor, Security(program)]
ReadsOccurrences = Annotated[Visitor, Security(program, scopes=["read:occurrences"])]
ReadsStatus = Annotated[Visitor, Security(program, scopes=["read:status"])]
ReadsReports = Annotated[Visitor, Security(program, scopes=["read:reports"])]
WritesReports = Annotated[Visitor, Security(program, scopes=["write:reports"])]
ReadsRequests = Annotated[Visitor, Security(program, scopes=["read:requests"])]
WritesRequests = Annotated[Visitor, Security(program, scopes=["write:requests"])]
ReadsScores = Annotated[Visitor, Security(program, scopes=["read:scores"])]

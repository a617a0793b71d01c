"""What the ways in have in common (đường vào): who asks from where, how often, and from which site."""

from __future__ import annotations

from starlette.requests import Request

from htx_workflow.domain import browsers
from htx_workflow.domain.errors import NotAllowed
from htx_workflow.services import codes
from htx_workflow.web.limits import Limit
from htx_workflow.web.portal import COOKIE, Portal

OFTEN = (
    "Đã thử nhiều lần trong một giờ. Đề nghị thử lại sau, hoặc gọi đầu mối của cơ quan chủ trì để được đọc mã qua điện"
    " thoại."
)


class Limits:
    """Of one application."""

    def __init__(self) -> None:
        self.asks_of_address = Limit(6)
        """Codes asked for one mail address."""
        self.asks_from = Limit(40)
        """Codes asked from one place: an office goes out under one address."""
        self.wrong_from = Limit(60)
        """Links and codes that were wrong, from one place."""
        self.tries_of_code = Limit(codes.TRIES)
        """Digits tried for one code, also for one that there is not."""


def place(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client else ""


def browser_words(request: Request) -> str:
    """The browser in a few words."""
    return browsers.words(request.headers.get("user-agent", ""))


def last_token(request: Request) -> str:
    """The token of the session this browser has or had."""
    return request.cookies.get(COOKIE, "")


def check_site(request: Request) -> None:
    """Raises NotAllowed for a form that another site sent."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed("Biểu này được gửi từ một trang khác. Đề nghị mở lại trang đăng nhập.")


def check_often(limit: Limit, request: Request, portal: Portal) -> None:
    """Raises NotAllowed where too much was tried from one place."""
    if limit.is_over(place(request), portal.now()):
        raise NotAllowed(OFTEN)

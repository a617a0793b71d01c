"""What programs are told when something is wrong: application/problem+json (RFC 9457), the sentences in Vietnamese."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from fastapi import FastAPI
from fastapi.exception_handlers import request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import Response

PREFIX = "/api/"
MEDIA_TYPE = "application/problem+json"
KINDS = {
    400: "bad-input",
    401: "unauthorized",
    403: "not-allowed",
    404: "not-found",
    405: "method-not-allowed",
    409: "too-late",
    412: "precondition-failed",
    413: "too-large",
    422: "validation",
    428: "precondition-required",
    429: "too-many",
    503: "unavailable",
}
"""Last part of `type`, by status."""
SAID = {
    "missing": "thiếu giá trị này",
    "int_parsing": "cần một số nguyên",
    "int_type": "cần một số nguyên",
    "int_from_float": "cần một số nguyên",
    "bool_parsing": "cần true hoặc false",
    "bool_type": "cần true hoặc false",
    "string_type": "cần một chuỗi",
    "list_type": "cần một danh sách",
    "dict_type": "cần một đối tượng",
    "model_attributes_type": "cần một đối tượng",
    "json_invalid": "nội dung không phải JSON đọc được",
    "extra_forbidden": "không có trường này",
    "string_too_long": "quá dài",
    "string_too_short": "quá ngắn",
    "too_long": "quá nhiều",
    "greater_than_equal": "quá nhỏ",
    "less_than_equal": "quá lớn",
    "string_pattern_mismatch": "có ký tự không dùng được",
}
"""Of pydantic's kinds of errors."""
DAYS = "cần một ngày dạng 2025-12-15"


class Problem(Exception):
    """An answer that is a problem, raised where it is found."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        errors: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        kind: str = "",
    ) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail, self.kind = status, title, detail, kind
        self.errors, self.headers = errors, headers


def wrong(errors: Sequence[tuple[str, str]], detail: str = "") -> Problem:
    """Everything that is wrong with what was sent, at once: (path, sentence)."""
    said = detail or f"Còn {len(errors):02d} chỗ cần sửa; xem errors."
    return Problem(422, "Nội dung gửi lên chưa đúng", said, errors)


def is_api(request: Request) -> bool:
    """Whether a program asks: it gets no pages."""
    return request.url.path.startswith(PREFIX)


def answer(
    status: int,
    title: str,
    detail: str,
    errors: Iterable[tuple[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    kind: str = "",
) -> Response:
    """A problem as an answer."""
    said: dict[str, object] = {
        "type": f"urn:htx:problem:{kind or KINDS.get(status, 'failed')}",
        "title": title,
        "status": int(status),
        "detail": detail,
    }
    listed = [{"field": field, "detail": what} for field, what in errors]
    if listed:
        said["errors"] = listed
    body = json.dumps(said, ensure_ascii=False).encode()
    return Response(body, int(status), {**(headers or {})}, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Let this application answer programs so."""

    def problem(_: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)
        return answer(error.status, error.title, error.detail, error.errors, error.headers, error.kind)

    async def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        if not is_api(request):
            return await request_validation_exception_handler(request, error)
        found = [(_path(one["loc"]), _sentence(one)) for one in error.errors()]
        one = wrong(found)
        return answer(one.status, one.title, one.detail, one.errors)

    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(RequestValidationError, invalid)


def _path(location: Sequence[object]) -> str:
    """limit, document.dated: without saying whether it stood in the address or in the body."""
    parts = [str(part) for part in location]
    return ".".join(parts[1:] if len(parts) > 1 else parts)[:200]


def _sentence(error: Mapping[str, object]) -> str:
    kind = str(error["type"])
    if kind.startswith("date"):
        return DAYS
    if kind in ("enum", "literal_error"):
        context = error.get("ctx")
        expected = context.get("expected", "") if isinstance(context, dict) else ""
        return f"cần một trong: {expected}".replace(" or ", ", ")
    return SAID.get(kind, "giá trị không dùng được")

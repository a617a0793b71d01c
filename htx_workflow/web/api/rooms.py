"""All rooms of the API under /api/v1, its description at /api/openapi.json and its page at /api/docs."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI

from htx_workflow.web.api import answers, docs, occurrences, problems, reports, requests, scores
from htx_workflow.web.api.callers import Gate
from htx_workflow.web.api.shapes import ProblemBody
from htx_workflow.web.portal import Portal

BASE = "/api/v1"
REFUSALS = {
    400: "Nội dung chưa dùng được",
    401: "Cần khóa còn hiệu lực",
    403: "Khóa không có phạm vi này, hoặc quy tắc không cho phép",
    404: "Không có trong phần việc của cơ quan",
    409: "Người khác vừa cập nhật",
    412: "Nội dung đã đổi từ lần đọc trước",
    413: "Nội dung quá lớn",
    422: "Nội dung gửi lên chưa đúng",
    428: "Cần tiêu đề If-Match",
    429: "Hỏi quá nhiều",
    503: "Hệ thống tạm thời chưa phục vụ",
}
_SHOWN = {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}}
RESPONSES: dict[int | str, dict[str, Any]] = {
    **{status: {"description": said, "content": _SHOWN} for status, said in REFUSALS.items()},
    304: {"description": "Không đổi so với If-None-Match"},
    405: {"description": "Không làm được ở địa chỉ này"},
}


def add(app: FastAPI, portal: Portal) -> None:
    """Add them to the application of the portal."""
    app.state.api_gate = Gate(portal.runtime.settings.api_per_minute)
    problems.install(app)
    router = APIRouter(
        prefix=BASE, route_class=answers.route_class(portal.runtime.limits), responses=RESPONSES
    )  # fmt: skip
    for room in (occurrences, reports, requests, scores):
        room.add(router, portal)
    app.router.routes.extend(router.routes)  # one by one, so that guards are seen and counted like those of pages
    docs.add(app, portal, router, ProblemBody)

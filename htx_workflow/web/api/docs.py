"""The description of the API: OpenAPI at /api/openapi.json, and a page to read and try it at /api/docs.

The page is Swagger UI with the files that fastapi-offline carries: served by this portal, nothing is loaded from
elsewhere. Its policy lets it show its own pictures written as data; scripts and styles stay our own.
"""

from __future__ import annotations

import hashlib
from importlib.resources import files
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from htx_workflow.web import static
from htx_workflow.web.headers import POLICY
from htx_workflow.web.portal import Portal

TITLE = "Giao diện cho hệ thống khác"
VERSION = "1"
ABOUT = """
Đọc và gửi việc của một cơ quan bằng chương trình, với đúng quyền của đầu mối cơ quan đó.

- **Khóa**: lập ở trang *Kết nối* hoặc bằng `htx token add`, gửi trong tiêu đề `Authorization: Bearer htx_…`. Khóa có
  phạm vi (`read:occurrences`, `write:reports`…), có ngày hết hiệu lực, và kết thúc cùng đầu mối chịu trách nhiệm.
- **Đọc**: câu trả lời có `ETag`; gửi lại trong `If-None-Match` thì nhận 304 khi không đổi. Danh sách chia trang bằng
  `limit` và `cursor`.
- **Ghi**: gửi `If-Match` với `ETag` đã đọc: thiếu là 428, đã đổi là 412. Việc gửi nhận `Idempotency-Key`: gửi lại cùng
  khóa lặp trong một ngày nhận đúng câu trả lời cũ.
- **Lỗi**: `application/problem+json`; mọi chỗ chưa đúng nêu một lần trong `errors`.
- Mã của cơ quan khác được trả lời như không có (404) và được ghi nhận.
"""
ASSETS = "/api/assets"
SHOWN = ("swagger-ui-bundle.js", "swagger-ui.css")


def add(app: FastAPI, portal: Portal, router: APIRouter, problem: type[BaseModel]) -> None:
    """Describe this router."""
    folder = Path(str(files("fastapi_offline") / "static"))
    versions = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest()[:10] for name in SHOWN}
    policy = POLICY.replace("img-src 'self'", "img-src 'self' data:")
    known: dict[str, Any] = {}

    def static_api(name: str) -> str:
        return f"{ASSETS}/{name}?{static.VERSION}={versions[name]}"

    @app.get("/api/openapi.json")
    def describe() -> Response:
        """What the API takes and answers, for programs that read it."""
        if not known:
            known.update(_described(router, problem))
        return JSONResponse(known, headers={"Cache-Control": "no-cache"})

    @app.get("/api/docs")
    def page(request: Request) -> Response:
        """The page to read and try it."""
        answer = portal.show_bare(request, "api_docs.html", static_api=static_api)
        answer.headers["Content-Security-Policy"] = policy
        return answer

    app.mount(ASSETS, static.Files(directory=folder), name="api-assets")


def _described(router: APIRouter, problem: type[BaseModel]) -> dict[str, Any]:
    found = get_openapi(title=TITLE, version=VERSION, description=ABOUT, routes=router.routes)
    schemas = found.setdefault("components", {}).setdefault("schemas", {})
    schema = problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schema.pop("$defs", {}))
    schemas[problem.__name__] = schema
    return found

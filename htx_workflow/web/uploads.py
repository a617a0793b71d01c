"""Forms with files (biểu có tệp): read with a bound on each file and on the whole, so that nothing typed is lost.

Starlette puts no bound on files. Here a file that passes the limit is read on but no longer kept: the form arrives
whole, its fields are there to be shown again, and `services.files` refuses the file by the size that was sent.

    @app.post("/viec/{number}/tep")
    def add_files(number: int, visitor: Posted, tep: Annotated[list[UploadFile], File()] = []) -> Response:
        with files.examined(uploads.sent(tep), portal.runtime.limits, portal.runtime.scanner) as found: ...
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from typing import Any

from fastapi.routing import APIRoute
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from htx_workflow.domain import file_rules
from htx_workflow.domain.errors import BadInput
from htx_workflow.domain.file_rules import Limits
from htx_workflow.services.files import Sent

FIELDS = 25_000
"""Fields of one form; a list of 500 cooperatives has some fifteen thousand."""
FORM_TYPES = (b"multipart/form-data", b"application/x-www-form-urlencoded")
UNREADABLE = "Biểu gửi lên không đọc được trọn vẹn. Đề nghị tải lại trang rồi gửi lại; nội dung đã lưu nháp vẫn còn."
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def sent(files: Iterable[UploadFile]) -> list[Sent]:
    """What `services.files` examines; fields where no file was chosen are left out."""
    return [Sent(each.filename or "", each.file, each.size or 0) for each in files if each.filename or each.size]


def sheet(files: Iterable[UploadFile], limits: Limits) -> bytes:
    """The Excel file of a form that takes one. Raises BadInput when none was chosen or it is too large."""
    chosen = sent(files)
    if not chosen:
        raise BadInput("Đề nghị chọn tệp Excel đã điền.")
    if chosen[0].size > limits.file:
        raise BadInput("Tệp lớn hơn mức cho phép. Đề nghị chia thành nhiều tệp.")
    return chosen[0].file.read()


class _Bounded(UploadFile):
    """A file whose size is counted to its end and whose bytes are kept up to the limit."""

    limit = 0

    async def write(self, data: bytes) -> None:
        before = self.size or 0
        kept = data[: max(0, self.limit - before)]
        await super().write(kept)
        self.size = before + len(data)


class _Parser(MultiPartParser):
    """The parser of starlette, with files that are bounded."""

    file_limit = 0

    def on_headers_finished(self) -> None:
        super().on_headers_finished()
        whole = self._current_part.file
        if whole is not None:
            bounded = _Bounded(whole.file, size=0, filename=whole.filename, headers=whole.headers)
            bounded.limit = self.file_limit + 1
            self._current_part.file = bounded


class _Fields(FormData):
    """A form whose fields are found by name at once: FastAPI asks for each of them, and a long table has thousands."""

    def __init__(self, read: FormData) -> None:
        super().__init__(read.multi_items())
        self._by_name: dict[Any, list[Any]] = {}
        for name, value in self.multi_items():
            self._by_name.setdefault(name, []).append(value)

    def getlist(self, key: Any) -> list[Any]:
        return list(self._by_name.get(key, ()))


def route_class(limits: Limits) -> type[APIRoute]:
    """The class of routes that read forms so: `app.router.route_class = route_class(limits)`."""

    class BoundedRequest(Request):
        async def form(self, **_: Any) -> FormData:  # type: ignore[override]  # FastAPI awaits it and no more
            if not hasattr(self, "_read_form"):
                self._read_form = _Fields(await _read(self, limits))
            return self._read_form

    class BoundedRoute(APIRoute):
        def get_route_handler(self) -> Handler:
            handler = super().get_route_handler()

            async def bounded(request: Request) -> Response:
                if request.headers.get("content-type", "").encode().lower().startswith(FORM_TYPES):
                    _refuse_announced(request, limits)
                    request = BoundedRequest(request.scope, request.receive)
                    await request.form()  # here, where what is wrong becomes a sentence of ours
                return await handler(request)

            return bounded

    return BoundedRoute


def _refuse_announced(request: Request, limits: Limits) -> None:
    """Refuse what says itself that it is too much, before it is read."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limits.request:
        raise BadInput(file_rules.request_too_large(limits.request))


async def _read(request: Request, limits: Limits) -> FormData:
    multipart = request.headers["content-type"].lower().startswith("multipart/form-data")
    stream = _counted(request.stream(), limits.request)
    try:
        if not multipart:
            return await FormParser(request.headers, stream, max_fields=FIELDS).parse()
        parser = _Parser(request.headers, stream, max_files=limits.files * 4, max_fields=FIELDS)
        parser.file_limit = limits.file
        return await parser.parse()
    except (MultiPartException, ClientDisconnect, UnicodeDecodeError) as error:
        raise BadInput(UNREADABLE) from error


async def _counted(stream: AsyncGenerator[bytes, None], limit: int) -> AsyncGenerator[bytes, None]:
    total = 0
    async for piece in stream:
        total += len(piece)
        if total > limit:
            raise BadInput(file_rules.request_too_large(limit))
        yield piece

"""What programs send and get (hình dạng dữ liệu): bodies are read with these; answers are only described by them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field

from htx_workflow.services.listings import KEYS, TIMELINESS
from htx_workflow.store.tables import STATES

CODE = r"^[A-Za-z0-9._-]{1,60}$"
State = Literal["open", "submitted", "done", "waived", "handed_back", "split", "unassigned"]
Timeliness = Literal[
    "not_due", "near_due", "overdue", "done_on_time", "done_late", "no_deadline", "expected", "awaiting_date"
]
assert State.__args__ == STATES  # type: ignore[attr-defined]  # one list, said twice: a Literal takes no tuple
assert Timeliness.__args__ == TIMELINESS  # type: ignore[attr-defined]  # the same

PlanCode = Annotated[str, Path(pattern=CODE, description="Mã kế hoạch, ví dụ kontum-3819")]
Part = Annotated[str, Path(pattern=CODE)]
Name = Annotated[str, Query(pattern=CODE)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Limit = Annotated[int, Query(ge=1, le=1000, description="Số dòng tối đa của một trang")]
Cursor = Annotated[
    str, Query(pattern=r"^[0-9]{0,10}$", description="Giá trị next của trang trước; để trống là trang đầu")
]
Columns = Annotated[
    str,
    Query(
        max_length=300,
        pattern=r"^[a-z_,]*$",
        description=f"Chỉ lấy các cột này, cách nhau bằng dấu phẩy: {', '.join(KEYS)}",
    ),
]


def _header(name: str, said: str, *, required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": required, "schema": {"type": "string"}, "description": said}


READS: dict[str, Any] = {"parameters": [_header("If-None-Match", "ETag đã có: nhận 304 khi không đổi")]}
_MATCH = _header("If-Match", "ETag của lần đọc trước", required=True)
_ONCE = _header("Idempotency-Key", "Gửi lại cùng khóa lặp trong một ngày nhận câu trả lời cũ")
SAVES: dict[str, Any] = {"parameters": [_MATCH]}
SENDS: dict[str, Any] = {"parameters": [_MATCH, _ONCE]}
ASKS: dict[str, Any] = {"parameters": [_ONCE]}
"""Headers of reading, saving, sending and asking, for the description."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FieldProblem(BaseModel):
    """Một chỗ chưa đúng."""

    field: str = Field(description="Đường dẫn của trường, ví dụ values.B5.1@uoc")
    detail: str = Field(description="Sai gì và cần gì")


class ProblemBody(BaseModel):
    """Lỗi theo RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] | None = Field(default=None, description="Mọi chỗ chưa đúng, cùng một lúc")


class OccurrenceBody(BaseModel):
    """Một kỳ thực hiện; khóa là kế hoạch/nhiệm vụ/cơ quan/kỳ."""

    key: str
    duty: str
    agency: str
    period: str
    kind: str
    opens_on: date
    due_on: date | None
    original_due_on: date | None
    state: State
    timeliness: Timeliness
    basis: str | None
    outcome: str | None = Field(default=None, description="Kết luận theo điểm, chỉ có ở việc không ai báo cáo")


class OccurrenceWhole(OccurrenceBody):
    """Một kỳ thực hiện với điều khoản và báo cáo của nó."""

    title: str
    clause: str
    form: str = Field(description="Mã biểu mẫu; để trống là gửi văn bản và tệp")
    report: int | None = Field(description="Số của báo cáo đang lập hoặc đã gửi")
    submitted_on: date | None
    files: list[FileBody]


class FileBody(BaseModel):
    """Một tệp đã gửi."""

    id: int
    name: str
    media_type: str
    size: int
    sha256: str
    field: str
    at: datetime


OccurrenceWhole.model_rebuild()


class OccurrencePage(BaseModel):
    """Một trang của danh sách; next là null ở trang cuối."""

    items: list[OccurrenceBody]
    next: str | None


class StatusBody(BaseModel):
    """Bốn ô và tỷ lệ đúng hạn, chung và theo cơ quan."""

    total: dict[str, float | int | None]
    by_agency: dict[str, dict[str, float | int | None]]
    outcomes: dict[str, int]


class ReportLine(BaseModel):
    """Một báo cáo trong danh sách."""

    id: int
    key: str
    plan: str
    form: str
    period: str
    draft_version: int
    draft_at: datetime | None
    sent: int = Field(description="Số lần đã gửi")


class ReportPage(BaseModel):
    """Một trang của danh sách báo cáo."""

    items: list[ReportLine]
    next: str | None


class MessageBody(BaseModel):
    """Một điều cần xem ở một ô."""

    field: str
    level: str
    detail: str
    stops: bool = Field(description="Chưa gửi được khi còn điều này")


class ReportBody(BaseModel):
    """Một báo cáo với bản nháp của nó."""

    id: int
    key: str
    plan: str
    form: str
    form_version: str
    agency: str
    period: str
    draft_version: int
    sent: int
    editable: bool
    occurrences: list[str]
    values: dict[str, Any]
    messages: list[MessageBody]


class DraftBody(_Body):
    """Toàn bộ nội dung nhập của bản nháp; ô không nêu là ô trống."""

    values: dict[str, Any] = Field(description="Theo mã ô, đúng dạng mà GET trả về")


class RevisionLine(BaseModel):
    """Một lần gửi."""

    no: int
    sent_at: datetime
    sha256: str
    document: str | None
    dated: date | None


class SubmittedBody(BaseModel):
    """Các kỳ thực hiện mà lần gửi này khép lại."""

    occurrences: list[OccurrenceBody]


class DocumentBody(_Body):
    """Văn bản kèm theo đề nghị."""

    number: str = Field(min_length=1, max_length=60)
    dated: date
    subject: str = Field(default="", max_length=500)


class AskBody(_Body):
    """Một đề nghị về một việc của cơ quan."""

    occurrence: str = Field(max_length=250, description="Khóa của kỳ thực hiện")
    kind: Literal["extension", "hand_back", "waiver", "difficulty", "proposal", "cooperation"]
    reason: str = Field(min_length=1, max_length=2000)
    due_on: date | None = Field(default=None, description="Hạn mới (gia hạn) hoặc ngày đề nghị trả lời (phối hợp)")
    to: list[Annotated[str, Field(pattern=CODE)]] = Field(default_factory=list, max_length=50)
    document: DocumentBody | None = None


class RequestBody(BaseModel):
    """Một đề nghị."""

    request: int
    key: str
    kind: str
    state: str
    occurrence: str | None
    opened: str | None
    reason: str
    proposed_due_on: date | None
    after_expiry: bool
    raised_at: datetime
    decision: str
    document: str | None


class RequestPage(BaseModel):
    """Một trang của danh sách đề nghị, mới nhất trước."""

    items: list[RequestBody]
    next: str | None


class AskedBody(BaseModel):
    """Số của các đề nghị vừa ghi nhận."""

    requests: list[int]


class MeBody(BaseModel):
    """Khóa đang dùng."""

    key: int
    name: str
    agency: str
    scopes: list[str]
    expires_at: datetime

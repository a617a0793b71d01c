"""What the rooms of administration (quản trị) share: their places beside each other, and who may enter which.

A room adds its line to `TABS` and shows its pages with `AdminRoom.page`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from htx_workflow.domain.errors import NotAllowed
from htx_workflow.domain.visitors import Visitor
from htx_workflow.web.desk_room import Room

ROOM = "/quan-tri"
KEEPERS_ONLY = "Trang này dành cho người quản trị, đầu mối cơ quan chủ trì và cấp huyện (các hợp tác xã của mình)."


class Tab(NamedTuple):
    """A room: its address, its name, and what is done there in a sentence."""

    path: str
    label: str
    sentence: str
    keepers: bool = False
    """Also for who keeps the contacts of some agencies: the lead officer, a district."""
    readers: bool = False
    """Also for who reads a plan whole: the lead agency, UBND tỉnh; and for auditors."""
    auditors: bool = False
    """Also for auditors."""

    def is_for(self, visitor: Visitor) -> bool:
        """Whether a visitor may enter."""
        if visitor.admin:
            return True
        if visitor.auditor:
            return self.readers or self.auditors
        return (self.keepers and visitor.keeps_contacts) or (self.readers and visitor.strong and bool(visitor.follows))


TABS: list[Tab] = [
    Tab(f"{ROOM}/co-quan", "Cơ quan", "Tên qua các thời kỳ, đầu mối và việc đang mở của từng cơ quan."),
    Tab(f"{ROOM}/dau-moi", "Đầu mối", "Thêm, sửa, giao nhiệm vụ, bàn giao khi thay người.", keepers=True),
    Tab(f"{ROOM}/excel", "Nhập, xuất Excel", "Cả danh sách đầu mối trong một tệp.", keepers=True),
    Tab("/uy-quyen", "Ủy quyền", "Người vắng giao người khác làm thay, theo văn bản.", keepers=True),
    Tab(f"{ROOM}/ke-hoach", "Kế hoạch", "Nạp phiên bản mới sau khi xem trước, tải phiên bản cũ."),
    Tab(f"{ROOM}/lich", "Lịch", "Ngày nghỉ, ngày làm bù; lịch còn đến bao giờ, năm sau."),
    Tab(f"{ROOM}/canh-bao", "Cảnh báo", "Điều gì đang hỏng, từ lúc nào, xử lý thế nào."),
    Tab(f"{ROOM}/thu", "Hộp thư đi", "Từng thư như người nhận đọc, gửi lại, gửi thư thử."),
    Tab(f"{ROOM}/luot-chay", "Lượt chạy", "Công việc theo lịch đã chạy thế nào, bao lâu, vì sao không thành."),
    Tab(f"{ROOM}/phien", "Phiên, phiếu và khóa", "Mọi thứ đang mở được hệ thống, kết thúc từng thứ."),
    Tab(f"{ROOM}/nhat-ky", "Nhật ký", "Tìm ai làm gì lúc nào; kiểm tra nhật ký còn nguyên vẹn.", auditors=True),
    Tab(
        f"{ROOM}/ghi-lui",
        "Ghi lùi, nhập thay",
        "Mọi việc nhập thay, ghi cho ngày đã qua, thay đổi sau hạn.",
        readers=True,
    ),
    Tab(f"{ROOM}/kiem-tra-vien", "Tài khoản kiểm tra", "Thanh tra, kiểm toán: chỉ xem, có thời hạn, theo văn bản."),
]
"""In the order of the page."""


def tabs(visitor: Visitor) -> list[Tab]:
    """The rooms that a visitor may enter."""
    return [tab for tab in TABS if tab.is_for(visitor)]


class AdminRoom(Room):
    """One room of administration."""

    def page(self, request: Request, visitor: Visitor, name: str, status: int = 200, /, **values: Any) -> Response:
        """A page with the rooms beside it."""
        return self.portal.show(request, name, status, **{"rooms": tabs(visitor), "problem": "", **values})


def check_keeps(visitor: Visitor) -> None:
    """Raises NotAllowed for who keeps no contacts."""
    if not visitor.keeps_contacts:
        raise NotAllowed(KEEPERS_ONLY)

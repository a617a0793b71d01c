"""What was just done, in a sentence: an act redirects to a page with `?xong=<code>`, and nothing else is ever shown."""

from __future__ import annotations

SENTENCES: dict[str, str] = {
    "hoi-cuu": "Đã nhập hồi cứu các việc trong tệp; không gửi thư.",
    "da-goi": "Đã ghi cuộc gọi.",
    "don-doc": "Đã soạn thư đôn đốc; thư đang được gửi.",
    "nhap-thay": "Đã ghi nhận văn bản thay cho cơ quan; cơ quan được báo bằng thư và có thể đề nghị đính chính.",
    "da-duyet": "Đã duyệt; thư đang được gửi.",
    "thoat": "Đã kết thúc phiên làm việc trên máy này.",
    "ket-thuc": "Đã kết thúc phiên làm việc đó.",
    "ket-thuc-khac": "Đã kết thúc mọi phiên khác của đầu mối này.",
    "thu-hoi": "Đã thu hồi: liên kết trong thư, phiếu và mã đã cấp trước đây không mở được nữa.",
    "uy-quyen": "Đã ghi ủy quyền.",
    "thoi-uy-quyen": "Ủy quyền đã kết thúc.",
    "nguoi": "Đã ghi tên anh/chị cho phiên này.",
    # one piece of work
    "tiep-nhan": "Đã ghi nhận tiếp nhận.",
    "gui": "Đã nhận. Thư xác nhận đang được gửi đến đầu mối; không phải làm gì thêm.",
    "gui-muon": "Đã nhận. Thời hạn đã qua trong lúc trang đang mở; việc được ghi nhận theo ngày gửi.",
    "gui-so-lieu": "Đã nhận số liệu. Đề nghị nhập số, ngày văn bản và gửi tệp đã ký trong 05 ngày làm việc.",
    "da-gui": "Việc này đã gửi trước đó; không ghi nhận thêm lần nữa.",
    "khong-phat-sinh": "Đã ghi nhận: không phát sinh. Không phải làm gì thêm.",
    "rut-lai": "Đã rút lại. Việc mở như trước khi gửi; văn bản đã gửi vẫn còn trong quá trình xử lý.",
    "hen": "Đã ghi ngày hẹn gửi. Thư nhắc quá hạn tạm dừng đến ngày đó; thời hạn không đổi.",
    "buoc": "Đã ghi bước xử lý.",
    "trao-doi": "Đã ghi nội dung trao đổi.",
    "van-ban": "Đã bổ sung số, ngày văn bản.",
    "tep": "Đã nhận tệp.",
    "chap-nhan": "Đã chấp nhận.",
    # a form
    "luu": "Đã lưu nháp.",
    "luu-ben": "Người khác đã lưu phần này trước. Phần vừa nhập được giữ bên phải để so sánh, chưa ghi vào biểu.",
    "nam-truoc": "Đã lấy nội dung ít đổi của năm trước vào các ô còn trống.",
    "ben-dung": "Đã đưa phần giữ bên vào biểu.",
    "ben-bo": "Đã bỏ phần giữ bên.",
    "excel": "Đã nhận tệp Excel; các ô đã được ghi vào bản nháp.",
    "tra-lai": "Đã trả lại; thư đề nghị đang được gửi đến cơ quan thực hiện.",
}
"""By the code in the address. Each room of pages adds its own under its name."""


def sentence(code: str) -> str:
    """The sentence of a code; empty for any other text in the address."""
    return SENTENCES.get(code, "")

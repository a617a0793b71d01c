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
    # administration: people
    "co-quan": "Đã thêm cơ quan.",
    "doi-ten": "Đã ghi tên mới; văn bản của những ngày trước giữ tên cũ.",
    "dia-chi-dung": "Đã ghi địa chỉ vẫn đúng; việc đang chờ được nhắc ở lượt gửi thư tới.",
    "dau-moi": "Đã thêm đầu mối.",
    "sua-dau-moi": "Đã sửa đầu mối.",
    "giao-vai": "Đã giao vai; thư nhắc từ lượt tới gửi theo phân công mới.",
    "thoi-vai": "Vai này đã kết thúc; thư nhắc từ lượt tới gửi theo phân công mới.",
    "them-nguoi": "Đã thêm người vào hộp thư dùng chung.",
    "sua-nguoi": "Đã sửa thông tin người dùng chung hộp thư.",
    "thoi-nguoi": "Người này đã chuyển đi; phiên đăng nhập của người này đã kết thúc.",
    "ban-giao": "Đã bàn giao. Phiên, liên kết, phiếu và ủy quyền của người thôi nhiệm vụ đã hết hiệu lực; in biên bản ở dưới.",
    "tro-lai": "Đầu mối trở lại từ hôm nay. Đề nghị giao vai và kiểm tra địa chỉ.",
    "nhap-dau-moi": "Đã ghi danh sách đầu mối; thư nhắc từ lượt tới gửi theo danh sách mới.",
    # a form
    "luu": "Đã lưu nháp.",
    "luu-ben": "Người khác đã lưu phần này trước. Phần vừa nhập được giữ bên phải để so sánh, chưa ghi vào biểu.",
    "nam-truoc": "Đã lấy nội dung ít đổi của năm trước vào các ô còn trống.",
    "so-lieu": "Đã lấy số liệu của hệ thống vào các bảng; dòng do cơ quan nhập được giữ nguyên.",
    "ben-dung": "Đã đưa phần giữ bên vào biểu.",
    "ben-bo": "Đã bỏ phần giữ bên.",
    "excel": "Đã nhận tệp Excel; các ô đã được ghi vào bản nháp.",
    "tra-lai": "Đã trả lại; thư đề nghị đang được gửi đến cơ quan thực hiện.",
    # a card
    "mo-phieu": "Đã mở phiếu; điền đến đâu bấm “Lưu nháp” đến đó.",
    "luu-diem": "Đã lưu điểm.",
    "luu-ky-lai": "Đã lưu điểm. Điểm thay đổi sau khi ký nên chữ ký trước không còn giá trị; đề nghị ký lại.",
    "da-ky": "Đã ghi ý kiến.",
    "da-nop": "Đã nhận. Hợp tác xã không phải làm gì thêm.",
    "nop-con-bao-cao": "Đã nhận bảng tự chấm điểm. Còn báo cáo tình hình hoạt động: nộp xong cả hai thì việc hoàn thành.",
    "bao-cao-con-diem": "Đã nhận báo cáo tình hình hoạt động. Còn bảng tự chấm điểm: nộp xong cả hai thì việc hoàn thành.",
    "da-kiem-tra": "Đã kiểm tra xong; điểm của cấp này đã được ghi nhận.",
    "phieu-muon": "Đã nhận sau khi cấp trên chấm xong: giữ làm phiếu gửi muộn, kết quả không đổi.",
    "tra-phieu": "Đã trả lại để chấm lại.",
    "rut-phieu": "Đã rút lại phiếu. Bấm “Chấm lại” để sửa; phiếu đã nộp vẫn còn trong danh sách phiên bản.",
    "bien-ban": "Đã nhận biên bản làm việc.",
}
"""By the code in the address. Each room of pages adds its own under its name."""


def sentence(code: str) -> str:
    """The sentence of a code; empty for any other text in the address."""
    return SENTENCES.get(code, "")

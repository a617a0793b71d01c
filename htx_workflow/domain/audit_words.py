"""The audit (nhật ký) in words: what each act is called, and what its subject is. A test finds every act in the code."""

from __future__ import annotations

from htx_workflow.domain import words

ACTS = {
    "plan.load": "Nạp kế hoạch",
    "tick": "Lượt nhắc hằng ngày",
    "duty.adopt": "Ấn định thời hạn theo văn bản",
    "duty.set-deadline": "Đổi thời hạn",
    "duty.open-early": "Mở việc khi còn việc phải chờ",
    "report.save": "Lưu nháp biểu",
    "report.send": "Gửi biểu",
    "report.submit": "Gửi việc",
    "report.verify": "Chấp nhận",
    "report.return": "Trả lại",
    "report.withdraw": "Rút lại",
    "report.sent-day": "Sửa ngày gửi theo văn bản",
    "work.take": "Tiếp nhận việc",
    "work.promise": "Hẹn ngày gửi",
    "work.step": "Ghi bước xử lý",
    "work.comment": "Trao đổi",
    "work.paper": "Bổ sung số, ngày văn bản",
    "work.chase": "Gửi thư đôn đốc",
    "work.call": "Gọi điện đôn đốc",
    "milestone.reach": "Ghi mốc đã đạt",
    "request.raise": "Mở việc theo đề nghị",
    "request.ask": "Gửi đề nghị",
    "request.withdraw": "Rút đề nghị",
    "request.advise": "Ghi ý kiến về đề nghị",
    "request.answer": "Trả lời đề nghị phối hợp",
    "request.decide": "Quyết định đề nghị",
    "score.open": "Mở phiếu điểm",
    "score.save": "Lưu điểm",
    "score.sign": "Ghi ý kiến ký phiếu",
    "score.submit": "Nộp phiếu điểm",
    "score.accept": "Kiểm tra xong phiếu cấp dưới",
    "score.return": "Trả lại phiếu điểm",
    "score.withdraw": "Rút lại phiếu điểm",
    "baseline.set": "Ghi điểm ban đầu",
    "consolidate": "Lập bản tổng hợp",
    "consolidate.moment": "Đến thời điểm tổng hợp",
    "document.issue": "Phát hành văn bản",
    "draft.approve": "Duyệt dự thảo báo cáo",
    "address.failed": "Địa chỉ thư không nhận được",
    "address.right": "Xác nhận địa chỉ thư vẫn đúng",
    "outbox.retry": "Cho gửi lại một thư",
    "outbox.test": "Gửi thư thử",
    "file.receive": "Nhận tệp",
    "file.withdraw": "Rút tệp",
    "file.infected": "Khóa tệp có mã độc",
    "agency.add": "Thêm cơ quan",
    "agency.rename": "Đổi tên cơ quan",
    "contact.add": "Thêm đầu mối",
    "contact.set": "Sửa đầu mối",
    "contact.end": "Đầu mối thôi nhiệm vụ",
    "contact.leave": "Đầu mối bàn giao",
    "contact.rejoin": "Đầu mối trở lại",
    "assignment.add": "Giao vai",
    "assignment.end": "Thôi vai",
    "person.add": "Thêm người dùng chung hộp thư",
    "person.set": "Sửa người dùng chung hộp thư",
    "person.end": "Người dùng chung hộp thư chuyển đi",
    "delegation.make": "Ghi ủy quyền",
    "delegation.end": "Kết thúc ủy quyền",
    "auditor.make": "Lập tài khoản kiểm tra",
    "session.open": "Đăng nhập",
    "oidc.enter": "Đăng nhập qua hệ thống khác",
    "session.person": "Xưng tên người làm việc",
    "session.end": "Kết thúc phiên hoặc phiếu",
    "session.end-others": "Kết thúc các phiên khác",
    "links.revoke": "Thu hồi liên kết, phiếu, mã",
    "code.mail": "Xin mã qua thư",
    "code.aloud": "Đọc mã qua điện thoại",
    "code.sheet": "In phiếu truy cập",
    "code.invite": "Lập liên kết cho người quản trị",
    "access.foreign": "Mở trang không thuộc quyền",
    "access.view": "Tài khoản kiểm tra xem trang",
    "key.make": "Lập khóa cho chương trình",
    "key.end": "Kết thúc khóa của chương trình",
    "feed.make": "Lập địa chỉ lịch",
    "feed.end": "Bỏ địa chỉ lịch",
    "webhook.make": "Lập địa chỉ nhận thông báo",
    "webhook.end": "Kết thúc địa chỉ nhận thông báo",
    "backup.made": "Sao lưu",
    "export.made": "Xuất toàn bộ dữ liệu",
    "restore.done": "Khôi phục",
    "audit.verify": "Kiểm tra nhật ký",
}
"""By the name of the act."""
SUBJECTS = {
    "contact": "đầu mối",
    "session": "phiên",
    "agency": "cơ quan",
    "person": "người",
    "file": "tệp",
    "blob": "tệp",
    "credential": "liên kết mời",
    "key": "khóa",
    "delegation": "ủy quyền",
    "webhook": "địa chỉ nhận thông báo",
}
SYSTEM = "hệ thống"


def act_words(act: str) -> str:
    """What an act is called; one that nobody knows keeps its name."""
    return words.said(ACTS[act]) if act in ACTS else act


def subject_words(subject: str) -> str:
    """đầu mối dakto-tckh; the key of a piece of work stays as it is."""
    kind, _, rest = subject.partition("/")
    return f"{SUBJECTS[kind]} {rest}" if kind in SUBJECTS and rest else subject

"""Names of an export (xuất dữ liệu): every table and column in Vietnamese, what codes mean, what never leaves. Pure."""

from __future__ import annotations

from typing import NamedTuple

from htx_workflow.domain import rule_words
from htx_workflow.domain.standing import CLOSED_WORDS


class TableWords(NamedTuple):
    """A table: its file, its title, and what it holds in a sentence."""

    stem: str
    title: str
    sentence: str


TABLES: dict[str, TableWords] = {
    "plan": TableWords("ke-hoach", "Kế hoạch", "Các kế hoạch đã nạp, phiên bản đang áp dụng."),
    "plan_version": TableWords("phien-ban-ke-hoach", "Phiên bản kế hoạch", "Nguyên văn từng lần nạp."),
    "duty": TableWords("nhiem-vu", "Nhiệm vụ", "Nhiệm vụ của kế hoạch: điều khoản, ai làm, căn cứ."),
    "milestone": TableWords("moc", "Mốc của cơ quan khác", "Mốc mà việc phải chờ, ngày đạt và văn bản."),
    "occurrence": TableWords("viec", "Việc (kỳ thực hiện)", "Mỗi dòng một việc của một cơ quan trong một kỳ, như hôm xuất."),
    "occurrence_change": TableWords("dien-bien-viec", "Diễn biến của việc", "Mọi lần tình trạng, thời hạn, người làm thay đổi."),
    "occurrence_note": TableWords("ghi-chu-viec", "Ghi chú của việc", "Cuộc gọi, hẹn ngày, ý kiến, trình ký."),
    "request": TableWords("de-nghi", "Đề nghị", "Gia hạn, trả lại, miễn, khó khăn vướng mắc và quyết định."),
    "agency": TableWords("co-quan", "Cơ quan", "Cơ quan, đơn vị và hợp tác xã."),
    "agency_name": TableWords("ten-co-quan", "Tên cơ quan qua các thời kỳ", "Tên có hiệu lực từ ngày nào."),
    "contact": TableWords("dau-moi", "Đầu mối", "Hộp thư, người nhận thư; có dữ liệu cá nhân."),
    "assignment": TableWords("phan-cong", "Phân công đầu mối", "Đầu mối lo nhiệm vụ nào, từ ngày nào đến ngày nào."),
    "person": TableWords("nguoi", "Người", "Người đứng sau hộp thư dùng chung; có dữ liệu cá nhân."),
    "delegation": TableWords("uy-quyen", "Ủy quyền", "Ai làm thay ai, theo văn bản nào, đến ngày nào."),
    "document": TableWords("van-ban", "Văn bản", "Văn bản làm căn cứ: số, ngày, nơi ban hành."),
    "report": TableWords("bao-cao", "Báo cáo", "Biểu đang điền: dự thảo hiện tại."),
    "report_revision": TableWords("bao-cao-da-gui", "Báo cáo đã gửi", "Nội dung đúng như lúc gửi."),
    "report_aside": TableWords("du-thao-de-rieng", "Dự thảo để riêng", "Bản lưu khi hai người cùng sửa."),
    "report_occurrence": TableWords("bao-cao-va-viec", "Báo cáo trả lời việc nào", "Báo cáo đi với việc."),
    "definition": TableWords("bieu-mau", "Biểu mẫu, bộ tiêu chí", "Nguyên văn biểu và bộ tiêu chí đã dùng."),
    "attachment": TableWords("tep-dinh-kem", "Tệp đính kèm", "Tệp thuộc việc, báo cáo, đề nghị nào; tệp nằm trong thư mục tep/."),
    "file_blob": TableWords("noi-dung-tep", "Nội dung tệp", "Mã băm, cỡ, kết quả quét của từng tệp."),
    "scorecard": TableWords("phieu-cham", "Phiếu chấm điểm", "Mỗi dòng một phiếu của một hợp tác xã ở một cấp."),
    "score": TableWords("diem", "Điểm từng tiêu chí", "Điểm, cách tính, lý do khác cấp dưới, minh chứng."),
    "sign_off": TableWords("ky-phieu", "Ý kiến trên phiếu tự chấm", "Ai đã đồng ý, trên giấy hay trên máy."),
    "baseline": TableWords("diem-ban-dau", "Điểm ban đầu", "Điểm lúc bắt đầu và tiêu chí cần hoàn thiện."),
    "consolidation": TableWords("ban-tong-hop", "Bản tổng hợp", "Các bản chụp của từng đợt."),
    "consolidation_line": TableWords("dong-tong-hop", "Dòng của bản tổng hợp", "Mỗi dòng một hợp tác xã."),
    "reminder": TableWords("muc-nhac", "Mức nhắc", "Mức nhắc nào đã đến, đã gửi hay thôi, vì sao."),
    "message": TableWords("thu", "Hộp thư đi", "Thư đã soạn, đã gửi; liên kết đăng nhập không nằm trong đó."),
    "message_reminder": TableWords("thu-va-muc-nhac", "Thư trả lời mức nhắc nào", "Thư đi với mức nhắc."),
    "bounce": TableWords("thu-bi-tra", "Thư bị trả lại", "Báo không phát được thư: địa chỉ nào, vì sao."),
    "run": TableWords("luot-chay", "Lượt chạy", "Công việc tự động: khi nào, kết quả, lỗi."),
    "audit_event": TableWords("nhat-ky", "Nhật ký", "Ai làm gì, lúc nào; các dòng nối nhau bằng mã băm."),
    "auditor": TableWords("tai-khoan-kiem-tra", "Tài khoản kiểm tra", "Thanh tra, kiểm toán: theo văn bản nào, đến ngày nào."),
    "credential": TableWords("phien-va-lien-ket", "Phiên và liên kết", "Phiên đăng nhập, liên kết, mã: không kèm mã bí mật."),
    "access_key": TableWords("khoa-phan-mem", "Khóa của phần mềm", "Khóa đã lập cho phần mềm khác: không kèm mã bí mật."),
    "api_call": TableWords("loi-goi-phan-mem", "Lời gọi đã trả lời", "Lời gọi của phần mềm khác, giữ để không làm hai lần."),
    "webhook": TableWords("noi-nhan-bao", "Nơi nhận báo thay đổi", "Địa chỉ mà hệ thống báo khi có thay đổi."),
    "webhook_delivery": TableWords("bao-thay-doi", "Lần báo thay đổi", "Đã báo gì, kết quả."),
}  # fmt: skip
"""In the order of the index."""

SECRETS = frozenset({"token_sha256", "digits_sha256", "browser"})
"""Columns that open doors, or recognise a browser: nowhere in an export."""
AS_FILES = {("file_blob", "body"): "tep/"}
"""Columns whose content stands in files of its own."""

COLUMNS = {
    "id": "Số", "key": "Khóa", "code": "Mã", "kind": "Loại", "sort": "Thứ tự", "place": "Nơi", "valid_from": "Từ ngày",
    "valid_to": "Đến ngày", "at": "Lúc", "act": "Việc đã làm", "actor": "Người làm", "subject": "Đối tượng",
    "detail": "Chi tiết", "prev": "Mã băm dòng trước", "hash": "Mã băm", "version": "Phiên bản",
    "sha256": "Mã băm SHA-256", "body": "Nội dung", "added_at": "Thêm lúc", "media_type": "Kiểu tệp",
    "size": "Cỡ (byte)", "stored_at": "Lưu lúc", "scan": "Quét mã độc", "scan_note": "Kết quả quét",
    "signature": "Chữ ký số", "job": "Công việc", "plan_code": "Kế hoạch", "day": "Ngày", "attempt": "Lần chạy",
    "started_at": "Bắt đầu lúc", "beat_at": "Còn chạy lúc", "finished_at": "Xong lúc", "outcome": "Kết quả",
    "counts": "Số liệu", "error": "Lỗi", "prefect_id": "Mã Prefect", "told_at": "Đã báo lúc", "agency_id": "Cơ quan",
    "name": "Tên", "short_name": "Tên ngắn", "doc_code": "Ký hiệu văn bản", "channel": "Kênh", "address": "Địa chỉ thư",
    "shared": "Hộp thư dùng chung", "title": "Tiêu đề", "unit": "Phòng, ban", "phone": "Điện thoại",
    "rhythm": "Nhịp thư", "approves": "Được duyệt văn bản", "admin": "Quản trị", "links_after": "Liên kết từ lúc",
    "number": "Số, ký hiệu", "dated": "Ngày văn bản", "issuer_id": "Cơ quan ban hành", "issuer_text": "Nơi ban hành",
    "signer": "Người ký", "authority": "Thẩm quyền ký", "sent_on": "Ngày gửi", "fold": "Tên không dấu",
    "left_on": "Thôi từ ngày", "starts_on": "Bắt đầu", "ends_on": "Kết thúc", "lead_id": "Cơ quan chủ trì",
    "province_id": "UBND tỉnh", "activated_on": "Theo dõi từ ngày", "version_no": "Phiên bản đang áp dụng",
    "contact_id": "Đầu mối", "person_id": "Người", "scopes": "Được làm", "made_at": "Lập lúc", "made_by": "Người lập",
    "expires_at": "Hết hạn lúc", "used_on": "Dùng ngày", "ended_at": "Kết thúc lúc", "ended_by": "Người kết thúc",
    "subject_kind": "Thuộc loại", "subject_id": "Thuộc số", "field": "Ô của biểu", "document_id": "Văn bản",
    "by_code": "Người ghi", "withdrawn_at": "Rút lúc", "plan_id": "Kế hoạch", "unit_id": "Hợp tác xã",
    "rubric_code": "Bộ tiêu chí", "rubric_version": "Phiên bản bộ tiêu chí", "item": "Tiêu chí", "hundredths": "Điểm",
    "to_improve": "Cần hoàn thiện", "replaced_at": "Thay lúc", "round": "Đợt", "no": "Lần",
    "definition_id": "Biểu mẫu", "inputs_sha256": "Mã băm đầu vào", "unfinished_since": "Đang lập từ",
    "from_contact_id": "Người ủy quyền", "to_contact_id": "Người được ủy quyền", "form": "Hình thức",
    "clause": "Điều khoản", "word": "Vai", "ask": "Đề nghị", "basis_note": "Căn cứ về thời gian", "verify": "Kiểm tra",
    "waits": "Phải chờ việc khác", "from_version": "Từ phiên bản", "to_version": "Đến phiên bản",
    "body_text": "Nội dung chữ", "body_html": "Nội dung HTML", "reply_to": "Trả lời về", "state": "Tình trạng",
    "reason": "Lý do", "attempts": "Số lần gửi", "doubtful": "Chưa rõ đã tới", "composed_at": "Soạn lúc",
    "next_attempt_at": "Gửi lại lúc", "lease_until": "Đang gửi đến lúc", "handed_at": "Giao máy chủ lúc",
    "sent_at": "Gửi lúc", "approved_by": "Người duyệt", "reached_on": "Ngày đạt", "source": "Nguyên văn",
    "loaded_at": "Nạp lúc", "form_code": "Biểu", "period": "Kỳ", "draft": "Dự thảo", "draft_version": "Lần lưu",
    "draft_at": "Lưu lúc", "draft_by": "Người lưu", "sent_no": "Số lần gửi", "scorer_id": "Cơ quan chấm",
    "stage": "Giai đoạn", "level": "Cấp", "revision": "Lần chấm", "based_on_id": "Từ phiếu", "facts": "Đặc điểm",
    "rated": "Xếp loại hay không", "not_rated_why": "Vì sao không xếp loại", "total_hundredths": "Tổng điểm",
    "band": "Xếp loại", "opened_at": "Mở lúc", "saved_at": "Lưu lúc", "saved_by": "Người lưu", "sent_by": "Người gửi",
    "on_behalf": "Nhập thay", "settled_at": "Kết luận lúc", "settled_by": "Người kết luận", "whole": "Cả kế hoạch",
    "url": "Địa chỉ", "events": "Sự kiện", "access_key_id": "Khóa phần mềm", "status": "Mã trả lời",
    "location": "Nơi kết quả", "duty_id": "Nhiệm vụ", "role": "Vai", "consolidation_id": "Bản tổng hợp",
    "inputs": "Đầu vào", "strength": "Mức xác thực", "used_at": "Dùng lúc", "tries": "Số lần thử",
    "message_id": "Thư", "original_holder_id": "Cơ quan được giao ban đầu", "receiver_id": "Nơi nhận kết quả",
    "opens_on": "Mở ngày", "historical": "Đã qua trước khi theo dõi", "holder_id": "Cơ quan làm", "basis": "Căn cứ",
    "due_on": "Thời hạn", "due_rev": "Lần đổi hạn", "original_due_on": "Thời hạn ban đầu",
    "due_document_id": "Văn bản ấn định hạn", "submitted_on": "Ngày gửi kết quả", "next_reminder_on": "Nhắc tiếp ngày",
    "taken_at": "Nhận việc lúc", "step": "Bước", "promised_on": "Hẹn gửi ngày", "paper_due_on": "Bản giấy trước ngày",
    "respond_by": "Bổ sung trước ngày", "report_id": "Báo cáo", "based_on": "Từ lần lưu", "why": "Vì sao",
    "scorecard_id": "Phiếu", "computed": "Điểm máy tính", "evidence": "Minh chứng", "on_paper": "Ký trên giấy",
    "on_day": "Ngày", "attachment_id": "Tệp", "webhook_id": "Nơi nhận báo", "event": "Sự kiện",
    "occurrence_id": "Việc", "seq": "Lần", "happened_on": "Ngày xảy ra", "recorded_at": "Ghi lúc",
    "known_on": "Biết từ ngày", "retrospective": "Ghi lùi ngày", "note": "Ghi chú", "text": "Nội dung",
    "with_whom": "Với ai", "cause": "Nguyên nhân", "audience": "Gửi cho", "send_on": "Gửi ngày", "late": "Nhắc muộn",
    "decided_at": "Quyết lúc", "from_id": "Cơ quan đề nghị", "to_id": "Chuyển đến", "opened_id": "Việc mở ra",
    "raised_at": "Đề nghị lúc", "raised_by": "Người đề nghị", "proposed_due_on": "Hạn đề nghị",
    "after_expiry": "Sau khi quá hạn", "advice": "Ý kiến", "advised_at": "Có ý kiến lúc", "advised_by": "Người cho ý kiến",
    "decision": "Quyết định", "decided_by": "Người quyết", "reminder_id": "Mức nhắc",
    "address_failed_at": "Địa chỉ hỏng từ lúc", "mark": "Dấu nhận ra thư báo",
}  # fmt: skip
SPECIAL = {
    ("person", "title"): "Chức vụ", ("contact", "title"): "Chức vụ", ("document", "subject"): "Trích yếu",
    ("message", "subject"): "Tiêu đề thư", ("plan_version", "no"): "Phiên bản", ("plan", "title"): "Tên kế hoạch",
    ("contact", "name"): "Họ và tên", ("person", "name"): "Họ và tên", ("agency", "parent_id"): "Trực thuộc",
    ("plan_version", "body"): "Nội dung đã đọc (JSON)", ("definition", "body"): "Nội dung (JSON)",
    ("audit_event", "seq"): "Số", ("assignment", "role"): "Vai", ("attachment", "name"): "Tên tệp",
}  # fmt: skip
"""Where a column means something else than in other tables."""
POINTS = frozenset({"hundredths", "total_hundredths", "computed"})
"""Kept as whole hundredths, written as points."""

_STATES = {"open": "đang mở", "submitted": "đã gửi, chờ kiểm tra", **CLOSED_WORDS, "unassigned": "chưa có cơ quan làm"}
_BASES = {basis.value: word for basis, word in rule_words.BASIS_WORDS.items()}
_KINDS = {
    "yearly": "hằng năm",
    "once": "một lần",
    **{kind.value: word.lower() for kind, word in rule_words.KIND_WORDS.items()},
}
_OUT = {"held": "chờ duyệt", "queued": "chờ gửi", "leased": "đang gửi", "sent": "đã gửi", "failed": "không gửi được",
        "cancelled": "thôi gửi"}  # fmt: skip
VALUES: dict[tuple[str, str], dict[str, str]] = {
    ("occurrence", "state"): _STATES,
    ("occurrence_change", "state"): _STATES,
    ("occurrence", "basis"): _BASES,
    ("occurrence_change", "basis"): _BASES,
    ("duty", "kind"): _KINDS,
    ("message", "state"): _OUT,
    ("webhook_delivery", "state"): _OUT,
    ("reminder", "state"): {"queued": "chờ gửi", "sent": "đã gửi", "superseded": "mức sau thay", "skipped": "không gửi",
                            "failed": "không gửi được"},
    ("run", "outcome"): {"running": "đang chạy", "done": "xong", "failed": "lỗi", "interrupted": "đứt giữa chừng"},
    ("request", "kind"): {"extension": "gia hạn", "hand_back": "trả lại", "waiver": "miễn", "difficulty": "khó khăn",
                          "proposal": "kiến nghị", "cooperation": "phối hợp"},
    ("request", "state"): {"raised": "mới đề nghị", "advised": "đã có ý kiến", "granted": "đồng ý",
                           "refused": "không đồng ý", "withdrawn": "đã rút"},
    ("file_blob", "scan"): {"none": "không quét", "waiting": "chờ quét", "clean": "sạch", "infected": "có mã độc"},
    ("scorecard", "stage"): {"trial": "chấm thử", "estimate": "ước thực hiện", "final": "chính thức"},
    ("scorecard", "state"): {"draft": "đang chấm", "submitted": "đã gửi", "returned": "trả lại",
                             "accepted": "chấp nhận", "late": "gửi sau khi cấp trên đã chốt"},
    ("scorecard", "rated"): {"": "chưa kết luận", "rated": "xếp loại", "incomplete": "chưa đủ điểm",
                             "unsigned": "chưa đủ ý kiến", "not_rated": "không xếp loại"},
    ("credential", "kind"): {"code": "mã", "aloud": "mã đọc qua điện thoại", "sheet": "phiếu giấy", "invite": "liên kết",
                             "session": "phiên"},
    ("assignment", "role"): {"focal": "đầu mối", "support": "phối hợp", "leader": "lãnh đạo theo dõi",
                             "clerk": "văn thư"},
    ("agency", "kind"): {"province": "UBND tỉnh", "department": "sở, ban, ngành", "district": "cấp huyện",
                         "commune": "cấp xã", "bank": "ngân hàng", "union": "liên minh, hội", "cooperative": "hợp tác xã",
                         "ministry": "bộ, cơ quan trung ương"},
    ("definition", "kind"): {"form": "biểu", "rubric": "bộ tiêu chí"},
    ("access_key", "kind"): {"api": "phần mềm", "feed": "lịch"},
}  # fmt: skip
"""What codes mean: a column of words stands beside the code."""

REFERENCES = {
    "agency": ("code", "mã"), "contact": ("code", "mã"), "plan": ("code", "mã"), "duty": ("code", "mã"),
    "document": ("key", "số và ngày"), "occurrence": ("key", "khóa"), "person": ("name", "họ và tên"),
    "report": ("key", "khóa"), "message": ("key", "khóa"), "definition": ("code", "mã"),
}  # fmt: skip
"""What is written beside the number of another table's row: its column, and how it is called."""


def table_words(name: str) -> TableWords:
    """A table under its Vietnamese name; one that nobody has named yet keeps its own."""
    return TABLES.get(name) or TableWords(name.replace("_", "-"), name, "")


def column_words(table: str, column: str) -> str:
    """The head of a column."""
    return SPECIAL.get((table, column)) or COLUMNS.get(column, column)

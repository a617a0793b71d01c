"""What the mails say, and how a template that cannot be used is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from htx_workflow.domain.digests import Digest, Item, Work
from htx_workflow.domain.errors import BadConfig
from htx_workflow.domain.plan import AgencyKind, Audience
from htx_workflow.gateways import templates
from htx_workflow.gateways.templates import LINK, MailTemplates
from tests import samples

FOLDER = Path(__file__).parents[2] / "templates" / "emails"
MAILS = MailTemplates(FOLDER)


def values(digest: Digest, *, links: bool = True, simulation: bool = False) -> dict[str, Any]:
    until = date(2024, 12, 27) if links else None
    return templates.digest_values(digest, links=links, link_until=until, simulation=simulation)


def subject(digest: Digest, name: str = "reminder_agency", **changes: Any) -> str:
    return MAILS.subject(name, **values(digest, **changes))


def text(digest: Digest, name: str = "reminder_agency", **changes: Any) -> str:
    return MAILS.render(name, **values(digest, **changes)).text


def told(work: Work, why: str) -> Item:
    return replace(samples.item(work), why=why)


# Subjects


def test_the_subject_begins_with_what_is_overdue() -> None:
    assert (
        subject(samples.district_digest())
        == "[KH 3819] UBND huyện Đăk Tô: 01 việc quá hạn, 01 việc hạn thứ Tư 18/12/2024"
    )


def test_without_overdue_work_the_subject_begins_with_the_nearest_day() -> None:
    digest = samples.digest([samples.item(samples.consolidation())], [samples.yearly_report()])
    assert subject(digest) == "[KH 3819] UBND huyện Đăk Tô: hạn thứ Tư 18/12/2024, còn 03 ngày làm việc"


def test_work_due_on_one_day_is_counted() -> None:
    digest = samples.digest(
        [samples.item(samples.consolidation()), samples.item(samples.consolidation(id=8, key="k/8"))]
    )
    assert subject(digest) == "[KH 3819] UBND huyện Đăk Tô: 02 việc hạn thứ Tư 18/12/2024, còn 03 ngày làm việc"


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ([10], "01 việc quá hạn 03 ngày làm việc"),
        ([10, 12], "02 việc quá hạn"),
    ],
)
def test_only_overdue_work(days: list[int], expected: str) -> None:
    told = [samples.item(samples.work(id=day, key=f"k/{day}", due_on=date(2024, 12, day))) for day in days]
    assert subject(samples.digest(told)) == f"[KH 3819] UBND huyện Đăk Tô: {expected}"


def test_an_assumed_day_is_expected_and_never_called_a_deadline() -> None:
    digest = samples.digest([samples.item(samples.expected_update())])
    assert subject(digest) == "[KH 3819] UBND huyện Đăk Tô: dự kiến thứ Ba 31/12/2024"


def test_an_assumed_day_beside_overdue_work() -> None:
    digest = samples.digest([samples.item(samples.work())], [samples.expected_update()])
    assert subject(digest) == "[KH 3819] UBND huyện Đăk Tô: 01 việc quá hạn, 01 việc dự kiến thứ Ba 31/12/2024"


def test_an_assumed_day_that_has_passed_is_never_overdue_and_comes_last() -> None:
    passed = samples.expected_update(due_on=date(2024, 12, 10))
    assert subject(samples.digest([samples.item(passed)])) == "[KH 3819] UBND huyện Đăk Tô: dự kiến thứ Ba 10/12/2024"
    beside = samples.digest([samples.item(samples.consolidation())], [passed])
    assert subject(beside) == "[KH 3819] UBND huyện Đăk Tô: hạn thứ Tư 18/12/2024, còn 03 ngày làm việc"
    assert "quá" not in text(samples.digest([told(passed, "lý do")]))


def test_the_last_day_and_the_last_working_day_are_named() -> None:
    today = samples.digest([samples.item(samples.consolidation(due_on=date(2024, 12, 13)))])
    assert subject(today) == "[KH 3819] UBND huyện Đăk Tô: hạn hôm nay thứ Sáu 13/12/2024"
    sunday = samples.digest([samples.item(samples.consolidation(due_on=date(2024, 12, 15)))])
    assert subject(sunday) == "[KH 3819] UBND huyện Đăk Tô: hạn Chủ nhật 15/12/2024, hôm nay là ngày làm việc cuối cùng"


def test_several_plans_are_counted_in_the_brackets() -> None:
    heads = [samples.plan_head(), samples.plan_head(code="other", short="KH 77")]
    told = [samples.item(samples.work()), samples.item(samples.consolidation(plan="other"))]
    assert (
        subject(samples.digest(told, plans=heads))
        == "[02 kế hoạch] UBND huyện Đăk Tô: 01 việc quá hạn, 01 việc hạn thứ Tư 18/12/2024"
    )


def test_the_lead_officer_without_work_of_his_own() -> None:
    late = [samples.item(samples.work(), Audience.LEAD), samples.item(samples.union_opinion(), Audience.LEAD)]
    assert (
        subject(samples.digest(late, to=samples.lead_officer()))
        == "[KH 3819] 02 việc quá hạn từ 03 ngày làm việc, đề nghị xử lý (13/12/2024)"
    )
    assert (
        subject(samples.lead_digest(calls=True))
        == "[KH 3819] 03 việc quá hạn từ 03 ngày làm việc, 01 việc cần gọi điện, đề nghị xử lý (13/12/2024)"
    )


def test_the_lead_officer_with_work_of_his_own() -> None:
    digest = samples.lead_digest(samples.yearly_report(id=9, key="k/9"))
    assert (
        subject(digest) == "[KH 3819] Sở KH&ĐT: hạn thứ Sáu 20/12/2024, còn 05 ngày làm việc; 03 việc của cơ quan khác"
    )


@pytest.mark.parametrize(
    ("due_on", "words"),
    [(date(2024, 12, 15), "chậm nhất Chủ nhật 15/12/2024"), (date(2024, 12, 10), "đã qua hạn thứ Ba 10/12/2024")],
)
def test_a_cooperative_is_asked_softly(due_on: date, words: str) -> None:
    digest = samples.cooperative_digest(title="Bảng tự chấm điểm năm 2024", due_on=due_on)
    assert subject(digest, "reminder_cooperative") == f"Đề nghị nộp bảng tự chấm điểm năm 2024 ({words})"
    whole = MAILS.render("reminder_cooperative", **values(digest))
    assert "quá hạn" not in (whole.subject + whole.text + whole.html).lower()


def test_a_subject_is_one_line_of_at_most_120_characters_without_its_mark() -> None:
    long = samples.addressee(agency_short="Ủy ban\r\nnhân dân " * 20)
    one = subject(samples.digest([samples.item(samples.work())], to=long), simulation=True)
    assert one.startswith("[MÔ PHỎNG] [KH 3819] Ủy ban nhân dân Ủy ban")
    assert one.endswith("…")
    assert len(one) <= templates.LONGEST_SUBJECT + len("[MÔ PHỎNG] ")
    assert "\n" not in one
    assert "\r" not in one


def test_the_subject_of_a_forecast_is_the_subject_of_the_mail() -> None:
    given = values(samples.district_digest())
    assert MAILS.subject("reminder_agency", **given) == MAILS.render("reminder_agency", **given).subject


# Text

DISTRICT = f"""\
Kính gửi: Ủy ban nhân dân huyện Đăk Tô
(đề nghị văn thư chuyển Phòng Tài chính - Kế hoạch)

Theo Kế hoạch số 3819/KH-UBND ngày 23/10/2024 của Ủy ban nhân dân tỉnh,
tính đến 07 giờ 30 thứ Sáu ngày 13/12/2024, Quý cơ quan có 04 việc:

I. ĐÃ QUÁ HẠN: 01 việc

1. Kế hoạch và dự toán kinh phí hỗ trợ hợp tác xã năm 2025
   Hạn      : thứ Ba 10/12/2024, quá 03 ngày làm việc.
   Căn cứ   : khoản 7 Mục V, gạch đầu dòng thứ hai; thời hạn theo Công văn
              số 231/SKHĐT-KTTT ngày 15/11/2024.
   Đề nghị  : gửi văn bản đã ký; nếu chưa kịp, cho biết lý do và ngày dự
              kiến gửi.
   Nhắc vì  : lý do 1.
   Cập nhật : {LINK}/1

II. ĐẾN HẠN TRONG 03 NGÀY LÀM VIỆC: 01 việc

2. Tổng hợp kết quả phân loại, đánh giá hợp tác xã năm 2024
   Hạn      : thứ Tư 18/12/2024, còn 03 ngày làm việc.
   Căn cứ   : Điều 9 Thông tư số 01/2020/TT-BKHĐT.
   Đề nghị  : gửi tổng hợp đã ký; nếu chưa kịp, cho biết lý do và ngày dự
              kiến gửi.
   Nhắc vì  : lý do 2.
   Cập nhật : {LINK}/2

III. SẮP TỚI: 02 việc

3. Báo cáo năm 2024 kết quả thực hiện Kế hoạch
   Hạn      : thứ Sáu 20/12/2024, còn 05 ngày làm việc.
   Căn cứ   : Công văn số 231/SKHĐT-KTTT ngày 15/11/2024.
   Cập nhật : {LINK}/3

4. Cập nhật nội dung hỗ trợ hợp tác xã theo Phụ lục Kế hoạch
   Dự kiến  : thứ Ba 31/12/2024 (chưa có văn bản ấn định thời hạn).
   Căn cứ   : khoản 7 Mục V.
   Cập nhật : {LINK}/4

Nếu văn bản đã gửi qua hệ thống quản lý văn bản, chỉ cần nhập số và ngày
văn bản tại liên kết; việc được ghi nhận theo ngày gửi. Nếu cần thêm thời
gian hoặc việc không thuộc trách nhiệm của Quý cơ quan, đề nghị chọn "Xin
gia hạn" hoặc "Chuyển trả" tại trang của việc đó.

Đầu mối: bà Nguyễn Thị Mẫu, Sở Kế hoạch và Đầu tư, điện thoại
0260 000 0000; trả lời thư này sẽ đến đầu mối.

Thư nhắc việc gửi tự động, không thay thế văn bản của Sở Kế hoạch và Đầu
tư. Liên kết chỉ dùng cho công việc của UBND huyện Đăk Tô, có hiệu lực đến
hết ngày 27/12/2024.
"""


def test_the_mail_of_a_district() -> None:
    digest = samples.digest(
        [told(samples.work(), "lý do 1"), told(samples.consolidation(), "lý do 2")],
        [samples.yearly_report(), samples.expected_update()],
    )
    assert text(digest) == DISTRICT


def test_without_links_the_mail_asks_for_a_reply() -> None:
    whole = MAILS.render("reminder_agency", **values(samples.district_digest(), links=False))
    assert "đề nghị trả lời thư này, ghi số và ngày văn bản" in " ".join(whole.text.split())
    assert LINK not in whole.text + whole.html
    assert "<a" not in whole.html
    assert "liên kết" not in whole.text.lower()


def test_waiting_work_says_for_what_and_asks_for_nothing() -> None:
    waiting = samples.consolidation(waits_for=("bảng tự chấm điểm của HTX mô phỏng 1",))
    lines = text(samples.digest([samples.item(samples.work())], [waiting])).partition("II. ĐANG CHỜ: 01 việc")[2]
    entry = lines.partition("Nếu văn bản")[0]
    assert "Đang chờ : bảng tự chấm điểm của HTX mô phỏng 1; khi đủ sẽ có thư báo." in entry
    assert "Đề nghị" not in entry
    assert LINK not in entry


def test_near_assumed_days_do_not_stand_under_a_heading_of_deadlines() -> None:
    near = samples.expected_update(due_on=date(2024, 12, 17))
    assert "I. DỰ KIẾN TRONG 03 NGÀY LÀM VIỆC: 01 việc" in text(samples.digest([samples.item(near)]))
    both = samples.digest([samples.item(near), samples.item(samples.consolidation())])
    assert "I. ĐẾN HẠN, DỰ KIẾN TRONG 03 NGÀY LÀM VIỆC: 02 việc" in text(both)


def test_the_lead_officer_reads_of_agencies_and_more_softly_of_cooperatives() -> None:
    whole = text(samples.lead_digest(calls=True))
    assert whole.startswith("Kính gửi: Đầu mối theo dõi kế hoạch, Sở Kế hoạch và Đầu tư\n")
    agencies, _, rest = whole.partition("II. HỢP TÁC XÃ CHƯA NỘP: 01 việc")
    cooperatives, _, calls = rest.partition("III. CẦN GỌI ĐIỆN: 01 việc")
    assert "I. VIỆC CỦA CƠ QUAN KHÁC QUÁ HẠN TỪ 03 NGÀY LÀM VIỆC: 02 việc" in agencies
    assert "   Đã nhắc  : 05/12, 09/12, 10/12, 11/12 (máy chủ thư đã nhận cả 04 thư).\n" in agencies
    assert "   Đầu mối  : ông Trần Văn Mẫu, 0260 000 0001.\n" in agencies
    assert "quá" not in cooperatives
    assert "hỏi thăm, hướng dẫn thêm" in cooperatives
    assert "gọi điện cho cơ quan" in calls
    assert "chưa có thư nào được máy chủ thư nhận" in calls


def test_two_plans_stand_apart_and_numbers_run_through() -> None:
    heads = [samples.plan_head(), samples.plan_head(code="other", citation="Kế hoạch số 77/KH-UBND")]
    works = [samples.item(samples.work()), samples.item(samples.consolidation(plan="other"))]
    whole = text(samples.digest(works, plans=heads))
    places = [whole.index(piece) for piece in ("A. Kế hoạch số 3819", "\n1. ", "B. Kế hoạch số 77", "\n2. ")]
    assert places == sorted(places)


def test_the_report_to_the_province_urges_some_and_asks_others() -> None:
    whole = MAILS.render("province_draft", **templates.draft_values(samples.province_draft(), simulation=False))
    assert whole.subject == "[KH 3819] 02/11 cơ quan, đơn vị có việc quá hạn, kính đề nghị chỉ đạo (24/12/2024)"
    urged, _, asked = whole.text.partition("II. SỞ KẾ HOẠCH VÀ ĐẦU TƯ ĐÃ ĐỀ NGHỊ: 01 việc")
    assert "Đôn đốc  : 04 lần" in urged
    assert "Liên minh Hợp tác xã tỉnh Kon Tum" in asked
    assert "đôn đốc" not in asked.lower()
    assert "Sở Kế hoạch và Đầu tư kính đề nghị Ủy ban nhân dân tỉnh xem xét, chỉ đạo." in asked
    assert "HTX" not in whole.text


def test_a_receipt_says_that_nothing_more_is_to_be_done() -> None:
    given = samples.mail_values()["receipt"]
    assert "Sở Kế hoạch và Đầu tư kiểm tra chậm nhất ngày 20/12/2024. Quý cơ quan không phải làm gì thêm." in " ".join(
        MAILS.render("receipt", **given).text.split()
    )
    cooperative = given | {"to": samples.cooperative(), "check_by": ""}
    assert "\nHợp tác xã không phải làm gì thêm.\n" in MAILS.render("receipt", **cooperative).text


def test_a_report_comes_back_for_a_supplement_or_to_be_sent_again() -> None:
    given = samples.mail_values()["returned"]
    supplement = " ".join(MAILS.render("returned", **given).text.split())
    assert "Đề nghị bổ sung chậm nhất 16 giờ 00 ngày 20/12/2024: thiếu minh chứng tiêu chí 5." in supplement
    assert "Lần gửi đầu ngày 18/12/2024 vẫn được ghi nhận là đúng hạn." in supplement
    again = given | {"kind": "resubmit", "reason": "là số liệu năm 2023", "respond_by": ""}
    resubmit = " ".join(MAILS.render("returned", **again).text.split())
    assert "Báo cáo chưa sử dụng được vì là số liệu năm 2023. Đề nghị gửi lại." in resubmit
    assert "Thời điểm hoàn thành tính theo lần gửi mới." in resubmit


# HTML


def test_values_are_escaped_in_html_and_only_there() -> None:
    digest = samples.digest([samples.item(samples.work(title="Dự toán <b> & phụ lục"))])
    whole = MAILS.render("reminder_agency", **values(digest))
    assert "Dự toán &lt;b&gt; &amp; phụ lục" in whole.html
    assert "Dự toán <b> & phụ lục" in whole.text


def test_every_row_has_its_own_button() -> None:
    html = MAILS.render("reminder_agency", **values(samples.district_digest())).html
    for number in (1, 2, 3, 4):
        assert f'href="{LINK}/{number}">Cập nhật việc {number}</a>' in html
    assert html.count('scope="col"') == 4
    assert html.count('scope="row"') == 4


def test_a_digest_of_three_lines_is_compact() -> None:
    digest = samples.digest([samples.item(samples.work())], [samples.consolidation(), samples.yearly_report()])
    assert len(MAILS.render("reminder_agency", **values(digest)).html.encode()) < 7_000


# Refusals


def folder_with(tmp_path: Path, **files: str) -> MailTemplates:
    (tmp_path / "mail").mkdir()
    whole = {"subject.txt": "a", "body.txt": "b", "body.html": "c"} | {
        name.replace("_", "."): content for name, content in files.items()
    }
    for name, content in whole.items():
        (tmp_path / "mail" / name).write_text(content, encoding="utf-8")
    return MailTemplates(tmp_path)


@pytest.mark.parametrize(
    ("content", "line", "key", "said"),
    [
        ("một\n{{ thieu }}", 2, "thieu", "Mẫu thư cần giá trị 'thieu' nhưng không được cung cấp."),
        ("{{ to.thieu }}", 1, "thieu", "Mẫu thư cần giá trị 'thieu' nhưng không được cung cấp."),
        ("{{ thieu|wrap }}", 1, "thieu", "Mẫu thư cần giá trị 'thieu' nhưng không được cung cấp."),
        ("một\n\n{% if %}", 3, "cú pháp", "Đề nghị sửa dòng này của mẫu thư."),
        ("{{ to|khongco }}", 1, "cú pháp", "khongco"),
    ],
)
def test_a_template_that_cannot_be_used_is_named_with_its_line(
    tmp_path: Path, content: str, line: int, key: str, said: str
) -> None:
    mails = folder_with(tmp_path, body_txt=content)
    with pytest.raises(BadConfig) as caught:
        mails.render("mail", to=samples.addressee())
    (problem,) = caught.value.problems
    assert (problem.line, problem.key) == (line, key)
    assert problem.file.endswith("mail/body.txt")
    assert said in str(caught.value)


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    mails = folder_with(tmp_path)
    (tmp_path / "mail" / "body.html").unlink()
    with pytest.raises(BadConfig, match=r"mail/body\.html: tệp: Không có tệp mẫu thư này\."):
        mails.render("mail")


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    mails = folder_with(tmp_path)
    (tmp_path / "mail" / "body.txt").write_bytes("Kính gửi".encode("cp1258", "replace"))
    with pytest.raises(BadConfig, match="UTF-8"):
        mails.render("mail")


def test_the_names_are_the_folders_of_mails(tmp_path: Path) -> None:
    mails = folder_with(tmp_path)
    (tmp_path / "_base").mkdir()
    (tmp_path / "README.md").write_text("x", encoding="utf-8")
    assert mails.names() == ["mail"]


def test_a_cooperative_never_stands_in_the_report_to_the_province() -> None:
    kinds = {line.holder_kind for line in samples.province_draft().lines}
    assert AgencyKind.COOPERATIVE not in kinds

"""From the plan file to the mail in somebody's mailbox and back, as commands typed one after the other."""

from __future__ import annotations

from datetime import date
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from htx_workflow.gateways import mailbox
from htx_workflow.gateways.mail import KEY_HEADER
from tests.commands import PLAN, Finished, htx, htx_here

CODE = "kontum-3819"
HTX = f"{CODE}/R.htx/htx-rangdong/2024"
HUYEN = f"{CODE}/R.huyen/huyen-dakto/2024"
AGENCY = f"{CODE}/R.agency/stc/2024"


class Desk:
    """Somebody at a terminal, on a day."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.day = date(2024, 10, 23)

    def types(self, *arguments: str) -> Finished:
        """Run a command in a process of its own."""
        return htx(*arguments, var_dir=str(self.folder), today=self.day.isoformat())

    def done(self, *arguments: str) -> str:
        """Run a command here that must succeed; its output."""
        finished = htx_here(*arguments, var_dir=str(self.folder), today=self.day.isoformat())
        assert finished.code == 0, finished.err
        return finished.out

    def json(self, *arguments: str) -> Any:
        finished = htx_here(*arguments, "--json", var_dir=str(self.folder), today=self.day.isoformat())
        assert finished.code == 0, finished.err
        return finished.json

    def morning(self, day: date) -> tuple[dict[str, int], dict[str, int]]:
        self.day = day
        return self.json("tick"), self.json("deliver")

    def mails(self) -> dict[str, EmailMessage]:
        """Mails by key."""
        found = [mailbox.read_mail(path) for path in mailbox.list_mails(self.folder / "mailbox")]
        return {str(mail[KEY_HEADER]): mail for mail in found}


def text_of(mail: EmailMessage) -> str:
    """The words of the text part on one line."""
    part = mail.get_body(("plain",))
    assert part is not None
    return " ".join(part.get_content().split())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "var")


def test_a_year_end_from_the_plan_file_to_the_mailbox_and_back(desk: Desk) -> None:
    loaded = desk.types("plan", "load", str(PLAN))
    assert (loaded.code, loaded.err) == (0, "")
    assert "đã nạp phiên bản 1" in loaded.out
    assert "115 kỳ thực hiện" in loaded.out

    # A forecast, and the same day as it comes
    desk.day = date(2024, 11, 14)
    coming = desk.json("forecast", CODE, "--days", "1")
    ticked, delivered = desk.morning(date(2024, 11, 14))
    assert (len(coming), ticked["digests"], delivered["sent"]) == (0, 0, 0)
    desk.day = date(2024, 11, 15)
    coming = desk.json("forecast", CODE, "--days", "1")
    ticked, delivered = desk.morning(date(2024, 11, 15))
    assert {mail["to"] for mail in coming} == {str(mail["To"]) for mail in desk.mails().values()}
    assert ticked["digests"] == delivered["sent"] == len(coming) == 5
    assert (delivered["failed"], delivered["doubtful"]) == (0, 0)

    # What a cooperative reads
    mail = desk.mails()["digest/rangdong-ke-toan/2024-11-15/1"]
    (promised,) = [found for found in coming if found["to"] == "htx.rangdong@example.vn"]
    assert str(mail["Subject"]) == promised["subject"]
    assert promised["items"][0]["occurrence"] == HTX
    text = text_of(mail)
    assert "chậm nhất Chủ nhật 15/12/2024, ngày làm việc cuối cùng là thứ Sáu 13/12/2024" in text
    assert "Thông tư số 01/2020/TT-BKHĐT" in text
    assert mail["Message-ID"]

    # The cooperative sends its report, the district accepts it
    desk.day = date(2024, 12, 12)
    paper = ("--number", "12/BC-HTX", "--dated", "2024-12-11", "--issuer", "htx-rangdong")
    assert "ghi nhận đúng hạn, gửi ngày 11/12/2024" in desk.done(
        "report", "submit", HTX, "--sent-on", "11/12/2024", *paper
    )
    assert "đã chấp nhận" in desk.done("report", "verify", HTX, "--as", "dakto-tckh")
    desk.morning(date(2024, 12, 13))
    assert "digest/rangdong-ke-toan/2024-12-13/1" not in desk.mails()
    assert "digest/dakto-tckh/2024-12-13/1" in desk.mails()

    # Assumed days become deadlines by a document, after a look
    desk.day = date(2024, 12, 10)
    adopt = (
        "duty",
        "adopt",
        CODE,
        "--all",
        "--document",
        "231/SKHĐT-KTTT",
        "--dated",
        "2024-12-10",
        "--issuer",
        "skhdt",
    )
    looked = desk.done(*adopt, "--dry-run")
    assert f"{AGENCY}: hạn thứ Hai 16/12/2024" in looked
    assert "Mới xem trước, chưa có gì thay đổi." in looked
    before = desk.json("status", CODE)["total"]
    assert before["expected"] == 44
    assert "Đã ấn định 41 thời hạn theo văn bản số 231/SKHĐT-KTTT ngày 10/12/2024." in desk.done(*adopt)
    after = desk.json("status", CODE)["total"]
    assert after["expected"] == 3
    assert after["open_in_time"] == before["open_in_time"] + 41

    # A paper sent on the 18th and typed on the 20th
    desk.day = date(2024, 12, 20)
    paper = ("--number", "45/BC-UBND", "--dated", "2024-12-18", "--issuer", "huyen-dakto")
    desk.done("report", "submit", HUYEN, "--sent-on", "2024-12-18", *paper)
    desk.done("report", "verify", HUYEN)
    on = {day: desk.json("status", CODE, "--on", f"2024-12-{day}")["by_agency"]["huyen-dakto"] for day in (18, 19, 20)}
    assert [(on[day]["open_overdue"], on[day]["done_on_time"]) for day in (18, 19, 20)] == [(1, 0), (2, 0), (1, 1)]
    assert (on[19]["rate_on_time"], on[20]["rate_on_time"]) == (0.0, 0.5)

    # Overdue work is told, and the lead agency hears of it
    desk.morning(date(2024, 12, 20))
    text = text_of(desk.mails()["digest/stc-dau-moi/2024-12-20/1"])
    assert "quá 04 ngày làm việc" in text
    assert "Công văn số 231/SKHĐT-KTTT ngày 10/12/2024" in text

    # The log is whole
    verified = desk.json("audit", "verify")
    assert verified["broken"] == []
    assert verified["events"] >= 8
    assert "Nhật ký nguyên vẹn" in desk.done("audit", "verify")


def test_doing_every_morning_twice_sends_nothing_twice(desk: Desk) -> None:
    desk.done("plan", "load", str(PLAN))
    for _ in range(2):
        desk.morning(date(2024, 12, 11))
    first = len(desk.mails())
    assert desk.json("tick") == {"rungs": 0, "digests": 0, "superseded": 0, "skipped": 0}
    assert desk.json("deliver") == {"sent": 0, "retry": 0, "failed": 0, "doubtful": 0}
    assert len(list((desk.folder / "mailbox").glob("*/*.eml"))) == first


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("status", "khong-co"), "Không có kế hoạch khong-co"),
        (("forecast", "khong-co"), "Không có kế hoạch khong-co"),
        (("report", "submit", f"{CODE}/R.htx/khong-co/2024"), "Không có kỳ thực hiện"),
        (("report", "submit", CODE, "--number", "1/BC", "--dated", "2024-12-01"), "cơ quan ban hành"),
        (("report", "submit", HTX, "--as", "khong-ai"), "Không có đầu mối khong-ai"),
        (("report", "submit", HTX, "--number", "1/BC"), "Văn bản cần đủ số, ngày"),
        (("outbox", "show", "khong-co"), "Không có thư khong-co"),
        (("outbox", "retry", "khong-co"), "Không có thư khong-co"),
        (("request", "raise", CODE, "VI.1"), "nêu một cơ quan bằng --holder"),
        (("request", "raise", CODE, "X.1"), "không có nhiệm vụ X.1"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else "",
)
def test_a_refusal_is_a_sentence_on_stderr_and_exit_code_one(
    desk: Desk, arguments: tuple[str, ...], sentence: str
) -> None:
    desk.done("plan", "load", str(PLAN))
    refused = htx_here(*arguments, var_dir=str(desk.folder), today="2024-12-12")
    assert (refused.code, refused.out) == (1, "")
    assert sentence in refused.err
    assert "Traceback" not in refused.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("tick", "--on", "2024-02-30"),
        ("forecast", CODE, "--days", "0"),
        ("duty", "adopt", CODE, "--document", "1", "--dated", "2024-12-01", "--issuer", "skhdt"),
        ("khong-co",),
        ("report", "return", HTX, "--kind", "khac", "--reason", "x"),
    ],
)
def test_wrong_usage_is_exit_code_two(desk: Desk, arguments: tuple[str, ...]) -> None:
    assert htx_here(*arguments, var_dir=str(desk.folder)).code == 2


def test_the_same_key_typed_twice_is_recorded_once(desk: Desk) -> None:
    desk.done("plan", "load", str(PLAN))
    desk.day = date(2024, 12, 12)
    assert desk.done("report", "submit", HTX, HTX).count(HTX) == 1


def test_a_rehearsed_load_changes_nothing(desk: Desk) -> None:
    assert "sẽ nạp phiên bản 1" in desk.done("plan", "load", str(PLAN), "--dry-run")
    assert [row["version"] for row in desk.json("plan", "list")] == [None]


def test_a_plan_that_is_not_loaded_can_be_looked_at(desk: Desk) -> None:
    looked = htx_here("status", CODE, "--json", var_dir=str(desk.folder), today="2024-12-20")
    assert looked.json["total"]["open_overdue"] == 10
    assert "chưa được nạp" in looked.err
    assert [row["version"] for row in desk.json("plan", "list")] == [None]

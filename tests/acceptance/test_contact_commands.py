"""htx contact, agency and session, as an administrator uses them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.commands import PLAN, Finished, htx_here


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`var` with plan 3819 loaded."""
    var = tmp_path_factory.mktemp("var")
    done = htx_here("plan", "load", str(PLAN), "--on", "2024-10-23", var_dir=str(var), today="2024-10-23")
    assert done.code == 0, done.err
    return var


@pytest.fixture
def htx(folder: Path) -> Any:
    def run(*arguments: str) -> Finished:
        return htx_here(*arguments, var_dir=str(folder), today="2024-12-13", base_url="https://theodoi.example.vn")

    return run


def test_the_first_administrator_gets_a_link_once_and_no_mail_of_the_agency(htx: Any) -> None:
    done = htx(
        "contact", "add", "qt-1", "--agency", "skhdt", "--address", "qt1@example.vn", "--name", "Phạm A", "--admin"
    )
    assert done.code == 0, done.err
    assert re.search(r"trong 24 giờ: https://theodoi\.example\.vn/m/\S{43}$", done.out.strip())
    shown = htx("contact", "show", "qt-1", "--json").json
    assert (shown["admin"], shown["agency"], shown["roles"], shown["valid_from"]) == (True, "skhdt", [], "2024-12-13")


def test_a_contact_for_one_duty(htx: Any) -> None:
    done = htx(
        "contact", "add", "dakto-nn", "--agency", "huyen-dakto", "--unit", "Phòng NN", "--duty", "V.7.2", "--json"
    )
    assert done.json == {"code": "dakto-nn", "agency": "huyen-dakto", "link": None}
    shown = htx("contact", "show", "dakto-nn", "--json").json
    assert (shown["roles"], shown["channel"]) == ([{"role": "focal", "duty": "V.7.2"}], "none")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("add", "x", "--agency", "khong-co"), "Không có cơ quan khong-co. Xem các cơ quan: htx agency list"),
        (("add", "skhdt-dau-moi", "--agency", "skhdt"), "Đã có đầu mối skhdt-dau-moi."),
        (("add", "x", "--agency", "skhdt", "--address", "x@"), 'Địa chỉ thư "x@" chưa dùng được.'),
        (("add", "x", "--agency", "skhdt", "--duty", "Z.9"), "Không kế hoạch nào có nhiệm vụ Z.9."),
        (("show", "x"), "Không có đầu mối x. Xem các đầu mối: htx contact list"),
        (("set", "skhdt-dau-moi"), "Chưa nêu điều cần sửa."),
        (("end", "skhdt-dau-moi", "--on", "2024-12-14"), "Ngày thôi nhiệm vụ ở phía trước."),
        (("end", "skhdt-dau-moi", "--person", "9"), "Không có người số 9"),
        (("code", "x"), "Không có đầu mối x."),
    ],
)
def test_what_cannot_be_is_a_sentence(htx: Any, arguments: tuple[str, ...], sentence: str) -> None:
    done = htx("contact", *arguments)
    assert done.code == 1
    assert sentence in done.err


def test_codes_and_sheets_are_printed_once(htx: Any) -> None:
    sheet = htx("contact", "sheet", "dakto-tckh").out
    assert re.fullmatch(r"https://theodoi\.example\.vn/p/\w{5}  mã \d{3} \d{3}  \(đến .* ngày 27/12/2024\)\n", sheet)
    made = htx("contact", "code", "dakto-tckh", "--json").json
    assert set(made) == {"code", "address", "digits", "until"}
    assert len(htx("contact", "show", "dakto-tckh", "--json").json["sheets"]) == 1


def test_a_contact_that_ends_is_listed_no_more(htx: Any) -> None:
    htx("contact", "add", "tam", "--agency", "stc", "--name", "Người Tạm")
    assert "tam" in [row["code"] for row in htx("contact", "list", "--agency", "stc", "--json").json]
    assert htx("contact", "set", "tam", "--phone", "0260", "--shared", "--json").json["changed"] == ["phone", "shared"]
    assert htx("contact", "end", "tam", "--as", "skhdt-quan-tri").code == 0
    assert "tam" not in [row["code"] for row in htx("contact", "list", "--agency", "stc", "--json").json]
    assert "tam" in [row["code"] for row in htx("contact", "list", "--all", "--json").json]
    assert "đã thôi nhiệm vụ" in htx("contact", "code", "tam").err


def test_agencies_and_sessions_are_listed(htx: Any) -> None:
    agencies = {row["code"]: row for row in htx("agency", "list", "--json").json}
    assert agencies["skhdt"]["parent"] == "ubnd-tinh"
    assert htx("session", "list", "--json").json == []
    assert htx("session", "end", "99").err == "Không có phiên 99 còn hiệu lực. Xem các phiên: htx session list\n"

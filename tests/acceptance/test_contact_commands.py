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


def test_a_contact_leaves_to_a_successor_and_the_sheet_is_written(htx: Any, tmp_path: Path) -> None:
    htx("contact", "add", "sct-hai", "--agency", "sct", "--address", "hai.sct@example.vn", "--admin", "--name", "Y Thu")
    leave = ("contact", "leave", "sct-dau-moi", "--successor", "sct-hai", "--json")
    assert "Chưa nêu người nhận bàn giao" in htx("contact", "leave", "sct-dau-moi").err
    seen = htx(*leave, "--dry-run").json
    assert (seen["dry_run"], seen["assignments"], seen["ways"][0]["after"]) == (True, 1, "hai.sct@example.vn")
    done = htx(*leave, "--out", str(tmp_path / "bien-ban.docx"))
    assert done.code == 0, done.err
    assert (tmp_path / "bien-ban.docx").read_bytes()[:2] == b"PK"
    assert htx("contact", "show", "sct-hai", "--json").json["roles"] == [{"role": "focal", "duty": None}]
    assert "đã thôi nhiệm vụ" in htx(*leave).err
    assert htx("contact", "rejoin", "sct-dau-moi").code == 0
    assert htx("contact", "assign", "sct-dau-moi", "--role", "support", "--json").json["assignments"] == 1


def test_the_list_goes_out_to_excel_and_in_again(htx: Any, tmp_path: Path) -> None:
    file = str(tmp_path / "dau-moi.xlsx")
    assert htx("contact", "export", file, "--json").json["rows"] > 15
    found = htx("contact", "import", file, "--json").json
    assert (found["add"], found["set"], found["end"], found["changes"]) == (0, 0, 0, [])
    assert htx("contact", "export", file, "--template").code == 0
    assert htx("contact", "import", file, "--dry-run").out == "Sẽ thêm 0, sửa 0, kết thúc 0; giữ nguyên 0.\n"


def test_an_agency_is_added_and_renamed_by_a_document(htx: Any) -> None:
    assert htx("agency", "add", "xa-moi", "--kind", "commune", "--name", "Ủy ban nhân dân xã Mới").code == 0
    document = ("--document", "09/NQ-HĐND", "--dated", "2024-12-01", "--issuer", "ubnd-tinh")
    renamed = htx(
        "agency", "rename", "xa-moi", "--name", "Ủy ban nhân dân phường Mới", "--from", "2025-01-01", *document
    )
    assert renamed.code == 0, renamed.err
    names = htx("agency", "show", "xa-moi", "--json").json["names"]
    assert [(name["valid_from"], name["document"]) for name in names] == [
        ("2025-01-01", "Nghị quyết số 09/NQ-HĐND ngày 01/12/2024"), ("2024-12-13", "")
    ]  # fmt: skip


def test_an_auditor_account_is_made_by_a_document_listed_and_ended(htx: Any) -> None:
    made = ("auditor", "add", "kt-1", "--agency", "ubnd-tinh", "--name", "Lê Kiểm Mẫu", "--address", "kt@example.vn")
    paper = ("--number", "15/QĐ-TTT", "--dated", "2024-12-10", "--issuer", "ubnd-tinh")
    past = htx(*made, "--to", "2024-12-01", "--from", "2024-11-01", *paper)
    assert (past.code, past.err.strip()) == (1, "Đến ngày 01/12/2024 đã qua. Đề nghị kiểm tra lại thời hạn.")
    assert htx(*made, "--to", "2024-12-31", *paper, "--json").json == {
        "code": "kt-1", "from": "2024-12-13", "to": "2024-12-31",
    }  # fmt: skip
    assert htx("contact", "show", "kt-1", "--json").json["roles"] == []
    assert htx("auditor", "end", "kt-1").code == 0
    assert [(row["contact"], row["number"], row["over"]) for row in htx("auditor", "list", "--json").json] == [
        ("kt-1", "15/QĐ-TTT", True)
    ]

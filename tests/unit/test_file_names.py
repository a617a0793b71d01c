"""Names of files: Vietnamese stays Vietnamese, and nothing in a name can do harm."""

from __future__ import annotations

import unicodedata
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htx_workflow.domain import file_names

LONG = ("Báo cáo kết quả thực hiện Kế hoạch hỗ trợ phát triển hợp tác xã nông nghiệp trên địa bàn huyện; " * 3)[:196]
LONG = f"{LONG.rstrip().ljust(196, 'ệ')}.pdf"


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("Báo cáo số 12.pdf", "Báo cáo số 12.pdf"),
        (unicodedata.normalize("NFD", "Phụ lục Đắk Glei.xlsx"), "Phụ lục Đắk Glei.xlsx"),
        (r"C:\Tài liệu\Sổ quỹ.docx", "Sổ quỹ.docx"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie: x=1.pdf"),
        ("sổ\x00\u200b quỹ\ufeff.pdf", "sổ quỹ.pdf"),
        ("  sổ \u00a0 quỹ .pdf. ", "sổ quỹ.pdf"),
        ("- A Thút, Ia H'Drai.pdf", "- A Thút, Ia H'Drai.pdf"),
        ("'Y Hà.pdf", "'Y Hà.pdf"),
        (".pdf", "tệp.pdf"),
        ("", "tệp"),
        ("Công văn số 12.2024", "Công văn số 12.2024"),
        (LONG, LONG),
        ("x" * 400 + ".docx", "x" * 250 + ".docx"),
    ],
)
def test_a_name_is_kept_as_it_is_written(raw: str, kept: str) -> None:
    assert file_names.clean_name(raw) == kept


def test_a_name_of_two_hundred_characters_is_kept_whole() -> None:
    assert len(LONG) == 200
    assert file_names.clean_name(LONG) == LONG


@given(st.text(max_size=400))
def test_a_kept_name_is_kept_again_and_has_no_path_and_no_control_characters(raw: str) -> None:
    name = file_names.clean_name(raw)
    assert file_names.clean_name(name) == name
    assert 0 < len(name) <= 255
    assert not set(name) & set("/\\\r\n\t\0\x7f")


def test_two_files_of_one_name_are_told_apart() -> None:
    taken = ["Sổ quỹ.pdf", "sổ quỹ (2).PDF"]
    assert file_names.free_name("sổ quỹ.pdf", taken) == "sổ quỹ (3).pdf"
    assert file_names.free_name("sổ quỹ.docx", taken) == "sổ quỹ.docx"
    assert len(file_names.free_name("x" * 251 + ".pdf", ["x" * 251 + ".pdf"])) == 255


@given(st.text(min_size=1, max_size=300))
def test_a_saved_name_fits_a_file_system_and_a_header(raw: str) -> None:
    name = file_names.clean_name(raw)
    assert len(file_names.download_name(name).encode()) <= 255
    header = file_names.disposition(name, inline=False)
    header.encode("ascii")
    assert header.count('"') == 2
    assert not set(header) & set("\r\n")


def test_a_browser_is_told_the_real_name_and_an_old_program_a_plain_one() -> None:
    header = file_names.disposition("Báo cáo Đắk Tô: quý 1.pdf", inline=False)
    assert header.startswith("attachment; filename=\"Bao cao Dak To_ quy 1.pdf\"; filename*=UTF-8''")
    assert unquote(header.rpartition("''")[2]) == "Báo cáo Đắk Tô_ quý 1.pdf"
    assert file_names.disposition("a.jpg", inline=True).startswith("inline; ")


def test_files_of_a_dossier_stand_in_the_order_of_its_list_each_once() -> None:
    assert file_names.numbered_names(["Sổ.pdf", "Sổ.pdf"]) == ["01 Sổ.pdf", "02 Sổ.pdf"]
    assert file_names.numbered_names(["a.pdf"] * 100)[99] == "100 a.pdf"


def test_a_name_in_a_sentence_is_short_and_reads_in_one_direction() -> None:
    assert file_names.shown_name(LONG) == f"{LONG[:50]}…{LONG[-25:]}"
    assert file_names.shown_name("bao_cao\u202efdp.exe") == "bao_caofdp.exe"

"""Refusals of files name the file, what is wrong and what to do."""

from __future__ import annotations

import inspect

import pytest

from htx_workflow.domain import file_rules
from htx_workflow.domain.file_rules import Kind, Limits


@pytest.mark.parametrize("name", ["Sổ quỹ.pdf", "IMG_0001.HEIC", "ảnh.JPEG", "bảng.xlsx", "công văn", "sổ.jfif"])
def test_a_name_of_a_kind_that_is_taken_or_without_one_is_not_refused(name: str) -> None:
    assert file_rules.refused_name(name) is None


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "a.pdf.exe",
            "Tệp “a.pdf.exe” thuộc loại .exe không nhận. Các loại nhận: PDF, Word (.docx, .doc), Excel (.xlsx, .xls),"
            " ảnh (.jpg, .png, .heic).",
        ),
        ("bảng.XLSM", "Tệp “bảng.XLSM” có chứa macro (mã lệnh). Đề nghị lưu thành .xlsx không có macro rồi gửi lại."),
        (
            "hồ sơ.rar",
            "Tệp “hồ sơ.rar” là tệp nén. Đề nghị giải nén rồi chọn gửi các tệp bên trong; có thể chọn nhiều tệp một lần.",
        ),
        ("quét.tif", "Tệp “quét.tif” thuộc loại .tif không nhận. Đề nghị lưu thành PDF rồi gửi lại."),
        (
            "bao_cao\u202efdp.exe",
            "Tệp “bao_caofdp.exe” có ký tự đổi chiều chữ trong tên, thường dùng để giấu loại tệp thật. Đề nghị đổi tên"
            " tệp rồi gửi lại.",
        ),
    ],
)
def test_a_name_that_is_refused_says_what_to_do(name: str, sentence: str) -> None:
    assert file_rules.refused_name(name) == sentence


def test_a_file_that_is_too_large_says_both_sizes() -> None:
    assert file_rules.too_large("Sổ.pdf", 60_300_000, 20_000_000) == (
        "Tệp “Sổ.pdf” nặng 60,3 MB, mỗi tệp nhiều nhất 20 MB. Đề nghị quét lại với độ phân giải thấp hơn"
        " (200 dpi, đen trắng) hoặc chia thành nhiều tệp."
    )


@pytest.mark.parametrize(
    ("size", "words"), [(1, "1 KB"), (350_000, "350 KB"), (7_400_000, "7,4 MB"), (20_000_000, "20 MB")]
)
def test_sizes_are_written_with_a_comma(size: int, words: str) -> None:
    assert file_rules.size_text(size) == words


def test_every_kind_has_its_words_and_its_media_type() -> None:
    assert set(file_rules.WORDS) == set(file_rules.MEDIA_TYPES) == set(file_rules.EXTENSIONS.values()) == set(Kind)


def test_a_converted_file_gets_the_extension_of_what_it_became() -> None:
    assert file_rules.with_extension("IMG_1.HEIC", Kind.JPEG) == "IMG_1.jpg"
    assert file_rules.with_extension("ảnh.JPEG", Kind.JPEG) == "ảnh.JPEG"
    assert file_rules.with_extension("Công văn số 12.2024", Kind.PDF) == "Công văn số 12.2024.pdf"


def test_ten_pages_of_a_ledger_photographed_by_a_phone_fit_into_one_form() -> None:
    assert Limits().request >= 10 * 12_000_000


def test_every_refusal_of_a_file_is_two_sentences() -> None:
    limits = Limits()
    values = {
        "name": "Sổ.pdf", "size": 1, "limit": 1, "found": "trang web", "extension": ".docx", "kind": Kind.PDF,
        "limits": limits, "used": 1, "more": 1, "files": 99,
    }  # fmt: skip
    for function in (
        file_rules.empty, file_rules.too_large, file_rules.request_too_large, file_rules.too_many,
        file_rules.other_content, file_rules.macros, file_rules.locked, file_rules.damaged,
        file_rules.unpacks_too_large, file_rules.too_many_pixels, file_rules.no_heic, file_rules.infected,
        file_rules.over_quota, file_rules.awaiting_scan, file_rules.shut,
    ):  # fmt: skip
        wanted = {name: values[name] for name in inspect.signature(function).parameters}
        sentence = function(**wanted)  # type: ignore[operator]
        assert sentence.endswith(".")
        assert ". " in sentence, sentence

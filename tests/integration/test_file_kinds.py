"""What a file really is: read from the file, compared with its name, and refused in a sentence where they differ."""

from __future__ import annotations

import struct
import subprocess
import sys
import tracemalloc
import zlib
from pathlib import Path

import pytest

from htx_workflow.domain.errors import BadInput
from htx_workflow.domain.file_rules import Kind, Limits, Signature
from htx_workflow.gateways import file_kinds
from htx_workflow.gateways.file_kinds import Found
from tests import file_samples as samples

LIMITS = Limits()


def look(content: bytes, name: str, limits: Limits = LIMITS) -> Found:
    return file_kinds.look(samples.opened(content), name, limits)


def refusal(content: bytes, name: str, limits: Limits = LIMITS) -> str:
    with pytest.raises(BadInput) as refused:
        look(content, name, limits)
    return str(refused.value)


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (samples.a_pdf(), "Báo cáo.pdf", Kind.PDF),
        (samples.a_pdf(), "Báo cáo.PDF", Kind.PDF),
        (samples.a_pdf(), "Công văn số 12.2024", Kind.PDF),
        (b"\r\n\r\n" + samples.a_pdf(), "máy quét.pdf", Kind.PDF),
        (samples.a_docx(), "Báo cáo.docx", Kind.DOCX),
        (samples.an_xlsx(), "Bảng.xlsx", Kind.XLSX),
        (samples.a_doc(), "Báo cáo.doc", Kind.DOC),
        (samples.an_xls(), "Bảng.xls", Kind.XLS),
        (samples.a_picture(), "ảnh.jpg", Kind.JPEG),
        (samples.a_picture(format="PNG"), "ảnh.png", Kind.PNG),
        (samples.a_picture(format="WEBP"), "ảnh.webp", Kind.WEBP),
        (samples.a_heic(), "IMG_0001.HEIC", Kind.HEIC),
        (samples.a_heic(), "IMG_0001.jpg", Kind.HEIC),
        (samples.a_picture(format="PNG"), "ảnh.jpeg", Kind.PNG),
    ],
)
def test_a_file_that_is_taken_is_known_by_what_it_holds(content: bytes, name: str, kind: Kind) -> None:
    assert look(content, name) == Found(kind)


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (samples.HTML, "báo cáo.pdf", "có đuôi .pdf nhưng nội dung là trang web (HTML)"),
        (b"\xef\xbb\xbf" + samples.HTML, "bảng.xls", "có đuôi .xls nhưng nội dung là trang web (HTML)"),
        (samples.HTML + samples.a_pdf(), "hai mặt.pdf", "có đuôi .pdf nhưng nội dung là trang web (HTML)"),
        (b"MZ\x90\x00" + b"\0" * 90, "báo cáo.docx", "có đuôi .docx nhưng nội dung là chương trình chạy được (.exe)"),
        (samples.a_pdf(), "báo cáo.docx", "có đuôi .docx nhưng nội dung là tệp PDF"),
        (samples.a_docx(), "báo cáo.doc", "có đuôi .doc nhưng nội dung là tệp Word"),
        (samples.an_xlsx(), "bảng.docx", "có đuôi .docx nhưng nội dung là tệp Excel"),
        (samples.a_picture(), "ảnh.pdf", "có đuôi .pdf nhưng nội dung là ảnh JPG"),
        (samples.a_pdf(), "ảnh.jpg", "có đuôi .jpg nhưng nội dung là tệp PDF"),
        (samples.a_zip({"a.txt": b"a"}), "hồ sơ.docx", "có đuôi .docx nhưng nội dung là tệp nén (.zip)"),
        (samples.an_ole({"PowerPoint Document": b""}), "a.doc", "có đuôi .doc nhưng nội dung là tệp Office loại khác"),
        (b"Kinh gui", "báo cáo.pdf", "có đuôi .pdf nhưng nội dung không phải loại tệp đó"),
        (b"Kinh gui", "báo cáo", "không có đuôi và không rõ loại"),
        (b"", "báo cáo.pdf", "không có nội dung (0 byte)"),
        (samples.a_pdf(), "báo cáo.pdf.exe", "thuộc loại .exe không nhận"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_refused_in_words(content: bytes, name: str, words: str) -> None:
    assert refusal(content, name).startswith(f"Tệp “{name}” {words}. ")


# Word and Excel


@pytest.mark.parametrize(
    "content",
    [
        samples.a_zip({"word/vbaProject.bin": b"x"}, base=samples.a_docx()),
        samples.a_zip({"word/VBAPROJECT.BIN": b"x"}, base=samples.a_docx()),
        samples.a_zip({"xl/macrosheets/sheet1.xml": b"x"}, base=samples.an_xlsx()),
        samples.an_ole({"WordDocument": b""}, ("Macros",)),
        samples.an_ole({"Workbook": b""}, ("_VBA_PROJECT_CUR",)),
    ],
)
def test_macros_are_refused_in_words(content: bytes) -> None:
    assert "có chứa macro (mã lệnh)" in refusal(content, "không đuôi")


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (samples.an_ole({"EncryptionInfo": b"", "EncryptedPackage": b""}), "a.docx", "tệp Word"),
        (samples.an_ole({"EncryptionInfo": b"", "EncryptedPackage": b""}), "a.xlsx", "tệp Excel"),
        (samples.a_doc(locked=True), "a.doc", "tệp Word đời cũ"),
        (samples.an_xls(locked=True), "a.xls", "tệp Excel đời cũ"),
        (samples.a_locked_pdf(user="bí mật", owner="x"), "a.pdf", "tệp PDF"),
    ],
)
def test_a_password_is_said_in_words(content: bytes, name: str, kind: str) -> None:
    assert refusal(content, name) == (
        f"Tệp “{name}” là {kind} có mật khẩu, người nhận không mở được. Đề nghị bỏ mật khẩu, lưu lại rồi gửi."
    )


def test_a_pdf_that_anybody_opens_and_nobody_may_print_is_taken() -> None:
    assert look(samples.a_locked_pdf(user="", owner="chủ"), "a.pdf") == Found(Kind.PDF)


def test_a_word_file_that_unpacks_to_more_than_the_limit_is_refused_unread() -> None:
    bomb = samples.a_bomb(201_000_000)
    assert len(bomb) < 300_000
    tracemalloc.start()
    assert "khi mở ra có hơn 3000 phần hoặc nặng hơn 200 MB" in refusal(bomb, "a.docx")
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_too_many_parts_are_refused() -> None:
    content = samples.a_zip({f"word/{number}": b"" for number in range(20)}, base=samples.a_docx())
    assert "khi mở ra có hơn 30 phần" in refusal(content, "a.docx", Limits(parts=30))


def test_a_list_of_parts_that_would_fill_the_memory_is_not_read() -> None:
    content = samples.a_zip({f"word/{'x' * 200}{number}": b"" for number in range(9000)})
    assert "khi mở ra có hơn" in refusal(content, "a.docx", Limits(parts=100_000))


def test_a_part_that_lies_about_its_size_is_read_no_further_than_it_says() -> None:
    content = bytearray(samples.a_docx())
    place = content.index(b"PK\x01\x02")
    assert content[place + 46 :].startswith(b"[Content_Types].xml")
    content[place + 24 : place + 28] = struct.pack("<L", 10)
    assert "tệp Word bị hỏng" in refusal(bytes(content), "a.docx")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (samples.a_docx()[:4000], "a.docx"),
        (samples.a_docx()[:4000], "a.xlsx"),
        (samples.a_pdf()[:200], "a.pdf"),
        (b"%PDF-1.7\nkhong co gi", "a.pdf"),
        (samples.a_doc()[:600], "a.doc"),
        (samples.a_picture()[:40], "a.jpg"),
        (samples.a_heic()[:60], "a.heic"),
    ],
)
def test_a_file_that_is_cut_off_is_called_damaged(content: bytes, name: str) -> None:
    assert "bị hỏng hoặc gửi chưa trọn" in refusal(content, name)


LOOK = """
import io, resource, sys
from htx_workflow.domain.errors import BadInput
from htx_workflow.domain.file_rules import Limits
from htx_workflow.gateways import file_kinds
content = open(sys.argv[1], "rb").read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    file_kinds.look(io.BytesIO(content), "a.pdf", Limits())
except BadInput as error:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, error)
"""


def test_a_pdf_whose_table_would_unpack_to_gigabytes_takes_little_memory(tmp_path: Path) -> None:
    packer = zlib.compressobj(9)
    table = b"".join(packer.compress(b"\0" * 10_000_000) for _ in range(60)) + packer.flush()
    body = b"%PDF-1.5\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
    place = len(body)
    body += b"4 0 obj\n<</Type/XRef/Size 5/W[1 4 1]/Root 1 0 R/Filter/FlateDecode/Length %d>>stream\n" % len(table)
    (tmp_path / "a.pdf").write_bytes(body + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % place)
    done = subprocess.run([sys.executable, "-c", LOOK, tmp_path / "a.pdf"], capture_output=True, text=True, check=True)
    kilobytes, _, sentence = done.stdout.partition(" ")
    assert "tệp PDF bị hỏng" in sentence
    assert int(kilobytes) < 200_000


# Digital signatures


def test_a_signed_pdf_is_known_and_not_changed() -> None:
    content = samples.a_signed_pdf()
    file = samples.opened(content)
    assert file_kinds.look(file, "a.pdf", LIMITS) == Found(Kind.PDF, Signature.UNCHECKED)
    file.seek(0)
    assert file.read() == content


def test_a_signature_that_covers_more_than_there_is_cannot_be_read() -> None:
    assert look(samples.a_signed_pdf(broken=True), "a.pdf") == Found(Kind.PDF, Signature.UNREADABLE)
    assert look(samples.a_signed_pdf()[:-20] + b" " * 5, "a.pdf").signature is Signature.UNREADABLE


def test_a_signed_word_file_is_known() -> None:
    content = samples.a_zip({"_xmlsignatures/sig1.xml": b"<Signature/>"}, base=samples.a_docx())
    assert look(content, "a.docx") == Found(Kind.DOCX, Signature.UNCHECKED)


# Pictures


def test_a_picture_with_more_pixels_than_the_limit_is_refused_before_it_is_decoded() -> None:
    limits = Limits(pixels=10_000_000)
    assert "là ảnh có hơn 10 triệu điểm" in refusal(samples.a_picture(4000, 3000), "a.jpg", limits)
    assert "là ảnh có hơn 10 triệu điểm" in refusal(samples.a_picture(4000, 3000, format="PNG"), "a.png", limits)
    assert look(samples.a_picture(4000, 2500), "a.jpg", limits) == Found(Kind.JPEG)


def test_a_picture_that_says_it_is_gigantic_is_refused() -> None:
    content = bytearray(samples.a_picture(format="PNG"))
    content[16:24] = struct.pack(">LL", 60_000, 60_000)
    content[29:33] = struct.pack(">L", zlib.crc32(content[12:29]))
    assert "là ảnh có hơn 50 triệu điểm" in refusal(bytes(content), "a.png")

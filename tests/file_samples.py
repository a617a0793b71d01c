"""Files as people send them, made anew in each test: real Word, Excel, PDF, HEIC, and those that are not what they say."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import BinaryIO

import docx
import openpyxl
import pikepdf
import pillow_heif
from PIL import ExifTags, Image, ImageDraw

HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SECTOR = 512


def opened(content: bytes) -> BinaryIO:
    return io.BytesIO(content)


def a_pdf(*, size: int = 0, text: str = "") -> bytes:
    """A PDF of one page; with `size` at least so many bytes."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.docinfo["/Title"] = text or "Báo cáo"
    if size:
        pdf.pages[0]["/Contents"] = pikepdf.Stream(pdf, bytes(range(256)) * (size // 256 + 1))
    return _saved(pdf, compress_streams=False)


def a_locked_pdf(*, user: str, owner: str) -> bytes:
    pdf = pikepdf.open(io.BytesIO(a_pdf()))
    return _saved(pdf, encryption=pikepdf.Encryption(user=user, owner=owner))


def a_signed_pdf(*, broken: bool = False) -> bytes:
    """A PDF with the mark of a digital signature; `broken`: it says that it covers more than there is."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    signature = pikepdf.Dictionary(
        Type=pikepdf.Name.Sig, Filter=pikepdf.Name("/Adobe.PPKLite"), SubFilter=pikepdf.Name("/adbe.pkcs7.detached"),
        Contents=pikepdf.String(b"\xab" * 64), ByteRange=[0, 1111111111, 2222222222, 3333333333],
    )  # fmt: skip
    field = pdf.make_indirect(pikepdf.Dictionary(FT=pikepdf.Name.Sig, T="Chữ ký", V=pdf.make_indirect(signature)))
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[field], SigFlags=3)
    content = _saved(pdf)
    start = content.index(b"<" + b"ab" * 64 + b">")
    end = start + 130
    rest = len(content) - end + (1000 if broken else 0)
    for mark, number in ((b"1111111111", start), (b"2222222222", end), (b"3333333333", rest)):
        content = content.replace(mark, f"{number:010d}".encode())
    return content


def _saved(pdf: pikepdf.Pdf, **options: object) -> bytes:
    target = io.BytesIO()
    pdf.save(target, static_id=True, **options)  # type: ignore[arg-type]
    return target.getvalue()


def a_docx(text: str = "Kính gửi: Sở Kế hoạch và Đầu tư") -> bytes:
    document = docx.Document()
    document.add_paragraph(text)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def an_xlsx() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "Vốn điều lệ"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def a_zip(parts: dict[str, bytes], *, base: bytes = b"") -> bytes:
    """A zip of these parts, behind those of `base`."""
    target = io.BytesIO(base)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return target.getvalue()


def a_bomb(size: int) -> bytes:
    """A Word file that is small and unpacks to this size."""
    return a_zip({"word/media/image1.bmp": b"\0" * size}, base=a_docx())


def a_picture(
    width: int = 120, height: int = 80, *, format: str = "JPEG", orientation: int = 0, mode: str = "RGB"
) -> bytes:
    """A picture whose left upper corner is red, with a place (GPS) and a camera in its EXIF."""
    picture = Image.new(mode, (width, height), "white")
    ImageDraw.Draw(picture).rectangle((0, 0, width // 2, height // 2), fill="red")
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Điện thoại"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (14.0, 21.0, 0.0)
    if orientation:
        exif[ExifTags.Base.Orientation] = orientation
    target = io.BytesIO()
    options = {"comment": b"bi mat"} if format == "JPEG" else {}
    picture.save(target, format, exif=exif.tobytes(), **options)
    return target.getvalue()


def a_heic(width: int = 120, height: int = 80) -> bytes:
    picture = Image.open(io.BytesIO(a_picture(width, height)))
    target = io.BytesIO()
    pillow_heif.from_pillow(picture).save(target, quality=70)
    return target.getvalue()


def an_ole(streams: dict[str, bytes], storages: tuple[str, ...] = ()) -> bytes:
    """A compound file (the container of .doc and .xls) with these streams and empty storages."""
    free, end, none = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF
    padded = {name: content.ljust(4096, b"\0") for name, content in streams.items()}
    entries = [("Root Entry", 5, end, 0)]
    fat: list[int] = [0xFFFFFFFD]
    data = b""
    for name, content in padded.items():
        content += b"\0" * (-len(content) % SECTOR)
        first, count = len(fat), len(content) // SECTOR
        fat += [*range(first + 1, first + count), end]
        data += content
        entries.append((name, 2, first, len(padded[name])))
    entries += [(name, 1, end, 0) for name in storages]
    directory = b""
    for place, (name, kind, first, size) in enumerate(entries):
        text = name.encode("utf-16-le") + b"\0\0"
        following = place + 1 if 0 < place < len(entries) - 1 else none
        child = 1 if place == 0 and len(entries) > 1 else none
        directory += struct.pack(
            "<64sHBBLLL16sLQQLQ", text, len(text), kind, 1, none, following, child, b"", 0, 0, 0, first, size
        )
    directory += b"\0" * (-len(directory) % SECTOR)
    first, count = len(fat), len(directory) // SECTOR
    fat += [*range(first + 1, first + count), end]
    assert len(fat) <= SECTOR // 4
    table = struct.pack("<128L", *fat, *[free] * (128 - len(fat)))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + struct.pack(
        "<16sHHHHH6xLLLLLLLLL", b"", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, first, 0, 4096, end, 0, end, 0
    )
    header += struct.pack("<109L", 0, *[free] * 108)
    return header + table + data + directory


def a_doc(*, locked: bool = False) -> bytes:
    return an_ole({"WordDocument": struct.pack("<HHHHHH", 0xA5EC, 0xC1, 0, 0, 0, 0x100 if locked else 0)})


def an_xls(*, locked: bool = False) -> bytes:
    start = struct.pack("<HHHHHH", 0x809, 8, 0x600, 5, 0, 0)
    return an_ole({"Workbook": start + (struct.pack("<HHH", 0x2F, 2, 0) if locked else b"")})

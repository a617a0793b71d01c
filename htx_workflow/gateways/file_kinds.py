"""What a file really is (loại tệp): found by reading it, then compared with its name. Nothing is unpacked or changed.

Each kind is recognised by its own reader, which is harder to deceive than the first bytes are: Pillow for pictures,
qpdf for PDF, olefile for the formats before 2007, and for Word and Excel the list of parts inside.
"""

from __future__ import annotations

import re
import struct
import threading
import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO

import olefile
import pikepdf

from htx_workflow.domain import file_rules
from htx_workflow.domain.errors import BadInput
from htx_workflow.domain.file_names import split_name
from htx_workflow.domain.file_rules import Kind, Limits, Signature
from htx_workflow.gateways import photos

HEAD = 1024
DIRECTORY_BYTES = 2_000_000
"""The list of parts of an Office file, at most; zipfile would hold some twenty times as much in memory."""
TYPES_BYTES = 2_000_000
"""[Content_Types].xml, at most."""
CONTENT_TYPES = "[Content_Types].xml"
MAIN_PARTS = {
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": Kind.DOCX,
    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": Kind.XLSX,
}
MACROS = (b"macroenabled", b"vbaproject", b"macrosheet")
KNOWN = (
    (b"MZ", "chương trình chạy được (.exe)"),
    (b"\x7fELF", "chương trình chạy được"),
    (b"#!", "tệp lệnh"),
    (b"Rar!", "tệp nén (.rar)"),
    (b"7z\xbc\xaf", "tệp nén (.7z)"),
    (b"\x1f\x8b", "tệp nén (.gz)"),
    (b"PK", "tệp nén (.zip)"),
    (b"{\\rtf", "văn bản .rtf"),
    (b"II*\x00", "ảnh .tif"),
    (b"MM\x00*", "ảnh .tif"),
    (b"GIF8", "ảnh .gif"),
    (b"BM", "ảnh .bmp"),
)
"""What other files begin with, in words for the refusal."""
PAGE = re.compile(rb"^\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<(!doctype\s+html|html|head|body|script|svg)\b", re.I | re.S)
BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s+(\d{1,12})\s*\]")

pikepdf.settings.set_qpdf_limits(
    parser_max_nesting=200,
    parser_max_container_size=1_000_000,
    flate_max_memory=64_000_000,
    run_length_max_memory=64_000_000,
    png_max_memory=64_000_000,
    tiff_max_memory=64_000_000,
    dct_max_memory=64_000_000,
)
_qpdf = threading.Lock()
"""One PDF is read at a time: what one may take of memory is bounded, many at once would not be."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may be taken."""

    kind: Kind
    signature: Signature = Signature.NONE


def look(file: BinaryIO, name: str, limits: Limits) -> Found:
    """What this file is. Raises BadInput, naming it and what to do, for one that is not taken.

    `name` has been cleaned. A picture's extension need not fit: phones and chats change it, and pictures are
    made anew anyway. Any other file is what its name says, or it is refused.
    """
    refused = file_rules.refused_name(name)
    if refused:
        raise BadInput(refused)
    kind = _kind_of(file, name, limits)
    _, extension = split_name(name)
    said = file_rules.EXTENSIONS.get(extension.lower())
    both_pictures = kind in file_rules.PICTURES and said in file_rules.PICTURES
    if said not in (None, kind) and not both_pictures:
        raise BadInput(file_rules.other_content(name, file_rules.WORDS[kind]))
    if kind is Kind.PDF:
        return Found(kind, _pdf_signature(file, name))
    if kind in file_rules.OFFICE:
        return Found(kind, _office_signature(file))
    if kind in file_rules.PICTURES:
        photos.check(file, name, limits)
    return Found(kind)


def _kind_of(file: BinaryIO, name: str, limits: Limits) -> Kind:
    file.seek(0)
    head = file.read(HEAD)
    if not head:
        raise BadInput(file_rules.empty(name))
    if head.startswith(olefile.MAGIC):
        return _ole_kind(file, name)
    if head.startswith(b"PK\x03\x04"):
        return _office_kind(file, name, limits)
    if b"%PDF-" in head and not PAGE.match(head):
        return Kind.PDF
    picture = photos.kind_of(head)
    if picture is not None:
        return picture
    raise BadInput(file_rules.other_content(name, _in_words(head)))


def _in_words(head: bytes) -> str:
    if PAGE.match(head.removeprefix(b"\xef\xbb\xbf")):
        return "trang web (HTML)"
    return next((words for sign, words in KNOWN if head.startswith(sign)), "")


# Word and Excel from 2007 on: a zip with a list of parts


def _office_kind(file: BinaryIO, name: str, limits: Limits) -> Kind:
    said = file_rules.EXTENSIONS.get(split_name(name)[1].lower(), Kind.DOCX)
    if _directory_size(file) > DIRECTORY_BYTES:
        raise BadInput(file_rules.unpacks_too_large(name, limits))
    try:
        with zipfile.ZipFile(file) as parts:
            return _office_parts(parts, name, limits)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise BadInput(file_rules.damaged(name, said)) from error


def _directory_size(file: BinaryIO) -> int:
    """Bytes of the zip's list of parts, as the end of the file says (also of a zip64); 0 where there is no such end."""
    file.seek(0, 2)
    size = file.tell()
    file.seek(max(0, size - 66_000))
    tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 16:
        return 0
    (found,) = struct.unpack("<L", tail[end + 12 : end + 16])
    record = tail.rfind(b"PK\x06\x06", 0, end)
    if record >= 0 and len(tail) >= record + 48:
        found = max(found if found != 0xFFFFFFFF else 0, *struct.unpack("<Q", tail[record + 40 : record + 48]))
    return int(found)


def _office_parts(parts: zipfile.ZipFile, name: str, limits: Limits) -> Kind:
    infos = parts.infolist()
    if len(infos) > limits.parts or sum(info.file_size for info in infos) > limits.unpacked:
        raise BadInput(file_rules.unpacks_too_large(name, limits))
    names = [info.filename for info in infos]
    if CONTENT_TYPES not in names:
        raise BadInput(file_rules.other_content(name, "tệp nén (.zip)"))
    types = parts.getinfo(CONTENT_TYPES)
    if len(set(names)) != len(names) or types.file_size > TYPES_BYTES or any(info.flag_bits & 1 for info in infos):
        raise zipfile.BadZipFile("no Office file has such parts")
    text = parts.read(types)
    folded = text.lower() + "\n".join(names).lower().encode()
    if any(sign in folded for sign in MACROS):
        raise BadInput(file_rules.macros(name))
    for sign, kind in MAIN_PARTS.items():
        if sign in text:
            return kind
    raise BadInput(file_rules.other_content(name, "tệp Office loại khác"))


def _office_signature(file: BinaryIO) -> Signature:
    with zipfile.ZipFile(file) as parts:
        signed = any(name.startswith("_xmlsignatures/") for name in parts.namelist())
    return Signature.UNCHECKED if signed else Signature.NONE


# Word and Excel before 2007


def _ole_kind(file: BinaryIO, name: str) -> Kind:
    said = file_rules.EXTENSIONS.get(split_name(name)[1].lower(), Kind.DOC)
    try:
        file.seek(0)
        with olefile.OleFileIO(file) as ole:
            streams = ["/".join(parts).lower() for parts in ole.listdir(streams=True, storages=True)]
            start = ole.openstream("WordDocument").read(12) if "worddocument" in streams else b""
            book = next((each for each in ("Workbook", "Book") if each.lower() in streams), "")
            records = ole.openstream(book).read(4096) if book else b""
    except (OSError, ValueError, IndexError, struct.error, AttributeError, TypeError) as error:
        raise BadInput(file_rules.damaged(name, said)) from error
    if "encryptedpackage" in streams:
        raise BadInput(file_rules.locked(name, said))
    if any(each.split("/")[-1] in ("macros", "_vba_project_cur", "_vba_project", "vba") for each in streams):
        raise BadInput(file_rules.macros(name))
    if start:
        if len(start) == 12 and start[11] & 1:  # FibBase.fEncrypted
            raise BadInput(file_rules.locked(name, Kind.DOC))
        return Kind.DOC
    if book:
        if _has_filepass(records):
            raise BadInput(file_rules.locked(name, Kind.XLS))
        return Kind.XLS
    raise BadInput(file_rules.other_content(name, "tệp Office loại khác"))


def _has_filepass(records: bytes) -> bool:
    """Whether a workbook is encrypted: a FILEPASS record (0x2F) stands near its beginning."""
    place = 0
    while place + 4 <= len(records):
        kind, length = struct.unpack("<HH", records[place : place + 4])
        if kind == 0x2F:
            return True
        place += 4 + length
    return False


# PDF


def _pdf_signature(file: BinaryIO, name: str) -> Signature:
    """Whether it is signed. Raises BadInput for one that needs a password or cannot be read."""
    file.seek(0)
    try:
        with _qpdf, pikepdf.open(file) as pdf:
            if len(pdf.pages) == 0:
                raise BadInput(file_rules.damaged(name, Kind.PDF))
    except pikepdf.PasswordError as error:
        raise BadInput(file_rules.locked(name, Kind.PDF)) from error
    except (pikepdf.PdfError, ValueError, KeyError, TypeError, AttributeError, RuntimeError) as error:
        raise BadInput(file_rules.damaged(name, Kind.PDF)) from error
    return _byte_ranges(file)


def _byte_ranges(file: BinaryIO) -> Signature:
    """A signature names the bytes it covers (ByteRange): two spans around its own value, inside the file."""
    file.seek(0)
    content = file.read()
    found = [tuple(map(int, match.groups())) for match in BYTE_RANGE.finditer(content)]
    if not found:
        return Signature.UNREADABLE if b"/adbe.pkcs7.detached" in content else Signature.NONE
    for start, length, after, rest in found:
        gap = content[start + length : after].strip()
        whole = start == 0 and length < after and after + rest <= len(content)
        if not whole or not re.fullmatch(rb"<[0-9A-Fa-f\s]*>", gap):
            return Signature.UNREADABLE
    return Signature.UNCHECKED

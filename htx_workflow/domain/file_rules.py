"""Files that people send (tệp): which kinds, how large, and the sentence for each refusal.

Pure. What a file really is, is found out by `gateways.file_kinds`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from htx_workflow.domain.file_names import DIRECTIONS, NAME_LENGTH, shown_name, split_name

MEGABYTE = 1_000_000


class Kind(StrEnum):
    """A kind of file that is taken.

    Signed papers come as PDF or as photographs of a page (phones of cooperatives: JPEG, HEIC; pictures saved from a
    chat: PNG, WebP), tables and drafts as Word and Excel, and many offices still write the formats before 2007.
    Archives (.zip, .rar) are not taken: nobody at the desk could see, search or count what is in them, and several
    files are sent in one go anyway. Nor are formats with macros.
    """

    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    DOC = "doc"
    XLS = "xls"
    JPEG = "jpg"
    PNG = "png"
    WEBP = "webp"
    HEIC = "heic"


PICTURES = frozenset({Kind.JPEG, Kind.PNG, Kind.WEBP, Kind.HEIC})
OFFICE = frozenset({Kind.DOCX, Kind.XLSX})
MEDIA_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.DOC: "application/msword",
    Kind.XLS: "application/vnd.ms-excel",
    Kind.JPEG: "image/jpeg",
    Kind.PNG: "image/png",
    Kind.WEBP: "image/webp",
    Kind.HEIC: "image/heic",
}
SHOWN_INLINE = frozenset({MEDIA_TYPES[Kind.JPEG]})
"""What a browser may show in its own window; everything else is saved. Not PDF: it would need the right to run what
stands inside, and Chrome shows none in the sandbox that takes this right away."""
EXTENSIONS = {
    **{kind.value: kind for kind in Kind},
    "jpeg": Kind.JPEG,
    "jpe": Kind.JPEG,
    "jfif": Kind.JPEG,
    "heif": Kind.HEIC,
    "hif": Kind.HEIC,
}
ACCEPT = ",".join(f".{extension}" for extension in EXTENSIONS)
"""For the `accept` of a file field."""
WORDS = {
    Kind.PDF: "tệp PDF",
    Kind.DOCX: "tệp Word",
    Kind.XLSX: "tệp Excel",
    Kind.DOC: "tệp Word đời cũ",
    Kind.XLS: "tệp Excel đời cũ",
    Kind.JPEG: "ảnh JPG",
    Kind.PNG: "ảnh PNG",
    Kind.WEBP: "ảnh WebP",
    Kind.HEIC: "ảnh HEIC",
}
TAKEN = "PDF, Word (.docx, .doc), Excel (.xlsx, .xls), ảnh (.jpg, .png, .heic)"
WITH_MACROS = {"docm": ".docx", "dotm": ".docx", "xlsm": ".xlsx", "xltm": ".xlsx", "xlsb": ".xlsx", "xlam": ".xlsx"}
ARCHIVES = frozenset({"zip", "rar", "7z", "tar", "gz"})
PRINTABLE = frozenset({"ppt", "pptx", "odt", "ods", "rtf", "tif", "tiff", "bmp", "gif", "html", "htm", "mht", "txt"})


class Signature(StrEnum):
    """What is known of a digital signature in a file. Signatures are not checked yet; the bytes are never touched."""

    NONE = ""
    UNCHECKED = "unchecked"
    UNREADABLE = "unreadable"


SIGNATURE_WORDS = {
    Signature.NONE: "",
    Signature.UNCHECKED: "tệp có chữ ký số: chưa kiểm tra",
    Signature.UNREADABLE: "tệp có chữ ký số: không đọc được",
}
SCAN_WORDS = {"none": "", "waiting": "chờ quét", "clean": "", "infected": "có mã độc, đã khóa"}
"""Beside a file's name, by the state of its scan."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is taken. Sizes in bytes."""

    file: int = 20 * MEGABYTE
    quota: int = 1000 * MEGABYTE
    """Of everything an agency ever sent."""
    files: int = 30
    """In one go."""
    unpacked: int = 200 * MEGABYTE
    """Of all parts of an Office file together."""
    parts: int = 3000
    """Of an Office file."""
    pixels: int = 50_000_000
    """Of a picture; the cameras of phones take 12 or 48 million by default."""

    @property
    def request(self) -> int:
        """One form with its files: ten photographed pages of a ledger, 5–12 MB each, come in one go."""
        return max(8 * self.file, 100 * MEGABYTE)


def size_text(size: int) -> str:
    """7,4 MB; 350 KB."""
    if size >= MEGABYTE:
        return f"{size / MEGABYTE:.1f}".replace(".", ",").removesuffix(",0") + " MB"
    return f"{max(1, round(size / 1000))} KB"


def with_extension(name: str, kind: Kind) -> str:
    """The name with the extension of this kind: after conversion, or where there was none."""
    stem, extension = split_name(name)
    if extension and EXTENSIONS.get(extension.lower()) is kind:
        return name
    return f"{stem[: NAME_LENGTH - len(kind.value) - 1]}.{kind.value}"


# Refusals: the file, what is wrong, what to do


def _refusal(name: str, what: str, remedy: str) -> str:
    return f"Tệp “{shown_name(name)}” {what}. {remedy}"


def refused_name(name: str) -> str | None:
    """Why a file is refused by its (cleaned) name, or None."""
    if any(each in DIRECTIONS for each in name):
        return _refusal(
            name,
            "có ký tự đổi chiều chữ trong tên, thường dùng để giấu loại tệp thật",
            "Đề nghị đổi tên tệp rồi gửi lại.",
        )
    _, extension = split_name(name)
    extension = extension.lower()
    if not extension or extension in EXTENSIONS:
        return None
    if extension in WITH_MACROS:
        return macros(name, WITH_MACROS[extension])
    if extension in ARCHIVES:
        return _refusal(
            name, "là tệp nén", "Đề nghị giải nén rồi chọn gửi các tệp bên trong; có thể chọn nhiều tệp một lần."
        )
    if extension in PRINTABLE:
        return _refusal(name, f"thuộc loại .{extension} không nhận", "Đề nghị lưu thành PDF rồi gửi lại.")
    return _refusal(name, f"thuộc loại .{extension} không nhận", f"Các loại nhận: {TAKEN}.")


def empty(name: str) -> str:
    return _refusal(name, "không có nội dung (0 byte)", "Đề nghị kiểm tra lại tệp trên máy rồi gửi lại.")


def too_large(name: str, size: int, limit: int) -> str:
    return _refusal(
        name,
        f"nặng {size_text(size)}, mỗi tệp nhiều nhất {size_text(limit)}",
        "Đề nghị quét lại với độ phân giải thấp hơn (200 dpi, đen trắng) hoặc chia thành nhiều tệp.",
    )


def request_too_large(limit: int) -> str:
    return (
        f"Lần gửi này nặng hơn {size_text(limit)} nên chưa nhận. Đề nghị quay lại trang trước và gửi từng phần, ít tệp"
        " hơn mỗi lần; nội dung đã lưu nháp vẫn còn."
    )


def too_many(files: int, limit: int) -> str:
    return f"Lần gửi này có {files} tệp, mỗi lần nhiều nhất {limit} tệp. Đề nghị chia thành nhiều lần gửi."


def other_content(name: str, found: str) -> str:
    """The content is not what the name says; `found` in words, empty when it is nothing known."""
    _, extension = split_name(name)
    said = f"có đuôi .{extension.lower()} nhưng" if extension else "không có đuôi và"
    inside = f"nội dung là {found}" if found else "nội dung không phải loại tệp đó" if extension else "không rõ loại"
    return _refusal(
        name,
        f"{said} {inside}",
        "Đề nghị mở tệp bằng phần mềm đã tạo ra nó, lưu lại đúng loại (PDF, Word, Excel) rồi gửi.",
    )


def macros(name: str, extension: str = ".docx, .xlsx") -> str:
    return _refusal(name, "có chứa macro (mã lệnh)", f"Đề nghị lưu thành {extension} không có macro rồi gửi lại.")


def locked(name: str, kind: Kind) -> str:
    return _refusal(
        name, f"là {WORDS[kind]} có mật khẩu, người nhận không mở được", "Đề nghị bỏ mật khẩu, lưu lại rồi gửi."
    )


def damaged(name: str, kind: Kind) -> str:
    return _refusal(
        name,
        f"là {WORDS[kind]} bị hỏng hoặc gửi chưa trọn",
        "Đề nghị mở thử trên máy; nếu mở được thì lưu lại rồi gửi, nếu không thì tạo lại tệp.",
    )


def unpacks_too_large(name: str, limits: Limits) -> str:
    return _refusal(
        name,
        f"khi mở ra có hơn {limits.parts} phần hoặc nặng hơn {size_text(limits.unpacked)}",
        "Đề nghị bỏ ảnh, trang tính không cần thiết hoặc lưu thành PDF rồi gửi.",
    )


def too_many_pixels(name: str, limits: Limits) -> str:
    return _refusal(
        name,
        f"là ảnh có hơn {limits.pixels // 1_000_000} triệu điểm",
        "Đề nghị chụp lại ở độ phân giải thường của điện thoại (12 triệu điểm).",
    )


def no_heic(name: str) -> str:
    return _refusal(
        name,
        "là ảnh HEIC của iPhone, máy này chưa đọc được",
        "Đề nghị gửi ảnh JPG: trên iPhone vào Cài đặt > Camera > Định dạng, chọn Tương thích nhất, rồi chụp lại.",
    )


def infected(name: str) -> str:
    return _refusal(
        name, "có mã độc theo máy quét nên không nhận", "Đề nghị báo người phụ trách công nghệ thông tin của cơ quan."
    )


def over_quota(used: int, more: int, limits: Limits) -> str:
    return (
        f"Cơ quan đã gửi {size_text(used)}, thêm {size_text(more)} sẽ vượt hạn mức {size_text(limits.quota)} nên chưa"
        " nhận tệp nào. Đề nghị báo người quản trị nâng hạn mức (HTX_QUOTA_MB)."
    )


def awaiting_scan(name: str) -> str:
    return _refusal(
        name, "đang chờ quét mã độc", "Tệp mở được khi quét xong, thường trong vài phút; cơ quan đã gửi vẫn mở được."
    )


def shut(name: str) -> str:
    return _refusal(name, "có mã độc theo máy quét nên đã khóa", "Đề nghị cơ quan đã gửi rút tệp này và gửi tệp khác.")

"""Rows of the contact list (danh sách đầu mối) as people write them in Excel: read, judged, told cell by cell.

Pure. A row is a contact with one of its roles; further roles of a contact are further rows that say the same of it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from htx_workflow.domain import collation, legacy_text, typed
from htx_workflow.domain.addresses import valid_address
from htx_workflow.domain.errors import BadInput
from htx_workflow.domain.plan import CODE

COLUMNS = {
    "code": "Mã đầu mối (để trống: đầu mối mới)",
    "agency": "Mã cơ quan",
    "agency_name": "Cơ quan",
    "unit": "Phòng, ban",
    "name": "Họ và tên",
    "title": "Chức vụ",
    "phone": "Điện thoại",
    "address": "Thư điện tử",
    "channel": "Kênh nhận (thư, Zalo, không)",
    "shared": "Hộp thư dùng chung",
    "role": "Vai",
    "duties": "Nhiệm vụ phụ trách (để trống: tất cả)",
    "first": "Từ ngày",
    "last": "Đến hết ngày",
    "rhythm": "Nhịp thư (hằng ngày, thứ Hai)",
    "approves": "Được duyệt",
    "admin": "Quản trị",
    "left": "Thôi nhiệm vụ từ ngày",
}
"""Heads by the code of the column."""
NEEDED = ("agency", "name", "address")
WORDS = ("unit", "name", "title")
TELLING = ("code", "unit", "name", "phone", "address", "left")
"""A row with none of these filled says nothing."""
OF_CONTACT = ("agency", "unit", "name", "title", "phone", "address", "channel", "shared", "rhythm", "approves", "admin")
ROLES = {"focal": "đầu mối", "support": "phối hợp", "leader": "lãnh đạo theo dõi", "clerk": "văn thư"}
CHANNELS = {"email": "thư", "text": "Zalo", "none": "không"}
RHYTHMS = {"daily": "hằng ngày", "monday": "thứ Hai"}
LONGEST = 120
_PHONE = re.compile(r"[+(]?\d[\d ().-]{6,18}\d")
_CODE = re.compile(CODE)
_YES = frozenset({"x", "co", "1", "true", "dung", "yes"})
_NO = frozenset({"", "khong", "0", "false", "sai", "no"})
_WORD_OF = {
    column: {collation.fold(word): code for code, words in table.items() for word in (words, code)}
    for column, table in (("role", ROLES), ("channel", CHANNELS), ("rhythm", RHYTHMS))
}
_WORD_OF["channel"] |= {collation.fold(word): "email" for word in ("thư điện tử", "e-mail")}
_WORD_OF["channel"] |= {collation.fold(word): "text" for word in ("tin nhắn", "điện thoại")}


class Cell(NamedTuple):
    """What stands where: Đầu mối!F9."""

    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Known:
    """What the installation has, for judging rows."""

    agencies: Mapping[str, tuple[str, ...]]
    """Names by code, in the order of the plans."""
    duties: Mapping[str, tuple[str, ...]]
    """Every way of naming a duty: V.7.2 and kontum-3819/V.7.2; the plans that have it."""
    kept: frozenset[str]
    """Agencies whose contacts the asker keeps."""
    rights: bool
    """The asker may give the rights to approve and to administer."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row, read."""

    place: str
    """Đầu mối!A9, for what is wrong with the whole row."""
    values: Mapping[str, object]
    """Of `OF_CONTACT` those whose column is there; and `code`."""
    role: str
    duties: tuple[str, ...]
    first: date | None
    last: date | None
    left: date | None
    columns: frozenset[str]
    """Which the file has."""

    @property
    def code(self) -> str:
        return str(self.values["code"])

    @property
    def agency(self) -> str:
        return str(self.values["agency"])


@dataclass
class Judged:
    """The rows that can be used, and every cell that is to be corrected."""

    lines: list[Line] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    legacy: int = 0
    """Cells in an old font: they can be converted when the asker agrees."""
    legacy_texts: list[tuple[str, str]] = field(default_factory=list)
    """Some of them: as typed, as they would read."""


def judge(rows: Sequence[Mapping[str, Cell]], known: Known, *, convert: bool) -> Judged:
    """Read every row and judge every cell; `convert`: text in old fonts is taken as it would read in Unicode."""
    found = Judged()
    filled = [row for row in rows if any(row[name].text for name in TELLING if name in row)]
    if _swapped(filled, found.errors):
        return found
    reader = _Reader(known, found, convert)
    for row in filled:
        before = len(found.errors)
        line = reader.read(row)
        if len(found.errors) == before:
            found.lines.append(line)
    return found


def _swapped(rows: Sequence[Mapping[str, Cell]], errors: list[str]) -> bool:
    """Whether addresses stand in another column all along: said once, not for every row."""
    addressed = [row for row in rows if row["address"].text]
    if len(addressed) < 2:
        return False
    for other in ("phone", "name", "title", "unit", "code"):
        wrong = [row for row in addressed if other in row and "@" in row[other].text and "@" not in row["address"].text]
        if len(wrong) * 2 > len(addressed):
            errors.append(
                f"{wrong[0]['address'].place} Cột “{COLUMNS['address']}” và cột “{COLUMNS[other]}” hình như đổi chỗ cho"
                f" nhau ở {len(wrong)} dòng: “{COLUMNS[other]}” đang có địa chỉ thư như {wrong[0][other].text}. Đề nghị"
                " đổi lại hai cột rồi đưa tệp lên."
            )
            return True
    return False


class _Reader:
    """Reads rows one after another, noting what is wrong in each cell."""

    def __init__(self, known: Known, found: Judged, convert: bool) -> None:
        self._known, self._found, self._convert = known, found, convert
        self._by_name = {collation.fold(name): code for code, names in known.agencies.items() for name in names}
        self._near: dict[str, str] = {}

    def read(self, row: Mapping[str, Cell]) -> Line:
        values: dict[str, object] = {"code": self._code(row), "agency": self._agency(row["agency"])}
        for name in (*WORDS, "phone"):
            if name in row:
                values[name] = self._words(name, row[name])
        values["address"] = self._address(row["address"], row)
        for name in ("shared", "approves", "admin"):
            if name in row:
                values[name] = self._yes(name, row[name])
        for name, default in (("channel", ""), ("rhythm", "daily")):
            if name in row:
                values[name] = self._word(name, row[name], default)
        self._check(row, values)
        new = not values["code"] and not values.get("admin")
        role = self._word("role", row["role"], "focal" if new else "") if "role" in row else "focal"
        duties = self._duties(row["duties"]) if "duties" in row else ()
        first, last, left = (self._day(name, row.get(name)) for name in ("first", "last", "left"))
        if first and last and last < first:
            self._wrong(row["last"], "Đến hết ngày trước Từ ngày.")
        if duties and not role:
            self._wrong(row["role"], "Có nhiệm vụ phụ trách mà chưa có vai. Đề nghị ghi: đầu mối.")
        return Line(row["agency"].place, values, role, duties, first, last, left, frozenset(row))

    def _wrong(self, cell: Cell, sentence: str) -> None:
        self._found.errors.append(f"{cell.place} {sentence}")

    def _code(self, row: Mapping[str, Cell]) -> str:
        cell = row.get("code")
        if cell is None or not cell.text:
            return ""
        if _CODE.fullmatch(cell.text) is None or len(cell.text) > 60:
            self._wrong(cell, f"Mã “{cell.text}” chưa dùng được: chữ thường không dấu, số, gạch nối.")
        return cell.text

    def _agency(self, cell: Cell) -> str:
        code = cell.text if cell.text in self._known.agencies else self._by_name.get(collation.fold(cell.text), "")
        if not cell.text:
            self._wrong(cell, "Chưa có mã cơ quan.")
        elif not code:
            self._wrong(cell, f"Không có cơ quan “{cell.text}”.{self._nearest(cell.text)}")
        elif code not in self._known.kept:
            self._wrong(cell, f"Cơ quan {code} không thuộc danh sách của anh/chị.")
        return code

    def _nearest(self, text: str) -> str:
        """Gần nhất: huyen-dakto (UBND huyện Đăk Tô)."""
        if text not in self._near:
            keys = {collation.fold(code): code for code in self._known.agencies} | self._by_name
            close = difflib.get_close_matches(collation.fold(text), keys, 1, 0.6) if len(self._near) < 200 else []
            code = keys[close[0]] if close else ""
            names = self._known.agencies.get(code, ())
            self._near[text] = f" Gần nhất: {code} ({names[0]})." if code else " Xem mã ở trang Cơ quan."
        return self._near[text]

    def _words(self, name: str, cell: Cell) -> str:
        text = " ".join(cell.text.split()) if "\xad" not in cell.text else cell.text
        legacy = legacy_text.found(text)
        if legacy is not None:
            self._found.legacy += 1
            if len(self._found.legacy_texts) < 20:
                self._found.legacy_texts.append((text, legacy.text))
            if not self._convert:
                self._wrong(cell, f"{COLUMNS[name]}: {legacy_text.refusal(text)}.")
            text = " ".join(legacy.text.split())
        if len(text) > LONGEST:
            self._wrong(cell, f"{COLUMNS[name]} dài hơn {LONGEST} ký tự.")
        if name == "name" and text and not any(letter.isalpha() for letter in text):
            self._wrong(cell, f"“{text}” không phải là họ tên.")
        return text

    def _address(self, cell: Cell, row: Mapping[str, Cell]) -> str:
        text = cell.text
        if text and not valid_address(text):
            phone = row.get("phone")
            if _PHONE.fullmatch(text) and phone is not None and "@" in phone.text:
                self._wrong(
                    cell, f"“{text}” là số điện thoại, còn {phone.place} là địa chỉ thư: hai ô đổi chỗ cho nhau."
                )
            else:
                self._wrong(cell, f"Địa chỉ thư “{text}” chưa dùng được. Ví dụ: tckh.dakto@example.vn")
        return text

    def _yes(self, name: str, cell: Cell) -> bool:
        word = collation.fold(cell.text)
        if word not in _YES and word not in _NO:
            self._wrong(cell, f"{COLUMNS[name]}: “{cell.text}” chưa rõ. Ghi x là có, để trống là không.")
        if word in _YES and name in ("approves", "admin") and not self._known.rights:
            self._wrong(cell, f"{COLUMNS[name]}: quyền này chỉ người quản trị hệ thống giao.")
        return word in _YES

    def _word(self, name: str, cell: Cell, default: str) -> str:
        if not cell.text:
            return default
        found = _WORD_OF[name].get(collation.fold(cell.text))
        if found is None:
            table = {"role": ROLES, "channel": CHANNELS, "rhythm": RHYTHMS}[name]
            self._wrong(cell, f"{COLUMNS[name]}: “{cell.text}” chưa rõ. Ghi một trong: {', '.join(table.values())}.")
        return found or default

    def _duties(self, cell: Cell) -> tuple[str, ...]:
        codes = [code for code in re.split(r"[;,\s]+", cell.text) if code]
        for code in codes:
            if code not in self._known.duties:
                near = difflib.get_close_matches(code, self._known.duties, 1, 0.6)
                hint = f" Gần nhất: {near[0]}." if near else ""
                self._wrong(cell, f"Không kế hoạch nào có nhiệm vụ {code}.{hint}")
        return tuple(codes)

    def _day(self, name: str, cell: Cell | None) -> date | None:
        if cell is None or not cell.text:
            return None
        try:
            if cell.text.isdecimal() and len(cell.text) == 5:
                return typed.day_of_serial(int(cell.text))
            return typed.parse_day(cell.text, iso=True)
        except BadInput as error:
            self._wrong(cell, f"{COLUMNS[name]}: {error}")
            return None

    def _check(self, row: Mapping[str, Cell], values: Mapping[str, object]) -> None:
        """What ties cells of a row together."""
        if values.get("channel") == "text" and not values.get("phone"):
            self._wrong(row["channel"], "Kênh Zalo cần số điện thoại ở cột Điện thoại.")
        if values.get("channel") == "email" and not values["address"]:
            self._wrong(row["channel"], "Kênh thư cần địa chỉ ở cột Thư điện tử.")
        if not any(values.get(name) for name in ("name", "unit", "address", "code")):
            self._wrong(row["agency"], "Dòng này chưa có họ tên, phòng ban hoặc địa chỉ thư.")


def different(lines: Iterable[Line]) -> list[str]:
    """Rows of one contact must say the same of it: errors for those that do not."""
    first: dict[str, Line] = {}
    errors = []
    for line in lines:
        if not line.code:
            continue
        known = first.setdefault(line.code, line)
        for name in OF_CONTACT:
            if known.values.get(name) != line.values.get(name):
                errors.append(
                    f"{line.place} Đầu mối {line.code} có hai dòng khác nhau ở cột “{COLUMNS[name]}”; dòng kia ở"
                    f" {known.place}."
                )
    return errors

"""What an imported list changes: each contact of the file against the one that is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from htx_workflow.domain import collation, words
from htx_workflow.domain.contact_rows import CHANNELS, COLUMNS, RHYTHMS, ROLES, Line
from htx_workflow.services import mailboxes
from htx_workflow.store import contact_bulk as store
from htx_workflow.store.database import Session

RIGHTS = ("approves", "admin")
DEFAULTS: dict[str, Any] = {
    "unit": "", "name": "", "title": "", "phone": "", "address": "", "channel": "", "shared": False, "rhythm": "daily",
    "approves": False, "admin": False,
}  # fmt: skip


class Held(NamedTuple):
    """A role for one duty, or for all, between days."""

    role: str
    duty_id: int | None
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done about one contact: add, set (change) or end."""

    act: str
    code: str
    """Empty: it gets one when it is added."""
    number: int | None
    agency: str
    agency_id: int
    who: str
    what: tuple[str, ...]
    """In words: Điện thoại: 0260 → 0261."""
    values: Mapping[str, Any]
    """Columns to write."""
    gains: tuple[Held, ...] = ()
    loses: tuple[tuple[int, Held], ...] = ()
    moves: tuple[tuple[int, Held], ...] = ()
    """Assignments whose days change."""
    left: date | None = None


class State:
    """The contacts as they are, against which a file is compared."""

    def __init__(
        self, session: Session, agencies: Mapping[str, int], duties: Mapping[str, list[int]], today: date
    ) -> None:
        self._agencies, self._duties, self._today = agencies, duties, today
        self._rows = store.list_contacts(session)
        self._by_code = {row.code: row for row in self._rows}
        self._held = store.list_assignments(session, today)
        self._there = [row for row in self._rows if row.valid_to is None or row.valid_to >= today]
        self._by_address: dict[tuple[int, str], list[Any]] = {}
        self._by_name: dict[tuple[int, str], list[Any]] = {}
        for row in self._there:
            self._by_address.setdefault((row.agency_id, row.address.lower()), []).append(row)
            self._by_name.setdefault((row.agency_id, collation.fold(row.name)), []).append(row)
        self._names = {number: name for name, numbers in duties.items() if "/" not in name for number in numbers}

    def changes(self, lines: Sequence[Line], errors: list[str], *, rights: bool) -> tuple[list[Change], int]:
        """What each contact of the file changes, and how many change nothing; errors are added."""
        groups: dict[object, list[Line]] = {}
        for line in lines:
            known = self._known(line)
            new = (line.agency, str(line.values["address"]).lower(), collation.fold(str(line.values.get("name", ""))))
            groups.setdefault(known.code if known is not None else line.code or new, []).append(line)
        found, same = [], 0
        for mine in groups.values():
            change = self._change(mine, errors, rights=rights)
            if change is None:
                same += 1
            else:
                found.append(change)
        self._check_addresses(found, groups, errors)
        self._check_admins(found, errors)
        return found, same

    def _known(self, line: Line) -> Any:
        """The contact that a row is about; without a code the one of that address or that name at the agency."""
        if line.code:
            return self._by_code.get(line.code)
        agency = self._agencies[line.agency]
        name, address = collation.fold(str(line.values.get("name", ""))), str(line.values["address"]).lower()
        if address:
            alike = self._by_address.get((agency, address), [])
            return next((row for row in alike if not name or not row.name or collation.fold(row.name) == name), None)
        return next((row for row in self._by_name.get((agency, name), [])), None) if name else None

    def _change(self, lines: Sequence[Line], errors: list[str], *, rights: bool) -> Change | None:
        line, row = lines[0], self._known(lines[0])
        if row is not None and not self._may_be(line, row, errors, rights=rights):
            return None
        told = {name: value for name, value in line.values.items() if name in DEFAULTS}
        told["channel"] = _channel(str(told.get("channel", "")), str(told["address"]), row)
        wanted = self._wanted(lines)
        if row is not None:
            return self._of_known(lines, row, told, wanted)
        values = {**DEFAULTS, **told}
        return Change(
            "add", line.code, None, line.agency, self._agencies[line.agency],
            str(values["name"] or values["unit"] or values["address"]),
            tuple(self._held_words(each) for each in wanted), values, tuple(wanted),
        )  # fmt: skip

    def _of_known(
        self, lines: Sequence[Line], row: Any, told: Mapping[str, Any], wanted: Sequence[Held]
    ) -> Change | None:
        """The change of a contact that is there; None when the file says what is known."""
        columns = lines[0].columns
        new = {name: value for name, value in told.items() if getattr(row, name) != value}
        gains, loses, moves = self._compared(wanted, row) if "role" in columns else ([], [], [])
        left = next((each.left for each in lines if each.left is not None), None)
        ends = left is not None and (row.valid_to is None or left != row.valid_to + timedelta(days=1))
        back = "left" in columns and left is None and row.valid_to is not None
        if not (new or gains or loses or moves or ends or back):
            return None
        what = [
            f"{COLUMNS[name]}: {_shown(name, getattr(row, name))} → {_shown(name, value)}"
            for name, value in new.items()
        ]
        what += [f"thêm {self._held_words(each)}" for each in gains]
        what += [f"thôi {self._held_words(each)}" for _, each in loses]
        what += [f"đổi ngày {self._held_words(each)}" for _, each in moves]
        what += [f"thôi nhiệm vụ từ {words.day_text(left)}"] if ends and left else []
        what += ["không còn ngày thôi nhiệm vụ"] if back else []
        values = {**new, "valid_to": None} if back else new
        return Change(
            "end" if ends else "set", row.code, row.id, lines[0].agency, row.agency_id,
            row.name or row.unit or row.code, tuple(what), values, tuple(gains), tuple(loses), tuple(moves),
            left if ends else None,
        )  # fmt: skip

    def _may_be(self, line: Line, row: Any, errors: list[str], *, rights: bool) -> bool:
        before = len(errors)
        if row.valid_to is not None and row.valid_to < self._today:
            errors.append(
                f"{line.place} Đầu mối {row.code} đã thôi nhiệm vụ từ sau ngày {words.day_text(row.valid_to)}. Đề nghị để"
                " trống mã để thêm đầu mối mới, hoặc cho trở lại ở trang của đầu mối ấy."
            )
        if row.agency_id != self._agencies[line.agency]:
            errors.append(
                f"{line.place} Đầu mối {row.code} thuộc cơ quan khác. Người chuyển cơ quan: bàn giao ở cơ quan cũ, thêm"
                " đầu mối mới ở cơ quan này."
            )
        if not rights and (row.approves or row.admin):
            errors.append(f"{line.place} Đầu mối {row.code} có quyền duyệt hoặc quản trị; chỉ người quản trị sửa được.")
        return len(errors) == before

    # Roles

    def _wanted(self, lines: Sequence[Line]) -> list[Held]:
        found: dict[Held, None] = {}
        for line in lines:
            if not line.role:
                continue
            duties: list[int | None] = [number for code in line.duties for number in self._duties[code]] or [None]
            found.update(dict.fromkeys(Held(line.role, duty, line.first, line.last) for duty in duties))
        return list(found)

    def _compared(
        self, wanted: Sequence[Held], row: Any
    ) -> tuple[list[Held], list[tuple[int, Held]], list[tuple[int, Held]]]:
        """What the contact gains, loses, and whose days change. A blank first day leaves the one that is there."""
        has = {
            (each.role, each.duty_id): each
            for each in self._held.get(row.id, [])
            if each.agency_id == row.agency_id and (each.duty_id is None or each.duty_id in self._names)
        }
        named = {(each.role, each.duty_id): each for each in wanted}
        gains = [each for key, each in named.items() if key not in has]
        loses = [
            (each.id, Held(each.role, each.duty_id, each.valid_from, each.valid_to))
            for key, each in has.items()
            if key not in named
        ]
        moves = []
        for key, each in named.items():
            old = has.get(key)
            if old is not None and (each.first or old.valid_from, each.last) != (old.valid_from, old.valid_to):
                moves.append((old.id, Held(each.role, each.duty_id, each.first or old.valid_from, each.last)))
        return gains, loses, moves

    def _held_words(self, held: Held) -> str:
        duty = f" {self._names.get(held.duty_id, held.duty_id)}" if held.duty_id is not None else ""
        first = f" từ {words.day_text(held.first)}" if held.first else ""
        last = f" đến hết {words.day_text(held.last)}" if held.last else ""
        return f"{ROLES[held.role]}{duty}{first}{last}"

    # What the whole file must keep

    def _check_addresses(
        self, found: Sequence[Change], groups: Mapping[object, Sequence[Line]], errors: list[str]
    ) -> None:
        """One address is one contact's, unless every one of them shares it: told of those that the file changes."""
        changed = {change.code: change for change in found if change.number is not None}
        places = {str(key): lines[0] for key, lines in groups.items()}
        owners: dict[str, list[tuple[str, str, bool, bool]]] = {}
        for row in self._there:
            change = changed.get(row.code)
            if change is not None and change.left is not None:
                continue
            values = change.values if change is not None else {}
            address, shared = values.get("address", row.address), values.get("shared", row.shared)
            if address:
                fresh = "address" in values or "shared" in values
                place = places[row.code].place if fresh and row.code in places else ""
                owners.setdefault(address.lower(), []).append((place, row.code, shared, fresh))
        for key, lines in groups.items():
            values = lines[0].values
            if self._known(lines[0]) is None and values["address"]:
                owner = (lines[0].place, str(values.get("name") or key), bool(values.get("shared", False)), True)
                owners.setdefault(str(values["address"]).lower(), []).append(owner)
        for address, mine in owners.items():
            if len(mine) > 1 and not all(shared for _, _, shared, _ in mine) and any(fresh for *_, fresh in mine):
                place = next(each[0] for each in reversed(mine) if each[0])
                others = ", ".join(each[1] for each in mine)
                errors.append(f"{place} Địa chỉ {address} có {len(mine)} đầu mối: {others}. {mailboxes.SHARE}")

    def _check_admins(self, found: Sequence[Change], errors: list[str]) -> None:
        changed = {change.number: change for change in found if change.number is not None}
        before = [row for row in self._there if row.admin]
        after = [
            row
            for row in before
            if row.id not in changed or (changed[row.id].left is None and changed[row.id].values.get("admin", True))
        ]
        if before and not after and not any(change.values.get("admin") for change in found):
            errors.append("Sau khi nhập sẽ không còn người quản trị nào. Đề nghị giữ lại một người.")


def _channel(chosen: str, address: str, row: Any) -> str:
    if chosen in ("text", "none"):
        return chosen
    if not chosen and row is not None and row.channel == "text" and not address:
        return "text"
    return "email" if address else "none"


def _shown(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "có" if value else "không"
    return {"channel": CHANNELS, "rhythm": RHYTHMS}.get(name, {}).get(value, value) or "(trống)"


def after(
    before: Mapping[str, tuple[str, list[Any]]], changes: Sequence[Change], today: date
) -> dict[str, tuple[str, list[Any]]]:
    """Address and assignments of contacts that get mail, by code, once the changes are made."""
    found = dict(before)
    for place, change in enumerate(changes):
        code = change.code or f"+{place}"
        address, assigned = found.pop(change.code, (str(change.values.get("address", "")), []))
        if change.left is not None and change.left <= today:
            continue
        address = str(change.values.get("address", address))
        if change.values.get("channel", "email") != "email" or not address:
            continue
        lost = {(held.role, held.duty_id) for _, held in change.loses}
        kept = [each for each in assigned if (each[2], each[1]) not in lost]
        gained = [
            (change.agency_id, held.duty_id, held.role)
            for held in change.gains
            if (held.first is None or held.first <= today) and (held.last is None or held.last >= today)
        ]
        found[code] = (address, kept + gained)
    return found

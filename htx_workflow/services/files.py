"""Files that people send (tệp): examined outside any transaction, stored once, listed, read by whom they concern.

    with files.examined(sent, runtime.limits, runtime.scanner) as found:
        with runtime.transaction("files") as session:
            files.receive(session, found.ready, Place("occurrence", 12, agency_id=3), runtime.limits, now, by)
    found.refused  # sentences: what was not taken, and why

One bad file does not lose the good ones: they were hours of photographing. Signed files are stored byte for byte;
pictures are made small and several become one PDF. Nothing is ever deleted.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, BinaryIO, Literal, cast

from htx_workflow.domain import audit, file_names, file_rules
from htx_workflow.domain.errors import BadInput, NotAllowed, NotFound, TooLate
from htx_workflow.domain.file_rules import MEDIA_TYPES, PICTURES, Kind, Limits, Signature
from htx_workflow.domain.visitors import Visitor
from htx_workflow.gateways import file_kinds, photos
from htx_workflow.gateways.clamav import Scanner, ScannerSilent
from htx_workflow.services import card_spots
from htx_workflow.store import audit_chain, cards
from htx_workflow.store import files as store
from htx_workflow.store.database import Session
from htx_workflow.store.files import FileRow

HIGHEST = 2**31 - 1
"""No attachment has a higher number, and PostgreSQL knows none."""
PIECE = 1 << 18
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it came: `size` is what was sent, also where the reading ended at the limit."""

    name: str
    file: BinaryIO
    size: int


@dataclass(frozen=True, slots=True)
class Ready:
    """A file that may be stored; its bytes lie on the disk until the examination is closed."""

    name: str
    kind: Kind
    file: IO[bytes]
    size: int
    sha256: str
    signature: Signature
    scan: str
    note: str = ""


@dataclass
class Examined:
    """What may be stored, in the order sent, and why the rest may not."""

    ready: list[Ready] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Place:
    """Where files belong: a piece of work, a report's field, a request or a scorecard; and in whose quota they count."""

    kind: Literal["occurrence", "report", "request", "scorecard"]
    subject_id: int
    agency_id: int
    field: str = ""


# Coming in


@contextmanager
def examined(
    sent: Iterable[Sent], limits: Limits, scanner: Scanner | None, *, combine: bool = True
) -> Iterator[Examined]:
    """Look at every file: what may be stored, and a sentence for each that may not. Fields left empty are none.

    Several pictures become one PDF in the order sent, unless `combine` is False. Takes as long as scanning and
    decoding take: never inside a transaction.
    """
    chosen = [each for each in sent if each.name or each.size]
    found = Examined()
    if len(chosen) > limits.files:
        found.refused.append(file_rules.too_many(len(chosen), limits.files))
        chosen = []
    with ExitStack() as stack:
        for each in chosen:
            try:
                found.ready.append(_examine(each, limits, scanner, stack))
            except BadInput as error:
                found.refused.append(str(error))
        if combine:
            found.ready = _combined(found.ready, stack)
        yield found


def _examine(sent: Sent, limits: Limits, scanner: Scanner | None, stack: ExitStack) -> Ready:
    name = file_names.clean_name(sent.name)
    if sent.size > limits.file:
        raise BadInput(file_rules.refused_name(name) or file_rules.too_large(name, sent.size, limits.file))
    seen = file_kinds.look(sent.file, name, limits)
    scan, note = _scan(sent.file, name, scanner)
    if seen.kind not in PICTURES:
        return _ready(file_rules.with_extension(name, seen.kind), seen.kind, sent.file, seen.signature, scan, note)
    small = stack.enter_context(TemporaryFile())  # noqa: SIM115 - the stack closes it
    photos.shrink(sent.file, name, limits, small)
    return _ready(
        file_rules.with_extension(name, Kind.JPEG), Kind.JPEG, cast(BinaryIO, small), Signature.NONE, scan, note
    )


def _ready(name: str, kind: Kind, file: IO[bytes], signature: Signature, scan: str, note: str) -> Ready:
    file.seek(0)
    found, size = hashlib.sha256(), 0
    while piece := file.read(PIECE):
        found.update(piece)
        size += len(piece)
    return Ready(name, kind, file, size, found.hexdigest(), signature, scan, note)


def _scan(file: BinaryIO, name: str, scanner: Scanner | None) -> tuple[str, str]:
    if scanner is None:
        return "none", ""
    try:
        verdict = scanner.scan(file)
    except ScannerSilent as error:
        log.error("%s", error)
        return "waiting", ""
    if not verdict.clean:
        log.warning("an infected file was refused: %s", verdict.threat)
        raise BadInput(file_rules.infected(name))
    return "clean", ""


def _combined(ready: list[Ready], stack: ExitStack) -> list[Ready]:
    """Two pictures or more become one PDF, which stands where the first stood."""
    pictures = [each for each in ready if each.kind is Kind.JPEG]
    if len(pictures) < 2:
        return ready
    target = stack.enter_context(TemporaryFile())  # noqa: SIM115 - the stack closes it
    photos.combine([each.file for each in pictures], target)
    scan = "waiting" if any(each.scan == "waiting" for each in pictures) else pictures[0].scan
    name = file_names.combined_name([each.name for each in pictures])
    one = _ready(name, Kind.PDF, target, Signature.NONE, scan, "")
    return [one if each is pictures[0] else each for each in ready if each is pictures[0] or each not in pictures]


def receive(
    session: Session,
    ready: Sequence[Ready],
    place: Place,
    limits: Limits,
    now: datetime,
    by: str,
    *,
    document_id: int | None = None,
) -> list[FileRow]:
    """Store what was examined and attach it here; the files as they are listed.

    Bytes that are stored already are not stored again, and a file that is attached here already is not attached
    again: a form sent twice makes one. Raises BadInput when the agency's quota is used up.
    """
    here = store.list_files(session, place.kind, [place.subject_id])
    there = {row.sha256 for row in here if row.field == place.field}
    names = [row.name for row in here]
    new = {each.sha256: each for each in ready if each.sha256 not in there}
    known = store.scans(session, list(new))
    _refuse(session, list(new.values()), known, place.agency_id, limits)
    for each in new.values():
        _store(session, each, known.get(each.sha256), now)
        name = file_names.free_name(each.name, names)
        names.append(name)
        number = store.add(
            session, sha256=each.sha256, name=name, subject_kind=place.kind, subject_id=place.subject_id,
            field=place.field, agency_id=place.agency_id, document_id=document_id, at=now, by_code=by,
        )  # fmt: skip
        if number is None:  # the same form, sent a second time, was quicker
            continue
        detail: dict[str, object] = {
            "place": f"{place.kind}/{place.subject_id}", "field": place.field, "sha256": each.sha256, "size": each.size,
        }  # fmt: skip
        audit_chain.note(session, audit.Event(now, by, "file.receive", f"file/{number}", detail))
    wanted = {each.sha256 for each in ready}
    rows = store.list_files(session, place.kind, [place.subject_id])
    return [row for row in rows if row.field == place.field and row.sha256 in wanted]


def _refuse(session: Session, new: list[Ready], known: dict[str, str], agency_id: int, limits: Limits) -> None:
    for each in new:
        if known.get(each.sha256) == "infected":
            raise BadInput(file_rules.infected(each.name))
    more = sum(each.size for each in new)
    used = store.used(session, agency_id) if new else 0
    if new and used + more > limits.quota:
        raise BadInput(file_rules.over_quota(used, more, limits))


def _store(session: Session, ready: Ready, known: str | None, now: datetime) -> None:
    if known is None:
        ready.file.seek(0)
        store.add_blob(
            session, ready.sha256, MEDIA_TYPES[ready.kind], ready.file.read(), now, scan=ready.scan, note=ready.note,
            signature=ready.signature.value,
        )  # fmt: skip
    elif ready.scan == "clean" and known != "clean":
        store.settle(session, [ready.sha256], "clean")


# Lists, and taking back


def list_of(
    session: Session, kind: str, subject_ids: Iterable[int], *, withdrawn: bool = False
) -> dict[int, list[FileRow]]:
    """The files of each subject, oldest first, in one query; subjects without files have an empty list."""
    found: dict[int, list[FileRow]] = {number: [] for number in subject_ids}
    for row in store.list_files(session, kind, list(found), withdrawn=withdrawn):
        found[row.subject_id].append(row)
    return found


def withdraw(session: Session, number: int, agency_id: int, now: datetime, by: str) -> FileRow:
    """Take back a file of this agency: it leaves the lists, its bytes stay and its number is never given again.

    Raises NotFound for a file of another agency, TooLate for one that was taken back before.
    """
    row = _find(session, number)
    if row is None or row.agency_id != agency_id:
        raise NotFound(f"Cơ quan không có tệp số {number}.")
    if not store.withdraw(session, number, now):
        raise TooLate(f"Tệp “{file_names.shown_name(row.name)}” đã được rút trước đó; không có gì thay đổi.")
    place = f"{row.subject_kind}/{row.subject_id}"
    audit_chain.note(session, audit.Event(now, by, "file.withdraw", f"file/{number}", {"place": place}))
    return row


# Going out


def get_for(session: Session, number: int, visitor: Visitor) -> FileRow:
    """A file that this visitor may read: of its own agency or work, of work that comes to it, or of a plan it leads.

    Raises NotFound for any other, as if there were none. Raises NotAllowed for one that waits for the scanner (its
    own agency reads it) or is infected (nobody does).
    """
    row = _find(session, number)
    if row is None or not _concerns(session, row, visitor):
        raise NotFound("Không có tệp này.")
    if row.scan == "infected":
        raise NotAllowed(file_rules.shut(row.name))
    if row.scan == "waiting" and row.agency_id != visitor.agency_id:
        raise NotAllowed(file_rules.awaiting_scan(row.name))
    return row


def _find(session: Session, number: int) -> FileRow | None:
    return store.find(session, number) if 0 < number <= HIGHEST else None


def _concerns(session: Session, row: FileRow, visitor: Visitor) -> bool:
    """Not UBND tỉnh, which reads a plan whole: a cooperative's own papers go no further than who checks them."""
    if row.agency_id == visitor.agency_id:
        return True
    if row.subject_kind == "scorecard":
        return _sees_card(session, row, visitor)
    return any(
        visitor.agency_id in (work.holder_id, work.receiver_id) or (visitor.strong and work.plan_id in visitor.leads)
        for work in store.concerned(session, row)
    )


def _sees_card(session: Session, row: FileRow, visitor: Visitor) -> bool:
    """The evidence of a card and its signed sheets are read by whoever may read the card."""
    card = cards.get(session, row.subject_id)
    if card is None:
        return False
    return card_spots.may_see(card_spots.get(session, card.place, row.at.date()), visitor)


def spooled(session: Session, row: FileRow) -> IO[bytes]:
    """The bytes of a file in a temporary file, which the caller closes: a slow reader holds no memory."""
    body = store.body(session, row.sha256)
    if body is None:
        raise NotFound("Không có tệp này.")
    file = TemporaryFile()  # noqa: SIM115 - closed by whoever sends it
    file.write(body)
    file.seek(0)
    return file

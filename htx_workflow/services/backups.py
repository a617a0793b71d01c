"""Backup (sao lưu) and restore (khôi phục) of a whole installation: every row, and the signing key.

A backup reads one state of the running database and disturbs nobody. A restore fills an empty database and ends
only when what stands there has been read again and is what the archive says; otherwise everything is as before.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from pathlib import Path

from htx_workflow.domain import audit
from htx_workflow.domain.errors import StoreError
from htx_workflow.gateways import archives, signing
from htx_workflow.gateways.archives import Archive, AuditSum, Manifest
from htx_workflow.services import audits
from htx_workflow.services.audits import Verified
from htx_workflow.store import archive_rows, audit_chain, schema
from htx_workflow.store.archive_rows import Tables
from htx_workflow.store.database import Database


@dataclass(frozen=True)
class Installation:
    """What is saved and put back: a database, whatever its schema, and the file of the signing key."""

    database: Database
    key_file: Path


@dataclass(frozen=True)
class Saved:
    """A backup that stands, read again."""

    manifest: Manifest
    sha256: str
    """Of the file."""
    broken: list[str]
    """What was wrong with the audit chain already."""


@dataclass(frozen=True)
class Restored:
    """A restored installation, read again."""

    manifest: Manifest
    broken: list[str]
    """What is wrong with its audit chain: what was wrong when it was saved, or what was accepted."""


def back_up(here: Installation, file: Path, now: datetime, by: str, *, replace: bool = False) -> Saved:
    """Write one archive of everything, read it again, and note it in the audit log.

    Raises NotAllowed where the file exists and `replace` is not set, StoreError when disk or database refuse.
    """
    key = signing.find(here.key_file)
    with archives.writing(file, now, replace=replace) as archive:
        with here.database.reading() as session:
            revision, tables = archive_rows.snapshot(session)
            sums = {name: archive.add_table(name, tables.rows(name)) for name in tables.names}
            verified = audits.verify(session) if revision == schema.HEAD else None
        manifest = Manifest(
            software=metadata.version("htx-workflow"),
            revision=revision,
            created_at=now,
            tables=sums,
            signing_key=archives.key_sum(key),
            audit=AuditSum(events=verified.events, broken=len(verified.broken)) if verified else None,
        )
        archive.finish(manifest, key)
    try:
        with here.database.transaction("backup") as session:
            detail: dict[str, object] = {"sha256": archive.sha256, "rows": manifest.rows, "revision": revision}
            audit_chain.note(session, audit.Event(now, by, "backup.made", "database", detail))
    except StoreError as error:
        raise StoreError(
            f"Bản sao lưu {file} đã lập và đã đọc lại, nhưng chưa ghi được vào nhật ký. {error}"
        ) from error
    return Saved(manifest, archive.sha256, verified.broken if verified else [])


def restore(here: Installation, file: Path, now: datetime, by: str, *, accept_log: bool = False) -> Restored:
    """Fill an empty database, of either kind, from an archive, and bring it to the schema of this version.

    The archive is checked whole before anything is written. Raises NotAllowed for a database that holds rows or a
    different signing key, BadInput for an archive that is damaged, foreign or newer, StoreError when the audit chain
    is not as it was when saved, unless `accept_log`: later software may check more, and the rows are right anyway.
    """
    with archives.opened(file) as archive:
        manifest = archive.manifest
        signing.refuse_other(here.key_file, archive.key)
        with archive_rows.restoring(here.database, manifest.revision) as target:
            _load(archive, target.tables)
            session = target.bring_up_to_date()
            verified = audits.verify(session)
            if not accept_log:
                _refuse_changed(verified, manifest)
            detail: dict[str, object] = {
                "rows": manifest.rows, "revision": manifest.revision, "saved_at": manifest.created_at.isoformat(),
                "broken": len(verified.broken),
            }  # fmt: skip
            audit_chain.note(session, audit.Event(now, by, "restore.done", "database", detail))
            audit_chain.append_noted(session)
            signing.put_back(here.key_file, archive.key)
    return Restored(manifest, verified.broken)


def check(file: Path, now: datetime, *, accept_log: bool = False) -> Restored:
    """Restore an archive into a scratch database, look at it, and throw it away."""
    with archives.scratch_folder() as folder:
        scratch = Database(f"sqlite:///{folder / 'scratch.sqlite3'}")
        try:
            return restore(Installation(scratch, folder / "signing.key"), file, now, "system", accept_log=accept_log)
        finally:
            scratch.close()


def _load(archive: Archive, tables: Tables) -> None:
    """Every row, and every row again as it now stands in the database."""
    saved, there = set(archive.manifest.tables), set(tables.names)
    if saved != there:
        lack = f"thiếu bảng {', '.join(sorted(there - saved))}" if there - saved else ""
        more = f"có bảng không biết {', '.join(sorted(saved - there))}" if saved - there else ""
        raise archive.damaged("; ".join(filter(None, (lack, more))))
    for name in tables.names:
        tables.add(name, archive.rows(name))
    for name, expected in archive.manifest.tables.items():
        if archives.sum_of(tables.rows(name)) != expected:
            raise StoreError(
                f"Bảng {name} đọc lại từ cơ sở dữ liệu không đúng như trong bản sao lưu. Đã hủy việc khôi phục;"
                " chưa có gì thay đổi. Đề nghị kiểm tra đĩa hoặc dùng bản sao lưu khác."
            )


def _refuse_changed(verified: Verified, manifest: Manifest) -> None:
    """The audit chain must stand as it stood: as long, and no more broken."""
    expected = manifest.audit or AuditSum(events=verified.events, broken=0)
    if verified.events == expected.events and len(verified.broken) <= expected.broken:
        return
    raise StoreError(
        f"Nhật ký khôi phục có {verified.events} sự kiện, {len(verified.broken)} chỗ không khớp; khi sao lưu có"
        f" {expected.events} sự kiện, {expected.broken} chỗ không khớp. Đã hủy việc khôi phục; chưa có gì thay đổi."
        " Đề nghị dùng bản sao lưu khác; nếu chỉ có bản này, thêm --accept-log để khôi phục kèm cảnh báo.\n"
        + "\n".join(verified.broken[:10])
    )

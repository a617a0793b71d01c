"""People: contacts, their assignments, what lets them in, who acts for whom."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Text
from sqlmodel import Field, SQLModel

from htx_workflow.store.tables.base import CREDENTIAL_KINDS, STRENGTHS, key, one_of, to
from htx_workflow.store.types import UtcStamp


class Contact(SQLModel, table=True):
    """Đầu mối: an address that gets the mail of an agency; a shared mailbox may stand for several people."""

    __table_args__ = (
        CheckConstraint(one_of("channel", ("email", "text", "none")), name="channel"),
        CheckConstraint(one_of("rhythm", ("daily", "monday")), name="rhythm"),
    )
    id: int | None = key()
    code: str = Field(sa_type=Text, unique=True)
    agency_id: int = to("agency.id", index=True)
    channel: str = Field(sa_type=Text)
    address: str = Field(default="", sa_type=Text)
    shared: bool = False
    name: str = Field(default="", sa_type=Text)
    title: str = Field(default="", sa_type=Text)
    unit: str = Field(default="", sa_type=Text)
    phone: str = Field(default="", sa_type=Text)
    rhythm: str = Field(default="daily", sa_type=Text)
    approves: bool = False
    admin: bool = False
    """Gets the alarms of the installation."""
    links_after: datetime | None = Field(default=None, sa_type=UtcStamp)
    """Links of mails composed before this moment open nothing: they were revoked."""
    address_failed_at: datetime | None = Field(default=None, sa_type=UtcStamp)
    """Since then mail to the address comes back: none is sent there until it is corrected."""
    valid_from: date | None = None
    valid_to: date | None = None


class Assignment(SQLModel, table=True):
    """A contact speaks for an agency, for all its duties or for one."""

    __table_args__ = (
        CheckConstraint(one_of("role", ("focal", "support", "leader", "clerk")), name="role"),
        Index("ix_assignment_agency_id", "agency_id"),
    )
    id: int | None = key()
    contact_id: int = to("contact.id")
    agency_id: int = to("agency.id")
    duty_id: int | None = to("duty.id", null=True)
    role: str = Field(sa_type=Text)
    valid_from: date | None = None
    valid_to: date | None = None


class Person(SQLModel, table=True):
    """Người: an officer of an agency; a shared mailbox stands for several."""

    __table_args__ = (Index("ix_person_agency_id", "agency_id"),)
    id: int | None = key()
    agency_id: int = to("agency.id")
    name: str = Field(sa_type=Text)
    title: str = Field(default="", sa_type=Text)
    phone: str = Field(default="", sa_type=Text)
    fold: str = Field(sa_type=Text)
    """Name without diacritics, spaces and capitals: the same person typed twice is one."""
    left_on: date | None = None
    """The first day on which the person is no longer there."""


class Credential(SQLModel, table=True):
    """A secret that lets somebody in; only hashes are kept.

    `code` by e-mail, `aloud` read out by the lead officer, `sheet` printed with a QR, `invite` the one-time link of
    the first administrator, `session` a signed-in browser.
    """

    __table_args__ = (
        CheckConstraint(one_of("kind", CREDENTIAL_KINDS), name="kind"),
        CheckConstraint(one_of("strength", STRENGTHS), name="strength"),
        Index("ix_credential_contact_id", "contact_id", "kind"),
        Index("ix_credential_person_id", "person_id"),
    )
    id: int | None = key()
    kind: str = Field(sa_type=Text)
    contact_id: int = to("contact.id")
    person_id: int | None = to("person.id", null=True)
    token_sha256: str = Field(sa_type=Text, unique=True)
    digits_sha256: str = Field(default="", sa_type=Text)
    """Six digits that a person types, hashed with the token; empty where the token alone lets in."""
    strength: str = Field(sa_type=Text)
    """`link`: own work only. `code`: may also verify, decide and administer. `demo`: a persona of the demo."""
    made_at: datetime = Field(sa_type=UtcStamp)
    made_by: str = Field(sa_type=Text)
    expires_at: datetime = Field(sa_type=UtcStamp)
    used_at: datetime | None = Field(default=None, sa_type=UtcStamp)
    ended_at: datetime | None = Field(default=None, sa_type=UtcStamp)
    ended_by: str = Field(default="", sa_type=Text)
    tries: int = 0
    message_id: int | None = to("message.id", null=True)
    """The mail whose link opened this session, or that carried this code."""
    browser: str = Field(default="", sa_type=Text)
    """In a few words, so that a person recognises a session: Chrome, Windows."""


class Auditor(SQLModel, table=True):
    """Tài khoản kiểm tra: a contact that only reads, everything, from day to day, by a document."""

    contact_id: int = to("contact.id", primary=True)
    document_id: int = to("document.id")
    valid_from: date
    valid_to: date
    made_at: datetime = Field(sa_type=UtcStamp)
    made_by: str = Field(sa_type=Text)


class Delegation(SQLModel, table=True):
    """Ủy quyền: who acts for whom from day to day, by which document; never handed on."""

    __table_args__ = (Index("ix_delegation_to", "to_contact_id"),)
    id: int | None = key()
    from_contact_id: int = to("contact.id")
    to_contact_id: int = to("contact.id")
    form: str = Field(sa_type=Text)
    """KT., TL., TUQ., Q.: how acts under it are signed."""
    document_id: int = to("document.id")
    valid_from: date
    valid_to: date
    made_at: datetime = Field(sa_type=UtcStamp)
    made_by: str = Field(sa_type=Text)
    ended_at: datetime | None = Field(default=None, sa_type=UtcStamp)
    ended_by: str = Field(default="", sa_type=Text)

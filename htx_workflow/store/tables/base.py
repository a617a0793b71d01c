"""What every table is made with: the metadata, keys, references, and CHECKs for states kept as text."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ForeignKey, Integer, Table
from sqlmodel import Field, SQLModel

METADATA = SQLModel.metadata
METADATA.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

STATES = ("open", "submitted", "done", "waived", "handed_back", "split", "unassigned")
RUNG_STATES = ("queued", "sent", "superseded", "skipped", "failed")
BOUNCE_KINDS = ("permanent", "transient", "unknown")
MESSAGE_STATES = ("held", "queued", "leased", "sent", "failed", "cancelled")
RUN_OUTCOMES = ("running", "done", "failed", "interrupted")
BASES = ("law", "plan", "document", "assumed")
CREDENTIAL_KINDS = ("code", "aloud", "sheet", "invite", "session")
STRENGTHS = ("link", "code", "demo")
KEY_KINDS = ("api", "feed")
DELIVERY_STATES = ("queued", "leased", "sent", "failed", "cancelled")
NOTE_KINDS = (
    "taken", "for_signature", "signed", "sent", "promise", "call", "comment", "cause", "paper", "chased",
)  # fmt: skip
REQUEST_KINDS = ("extension", "hand_back", "waiver", "difficulty", "proposal", "cooperation")
REQUEST_STATES = ("raised", "advised", "granted", "refused", "withdrawn")
SCANS = ("none", "waiting", "clean", "infected")
STAGES = ("trial", "estimate", "final")
CARD_STATES = ("draft", "submitted", "returned", "accepted", "late")
RATINGS = ("", "rated", "incomplete", "unsigned", "not_rated")


def one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def key(**options: Any) -> Any:
    return Field(default=None, primary_key=True, **options)


def to(target: str, *, null: bool = False, primary: bool = False, index: bool = False) -> Any:
    column: Column[int] = Column(Integer, ForeignKey(target), nullable=null, primary_key=primary, index=index)
    return Field(default=None, sa_column=column)


def table(name: str) -> Table:
    """The columns of a table, for selects and bulk writes."""
    return METADATA.tables[name]

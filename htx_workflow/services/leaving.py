"""Leaving (thôi nhiệm vụ): what lets a contact or a person in ends at once, whatever kind of way in it is.

Each kind of way in hangs its end on `ENDERS`; whoever ends a contact calls `end_access` and forgets none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from htx_workflow.store import access, access_keys, hooks
from htx_workflow.store import delegations as delegation_store
from htx_workflow.store.database import Session


@dataclass(frozen=True, slots=True)
class Gone:
    """Who has left: contacts by number, or one person behind a shared mailbox."""

    contact_ids: tuple[int, ...]
    person_id: int | None
    by: str
    now: datetime


Ender = Callable[[Session, Gone], int]
"""Ends one kind of way in for those who left; how many."""


def _credentials(session: Session, gone: Gone) -> int:
    """Sessions, codes, sheets, invitations and every other kind that is a row of `credential`."""
    if gone.person_id is not None:
        return access.end_person(session, gone.person_id, gone.now, gone.by)
    return access.end_all(session, gone.contact_ids, gone.now, gone.by)


def _links(session: Session, gone: Gone) -> int:
    """Links of mails that were sent; they are not counted."""
    for number in gone.contact_ids:
        access.revoke_links(session, number, gone.now)
    return 0


def _delegations(session: Session, gone: Gone) -> int:
    return delegation_store.end_of_contacts(session, gone.contact_ids, gone.now, gone.by) if gone.contact_ids else 0


def _keys(session: Session, gone: Gone) -> int:
    """Keys of programs and calendar addresses."""
    if gone.person_id is not None:
        return access_keys.end_of_person(session, gone.person_id, gone.now, gone.by)
    return access_keys.end_of_contacts(session, gone.contact_ids, gone.now, gone.by)


def _webhooks(session: Session, gone: Gone) -> int:
    """Notices to other systems that they answered for."""
    if gone.person_id is not None:
        return hooks.end(session, "person_id", [gone.person_id], gone.now, gone.by)
    return hooks.end(session, "contact_id", gone.contact_ids, gone.now, gone.by)


ENDERS: dict[str, Ender] = {
    "credentials": _credentials,
    "links": _links,
    "delegations": _delegations,
    "keys": _keys,
    "webhooks": _webhooks,
}
"""By kind. A new kind of way in that is a table of its own adds its ender here."""


def end_access(
    session: Session,
    now: datetime,
    by: str,
    *,
    contact_ids: Sequence[int] = (),
    person_id: int | None = None,
) -> dict[str, int]:
    """End everything that lets them in, and what they gave or took on; how many of each kind."""
    gone = Gone(tuple(contact_ids), person_id, by, now)
    return {kind: end(session, gone) for kind, end in ENDERS.items()}

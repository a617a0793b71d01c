"""Who acted (ai làm), in words: the person or the office behind what an act is recorded under."""

from __future__ import annotations

from collections.abc import Iterable

from htx_workflow.domain import actors, audit_words
from htx_workflow.store import views
from htx_workflow.store.database import Session


def names_of(session: Session, texts: Iterable[str]) -> dict[str, str]:
    """The words for each of these. Two reads, three where programs acted."""
    parsed = {text: actors.parse(text) for text in texts}
    people = {actor.person for actor in parsed.values() if actor.person is not None}
    boxes, persons = views.list_people(session, {actor.contact for actor in parsed.values()}, people)
    return {text: _words(actor, boxes, persons) for text, actor in parsed.items()}


def _words(actor: actors.Actor, boxes: dict[str, str], persons: dict[int, str]) -> str:
    if actor.contact == "system":
        return audit_words.SYSTEM
    named = persons.get(actor.person or 0) or boxes.get(actor.contact) or actor.contact
    return f"{named}, theo ủy quyền số {actor.delegation}" if actor.delegation is not None else named

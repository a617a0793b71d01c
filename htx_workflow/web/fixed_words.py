"""Words of pages that stand in Python and not in a template (từ cố định): chips, notices, choices. For scripts/messages.

A template prints them as `_(value)`. What is put together with numbers or days is made by `words.said`, whose calls are
found in the source; tables of plain words are named here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from babel.messages.extract import extract

from htx_workflow.domain import (
    audit_words,
    backdated,
    board,
    card_places,
    desk,
    form_cells,
    hooks,
    requests,
    scopes,
    words,
)
from htx_workflow.services import (
    agencies,
    assignments,
    calendar_pages,
    contacts,
    delegations,
    demos,
    health,
    jobs,
    letters,
    outbox_pages,
    request_pages,
    round_pages,
    work_pages,
)
from htx_workflow.services import desk as desk_services
from htx_workflow.store import documents
from htx_workflow.web import admin_room, app, errors, notices, status
from htx_workflow.web.routes import admin_watch, desk_chasing

PACKAGE = Path(app.__file__).parents[1]
TABLES: tuple[Mapping[object, str], ...] = (
    board.GROUP_WORDS, board.COOPERATIVE_WORDS, board.STEPS, board.CAUSES, desk.CELL_WORDS, desk.BOX_WORDS,
    desk_services.STATE_WORDS, requests.LABELS, request_pages.NOTES, work_pages.ACTS, work_pages.STATES,
    work_pages.MAILS, work_pages.MAIL_STATES, documents.CHANNELS, delegations.FORMS, assignments.ROLE_WORDS, contacts.CHANNELS, contacts.RHYTHMS, agencies.KIND_WORDS, letters.KINDS,
    form_cells.NON_WORDS, form_cells.DOCUMENT_PARTS, desk_chasing.KINDS, demos.WHO, health.UNITS, status.OUTCOMES,
    status.COUNTS, notices.SENTENCES, card_places.STATE_TEXTS, card_places.UPPER_STATE_TEXTS, card_places.STAGE_TEXTS, scopes.SCOPES, hooks.EVENTS,
    calendar_pages.KIND_WORDS, audit_words.ACTS, backdated.KINDS, outbox_pages.STATES, admin_watch.OUTCOMES,
)  # type: ignore[assignment]  # fmt: skip
"""Routes add their notices when `app` brings them in."""
ROWS: tuple[Iterable[str], ...] = (
    words.WEEKDAYS,
    (work_pages.OTHERWISE,),
    [text for counts in status.OF_JOB.values() for text in counts.values()],
    [text for tab in admin_room.TABS for text in (tab.label, tab.sentence)],
    [words.sentence(title) for title in jobs.TITLES.values()],
    [word for word, _, _ in round_pages.STEP_WORDS.values()],
    [title for _, title in errors.STATUS.values()],
    [text for texts in errors.REFUSED.values() for text in texts],
    (errors.OTHERWISE, errors.UNFORESEEN, errors.FROM_THE_START),
)


def texts() -> Iterator[str]:
    """Every fixed word, Vietnamese; some come more than once."""
    for table in TABLES:
        yield from map(str, table.values())
    for row in ROWS:
        yield from row


def said() -> Iterator[tuple[str, str]]:
    """Patterns of `words.said` with the file that says them."""
    for path in sorted(PACKAGE.rglob("*.py")):
        with path.open("rb") as file:
            for _, text, _, _ in extract("python", file, keywords={"said": None}):
                yield (text if isinstance(text, str) else text[0]), path.relative_to(PACKAGE).as_posix()

"""What jobs are made with (đồ nghề của công việc): their tools, how a step is run, and what came of a run."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.gateways.bounce_box import BounceBox
from htx_workflow.gateways.smtp import Mailer
from htx_workflow.services.composing import Style
from htx_workflow.services.delivery import Sender
from htx_workflow.services.hook_delivery import Poster
from htx_workflow.store.database import Database

if TYPE_CHECKING:
    from htx_workflow.gateways.word import Word


@dataclass(frozen=True)
class Tools:
    """What jobs work with, put together by the runtime."""

    database: Database
    calendars: Mapping[str, WorkingCalendar]
    style: Style
    sender: Sender
    mailer: Callable[[], AbstractAsyncContextManager[Mailer]]
    clock: Callable[[], datetime]
    rubric: Callable[[str], Rubric]
    """The rubric of config/rubrics/ by its code."""
    word: Callable[[], Word]
    """Writes papers; made when the first is written."""
    connections: int = 2
    poster: Callable[[], AbstractAsyncContextManager[Poster]] | None = None
    """Of notices to other systems; none on machines that have no way out."""
    bounce_box: Callable[[], AbstractContextManager[BounceBox]] | None = None
    """The mailbox for returned mail; none where no settings name one."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows to show an administrator; codes, not names of people."""

    key: str
    title: str
    rows: tuple[Mapping[str, str | int], ...]


@dataclass
class Outcome:
    """What a job did. `alarms` are sentences an administrator must read."""

    counts: dict[str, int] = field(default_factory=dict)
    alarms: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


class Call(Protocol):
    """Runs one step of a job."""

    async def __call__(self, step: Callable[..., Any], /, *arguments: Any) -> Any: ...


async def plainly(step: Callable[..., Any], /, *arguments: Any) -> Any:
    """Run a step as it is."""
    result = step(*arguments)
    return await result if inspect.isawaitable(result) else result

"""Where a replay is played (sân khấu): the database, the plan, the virtual moment, and what is told of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.file_rules import Limits
from htx_workflow.domain.forms import Form
from htx_workflow.domain.plan import Duty, Plan
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.domain.simulation import Dice
from htx_workflow.gateways.word import Word
from htx_workflow.services import plans
from htx_workflow.services.composing import LOCAL
from htx_workflow.services.job_tools import Tools
from htx_workflow.services.reports import When
from htx_workflow.store import occurrences as store
from htx_workflow.store.database import Database, Session
from htx_workflow.store.documents import DocumentRef

MACHINES = ("mail", "tick", "document", "consolidate")
"""Events that are nobody's act."""


@dataclass(frozen=True)
class Kit:
    """What reports, scores and documents are made with."""

    form_of: Callable[[str], Form]
    rubric: Rubric | None
    """None for a plan that scores nobody."""
    word: Word
    limits: Limits
    folder: Path
    """Where finished documents are left."""

    def rubric_of(self, code: str) -> Rubric:
        """The plan's own: a plan names one."""
        assert self.rubric is not None
        return self.rubric


@dataclass
class Life:
    """What happened, counted."""

    days: int = 0
    mails: int = 0
    doubtful: int = 0
    events: Counter[str] = field(default_factory=Counter)
    rungs: dict[str, int] = field(default_factory=dict)
    unreachable: set[str] = field(default_factory=set)
    cards: int = 0
    """Scorecards sent, of every level, stage and revision."""
    documents: list[str] = field(default_factory=list)
    """Finished documents left in the folder, by their path in it."""


@dataclass
class Stage:
    """One life of one plan, at one moment."""

    database: Database
    plan: Plan
    calendar: WorkingCalendar
    dice: Dice
    kit: Kit
    tools: Tools
    now: datetime
    tell: Callable[[dict[str, Any]], None]
    life: Life = field(default_factory=Life)
    due_again: dict[str, date] = field(default_factory=dict)
    """Days on which work will be sent that follows no habit: called for, given back, opened by somebody."""

    _seen: dict[str, int] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return self.now.astimezone(LOCAL).date()

    def event(self, act: str, **what: Any) -> None:
        self.life.events[act] += 1
        self.tell({"at": self.now.isoformat(), "act": act, **what})

    def stirred(self, who: str) -> bool:
        """Whether anybody has done anything since this was asked for the same purpose."""
        acts = sum(count for act, count in self.life.events.items() if act not in MACHINES)
        before, self._seen[who] = self._seen.get(who, 0), acts
        return acts != before

    def when(self, agency: str) -> When:
        """This agency acting now: its first contact, or its code where it has none."""
        codes = (contact.code for contact in self.plan.contacts if contact.agency == agency)
        return When(self.today, self.now, next(codes, agency))

    def rows(self, session: Session, state: str, undated: Collection[str] | None = None) -> list[store.Row]:
        """The occurrences in a state; of those without a day only the ones named, when any are."""
        return store.list_rows(session, plans.get_plan(session, self.plan.code).id, state, undated)

    def duty(self, row: store.Row) -> Duty:
        return plans.duty_of(self.plan, row.duty)

    def after(self, days: int, day: date | None = None) -> date:
        """So many working days after today, or after another day."""
        return self.calendar.soft_shift(day or self.today, days)[0]

    def letter(self, number: str, issuer: str, subject: str) -> DocumentRef:
        """A paper of today, marked as invented."""
        return DocumentRef(f"{number}-MP", self.today, issuer, f"{subject} (mô phỏng)")

"""The lead officer of a replay (chuyên viên đầu mối trong mô phỏng): adopts dates by a letter, checks, gives back, has approved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from htx_workflow.domain import standing
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.plan import Once
from htx_workflow.services import deadlines, drafts, plans, reports
from htx_workflow.services.composing import LOCAL, Style
from htx_workflow.services.replay_scores import Scores
from htx_workflow.services.replay_stage import Stage
from htx_workflow.store import occurrences as store
from htx_workflow.store import outbox
from htx_workflow.store.documents import DocumentRef

LETTER = (11, 15)
"""Month and day from which the lead officer adopts the assumed dates, in the plan's first year."""


class Lead:
    """Acts of one life. The self-scores are checked with their cards, by whoever checks those."""

    def __init__(
        self, stage: Stage, scores: Scores, calendars: Mapping[str, WorkingCalendar], style: Style
    ) -> None:  # fmt: skip
        self.stage, self._scores = stage, scores
        self._calendars, self._style = calendars, style
        self._returned: set[str] = set()
        self._adopted = False

    def afternoon(self, day: date) -> None:
        self._adopt(day)
        self._fix_open_day(day)
        self._check(day)

    def _adopt(self, day: date) -> None:
        if self._adopted or (day.month, day.day) < LETTER or day.year > self.stage.plan.starts_on.year + 1:
            return
        self._adopted = True
        letter = DocumentRef(
            f"231/{self.stage.plan.lead.upper()}-MP", day, self.stage.plan.lead, "V/v thời hạn thực hiện Kế hoạch"
        )
        with self.stage.database.transaction("adopt") as session:
            done = deadlines.adopt(
                session, self.stage.plan.code, None, letter, self.stage.calendar, self.stage.when(self.stage.plan.lead)
            )
        self.stage.event("adopt", document=letter.number, adopted=len(done.adopted), left=len(done.left))

    def _fix_open_day(self, day: date) -> None:
        """Work that waits for its day gets one by a letter in the last month of the plan."""
        if self.stage.plan.ends_on is None or day < self.stage.plan.ends_on.replace(day=1):
            return
        with self.stage.database.reading() as session:
            rows = [row for row in self.stage.rows(session, standing.OPEN) if self._awaits(row)]
        for row in rows:
            due_on = self.stage.calendar.soft_shift(day, 30)[0]
            letter = DocumentRef("4246/MP", day, self.stage.plan.province, "V/v tổng kết")
            with self.stage.database.transaction("set-deadline") as session:
                deadlines.set_deadline(
                    session, [row.key], due_on, letter, self.stage.calendar, self.stage.when(self.stage.plan.lead)
                )
            self.stage.event("set-deadline", occurrence=row.key, due_on=due_on.isoformat(), document=letter.number)

    def _awaits(self, row: store.Row) -> bool:
        duty = plans.duty_of(self.stage.plan, row.duty)
        return isinstance(duty.due, Once) and row.standing.due_on is None and row.standing.state == standing.OPEN

    def _check(self, day: date) -> None:
        with self.stage.database.reading() as session:
            sent = self.stage.rows(session, standing.SUBMITTED)
            rows = [row for row in sent if not self._scores.belongs(row.duty)]
            typed = store.last_recorded(session, [row.id for row in rows])
        for row in rows:
            lag = self.stage.dice.of("check", row.key, typed[row.id]).randint(0, 3)
            if self.stage.calendar.soft_shift(typed[row.id].astimezone(LOCAL).date(), lag)[0] > day:
                continue
            again = self.stage.dice.chance(0.12, "return", row.key) and row.key not in self._returned
            if again:
                self._give_back(row, day)
            else:
                with self.stage.database.transaction("verify") as session:
                    reports.verify(session, [row.key], self.stage.calendar, self.stage.when(self.stage.plan.lead))
                self.stage.event("verify", occurrence=row.key)

    def _give_back(self, row: store.Row, day: date) -> None:
        self._returned.add(row.key)
        kind = standing.Return.SUPPLEMENT if self.stage.dice.chance(0.7, "kind", row.key) else standing.Return.AGAIN
        with self.stage.database.transaction("return") as session:
            reports.return_(
                session,
                row.key,
                kind,
                "Thiếu số liệu (mô phỏng)",
                self.stage.calendar,
                self.stage.when(self.stage.plan.lead),
            )
        self.stage.due_again[row.key] = self.stage.calendar.soft_shift(day, 2)[0]
        self.stage.event("return", occurrence=row.key, kind=kind.value)

    def approve(self, day: date) -> None:
        approver = next((contact.code for contact in self.stage.plan.contacts if contact.approves), None)
        if approver is None:
            return
        with self.stage.database.reading() as session:
            held = [row for row in outbox.list_messages(session, "held", 10) if row.day < day]
        for row in held:
            with self.stage.database.transaction("approve") as session:
                sent = drafts.approve(session, self._calendars, self._style, row.key, approver, self.stage.now)
            self.stage.event("approve", draft=row.key, sent=sent)

"""The papers of a replay (văn bản của mô phỏng): consolidations, finished documents in a folder, milestones of others.

Snapshots are kept when the course of the plan asks for them, as the jobs do. When the books of a year are closed the lead
officer keeps one more, and its documents are made, issued and left in the folder. At the end of a life the last year's
are made as things stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from htx_workflow.domain import simulation, words
from htx_workflow.domain.consolidations import Consolidation
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.gateways import file_times
from htx_workflow.services import consolidations, documents, evaluation_jobs, issued, milestones
from htx_workflow.services.replay_stage import Stage

ISSUED = (1, 26)
"""Month and day from which the documents of the year before are made: late and official figures have come."""
FOLLOWED = (0, 3)
"""Days of the week, from Monday, on which what has changed is followed: the service does it every day."""
SUBFOLDER, INDEX = "van-ban", "README.md"
MILESTONES: Mapping[str, tuple[str, int, str, str]] = {
    "U.1": ("V.1.1b", 3, "12/BC-UBND", "Báo cáo tổng kết Đề án"),
    "U.2": ("V.1.2", 6, "45/QĐ-UBND", "Phê duyệt phương án nhân rộng giai đoạn 2026 - 2030"),
}
"""By milestone: the work after which UBND tỉnh signs, after how many working days, number and subject."""


class Papers:
    """Consolidations and documents of one life."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.plan = stage, stage.plan
        self._of: dict[int, Consolidation] = {}
        self._issued: set[int] = set()
        self._signing: dict[str, date] = {}

    def sent(self, duty: str) -> None:
        """Something was sent: UBND tỉnh will sign what waits for it."""
        for code, (before, days, _, _) in MILESTONES.items():
            if duty == before and any(one.code == code for one in self.plan.milestones):
                self._signing.setdefault(code, self.stage.after(days))

    def afternoon(self) -> None:
        """What others sign today, what the course of the plan asks for, the documents of a year that is complete."""
        for code, day in sorted(self._signing.items()):
            if day <= self.stage.today:
                self._reach(code)
        if self.plan.scoring is None:
            return
        if self.stage.today.weekday() in FOLLOWED and self.stage.stirred("papers"):
            self._follow()
        year = self.stage.today.year - 1
        if year in self._of and (self.stage.today.month, self.stage.today.day) >= ISSUED:
            self._issue(year)

    def _follow(self) -> None:
        """Snapshots that today's figures ask for, by the step of the job."""
        stage = self.stage
        for kept in evaluation_jobs.keep_snapshots(stage.tools, self.plan.code, stage.today):
            with stage.database.reading() as session:
                self._note(consolidations.find(session, self.plan.code, kept.period, kept.no))

    def _note(self, kept: Consolidation) -> None:
        self._of[int(kept.round)] = kept
        passed = kept.target
        self.stage.event("consolidate", round=kept.round, no=kept.no, passed=passed.passed, of=passed.of)

    def evening(self) -> None:
        """The end of the life: documents that are not made yet, and the list of all."""
        for year in sorted(self._of):
            self._issue(year)
        if self.stage.life.documents:
            self._index()

    # Milestones

    def _reach(self, code: str) -> None:
        del self._signing[code]
        stage, (_, _, number, subject) = self.stage, MILESTONES[code]
        paper = stage.letter(number, self.plan.province, subject)
        with stage.database.transaction("milestone") as session:
            milestones.reach(
                session, self.plan.code, code, stage.today, paper, stage.calendar, stage.when(self.plan.lead)
            )
        stage.event("milestone", milestone=code, document=paper.number)

    # Consolidations

    def _consolidate(self, year: int) -> None:
        stage, rubric, when = self.stage, self._rubric, self.stage.when(self.plan.lead)
        with stage.database.reading() as session:
            made = consolidations.compute(session, self.plan.code, str(year), rubric, stage.today, when)
        with stage.database.transaction("consolidate") as session:
            kept = consolidations.keep(session, made, rubric, None, when)
        self._note(kept)

    def _final(self, year: int) -> bool:
        return self.plan.ends_on is not None and self.plan.ends_on.year == year

    # Documents

    def _issue(self, year: int) -> None:
        """Every document of a year from its figures of now, issued and left in the folder."""
        if year in self._issued:
            return
        self._issued.add(year)
        self._consolidate(year)
        stage, kept = self.stage, self._of[year]
        with stage.database.reading() as session:
            framed = documents.frame(session, kept, self._rubric, stage.today, simulation=True)
            units = [line.key for line in kept.cooperatives]
            own = documents.cards(session, kept, self._rubric, stage.today, units, simulation=True)
        folder = stage.kit.folder / SUBFOLDER / str(year)
        when = stage.when(self.plan.lead)
        for made in documents.write_all(kept, framed, own, stage.kit.word, final=self._final(year)):
            written = replace(made, body=file_times.dated(made.body, stage.now))
            with stage.database.transaction("issue-documents") as session:
                issued.keep(session, kept.plan, kept.round, kept.no, written, None, when)
            path = documents.save(written, folder)
            stage.life.documents.append(path.relative_to(stage.kit.folder / SUBFOLDER).as_posix())
            stage.event("document", file=stage.life.documents[-1])

    def _index(self) -> None:
        folder = self.stage.kit.folder / SUBFOLDER
        lines = [f"# Văn bản của {self.plan.short}", "", f"{simulation.WATERMARK}. Số, ngày, người ký để trống.", ""]
        for year, kept in sorted(self._of.items()):
            lines += [f"## Năm {year}", "", self._said(kept), ""]
            names = [name for name in self.stage.life.documents if name.startswith(f"{year}/")]
            lines += [f"- [{_title(Path(name).name, kept)}]({name})" for name in names] + [""]
        (folder / INDEX).write_text("\n".join(lines), encoding="utf-8")

    def _said(self, kept: Consolidation) -> str:
        day = words.day_text(kept.day) if kept.day else ""
        number = words.count_text(kept.no)
        return f"Bản tổng hợp số {number}, số liệu biết đến hết ngày {day}: {kept.target.text}. {kept.decisive}."

    @property
    def _rubric(self) -> Rubric:
        assert self.stage.kit.rubric is not None
        return self.stage.kit.rubric


def _title(name: str, kept: Consolidation) -> str:
    """Thông báo kết quả, HTX mô phỏng 1 (Kon Plông)."""
    kind = name.removeprefix("MOPHONG_").partition("_")[0]
    unit = next((line.name for line in kept.cooperatives if f"_{line.key}_" in name), "")
    return ", ".join(part for part in (documents.KINDS[kind], unit) if part)

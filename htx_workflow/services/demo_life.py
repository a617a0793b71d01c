"""What people do in the demo beside the plan's own course: a letter that brings days forward, promises, calls, steps,
requests, a self-score begun, a paper entered for another agency.

Scenes are played in the afternoon of their day, while the replay lives on around them. Everything is invented and
marked so; what the day finds otherwise (work already sent) is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from typing import NamedTuple

from htx_workflow.domain import requests as request_rules
from htx_workflow.domain import simulated_scores, standing
from htx_workflow.domain.actors import Actor
from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.card_places import CardPlace
from htx_workflow.domain.plan import Contact, Plan
from htx_workflow.domain.rubrics import Rubric
from htx_workflow.domain.simulated_scores import SimulatedScores
from htx_workflow.services import card_spots, deadlines, demos, handling, reports, requests, scoring
from htx_workflow.services.composing import LOCAL, Style
from htx_workflow.services.handling import Promise
from htx_workflow.services.reports import When
from htx_workflow.services.requests import Asking
from htx_workflow.services.scoring import Filled
from htx_workflow.store import agencies as agency_store
from htx_workflow.store import demo_rows, notes, views
from htx_workflow.store import occurrences as store
from htx_workflow.store.database import Session
from htx_workflow.store.documents import DocumentRef
from htx_workflow.store.views import WorkRow

FORENOON, AFTERNOON = time(9, 30), time(16, 15)
LEAD, LEADER = "skhdt-dau-moi", "skhdt-lanh-dao"
PEOPLE = {
    "skhdt": (("Nguyễn Thị Mẫu", "Chuyên viên"), ("Phan Văn Thử", "Chuyên viên")),
    "snnptnt": (("Hoàng Văn Mẫu", "Chuyên viên"), ("Lương Thị Thử", "Chuyên viên")),
    "huyen-dakto": (("Trần Văn Mẫu", "Chuyên viên"), ("A Thử", "Phó Trưởng phòng")),
    "huyen-dakha": (("Đỗ Thị Mẫu", "Chuyên viên"), ("Y Thử", "Chuyên viên")),
    "huyen-sathay": (("Lý Thị Mẫu", "Chuyên viên"),),
    "huyen-konplong": (("Trịnh Văn Mẫu", "Chuyên viên"),),
}
"""By agency: invented people behind the shared mailboxes. Others are asked for a name at their first act."""


class Stage(NamedTuple):
    """One afternoon: the database, the plan and the hour."""

    session: Session
    plan: Plan
    calendars: requests.Calendars
    style: Style
    day: date
    rubric: Rubric
    scores: SimulatedScores

    @property
    def calendar(self) -> WorkingCalendar:
        return self.calendars[self.plan.calendar]

    def when(self, contact: str, hour: time = AFTERNOON) -> When:
        """This contact acting now, as the person that bears its name."""
        found = demo_rows.find_contact(self.session, contact)
        person = found.person_id if found else None
        return When(self.day, datetime.combine(self.day, hour, LOCAL), str(Actor(contact, person)))

    def open_work(self, *keys: str) -> Iterable[WorkRow]:
        """The work of these keys (without the plan's code) that is open on this day, not begun to be sent."""
        for row in store.get_rows(self.session, [f"{self.plan.code}/{key}" for key in keys]):
            work = views.get_work(self.session, row.id, self.day)
            if work is not None and work.standing.state == standing.OPEN and work.opens_on <= self.day:
                yield work


def play(
    session: Session, plan: Plan, calendars: requests.Calendars, style: Style, day: date, rubric: Rubric,
    scores: SimulatedScores,
) -> None:  # fmt: skip
    """The scenes of this day."""
    for scene in SCENES.get(day, ()):
        scene(Stage(session, plan, calendars, style, day, rubric, scores))


def _people(stage: Stage) -> None:
    office = Contact(
        code=demos.OFFICE, agency=stage.plan.province, address="vanphong.ubnd@example.vn", name="Hà Thị Mẫu",
        title="Chuyên viên Văn phòng", role="leader", rhythm="monday",
    )  # fmt: skip
    agency_store.add_missing_contacts(stage.session, [office], {}, stage.plan.starts_on)
    agencies = agency_store.ids_by_code(stage.session)
    for agency, people in PEOPLE.items():
        for name, title in people:
            demo_rows.add_person(stage.session, agencies[agency], name, title)


def _letter(stage: Stage) -> None:
    """The lead agency asks for some work earlier than planned."""
    letter = DocumentRef("1240/SKHĐT-MP", stage.day, stage.plan.lead, "V/v đẩy nhanh tiến độ tổng kết (mô phỏng)")
    for due_on, keys in EARLIER.items():
        works = [work.key for work in stage.open_work(*keys)]
        deadlines.set_deadline(stage.session, works, due_on, letter, stage.calendar, stage.when(LEAD))


EARLIER = {
    date(2025, 11, 14): tuple(
        f"V.7.6/huyen-{name}/2025" for name in ("dakha", "dakto", "tumorong", "sathay", "konplong")
    ),
    date(2025, 11, 18): ("V.6.4b/lmhtx/2025",),
    date(2025, 11, 26): ("V.3.3/snnptnt/2025", "V.6.1c/lmhtx/2025"),
}


def _call(key: str, contact: str, promised: date, said: str) -> Callable[[Stage], None]:
    """The lead officer telephones about overdue work; the holder then promises a day."""

    def scene(stage: Stage) -> None:
        for work in stage.open_work(key):
            caller, holder = stage.when(LEAD), stage.when(contact)
            notes.add(stage.session, work.id, "call", caller.now, caller.by, said, with_whom="đầu mối", on_day=promised)
            handling.promise(stage.session, work, Promise(promised, "inputs", said), holder)

    return scene


def _take(key: str, contact: str) -> Callable[[Stage], None]:
    def scene(stage: Stage) -> None:
        for work in stage.open_work(key):
            handling.take(stage.session, work, stage.when(contact))

    return scene


def _step(key: str, contact: str, name: str) -> Callable[[Stage], None]:
    def scene(stage: Stage) -> None:
        for work in stage.open_work(key):
            handling.step(stage.session, work, name, stage.day, stage.when(contact))

    return scene


def _comment(key: str, contact: str, text: str) -> Callable[[Stage], None]:
    def scene(stage: Stage) -> None:
        for work in stage.open_work(key):
            handling.comment(stage.session, work, text, stage.when(contact))

    return scene


def _ask(
    key: str, contact: str, kind: request_rules.Kind, reason: str, due_on: date | None = None
) -> Callable[[Stage], None]:
    def scene(stage: Stage) -> None:
        for work in stage.open_work(key):
            asking = Asking(kind, work.key, reason, due_on)
            requests.ask(stage.session, asking, None, stage.calendars, stage.when(contact), stage.style)

    return scene


def _send(key: str, contact: str, number: str, *, on_behalf: bool = False) -> Callable[[Stage], None]:
    """A paper of this day: sent by the agency, or entered by the lead officer for it."""

    def scene(stage: Stage) -> None:
        for work in stage.open_work(key):
            holder = work.key.split("/")[2]
            paper = DocumentRef(number, stage.day, holder, work.title, channel="giấy" if on_behalf else "trục")
            note = "nhập thay; số liệu mô phỏng" if on_behalf else "Số liệu mô phỏng"
            reports.submit(
                stage.session, [work.key], stage.calendar, stage.when(contact, FORENOON), sent_on=stage.day, document=paper,
                note=note, on_behalf=on_behalf,
            )  # fmt: skip

    return scene


def _score(unit: str, contact: str, places: int) -> Callable[[Stage], None]:
    """The cooperative opens its self-score of the year and fills in the facts and the first places."""

    def scene(stage: Stage) -> None:
        for work in stage.open_work(f"R.htx/{unit}/{stage.day.year}"):
            place = CardPlace(
                stage.plan.code, unit, work.period, "estimate", card_spots.scoring_of(stage.plan).chain[0].code
            )
            when = stage.when(contact)
            scoring.open_card(stage.session, place, stage.rubric, None, when)
            points = list(stage.scores.card(unit, place.year, place.stage).items())[:places]
            evidence = {key: "Sổ sách của hợp tác xã (mô phỏng)" for key, _ in points}
            filled = Filled(
                simulated_scores.typed(dict(points)), evidence=evidence, facts=stage.scores.facts(unit, place.year)
            )
            scoring.save(stage.session, place, filled, None, when)

    return scene


def _return(key: str, reason: str, respond_by: date) -> Callable[[Stage], None]:
    """The lead officer asks for more of what was sent."""

    def scene(stage: Stage) -> None:
        whole = f"{stage.plan.code}/{key}"
        if store.get_rows(stage.session, [whole])[0].standing.state == standing.SUBMITTED:
            reports.return_(
                stage.session, whole, standing.Return.SUPPLEMENT, reason, stage.calendar, stage.when(LEAD), respond_by
            )

    return scene


NOVEMBER = {day: date(2025, 11, day) for day in range(1, 31)}
SCENES: dict[date, tuple[Callable[[Stage], None], ...]] = {
    date(2024, 10, 23): (_people,),
    NOVEMBER[3]: (_letter,),
    NOVEMBER[10]: (
        _take("R.agency/stc/2025", "stc-dau-moi"),
        _take("R.agency/huyen-dakto/2025", "dakto-tckh"),
        _take("V.3.3/snnptnt/2025", "snnptnt-dau-moi"),
    ),
    NOVEMBER[19]: (
        _call("V.7.6/huyen-sathay/2025", "sathay-tckh", NOVEMBER[26], "Chờ số liệu của các xã, hẹn gửi 26/11."),
        _call("V.7.6/huyen-dakha/2025", "dakha-tckh", NOVEMBER[27], "Dự thảo đang xin ý kiến, hẹn gửi 27/11."),
        _ask(
            "V.6.1c/lmhtx/2025", "lmhtx-dau-moi", request_rules.Kind.DIFFICULTY,
            "Một số hợp tác xã chưa mở sổ kế toán đầy đủ nên chưa đối chiếu được số liệu (mô phỏng).",
        ),
    ),
    NOVEMBER[20]: (
        _step("R.agency/stc/2025", "stc-dau-moi", "for_signature"),
        _score("htx-thanhnien", "thanhnien-ke-toan", 12),
        _ask(
            "V.3.3/snnptnt/2025", "snnptnt-dau-moi", request_rules.Kind.EXTENSION,
            "Chờ kết quả kiểm tra thực địa tại 05 hợp tác xã, dự kiến xong ngày 01/12 (mô phỏng).", date(2025, 12, 5),
        ),
        _comment("V.7.6/huyen-dakha/2025", LEADER, "Đề nghị huyện nêu rõ phần vướng mắc về đất đai (mô phỏng)."),
    ),
    NOVEMBER[21]: (
        _send("R.agency/sct/2025", "sct-dau-moi", "152/BC-SCT-MP"),
        _take("R.htx/htx-rangdong/2025", "rangdong-ke-toan"),
        _score("htx-rangdong", "rangdong-ke-toan", 0),
        _ask(
            "V.7.6/huyen-sathay/2025", "sathay-tckh", request_rules.Kind.EXTENSION,
            "Sạt lở đường vào vùng trồng, cán bộ xã tập trung khắc phục (mô phỏng).", NOVEMBER[28],
        ),
    ),
    NOVEMBER[24]: (
        _step("R.agency/stc/2025", "stc-dau-moi", "signed"),
        _send("R.agency/nhnn/2025", LEAD, "88/BC-KTU-MP", on_behalf=True),
        _send("V.6.4b/lmhtx/2025", "lmhtx-dau-moi", "61/BC-LMHTX-MP"),
        _send("R.agency/huyen-konplong/2025", "konplong-tckh", "310/BC-UBND-MP"),
        _send("R.agency/huyen-dakto/2025", "dakto-tckh", "268/BC-UBND-MP"),
        _return("R.agency/huyen-dakto/2025", "Thiếu số liệu tín dụng của 01 hợp tác xã (mô phỏng).", NOVEMBER[28]),
    ),
}  # fmt: skip

"""A replayed plan: both rounds on three levels, the final assessment to its end, and the documents that are left.

The last weeks are lived here, their beginning twice; the year before is that of the demo, which other tests use too.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from htx_workflow.domain.consolidations import Consolidation
from htx_workflow.domain.scorecards import points_text
from htx_workflow.domain.simulation import WATERMARK
from htx_workflow.domain.verdicts import Conclusion
from htx_workflow.host import rehearsal
from htx_workflow.host.rehearsal import Story
from htx_workflow.runtime import Runtime
from htx_workflow.services import chains, consolidations, issued, plans, results
from htx_workflow.settings import Settings
from htx_workflow.store import agencies, cards
from htx_workflow.store.cards import CardRow
from htx_workflow.store.database import Database, Session
from tests.scores import LEVELS, TT01

CODE = "kontum-3819"
FIRST, LAST, SOON = date(2025, 12, 8), date(2026, 1, 30), date(2025, 12, 15)


@dataclass(frozen=True)
class Lived:
    """A finished life with its database, and the folder of another of the same seed that ends soon."""

    story: Story
    database: Database
    again: Path


def live(folder: Path, until: date) -> Story:
    runtime = Runtime(Settings(var_dir=folder / "var"))
    return asyncio.run(rehearsal.replay(runtime, CODE, FIRST, until, 1, folder / "out"))


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    one, other = tmp_path_factory.mktemp("one"), tmp_path_factory.mktemp("other")
    story = live(one, LAST)
    live(other, SOON)
    database = Database(f"sqlite:///{story.database}")
    yield Lived(story, database, other / "out")
    database.close()


@pytest.fixture
def session(lived: Lived) -> Iterator[Session]:
    with lived.database.reading() as session:
        yield session


@pytest.fixture
def demo_session(demo: Path) -> Iterator[Session]:
    database = Database(f"sqlite:///{demo / 'htx.sqlite3'}")
    with database.reading() as session:
        yield session
    database.close()


def files(folder: Path) -> dict[str, str]:
    """Path and fingerprint of every file."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    return {f"{path.relative_to(folder)}": hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def cards_of(session: Session, unit: str, period: str, stage: str) -> list[CardRow]:
    number = agencies.find_id(session, unit)
    assert number is not None
    return cards.list_cards(session, plans.get_plan(session, CODE).id, number, period, stage)


def conclusions(session: Session, period: str, day: date, stages: Any = results.OFFICIAL) -> list[Conclusion]:
    asked = results.asked(plans.get_plan(session, CODE), TT01, period, stages)
    found = results.results(session, asked, None, agencies.list_agencies(session, day))
    return [row.outcome.decisive.conclusion for row in found.rows]


def units(session: Session) -> list[str]:
    return list(plans.get_plan(session, CODE).plan.scored())


def document(lived: Lived, kind: str) -> Path:
    (path,) = (lived.story.out / "van-ban" / "2025").glob(f"MOPHONG_{kind}_*")
    return path


def last(session: Session) -> Consolidation:
    return consolidations.find(session, CODE, "2025")


def test_the_same_seed_gives_the_same_bytes(lived: Lived) -> None:
    again, first = files(lived.again / "mails"), files(lived.story.out / "mails")
    assert again
    assert again.items() <= first.items()
    told = (lived.again / "events.jsonl").read_text("utf-8")
    assert "score.submit" in told
    assert (lived.story.out / "events.jsonl").read_text("utf-8").startswith(told)


def test_every_cooperative_is_scored_on_three_levels(session: Session) -> None:
    for unit in units(session):
        counted = [card.level for card in cards_of(session, unit, "2025", "estimate") if card.state != "returned"]
        assert sorted(counted, key=LEVELS.index) == list(LEVELS)


def test_one_card_is_given_back_once_and_sent_again(session: Session) -> None:
    selves = [card for unit in units(session) for card in cards_of(session, unit, "2025", "estimate")]
    assert [card.state for card in selves if card.revision == 2 and card.level == "self"] == ["accepted"]
    assert [card.level for card in selves if card.state == "returned"] == ["self"]


def test_the_last_year_has_who_passes_who_fails_and_who_cannot_be_judged(session: Session) -> None:
    found = conclusions(session, "2025", LAST)
    assert sorted(found) == ["failed", "passed", "passed", "passed", "unfounded"]


def test_the_chain_is_gone_to_its_end(session: Session) -> None:
    steps = chains.list_steps(session, plans.get_plan(session, CODE), LAST)
    assert {step.key: step.state for step in steps if step.state != "done"} == {}
    duties = {step.duty for step in steps}
    assert {"R.htx", "R.huyen", "R.tinh", "V.7.6", "V.1.1b", "V.1.2"} <= duties


def test_milestones_are_reached_and_the_verdict_opens_work_at_each_district_that_has_one(lived: Lived) -> None:
    events = lived.story.life.events
    assert (events["milestone"], events["open-by-verdict"], events["baseline"]) == (2, 3, 1)


def test_documents_say_what_the_last_snapshot_says(lived: Lived, session: Session) -> None:
    made = last(session)
    totals = [points_text(line.decisive.total or 0) for line in made.cooperatives]
    word = docx.Document(str(document(lived, "bao-cao-tong-ket")))
    brief = next(table for table in word.tables if table.rows[0].cells[1].text == "Hợp tác xã")
    assert [row.cells[1].text for row in brief.rows[1:]] == [line.name for line in made.cooperatives]
    assert [row.cells[3].text for row in brief.rows[1:]] == totals
    assert any(WATERMARK in paragraph.text for paragraph in word.sections[0].header.paragraphs)


def test_the_workbook_has_the_money_of_the_reports(lived: Lived, session: Session) -> None:
    sheet = openpyxl.load_workbook(document(lived, "bang-tinh"))["Kinh phí"]
    cells = {cell.value for row in sheet.iter_rows() for cell in row}
    money = last(session).money
    assert len({line.source for line in money}) >= 6
    for line in money:
        assert line.assigned is not None
        assert line.assigned / 1_000_000 in cells


def test_reports_bring_difficulties_and_proposals_from_their_agencies(session: Session) -> None:
    made = last(session)
    assert len({line.by for line in made.difficulties}) == 15
    assert len({line.by for line in made.replication}) >= 7
    assert "Nội dung mô phỏng" not in {line.text for line in made.replication}


def test_the_list_of_documents_names_each_that_is_there(lived: Lived) -> None:
    folder = lived.story.out / "van-ban"
    named = {line.partition("](")[2].rstrip(")") for line in (folder / "README.md").read_text("utf-8").splitlines()}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("MOPHONG_*")}
    assert there == named - {""} == set(lived.story.life.documents)
    assert lived.story.as_json()["documents"] == len(there) == 18


# The demo


def test_the_demo_has_the_first_round_finished_and_its_documents_kept(demo_session: Session) -> None:
    for unit in units(demo_session):
        counted = [card.level for card in cards_of(demo_session, unit, "2024", "estimate") if card.state == "accepted"]
        assert {"self", "district"} <= set(counted)
    assert conclusions(demo_session, "2024", date(2025, 11, 24)) == [Conclusion.FAILED] * 5
    kept = consolidations.list_of(demo_session, CODE, "2024")[-1]
    papers = issued.list_of(demo_session, CODE, "2024", kept.no)
    assert len(papers) == 17
    body = issued.again(demo_session, CODE, "2024", kept.no, "bao-cao-nam").body
    assert docx.Document(io.BytesIO(body)).tables


def test_the_demo_has_the_trial_and_two_cards_being_filled(demo_session: Session) -> None:
    day = date(2025, 11, 24)
    assert Conclusion.FAILED in conclusions(demo_session, "2025", day, ("trial",))
    drafts = {
        unit: len(cards.scores(demo_session, card.id))
        for unit in units(demo_session)
        for card in cards_of(demo_session, unit, "2025", "estimate")
    }
    assert drafts == {"htx-thanhnien": 12, "htx-rangdong": 0}

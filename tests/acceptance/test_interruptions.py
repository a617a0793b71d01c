"""A process that ends at any commit: run again, every rung is accounted for and no mail is lost or doubled.

Only a mail that was being handed over when the process ended can arrive twice, with one Message-ID, and is marked.
"""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from htx_workflow.domain.plan import Plan
from htx_workflow.gateways import mailbox
from htx_workflow.gateways.mail import KEY_HEADER
from htx_workflow.services import audits, consolidations
from htx_workflow.store.database import Database
from htx_workflow.store.tables import table
from tests.commands import HOME, PLAN, Finished, htx, htx_here
from tests.scoring import FACTS, typed

ENDED = 75
"""Exit code of a process that was told to end at a commit."""
DAY = date(2025, 1, 6)
"""Everything of 2024 is overdue: the first tick ever decides ladders up to the draft to UBND tỉnh."""
CODE = "kontum-3819"
HTX = f"{CODE}/R.htx/htx-thanhnien/2024"

TICK = ("tick", "tick:2", "tick-closed", "pool", "pool-closed", "digests", "draft")
DELIVERY = ("lease", "lease:2", "handed", "handed:2", "sent", "sent:2")
ACTS = (
    "plan-load",
    "submit",
    "verify",
    "return",
    "adopt",
    "set-deadline",
    "request",
    "request-ask",
    "request-decide",
    "milestone",
    "approve",
    "retry",
    "score-submit",
    "score-return",
    "consolidate",
    "consolidate-moment",
    "consolidation-mail",
    "issue-documents",
    "level-mail",
    "open-by-verdict",
    "result-notice",
)
KEEPING = ("consolidate-head", "consolidate-lines", "consolidate-lines:2", "consolidate-last")
"""Commits of a snapshot that is kept in steps, as one of thousands of cooperatives is."""
ELSEWHERE = {
    "consolidate-remove": "takes away what nobody has ever seen; the next run takes the rest: below",
    "score-save": "one card with its places: whole or not at all; typed again it says the same",
    "score-open": "one draft with its places: whole or not at all; pressed again the same draft is there",
    "score-withdraw": "one card and its work: whole or not at all; a second try is told",
    "card-files": "files of a card, in before what was typed beside them; sent again they are stored once",
    "score-sign": "one row: signed again it says the same",
    "trial-mail": "adds keyed mail",
    "open-early": "one change with its rung: whole or not at all; a second try is told that it was",
    "baseline": "every cooperative of the file or none; the same again changes nothing",
    "accept": "one use case: all that is ticked is accepted or nothing; a second try is told that it was",
    "give-back-report": "one change with its mail: whole or not at all",
    "enter-for": "one change with its files and its mail: whole or not at all; a second try is refused",
    "retrospective": "every line of a sheet or none; a second try leaves out what is there",
    "chase": "the mails with their notes: whole or not at all; a second try is asked to confirm",
    "call": "one note and one column: whole or not at all",
    "sign-out": "one row: pressed again it finds nobody signed in",
    "session-end": "one statement: pressed again it ends nothing",
    "link": "one session opened, one ended: whole or not at all; the link is good again",
    "code": "the code used and the session opened: whole or not at all",
    "code-try": "one number, counted by the process that answers as well",
    "code-mail": "one keyed mail with its code: whole or not at all; asked again there is another",
    "code-aloud": "one row, whose digits nobody has seen yet",
    "code-sheet": "one row; pressed again there is another sheet",
    "invitation": "the link used and the session opened: whole or not at all",
    "who": "one person and one column: whole or not at all; the question is asked again",
    "revoke-links": "one use case: whole or not at all; a second try finds less to end",
    "delegation": "one row: a second one in the same days is refused",
    "contact-add": "one contact with what it is for: a second one of the code is refused",
    "contact-set": "one row: a second try writes the same",
    "contact-end": "one contact with all that lets it in: whole or not at all",
    "contact-leave": "one use case: whole or not at all; a second try is told that the contact has left",
    "contact-rejoin": "one row: a second try is told",
    "contact-import": "every change of a file or none; a second try finds nothing to change",
    "assignment": "one use case: a second try is told",
    "person": "one person behind a mailbox: whole or not at all; a second try is told",
    "agency-add": "one agency with its name: a second one of the code is refused",
    "agency-rename": "one name with its document: a second try is told",
    "foreign": "one event for each session and hour",
    "view": "one event for each session, hour and room",
    "audit-verify": "one event; verified again there is another",
    "mail-test": "one event about a mail that has left",
    "auditor-make": "one contact with its days: whole or not at all; a second try is refused for its address",
    "request-withdraw": "one request, and the work that waited for it: whole or not at all; a second try is told",
    "request-advise": "one row: a second try writes the same words",
    "request-answer": "one request with its occurrence: whole or not at all; a second try is told",
    "request-draft": "one column: words that decide nothing",
    "backup": "only reads, into a file",
    "export": "only reads, into files",
    "demo-life": "a demo that was not made to its end is made anew",
    "demo-sign-in": "one session opened, one ended: whole or not at all",
    "give-back": "needs a mail server in trouble: test_mail_flow",
    "later": "needs a mail server that refuses: test_mail_flow",
    "failed": "needs a mail server that refuses: test_mail_flow",
    "arrive": "on a copy in memory",
    "copy": "on a copy in memory",
    "load": "on a copy in memory",
    "beat": "says only that a process lives",
    "alarms": "mail to the administrator about what is already recorded",
    "silence": "adds one keyed mail to the administrators",
    "run-open": "the record of runs is not what they did",
    "run-closed": "the record of runs is not what they did",
    "run-silent": "the record of runs is not what they did",
    "round-mail": "adds one keyed mail",
    "open-ready": "adds rungs that the ledger refuses a second time",
    "files": "one use case: whole or not at all",
    "scan": "the scanner is asked again about a file that still waits",
    "work-act": "one act on one piece of work, whole or not at all; pressed again it is noted once: test_portal_work",
    "work-submit": "the submission of `htx report submit` with its receipt, from a page: test_portal_work",
    "work-files": "files that came in before what was typed beside them; sent again they are stored once",
    "report-open": "one keyed report",
    "report-draft": "one saving of one draft, guarded by its version: test_portal_forms",
    "report-files": "files of a report's field; sent again they are stored once",
    "bounce": "one report with all that it changes: whole or not at all; read again it is known: test_bounces",
    "address-right": "one column: a second try is told",
    "oidc": "one session opened, one ended: whole or not at all; the page is good again",
    "key-make": "one row, whose secret nobody has seen yet",
    "key-end": "one statement: pressed again it ends nothing",
    "key-used": "one column that says a day: written again by the next request",
    "feed-make": "one row, whose secret nobody has seen yet",
    "feed-end": "one statement: pressed again it ends nothing",
    "hook-make": "one row, whose secret nobody has seen yet",
    "hook-end": "one use case: whole or not at all; pressed again it ends nothing",
    "hook-lease": "a lease runs out and is taken again: test_webhooks",
    "hook-told": "sent again under the same id, which a receiver refuses: test_webhooks",
    "api-submit": "the submission of a page, with its files and its kept answer: whole or not at all; sent again it is told",
    "api-send-report": "one sending with its kept answer: whole or not at all; sent again it is told",
    "api-draft": "one saving of one draft, guarded by its ETag",
    "api-open-report": "one keyed report",
    "api-files": "files of a report's field; sent again they are stored once",
    "api-ask": "one use case with its kept answer: whole or not at all; sent again it is told",
}


@dataclass
class Site:
    """A machine of real processes in a folder of its own."""

    folder: Path
    day: date = DAY

    def run(self, *arguments: str, stop_at: str = "") -> Finished:
        """One command; one that is to end at a commit is a process of its own."""
        settings = {"var_dir": str(self.folder), "today": self.day.isoformat()}
        return htx(*arguments, **settings, stop_at=stop_at) if stop_at else htx_here(*arguments, **settings)

    @property
    def database(self) -> Database:
        return Database(f"sqlite:///{self.folder / 'htx.sqlite3'}")

    def query(self, statement: Any) -> list[Any]:
        database = self.database
        with database.reading() as session:
            rows = list(session.execute(statement))
        database.close()
        return rows

    def write(self, statement: Any) -> None:
        database = self.database
        with database.transaction("test") as session:
            session.execute(statement)
        database.close()

    def arrivals(self) -> dict[str, list[str]]:
        """Message-IDs of the mails that arrived, by key."""
        found: dict[str, list[str]] = {}
        for path in mailbox.list_mails(self.folder / "mailbox"):
            mail = mailbox.read_mail(path)
            found.setdefault(str(mail[KEY_HEADER]), []).append(str(mail["Message-ID"]))
        return found


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`var` with plan 3819 loaded on its first day, and nothing ticked yet."""
    folder = tmp_path_factory.mktemp("ready")
    done = htx_here("plan", "load", str(PLAN), "--on", "2024-10-23", var_dir=str(folder), today="2024-10-23")
    assert done.code == 0, done.err
    return folder


@pytest.fixture
def site(ready: Path, tmp_path: Path) -> Site:
    shutil.copytree(ready, tmp_path / "site")
    return Site(tmp_path / "site")


def minutes_later(site: Site) -> None:
    """Eleven minutes pass: leases of ten have run out."""
    messages = table("message")
    past = datetime.now(UTC) - timedelta(days=4000)  # noqa: TID251 - any moment long ago
    site.write(update(messages).where(messages.c.state == "leased").values(lease_until=past))


def next_morning(site: Site) -> None:
    minutes_later(site)
    site.day += timedelta(days=1)


def check_everything_is_accounted_for(site: Site) -> None:
    rungs, links, messages = table("reminder"), table("message_reminder"), table("message")
    states = Counter((row.audience, row.state) for row in site.query(select(rungs.c.audience, rungs.c.state)))
    assert {state for audience, state in states if audience != "province"} <= {"sent", "superseded", "skipped"}
    assert states["holder", "sent"] > 10
    arrivals = site.arrivals()
    rows = {row.key: row for row in site.query(select(messages))}
    assert {row.state for row in rows.values()} <= {"sent", "cancelled", "held"}
    assert {key for key, row in rows.items() if row.state == "sent"} == set(arrivals)
    for key, message_ids in arrivals.items():
        assert len(set(message_ids)) == 1
        assert len(message_ids) == 1 or (rows[key].doubtful and len(message_ids) == 2)
    told = Counter(
        (row.contact_id, row.reminder_id)
        for row in site.query(
            select(messages.c.contact_id, links.c.reminder_id)
            .join(links, links.c.message_id == messages.c.id)
            .where(messages.c.state == "sent")
        )
    )
    assert set(told.values()) == {1}
    ended = {row.id: row.state for row in site.query(select(rungs.c.id, rungs.c.state))}
    assert {rung for rung, state in ended.items() if state == "sent"} <= {rung for _, rung in told}
    taken_over = {rung for _, rung in told if ended[rung] != "sent"}
    assert {ended[rung] for rung in taken_over} <= {"superseded"}
    assert not taken_over or any(row.doubtful for row in rows.values())
    assert sum(row.state == "held" for row in rows.values()) == 1
    database = site.database
    with database.reading() as session:
        assert audits.verify(session).broken == []
    database.close()


@pytest.mark.parametrize("name", TICK)
def test_a_tick_that_ended_at_a_commit_is_finished_by_the_next(site: Site, name: str) -> None:
    assert site.run("tick", stop_at=name).code == ENDED
    assert site.run("tick").code == 0
    assert site.run("deliver").code == 0
    check_everything_is_accounted_for(site)


@pytest.mark.parametrize(
    ("name", "pause"),
    [(name, minutes_later) for name in DELIVERY] + [(name, next_morning) for name in ("lease", "handed", "sent:2")],
)
def test_a_delivery_that_ended_at_a_commit_is_finished_by_the_next(
    site: Site, name: str, pause: Callable[[Site], None]
) -> None:
    assert site.run("tick").code == 0
    assert site.run("deliver", stop_at=name).code == ENDED
    pause(site)
    assert site.run("tick").code == 0
    done = site.run("deliver", "--json")
    assert done.code == 0, done.err
    check_everything_is_accounted_for(site)
    doubtful = {row.key for row in site.query(select(table("message")).where(table("message").c.doubtful.is_(True)))}
    assert done.json["doubtful"] == len(doubtful)
    twice = {key for key, arrived in site.arrivals().items() if len(arrived) == 2}
    assert twice <= doubtful


def test_a_delivery_that_is_ended_again_and_again_comes_to_an_end(site: Site) -> None:
    site.run("tick")
    for _ in range(3):
        assert site.run("deliver", stop_at="sent:2").code == ENDED
        minutes_later(site)
    assert site.run("deliver").code == 0
    check_everything_is_accounted_for(site)


# Acts of people


def history(site: Site, key: str) -> list[str]:
    rows, changes = table("occurrence"), table("occurrence_change")
    statement = (
        select(changes.c.act)
        .join(rows, rows.c.id == changes.c.occurrence_id)
        .where(rows.c.key == key)
        .order_by(changes.c.seq)
    )
    return [row.act for row in site.query(statement)]


DOCUMENT = ("--number", "231/SKHĐT-KTTT", "--dated", "2025-01-06", "--issuer", "skhdt")
AGENCY = f"{CODE}/V.3.2/snnptnt/2025"


@pytest.mark.parametrize(
    ("before", "act", "name", "key", "acts", "again"),
    [
        ([], ["report", "submit", HTX], "submit", HTX, ["open", "submit"], "không gửi thêm được"),
        (
            [["report", "submit", HTX]],
            ["report", "verify", HTX],
            "verify",
            HTX,
            ["open", "submit", "verify"],
            "đã hoàn thành",
        ),
        (
            [["report", "submit", HTX]],
            ["report", "return", HTX, "--kind", "gui-lai", "--reason", "thiếu chữ ký"],
            "return",
            HTX,
            ["open", "submit", "return-gui-lai"],
            "không có gì để trả lại",
        ),
        ([], ["duty", "adopt", CODE, AGENCY, *DOCUMENT], "adopt", AGENCY, ["open", "adopt"], None),
        (
            [],
            ["duty", "set-deadline", AGENCY, "--due", "2025-12-20", *DOCUMENT],
            "set-deadline",
            AGENCY,
            ["open", "set-deadline"],
            "trùng với hạn hiện tại",
        ),
    ],
    ids=["submit", "verify", "return", "adopt", "set-deadline"],
)
def test_an_act_that_ended_after_its_commit_is_recorded_once_and_the_second_try_is_told(
    site: Site, before: list[list[str]], act: list[str], name: str, key: str, acts: list[str], again: str | None
) -> None:
    for earlier in before:
        assert site.run(*earlier).code == 0
    assert site.run(*act, stop_at=name).code == ENDED
    assert history(site, key) == acts
    second = site.run(*act)
    assert second.code == (0 if again is None else 1), second.err
    assert "Traceback" not in second.err
    assert (again or "") in second.err
    assert history(site, key) == acts


def test_a_load_that_ended_after_its_commit_is_unchanged_the_second_time(tmp_path: Path) -> None:
    site = Site(tmp_path / "new", date(2024, 10, 23))
    assert site.run("plan", "load", str(PLAN), stop_at="plan-load").code == ENDED
    second = site.run("plan", "load", str(PLAN))
    assert (second.code, "không có gì thay đổi (phiên bản 1)" in second.out) == (0, True)
    assert site.query(select(func.count()).select_from(table("occurrence")))[0][0] == 115


def test_a_request_that_ended_after_its_commit_is_open_once(site: Site) -> None:
    assert site.run("request", "raise", CODE, "V.2.1", stop_at="request").code == ENDED
    rows = table("occurrence")
    assert [row.key for row in site.query(select(rows.c.key).where(rows.c.key.like("%/V.2.1/%")))] == [
        f"{CODE}/V.2.1/stc/r1"
    ]


def test_a_request_to_change_work_and_its_decision_that_ended_after_their_commits_are_there_once(site: Site) -> None:
    ask = ["request", "ask", AGENCY, "gia-han", "--due", "2026-01-15", "--reason", "chờ số liệu"]
    assert site.run(*ask, stop_at="request-ask").code == ENDED
    assert "đã được ghi nhận và đang chờ" in site.run(*ask).err
    decide = ["request", "decide", "1", "--grant", *DOCUMENT]
    assert site.run(*decide, stop_at="request-decide").code == ENDED
    second = site.run(*decide)
    assert (second.code, "đã được giải quyết" in second.err) == (1, True)
    assert history(site, AGENCY) == ["open", "set-deadline"]
    requests = [key for (key,) in site.query(select(table("message").c.key)) if key.startswith("request/")]
    assert requests == [f"request/{CODE}/1/decided/snnptnt-dau-moi"]


def test_a_milestone_that_ended_after_its_commit_is_reached_once(site: Site) -> None:
    reach = ["plan", "reach", CODE, "U.1", "--reached-on", "2025-01-06", *DOCUMENT]
    assert site.run(*reach, stop_at="milestone").code == ENDED
    second = site.run(*reach)
    assert second.code == 1
    assert "đã được ghi nhận trước đó" in second.err


def test_an_approval_that_ended_after_its_commit_sends_one_mail(site: Site) -> None:
    site.run("tick")
    draft = f"province/{CODE}/2025-01-06/1"
    approve = ("outbox", "approve", draft, "--as", "skhdt-lanh-dao")
    assert site.run(*approve, stop_at="approve").code == ENDED
    assert "không còn chờ duyệt" in site.run(*approve).err
    assert site.run("deliver").code == 0
    assert [key for key in site.arrivals() if key.startswith("province/")] == [f"province/{CODE}/2025-01-06/2"]


def test_a_retry_that_ended_after_its_commit_sends_one_mail(site: Site) -> None:
    site.run("tick")
    key = "digest/stc-dau-moi/2025-01-06/1"
    messages = table("message")
    site.write(update(messages).where(messages.c.key == key).values(state="failed"))
    assert site.run("outbox", "retry", key, stop_at="retry").code == ENDED
    assert site.run("outbox", "retry", key).code == 0
    site.run("deliver")
    assert len(site.arrivals()[key]) == 1


def test_a_card_that_was_sent_and_given_back_in_processes_that_ended_is_so_once(site: Site) -> None:
    site.day = date(2025, 12, 15)
    card = f"{CODE}/htx-thanhnien/2025"
    assert site.run("score", "save", card, "5=7", "6=6").code == 0
    submit = ["score", "submit", card]
    assert site.run(*submit, stop_at="score-submit").code == ENDED
    assert "đã nộp, chờ kiểm tra, không sửa được" in site.run(*submit).err
    work = f"{CODE}/R.htx/htx-thanhnien/2025"
    assert history(site, work) == ["open", "submit"]
    give_back = ["score", "return", card, "--reason", "thiếu chữ ký"]
    assert site.run(*give_back, stop_at="score-return").code == ENDED
    assert "chưa gửi phiếu tự chấm nên không có gì để trả lại" in site.run(*give_back).err
    assert history(site, work) == ["open", "submit", "return-bo-sung"]
    cards = table("scorecard")
    assert [(row.revision, row.state) for row in site.query(select(cards.c.revision, cards.c.state))] == [
        (1, "returned")
    ]


def test_a_snapshot_whose_process_ended_after_its_commit_is_written_out_by_the_next(site: Site, tmp_path: Path) -> None:
    site.day = date(2025, 12, 15)
    consolidate = ["consolidate", CODE, "--round", "2025", "--out", str(tmp_path / "out")]
    assert site.run(*consolidate, stop_at="consolidate").code == ENDED
    assert not (tmp_path / "out").exists()
    assert site.run(*consolidate).code == 0
    assert f"tong-hop-{CODE}-2025-so-1.json" in {path.name for path in (tmp_path / "out").iterdir()}
    assert len(site.query(select(table("consolidation").c.no))) == 1


SCHEME = ["run", "consolidate_scheme", "--plan", CODE, "--no-prefect"]


@pytest.mark.parametrize(
    "name", ["consolidate", "consolidate-moment", "issue-documents", "issue-documents:3", "consolidation-mail"]
)
def test_a_consolidation_of_the_scheme_that_was_interrupted_is_finished_by_the_next_run(site: Site, name: str) -> None:
    site.day = date(2025, 12, 22)
    assert site.run(*SCHEME, stop_at=name).code == ENDED
    fall_silent(site)
    for _ in range(2):
        again = site.run(*SCHEME)
        assert again.code == 0, again.err
    heads, events, messages = table("consolidation"), table("audit_event"), table("message")
    assert [row.no for row in site.query(select(heads.c.no))] == [1]
    issued = [
        row.detail for row in site.query(select(events.c.detail).where(events.c.act == "document.issue"))
    ]  # fmt: skip
    assert len(issued) == len(set(issued)) == 18
    moments = site.query(select(events.c.subject).where(events.c.act == "consolidate.moment"))
    assert [row.subject for row in moments] == [f"{CODE}/2025/round"]
    told = site.query(select(messages.c.key).where(messages.c.key.like("consolidation/%")))
    assert [row.key for row in told] == [f"consolidation/{CODE}/2025/1/skhdt-dau-moi"]


def fall_silent(site: Site) -> None:
    """Let so much time pass since the last beat of a run that its process counts as dead."""
    site.write(update(table("run")).values(beat_at=datetime(2025, 1, 6, tzinfo=UTC)))


EVALUATION = ["run", "annual_evaluation", "--plan", CODE, "--no-prefect"]


@pytest.mark.parametrize("name", ["level-mail", "result-notice", "open-by-verdict"])
def test_a_yearly_evaluation_that_was_interrupted_tells_and_opens_once(site: Site, name: str) -> None:
    site.day = date(2025, 12, 15)
    scored(site)
    site.day = date(2025, 12, 19)
    assert site.run(*EVALUATION, stop_at=name).code == ENDED
    fall_silent(site)
    for _ in range(2):
        again = site.run(*EVALUATION)
        assert again.code == 0, again.err
    messages, work = table("message"), table("occurrence")
    keys = [row.key for row in site.query(select(messages.c.key)) if row.key.split("/")[0] in ("level", "result")]
    assert sorted(key.split("/")[0] for key in keys) == ["level"] * 5 + ["result"]
    opened = site.query(select(work.c.key).where(work.c.key.like("%/V.7.5b/%")))
    assert [row.key for row in opened] == [f"{CODE}/V.7.5b/huyen-konplong/r1"]


def scored(site: Site) -> None:
    """One cooperative that passes, checked on all levels, and its district's report accepted."""
    card = f"{CODE}/htx-thanhnien/2025"
    points = [f"{key}={given}" for key, given in typed("A", "self").items()]
    facts = [word for name, given in FACTS.items() for word in ("--fact", f"{name}={given}")]
    start = [f"{number}={given}" for number, given in ((1, "5,5"), (3, "8"))]
    commands = [
        ["score", "save", card, *points, *facts],
        *(["score", "sign", card, role, "--name", "Người Mẫu"] for role in ("chu-tich-hdqt", "truong-bks")),
        ["score", "submit", card],
        ["score", "baseline", CODE, "--unit", "htx-thanhnien", *start, "--improve", "1,3", *DOCUMENT],
        *(
            command
            for level in ("district", "province")
            for command in (["score", "check", card, "--level", level], ["score", "submit", card, "--level", level])
        ),
        ["report", "submit", f"{CODE}/R.huyen/huyen-konplong/2025"],
        ["report", "verify", f"{CODE}/R.huyen/huyen-konplong/2025"],
    ]
    for command in commands:
        done = site.run(*command)
        assert done.code == 0, (command, done.err)


@pytest.mark.parametrize("name", KEEPING)
def test_a_snapshot_that_is_kept_in_steps_is_seen_whole_or_not_at_all_and_finished_by_the_next(
    site: Site, tmp_path: Path, name: str
) -> None:
    out = tmp_path / "out"
    ended = in_steps(site, out, stop_at=name)
    assert (ended.code, seen(site)) == (ENDED, 1 if name == "consolidate-last" else 0)
    again = in_steps(site, out)
    assert again.code == 0, again.err
    heads, lines = table("consolidation"), table("consolidation_line")
    assert [tuple(row) for row in site.query(select(heads.c.no, heads.c.unfinished_since))] == [(1, None)]
    assert site.query(select(func.count()).select_from(lines))[0][0] == 5
    kept = json.loads((out / f"tong-hop-{CODE}-2025-so-1.json").read_text("utf-8"))
    assert len(kept["cooperatives"]) == 5


@pytest.mark.parametrize("name", ["consolidate-remove:2"])
def test_what_an_interrupted_keeping_of_other_figures_left_is_removed(site: Site, tmp_path: Path, name: str) -> None:
    assert in_steps(site, tmp_path, stop_at="consolidate-lines:2").code == ENDED
    site.day = date(2025, 12, 15)
    assert site.run("score", "save", f"{CODE}/htx-thanhnien/2025", "5=7", "6=6").code == 0
    assert site.run("score", "submit", f"{CODE}/htx-thanhnien/2025").code == 0
    assert (in_steps(site, tmp_path, stop_at=name).code, seen(site)) == (ENDED, 0)
    assert in_steps(site, tmp_path).code == 0
    heads, lines = table("consolidation"), table("consolidation_line")
    assert [tuple(row) for row in site.query(select(heads.c.no, heads.c.unfinished_since))] == [(1, None)]
    assert site.query(select(func.count()).select_from(lines))[0][0] == 5


def in_steps(site: Site, out: Path, stop_at: str = "") -> Finished:
    """`htx consolidate` that keeps two cooperatives with each commit."""
    site.day = date(2025, 12, 15)
    settings = {"var_dir": str(site.folder), "today": site.day.isoformat(), "stop_at": stop_at}
    before = "from htx_workflow.services import snapshot_keeping; snapshot_keeping.STEP = 2"
    return htx("consolidate", CODE, "--round", "2025", "--out", str(out), before=before, **settings)


def seen(site: Site) -> int:
    """Snapshots that anybody can see."""
    database = site.database
    with database.reading() as session:
        found = len(consolidations.list_of(session, CODE))
    database.close()
    return found


def test_every_commit_has_a_test_or_a_reason() -> None:
    names = {
        name
        for path in (HOME / "htx_workflow").rglob("*.py")
        for name in re.findall(r'transaction\("([a-z-]+)"\)', path.read_text("utf-8"))
    }
    tested = {name.partition(":")[0] for name in (*TICK, *DELIVERY, *ACTS, *KEEPING)}
    assert sorted(names - tested - set(ELSEWHERE)) == []
    assert sorted(tested - names) == []


def test_the_plan_of_these_tests_is_the_plan(kontum: Plan) -> None:
    assert kontum.code == CODE

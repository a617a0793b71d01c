"""Mail that came back: matched, once, marked, told, taken up again; from a pipe and from a real IMAP server."""

from __future__ import annotations

import asyncio
import io
import json
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import MailServerProblem, NotFound
from htx_workflow.gateways import bounce_box
from htx_workflow.runtime import Runtime
from htx_workflow.services import bounces, codes, contacts, jobs
from htx_workflow.services.bounces import Taken
from htx_workflow.services.composing import Style
from htx_workflow.services.job_tools import Outcome, plainly
from htx_workflow.settings import load_settings
from htx_workflow.store import bounces as store
from htx_workflow.store import signs
from htx_workflow.store.database import Database
from htx_workflow.store.tables import table
from tests import bounce_samples, job_runs
from tests.commands import htx_here
from tests.factories import a_plan, duties_with, plan_data
from tests.imap_server import ImapServer, imap_server
from tests.machine import SENDER, Machine, MachineClock, Mail
from tests.portal import visit, words_of

DAY = date(2025, 12, 10)
"""-3wd of R.htx, which is due on Monday 15/12/2025."""
TO = "htx-a@example.vn"
HTX = "tinh-mau/R.htx/htx-a/2025"


def prepared(machine: Machine) -> Machine:
    """The small plan on the day its cooperative got its first mail; huyen-a's officer is the administrator."""
    people = [{**row, "admin": row["code"] == "huyen-a-1"} for row in plan_data()["contacts"]]
    machine.load(
        a_plan(duties=[duty for duty in duties_with("R.htx") if duty["id"] != "N.2"], contacts=people),
        on=DAY - timedelta(days=1),
    )
    machine.at(DAY).morning()
    return machine


@pytest.fixture
def mau(machine: Machine) -> Machine:
    return prepared(machine)


@pytest.fixture(scope="module")
def prepared_once(
    tmp_path_factory: pytest.TempPathFactory,
    sqlite_template: Path,
    calendars: dict[str, WorkingCalendar],
    style: Style,
) -> Path:
    """The same on SQLite, with its mailbox, once."""
    folder = tmp_path_factory.mktemp("bounces")
    shutil.copy(sqlite_template, folder / "htx.sqlite3")
    database = Database(f"sqlite:///{folder / 'htx.sqlite3'}", durable=False)
    prepared(Machine(database, calendars, style, folder / "mailbox"))
    database.close()
    return folder


@pytest.fixture
def small(
    prepared_once: Path, calendars: dict[str, WorkingCalendar], style: Style, tmp_path: Path
) -> Iterator[Machine]:
    shutil.copytree(prepared_once, tmp_path / "copy")
    database = Database(f"sqlite:///{tmp_path / 'copy' / 'htx.sqlite3'}", durable=False)
    machine = Machine(database, calendars, style, tmp_path / "copy" / "mailbox")
    yield machine.at(DAY)
    database.close()


def headers_of(mail: Mail) -> str:
    return f"From: nhacviec@example.vn\nTo: {mail.to}\nMessage-ID: {mail.message_id}\nX-HTX-Key: {mail.key}\n"


def returned(machine: Machine, make: bounce_samples.Maker = bounce_samples.postfix, **options: Any) -> bytes:
    """A report about the first mail to the cooperative."""
    return make(headers_of(machine.mails_to(TO)[0]), options.pop("to", TO), **options)


def take(machine: Machine, raw: bytes) -> Taken:
    with machine.transaction("bounce") as session:
        return bounces.take(session, raw, SENDER, machine.style, machine.now)


def contact(database: Database, code: str = "htx-a-1") -> Any:
    rows = table("contact")
    with database.reading() as session:
        return session.execute(select(rows).where(rows.c.code == code)).one()


def rung_states(machine: Machine) -> list[tuple[str, str]]:
    return [(rung.step, rung.state) for rung in machine.rungs(HTX)]


def kept(machine: Machine) -> list[tuple[str, str]]:
    rows = table("bounce")
    with machine.database.reading() as session:
        return [(row.kind, row.status) for row in session.execute(select(rows).order_by(rows.c.id))]


# What a report changes


@pytest.mark.parametrize("make", [bounce_samples.exim, bounce_samples.exchange], ids=lambda make: make.__name__)
def test_a_report_of_any_server_marks_the_address(small: Machine, make: bounce_samples.Maker) -> None:
    assert take(small, returned(small, make)).kind == "permanent"
    assert contact(small.database).address_failed_at == small.now


def test_a_mail_that_came_back_has_failed_and_its_rung_waits(mau: Machine) -> None:
    assert rung_states(mau) == [("-3wd", "sent")]
    taken = take(mau, returned(mau))
    assert taken.sentence.startswith(f"Thư gửi {TO} bị trả lại (5.1.1 550 5.1.1")
    assert rung_states(mau) == [("-3wd", "queued")]
    row = next(row for row in mau.messages() if row.address == TO)
    assert (row.state, row.reason[:12]) == ("failed", "địa chỉ hỏng")


def test_nothing_is_composed_for_a_failed_address_and_the_lead_officer_and_administrator_are_told(
    small: Machine,
) -> None:
    take(small, returned(small))
    assert small.compose().unreachable == ["htx-a (holder): không có đầu mối nào nhận được thư"]
    small.deliver()
    assert len(small.mails_to(TO)) == 1
    alarms = [mail for mail in small.mails() if mail.key.startswith("alarm/address/htx-a-1/")]
    assert sorted(mail.to for mail in alarms) == ["huyen-a@example.vn", "so@example.vn"]
    assert TO in alarms[0].text
    with small.database.reading() as session:
        assert [one.agency for one in signs.list_unreached(session, small.today)] == ["htx-a"]


def test_another_address_clears_the_mark_and_what_waited_is_told_there(mau: Machine) -> None:
    take(mau, returned(mau))
    mau.at(DAY + timedelta(days=1)).morning()
    with mau.transaction("contact-set") as session:
        contacts.change(session, "htx-a-1", {"address": "htx-moi@example.vn"}, "system", mau.now, mau.today)
    assert contact(mau.database).address_failed_at is None
    mau.at(DAY + timedelta(days=2)).morning()
    assert [mail.day for mail in mau.mails_to("htx-moi@example.vn")] == [mau.today]


def test_a_waiting_rung_of_a_failed_address_is_not_given_up_after_ten_days(mau: Machine) -> None:
    take(mau, returned(mau))
    mau.at(DAY + timedelta(days=14)).compose()
    assert rung_states(mau) == [("-3wd", "queued")]


def test_the_same_address_written_again_stays_marked(small: Machine) -> None:
    take(small, returned(small))
    with small.transaction("contact-set") as session:
        contacts.change(session, "htx-a-1", {"address": TO, "phone": "0260 1"}, "system", small.now, small.today)
    assert contact(small.database).address_failed_at is not None


def test_an_address_that_is_right_after_all_gets_its_mail_again(small: Machine) -> None:
    take(small, returned(small))
    with small.transaction("address-right") as session:
        bounces.clear(session, "htx-a-1", "so-1", small.now)
    small.morning()
    assert len(small.mails_to(TO)) == 2
    with small.transaction() as session, pytest.raises(NotFound):
        bounces.clear(session, "htx-a-1", "so-1", small.now)


def test_mail_already_waiting_for_the_address_does_not_leave(small: Machine) -> None:
    small.at(date(2025, 12, 15)).tick()
    small.compose()
    take(small, returned(small))
    small.deliver()
    assert len(small.mails_to(TO)) == 1
    assert sorted(row.state for row in small.messages() if row.address == TO) == ["cancelled", "failed"]


def test_mail_composed_by_somebody_else_meanwhile_is_stopped_when_it_is_to_leave(small: Machine) -> None:
    take(small, returned(small))
    rows = table("message")
    with small.transaction() as session:
        waiting = next(row for row in small.messages() if row.address == TO)._mapping
        fresh = {**waiting, "id": None, "key": "receipt/x", "kind": "receipt", "state": "queued"}
        session.execute(rows.insert().values(**{**fresh, "next_attempt_at": small.now, "handed_at": None}))
    assert small.deliver().cancelled == 1


def test_a_code_that_the_person_asks_for_still_goes_there(small: Machine) -> None:
    take(small, returned(small))
    with small.transaction("code-mail") as session:
        codes.queue_code(session, TO, "ve", SENDER.signing_key, small.style, small.now)
    small.deliver()
    assert sorted(mail.key.split("/")[0] for mail in small.mails_to(TO)) == ["code", "digest"]


def test_a_passing_trouble_is_recorded_and_changes_nothing_else(small: Machine) -> None:
    taken = take(small, returned(small, status="4.4.1", action="delayed"))
    assert (taken.kind, kept(small)) == ("transient", [("transient", "4.4.1")])
    assert (contact(small.database).address_failed_at, rung_states(small)) == (None, [("-3wd", "sent")])


def test_a_report_is_read_once(small: Machine) -> None:
    raw = returned(small)
    assert [take(small, raw).kind, take(small, raw).kind] == ["permanent", "again"]
    assert len(kept(small)) == 1


def test_two_reports_about_one_address_alarm_once(small: Machine) -> None:
    take(small, returned(small))
    take(small, returned(small, n=2))
    small.deliver()
    assert len([mail for mail in small.mails() if mail.key.startswith("alarm/")]) == 2


# What changes nothing


FORGED = {
    "another Message-ID under the true key": lambda text: re.sub(r"<[0-9a-f]{32}@", "<" + "0" * 32 + "@", text),
    "the key alone": lambda text: re.sub(r"Message-ID: .*\n", "", text),
    "a key that was never used": lambda text: re.sub(r"X-HTX-Key: .*", "X-HTX-Key: digest/ai-do/2025-12-10/1", text),
    "no mail at all": lambda text: "Subject: gi do\n",
}


@pytest.mark.parametrize("forge", FORGED)
def test_a_forged_report_is_counted_and_changes_nothing(small: Machine, forge: str) -> None:
    raw = bounce_samples.postfix(FORGED[forge](headers_of(small.mails_to(TO)[0])), TO)
    taken = take(small, raw)
    assert (taken.kind, "không có gì thay đổi" in taken.sentence) == ("unknown", True)
    assert (contact(small.database).address_failed_at, kept(small)) == (None, [("unknown", "")])


def test_a_report_about_another_address_than_the_mails_is_unknown(small: Machine) -> None:
    assert take(small, returned(small, to="huyen-a@example.vn")).kind == "unknown"
    assert contact(small.database, "huyen-a-1").address_failed_at is None


def test_a_report_without_the_returned_headers_is_matched_by_what_it_refers_to(mau: Machine) -> None:
    headers = re.sub(r"X-HTX-Key: .*\n", "", headers_of(mau.mails_to(TO)[0]))
    assert take(mau, bounce_samples.gmail(headers, TO)).kind == "permanent"


def test_an_answer_of_a_person_is_none(small: Machine) -> None:
    assert take(small, bounce_samples.out_of_office()).kind == "none"
    assert kept(small) == []


# The mailbox


@pytest.fixture(scope="module")
def server() -> Iterator[ImapServer]:
    with imap_server() as found:
        yield found


def run(machine: Machine, settings: bounce_box.BoxSettings) -> Outcome:
    tools = replace(job_runs.tools(machine), bounce_box=lambda: bounce_box.opened(settings))
    return asyncio.run(jobs.JOBS["read_bounces"](tools, plainly, "", machine.today))  # type: ignore[arg-type]


def test_the_job_reads_reports_marks_them_read_and_leaves_other_mail_to_people(
    small: Machine, server: ImapServer
) -> None:
    server.empty()
    server.put(returned(small), bounce_samples.out_of_office(), bounce_samples.exim())
    counts = {"read": 3, "permanent": 1, "transient": 0, "unknown": 1, "again": 0, "none": 1}
    outcome = run(small, server.settings)
    assert (outcome.counts, outcome.alarms) == (counts, [])
    assert server.unread == 1
    assert contact(small.database).address_failed_at is not None
    assert run(small, server.settings).counts["read"] == 1


def test_a_report_whose_reading_ended_before_it_was_marked_is_read_again_and_known(
    small: Machine, server: ImapServer
) -> None:
    server.empty()
    raw = returned(small)
    take(small, raw)
    server.put(raw)
    assert run(small, server.settings).counts["again"] == 1
    assert (server.unread, len(kept(small))) == (0, 1)


def test_a_wrong_password_is_an_alarm_that_names_the_setting(small: Machine, server: ImapServer) -> None:
    outcome = run(small, replace(server.settings, password="sai"))
    assert "HTX_BOUNCE_IMAP_PASSWORD" in outcome.alarms[0]
    with pytest.raises(MailServerProblem, match="HTX_BOUNCE_IMAP_FOLDER"):  # noqa: SIM117 - the error comes on entering
        with bounce_box.opened(replace(server.settings, folder="Khong co")):
            pass


def test_a_mailbox_that_does_not_answer_is_an_alarm_and_the_next_run_reads_on(small: Machine) -> None:
    outcome = run(small, bounce_box.BoxSettings("127.0.0.1", 9, "a", "b", security="none"))
    assert outcome.alarms[0].endswith("lượt sau đọc lại.")


def test_without_a_mailbox_the_job_does_nothing(small: Machine) -> None:
    outcome = asyncio.run(jobs.JOBS["read_bounces"](job_runs.tools(small), plainly, "", small.today))  # type: ignore[arg-type]
    assert (outcome.counts["read"], outcome.alarms) == (0, [])


# Commands and pages


def test_a_mail_piped_in_that_is_unknown_is_told_in_a_sentence_and_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(bounce_samples.postfix())))
    done = htx_here("bounce", "read")
    said = "Báo thư trả lại không khớp thư nào đã gửi từ đây; chỉ đếm, không có gì thay đổi.\n"
    assert (done.code, done.out) == (0, said)
    assert [row["kind"] for row in json.loads(htx_here("bounce", "list", "--json").out)["last"]] == ["unknown"]


def test_a_relay_keeps_the_mail_while_the_database_cannot_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(bounce_samples.postfix())))
    url = "postgresql+psycopg://a@127.0.0.1:9/a?connect_timeout=1"
    assert htx_here("bounce", "read", database_url=url).code == 75


def test_the_command_says_that_an_address_is_right(small: Machine) -> None:
    take(small, returned(small))
    url = str(small.database.engine.url)
    assert htx_here("bounce", "clear", "htx-a-1", "--as", "so-1", database_url=url).code == 0
    again = htx_here("bounce", "clear", "htx-a-1", database_url=url)
    assert (again.code, again.err.startswith("Địa chỉ của đầu mối htx-a-1 không bị ghi là hỏng")) == (1, True)


def test_the_desk_shows_the_failed_address_and_lets_the_lead_officer_say_it_is_right(small: Machine) -> None:
    take(small, returned(small))
    runtime = Runtime(load_settings(), MachineClock(small), small.database)
    officer = visit(runtime, "so-1")
    page = officer.get("/ban/dia-chi-hong")
    assert (page.status_code, officer.queries <= 12, officer.written) == (200, True, [])
    assert TO in words_of(page)
    assert "User unknown" in words_of(page)
    answer = officer.post("/ban/dia-chi-hong/htx-a-1", {"kh": "tinh-mau"})
    assert answer.headers["location"] == "/ban/dia-chi-hong?kh=tinh-mau&xong=dia-chi-dung"
    assert contact(small.database).address_failed_at is None
    assert "Không có địa chỉ nào" in words_of(officer.get("/ban/dia-chi-hong"))


def test_the_contact_of_a_failed_address_is_marked_in_the_list_of_contacts(small: Machine) -> None:
    take(small, returned(small))
    runtime = Runtime(load_settings(), MachineClock(small), small.database)
    administrator = visit(runtime, "huyen-a-1")
    assert "địa chỉ hỏng" in words_of(administrator.get("/quan-tri/dau-moi"))
    assert "địa chỉ hỏng" in words_of(administrator.get("/quan-tri/dau-moi/htx-a-1"))


def test_an_officer_of_another_agency_changes_nothing(small: Machine) -> None:
    take(small, returned(small))
    runtime = Runtime(load_settings(), MachineClock(small), small.database)
    assert visit(runtime, "htx-a-1").post("/ban/dia-chi-hong/htx-a-1", {"kh": "tinh-mau"}).status_code == 403
    assert contact(small.database).address_failed_at is not None


def test_reports_are_counted_by_kind(small: Machine) -> None:
    take(small, returned(small))
    take(small, bounce_samples.exim())
    with small.database.reading() as session:
        assert store.count_by_kind(session, small.now - timedelta(days=1)) == {"permanent": 1, "unknown": 1}

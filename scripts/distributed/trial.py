"""The trial (chạy thử): everything started for real on fresh data, used, disturbed, counted, stopped."""

from __future__ import annotations

import asyncio
import os
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select

from distributed import machines
from distributed.machines import Machines
from htx_workflow.domain.errors import HtxError, TooLate
from htx_workflow.gateways import mailbox
from htx_workflow.gateways.mail import KEY_HEADER
from htx_workflow.host import running
from htx_workflow.runtime import Clock, Runtime, deliver_now
from htx_workflow.services.jobs import WITHOUT_PLAN
from htx_workflow.store.database import Database
from htx_workflow.store.tables import table

CODE = "kontum-3819"
ACTIVATED = "2024-10-23"
FIRST, SECOND = "2025-12-15", "2025-12-18"
"""The yearly reports of the cooperatives are due, then those of the districts: each day has mail to send."""
TOGETHER = ("2025-12-19", "2025-12-22", "2025-12-29")
"""Days on which both clocks run: work is overdue, rungs follow one another."""
WHAT = "PostgreSQL, máy chủ Prefect có mật khẩu, hai tiến trình chạy việc, hai cổng"
DEPLOYMENTS = {
    "nightly_tick": CODE,
    "collect_annual_reports": CODE,
    "annual_evaluation": CODE,
    "final_assessment": CODE,
    "consolidate_scheme": CODE,
    "deliver_outbox": "outbox",
}
RUN_SECONDS = 180.0
ENDED = ("COMPLETED", "FAILED", "CANCELLED", "CRASHED")


class Trial:
    """Steps with their seconds; a step that is not as it should be is kept as a failure and the trial goes on."""

    def __init__(self) -> None:
        self.failures: list[str] = []
        self._began = time.monotonic()

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        except (HtxError, httpx.HTTPError, AssertionError) as error:
            self.failures.append(f"{what}: {error}")
            self.say(f"KHÔNG ĐẠT  {what}: {error}")
        else:
            self.say(f"đạt  {time.monotonic() - began:6.1f} s  {what}")

    def say(self, text: str) -> None:
        print(f"[{time.monotonic() - self._began:6.1f} s] {text}", flush=True)


def run(folder: Path) -> int:
    """0 when everything was as it should be."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in list(os.environ):
        if name.startswith("HTX_"):
            del os.environ[name]
    os.environ["HTX_TODAY"] = FIRST
    trial = Trial()
    with suppress(HtxError), trial.step("toàn bộ"):
        with machines.started(folder, trial.say, ACTIVATED) as everything:
            trial.say(f"Đã chạy: {WHAT}.")
            _try(trial, everything)
            began = time.monotonic()
        trial.say(f"Đã dừng tất cả sau {time.monotonic() - began:.1f} s.")
    with trial.step("không còn tiến trình nào sót lại"):
        left = _processes_of(folder)
        assert not left, f"còn {left}"
    if trial.failures:
        print(f"KHÔNG ĐẠT {len(trial.failures)} mục; dữ liệu và nhật ký còn ở {folder}.")
        return 1
    shutil.rmtree(folder)
    print("ĐẠT: mọi mục của lần chạy thử đều như mong đợi.")
    return 0


def _try(trial: Trial, everything: Machines) -> None:
    ids = _deployments(everything)
    for number in ids.values():  # the schedules would add runs of their own to those that are counted here
        everything.api("PATCH", f"/deployments/{number}", {"paused": True}).raise_for_status()
    database = Database(everything.settings.url)
    box = everything.settings.mailbox_dir
    with trial.step("bốn deployment, hai tiến trình chạy việc đang nối với Prefect"):
        online = everything.workers_online()
        assert (len(ids), len(online)) == (len(DEPLOYMENTS), 2), f"{list(ids)}, {online}"
    with trial.step("API của Prefect: không mật khẩu thì 401, có mật khẩu thì 200"):
        answered = [
            everything.api("POST", "/flow_runs/filter", {}, password=given).status_code for given in (False, True)
        ]
        assert answered == [401, 200], f"{answered}"
    with trial.step("hai cổng trả lời /health/live"):
        _portals_live(everything)

    for job in ids:
        with trial.step(
            f"{job} ngày {FIRST}: một tiến trình chạy việc làm xong, lượt chạy được ghi với cùng mã Prefect"
        ):
            trial.say(
                _check_run(everything, database, _wait(everything, _begin(everything, ids[job], job, FIRST)), FIRST)
            )
    with trial.step("thư đã gửi"):
        trial.say(_count_mails(database, box))

    with trial.step("PostgreSQL khởi động lại"):
        everything.restart_postgres()
    for job in ("nightly_tick", "deliver_outbox"):
        with trial.step(f"{job} ngày {SECOND}: lượt sau khi PostgreSQL khởi động lại vẫn xong"):
            trial.say(
                _check_run(everything, database, _wait(everything, _begin(everything, ids[job], job, SECOND)), SECOND)
            )
    with trial.step("hai cổng trả lời sau khi PostgreSQL khởi động lại"):
        _portals_live(everything)
    with trial.step("thư đã gửi"):
        trial.say(_count_mails(database, box))

    for day in TOGETHER:
        with trial.step(f"hai bộ lịch cùng lúc ngày {day}: không thư nào gửi hai lần"):
            trial.say(_both_clocks(everything, database, ids, day))
            trial.say(_count_mails(database, box))
    with trial.step(f"lịch của Prefect gọi lại một việc của ngày {SECOND} đã xong: Skipped"):
        again = _wait(everything, _begin(everything, ids["nightly_tick"], "nightly_tick", SECOND, ["auto-scheduled"]))
        assert again["state_name"] == "Skipped", again["state_name"]
    database.close()


def _deployments(everything: Machines) -> dict[str, str]:
    """Ids by job; where the flows lie is left to each worker."""
    found = {}
    for job, name in DEPLOYMENTS.items():
        answer = everything.api("GET", f"/deployments/name/{job}/{name}")
        answer.raise_for_status()
        found[job] = answer.json()["id"]
        assert "{{ $HTX_HOME }}" in str(answer.json()["pull_steps"]), answer.json()["pull_steps"]
    return found


def _begin(everything: Machines, deployment: str, job: str, day: str, tags: Sequence[str] = ()) -> str:
    """Ask Prefect for a run now, with its day; the run's id."""
    body: dict[str, Any] = {
        "job_variables": {"env": {"HTX_TODAY": day}},
        "state": {"type": "SCHEDULED"},
        "tags": [*tags],
    }
    if job not in WITHOUT_PLAN:
        body["parameters"] = {"plan": CODE, "on": day}
    answer = everything.api("POST", f"/deployments/{deployment}/create_flow_run", body)
    answer.raise_for_status()
    return str(answer.json()["id"])


def _wait(everything: Machines, number: str) -> dict[str, Any]:
    """The run when it has ended, as Prefect tells it."""
    found: dict[str, Any] = {}

    def ended() -> bool:
        with suppress(httpx.HTTPError):
            answer = everything.api("GET", f"/flow_runs/{number}")
            if answer.is_success:
                found.update(answer.json())
        return found.get("state_type") in ENDED

    everything.until(f"lượt chạy {number}", ended, RUN_SECONDS)
    return found


def _check_run(everything: Machines, database: Database, run: dict[str, Any], day: str) -> str:
    """Completed, and our record says the same of the same run; a line about it."""
    assert run["state_name"] == "Completed", f"{run['name']}: {run['state_name']}, {run['state'].get('message')}"
    runs = table("run")
    with database.reading() as session:
        row = session.execute(select(runs).where(runs.c.prefect_id == run["id"])).one()
    assert (row.outcome, row.day.isoformat()) == ("done", day), f"{row}"
    shown = everything.api("POST", "/artifacts/filter", {"flow_runs": {"id": {"any_": [run["id"]]}}}).json()
    assert shown, "no artifact"
    return (
        f"        {run['name']}: {run['state_name']}, {len(shown)} artifact, bắt đầu sau {run['estimated_start_time_delta']:.1f} s,"
        f" chạy {run['total_run_time']:.1f} s, {row.counts}"
    )


def _both_clocks(everything: Machines, database: Database, ids: dict[str, str], day: str) -> str:
    """Runs of deployments on the workers; while they work, the clock of one machine runs the same jobs again and again."""
    jobs = ("nightly_tick", "deliver_outbox")
    runtime = Runtime(everything.settings, Clock(date.fromisoformat(day)), database)
    over = threading.Event()
    acts: Counter[str] = Counter()
    begun = {job: _begin(everything, ids[job], job, day) for job in jobs}

    def embedded(job: str, act: Callable[[], Coroutine[Any, Any, object]]) -> None:
        while not over.is_set() and not _has_begun(database, begun[job]):
            time.sleep(0.005)
        while not over.is_set():
            try:
                asyncio.run(act())
                acts[f"{job} xong"] += 1
            except TooLate:
                acts[f"{job} nhường"] += 1

    def job_of_clock(job: str) -> Callable[[], Coroutine[Any, Any, object]]:
        plan = "" if job in WITHOUT_PLAN else CODE
        return lambda: running.run_job(runtime, job, plan, date.fromisoformat(day), with_prefect=False)

    hands = [threading.Thread(target=embedded, args=(job, job_of_clock(job))) for job in jobs]
    hands.append(threading.Thread(target=embedded, args=("deliver_outbox", lambda: deliver_now(runtime))))
    for hand in hands:
        hand.start()
    try:
        ended = [_wait(everything, number) for number in begun.values()]
    finally:
        over.set()
        for hand in hands:
            hand.join()
    ended.append(_wait(everything, _begin(everything, ids["deliver_outbox"], "deliver_outbox", day)))
    states = [(run["name"], run["state_name"]) for run in ended]
    assert {state for _, state in states} <= {"Completed", "Skipped"}, f"{states}"
    assert acts, "bộ lịch kia không kịp làm gì"
    runs = table("run")
    with database.reading() as session:
        wrong = session.execute(select(runs.c.job, runs.c.error).where(runs.c.outcome != "done")).all()
    assert not wrong, f"{wrong}"
    return f"        Prefect: {', '.join(f'{name}: {state}' for name, state in states)}; bộ lịch kia: {dict(acts)}"


def _has_begun(database: Database, prefect_id: str) -> bool:
    runs = table("run")
    with database.reading() as session:
        return session.execute(select(runs.c.id).where(runs.c.prefect_id == prefect_id)).first() is not None


def _count_mails(database: Database, box: Path) -> str:
    """Every mail of the outbox that was sent lies in the mailbox once, and no rung was told twice."""
    arrived = Counter(str(mailbox.read_mail(path)[KEY_HEADER]) for path in mailbox.list_mails(box))
    messages, links, rungs = table("message"), table("message_reminder"), table("reminder")
    with database.reading() as session:
        states = Counter(session.execute(select(messages.c.state)).scalars())
        sent = Counter(session.execute(select(messages.c.key).where(messages.c.state == "sent")).scalars())
        doubtful = session.execute(select(messages.c.key).where(messages.c.doubtful.is_(True))).scalars().all()
        told = session.execute(
            select(rungs.c.occurrence_id, rungs.c.due_rev, rungs.c.step, rungs.c.audience, messages.c.address)
            .join(links, links.c.reminder_id == rungs.c.id)
            .join(messages, messages.c.id == links.c.message_id)
            .where(messages.c.state == "sent")
        ).all()
    twice = {key: number for key, number in arrived.items() if number > 1}
    assert arrived, "chưa có thư nào"
    assert not twice, f"gửi hai lần: {twice}"
    assert not doubtful, f"không rõ đã đến hay chưa: {doubtful}"
    assert arrived == sent, f"trong hộp thư {len(arrived)}, trong sổ {len(sent)}"
    assert len(told) == len(set(told)), "một mức nhắc đến cùng một người hai lần"
    return f"        {len(arrived)} thư, mỗi thư một lần; {len(told)} mức nhắc; sổ thư: {dict(states)}"


def _portals_live(everything: Machines) -> None:
    for port in everything.ports:
        assert machines.answers(f"http://127.0.0.1:{port}/health/live"), f"cổng {port}"


def _processes_of(folder: Path) -> list[str]:
    """Command lines of other processes that still work in this folder."""
    mark, found = str(folder).encode(), []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ")
            if mark in command + (process / "environ").read_bytes() and int(process.name) != os.getpid():
                found.append(f"{process.name} {command.decode(errors='replace')[:120]}")
    return found

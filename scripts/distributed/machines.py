"""Everything that several machines would run, on this one: each is a child process with the settings of its machine."""

from __future__ import annotations

import fcntl
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx

from distributed.postgres import Postgres
from htx_workflow.domain.errors import StoreError
from htx_workflow.host import prefect_link
from htx_workflow.host.children import Child
from htx_workflow.settings import Settings, load_settings

HOME = Path(__file__).resolve().parents[2]
PLAN = HOME / "config" / "plans" / "kontum-3819.yaml"
POOL = "htx"
WORKERS = PORTALS = 2
API_USER = "htx"
START_SECONDS = 180.0
"""How long a part may take to answer on a busy machine."""
PREFECT = (sys.executable, "-m", "prefect")
HTX = (sys.executable, "-m", "htx_workflow.cli")
SERVER = {
    # Leases that live only in memory are lost when the server restarts, and their turns are then never given back.
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    # Its record of runs is kept for 90 days, ours for good.
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
}
Say = Callable[[str], None]


def told(text: str) -> None:
    print(text, flush=True)


class Machines:
    """The parts, in the order in which they start. `settings` are those of every htx and Prefect process here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        passwords = _passwords(folder / "secrets")
        self.postgres = Postgres(folder / "pg", free_port(0), passwords)
        prefect_port = free_port(4200)
        self.api_password = passwords["prefect"]
        os.environ |= {
            "HTX_VAR_DIR": str(folder),
            "HTX_DATABASE_URL": self.postgres.url("htx"),
            "HTX_SCHEDULER": "prefect",
            "HTX_PREFECT_PORT": str(prefect_port),
            "HTX_PREFECT_API_URL": f"http://127.0.0.1:{prefect_port}/api",
            "PREFECT_API_AUTH_STRING": f"{API_USER}:{self.api_password}",
            "PREFECT_WORKER_QUERY_SECONDS": "5",
        }
        for name in list(os.environ):
            if name == "HTX_HOME" or name.startswith("PREFECT_API_URL"):
                del os.environ[name]
        self.settings: Settings = load_settings()
        prefect_link.prepare_environment(self.settings)
        self.ports = [free_port(number) for number in range(8080, 8080 + PORTALS)]
        self.server = Child(
            "máy chủ Prefect",
            [*PREFECT, "server", "start", "--host", "127.0.0.1", "--port", str(prefect_port)],
            self._log("prefect"),
            environment={
                **SERVER,
                "PREFECT_API_DATABASE_CONNECTION_URL": self.postgres.url("prefect", "postgresql+asyncpg"),
                "PREFECT_SERVER_API_AUTH_STRING": os.environ["PREFECT_API_AUTH_STRING"],
            },
        )
        self.workers = [
            Child(
                f"tiến trình chạy việc {number}",
                [*PREFECT, "worker", "start", "--pool", POOL, "--name", f"{POOL}-{number}", "--limit", "4"],
                self._log(f"worker-{number}"),
                environment={"HTX_HOME": str(HOME)},
            )
            for number in range(1, WORKERS + 1)
        ]
        self.portals = [
            Child(f"cổng {port}", [*HTX, "web", "--port", str(port)], self._log(f"web-{port}")) for port in self.ports
        ]
        self._started: list[Child] = []

    def start(self, say: Say, activated_on: str | None) -> None:
        """Start each part and wait until it answers; the plan is loaded and the deployments are put in force."""
        on = ("--on", activated_on) if activated_on else ()
        say("PostgreSQL …")
        self._started.append(self.postgres.child)
        self.postgres.start()
        say("Máy chủ Prefect, nạp kế hoạch …")
        self._start(self.server)
        self.command("nạp kế hoạch", *HTX, "plan", "load", str(PLAN), *on)
        self.until("máy chủ Prefect", lambda: prefect_link.answers(self.settings))
        say("Cổng thông tin …")
        self._start(*self.portals)
        say("Khai báo với Prefect (work pool, deployments) …")
        if self.api("GET", f"/work_pools/{POOL}").status_code == httpx.codes.NOT_FOUND:
            self.command("tạo work pool", *PREFECT, "work-pool", "create", POOL, "--type", "process")
        self.command(
            "khai báo deployments", *PREFECT, "--no-prompt", "deploy", "--all", "--prefect-file", "config/prefect.yaml"
        )
        say("Tiến trình chạy việc …")
        self._start(*self.workers)
        for port in self.ports:
            self.until(f"cổng {port}", partial(answers, f"http://127.0.0.1:{port}/health/live"))
        self.until("tiến trình chạy việc", lambda: len(self.workers_online()) == WORKERS)

    def addresses(self) -> str:
        """What a person who started it needs to know."""
        portals = ", ".join(f"http://127.0.0.1:{port}/" for port in self.ports)
        return "\n".join(
            (
                f"Cổng thông tin:  {portals}",
                f"Prefect:         http://127.0.0.1:{self.settings.prefect_port}/ (tài khoản {API_USER}, mật khẩu trong"
                f" {self.folder / 'secrets'})",
                f"PostgreSQL:      127.0.0.1:{self.postgres.port}, cơ sở dữ liệu htx và prefect",
                f"Tiến trình:      {WORKERS} tiến trình chạy việc, {PORTALS} cổng; nhật ký trong {self.folder / 'log'}",
                "Dừng tất cả bằng Ctrl+C.",
            )
        )

    def watch(self) -> None:
        """Restart what dies, until interrupted."""
        while True:
            time.sleep(1.0)
            for child in self._started:
                child.watch()

    def stop(self) -> None:
        """Workers and portals first, then Prefect's server, PostgreSQL last."""
        with ThreadPoolExecutor() as pool:
            list(pool.map(Child.stop, [*self.workers, *self.portals]))
        self.server.stop()
        self.postgres.child.stop()

    def restart_postgres(self) -> None:
        """Stop the database under everybody, and start it again."""
        self.postgres.child.stop()
        self.postgres.child.start()
        self.postgres.wait()

    def api(self, method: str, path: str, body: object = None, *, password: bool = True) -> httpx.Response:
        """Ask Prefect's API."""
        auth = prefect_link.auth() if password else None
        return httpx.request(method, f"{self.settings.prefect_api}{path}", json=body, auth=auth, timeout=30)

    def workers_online(self) -> list[str]:
        """Names of the workers that Prefect has heard lately."""
        found = self.api("POST", f"/work_pools/{POOL}/workers/filter", {}).json()
        return sorted(worker["name"] for worker in found if worker["status"] == "ONLINE")

    def command(self, what: str, *words: str, **environment: str) -> str:
        """Run a command to its end; what it printed. A failure is refused with its last lines."""
        done = subprocess.run(
            words, cwd=HOME, env={**os.environ, **environment}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
            raise StoreError(f"Không {what} được:\n{said}")
        return done.stdout

    def until(self, what: str, answered: Callable[[], bool], seconds: float = START_SECONDS) -> None:
        """Wait, keeping the parts alive. Raises StoreError when it takes too long."""
        end = time.monotonic() + seconds
        while not answered():
            if time.monotonic() > end:
                raise StoreError(f"Chờ {what} quá {seconds:.0f} giây. Đề nghị xem nhật ký trong {self.folder / 'log'}.")
            time.sleep(0.3)
            for child in self._started:
                child.watch()

    def _start(self, *children: Child) -> None:
        for child in children:
            child.start()
            self._started.append(child)

    def _log(self, name: str) -> Path:
        return self.folder / "log" / f"{name}.log"


@contextmanager
def started(folder: Path, say: Say = told, activated_on: str | None = None) -> Iterator[Machines]:
    """Everything, running; stopped whatever happens. One at a time for a folder.

    The plan is loaded; the first time it is followed from `activated_on`, or from today.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StoreError(f"Một up-distributed khác đang chạy trên {folder}. Đề nghị dừng nó trước.") from error
        machines = Machines(folder)
        try:
            machines.start(say, activated_on)
            yield machines
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)
            machines.stop()


def free_port(wanted: int) -> int:
    """The port wanted when nobody has it, else any free one."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


def _passwords(file: Path) -> dict[str, str]:
    """Made the first time, one NAME=PASSWORD a line, for the owner's eyes only."""
    if not file.exists():
        lines = [f"{name}={secrets.token_urlsafe(24)}" for name in ("postgres", "htx", "prefect")]
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write("\n".join(lines) + "\n")
    return dict(line.split("=", 1) for line in file.read_text("utf-8").splitlines())

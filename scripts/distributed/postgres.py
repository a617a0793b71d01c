"""A PostgreSQL cluster of its own from Debian's packages, with contrib: Prefect's server needs pg_trgm."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from htx_workflow.domain.errors import StoreError
from htx_workflow.host.children import Child

PACKAGES = ("postgresql", "postgresql-contrib")
INSTALL = f"apt-get install -y {' '.join(PACKAGES)}"
DATABASES = ("htx", "prefect")
OWNER = "htx"
"""The role that htx and Prefect sign in with; it owns both databases and nothing else."""
READY_SECONDS = 60.0
ACCOUNT = "postgres"
"""PostgreSQL refuses to run as root; Debian's package makes this account."""


class Postgres:
    """A cluster in `folder`, on loopback only, with password sign-in only."""

    def __init__(self, folder: Path, port: int, passwords: Mapping[str, str]) -> None:
        self.folder, self.port, self._passwords = folder, port, passwords
        self._programs = find_programs()
        self.child = Child(
            "PostgreSQL",
            [
                *_as_account(), str(self._programs / "postgres"), "-D", str(folder), "-p", str(port),
                "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
            ],
            folder.parent / "log" / "postgresql.log",
            stop_signal=signal.SIGINT,
        )  # fmt: skip

    def url(self, database: str, driver: str = "postgresql", role: str = OWNER) -> str:
        return f"{driver}://{role}:{self._passwords[role]}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Make the cluster the first time, start it, wait until it answers, make the databases that are missing."""
        if not (self.folder / "PG_VERSION").exists():
            self._initialise()
        self.child.start()
        self.wait()
        with self._as_superuser("postgres") as connection:
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER]).fetchone() is None:
                role, password = sql.Identifier(OWNER), sql.Literal(self._passwords[OWNER])
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(role, password))
            there = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
            for name in DATABASES:
                if name not in there:
                    made, owner = sql.Identifier(name), sql.Identifier(OWNER)
                    connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(made, owner))
        for name in DATABASES:
            with self._as_superuser(name) as connection:
                connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")

    def _as_superuser(self, database: str) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url(database, role=ACCOUNT), autocommit=True, connect_timeout=5)

    def wait(self) -> None:
        """Until it answers. Raises StoreError when it does not."""
        end = time.monotonic() + READY_SECONDS
        while True:
            try:
                self._as_superuser("postgres").close()
                return
            except psycopg.OperationalError as error:
                if self.child.pid is None or time.monotonic() > end:
                    log = self.folder.parent / "log" / "postgresql.log"
                    raise StoreError(f"PostgreSQL không khởi động được. Đề nghị xem {log}.") from error
            time.sleep(0.1)

    def _initialise(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.NamedTemporaryFile("w", prefix="htx-", encoding="utf-8") as secret:
            secret.write(self._passwords[ACCOUNT])
            secret.flush()
            if os.geteuid() == 0:
                shutil.chown(self.folder, ACCOUNT, ACCOUNT)
                shutil.chown(secret.name, ACCOUNT, ACCOUNT)
            done = _run(
                [
                    *_as_account(), str(self._programs / "initdb"), "-D", str(self.folder), "-U", ACCOUNT, "-E", "UTF8",
                    "--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={secret.name}",
                ]
            )  # fmt: skip
        if done.returncode:
            raise StoreError(
                f"initdb không tạo được cụm dữ liệu trong {self.folder}: {done.stderr.strip()} Nếu do quyền, đề nghị đặt"
                f" thư mục này ở nơi tài khoản {ACCOUNT} vào được, hoặc chạy bằng tài khoản thường thay cho root."
            )


def find_programs() -> Path:
    """The folder of PostgreSQL's newest programs that has contrib beside it; installed first where root may."""
    found = _programs()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Đang cài PostgreSQL: {INSTALL}", flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", *PACKAGES]):
            subprocess.run(command, env=quiet, stdout=sys.stderr, check=False)
        found = _programs()
    if found is None:
        raise StoreError(f"Chưa có PostgreSQL (kèm contrib). Đề nghị chạy: sudo {INSTALL}")
    return found


def _programs() -> Path | None:
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True
    )
    for folder in folders:
        contrib = Path("/usr/share/postgresql") / folder.parent.name / "extension" / "pg_trgm.control"
        if (folder / "postgres").exists() and contrib.exists():
            return folder
    return None


def _as_account() -> list[str]:
    """The words before a command that must not run as root."""
    if os.geteuid() != 0:
        return []
    try:
        pwd.getpwnam(ACCOUNT)
    except KeyError as error:
        raise StoreError(f"Máy này chưa có tài khoản {ACCOUNT}. Đề nghị chạy: {INSTALL}") from error
    return ["setpriv", f"--reuid={ACCOUNT}", f"--regid={ACCOUNT}", "--init-groups", "--pdeathsig=INT"]


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd="/", capture_output=True, text=True, check=False)

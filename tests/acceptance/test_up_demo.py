"""htx up --demo: served from what was made once for this software, entered with one click, stopped; the database of the settings is not touched."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from htx_workflow.domain.simulation import WATERMARK

HOME = Path(__file__).parents[2]
PATIENCE = 120.0


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A machine whose settings name a database of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HTX_", "PREFECT_"))}
    return kept | {
        "HTX_HOME": str(HOME),
        "HTX_VAR_DIR": str(tmp_path / "var"),
        "HTX_DATABASE_URL": f"sqlite:///{tmp_path / 'real.sqlite3'}",
    }


@pytest.fixture
def address(environment: dict[str, str], demo: Path, tmp_path: Path) -> Iterator[str]:
    """Where it is served."""
    shutil.copytree(demo, tmp_path / "var" / "demo", ignore=shutil.ignore_patterns("mailbox"))
    port = free_port()
    command = [sys.executable, "-m", "htx_workflow.cli", "up", "--demo", "--port", str(port)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    served, until = f"http://127.0.0.1:{port}", time.monotonic() + PATIENCE
    try:
        while time.monotonic() < until:
            assert process.poll() is None
            try:
                httpx.get(f"{served}/health/live")
                break
            except httpx.TransportError:
                time.sleep(0.2)
        yield served
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_the_demo_is_entered_with_one_click_and_keeps_to_its_own_folder(address: str, tmp_path: Path) -> None:
    with httpx.Client(base_url=address, follow_redirects=True) as client:
        answer = client.post("/demo/skhdt-dau-moi")
        assert (answer.status_code, answer.url.path) == (200, "/ban")
        assert WATERMARK in answer.text
        assert "Sở KH&amp;ĐT" in answer.text
    assert not (tmp_path / "real.sqlite3").exists()
    assert sorted(path.name for path in (tmp_path / "var").iterdir()) == ["demo"]


def test_fresh_without_demo_is_a_wrong_use(environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "htx_workflow.cli", "up", "--fresh"]
    assert subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 2

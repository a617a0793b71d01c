"""The demo's personas: one click in a simulation, nothing anywhere else; and what the demo leaves untouched."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from htx_workflow.domain import simulation
from htx_workflow.domain.plan import Plan
from htx_workflow.domain.visitors import Visitor
from htx_workflow.host import demonstrating
from htx_workflow.runtime import Clock, Runtime
from htx_workflow.services import demo_life, visits
from htx_workflow.settings import Settings, load_settings
from htx_workflow.web.app import create_app
from htx_workflow.web.portal import COOKIE
from tests.machine import Machine, MachineClock
from tests.portal import Client

LEAD = "skhdt-dau-moi"


def portal(machine: Machine, monkeypatch: pytest.MonkeyPatch, *, demo: bool) -> Client:
    if demo:
        monkeypatch.setenv("HTX_DEMO", "true")
    return Client(create_app(Runtime(load_settings(), MachineClock(machine), machine.database)))


def visitor(machine: Machine, client: Client) -> Visitor | None:
    with machine.database.reading() as session:
        return visits.find(session, client.cookies.get(COOKIE) or "", machine.now, machine.now.date())


def test_one_click_signs_in_as_a_persona_of_a_simulation(
    machine: Machine, kontum: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.load(simulation.with_simulated_names(kontum))
    client = portal(machine, monkeypatch, demo=True)
    assert client.post(f"/demo/{LEAD}").status_code == 303
    found = visitor(machine, client)
    assert found is not None
    assert (found.contact, found.strength, found.strong) == (LEAD, "demo", True)


def test_another_persona_ends_the_session_before(
    machine: Machine, kontum: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.load(simulation.with_simulated_names(kontum))
    client = portal(machine, monkeypatch, demo=True)
    client.post(f"/demo/{LEAD}")
    first = client.cookies.get(COOKIE) or ""
    client.post("/demo/dakto-tckh")
    with machine.database.reading() as session:
        assert visits.find(session, first, machine.now, machine.now.date()) is None


def test_a_contact_that_is_no_persona_is_not_found(
    machine: Machine, kontum: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.load(simulation.with_simulated_names(kontum))
    assert portal(machine, monkeypatch, demo=True).post("/demo/sct-dau-moi").status_code == 404


def test_without_demo_mode_there_is_no_such_address_and_no_persona_on_the_page(
    machine: Machine, kontum: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.load(simulation.with_simulated_names(kontum))
    client = portal(machine, monkeypatch, demo=False)
    assert client.post(f"/demo/{LEAD}").status_code == 404
    assert "/demo/" not in client.get("/vao").text


def test_real_cooperatives_open_to_nobody_even_in_demo_mode(
    machine: Machine, kontum: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.load(kontum)
    client = portal(machine, monkeypatch, demo=True)
    assert client.post(f"/demo/{LEAD}").status_code == 404
    assert visitor(machine, client) is None
    assert "/demo/" not in client.get("/vao").text


def test_every_page_of_a_demo_says_so(machine: Machine, kontum: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.load(simulation.with_simulated_names(kontum))
    client = portal(machine, monkeypatch, demo=True)
    for path in ("/vao", "/tinh-trang", "/khong-co"):
        assert simulation.WATERMARK in client.get(path).text


def test_the_language_is_kept_by_a_form_and_leads_back_to_a_page_of_ours(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = portal(machine, monkeypatch, demo=False)
    assert client.post("/ngon-ngu", {"tieng": "en", "tiep": "/tinh-trang"}).headers["location"] == "/tinh-trang"
    assert '<html lang="en">' in client.get("/tinh-trang").text
    assert client.post("/ngon-ngu", {"tieng": "vi", "tiep": "https://example.vn/"}).headers["location"] == "/"
    assert '<html lang="vi">' in client.get("/tinh-trang").text


def test_static_files_asked_for_by_their_hash_are_kept_for_a_year(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = portal(machine, monkeypatch, demo=False)
    address = client.get("/vao").text.partition('href="/static/portal.css')[2].partition('"')[0]
    assert client.get(f"/static/portal.css{address}").headers["cache-control"] == "public, max-age=31536000, immutable"
    assert client.get("/static/portal.css").headers["cache-control"] == "no-cache"


def test_the_demo_uses_a_database_and_a_mailbox_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "HTX_VAR_DIR": str(tmp_path), "HTX_DATABASE_URL": "postgresql://real", "HTX_SMTP_HOST": "mail.example.vn",
        "HTX_PREFECT_API_URL": "http://prefect.example.vn/api", "HTX_SCHEDULER": "prefect",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    for name, value in demonstrating.environment(load_settings(), "http://127.0.0.1:8080").items():
        monkeypatch.setenv(name, value)
    demo = load_settings()
    assert demo.url == f"sqlite:///{tmp_path / 'demo' / 'htx.sqlite3'}"
    assert (demo.smtp_host, demo.prefect_api_url, demo.scheduler, demo.demo) == ("", "", "embedded", True)
    assert demo.today == date(2025, 11, 24)


def test_a_demo_of_the_same_software_is_used_again_and_another_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demonstrating, "FIRST", date(2025, 11, 20))
    monkeypatch.setattr(demo_life, "SCENES", {})
    runtime = Runtime(
        Settings(var_dir=tmp_path / "demo", demo=True, today=demonstrating.TODAY), Clock(demonstrating.TODAY)
    )
    assert demonstrating.prepare(runtime, fresh=False)
    assert not demonstrating.prepare(runtime, fresh=False)
    (tmp_path / "demo" / "made").write_text("another software", "utf-8")
    again = Runtime(runtime.settings, runtime.clock)
    runtime.database.close()
    assert demonstrating.prepare(again, fresh=False)
    again.database.close()

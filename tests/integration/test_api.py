"""The REST API: rights like the pages', nothing overwritten or doubled, everything wrong said at once; both databases."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from htx_workflow.domain.errors import BadInput
from htx_workflow.domain.plan import Plan
from htx_workflow.gateways import form_files
from htx_workflow.runtime import Runtime
from htx_workflow.services import access_keys, contacts, report_drafts, statuses
from htx_workflow.services.access_keys import NewKey
from htx_workflow.settings import load_settings
from htx_workflow.store.tables import table
from tests.file_samples import a_pdf
from tests.form_samples import filled
from tests.machine import Machine, MachineClock
from tests.portal import Client, visit, words_of
from tests.programs import Program, app_of, contact_of, program

CODE = "kontum-3819"
KONPLONG = "konplong-tckh"
AGENCY = f"{CODE}/R.agency/huyen-konplong/2024"
HTX = f"{CODE}/R.htx/htx-tumorong/2024"
DAKTO = f"{CODE}/R.agency/huyen-dakto/2024"
PAPER = f"{CODE}/R.agency/stc/2024"
FINANCE = "stc-dau-moi"
DAY = date(2024, 12, 16)


def served(machine: Machine, kontum: Plan) -> Runtime:
    machine.load(kontum, on=date(2024, 10, 23))
    machine.at(DAY)
    return Runtime(load_settings(), MachineClock(machine), machine.database)


@pytest.fixture
def runtime(sqlite_machine: Machine, kontum: Plan) -> Runtime:
    """On SQLite."""
    return served(sqlite_machine, kontum)


@pytest.fixture
def either(machine: Machine, kontum: Plan) -> Runtime:
    """On each database."""
    return served(machine, kontum)


def problem(answer: Any) -> tuple[int, str, list[str]]:
    """Status, kind and fields of a problem."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    said = answer.json()
    assert said["status"] == answer.status_code
    return answer.status_code, said["type"].rpartition(":")[2], [one["field"] for one in said.get("errors", [])]


# Keys


def test_without_a_key_or_with_a_dead_one_nobody_is_let_in(runtime: Runtime) -> None:
    stranger = program(runtime, "", token="")
    assert problem(stranger.read("/occurrences")) == (401, "unauthorized", [])
    assert problem(program(runtime, "", token="htx_khong-co").read("/occurrences")) == (401, "unauthorized", [])
    asked = program(runtime, KONPLONG)
    with runtime.transaction("test") as session:
        access_keys.end(session, asked.number, None, "system", runtime.clock.now())
    assert problem(asked.read("/occurrences")) == (401, "unauthorized", [])


def test_a_key_ends_with_the_contact_that_answers_for_it(runtime: Runtime) -> None:
    asked = program(runtime, KONPLONG)
    assert asked.read("/me").status_code == 200
    with runtime.transaction("test") as session:
        contacts.end(session, KONPLONG, "system", runtime.clock.now(), DAY)
    assert problem(asked.read("/me")) == (401, "unauthorized", [])
    rows = table("access_key")
    with runtime.reading() as session:
        assert session.execute(select(rows.c.ended_by).where(rows.c.id == asked.number)).scalar_one() == "system"


def test_a_key_is_kept_as_a_hash_and_its_use_as_a_day(runtime: Runtime) -> None:
    asked = program(runtime, KONPLONG)
    asked.read("/me")
    first = asked.written
    asked.read("/me")
    rows = table("access_key")
    with runtime.reading() as session:
        row = session.execute(select(rows).where(rows.c.id == asked.number)).one()
    assert asked.token not in str(row)
    assert (row.used_on, len(first), asked.written) == (DAY, 1, [])


def test_a_scope_that_the_key_lacks_is_named(runtime: Runtime) -> None:
    asked = program(runtime, KONPLONG, "read:occurrences")
    answer = asked.call("POST", "/requests", json={"occurrence": AGENCY, "kind": "waiver", "reason": "x"})
    assert problem(answer) == (403, "scope", [])
    assert "write:requests" in answer.json()["detail"]


def test_scopes_and_names_are_checked_when_a_key_is_made(runtime: Runtime) -> None:
    row = contact_of(runtime, KONPLONG)
    for name, scopes, days, said in (
        ("", ("read:scores",), 10, "đặt tên"),
        ("x", ("read:all",), 10, "Không có phạm vi read:all"),
        ("x", (), 10, "ít nhất một phạm vi"),
        ("x", ("read:scores",), 5000, "từ 1 đến 730 ngày"),
    ):
        with runtime.transaction("test") as session, pytest.raises(BadInput, match=said):
            access_keys.make(session, NewKey(name, scopes, row.agency_id, row.id, None, days), "x", runtime.clock.now())


def test_who_asks_too_often_waits(runtime: Runtime) -> None:
    asked = program(runtime, KONPLONG, "read:status")
    asked.app.state.api_gate.asked.most = 2
    assert [asked.read("/me").status_code for _ in range(3)] == [200, 200, 429]
    assert asked.read("/me").headers["retry-after"] == "60"


# Reading


def test_the_list_has_the_keys_of_the_command_line(either: Runtime, machine: Machine) -> None:
    lead = program(either, "skhdt-dau-moi", "read:occurrences")
    with either.reading() as session:
        wanted = statuses.list_occurrences(session, CODE, DAY, machine.calendar, None, None)
    found: list[Any] = []
    cursor = ""
    while cursor is not None:
        page = lead.json(f"/occurrences?plan={CODE}&limit=70&cursor={cursor}")
        assert lead.queries <= 12
        found += page["items"]
        cursor = page["next"]
    said = [json.loads(json.dumps(line, default=str)) for line in wanted]
    assert sorted(found, key=lambda line: line["key"]) == sorted(said, key=lambda line: line["key"])


def test_an_agency_sees_its_own_work_and_what_comes_to_it(runtime: Runtime) -> None:
    agencies = {line["agency"] for line in program(runtime, KONPLONG).json("/occurrences?limit=1000")["items"]}
    assert "huyen-konplong" in agencies
    assert {"huyen-dakto", "stc"}.isdisjoint(agencies)


def test_filters_narrow_and_columns_choose(runtime: Runtime, sqlite_machine: Machine) -> None:
    sqlite_machine.submit(AGENCY, sent_on=DAY)
    asked = program(runtime, KONPLONG)
    assert asked.json("/occurrences?state=submitted&columns=key,state")["items"] == [
        {"key": AGENCY, "state": "submitted"}
    ]
    found = asked.json("/occurrences?agency=huyen-konplong&due_from=2024-12-01&due_to=2024-12-31&columns=key,due_on")
    assert all("2024-12-01" <= line["due_on"] <= "2024-12-31" for line in found["items"])
    sqlite_machine.at(date(2025, 1, 6))
    late = program(runtime, KONPLONG).json("/occurrences?timeliness=overdue&agency=huyen-konplong")["items"]
    assert {line["timeliness"] for line in late} == {"overdue"}
    everything = program(runtime, KONPLONG).json("/occurrences?agency=huyen-konplong&limit=1000")["items"]
    assert len(late) == sum(line["timeliness"] == "overdue" for line in everything) > 0


def test_what_is_wrong_in_a_question_is_said_at_once(runtime: Runtime) -> None:
    answer = program(runtime, KONPLONG).read("/occurrences?state=xong&due_from=hom-nay&limit=0&cursor=ab")
    assert problem(answer) == (422, "validation", ["state.0", "due_from", "limit", "cursor"])
    assert program(runtime, KONPLONG).read("/occurrences?columns=key,gi").json()["errors"][0]["field"] == "columns"


def test_another_agency_is_not_there_and_asking_for_it_is_noted(either: Runtime) -> None:
    asked = program(either, KONPLONG)
    foreign = asked.portal.foreign
    paths = (f"/occurrences/{DAKTO}", "/occurrences?agency=huyen-dakto", "/occurrences?plan=khong-co", "/reports/7")
    assert [problem(asked.read(path)) for path in paths] == [(404, "not-found", [])] * 4
    events = table("audit_event")
    with either.reading() as session:
        noted = session.execute(select(events.c.actor, events.c.subject).where(events.c.act == "access.foreign")).all()
    assert asked.portal.foreign == foreign + 4
    assert noted == [(f"token:{asked.number}", f"key/{asked.number}/{either.clock.now():%Y-%m-%dT%H}")]


def test_what_a_program_has_is_not_sent_again(runtime: Runtime, sqlite_machine: Machine) -> None:
    asked, path = program(runtime, KONPLONG), f"/occurrences/{AGENCY}"
    first = asked.read(path)
    same = asked.read(path, {"If-None-Match": first.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    sqlite_machine.submit(AGENCY, sent_on=DAY)
    assert asked.read(path, {"If-None-Match": first.headers["etag"]}).status_code == 200


def test_status_is_whole_for_the_lead_and_ones_own_for_others(runtime: Runtime) -> None:
    whole, own = (
        program(runtime, "skhdt-dau-moi").json(f"/status/{CODE}"),
        program(runtime, KONPLONG).json(f"/status/{CODE}"),
    )
    assert list(own["by_agency"]) == ["huyen-konplong"]
    assert own["by_agency"]["huyen-konplong"] == own["total"] == whole["by_agency"]["huyen-konplong"]
    assert len(whole["by_agency"]) > 10


# Writing


def test_a_paper_closes_work_once(either: Runtime, machine: Machine) -> None:
    asked, path = program(either, FINANCE), f"/occurrences/{PAPER}"
    fields = {"number": "231/STC-QLNS", "dated": "2024-12-13", "sent_on": "2024-12-13"}
    files = {"files": ("van-ban.pdf", a_pdf(), "application/pdf")}
    headers = asked.etag(path) | {"Idempotency-Key": "lan-1"}
    first = asked.call("POST", path + "/submissions", headers, data=fields, files=files)
    assert first.status_code == 201, first.text
    again = asked.call("POST", path + "/submissions", headers, data=fields, files=files)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    other = asked.call("POST", path + "/submissions", headers, data=fields | {"number": "232/STC-QLNS"}, files=files)
    assert problem(other) == (422, "idempotency", [])
    whole = asked.json(path)
    assert (whole["submitted_on"], [file["name"] for file in whole["files"]]) == ("2024-12-13", ["van-ban.pdf"])
    assert asked.read(f"/files/{whole['files'][0]['id']}").content == a_pdf()
    assert [row.by_code for row in machine.history(PAPER)][-1] == f"token:{asked.number}"
    assert "phần mềm thử" in words_of(visit(app_of(either), FINANCE).get(f"/viec/{machine.row(PAPER).id}"))


def test_a_paper_is_refused_with_everything_that_is_wrong(runtime: Runtime, sqlite_machine: Machine) -> None:
    asked, path = program(runtime, FINANCE), f"/occurrences/{PAPER}/submissions"
    fields = {"number": "khong dung", "dated": "13/12/2024", "channel": "bồ câu", "authority": "XX."}
    answer = asked.call("POST", path, asked.etag(f"/occurrences/{PAPER}"), data=fields)
    assert problem(answer) == (422, "validation", ["dated", "number", "authority", "channel"])
    nothing = asked.call("POST", path, asked.etag(f"/occurrences/{PAPER}"), data={"result": "xong"})
    assert problem(nothing) == (422, "validation", ["number"])
    bad = {"files": ("x.exe", b"MZ\0\0", "application/octet-stream")}
    good = {"number": "231/STC-QLNS", "dated": "2024-12-13"}
    refused = asked.call("POST", path, asked.etag(f"/occurrences/{PAPER}"), data=good, files=bad)
    assert problem(refused) == (422, "validation", ["files"])
    assert sqlite_machine.row(PAPER).standing.state == "open"


def test_a_write_says_what_it_saw(runtime: Runtime, sqlite_machine: Machine) -> None:
    asked, path = program(runtime, FINANCE), f"/occurrences/{PAPER}"
    fields = {"number": "231/STC-QLNS", "dated": "2024-12-13"}
    assert problem(asked.call("POST", path + "/submissions", data=fields)) == (428, "precondition-required", [])
    seen = asked.etag(path)
    sqlite_machine.submit(PAPER, sent_on=DAY)
    late = asked.call("POST", path + "/submissions", seen, data=fields)
    assert problem(late) == (412, "precondition-failed", [])


def opened(asked: Program, key: str = AGENCY) -> dict[str, Any]:
    answer = asked.call("POST", f"/occurrences/{key}/report")
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_draft_is_saved_whole_over_the_version_that_was_read(runtime: Runtime) -> None:
    asked = program(runtime, KONPLONG)
    report = opened(asked)
    assert opened(asked)["id"] == report["id"]
    path = f"/reports/{report['id']}"
    seen = asked.etag(path)
    saved = asked.call(
        "PUT", path + "/draft", seen, json={"values": {"N3": {"number": "7/BC-UBND", "dated": "2024-12-15"}}}
    )
    assert saved.status_code == 200, saved.text
    assert saved.json()["values"] == {"N3": {"number": "7/BC-UBND", "dated": "2024-12-15"}}
    assert asked.etag(path)["If-Match"] == saved.headers["etag"] != seen["If-Match"]
    assert problem(asked.call("PUT", path + "/draft", seen, json={"values": {}})) == (412, "precondition-failed", [])
    assert problem(asked.call("PUT", path + "/draft", json={"values": {}})) == (428, "precondition-required", [])


def test_every_place_of_a_draft_that_is_wrong_is_named_and_nothing_is_saved(runtime: Runtime) -> None:
    asked = program(runtime, KONPLONG)
    report = opened(asked)
    path = f"/reports/{report['id']}"
    values = {"N3": {"number": 7}, "khong-co": "x", "N4a": "15/12/2024", "N2b": "vua", "A3": {"rows": [{"A3.2": 5}, 3]}}
    answer = asked.call("PUT", path + "/draft", asked.etag(path), json={"values": values})
    assert problem(answer) == (
        422, "validation",
        ["values.N3", "values.khong-co", "values.N4a", "values.N2b", "values.A3.rows.0.A3.2", "values.A3.rows.1"],
    )  # fmt: skip
    assert asked.json(path)["draft_version"] == report["draft_version"]


def test_a_report_is_filled_and_sent_by_a_program(either: Runtime, machine: Machine) -> None:
    asked = program(either, KONPLONG)
    report = opened(asked)
    path = f"/reports/{report['id']}"
    stopped = asked.call("POST", path + "/submissions", asked.etag(path), data={"figures_first": "true"})
    assert stopped.status_code == 422
    assert {one["field"] for one in stopped.json()["errors"]} <= {one["field"] for one in asked.json(path)["messages"]}
    with machine.database.reading() as session:
        caller = access_keys.find_caller(session, asked.token, machine.now, machine.today)
        assert caller is not None
        forms = either.settings.home / "config" / "forms"
        draft = report_drafts.get(
            session, report["id"], caller.visitor, lambda code: form_files.form_of(forms, code), DAY
        )
    values = filled(draft.form, draft.context, {**draft.values})
    saved = asked.call("PUT", path + "/draft", asked.etag(path), json={"values": values})
    assert saved.status_code == 200, saved.text
    headers = {"If-Match": saved.headers["etag"], "Idempotency-Key": "gui-bao-cao"}
    sent = asked.call("POST", path + "/submissions", headers, data={"figures_first": "true"})
    assert sent.status_code == 201, sent.text
    assert [(one["key"], one["state"]) for one in sent.json()["occurrences"]] == [(AGENCY, "submitted")]
    assert asked.call("POST", path + "/submissions", headers, data={"figures_first": "true"}).json() == sent.json()
    assert [one["no"] for one in asked.json(path + "/revisions")] == [1]
    assert set(asked.json(path + "/revisions/1")["values"]) >= set(values)
    assert program(either, "skhdt-dau-moi").json(path)["values"] == asked.json(path + "/revisions/1")["values"]
    assert problem(program(either, "dakto-tckh").read(path)) == (404, "not-found", [])


def test_a_request_is_asked_once_and_read(either: Runtime) -> None:
    asked = program(either, KONPLONG)
    body = {"occurrence": AGENCY, "kind": "difficulty", "reason": "thiếu số liệu của các xã"}
    first = asked.call("POST", "/requests", {"Idempotency-Key": "a"}, json=body)
    assert first.status_code == 201, first.text
    assert asked.call("POST", "/requests", {"Idempotency-Key": "a"}, json=body).json() == first.json()
    assert problem(asked.call("POST", "/requests", json=body)) == (409, "too-late", [])
    (number,) = first.json()["requests"]
    listed = asked.json("/requests")["items"]
    assert listed == [asked.json(f"/requests/{number}")]
    assert (listed[0]["kind"], listed[0]["from"], listed[0]["reason"]) == (
        "difficulty",
        "huyen-konplong",
        body["reason"],
    )
    assert problem(program(either, "dakto-tckh").read(f"/requests/{number}")) == (404, "not-found", [])
    assert problem(asked.call("POST", "/requests", json=body | {"occurrence": DAKTO})) == (404, "not-found", [])


def test_scores_and_results_are_read_as_far_as_the_agency_sees_them(runtime: Runtime) -> None:
    lead, district = program(runtime, "skhdt-dau-moi"), program(runtime, KONPLONG)
    everybody = [row["unit"] for row in lead.json(f"/results/{CODE}/2024")["cooperatives"]]
    own = [row["unit"] for row in district.json(f"/results/{CODE}/2024")["cooperatives"]]
    assert set(own) < set(everybody)
    assert lead.json(f"/scores/{CODE}/htx-tumorong/2024")["state"] is None
    foreign = next(unit for unit in everybody if unit not in own)
    assert problem(district.read(f"/scores/{CODE}/{foreign}/2024")) == (404, "not-found", [])


def test_too_much_json_is_refused_before_it_is_read(runtime: Runtime) -> None:
    asked = program(runtime, KONPLONG)
    answer = asked.call(
        "POST", "/requests", {"Content-Type": "application/json"}, content=b'{"reason": "' + b"a" * 3_000_000 + b'"}'
    )
    assert problem(answer) == (413, "too-large", [])


# Its description


def test_the_description_names_every_address_in_vietnamese(runtime: Runtime) -> None:
    stranger = program(runtime, "", token="")
    said = stranger.read("/api/openapi.json").json()
    operations = [one for path in said["paths"].values() for one in path.values()]
    assert len(operations) > 15
    assert all(one["description"] and one["security"] for one in operations)
    assert problem(stranger.read("/api/v1/khong-co")) == (404, "not-found", [])
    assert problem(stranger.call("DELETE", "/api/v1/me")) == (405, "method-not-allowed", [])


def test_the_page_loads_nothing_from_elsewhere(runtime: Runtime) -> None:
    stranger = program(runtime, "", token="")
    page = stranger.read("/api/docs")
    assert "https://" not in page.text
    assert "script-src 'self';" in page.headers["content-security-policy"]
    for path in ("/static/api.js", "/api/assets/swagger-ui-bundle.js", "/api/assets/swagger-ui.css"):
        assert path in page.text
        assert stranger.get(path).status_code == 200


# The page of keys


def test_a_focal_contact_makes_and_ends_a_key_on_its_page(runtime: Runtime) -> None:
    browser = visit(app_of(runtime), KONPLONG)
    made = browser.post("/ket-noi/khoa", {"ten": "Phần mềm một cửa", "pham_vi": ["read:status"], "so_ngay": "30"})
    assert made.status_code == 200, words_of(made)
    token = next(word for word in words_of(made).split() if word.startswith("htx_"))
    asked = program(runtime, "", token=token)
    assert asked.json("/me")["scopes"] == ["read:status"]
    assert asked.json("/me")["expires_at"][:10] == str(DAY + timedelta(days=30))
    assert token not in browser.get("/ket-noi").text
    number = asked.json("/me")["key"]
    assert visit(app_of(runtime), "dakto-tckh").post(f"/ket-noi/khoa/{number}/bo").status_code == 404
    assert browser.post(f"/ket-noi/khoa/{number}/bo").status_code == 303
    assert problem(asked.read("/me")) == (401, "unauthorized", [])


def test_what_was_typed_is_kept_when_a_key_is_refused(runtime: Runtime) -> None:
    again = visit(app_of(runtime), KONPLONG).post("/ket-noi/khoa", {"ten": "Phần mềm một cửa", "so_ngay": "30"})
    assert again.status_code == 400
    assert "ít nhất một phạm vi" in words_of(again)
    assert 'value="Phần mềm một cửa"' in again.text


def test_a_link_or_a_leader_makes_no_keys(runtime: Runtime) -> None:
    weak: Client = visit(app_of(runtime), KONPLONG, "link")
    assert weak.get("/ket-noi").status_code == 303
    assert visit(app_of(runtime), "skhdt-lanh-dao").get("/ket-noi").status_code == 403

"""Whatever a program sends, the API answers as it is described: schemathesis makes the requests, none ends in an error."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st
from schemathesis import Case

from htx_workflow.domain.plan import Plan
from htx_workflow.runtime import Runtime
from htx_workflow.settings import load_settings
from tests.machine import Machine, MachineClock
from tests.portal import ADDRESS
from tests.programs import Program, program

CODE = "kontum-3819"
KNOWN = {
    "plan": CODE, "duty": "R.agency", "agency": "huyen-konplong", "period": "2024", "unit": "htx-tumorong",
    "year": "2024", "report": 1, "number": 1, "file": 1, "no": 1,
}  # fmt: skip
EXAMPLES = 6


@pytest.fixture
def asked(sqlite_machine: Machine, kontum: Plan) -> Program:
    """A program of a district with a report, a request and a paper of its own."""
    sqlite_machine.load(kontum, on=date(2024, 10, 23))
    sqlite_machine.at(date(2024, 12, 16))
    runtime = Runtime(load_settings(), MachineClock(sqlite_machine), sqlite_machine.database)
    found = program(runtime, "konplong-tckh")
    found.app.state.api_gate.asked.most = 1_000_000
    key = f"{CODE}/R.agency/huyen-konplong/2024"
    assert found.call("POST", f"/occurrences/{key}/report").status_code == 201
    body = {"occurrence": key, "kind": "proposal", "reason": "đề nghị hướng dẫn"}
    assert found.call("POST", "/requests", json=body).status_code == 201
    return found


def send(asked: Program, case: Case) -> Any:
    """The bytes that schemathesis would send, with the key."""
    options = case.as_transport_kwargs(base_url=ADDRESS)
    try:
        ready = requests.Request(**options).prepare()
    except (ValueError, TypeError, AttributeError, requests.exceptions.RequestException):
        return reject()  # no bytes stand for this
    headers = {name: value for name, value in ready.headers.items() if name.lower() != "authorization"}
    headers["Authorization"] = f"Bearer {asked.token}"
    body = ready.body.encode() if isinstance(ready.body, str) else ready.body
    return asked.ask(str(ready.method), str(ready.url), headers=headers, content=body)


def try_out(asked: Program, operation: Any) -> set[int]:
    """Ask one address so often; the statuses it answered. Half of the requests name what is there."""
    statuses: set[int] = set()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(), known=st.booleans())
    def one(case: Case, known: bool) -> None:
        if known:
            case.path_parameters = {name: KNOWN[name] for name in case.path_parameters or {}}
            case.headers = {**(case.headers or {}), "If-Match": "*"}
        answer = send(asked, case)
        statuses.add(answer.status_code)
        assert answer.status_code < 500, (operation.label, case.path_parameters, case.query, case.body, answer.text)
        assert str(answer.status_code) in operation.definition.raw["responses"], (operation.label, answer.status_code)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert set(answer.json()) >= {"type", "title", "status", "detail"}

    one()
    return statuses


def test_no_request_ends_in_a_server_error(asked: Program) -> None:
    schema = schemathesis.openapi.from_dict(asked.read("/api/openapi.json").json())
    statuses: set[int] = set()
    for found in schema.get_all_operations():
        statuses |= try_out(asked, found.ok())
    assert {200, 201, 404, 422} <= statuses

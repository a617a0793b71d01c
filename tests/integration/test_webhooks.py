"""Webhooks: told with the change, signed, tried again, never inside; a real receiver checks them."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import select

from htx_workflow.domain.errors import BadInput, HookLater, HookNever, NotAllowed
from htx_workflow.domain.outward import Rules
from htx_workflow.domain.plan import Plan
from htx_workflow.domain.requests import Kind
from htx_workflow.gateways import hooks as gateway
from htx_workflow.runtime import Runtime
from htx_workflow.services import contacts, hook_delivery, jobs, requests, webhooks
from htx_workflow.services.hook_delivery import Told
from htx_workflow.services.requests import Asking
from htx_workflow.services.webhooks import Made, NewHook
from htx_workflow.settings import load_settings
from htx_workflow.store import hooks
from htx_workflow.store import occurrences as store
from htx_workflow.store import plans as plan_store
from htx_workflow.store.tables import table
from tests.commands import PLAN, htx_here
from tests.integration.test_work_pages import visitor
from tests.machine import SENDER, Machine, MachineClock
from tests.receivers import Receiver, receiver

CODE = "kontum-3819"
STC = f"{CODE}/R.agency/stc/2024"
DAKTO = f"{CODE}/R.agency/huyen-dakto/2024"
DAY = date(2024, 12, 16)
KEY = SENDER.signing_key
HERE = Rules(http=True, listed="127.0.0.0/8")
NAME = "tich-hop.example.vn"


@pytest.fixture
def tinh(machine: Machine, kontum: Plan) -> Machine:
    machine.load(kontum, on=date(2024, 10, 23))
    return machine.at(DAY)


@pytest.fixture
def small(sqlite_machine: Machine, kontum: Plan) -> Machine:
    sqlite_machine.load(kontum, on=date(2024, 10, 23))
    return sqlite_machine.at(DAY)


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver() as found:
        yield found


def subscribe(
    machine: Machine, there: Receiver, contact: str = "stc-dau-moi", *events: str, rules: Rules = HERE, url: str = "",
    **options: Any,
) -> Made:  # fmt: skip
    rows = table("contact")
    with machine.transaction("hook-make") as session:
        row = session.execute(select(rows).where(rows.c.code == contact)).one()
        new = NewHook(url or f"http://127.0.0.1:{there.port}/nhan", events, row.agency_id, row.id, **options)
        made = webhooks.make(session, new, rules, KEY, contact, machine.now)
    there.secret, there.now = made.secret, int(machine.now.timestamp())
    return made


def deliver(machine: Machine, rules: Rules = HERE, **options: Any) -> Told:
    async def run() -> Told:
        async with gateway.poster(rules, **options) as poster:
            return await hook_delivery.deliver(machine.database, poster, KEY, lambda: machine.now)

    return asyncio.run(run())


def queue(machine: Machine) -> list[Any]:
    rows = table("webhook_delivery")
    with machine.database.reading() as session:
        return list(session.execute(select(rows).order_by(rows.c.id)))


def test_a_change_is_told_signed_and_checked(tinh: Machine, there: Receiver) -> None:
    subscribe(tinh, there)
    tinh.submit(STC, sent_on=DAY)
    tinh.verify(STC)
    tinh.submit(DAKTO, sent_on=DAY)
    assert deliver(tinh) == Told(sent=2)
    assert sorted(there.taken, key=lambda one: one["data"]["revision"]) == [
        {
            "type": f"occurrence.{word}", "timestamp": tinh.now.isoformat(),
            "data": {
                "key": STC, "plan": CODE, "agency": "stc", "act": act, "state": state, "due_on": "2024-12-16",
                "submitted_on": "2024-12-16", "happened_on": "2024-12-16", "revision": revision,
            },
        }
        for word, act, state, revision in (("submitted", "submit", "submitted", 2), ("verified", "verify", "done", 3))
    ]  # fmt: skip
    assert deliver(tinh) == Told()


def test_a_forged_or_replayed_notice_is_refused_by_the_receiver(small: Machine, there: Receiver) -> None:
    subscribe(small, there)
    small.submit(STC, sent_on=DAY)
    deliver(small)
    headers, body = there.asked[0], there.bodies[0]
    assert there.take(headers, body) == 204
    assert there.take(headers, body.replace(b"stc", b"khac")) == 401
    there.now += 400
    assert there.take(headers, body) == 401
    assert (len(there.taken), len(there.refused)) == (1, 2)


def test_what_is_not_taken_is_tried_again_under_the_same_id(small: Machine, there: Receiver) -> None:
    subscribe(small, there)
    small.submit(STC, sent_on=DAY)
    there.answers = [500, 302]
    there.location = f"http://127.0.0.1:{there.port}/khac"
    assert deliver(small) == Told(retry=1)
    assert queue(small)[0].reason == "máy nhận trả lời 500"
    assert deliver(small) == Told()
    assert deliver(small.later(minutes=2)) == Told(retry=1)
    small.later(minutes=10)
    there.now = int(small.now.timestamp())
    assert deliver(small) == Told(sent=1)
    assert len({headers["webhook-id"] for headers in there.asked}) == 1
    assert len({headers["webhook-timestamp"] for headers in there.asked}) == 3
    assert len(there.taken) == 1


def test_after_three_days_it_has_failed_and_is_an_alarm(small: Machine, there: Receiver) -> None:
    made = subscribe(small, there)
    small.submit(STC, sent_on=DAY)
    there.answers = [503] * 20
    told = Told()
    for _ in range(len(hook_delivery.RETRY) + 1):
        told = deliver(small.later(days=1))
    assert told.failed == 1
    assert told.problems == [
        f"Thông báo {queue(small)[0].key} tới địa chỉ số {made.number} không gửi được:"
        " không nhận sau 10 lần gửi: máy nhận trả lời 503"
    ]
    assert deliver(small.later(days=1)) == Told()


def test_a_receiver_that_is_gone_for_good_is_not_asked_again(small: Machine, there: Receiver) -> None:
    subscribe(small, there)
    small.submit(STC, sent_on=DAY)
    there.answers = [410]
    assert (deliver(small).failed, queue(small)[0].state) == (1, "failed")


def test_a_lease_that_ran_out_is_taken_again(tinh: Machine, there: Receiver) -> None:
    subscribe(tinh, there)
    tinh.submit(STC, sent_on=DAY)
    with tinh.transaction() as session:
        (lost,) = hooks.lease(session, tinh.now, tinh.now + hook_delivery.LEASE, DAY, 8)
    assert deliver(tinh) == Told()
    tinh.later(minutes=4)
    there.now = int(tinh.now.timestamp())
    assert deliver(tinh) == Told(sent=1)
    with tinh.transaction() as session:
        assert not hooks.settle(session, lost, "failed", "chậm", tinh.now, None)


def test_nobody_is_told_what_was_taken_back(small: Machine, there: Receiver) -> None:
    subscribe(small, there)
    rows = table("occurrence_change")
    row = small.row(STC)
    change = store.Change(row.id, "submit", row.standing, row.standing, DAY, small.now, DAY, "x", None)
    with small.database.rehearsal() as session:
        store.record(session, [change])
    assert queue(small) == []
    with small.database.reading() as session:
        assert len(list(session.execute(select(rows).where(rows.c.occurrence_id == row.id)))) == 1


def test_events_and_plans_are_chosen(small: Machine, there: Receiver) -> None:
    with small.database.reading() as session:
        plan = plan_store.find_plan(session, CODE)
    subscribe(small, there, "stc-dau-moi", "occurrence.verified")
    subscribe(small, there, "skhdt-dau-moi", "occurrence.submitted", plan=plan, whole=True)
    small.submit(STC, DAKTO, sent_on=DAY)
    small.verify(STC)
    assert sorted((row.webhook_id, row.event) for row in queue(small)) == [
        (1, "occurrence.verified"), (2, "occurrence.submitted"), (2, "occurrence.submitted"),
    ]  # fmt: skip


def test_requests_are_told_to_who_asks_and_who_decides(small: Machine, there: Receiver) -> None:
    subscribe(small, there, "stc-dau-moi")
    subscribe(small, there, "skhdt-dau-moi")
    with small.transaction("request-ask") as session:
        asking = Asking(Kind.WAIVER, STC, "không phát sinh")
        (number,) = requests.ask(session, asking, None, small.calendars, small.when("stc-dau-moi"), small.style)
    with small.transaction("request-withdraw") as session:
        requests.withdraw(session, number, None, small.calendars, small.when())
    told = [(row.webhook_id, row.event) for row in queue(small) if row.event.startswith("request")]
    assert sorted(told) == [(hook, f"request.{word}") for hook in (1, 2) for word in ("raised", "withdrawn")]


def test_a_webhook_ends_with_the_contact_that_answers_for_it(tinh: Machine, there: Receiver) -> None:
    subscribe(tinh, there)
    tinh.submit(STC, sent_on=DAY)
    with tinh.transaction() as session:
        contacts.end(session, "stc-dau-moi", "system", tinh.now, DAY)
    tinh.verify(STC)
    assert [(row.state, row.reason) for row in queue(tinh)] == [("cancelled", "địa chỉ nhận đã kết thúc")]
    assert deliver(tinh) == Told()
    assert there.asked == []


def test_only_the_lead_or_an_administrator_hears_of_everything(small: Machine, there: Receiver) -> None:
    who = visitor(small, "stc-dau-moi")
    with small.database.reading() as session:
        plan = plan_store.find_plan(session, CODE)
    new = NewHook("https://tich-hop.example.vn/", (), who.agency_id, who.contact_id, None, plan, True)
    with small.transaction() as session, pytest.raises(NotAllowed, match="cơ quan chủ trì"):
        webhooks.make(session, new, Rules(), KEY, who.actor, small.now, who)


def test_the_delivery_job_tells_what_waits(
    small: Machine, there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setenv("HTX_WEBHOOK_HTTP", "true")
    monkeypatch.setenv("HTX_WEBHOOK_HOSTS", "127.0.0.0/8")
    tools = Runtime(load_settings(), MachineClock(small), small.database).tools()
    subscribe(small, there)
    small.submit(STC, sent_on=DAY)
    there.answers = [204]
    assert asyncio.run(jobs.tell_others(tools)) == Told(sent=1)
    assert asyncio.run(jobs.tell_others(tools)) == Told()


# Nothing inside


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://[::ffff:127.0.0.1]:{port}/"]
)
def test_nothing_is_sent_to_this_machine(small: Machine, there: Receiver, url: str) -> None:
    """Also where a name resolves to it: `localhost` does."""
    subscribe(small, there, rules=HERE, url=f"http://{NAME}/")
    rows = table("webhook")
    with small.transaction() as session:
        session.execute(rows.update().values(url=url.format(port=there.port)))
    small.submit(STC, sent_on=DAY)
    told = deliver(small, Rules(http=True))
    assert (told.failed, "nội bộ hoặc của chính máy này" in told.problems[0]) == (1, True)
    assert there.asked == []


def test_a_webhook_to_this_machine_is_not_even_made(small: Machine, there: Receiver) -> None:
    with pytest.raises(BadInput, match="địa chỉ nội bộ"):
        subscribe(small, there, rules=Rules(http=True))


def test_one_shut_address_among_several_shuts_the_name() -> None:
    async def run() -> int:
        async with gateway.poster(Rules(http=True), resolve=answering("8.8.8.8", "10.0.0.1")) as poster:
            return await poster.post(f"http://{NAME}/", {}, b"{}")

    with pytest.raises(HookNever, match=r"10\.0\.0\.1"):
        asyncio.run(run())


def answering(*addresses: str) -> gateway.Resolve:
    """A name server that gives these addresses the first time, and the loopback address ever after."""
    calls: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        calls.append(host)
        return list(addresses) if len(calls) == 1 else ["127.0.0.1"]

    return resolve


def test_the_connection_goes_to_the_address_that_was_checked(there: Receiver) -> None:
    """Under its name in the Host header; the name is not looked up again."""

    async def run() -> int:
        rules = Rules(http=True, listed="127.0.0.2/32")
        async with gateway.poster(rules, resolve=answering("127.0.0.2")) as poster:
            return await poster.post(f"http://{NAME}:{there.port}/nhan", {}, b"{}")

    there.answers = [200]
    with pytest.raises(HookLater):
        asyncio.run(run())  # nobody listens at 127.0.0.2
    assert there.asked == []


def certificate(folder: Path, name: str) -> tuple[Path, ssl.SSLContext]:
    """A certificate of this name that signs itself, and the context of a server that shows it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)  # noqa: TID251 - certificates are of the machine's day
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / f"{name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return pem, context


@pytest.mark.parametrize(("name", "taken"), [(NAME, True), ("khac.example.vn", False)])
def test_the_certificate_is_that_of_the_name(tmp_path: Path, name: str, taken: bool) -> None:
    pem, context = certificate(tmp_path, name)

    async def run(port: int) -> int:
        async with gateway.poster(Rules(listed=NAME), pem, resolve=answering("127.0.0.1")) as poster:
            return await poster.post(f"https://{NAME}:{port}/nhan", {}, b"{}")

    with receiver(tls=context) as there:
        there.answers = [200]
        if taken:
            assert asyncio.run(run(there.port)) == 200
            assert there.asked[0]["host"] == f"{NAME}:{there.port}"
        else:
            with pytest.raises(HookLater):
                asyncio.run(run(there.port))
            assert there.asked == []


def test_a_notice_that_is_too_long_is_not_sent(there: Receiver) -> None:
    async def run() -> int:
        async with gateway.poster(HERE) as poster:
            return await poster.post(f"http://127.0.0.1:{there.port}/", {}, b"a" * 20_000)

    with pytest.raises(HookNever, match="20000 byte"):
        asyncio.run(run())


# The command line


def test_webhooks_and_keys_from_the_command_line(tmp_path: Path, there: Receiver) -> None:
    settings = {
        "var_dir": str(tmp_path), "today": "2024-12-16", "webhook_http": "true", "webhook_hosts": "127.0.0.0/8",
    }  # fmt: skip
    assert htx_here("plan", "load", str(PLAN), "--on", "2024-10-23", **settings).code == 0
    url = f"http://127.0.0.1:{there.port}/nhan"
    made = htx_here("webhook", "add", url, "--contact", "stc-dau-moi", "--json", **settings).json
    there.secret, there.answers = made["secret"], [200]
    assert htx_here("webhook", "test", str(made["number"]), **settings).out == "Máy nhận trả lời 200.\n"
    there.answers = [500]
    refused = htx_here("webhook", "test", str(made["number"]), **settings)
    assert (refused.code, refused.err) == (1, "máy nhận trả lời 500\n")
    assert [row["url"] for row in htx_here("webhook", "list", "--json", **settings).json] == [url]
    assert htx_here("webhook", "remove", str(made["number"]), **settings).code == 0
    assert htx_here("webhook", "list", "--json", **settings).json == []
    shut = htx_here("webhook", "add", "https://10.0.0.1/", "--contact", "stc-dau-moi", **settings)
    assert (shut.code, "địa chỉ nội bộ" in shut.err) == (1, True)

    key = htx_here(
        "token", "add", "Phần mềm", "--contact", "stc-dau-moi", "--scope", "read:status", "--json", **settings
    ).json
    (row,) = htx_here("token", "list", "--agency", "stc", "--json", **settings).json
    assert (row["id"], row["scopes"], row["used_on"]) == (key["number"], ["read:status"], None)
    assert htx_here("token", "revoke", str(key["number"]), **settings).code == 0
    assert htx_here("token", "revoke", str(key["number"]), **settings).code == 1

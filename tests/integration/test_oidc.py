"""Sign-in by the province's service, at a real OpenID Connect provider that the tests start."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy import select

from htx_workflow.domain.calendar import WorkingCalendar
from htx_workflow.domain.errors import NotAllowed
from htx_workflow.gateways.oidc import Provider as Service
from htx_workflow.gateways.oidc import Secrets, SignInService
from htx_workflow.runtime import Runtime
from htx_workflow.services import contacts
from htx_workflow.services.composing import Style
from htx_workflow.settings import load_settings
from htx_workflow.store.database import Database
from htx_workflow.store.tables import table
from htx_workflow.web import attempts
from htx_workflow.web.portal import COOKIE
from tests.factories import a_plan, plan_data
from tests.machine import Machine, MachineClock
from tests.oidc_provider import Provider, oidc_provider
from tests.portal import ADDRESS, Client, Page, browser, words_of

NAME = "tài khoản tỉnh Mẫu"
SECRETS = Secrets("trang-thai", "mot-lan", "v" * 43)
HERE = "/vao/cong-vu"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with oidc_provider() as found:
        found.person("so", email="So@example.vn", email_verified=True)
        found.person("chua", email="so@example.vn", email_verified=False)
        found.person("la", email="nguoi-la@example.vn", email_verified=True)
        found.person("chung", email="chung@example.vn", email_verified=True)
        found.person("trong", name="Không có địa chỉ")
        yield found


@pytest.fixture(scope="module")
def loaded_once(
    tmp_path_factory: pytest.TempPathFactory,
    sqlite_template: Path,
    calendars: dict[str, WorkingCalendar],
    style: Style,
) -> Path:
    """The small plan, loaded; two contacts of the lead agency share a mailbox."""
    folder = tmp_path_factory.mktemp("oidc")
    shutil.copy(sqlite_template, folder / "htx.sqlite3")
    database = Database(f"sqlite:///{folder / 'htx.sqlite3'}", durable=False)
    shared = [
        {"code": f"chung-{n}", "agency": "so", "address": "chung@example.vn", "shared": True, "name": f"Người {n}"}
        for n in (1, 2)
    ]
    machine = Machine(database, calendars, style, folder)
    machine.load(a_plan(contacts=[*plan_data()["contacts"], *shared]), on=date(2025, 11, 1))
    database.close()
    return folder / "htx.sqlite3"


@pytest.fixture
def machine_now(
    loaded_once: Path, calendars: dict[str, WorkingCalendar], style: Style, tmp_path: Path
) -> Iterator[Machine]:
    """A machine of today: the provider's clock is the real one."""
    shutil.copy(loaded_once, tmp_path / "htx.sqlite3")
    database = Database(f"sqlite:///{tmp_path / 'htx.sqlite3'}", durable=False)
    machine = Machine(database, calendars, style, tmp_path / "mailbox")
    machine.now = real_now()
    yield machine
    database.close()


@pytest.fixture
def portal(machine_now: Machine, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser nobody is signed in with."""
    monkeypatch.setenv("HTX_BASE_URL", ADDRESS)
    monkeypatch.setenv("HTX_OIDC_ISSUER", provider.issuer)
    monkeypatch.setenv("HTX_OIDC_CLIENT_ID", "htx")
    monkeypatch.setenv("HTX_OIDC_CLIENT_SECRET", "bí mật & dài")
    monkeypatch.setenv("HTX_OIDC_NAME", NAME)
    return browser(Runtime(load_settings(), MachineClock(machine_now), machine_now.database))


def real_now() -> datetime:
    """The provider lives in real time."""
    return datetime.now(UTC)  # noqa: TID251 - see above


def go(client: Client, tiep: str = "/viec") -> str:
    """Press the link: where the browser is sent."""
    answer = client.get(f"{HERE}?{urlencode({'tiep': tiep})}")
    assert answer.status_code == 303
    return str(answer.headers["location"])


def come_back(client: Client, given: dict[str, str]) -> Any:
    return client.get(f"{HERE}/ve?{urlencode(given)}")


def with_query(address: str, **values: str) -> str:
    parts = urlsplit(address)
    query = {name: found[0] for name, found in parse_qs(parts.query).items()} | values
    return urlunsplit(parts._replace(query=urlencode(query)))


def sessions(database: Database) -> list[tuple[str, str]]:
    """(contact, strength) of the sessions there are."""
    rows, people = table("credential"), table("contact")
    with database.reading() as session:
        return [
            (row.code, row.strength)
            for row in session.execute(
                select(people.c.code, rows.c.strength)
                .join(people, people.c.id == rows.c.contact_id)
                .where(rows.c.kind == "session")
                .order_by(rows.c.id)
            )
        ]


# The way in


def test_without_settings_nothing_is_shown_and_nothing_answers(machine_now: Machine) -> None:
    client = browser(Runtime(load_settings(), MachineClock(machine_now), machine_now.database))
    assert HERE not in client.get("/vao").text
    assert [client.get(HERE).status_code, client.get(f"{HERE}/ve").status_code] == [404, 404]


def test_an_account_with_the_address_of_one_contact_comes_in_as_with_a_code(portal: Client, provider: Provider) -> None:
    assert f"Đăng nhập bằng {NAME}" in words_of(portal.get("/vao"))
    page = come_back(portal, provider.sign_in(go(portal), "so"))
    assert (page.status_code, portal.written, sessions(portal.portal.runtime.database)) == (200, [], [])
    assert "form-action 'self'" in page.headers["content-security-policy"]
    answer = portal.post(HERE, Page(page).hidden, mark=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/viec")
    assert sessions(portal.portal.runtime.database) == [("so-1", "code")]
    assert portal.get("/ban", follow=True).status_code == 200


def test_leaving_ends_the_session_here(portal: Client, provider: Provider) -> None:
    page = come_back(portal, provider.sign_in(go(portal), "so"))
    portal.post(HERE, Page(page).hidden, mark=False)
    assert portal.post("/thoat").headers["location"] == "/vao?xong=thoat"
    assert COOKIE not in portal.cookies


def test_the_way_there_carries_state_nonce_and_a_challenge_and_comes_back_here(portal: Client) -> None:
    asked = {name: found[0] for name, found in parse_qs(urlsplit(go(portal)).query).items()}
    assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == ("code", "htx", "S256")
    assert (asked["scope"], asked["redirect_uri"]) == ("openid email", f"{ADDRESS}{HERE}/ve")
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43


def test_contacts_that_share_the_address_are_asked_who(portal: Client, provider: Provider) -> None:
    page = come_back(portal, provider.sign_in(go(portal), "chung"))
    assert [each in words_of(page) for each in ("Người 1", "Người 2")] == [True, True]
    numbers = [each["value"] for each in Page(page).all("input") if each.get("name") == "dau_moi"]
    portal.post(HERE, {**Page(page).hidden, "dau_moi": numbers[1]}, mark=False)
    assert sessions(portal.portal.runtime.database) == [("chung-2", "code")]


def test_another_contact_than_those_of_the_address_is_refused(portal: Client, provider: Provider) -> None:
    page = come_back(portal, provider.sign_in(go(portal), "chung"))
    with portal.portal.reading() as session:
        other = contacts.get(session, "huyen-a-1").id
    assert portal.post(HERE, {**Page(page).hidden, "dau_moi": str(other)}, mark=False).status_code == 403
    assert sessions(portal.portal.runtime.database) == []


def test_another_site_is_no_place_to_go_on_to(portal: Client, provider: Provider) -> None:
    page = come_back(portal, provider.sign_in(go(portal, "https://xau.example.vn/"), "so"))
    assert portal.post(HERE, Page(page).hidden, mark=False).headers["location"] == "/"


# Bad input


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("chua", "chưa có địa chỉ thư điện tử được xác minh"),
        ("trong", "chưa có địa chỉ thư điện tử được xác minh"),
        ("la", "địa chỉ nguoi-la@example.vn, chưa phải địa chỉ của đầu mối nào"),
    ],
)
def test_an_account_that_is_nobodys_is_told_what_to_do(
    portal: Client, provider: Provider, subject: str, said: str
) -> None:
    answer = come_back(portal, provider.sign_in(go(portal), subject))
    assert (answer.status_code, said in words_of(answer), "Gửi mã đăng nhập" in words_of(answer)) == (403, True, True)
    assert sessions(portal.portal.runtime.database) == []


def test_an_answer_with_another_state_opens_nothing(portal: Client, provider: Provider) -> None:
    given = provider.sign_in(go(portal), "so")
    answer = come_back(portal, {**given, "state": "x" * 43})
    assert (answer.status_code, "hết hiệu lực, đã dùng rồi" in words_of(answer)) == (403, True)


def test_an_answer_for_another_browser_opens_nothing(portal: Client, provider: Provider) -> None:
    given = provider.sign_in(go(portal), "so")
    assert come_back(browser(portal.app), given).status_code == 403


def test_a_token_with_another_nonce_opens_nothing(portal: Client, provider: Provider) -> None:
    given = provider.sign_in(with_query(go(portal), nonce="khac"), "so")
    answer = come_back(portal, given)
    assert (answer.status_code, "chưa xác nhận được lần này" in words_of(answer)) == (403, True)


def test_an_answer_used_twice_opens_nothing_the_second_time(portal: Client, provider: Provider) -> None:
    given = provider.sign_in(go(portal), "so")
    first = come_back(portal, given)
    assert (first.status_code, come_back(portal, given).status_code) == (200, 403)
    assert sessions(portal.portal.runtime.database) == []


def test_a_proof_is_good_for_its_own_attempt_only(portal: Client, provider: Provider) -> None:
    proof = Page(come_back(portal, provider.sign_in(go(portal), "so"))).hidden
    go(portal)
    assert portal.post(HERE, proof, mark=False).status_code == 403
    assert portal.post(HERE, {**proof, "bang_chung": "a.b"}, mark=False).status_code == 403


def test_a_person_who_says_no_there_is_back_at_the_ways_in(portal: Client) -> None:
    state = parse_qs(urlsplit(go(portal)).query)["state"][0]
    answer = come_back(portal, {"error": "access_denied", "state": state})
    assert (answer.status_code, f"Chưa đăng nhập được bằng {NAME}" in words_of(answer)) == (403, True)


def test_a_service_that_is_down_leaves_the_code_by_mail(portal: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTX_OIDC_ISSUER", "http://localhost:9")
    client = browser(Runtime(load_settings(), portal.portal.runtime.clock, portal.portal.runtime.database))
    answer = client.get(HERE)
    assert (answer.status_code, "chưa trả lời" in words_of(answer)) == (502, True)
    assert "Gửi mã đăng nhập" in words_of(answer)


def test_the_challenge_is_that_of_the_verifier_which_only_this_machine_can_make(portal: Client) -> None:
    asked = {name: found[0] for name, found in parse_qs(urlsplit(go(portal)).query).items()}
    runtime = portal.portal.runtime
    attempt = attempts.read(runtime.sender().signing_key, portal.cookies["htx_cong_vu"], runtime.clock.now())
    assert attempt is not None
    own = attempt.secrets(runtime.sender().signing_key)
    digest = base64.urlsafe_b64encode(sha256(own.verifier.encode()).digest()).decode().rstrip("=")
    assert (asked["state"], asked["nonce"], asked["code_challenge"]) == (own.state, own.nonce, digest)
    later = runtime.clock.now() + timedelta(minutes=11)
    assert attempts.read(runtime.sender().signing_key, portal.cookies["htx_cong_vu"], later) is None
    assert own.verifier not in portal.cookies["htx_cong_vu"]


# Tokens


@pytest.fixture
def service(provider: Provider) -> SignInService:
    return SignInService(Service(provider.issuer, "htx", "x", NAME, f"{ADDRESS}{HERE}/ve"))


def token_for(provider: Provider, client: str) -> str:
    """An ID token that the provider made for this client, with our nonce."""
    seen: list[str] = []

    class Keeps(SignInService):
        def verify(self, token: str, nonce: str, now: datetime) -> dict[str, Any]:
            seen.append(token)
            return super().verify(token, nonce, now)

    other = Keeps(Service(provider.issuer, client, "x", NAME, f"{ADDRESS}{HERE}/ve"))
    given = provider.sign_in(other.address_to_go(SECRETS, real_now()), "so")
    assert other.who_came(given["code"], SECRETS, datetime.now(UTC)).address == "So@example.vn"  # noqa: TID251
    return seen[0]


def test_a_token_made_for_another_client_is_refused(provider: Provider, service: SignInService) -> None:
    token = token_for(provider, "khac")
    with pytest.raises(NotAllowed):
        service.verify(token, SECRETS.nonce, real_now())


def test_a_token_that_has_run_out_is_refused(provider: Provider, service: SignInService) -> None:
    token = token_for(provider, "htx")
    assert service.verify(token, SECRETS.nonce, real_now() + timedelta(seconds=30))["aud"] in ("htx", ["htx"])
    with pytest.raises(NotAllowed):
        service.verify(token, SECRETS.nonce, real_now() + timedelta(hours=2))


def claims(provider: Provider, **changes: Any) -> dict[str, Any]:
    moment = int(real_now().timestamp())
    base = {
        "iss": provider.issuer,
        "aud": "htx",
        "sub": "so",
        "nonce": SECRETS.nonce,
        "iat": moment,
        "exp": moment + 60,
    }
    return {**base, **changes}


def test_a_token_signed_by_somebody_else_or_by_nobody_is_refused(provider: Provider, service: SignInService) -> None:
    said = claims(provider)
    stranger = RSAKey.generate_key(2048)
    forged = jwt.encode({"alg": "RS256"}, said, stranger)
    shared = jwt.encode({"alg": "HS256"}, said, OctKey.import_key("htx-" * 10))
    unsigned = ".".join([_part({"alg": "none"}), _part(said), ""])
    for token in (forged, shared, unsigned, "", "a.b.c"):
        with pytest.raises(NotAllowed):
            service.verify(token, SECRETS.nonce, real_now())


def _part(values: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")

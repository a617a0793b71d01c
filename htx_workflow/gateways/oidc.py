"""The province's sign-in service (OpenID Connect): where to send a person, and who the service says came back.

Authorization code with PKCE. What the service publishes (discovery, keys) is kept for an hour; keys are read anew, at
most once a minute, when a token names one that is not known. Only signed ID tokens of the algorithms below count.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import quote_plus

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from htx_workflow.domain.errors import HtxError, NotAllowed

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Never `none`, never a shared secret."""
SCOPE = "openid email"
KEPT, KEYS_AGAIN = timedelta(hours=1), timedelta(minutes=1)
LEEWAY = 60
"""Seconds by which clocks may differ."""
SECONDS = 10.0
MOST_BYTES = 1_000_000
DOWN = "Dịch vụ đăng nhập {name} chưa trả lời. Đề nghị đăng nhập bằng mã gửi tới hộp thư, ở ngay trang này."
REFUSED = "Dịch vụ đăng nhập {name} chưa xác nhận được lần này. Đề nghị bấm đăng nhập lại, hoặc đăng nhập bằng mã."


class ServiceDown(NotAllowed):
    """The service does not answer, or not in a way that can be understood."""


@dataclass(frozen=True, slots=True)
class Provider:
    """The service, and who we are there."""

    issuer: str
    client_id: str
    client_secret: str
    name: str
    back: str
    """Our address that it sends people back to."""
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Secrets:
    """What belongs to one attempt: three texts that only this installation can make, from the ticket of the browser."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the service says it is. The address counts only when the service has verified it."""

    subject: str
    address: str
    verified: bool


class SignInService:
    """One service; safe to ask from several threads."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._lock = Lock()
        self._metadata: OpenIDProviderMetadata | None = None
        self._keys: KeySet | None = None
        self._read_at: datetime | None = None
        self._keys_at: datetime | None = None

    def address_to_go(self, secrets: Secrets, now: datetime) -> str:
        """Where the browser goes to sign in. Raises ServiceDown."""
        metadata = self._known(now)
        address: str = prepare_grant_uri(
            str(metadata["authorization_endpoint"]), self.provider.client_id, "code", redirect_uri=self.provider.back,
            scope=SCOPE, state=secrets.state, nonce=secrets.nonce,
            code_challenge=create_s256_code_challenge(secrets.verifier), code_challenge_method="S256",
        )  # fmt: skip
        return address

    def who_came(self, code: str, secrets: Secrets, now: datetime) -> Identity:
        """Who the code stands for. Raises ServiceDown, or NotAllowed when the service does not vouch for this attempt."""
        metadata = self._known(now)
        answer = self._exchange(metadata, code, secrets)
        claims = self.verify(str(answer.get("id_token", "")), secrets.nonce, now)
        if "email" not in claims and metadata.get("userinfo_endpoint"):
            claims = {**self._userinfo(metadata, str(answer.get("access_token", "")), str(claims["sub"])), **claims}
        verified = claims.get("email_verified") in (True, "true")
        return Identity(str(claims["sub"]), str(claims.get("email", "")).strip(), verified)

    def verify(self, token: str, nonce: str, now: datetime) -> dict[str, Any]:
        """The claims of an ID token that this service made for us, now, and for this attempt. Raises NotAllowed."""
        moment = int(now.timestamp())
        registry = jwt.JWTClaimsRegistry(
            now=moment, leeway=LEEWAY, iss={"essential": True, "value": str(self._known(now)["issuer"])},
            aud={"essential": True, "value": self.provider.client_id}, exp={"essential": True},
            iat={"essential": True}, sub={"essential": True}, nonce={"essential": True, "value": nonce},
        )  # fmt: skip
        try:
            claims = self._decoded(token, now)
            registry.validate(claims)
        except (JoseError, ValueError) as error:
            raise self._refused(f"{type(error).__name__}") from error
        audience = claims["aud"]
        if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != self.provider.client_id:
            raise self._refused("azp")
        return claims

    def _decoded(self, token: str, now: datetime) -> dict[str, Any]:
        """Signed by a key of the service; by one that it published just now as well."""
        try:
            return dict(jwt.decode(token, self._signers(now), algorithms=ALGORITHMS).claims)
        except (JoseError, ValueError):
            if self._keys_at is not None and now - self._keys_at < KEYS_AGAIN:
                raise
            return dict(jwt.decode(token, self._signers(now, anew=True), algorithms=ALGORITHMS).claims)

    def _refused(self, why: str) -> NotAllowed:
        error = NotAllowed(REFUSED.format(name=self.provider.name))
        error.add_note(why)
        return error

    def _down(self, why: object) -> ServiceDown:
        error = ServiceDown(DOWN.format(name=self.provider.name))
        error.add_note(f"{self.provider.issuer}: {why}")
        return error

    # What it publishes

    def _known(self, now: datetime) -> OpenIDProviderMetadata:
        with self._lock:
            if self._metadata is None or self._read_at is None or not timedelta() <= now - self._read_at < KEPT:
                self._metadata, self._read_at, self._keys = self._discover(), now, None
            return self._metadata

    def _discover(self) -> OpenIDProviderMetadata:
        found = self._json("GET", get_well_known_url(self.provider.issuer, external=True))
        wanted = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
        if any(not isinstance(found.get(name), str) for name in wanted):
            raise self._down("discovery lacks an endpoint")
        if str(found["issuer"]).rstrip("/") != self.provider.issuer.rstrip("/"):
            raise self._down(f"issuer is {found['issuer']}")
        for name in wanted[1:]:
            if self.provider.issuer.startswith("https://") and not str(found[name]).startswith("https://"):
                raise self._down(f"{name} is not https")
        return OpenIDProviderMetadata(found)

    def _signers(self, now: datetime, *, anew: bool = False) -> KeySet:
        metadata = self._known(now)
        with self._lock:
            if self._keys is None or anew:
                found = self._json("GET", str(metadata["jwks_uri"]))
                try:
                    self._keys, self._keys_at = KeySet.import_key_set(found), now  # type: ignore[arg-type]  # checked there
                except (JoseError, ValueError, KeyError, TypeError) as error:
                    raise self._down(f"jwks: {error}") from error
            return self._keys

    # Asking it

    def _exchange(self, metadata: OpenIDProviderMetadata, code: str, secrets: Secrets) -> Mapping[str, Any]:
        provider = self.provider
        body = prepare_token_request(
            "authorization_code", redirect_uri=provider.back, code=code, code_verifier=secrets.verifier
        )
        ways = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        auth = None
        if not provider.client_secret or "client_secret_basic" not in ways:
            own = {"client_id": provider.client_id}
            own |= {"client_secret": provider.client_secret} if provider.client_secret else {}
            body = "&".join([body, *(f"{name}={quote_plus(value)}" for name, value in own.items())])
        else:
            auth = httpx.BasicAuth(quote_plus(provider.client_id), quote_plus(provider.client_secret))
        return self._json("POST", str(metadata["token_endpoint"]), body=body, auth=auth)

    def _userinfo(self, metadata: OpenIDProviderMetadata, access_token: str, subject: str) -> Mapping[str, Any]:
        found = self._json("GET", str(metadata["userinfo_endpoint"]), bearer=access_token)
        return found if found.get("sub") == subject else {}

    def _json(
        self, method: str, url: str, *, body: str = "", auth: httpx.Auth | None = None, bearer: str = ""
    ) -> dict[str, Any]:
        """What it answers. An answer 4xx is a refusal of this attempt, anything else that is no JSON is its trouble."""
        headers = {"Accept": "application/json"}
        headers |= {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        headers |= {"Authorization": f"Bearer {bearer}"} if bearer else {}
        try:
            with self._client() as client:
                answer = client.request(method, url, content=body or None, headers=headers, auth=auth)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise self._down(error) from error
        if method == "POST" and 400 <= answer.status_code < 500:
            raise self._refused(f"token endpoint {answer.status_code}")
        if answer.status_code != 200 or len(answer.content) > MOST_BYTES:
            raise self._down(f"{url} {answer.status_code}")
        try:
            found = answer.json()
        except ValueError as error:
            raise self._down(f"{url}: no JSON") from error
        if not isinstance(found, dict):
            raise self._down(f"{url}: no object")
        return found

    def _client(self) -> httpx.Client:
        provider = self.provider
        verify: ssl.SSLContext | bool = True
        if provider.ca_file is not None:
            verify = ssl.create_default_context(cafile=str(provider.ca_file))
        return httpx.Client(verify=verify, timeout=SECONDS, follow_redirects=False, trust_env=False)


def notes_of(error: HtxError) -> str:
    """What is for the log only."""
    return "; ".join(getattr(error, "__notes__", ()))


Service = Callable[[], SignInService | None]

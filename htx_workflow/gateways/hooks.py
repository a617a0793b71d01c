"""Sends notices to other systems over HTTPS: to the address looked up and checked just now, and to no other.

The name is resolved here, every address it has is checked, and the connection goes to the one that was checked: a name
that answers differently a moment later (DNS rebinding) gains nothing. The certificate is that of the name. Redirects
are not followed, proxies of the environment are not used, the answer's body is not read.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

import httpx

from htx_workflow.domain.errors import BadInput, HookLater, HookNever
from htx_workflow.domain.outward import Address, Rules, Target

SECONDS = 10.0
MOST_BYTES = 16_384
"""Of one notice."""
Resolve = Callable[[str, int], Awaitable[list[str]]]


async def resolved(host: str, port: int) -> list[str]:
    """The addresses of a name, in the order in which they are to be tried."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class HttpPoster:
    """Posts notices, each over a connection of its own."""

    def __init__(self, rules: Rules, client: httpx.AsyncClient, resolve: Resolve = resolved) -> None:
        self._rules, self._client, self._resolve = rules, client, resolve

    async def post(self, url: str, headers: dict[str, str], payload: bytes) -> int:
        """The status of a 2xx answer. Raises HookNever for an address that is shut, HookLater for anything else."""
        if len(payload) > MOST_BYTES:
            raise HookNever(f"thông báo dài {len(payload)} byte, nhiều nhất {MOST_BYTES}")
        try:
            target = self._rules.check_url(url)
            async with asyncio.timeout(SECONDS):
                address = await self._address(target)
                status = await self._send(target, address, headers, payload)
        except BadInput as error:
            raise HookNever(str(error)) from error
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ssl.SSLError) as error:
            raise HookLater(f"máy nhận không trả lời ({type(error).__name__})") from error
        if status == 410:
            raise HookNever("máy nhận trả lời 410: địa chỉ này không còn nhận thông báo")
        if not 200 <= status < 300:
            raise HookLater(f"máy nhận trả lời {status}")
        return status

    async def _address(self, target: Target) -> Address:
        """The address to connect to; every address of the name must be allowed."""
        try:
            texts = await self._resolve(target.host, target.port)
        except (OSError, UnicodeError) as error:
            raise HookLater(f"không tìm thấy máy {target.host}") from error
        found = [ip_address(text.partition("%")[0]) for text in texts]
        if not found:
            raise HookLater(f"không tìm thấy máy {target.host}")
        for address in found:
            self._rules.check_address(target.host, address)
        return found[0]

    async def _send(self, target: Target, address: Address, headers: dict[str, str], payload: bytes) -> int:
        url = httpx.URL(target.url)
        request = self._client.build_request(
            "POST",
            url.copy_with(host=str(address)),
            content=payload,
            headers={**headers, "Host": url.netloc.decode(), "Content-Type": "application/json"},
            extensions={"sni_hostname": target.host},
        )
        answer = await self._client.send(request, stream=True, follow_redirects=False)
        await answer.aclose()
        return answer.status_code


@asynccontextmanager
async def poster(rules: Rules, ca_file: Path | None = None, resolve: Resolve = resolved) -> AsyncIterator[HttpPoster]:
    """A poster; `ca_file`: root certificate of the province's own authority."""
    context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    limits = httpx.Limits(max_keepalive_connections=0)
    async with httpx.AsyncClient(
        verify=context, timeout=SECONDS, trust_env=False, limits=limits, headers={"User-Agent": "htx-workflow"}
    ) as client:
        yield HttpPoster(rules, client, resolve)

"""Addresses that this machine may speak to on behalf of others (địa chỉ ra ngoài). Pure: looked up by `gateways.hooks`.

Who may name an address for notices could otherwise let the server knock at machines that only it can reach. So
nothing goes to a loopback, private or link-local address, in whatever form it is written, unless the administrator
listed the host or the network.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from htx_workflow.domain.errors import BadInput

LONGEST = 500
NAT64 = IPv6Network("64:ff9b::/96")
Address = IPv4Address | IPv6Address


@dataclass(frozen=True)
class Rules:
    """What the administrator allows: plain http, and hosts and networks of the intranet."""

    http: bool = False
    listed: str = ""
    """tich-hop.example.vn, 10.1.0.0/16"""

    @cached_property
    def hosts(self) -> frozenset[str]:
        return frozenset(part.lower().rstrip(".") for part in self._parts if not _is_network(part))

    @cached_property
    def networks(self) -> tuple[object, ...]:
        return tuple(ip_network(part, strict=False) for part in self._parts if _is_network(part))

    @property
    def _parts(self) -> list[str]:
        return [part.strip() for part in self.listed.split(",") if part.strip()]

    def check_url(self, text: str) -> Target:
        """Where a webhook goes. Raises BadInput for what is no address or names a place that is shut at once."""
        target = _target(text.strip())
        if target.scheme != "https" and not self.http:
            raise BadInput("Địa chỉ nhận thông báo cần bắt đầu bằng https://.")
        literal = _literal(target.host)
        if literal is not None:
            self.check_address(target.host, literal)
        return target

    def check_address(self, host: str, address: Address) -> None:
        """Raises BadInput when nothing may be sent to this address of this host."""
        if host.lower().rstrip(".") in self.hosts or self._in_networks(address):
            return
        if is_inside(address):
            raise BadInput(
                f"Không gửi thông báo tới {host}: địa chỉ {address} là địa chỉ nội bộ hoặc của chính máy này."
                " Người quản trị cho phép máy của mạng nội bộ bằng HTX_WEBHOOK_HOSTS."
            )

    def _in_networks(self, address: Address) -> bool:
        inner = embedded(address)
        return any(address in network or inner in network for network in self.networks)  # type: ignore[operator]


@dataclass(frozen=True, slots=True)
class Target:
    """The parts of an address."""

    url: str
    scheme: str
    host: str
    port: int


def _target(text: str) -> Target:
    wrong = BadInput("Địa chỉ nhận thông báo chưa dùng được. Ví dụ: https://tich-hop.example.vn/thong-bao")
    if len(text) > LONGEST or any(ord(sign) < 33 or ord(sign) > 126 for sign in text):
        raise wrong
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise wrong from error
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None or parts.fragment:
        raise wrong
    return Target(text, parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80))


def _is_network(part: str) -> bool:
    try:
        ip_network(part, strict=False)
    except ValueError:
        return False
    return True


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def embedded(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for (::ffff:127.0.0.1, 64:ff9b::7f00:1, 2002:7f00:1::), or itself."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in NAT64 or int(address) >> 32 == 0:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_inside(address: Address) -> bool:
    """Loopback, private, link-local, multicast, or nobody's."""
    inner = embedded(address)
    if isinstance(address, IPv6Address) and (address.teredo or address.is_multicast or address.is_site_local):
        return True
    return not inner.is_global or inner.is_multicast or inner.is_reserved

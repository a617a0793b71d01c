"""E-mail addresses (địa chỉ thư điện tử): which ones the house can write to.

Narrower than RFC 5321 on purpose. Quoted local parts, address literals and letters outside ASCII are
refused: a relay that speaks no SMTPUTF8 cannot carry them, and a typing mistake looks exactly like them.
A domain with Vietnamese letters is written in its `xn--` form.
"""

from __future__ import annotations

import re

_LONGEST = 254  # RFC 5321 4.5.3.1.3: a path has 256 octets, two of them the angle brackets
_LONGEST_LOCAL_PART = 64  # RFC 5321 4.5.3.1.1
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"({_LABEL}\.)+(?!\d+$){_LABEL}")


def valid_address(address: str) -> bool:
    """Whether a mail can be sent to `address`: a bare `name@domain.vn`, without a display name."""
    local_part, at, domain = address.partition("@")
    return (
        bool(at)
        and len(address) <= _LONGEST
        and len(local_part) <= _LONGEST_LOCAL_PART
        and _LOCAL_PART.fullmatch(local_part) is not None
        and _DOMAIN.fullmatch(domain) is not None
    )

"""Webhooks (thông báo cho hệ thống khác): what is told, how it is signed, and how a receiver checks it. Pure.

The format is that of Standard Webhooks (standardwebhooks.com): headers webhook-id, webhook-timestamp and
webhook-signature; the signature is `v1,` and the base64 of HMAC-SHA256(secret, "<id>.<timestamp>.<body>").
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from htx_workflow.domain.errors import BadInput, NotAllowed

EVENTS: dict[str, str] = {
    "occurrence.submitted": "đã gửi kết quả thực hiện",
    "occurrence.verified": "đã chấp nhận",
    "occurrence.returned": "đã trả lại để bổ sung hoặc gửi lại",
    "occurrence.withdrawn": "đã rút lại",
    "occurrence.deadline": "thời hạn được ấn định hoặc thay đổi",
    "occurrence.changed": "thay đổi khác: thôi theo dõi, chuyển trả, phân công lại",
    "request.raised": "có đề nghị mới",
    "request.advised": "đã có ý kiến tham mưu",
    "request.decided": "đã có kết quả giải quyết",
    "request.withdrawn": "đề nghị đã rút lại",
    "consolidation.kept": "đã lập bản tổng hợp",
}
"""By code; `webhook.test` is sent on demand only."""
TEST = "webhook.test"
OF_ACTS = {
    "submit": "occurrence.submitted",
    "verify": "occurrence.verified",
    "withdraw": "occurrence.withdrawn",
    "return-bo-sung": "occurrence.returned",
    "return-gui-lai": "occurrence.returned",
    "adopt": "occurrence.deadline",
    "set-deadline": "occurrence.deadline",
    "plan": "occurrence.deadline",
}
OF_STATES = {
    "raised": "request.raised", "advised": "request.advised", "granted": "request.decided",
    "refused": "request.decided", "withdrawn": "request.withdrawn",
}  # fmt: skip
PREFIX = "whsec_"
TOLERANCE = 300
"""Seconds by which the clocks of sender and receiver may differ."""
FORGED = "Thông báo không mang chữ ký đúng của hệ thống này."
OLD = "Thông báo đã quá cũ hoặc mang thời điểm sai: có thể bị gửi lại bởi người khác."


def event_of(act: str) -> str:
    """The event of a recorded change."""
    return OF_ACTS.get(act, "occurrence.changed")


def parse_events(chosen: Iterable[str]) -> tuple[str, ...]:
    """The events chosen, in the order of the list; none is all. Raises BadInput."""
    wanted = {event for each in chosen for event in each.replace(",", " ").split()}
    unknown = sorted(wanted - set(EVENTS))
    if unknown:
        raise BadInput(f"Không có loại thông báo {', '.join(unknown)}. Các loại: {', '.join(EVENTS)}.")
    return tuple(event for event in EVENTS if event in wanted)


def body(event: str, at: datetime, data: Mapping[str, object]) -> str:
    """What is sent: codes, numbers and days; no names, no texts of people."""
    said = {"type": event, "timestamp": at.isoformat(), "data": dict(data)}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def secret(key: bytes, number: int, made_at: datetime) -> str:
    """The secret of a webhook: only this installation can make it, and nobody can read it in the database."""
    mac = hmac.new(key, f"webhook\n{number}\n{made_at.isoformat()}".encode(), sha256).digest()
    return PREFIX + base64.b64encode(mac).decode()


@dataclass(frozen=True, slots=True)
class Signed:
    """The headers of one sending."""

    id: str
    timestamp: int
    signature: str

    @property
    def headers(self) -> dict[str, str]:
        return {
            "webhook-id": self.id, "webhook-timestamp": str(self.timestamp), "webhook-signature": self.signature,
        }  # fmt: skip


def sign(secret_: str, id_: str, timestamp: int, payload: bytes) -> Signed:
    """Sign what is sent at this second (since 1970)."""
    key = base64.b64decode(secret_.removeprefix(PREFIX))
    mac = hmac.new(key, f"{id_}.{timestamp}.".encode() + payload, sha256).digest()
    return Signed(id_, timestamp, "v1," + base64.b64encode(mac).decode())


def check(secret_: str, headers: Mapping[str, str], payload: bytes, now: int) -> str:
    """What a receiver does: the id of a genuine, fresh notice. Raises NotAllowed for a forged or an old one.

    The id is the same at every retry: a receiver that keeps the ids of the last ten minutes refuses replays.
    """
    found = {name.lower(): value for name, value in headers.items()}
    id_, stamp, given = (found.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not (id_ and stamp.isascii() and stamp.isdecimal() and len(stamp) < 13):
        raise NotAllowed(FORGED)
    try:
        wanted = sign(secret_, id_, int(stamp), payload).signature
    except binascii.Error as error:
        raise NotAllowed(FORGED) from error
    if not any(hmac.compare_digest(wanted.encode(), one.encode()) for one in given.split()):
        raise NotAllowed(FORGED)
    if abs(now - int(stamp)) > TOLERANCE:
        raise NotAllowed(OLD)
    return id_

"""Mails put into words per second: a value in; subject, text and HTML out.

Peer: the standard library's EmailMessage, which only wraps two finished parts into one message.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage

from benchmarks import data, house
from benchmarks.report import Figure, timed
from htx_workflow.domain import digests
from htx_workflow.domain.digests import Addressee, Digest, Item, PlanHead, Work
from htx_workflow.domain.plan import AgencyKind, Audience, Basis
from htx_workflow.gateways import templates
from htx_workflow.gateways.templates import MailTemplates, Rendered
from htx_workflow.services.composing import LOCAL

MAILS = 1_000
HEAD = PlanHead(
    "ke-hoach-0",
    "KH 3800",
    "Kế hoạch số 3800/KH-UBND ngày 23/10/2024 của Ủy ban nhân dân tỉnh",
    "Sở Mẫu",
    "bà Nguyễn Thị Mẫu, Sở Mẫu, điện thoại 0260 000 0000",
    "theodoi@example.vn",
    11,
)


def measure() -> Iterator[Figure | str]:
    renderer = MailTemplates(house.HOME / "templates" / "emails")
    for pieces in (1, 11):
        mails = [_digest(number, pieces) for number in range(MAILS)]
        made = _render_all(renderer, mails)
        ours = MAILS / timed(lambda mails=mails: _render_all(renderer, mails), 7)
        theirs = MAILS / timed(lambda made=made: _wrap_all(made), 7)
        case = f"{pieces} piece{'s' if pieces > 1 else ''} of work a mail"
        yield Figure("mails composed", case, ours, "/s", None, "EmailMessage of the finished parts", theirs)


def _digest(number: int, pieces: int) -> Digest:
    calendar = house.calendar() if not _CALENDAR else _CALENDAR[0]
    _CALENDAR[:] = [calendar]
    to = Addressee(
        f"dau-moi-{number}", f"vanthu.{number}@example.vn", f"huyen-{number}", f"Ủy ban nhân dân huyện Mẫu {number}",
        f"UBND huyện Mẫu {number}", AgencyKind.DISTRICT, "Phòng Tài chính - Kế hoạch",
    )  # fmt: skip
    works = [
        Work(
            number * pieces + piece, f"ke-hoach-0/V.{piece + 1}/huyen-{number}/2025", "ke-hoach-0",
            data.SUBJECTS[(number + piece) % len(data.SUBJECTS)], "khoản 7 Mục V, gạch đầu dòng thứ hai",
            "thời hạn theo Công văn số 231/SM-KTTT ngày 15/01/2025", "gửi văn bản đã ký", to.agency, to.agency_name,
            to.agency_short, to.agency_kind, Basis.DOCUMENT, data.TODAY + timedelta(days=piece * 3 - 3),
        )
        for piece in range(pieces)
    ]  # fmt: skip
    items = [Item(work, work.id, "0", Audience.HOLDER, "hôm nay thứ Hai 15/12/2025 là ngày cuối") for work in works]
    return digests.compose(to, items, [], {HEAD.code: HEAD}, data.NOW.astimezone(LOCAL), calendar)


_CALENDAR: list = []  # type: ignore[type-arg]


def _render_all(renderer: MailTemplates, mails: list[Digest]) -> list[Rendered]:
    return [
        renderer.render(
            "reminder_agency",
            **templates.digest_values(digest, links=True, link_until=data.TODAY, simulation=False),
        )
        for digest in mails
    ]


def _wrap_all(made: list[Rendered]) -> None:
    for number, mail in enumerate(made):
        message = EmailMessage()
        message["From"] = "Theo dõi kế hoạch <nhacviec@example.vn>"
        message["To"] = f"vanthu.{number}@example.vn"
        message["Subject"] = mail.subject
        message.set_content(mail.text)
        message.add_alternative(mail.html, subtype="html")
        message.as_bytes()

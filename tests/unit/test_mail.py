"""The bytes of a letter, and the addresses it can be sent to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage

import aiosmtplib.email
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from htx_workflow.domain.addresses import valid_address
from htx_workflow.domain.errors import MailNever
from htx_workflow.gateways import mail
from htx_workflow.gateways.mail import Letter

SUBJECT_WORDS = [
    "Báo",
    "cáo",
    "kết-quả",
    "năm",
    "2025,",
    "hạn",
    "(Chủ",
    "nhật)",
    "15/12",
    "“Đề",
    "án”",
    "&",
    "<x>",
]
NAME_WORDS = ["Sở", "Nông-nghiệp", "và", "PTNT,", "(tỉnh)", '"Kon"', "Tum;", "Ủy:", "ban."]

one_line = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]))


def letter(**changes: object) -> Letter:
    whole = Letter(
        key="digest/huyen-dakto/2025-11-14/1",
        sender="nhacviec@example.vn",
        sender_name="Sở Nông nghiệp tỉnh",
        recipient="huyen-dakto@example.vn",
        subject="Nhắc việc: báo cáo kết quả năm 2025, hạn Chủ nhật 15/12/2025, còn 30 ngày",
        text="Kính gửi Ủy ban nhân dân huyện,\n\nĐề nghị quý cơ quan nộp báo cáo.\n",
        html="<p>Kính gửi Ủy ban nhân dân huyện,</p>\n",
        reply_to="vanphong@example.vn",
        dated=datetime(2025, 11, 13, 23, 30, tzinfo=UTC),
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def parsed(data: bytes) -> EmailMessage:
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content()).replace("\r\n", "\n")


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert mail.to_bytes(letter()) == mail.to_bytes(letter())


def test_another_key_gives_another_message_id_and_boundary() -> None:
    first, second = parsed(mail.to_bytes(letter())), parsed(mail.to_bytes(letter(key="digest/other")))
    assert first["Message-ID"] != second["Message-ID"]
    assert first.get_boundary() != second.get_boundary()


def test_the_message_id_is_made_from_the_key_and_the_domain_of_the_sender() -> None:
    message = parsed(mail.to_bytes(letter()))
    assert message["Message-ID"] == mail.message_id("digest/huyen-dakto/2025-11-14/1", "example.vn")
    assert message["Message-ID"].isascii()
    assert mail.message_id("báo-cáo", "example.vn").endswith("@example.vn>")


def test_the_headers_say_who_when_and_that_a_machine_wrote() -> None:
    message = parsed(mail.to_bytes(letter()))
    assert {name: message[name] for name in message if not name.startswith(("Message", "Content"))} == {
        "From": "Sở Nông nghiệp tỉnh <nhacviec@example.vn>",
        "To": "huyen-dakto@example.vn",
        "Reply-To": "vanphong@example.vn",
        "Subject": "Nhắc việc: báo cáo kết quả năm 2025, hạn Chủ nhật 15/12/2025, còn 30 ngày",
        "Date": "Fri, 14 Nov 2025 06:30:00 +0700",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "X-HTX-Key": "digest/huyen-dakto/2025-11-14/1",
        "MIME-Version": "1.0",
    }


def test_without_a_reply_address_there_is_no_reply_to() -> None:
    assert parsed(mail.to_bytes(letter(reply_to=None)))["Reply-To"] is None


def test_vietnamese_survives_in_both_parts() -> None:
    message = parsed(mail.to_bytes(letter()))
    assert message.get_content_type() == "multipart/alternative"
    assert body(message, "plain") == letter().text
    assert body(message, "html") == letter().html


def test_a_simulated_letter_is_marked_once() -> None:
    message = parsed(mail.to_bytes(letter(subject="Nhắc việc", simulation=True)))
    assert message["Subject"] == "[MÔ PHỎNG] Nhắc việc"
    assert message["X-HTX-Simulation"] == "yes"
    again = parsed(mail.to_bytes(letter(subject="[MÔ PHỎNG] Nhắc việc", simulation=True)))
    assert again["Subject"] == "[MÔ PHỎNG] Nhắc việc"


def test_a_domain_as_long_as_allowed_leaves_the_message_id_whole() -> None:
    domain = ".".join(["a" * 60] * 4)
    message = parsed(mail.to_bytes(letter(sender=f"x@{domain}")))
    assert message["Message-ID"] == mail.message_id(letter().key, domain)


def test_a_naive_date_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="aware"):
        mail.to_bytes(letter(dated=datetime(2025, 11, 14)))  # noqa: DTZ001 - the mistake itself


@pytest.mark.parametrize("field", ["sender", "recipient", "reply_to", "sender_name", "subject", "key"])
@pytest.mark.parametrize("newline", ["\n", "\r", "\r\n", "\x0b", "\x85", "\u2028", "\x00"])
def test_a_newline_in_a_header_is_refused(field: str, newline: str) -> None:
    value = f"a@example.vn{newline}Bcc: b@example.vn"
    with pytest.raises(MailNever, match=r"không (dùng được để )?gửi"):
        mail.to_bytes(letter(**{field: value}))


@given(subject=one_line, name=one_line, key=one_line)
@example(subject="Báo cáo " * 60, name="Ủy ban nhân dân " * 20, key="k" * 300)
@example(subject="a" * 2000, name='"Tên", (có) <dấu>; \\', key="digest/a")
@example(subject="=?utf-8?q?x?=", name="=?utf-8?q?x?=", key="=?utf-8?q?x?=")
@example(subject="Kế hoạch 3819  (hai dấu cách)  ", name=" ", key=" x ")
def test_every_header_fits_a_relay_and_every_line_is_short(subject: str, name: str, key: str) -> None:
    data = mail.to_bytes(letter(subject=subject, sender_name=name, key=key))
    assert data.isascii()
    assert max(len(line) for line in data.split(b"\r\n")) <= 998
    assert b"\n" not in data.replace(b"\r\n", b"")
    message = parsed(data)
    assert message["From"].addresses[0].addr_spec == "nhacviec@example.vn"
    assert message["Message-ID"] == mail.message_id(key, "example.vn")


@given(words=st.lists(st.sampled_from(SUBJECT_WORDS)))
def test_a_vietnamese_subject_of_any_length_comes_back_as_it_was(words: list[str]) -> None:
    subject = " ".join(words)
    assert parsed(mail.to_bytes(letter(subject=subject)))["Subject"] == subject


@given(words=st.lists(st.sampled_from(NAME_WORDS), min_size=1))
def test_a_vietnamese_sender_name_of_any_length_comes_back_as_it_was(words: list[str]) -> None:
    name = " ".join(words)
    # Read by the rule of RFC 2047; policy.default puts a space between two encoded words of a name.
    header = message_from_bytes(mail.to_bytes(letter(sender_name=name)))["From"]
    assert str(make_header(decode_header(header))) == f"{name} <nhacviec@example.vn>"


@given(text=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r")))
@example("From here\n.\n..\nx" + "ữ" * 3000)
def test_the_text_comes_back_as_it_was(text: str) -> None:
    data = mail.to_bytes(letter(text=text))
    assert max(len(line) for line in data.split(b"\r\n")) <= 998
    assert body(parsed(data), "plain").rstrip("\n") == text.rstrip("\n")


@pytest.mark.parametrize(
    "address",
    ["a@example.vn", "van-phong.ubnd+nhac@huyen.example.vn", "x@xn--tnh-8oa.vn", "a" * 64 + "@example.vn"],
)
def test_ordinary_addresses_are_valid(address: str) -> None:
    assert valid_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "@",
        "a",
        "a@",
        "@example.vn",
        "a@b@example.vn",
        "a@localhost",
        "a@example.vn.",
        "a@.vn",
        "a@-x.vn",
        "a@x-.vn",
        "a@1.2.3.4",
        "a@[127.0.0.1]",
        ".a@example.vn",
        "a.@example.vn",
        "a..b@example.vn",
        "a b@example.vn",
        " a@example.vn",
        "a@example.vn\n",
        "a@example.vn ",
        "a@exam\tple.vn",
        '"a b"@example.vn',
        "Tên <a@example.vn>",
        "a@example.vn,b@example.vn",
        "đầu.mối@example.vn",
        "a@tỉnh.vn",
        "a@example.vn\x00",
        "a" * 65 + "@example.vn",
        "a@" + ".".join(["b" * 63] * 4),
    ],
)
def test_other_addresses_are_refused(address: str) -> None:
    assert not valid_address(address)


@given(st.one_of(st.text(), st.from_regex(r"\A[!-~]{1,20}@[!-~]{1,30}\.[a-z]{2,5}\Z"), st.emails()))
def test_a_valid_address_reaches_the_wire_and_the_header_unchanged(address: str) -> None:
    if valid_address(address):
        assert aiosmtplib.email.parse_address(address) == address
        assert parsed(mail.to_bytes(letter(recipient=address)))["To"].addresses[0].addr_spec == address


@given(st.text(max_size=300))
def test_no_valid_address_has_a_space_a_control_character_or_a_second_at(address: str) -> None:
    if valid_address(address):
        assert address.isascii()
        assert address.isprintable()
        assert " " not in address
        assert address.count("@") == 1
        assert len(address) <= 254

"""The embedded mailbox: real SMTP on this machine, one file for each mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from htx_workflow.domain.errors import MailLater, MailNever
from htx_workflow.gateways import mail, mailbox
from htx_workflow.gateways.mail import Letter
from htx_workflow.gateways.mailbox import Mailbox
from htx_workflow.gateways.smtp import Mailer, handshake

SENDER = "nhacviec@example.vn"
RECIPIENT = "huyen-dakto@example.vn"


def letter(key: str = "digest/huyen-dakto/2025-11-14/1") -> bytes:
    return mail.to_bytes(
        Letter(
            key=key,
            sender=SENDER,
            sender_name="Sở Nông nghiệp tỉnh",
            recipient=RECIPIENT,
            subject="Nhắc việc: báo cáo năm 2025",
            text="Kính gửi Ủy ban nhân dân huyện.\n.\n",
            html="<p>Kính gửi Ủy ban nhân dân huyện.</p>\n",
            reply_to=None,
            dated=datetime(2025, 11, 13, 23, 30, tzinfo=UTC),
        )
    )


async def deliver(box: Mailbox, *mails: bytes) -> None:
    async with Mailer(box.settings) as mailer:
        for data in mails:
            await mailer.send(SENDER, RECIPIENT, data)


def names(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in mailbox.list_mails(folder)]


async def test_a_mail_becomes_one_file_byte_for_byte_under_its_day_in_vietnam(tmp_path: Path) -> None:
    async with Mailbox(tmp_path) as box:
        await deliver(box, letter())
    assert names(tmp_path) == ["2025-11-14/digest_huyen-dakto_2025-11-14_1.eml"]
    assert mailbox.list_mails(tmp_path)[0].read_bytes() == letter()


async def test_a_mail_read_back_is_in_vietnamese(tmp_path: Path) -> None:
    async with Mailbox(tmp_path) as box:
        await deliver(box, letter())
    message = mailbox.read_mail(mailbox.list_mails(tmp_path)[0])
    assert message["Subject"] == "Nhắc việc: báo cáo năm 2025"
    assert message["X-HTX-Key"] == "digest/huyen-dakto/2025-11-14/1"


async def test_a_mail_that_comes_twice_is_kept_twice(tmp_path: Path) -> None:
    async with Mailbox(tmp_path) as box:
        await deliver(box, letter("code/a"), letter("code/a"), letter("code/a"))
    assert names(tmp_path) == ["2025-11-14/code_a-2.eml", "2025-11-14/code_a-3.eml", "2025-11-14/code_a.eml"]


async def test_two_mailboxes_on_one_folder_overwrite_nothing(tmp_path: Path) -> None:
    async with Mailbox(tmp_path) as one, Mailbox(tmp_path) as other:
        assert one.port != other.port
        await deliver(one, letter("code/a"))
        await deliver(other, letter("code/a"))
    assert names(tmp_path) == ["2025-11-14/code_a-2.eml", "2025-11-14/code_a.eml"]


@pytest.mark.parametrize("key", ["../../etc/x", "/etc/x", "..", "a/../../b", "C:\\x", "Đắk Tô/é", "k" * 500])
async def test_no_key_leaves_the_folder_of_its_day(tmp_path: Path, key: str) -> None:
    folder = tmp_path / "box"
    async with Mailbox(folder) as box:
        await deliver(box, letter(key))
    (path,) = mailbox.list_mails(folder)
    assert path.parent == folder / "2025-11-14"
    assert path.name.isascii()
    assert len(path.name) < 150
    assert [child.name for child in tmp_path.iterdir()] == ["box"]


async def test_keys_longer_than_a_file_name_stay_apart(tmp_path: Path) -> None:
    async with Mailbox(tmp_path) as box:
        await deliver(box, letter("k" * 300 + "1"), letter("k" * 300 + "2"))
    assert not any(name.endswith("-2.eml") for name in names(tmp_path))
    assert len(names(tmp_path)) == 2


async def test_mails_without_a_key_are_numbered(tmp_path: Path) -> None:
    async with Mailbox(tmp_path) as box:
        await deliver(box, b"Subject: x\r\n\r\none\r\n", b"Date: nonsense\r\n\r\ntwo\r\n")
    assert [name[:23] for name in names(tmp_path)] == ["khong-ro-ngay/thu-0001-", "khong-ro-ngay/thu-0002-"]


async def test_nothing_but_whole_mails_is_left_in_the_folder(tmp_path: Path) -> None:
    async with Mailbox(tmp_path) as box:
        await deliver(box, letter("a"), letter("a"), letter("b"))
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [
        "a-2.eml",
        "a.eml",
        "b.eml",
    ]


async def test_a_recipient_can_be_refused_for_now_or_for_ever(tmp_path: Path) -> None:
    answers = {"later@example.vn": "451 4.7.1 later", "never@example.vn": "550 5.1.1 no such user"}
    async with Mailbox(tmp_path, at_rcpt=answers.get) as box, Mailer(box.settings) as mailer:
        with pytest.raises(MailLater):
            await mailer.send(SENDER, "later@example.vn", letter())
        with pytest.raises(MailNever):
            await mailer.send(SENDER, "never@example.vn", letter())
        await mailer.send(SENDER, RECIPIENT, letter())
    assert len(names(tmp_path)) == 1


async def test_a_text_can_be_refused(tmp_path: Path) -> None:
    async with Mailbox(tmp_path, at_data={RECIPIENT: "554 5.6.0 no"}.get) as box:
        with pytest.raises(MailNever):
            await deliver(box, letter())
    assert names(tmp_path) == []


async def test_a_folder_that_cannot_be_written_means_later(tmp_path: Path) -> None:
    blocked = tmp_path / "box"
    blocked.write_text("a file where the folder should be")
    async with Mailbox(blocked) as box:
        with pytest.raises(MailLater, match="452"):
            await deliver(box, letter())


async def test_the_mailbox_listens_on_this_machine_only_and_greets(tmp_path: Path) -> None:
    async with Mailbox(tmp_path) as box:
        assert box.settings.host == "127.0.0.1"
        assert box.settings == replace(box.settings, port=box.port, user=None, security="none")
        assert "sẵn sàng" in await handshake(box.settings)


async def test_the_mailbox_can_be_stopped_while_somebody_is_connected(tmp_path: Path) -> None:
    box = Mailbox(tmp_path)
    await box.start()
    async with Mailer(box.settings) as mailer:
        await mailer.send(SENDER, RECIPIENT, letter())
        await box.stop()
        await box.stop()
        with pytest.raises(RuntimeError, match="not started"):
            _ = box.port


def test_a_mailbox_never_used_is_empty(tmp_path: Path) -> None:
    assert mailbox.list_mails(tmp_path / "none") == []

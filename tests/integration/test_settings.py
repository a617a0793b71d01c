"""Settings and the files of a machine: what is wrong is named by its variable, in Vietnamese."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

import pytest

from htx_workflow import cli
from htx_workflow.domain.errors import BadInput, StoreError
from htx_workflow.gateways import signing
from htx_workflow.settings import WANTED, Settings, load_settings
from tests.commands import HOME

Refused = Callable[..., str]


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Refused:
    """Runs a command that must be refused with exit code 1; what stands on stderr."""

    def run(*arguments: str) -> str:
        with pytest.raises(SystemExit) as ended:
            cli.main(list(arguments))
        out, err = capsys.readouterr()
        assert (ended.value.code, out) == (1, "")
        return err

    return run


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTX_TODAY", "2025-13-40"),
        ("HTX_TODAY", "hôm nay"),
        ("HTX_STOP_AT", "handed:x"),
        ("HTX_BASE_URL", "kehoach.example.vn"),
        ("HTX_MAIL_FROM", "nhacviec"),
        ("HTX_MAIL_FROM", "Theo dõi <nhacviec@example.vn>"),
        ("HTX_MAIL_FROM_NAME", "Theo dõi\nBcc: a@example.vn"),
        ("HTX_SMTP_PORT", "abc"),
        ("HTX_SMTP_PORT", "0"),
        ("HTX_SMTP_PORT", "70000"),
        ("HTX_SMTP_SECURITY", "ssl"),
        ("HTX_SMTP_TIMEOUT", "-1"),
        ("HTX_SMTP_TIMEOUT", "inf"),
        ("HTX_SMTP_TIMEOUT", "nửa phút"),
        ("HTX_SMTP_CONNECTIONS", "0"),
        ("HTX_SMTP_CONNECTIONS", "2.5"),
        ("HTX_SMTP_PER_MINUTE", "-1"),
        ("HTX_MAX_FILE_MB", "0"),
        ("HTX_QUOTA_MB", "nhiều"),
        ("HTX_CLAMAV", "127.0.0.1"),
        ("HTX_BOUNCE_IMAP_SECURITY", "ssl"),
        ("HTX_BOUNCE_IMAP_FOLDER", "Thư đến"),
        ("HTX_OIDC_ISSUER", "http://sso.example.vn"),
        ("HTX_OIDC_ISSUER", "sso.example.vn"),
    ],
)
def test_a_bad_value_is_refused_with_its_variable_and_what_it_takes(
    refused: Refused, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert refused("plan", "list") == (
        f"Thiết lập không dùng được: {name} đang là {value!r}, cần {WANTED[name.removeprefix('HTX_').lower()]}."
        " Đề nghị sửa biến môi trường tương ứng.\n"
    )


def test_several_bad_values_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTX_TODAY", "x")
    monkeypatch.setenv("HTX_SMTP_PORT", "x")
    with pytest.raises(BadInput, match=r"HTX_TODAY đang là 'x'.*HTX_SMTP_PORT đang là 'x'"):
        load_settings()


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_that_can_be_wrong_says_what_it_takes(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"HTX_{name.upper()}", "không\nđúng")
    free = name not in WANTED
    with nullcontext() if free else pytest.raises(BadInput, match=re.escape(f"cần {WANTED.get(name)}.")):
        load_settings()


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = load_settings()
    for name in WANTED:
        monkeypatch.setenv(f"HTX_{name.upper()}", "")
    assert load_settings() == plain


def test_a_password_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTX_SMTP_PASSWORD", "bí mật")
    assert "bí mật" not in repr(load_settings())


# HTX_HOME


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("check",), "Không có tệp cấu hình nào trong {home}/config. Đề nghị kiểm tra HTX_HOME."),
        (("tick",), "Không có thư mục lịch {home}/config/calendars. Đề nghị kiểm tra HTX_HOME."),
        (("deliver",), "Không có thư mục lịch {home}/config/calendars. Đề nghị kiểm tra HTX_HOME."),
        (("status", "kontum-3819"), "Không có kế hoạch kontum-3819"),
        (("calendar", "is-working", "2025-01-02"), "Không có tệp {home}/config/calendars/vn.yaml"),
    ],
)
def test_a_home_without_configuration_is_named(
    tmp_path: Path, refused: Refused, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], said: str
) -> None:
    monkeypatch.setenv("HTX_HOME", str(tmp_path))
    assert said.format(home=tmp_path) in refused(*command)


def test_a_tick_without_templates_names_the_file_and_decides_nothing_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = str(HOME / "config" / "plans" / "kontum-3819.yaml")
    monkeypatch.setenv("HTX_TODAY", "2024-12-13")
    cli.command.main(["plan", "load", plan, "--on", "2024-10-23"], standalone_mode=False)
    shutil.copytree(HOME / "config", tmp_path / "home" / "config")
    monkeypatch.setenv("HTX_HOME", str(tmp_path / "home"))
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        cli.main(["tick", "--json"])
    out, err = capsys.readouterr()
    assert (ended.value.code, out) == (1, "")
    assert "templates/emails/reminder_agency/subject.txt: tệp: Không có tệp mẫu thư này." in err
    monkeypatch.delenv("HTX_HOME")
    cli.command.main(["tick", "--json"], standalone_mode=False)
    out = capsys.readouterr().out
    assert '"digests": 0' not in out
    assert '"rungs": 0' in out


# The signing key


def test_a_signing_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "var" / "signing.key"
    key = signing.load_or_create(path)
    assert signing.load_or_create(path) == key
    assert (len(key), path.stat().st_mode & 0o777) == (32, 0o600)
    assert [child.name for child in path.parent.iterdir()] == ["signing.key"]


def test_many_who_start_at_once_share_one_signing_key(tmp_path: Path) -> None:
    for number in range(20):
        path = tmp_path / f"{number}.key"
        with ThreadPoolExecutor(8) as pool:
            keys = set(pool.map(signing.load_or_create, [path] * 8))
        assert keys == {path.read_bytes()}


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_a_damaged_signing_key_is_refused_and_kept(
    tmp_path: Path, refused: Refused, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    path = tmp_path / "var" / "signing.key"
    path.parent.mkdir()
    path.write_bytes(content)
    err = refused("mail", "test", "a@example.vn")
    assert f"Khóa ký {path} bị hỏng ({len(content)} byte, cần 32). Đề nghị khôi phục từ bản sao lưu." in err
    assert path.read_bytes() == content


def test_a_folder_in_the_place_of_the_signing_key_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=f"Không đọc, ghi được khóa ký {tmp_path}"):
        signing.load_or_create(tmp_path)

"""Every setting, with a default that works on one machine. Names in the environment begin with HTX_."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from htx_workflow.domain.addresses import valid_address
from htx_workflow.domain.errors import BadInput
from htx_workflow.domain.file_rules import MEGABYTE, Limits
from htx_workflow.domain.outward import Rules

SCANNER = r"^((unix:)?/\S+|(\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+):[1-9][0-9]{0,4})?$"
HOSTS = r"^([A-Za-z0-9.:/_-]+(, ?[A-Za-z0-9.:/_-]+)*)?$"
URL = r"^(https?://[^\s/]+(/\S*)?)?$"
ISSUER = r"^(https://[^\s/?#]+(/[^\s?#]*)?|http://(localhost|127\.0\.0\.1)(:\d+)?(/[^\s?#]*)?)?$"
ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+$"
WANTED = {
    "today": "một ngày có trong lịch, ví dụ 2025-12-15",
    "demo": "true hoặc false",
    "stop_at": "tên một lần ghi, có thể kèm số thứ tự, ví dụ handed hoặc handed:2",
    "port": "số nguyên từ 1 đến 65535, ví dụ 8080",
    "scheduler": "embedded hoặc prefect",
    "prefect_api_url": "địa chỉ bắt đầu bằng http:// hoặc https://, ví dụ http://127.0.0.1:4200/api",
    "prefect_port": "số nguyên từ 1 đến 65535, ví dụ 4200",
    "prefect_ui_url": "địa chỉ bắt đầu bằng http:// hoặc https://, ví dụ http://127.0.0.1:4200",
    "base_url": "địa chỉ bắt đầu bằng http:// hoặc https://, ví dụ https://kehoach.example.vn",
    "mail_from": "một địa chỉ thư không dấu, đủ tên miền, ví dụ nhacviec@example.vn",
    "installation": "một dòng chữ",
    "api_per_minute": "số nguyên từ 1",
    "webhook_http": "true hoặc false",
    "webhook_hosts": "tên máy hoặc mạng, cách nhau bằng dấu phẩy, ví dụ tich-hop.example.vn, 10.1.0.0/16",
    "mail_from_name": "một dòng chữ",
    "smtp_port": "số nguyên từ 1 đến 65535, ví dụ 587",
    "smtp_security": "none, starttls hoặc tls",
    "smtp_timeout": "số giây lớn hơn 0, nhiều nhất 600, ví dụ 30",
    "smtp_connections": "số nguyên từ 1 đến 20",
    "smtp_per_minute": "số nguyên từ 0 trở lên; 0 là không giới hạn",
    "max_file_mb": "số nguyên từ 1 đến 100, ví dụ 20",
    "quota_mb": "số nguyên từ 1 trở lên, ví dụ 1000",
    "bounce_imap_port": "số nguyên từ 1 đến 65535, ví dụ 993",
    "bounce_imap_folder": "tên thư mục không dấu, ví dụ INBOX",
    "bounce_imap_security": "none, starttls hoặc tls",
    "oidc_issuer": "địa chỉ bắt đầu bằng https://, ví dụ https://sso.example.vn/realms/tinh",
    "oidc_name": "một dòng chữ",
    "clamav": "máy và cổng của clamd, ví dụ 127.0.0.1:3310, hoặc đường dẫn tới socket, ví dụ /run/clamav/clamd.ctl",
}
"""What a setting takes, for the person who set it otherwise."""


def _address(value: str) -> str:
    if not valid_address(value):
        raise ValueError("no address")
    return value


class Settings(BaseSettings):
    """Read once, at the edge. A field `x_y` is the environment variable `HTX_X_Y`."""

    model_config = SettingsConfigDict(env_prefix="HTX_", env_ignore_empty=True, frozen=True)

    home: Path = Path(__file__).resolve().parent.parent
    """The folder with config/ and templates/."""
    var_dir: Path = Path("var")
    """Database, logs, mailbox and the signing key of this machine."""
    database_url: str = ""
    """SQLAlchemy address; empty is SQLite under `var_dir`."""
    today: date | None = None
    """Shifts the clock of the edge, for training and replay."""
    demo: bool = False
    """Set by `htx up --demo` for its processes: personas sign in with one click, every page carries a banner."""
    stop_at: str = Field(default="", pattern=r"^([a-z-]+(:[1-9][0-9]*)?)?$")
    """For tests only: the process ends at the commit of this name."""

    host: str = "127.0.0.1"
    """Address the portal listens on; a proxy with TLS stands in front of any other."""
    port: int = Field(default=8080, ge=1, le=65535)
    scheduler: Literal["embedded", "prefect"] = "embedded"
    """`prefect`: Prefect's deployments start the jobs, the clock of this machine stays silent."""
    prefect_api_url: str = Field(default="", pattern=URL)
    """Prefect server to tell of the runs; empty: the one that `htx up` starts on this machine."""
    prefect_port: int = Field(default=4200, ge=1, le=65535)
    prefect_ui_url: str = Field(default="", pattern=URL)
    """Where administrators see Prefect's pages; empty: no link is shown."""

    installation: str = Field(default="Theo dõi thực hiện kế hoạch", pattern=ONE_LINE)
    """Name of this installation, on top of every page."""
    base_url: str = Field(default="", pattern=URL)
    """Address of the portal; without one the mails carry no links and ask for a reply instead."""
    mail_from: Annotated[str, AfterValidator(_address)] = "nhacviec@example.vn"
    mail_from_name: str = Field(default="Theo dõi kế hoạch", pattern=ONE_LINE)
    smtp_host: str = ""
    """Empty: nothing leaves the machine; mail goes to the embedded mailbox under `var_dir`."""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_security: Literal["none", "starttls", "tls"] = "starttls"
    smtp_ca: Path | None = None
    """Root certificate of the province's own authority (PEM)."""
    smtp_timeout: float = Field(default=30.0, gt=0, le=600)
    """Seconds."""
    smtp_connections: int = Field(default=2, ge=1, le=20)
    smtp_per_minute: int = Field(default=0, ge=0)
    """Mails a minute the relay allows; 0 is no limit."""

    max_file_mb: int = Field(default=20, ge=1, le=100)
    """Megabytes (1,000,000 bytes) of one file that people send."""
    quota_mb: int = Field(default=1000, ge=1)
    """Megabytes that one agency may store."""
    clamav: str = Field(default="", pattern=SCANNER)
    """clamd that scans what people send: `host:port` or the path of its socket; empty: files are not scanned."""

    api_per_minute: int = Field(default=300, ge=1)
    """Requests a minute that one key of a program may send to each portal process."""
    webhook_http: bool = False
    """Notices may also go to http:// addresses: inside an intranet, and in tests."""
    webhook_hosts: str = Field(default="", pattern=HOSTS)
    """Hosts and networks of the intranet that notices may go to; nothing else private is ever spoken to."""
    webhook_ca: Path | None = None
    """Root certificate (PEM) of the receivers of notices, where it is the province's own authority."""

    bounce_imap_host: str = ""
    """Mailbox that mail which came back goes to; empty: none is read (`htx bounce read` reads from a pipe)."""
    bounce_imap_port: int = Field(default=993, ge=1, le=65535)
    bounce_imap_user: str = ""
    bounce_imap_password: SecretStr = SecretStr("")
    bounce_imap_folder: str = Field(default="INBOX", pattern=r"^[\x20-\x7e]+$")
    bounce_imap_security: Literal["none", "starttls", "tls"] = "tls"
    bounce_imap_ca: Path | None = None
    """Root certificate (PEM) of that server, where it is the province's own authority."""

    oidc_issuer: str = Field(default="", pattern=ISSUER)
    """Address of the province's sign-in service (OpenID Connect); empty: not offered."""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_name: str = Field(default="tài khoản công vụ", pattern=ONE_LINE)
    """What people call it, after "Đăng nhập bằng"."""
    oidc_ca: Path | None = None
    """Root certificate (PEM) of that service, where it is the province's own authority."""

    @property
    def oidc(self) -> bool:
        """Whether people may come in by the province's sign-in service: it sends them back to our own address."""
        return bool(self.oidc_issuer and self.oidc_client_id and self.base_url)

    @property
    def outward(self) -> Rules:
        """Where notices may go."""
        return Rules(self.webhook_http, self.webhook_hosts)

    @property
    def limits(self) -> Limits:
        """How much people may send."""
        return Limits(file=self.max_file_mb * MEGABYTE, quota=self.quota_mb * MEGABYTE)

    @property
    def url(self) -> str:
        """The database address in force."""
        return self.database_url or f"sqlite:///{self.var_dir / 'htx.sqlite3'}"

    @property
    def prefect_api(self) -> str:
        """Prefect's API in force."""
        return self.prefect_api_url or f"http://127.0.0.1:{self.prefect_port}/api"

    @property
    def schedule_file(self) -> Path:
        return self.home / "config" / "schedule.yaml"

    @property
    def signing_key(self) -> Path:
        return self.var_dir / "signing.key"

    @property
    def mailbox_dir(self) -> Path:
        return self.var_dir / "mailbox"

    def plan_file(self, code: str) -> Path:
        return self.home / "config" / "plans" / f"{code}.yaml"

    def calendar_file(self, code: str) -> Path:
        return self.home / "config" / "calendars" / f"{code}.yaml"


def load_settings() -> Settings:
    """The settings of this process; a bad value is refused with its variable's name."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(_wrong(str(item["loc"][0]), item["input"]) for item in error.errors())
        raise BadInput(f"Thiết lập không dùng được: {wrong}. Đề nghị sửa biến môi trường tương ứng.") from error


def _wrong(name: str, value: object) -> str:
    wanted = f", cần {WANTED[name]}" if name in WANTED else ""
    return f"HTX_{name.upper()} đang là {str(value)!r}{wanted}"

"""Every setting, with a default that works on one machine. Names in the environment begin with HTX_."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from htx_workflow.domain.errors import BadInput


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
    stop_at: str = ""
    """For tests only: the process ends at the commit of this name."""

    base_url: str = ""
    """Address of the portal; without one the mails carry no links and ask for a reply instead."""
    mail_from: str = "nhacviec@example.vn"
    mail_from_name: str = "Theo dõi kế hoạch"
    smtp_host: str = ""
    """Empty: nothing leaves the machine; mail goes to the embedded mailbox under `var_dir`."""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_security: Literal["none", "starttls", "tls"] = "starttls"
    smtp_ca: Path | None = None
    """Root certificate of the province's own authority (PEM)."""
    smtp_timeout: float = Field(default=30.0, gt=0)
    """Seconds."""
    smtp_connections: int = Field(default=2, ge=1, le=20)
    smtp_per_minute: int = Field(default=0, ge=0)
    """Mails a minute the relay allows; 0 is no limit."""

    @property
    def url(self) -> str:
        """The database address in force."""
        return self.database_url or f"sqlite:///{self.var_dir / 'htx.sqlite3'}"

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
        wrong = "; ".join(f"HTX_{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors())
        raise BadInput(f"Thiết lập không dùng được: {wrong}. Đề nghị sửa biến môi trường tương ứng.") from error

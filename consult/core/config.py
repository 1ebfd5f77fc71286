"""Typed settings, read once from ``CONSULT_*``; every fault is reported at once, no secret is printed."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, computed_field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from consult.core.paths import folder

DEMO_MARKER = "demo.marker"
MIN_SECRET = 32
MIN_DIFFERENT = 8
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_DATABASES = ("sqlite:///", "postgresql://", "postgresql+psycopg://", "postgres://")
_MAIL = {"", "smtp", "smtps", "outbox"}


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


class BadSettings(Exception):
    """The settings cannot be used; ``faults`` holds one sentence for each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class Settings(BaseSettings):
    """What an operator may set. Names in the environment carry the prefix ``CONSULT_``."""

    model_config = SettingsConfigDict(
        env_prefix="CONSULT_", frozen=True, hide_input_in_errors=True, extra="ignore"
    )

    data_dir: Path = Field(Path("var"), description="folder of the embedded database and the demo marker")
    database_url: str = Field(
        "", repr=False, description="SQLAlchemy address; empty: SQLite in the data folder"
    )
    secret_key: SecretStr = Field(SecretStr(""), description="at least 32 characters; signs staff sessions")
    bind: str = Field("127.0.0.1:8000", description="address and port to listen on")
    base_url: str = Field("", description="address people use, written into mails and QR codes")
    files_dir: str = Field("", description="folder of uploaded files; empty: `files` in the data folder")
    backup_dir: str = Field(
        "",
        description="folder `consult backup` writes to; copies past their last day are deleted there daily",
    )
    max_upload_mib: int = Field(20, ge=1, le=200, description="largest upload, in MiB")
    mail_url: str = Field(
        "", repr=False, description="smtp://user:pass@host:port, smtps://… or outbox: (keep only)"
    )
    mail_from: str = Field("consult@localhost", description="sender of the mails")
    trusted_proxy: int = Field(
        0, ge=0, le=3, description="number of proxies in front whose scheme is believed"
    )
    timezone: str = Field("Europe/Paris", description="IANA name; days begin at its midnight")
    workers: int = Field(1, ge=1, le=32, description="web processes of `consult serve`")
    jobs: bool = Field(True, description="run the jobs beside the web processes of `consult serve`")
    argon2_memory_kib: int = Field(65536, ge=8, description="memory of a sign-in password hash")
    testing: bool = Field(False, description="tests only: Flask's own testing mode")

    @computed_field  # type: ignore[prop-decorator]
    @property
    def demo(self) -> bool:
        """True where ``consult demo`` wrote its marker."""
        return (self.data_dir / DEMO_MARKER).is_file()

    @property
    def key(self) -> str:
        """The signing secret: the operator's, else in demo mode the one kept in the marker file."""
        given = self.secret_key.get_secret_value()
        return given or (self._marker_secret() if self.demo else "")

    @property
    def url(self) -> str:
        """SQLAlchemy's address of the database."""
        if not self.database_url:
            return f"sqlite:///{(self.data_dir / 'consult.sqlite3').resolve()}"
        scheme, separator, rest = self.database_url.partition("://")
        return ("postgresql+psycopg" if scheme.startswith("postgres") else scheme) + separator + rest

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    @property
    def files(self) -> Path:
        """The folder of uploaded files."""
        return Path(self.files_dir) if self.files_dir else self.data_dir / "files"

    @property
    def address(self) -> str:
        """The address people type, without a trailing slash."""
        return (self.base_url or f"http://{self.bind}").rstrip("/")

    @property
    def host(self) -> str:
        return self.bind.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        return int(self.bind.rpartition(":")[2])

    @property
    def secure_cookies(self) -> bool:
        """Secure everywhere but where the server listens on this machine alone, over plain http, and is
        addressed there too: a proxy in front of it is elsewhere."""
        address = urlsplit(self.address)
        return not (self.host in _LOOPBACK and address.scheme == "http" and address.hostname in _LOOPBACK)

    def _marker_secret(self) -> str:
        return (self.data_dir / DEMO_MARKER).read_text(encoding="utf-8").strip()

    @model_validator(mode="after")
    def _checked(self) -> Self:
        faults = [*self._secret_faults(), *self._address_faults(), *self._service_faults()]
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def _secret_faults(self) -> Iterator[str]:
        if len(self.key) < MIN_SECRET:
            yield (
                f"CONSULT_SECRET_KEY must have at least {MIN_SECRET} characters:"
                " make one with python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
            )
        elif len(set(self.key)) < MIN_DIFFERENT:
            yield "CONSULT_SECRET_KEY repeats too few characters to be a secret"

    def _address_faults(self) -> Iterator[str]:
        host, _, port = self.bind.rpartition(":")
        if not host or not port.isdecimal() or int(port) > 65535:
            yield "CONSULT_BIND must be address:port, like 127.0.0.1:8000"
        if self.base_url:
            parts = urlsplit(self.base_url)
            if parts.scheme not in {"http", "https"} or not parts.hostname:
                yield "CONSULT_BASE_URL must begin with http:// or https:// and name a host"
            elif parts.path.strip("/") or parts.query or parts.fragment:
                yield "CONSULT_BASE_URL must end with the host: Consult cannot be served below a path"

    def _service_faults(self) -> Iterator[str]:
        if self.database_url and not self.database_url.startswith(_DATABASES):
            yield "CONSULT_DATABASE_URL must begin with postgresql:// or sqlite:///"
        if self.files.resolve().is_relative_to(folder("static").resolve()):
            yield "CONSULT_FILES_DIR lies in the folder served to everybody: choose another"
        if urlsplit(self.mail_url).scheme not in _MAIL:
            yield "CONSULT_MAIL_URL must begin with smtp://, smtps:// or outbox:"
        if not _is_zone(self.timezone):
            yield "CONSULT_TIMEZONE must be an IANA name, like Europe/Paris"


def load() -> Settings:
    """Settings from the environment. Raises `BadSettings` with every fault at once."""
    try:
        return Settings()  # type: ignore[call-arg,unused-ignore]
    except ValidationError as error:
        faults = []
        for one in error.errors(include_input=False, include_url=False):
            where = "".join(f"CONSULT_{str(part).upper()}: " for part in one["loc"][:1])
            faults += [where + line for line in one["msg"].removeprefix("Value error, ").split("\n")]
        raise BadSettings(faults) from None


def data_dir(environ: Mapping[str, str]) -> Path:
    """The data folder alone, before the other settings can be read."""
    return Path(environ.get("CONSULT_DATA_DIR") or "var")


def make_demo(data_dir: Path) -> None:
    """Writes the marker of demo mode, with a secret of its own; keeps the one that is there."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    marker = data_dir / DEMO_MARKER
    if not marker.is_file():
        marker.touch(mode=0o600)
        marker.write_text(secrets.token_urlsafe(32), encoding="utf-8")

"""What is wrong with this instance: settings that do not exist, schema, secrets, anything that would log
what people say. Every finding is one sentence that says what to do."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

from consult.core import schema
from consult.core.config import DEMO_MARKER, Settings

_REPORTERS = (
    "SENTRY_DSN",
    "ROLLBAR_ACCESS_TOKEN",
    "BUGSNAG_API_KEY",
    "ELASTIC_APM_SERVER_URL",
    "NEW_RELIC_LICENSE_KEY",
)
PREFIX = "CONSULT_"
ENOUGH_MEMORY_KIB = 19456
"""Least memory of Argon2id for passwords (OWASP password storage cheat sheet)."""


def faults(settings: Settings, environ: Mapping[str, str]) -> list[str]:
    """Everything that must be mended, worst first; empty when nothing is wrong."""
    return [
        *_reporters(environ),
        *_unknown(environ),
        *_database(settings),
        *_files(settings),
        *addresses(settings),
        *_services(settings),
    ]


def notes(_settings: Settings) -> list[str]:
    """What the machine may do with memory: worth a look, and often fine."""
    return list(_machine())


def _reporters(environ: Mapping[str, str]) -> Iterator[str]:
    for name in _REPORTERS:
        if environ.get(name):
            yield f"{name} is set: an error reporter would receive what people write. Unset it."


def _unknown(environ: Mapping[str, str]) -> Iterator[str]:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known:
            yield f"{name} is not a setting of Consult: check its spelling."


def addresses(settings: Settings) -> Iterator[str]:
    """What would keep people from signing in; `consult serve` says it too."""
    if settings.secure_cookies and settings.address.startswith("http://"):
        yield (
            f"Nobody can sign in over plain http at {settings.address}: cookies are sent over https only."
            " Put a proxy with TLS in front and set CONSULT_BASE_URL to its https:// address."
        )


def _services(settings: Settings) -> Iterator[str]:
    if not settings.demo and settings.mail_url in {"", "outbox:"}:
        yield "CONSULT_MAIL_URL names no mail server: nobody receives anything. Set it to smtp:// or smtps://."
    if not settings.demo and settings.mail_url and settings.mail_from == "consult@localhost":
        yield "CONSULT_MAIL_FROM is not set: mail servers refuse consult@localhost as a sender."
    if settings.argon2_memory_kib < ENOUGH_MEMORY_KIB:
        yield f"CONSULT_ARGON2_MEMORY_KIB is too low to protect passwords: {ENOUGH_MEMORY_KIB} at least."
    if settings.testing:
        yield "CONSULT_TESTING is on: it is for the product's own tests. Unset it."


def _database(settings: Settings) -> Iterator[str]:
    try:
        if not schema.is_current(settings.url):
            yield "The database is not at this release: run `consult init`."
            return
    except Exception as error:  # any driver's failure is the same finding
        yield f"The database cannot be opened ({type(error).__name__}): check CONSULT_DATABASE_URL."
        return
    engine = create_engine(settings.url, hide_parameters=True)
    try:
        yield from _contents(engine, settings)
        if engine.dialect.name == "postgresql":
            yield from _postgresql_logs(engine)
    finally:
        engine.dispose()


def _contents(engine: Engine, settings: Settings) -> Iterator[str]:
    """A demonstration's accounts have addresses that exist nowhere, and a password everybody knows."""
    if settings.demo:
        return
    with engine.connect() as connection:
        found = connection.execute(
            text("SELECT count(*) FROM account WHERE email LIKE '%.example' AND is_active")
        ).scalar_one()
    if found:
        yield (
            f"{found} active accounts have addresses ending in .example: this looks like a copy of a"
            " demonstration. Start from an empty data folder."
        )


def _postgresql_logs(engine: Engine) -> Iterator[str]:
    with engine.connect() as connection:
        for name, quiet in (("log_statement", {"none", "ddl"}), ("log_min_duration_statement", {"-1"})):
            value = str(connection.execute(text(f"SHOW {name}")).scalar())
            if value not in quiet:
                yield f"PostgreSQL logs queries ({name} = {value}): set it to {min(quiet)}."


def _files(settings: Settings) -> Iterator[str]:
    marker = settings.data_dir / DEMO_MARKER
    if marker.is_file() and settings.secret_key.get_secret_value():
        yield f"{marker.name} makes this a demo although CONSULT_SECRET_KEY is set: remove one of the two."
    if settings.files.is_dir() and settings.files.stat().st_mode & (stat.S_IRWXO | stat.S_IRWXG):
        yield "The folder of uploaded files is open to other accounts of this machine: chmod 700 it."
    for path in sorted([marker, *settings.data_dir.glob("*.sqlite3*")]):
        if path.is_file() and path.stat().st_mode & (stat.S_IRWXO | stat.S_IWGRP):
            yield f"{path.name} is open to other accounts of this machine: chmod 600 it."


def _machine() -> Iterator[str]:
    swaps = Path("/proc/swaps")
    if swaps.is_file() and len(swaps.read_text().splitlines()) > 1:
        yield "Swap is on: make sure that it is encrypted, memory holds what people write for an instant."
    pattern = Path("/proc/sys/kernel/core_pattern")
    if pattern.is_file() and pattern.read_text().startswith(("/", "|")):
        yield "Core dumps may be written to disk: turn them off for this service (ulimit -c 0)."

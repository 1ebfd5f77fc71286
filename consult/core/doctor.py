"""What is wrong with this instance: settings that do not exist, schema, secrets, anything that would log
what people say. Every finding is one sentence that says what to do."""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from consult.core import clock, copies, logged, machine, schema
from consult.core.config import DEMO_MARKER, Settings

PREFIX = "CONSULT_"
ENOUGH_MEMORY_KIB = 19456
"""Least memory of Argon2id for passwords (OWASP password storage cheat sheet)."""


def refusals(settings: Settings, environ: Mapping[str, str], root: Path = machine.ROOT) -> list[str]:
    """Why the server must not start: something would write down or send away what people say, or a copy
    exists that should not. Secrets that are too short are refused with the settings."""
    return [
        *logged.environment(environ, sys.modules),
        *logged.proxy_bodies(settings.port, root),
        *_of_postgresql(settings, logged.postgresql),
        *_copies(settings),
    ]


def faults(settings: Settings, environ: Mapping[str, str], root: Path = machine.ROOT) -> list[str]:
    """Everything that must be mended, worst first; empty when nothing is wrong."""
    return [
        *refusals(settings, environ, root),
        *_of_postgresql(settings, logged.postgresql_errors),
        *_unknown(environ),
        *_database(settings),
        *_files(settings),
        *addresses(settings),
        *_services(settings),
    ]


def notes(settings: Settings, root: Path = machine.ROOT) -> list[str]:
    """What the machine does with memory, and proxies with what passes: worth a look, and often fine."""
    return [
        *machine.in_front(settings, root),
        *machine.headers(settings),
        *machine.swap(root),
        *machine.core_dumps(root),
        *_demo(settings),
    ]


def _of_postgresql(settings: Settings, check: Callable[[Engine], Iterator[str]]) -> Iterator[str]:
    if settings.is_sqlite:
        return
    engine = create_engine(settings.url, hide_parameters=True)
    try:
        yield from check(engine)
    except SQLAlchemyError:
        return  # that it cannot be opened is a finding of its own
    finally:
        engine.dispose()


def _copies(settings: Settings) -> Iterator[str]:
    """A copy past its last day brings back what was erased."""
    if not settings.backup_dir:
        return
    folder = Path(settings.backup_dir)
    try:
        for path in copies.past(folder, on=clock.today()):
            yield f"{path} is past its last day: run `consult backup --prune {folder}`."
    except OSError as error:
        yield f"CONSULT_BACKUP_DIR cannot be read ({error.strerror}): correct it, or unset it."


def _demo(settings: Settings) -> Iterator[str]:
    if settings.demo:
        yield "This is a demonstration: its passwords are printed at every start. Keep it to yourself."


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


def _files(settings: Settings) -> Iterator[str]:
    marker = settings.data_dir / DEMO_MARKER
    if marker.is_file() and settings.secret_key.get_secret_value():
        yield f"{marker.name} makes this a demo although CONSULT_SECRET_KEY is set: remove one of the two."
    if settings.files.is_dir() and settings.files.stat().st_mode & (stat.S_IRWXO | stat.S_IRWXG):
        yield "The folder of uploaded files is open to other accounts of this machine: chmod 700 it."
    for path in [marker, *settings.data_dir.glob("*.sqlite3*"), *_kept_copies(settings)]:
        if path.is_file() and path.stat().st_mode & (stat.S_IRWXO | stat.S_IWGRP):
            yield f"{path.name} is open to other accounts of this machine: chmod 600 it."


def _kept_copies(settings: Settings) -> list[Path]:
    folder = Path(settings.backup_dir)
    try:
        return [path for path, _end in copies.copies_in(folder)] if settings.backup_dir else []
    except OSError:
        return []

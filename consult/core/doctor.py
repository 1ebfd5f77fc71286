"""What is wrong with this instance: settings that do not exist, schema, secrets, anything that would log
what people say. Every finding is one sentence that says what to do."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlalchemy import create_engine, text

from consult.core import schema
from consult.core.config import DEMO_MARKER, Settings

_REPORTERS = ("SENTRY_DSN", "ROLLBAR_ACCESS_TOKEN", "BUGSNAG_API_KEY", "ELASTIC_APM_SERVER_URL", "NEW_RELIC_LICENSE_KEY")
PREFIX = "CONSULT_"


def faults(settings: Settings, environ: Mapping[str, str]) -> list[str]:
    """Everything found, worst first; empty when nothing is."""
    return [*_reporters(environ), *_unknown(environ), *_database(settings), *_files(settings), *_machine()]


def _reporters(environ: Mapping[str, str]) -> Iterator[str]:
    for name in _REPORTERS:
        if environ.get(name):
            yield f"{name} is set: an error reporter would receive what people write. Unset it."


def _unknown(environ: Mapping[str, str]) -> Iterator[str]:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known:
            yield f"{name} is not a setting of Consult: check its spelling."


def _database(settings: Settings) -> Iterator[str]:
    try:
        if not schema.is_current(settings.url):
            yield "The database is not at this release: run `consult init`."
            return
    except Exception as error:  # any driver's failure is the same finding
        yield f"The database cannot be opened ({type(error).__name__}): check CONSULT_DATABASE_URL."
        return
    if settings.url.startswith("postgresql"):
        yield from _postgresql_logs(settings.url)


def _postgresql_logs(url: str) -> Iterator[str]:
    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.connect() as connection:
            for name, quiet in (("log_statement", {"none", "ddl"}), ("log_min_duration_statement", {"-1"})):
                value = str(connection.execute(text(f"SHOW {name}")).scalar())
                if value not in quiet:
                    yield f"PostgreSQL logs queries ({name} = {value}): set it to {min(quiet)}."
    finally:
        engine.dispose()


def _files(settings: Settings) -> Iterator[str]:
    marker = settings.data_dir / DEMO_MARKER
    if marker.is_file() and settings.secret_key.get_secret_value():
        yield f"{marker.name} makes this a demo although CONSULT_SECRET_KEY is set: remove one of the two."
    for path in settings.data_dir.glob("*.sqlite3"):
        if path.stat().st_mode & (stat.S_IRWXO):
            yield f"{path.name} can be read by every account of this machine: chmod 600 it."


def _machine() -> Iterator[str]:
    swaps = Path("/proc/swaps")
    if swaps.is_file() and len(swaps.read_text().splitlines()) > 1:
        yield "Swap is on: make sure that it is encrypted, memory holds what people write for an instant."
    pattern = Path("/proc/sys/kernel/core_pattern")
    if pattern.is_file() and pattern.read_text().startswith("/"):
        yield "Core dumps are written to disk: turn them off for this service (ulimit -c 0)."

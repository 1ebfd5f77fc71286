"""Bringing a database to the schema of this release, with the migrations shipped beside the package."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from consult.core.paths import folder

_REVISION = re.compile(r"^(revision|down_revision)\b[^=\n]*=\s*(.+)$", re.MULTILINE)
_NAME = re.compile(r"[\"']([^\"']+)[\"']")


def configuration(url: str) -> Any:
    """Alembic without an ini file. It is imported on first use: serving needs none of it."""
    config = import_module("alembic.config").Config()
    config.set_main_option("script_location", str(folder("migrations")))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config


def upgrade(url: str) -> None:
    """To the newest revision; an empty database gets everything, an upgraded one loses nothing."""
    import_module("alembic.command").upgrade(configuration(url), "head")


def newest() -> set[str]:
    """The heads of the migrations of this release: what no other migration stands on. Read from their
    text, since every start asks (a test compares it with Alembic's answer)."""
    known, below = _revisions()
    return known - below


def known() -> set[str]:
    """Every revision this release can bring to its own."""
    return _revisions()[0]


def _revisions() -> tuple[set[str], set[str]]:
    """The revisions there are, and those another stands on."""
    known: set[str] = set()
    below: set[str] = set()
    for path in folder("migrations").glob("versions/*.py"):
        for name, value in _REVISION.findall(path.read_text(encoding="utf-8")):
            (known if name == "revision" else below).update(_NAME.findall(value))
    return known, below


def is_current(url: str) -> bool:
    """Whether the database has the schema of this release. Raises where it cannot be opened."""
    file = make_url(url).database
    if url.startswith("sqlite") and file and not Path(file).is_file():
        return False  # asking must not create it
    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            try:
                rows = connection.execute(text("SELECT version_num FROM alembic_version"))
                return {str(row[0]) for row in rows} == newest()
            except (ProgrammingError, OperationalError):
                return False  # no such table: nothing was ever created here
    finally:
        engine.dispose()

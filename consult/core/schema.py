"""Bringing a database to the schema of this release, with the migrations shipped beside the package."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from consult.core.paths import folder


def configuration(url: str) -> Config:
    """Alembic without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(folder("migrations")))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    return config


def upgrade(url: str) -> None:
    """To the newest revision; an empty database gets everything, an upgraded one loses nothing."""
    command.upgrade(configuration(url), "head")


def is_current(url: str) -> bool:
    """Whether the database has the schema of this release."""
    engine = create_engine(url, hide_parameters=True)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            here = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    return here == ScriptDirectory.from_config(configuration(url)).get_current_head()

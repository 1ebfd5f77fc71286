"""What logs queries or parameters keeps the server from starting; what opens a letterbox unasked is named."""

from __future__ import annotations

import os
import runpy
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner

from consult import cli
from consult.anonymity import sealing, wrapping
from consult.core import clock, doctor, serving
from consult.core.db import db
from consult.keyholders.models import Keyholder, WrappedKey
from tests import desk
from tests.conftest import SECRET, Instance, People

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = Path("/nonexistent")
Work = Callable[..., Any]


@pytest.fixture
def sets(postgresql_instance: Instance) -> Iterator[Callable[[str, str], None]]:
    """Changes a setting of the database, as an operator would, until the end of the test."""
    assert postgresql_instance.server is not None
    conninfo = postgresql_instance.server._conninfo("postgres")

    def change(name: str, value: str) -> None:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE consult_test SET {name} = '{value}'")

    yield change
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("ALTER DATABASE consult_test RESET ALL")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("log_statement", "mod"), ("log_statement", "all"), ("log_min_duration_statement", "250ms"),
        ("log_min_duration_sample", "0"), ("log_transaction_sample_rate", "0.1"),
        ("log_parameter_max_length_on_error", "1kB"), ("debug_print_plan", "on"),
    ],
)  # fmt: skip
def test_a_database_that_logs_queries_keeps_the_server_from_starting(
    postgresql_instance: Instance, sets: Callable[[str, str], None], name: str, value: str
) -> None:
    settings = postgresql_instance.settings
    assert doctor.refusals(settings, {}, NOWHERE) == []
    sets(name, value)
    (found,) = doctor.refusals(settings, {}, NOWHERE)
    assert f"{name} = " in found


def test_errors_that_quote_rows_are_a_fault(
    postgresql_instance: Instance, sets: Callable[[str, str], None]
) -> None:
    settings = postgresql_instance.settings
    assert any("log_error_verbosity" in one for one in doctor.faults(settings, {}, NOWHERE))
    sets("log_error_verbosity", "terse")
    assert not any("log_error_verbosity" in one for one in doctor.faults(settings, {}, NOWHERE))


@pytest.fixture
def beside(instance: Instance, tmp_path: Path) -> Callable[[], Path]:
    """Copies the instance into a folder of its own: commands open databases, and tests put theirs back."""

    def copy() -> Path:
        with instance.app.app_context():
            db.engine.dispose()
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        shutil.copyfile(instance.database_file, folder / "consult.sqlite3")
        (folder / "consult.sqlite3").chmod(0o600)
        return folder

    return copy


def run(folder: Path, *words: str, **more: str) -> Any:
    env: dict[str, str | None] = {name: None for name in os.environ if name.startswith("CONSULT_")}
    env |= {"CONSULT_DATA_DIR": str(folder), "CONSULT_SECRET_KEY": SECRET} | more
    mask = os.umask(0o022)
    try:
        return CliRunner().invoke(cli.main, list(words), env=env)
    finally:
        os.umask(mask)


def test_serve_says_why_it_does_not_start(
    people: People, beside: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Any] = []
    folder = beside()
    monkeypatch.setattr(serving, "serve", lambda *_, **__: started.append(True))
    done = run(folder, "serve", SENTRY_DSN="https://key@reports.example/1")
    assert done.exit_code == 1
    assert "SENTRY_DSN" in done.output
    assert "key@" not in done.output
    assert not started
    monkeypatch.setattr(cli.guards, "no_core_dumps", lambda: started.append("no core dumps"))
    assert run(folder, "serve").exit_code == 0
    assert started == ["no core dumps", True]


def test_another_servers_entry_refuses_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [one for one in os.environ if one.startswith("CONSULT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CONSULT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("CONSULT_SECRET_KEY", SECRET)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector.example")
    with pytest.raises(SystemExit, match="OTEL_EXPORTER_OTLP_ENDPOINT is set"):
        runpy.run_path(str(ROOT / "wsgi.py"))


def test_a_planted_keyholder_is_named(people: People, beside: Callable[[], Path], work: Work) -> None:
    """A row of their own, by whoever may write to the database."""
    story = desk.open_box(work, people)
    assert "although the body did not name" not in run(beside(), "doctor").output
    keys = sealing.new_key_pair()
    with work() as session:
        stranger = Keyholder(
            account_id=people.admin.id, public_key=keys.public, under_passphrase=b"x", under_recovery=b"x",
            set_up_on=clock.today(),
        )  # fmt: skip
        session.add(stranger)
        session.flush()
        sealed = wrapping.wrap(story.key, keys.public)
        session.add(WrappedKey(letterbox_id=story.letterbox_id, keyholder_id=stranger.id, sealed=sealed))
    done = run(beside(), "doctor")
    assert done.exit_code == 1
    assert "Ada Admin can open the letterbox “Plume" in done.output

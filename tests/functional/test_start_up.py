"""What logs queries or parameters keeps the server from starting; what opens a letterbox unasked is named."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner

from consult import cli
from consult.anonymity import sealing, wrapping
from consult.core import clock, doctor, serving
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


def run(instance: Instance, *words: str, **more: str) -> Any:
    env: dict[str, str | None] = {name: None for name in os.environ if name.startswith("CONSULT_")}
    env |= {"CONSULT_DATA_DIR": str(instance.folder), "CONSULT_SECRET_KEY": SECRET} | more
    mask = os.umask(0o022)
    try:
        return CliRunner().invoke(cli.main, list(words), env=env)
    finally:
        os.umask(mask)


def test_serve_says_why_it_does_not_start(
    instance: Instance, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Any] = []
    monkeypatch.setattr(serving, "serve", lambda *_, **__: started.append(True))
    done = run(instance, "serve", SENTRY_DSN="https://key@reports.example/1")
    assert done.exit_code == 1
    assert "SENTRY_DSN" in done.output
    assert "key@" not in done.output
    assert not started
    monkeypatch.setattr(cli.guards, "no_core_dumps", lambda: started.append("no core dumps"))
    assert run(instance, "serve").exit_code == 0
    assert started == ["no core dumps", True]


def test_another_servers_entry_refuses_too(instance: Instance, people: People) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith("CONSULT_")}
    env |= {
        "CONSULT_DATA_DIR": str(instance.folder),
        "CONSULT_SECRET_KEY": SECRET,
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector.example",
    }
    code = "import wsgi"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_planted_keyholder_is_named(instance: Instance, people: People, work: Work) -> None:
    """A row of their own, by whoever may write to the database."""
    story = desk.open_box(work, people)
    assert "although the body did not name" not in run(instance, "doctor").output
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
    done = run(instance, "doctor")
    assert done.exit_code == 1
    assert "Ada Admin can open the letterbox “Plume" in done.output

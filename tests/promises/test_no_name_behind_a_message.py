"""Promise 1: nothing stored with a message, logged beside it or derivable from it says who wrote it.

The adversary reads every statement, table, log line and file after messages went well and went wrong."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from consult import tables
from consult.core.db import db
from consult.voices import services
from consult.voices.views import write
from consult.web import readers
from tests.client import PageClient
from tests.conftest import SECRET, WORD, Instance, People
from tests.letterboxes import OPENS, Box, open_box
from tests.postgres import BOTH

both = pytest.mark.parametrize("instance", BOTH, indirect=True)
ROOT = Path(__file__).resolve().parents[2]
MARK = "zèbre quartz 7351"
ENCODED = ("zèbre", "z%C3%A8bre", "quartz", "7351")
TYPED = {"kind": "worry", "language": "fr", "text": f"Je suis la seule. {MARK}", "topics": ["workload"]}


@pytest.fixture
def box(people: People, work: Callable[..., Any]) -> Iterator[Box]:
    with time_machine.travel(OPENS + timedelta(days=1), tick=False):
        yield open_box(work)


@pytest.fixture
def statements(app: Flask) -> Iterator[list[str]]:
    """Every SQL statement from here on."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def path(box: Box, page: str = "") -> str:
    return f"/speak/fr/{box.address}/{page}"


# ── what is written ────────────────────────────────────────────────────────────


@both
def test_speaking_only_ever_inserts(box: Box, employee: PageClient, statements: list[str]) -> None:
    """Writing, reviewing, sending, and every refusal."""
    employee.submit(employee.get(path(box)), TYPED, action="review", status=200)
    employee.post(path(box, "send"), TYPED | {"kind": "rumour"}, status=400)
    employee.post(path(box, "send"), TYPED | {"text": "x" * 9000}, status=400)
    reading = list(statements)
    assert {one.split()[0].upper() for one in reading} <= {"SELECT", "BEGIN"}
    assert not any("FOR UPDATE" in one.upper() for one in reading)
    employee.post(path(box, "send"), TYPED)
    employee.get(path(box, "sent"))
    sent = statements[len(reading) :]
    writes = [one for one in sent if one.split()[0].upper() not in {"SELECT", "BEGIN"}]
    assert len(writes) == 1
    assert re.match(r"INSERT INTO waiting \(id, letterbox_id, lane, sealed\) SELECT", writes[0])


@both
def test_one_message_is_one_row_of_random_bytes(box: Box, employee: PageClient, app: Flask) -> None:
    """Every other table is as it was."""

    def counts() -> dict[str, list[tuple[Any, ...]]]:
        with app.app_context():
            names = sorted(tables.metadata.tables)
            return {
                name: [tuple(row) for row in db.session.execute(text(f'SELECT * FROM "{name}"'))]
                for name in names
            }

    before = counts()
    employee.submit(
        employee.submit(employee.get(path(box)), TYPED, action="review", status=200), action="send"
    )
    after = counts()
    assert {name for name in before if sorted(map(repr, before[name])) != sorted(map(repr, after[name]))} == {
        "waiting"
    }
    (row,) = after["waiting"]
    values = [bytes(one) if isinstance(one, memoryview) else one for one in row]
    assert sorted(len(one) if isinstance(one, bytes) else one for one in values) == [0, 16, 16, 4144]


def test_two_equal_messages_are_two_different_rows(box: Box, app: Flask) -> None:
    """Nobody who knows a text can look for it."""
    box.speak("Le même texte.", "Le même texte.")
    with app.app_context():
        sealed = [bytes(row[0]) for row in db.session.execute(text("SELECT sealed FROM waiting"))]
    windows = [{one[at : at + 8] for at in range(len(one) - 7)} for one in sealed]
    assert not windows[0] & windows[1]


def test_no_file_holds_what_was_typed(box: Box, employee: PageClient, instance: Instance) -> None:
    """Not in the clear, not in part; nor the word, the cookie, an address or an agent."""
    told = {"User-Agent": "TellTale/9", "X-Forwarded-For": "203.0.113.77"}
    employee.post(path(box, "review"), TYPED, status=200, headers=told)
    employee.post(path(box, "send"), TYPED, headers=told)
    cookie = readers.cookie_value(SECRET, WORD)
    for file in instance.folder.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            for piece in (*ENCODED, "TellTale", "203.0.113.77", cookie):
                assert piece.encode() not in content, f"{piece} in {file.name}"


# ── what is logged ─────────────────────────────────────────────────────────────


def _broken_database(box: Box, app: Flask) -> None:
    with app.app_context():
        db.session.execute(text("ALTER TABLE waiting RENAME TO elsewhere"))
        db.session.commit()


@both
@pytest.mark.parametrize("fault", ["exception", "database", "check", "locked", "oversize", "form", "render"])
def test_no_log_line_holds_what_was_typed(
    box: Box,
    employee: PageClient,
    app: Flask,
    instance: Instance,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
) -> None:
    """However it goes wrong; of the application, of the server's standard error, of PostgreSQL."""
    caplog.set_level(logging.DEBUG)
    typed, status, page = TYPED, 500, "send"
    sealed = b""
    if fault == "exception":
        monkeypatch.setattr(services, "prepare", lambda *_a, **_k: int(MARK))
    elif fault == "database":
        _broken_database(box, app)
    elif fault == "check":
        sealed = b"seal-zebra-" * 20
        monkeypatch.setattr(services, "seal", lambda *_: sealed)
    elif fault == "locked":

        def locked(*_: Any) -> None:
            raise OperationalError("INSERT INTO waiting", {"sealed": MARK}, Exception(f"locked: {MARK}"))

        monkeypatch.setattr(services, "post", locked)
    elif fault == "oversize":
        typed, status = TYPED | {"text": MARK + "x" * 13_000}, 413
    elif fault == "form":
        typed, status = TYPED | {"kind": MARK, "topics": [MARK]}, 400
    else:
        page = "review"
        monkeypatch.setattr(write, "spans", lambda text: {}[text])
    answer = employee.post(path(box, page), typed, status=status)
    if fault != "oversize":
        assert MARK in answer.doc.xpath("string(//textarea)"), "the text was not handed back"
    lines = caplog.text + "".join(capfd.readouterr())
    if instance.server is not None:
        lines += instance.server.log.read_text(errors="replace")
    for piece in (*ENCODED, "seal-zebra", sealed.hex()[:16] or "seal-zebra"):
        assert piece not in lines
    assert box.address not in lines
    if status == 500:
        assert "unhandled" in caplog.text, "a fault must be seen by whoever runs the server"


# ── what is within reach ───────────────────────────────────────────────────────


def test_the_anonymous_side_brings_nobody_along() -> None:
    """In a bare interpreter: no person, session, limiter, job, mail, record or reporter is even loaded."""
    code = (
        "import sys, pkgutil, importlib, consult.voices, consult.anonymity\n"
        "for package in (consult.voices, consult.anonymity):\n"
        "    for one in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "        importlib.import_module(one.name)\n"
        "print('\\n'.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "consult.voices.views" in loaded
    assert "consult.anonymity.identification.names" in loaded
    ours = {name.split(".")[1] for name in loaded if name.startswith("consult.")}
    assert ours == {"core", "web", "voices", "anonymity"}
    assert not loaded & {
        "consult.web.signed", "consult.web.errors", "flask_login", "flask_wtf", "flask_limiter", "huey",
        "smtplib",
        "redis", "sentry_sdk", "argon2",
    }  # fmt: skip


def test_anonymity_is_pure() -> None:
    code = (
        "import sys, pkgutil, importlib, consult.anonymity\n"
        "for one in pkgutil.walk_packages(consult.anonymity.__path__, 'consult.anonymity.'):\n"
        "    importlib.import_module(one.name)\n"
        "print('\\n'.join(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"flask", "sqlalchemy", "werkzeug", "logging.handlers", "sqlite3", "psycopg"}
    assert {name.split(".")[1] for name in loaded if name.startswith("consult.")} == {"anonymity"}

"""Promise 1, of logs: whatever goes well or wrong on the anonymous side, no log of the application, of the
server or of PostgreSQL holds a byte of a message, of a right or of their hashes, an address, an agent, or
a moment.

The adversary reads the logs of an application that was told to log everything (DEBUG, with all a record
carries; SQLAlchemy's own echo aside, beside which the server does not start), both output channels, and
PostgreSQL's file."""

from __future__ import annotations

import base64
import logging
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, text

from consult.anonymity import rights
from consult.core import clock
from consult.core.db import db
from consult.voices import services, spending
from consult.voices.rules import Channels
from consult.voices.views import write
from consult.web import readers
from tests.client import PageClient
from tests.conftest import SECRET, WORD, Instance, People
from tests.letterboxes import OPENS, Box, open_box
from tests.postgres import BOTH

both = pytest.mark.parametrize("instance", BOTH, indirect=True)
Work = Callable[..., Any]
ROOT = Path(__file__).resolve().parents[2]
MARK = "zèbre quartz 7351"
TYPED = {"kind": "worry", "language": "fr", "text": f"Je suis la seule. {MARK}", "topics": ["human_rights"]}
ADDRESS, AGENT, REFERRER = "203.0.113.77", "TellTale/9", "https://intranet.example/unit-12"
SENT_WITH = {"User-Agent": AGENT, "X-Forwarded-For": ADDRESS, "Referer": REFERRER}
MOMENT = re.compile(r"\d\d:\d\d")
NEVER = ("zèbre", "z%C3%A8bre", "z\\xe8bre", "quartz", "7351", "human_rights", ADDRESS, AGENT, "unit-12")


def forms(secret: bytes) -> list[str]:
    """A secret as logs write bytes, and its beginning, since they cut long values."""
    found = []
    for part in (secret, secret[:8]):
        found += [part.hex(), base64.b64encode(part).decode().rstrip("="), repr(part)[2:-1]]
        found += [base64.urlsafe_b64encode(part).decode().rstrip("="), part.hex().upper()]
    return found


@dataclass
class Logs:
    """Everything that was logged from here on; ``secrets``: bytes that may stand in none of it."""

    caplog: pytest.LogCaptureFixture
    capfd: pytest.CaptureFixture[str]
    database: Path | None
    start: int = 0
    secrets: list[bytes] = field(default_factory=list)
    typed: list[str] = field(default_factory=list)

    def of_postgresql(self) -> str:
        if self.database is None:
            return ""
        return self.database.read_bytes()[self.start :].decode(errors="replace")

    def tell_nothing(self) -> str:
        """Fails on anything a log may not hold; returns what an operator would see of the application."""
        seen = "".join(self.capfd.readouterr())
        ours = seen + self.caplog.text
        for one in self.caplog.records:
            line = f"{one.getMessage()} {one.exc_text or ''} {one.exc_info or ''} {one.args!r}\n"
            ours += line
            seen += line if one.levelno >= logging.INFO else ""
        assert not MOMENT.search(ours), "a moment"
        whole = ours + self.of_postgresql()
        for piece in (*NEVER, *self.typed, *(form for one in self.secrets for form in forms(one))):
            assert piece not in whole, piece
        return seen


@pytest.fixture
def logs(instance: Instance, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Logs:
    caplog.set_level(logging.DEBUG)
    file = instance.server.log if instance.server else None
    return Logs(caplog, capfd, file)


@pytest.fixture(params=[Channels.OPEN, Channels.BOTH], ids=str)
def box(request: pytest.FixtureRequest, people: People, work: Work) -> Iterator[Box]:
    with time_machine.travel(OPENS + timedelta(days=1), tick=False):
        yield open_box(work, channels=request.param)


@pytest.fixture
def sent_sealed(logs: Logs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is sealed or spent joins the secrets."""
    prepare, spend = services.prepare, spending.to_speak

    def note_sealed(*arguments: Any, **options: Any) -> Any:
        ready = prepare(*arguments, **options)
        logs.secrets.append(ready.sealed)
        return ready

    def note_spent(*arguments: Any) -> Any:
        found = spend(*arguments)
        logs.secrets += [part for one in found for part in (one.spends, one.slip) if part]
        return found

    monkeypatch.setattr(services, "prepare", note_sealed)
    monkeypatch.setattr(spending, "to_speak", note_spent)


def begin(logs: Logs) -> None:
    """What was logged while the story was told is not what is asked about."""
    logs.caplog.clear()
    logs.capfd.readouterr()
    logs.start = logs.database.stat().st_size if logs.database else 0


def post(employee: PageClient, box: Box, status: int, page: str = "send", **typed: Any) -> Any:
    address = f"/speak/fr/{box.address}/{page}"
    return employee.post(address, TYPED | typed, status=status, headers=SENT_WITH)


def takes_rights(box: Box) -> bool:
    with box.work() as session:
        return bool(session.execute(text("SELECT channels FROM letterbox")).scalars().first() != "open")


def right_of(box: Box, logs: Logs) -> str:
    """A right as it is typed, which joins what may stand in no log; nothing in open mode."""
    if not takes_rights(box):
        return ""
    slip = box.slip()
    logs.typed += [slip, slip.replace("-", ""), slip.replace("-", "")[:12]]
    return slip


# ── what is refused, and what goes well ────────────────────────────────────────


@both
def test_sending_and_being_refused_leave_no_line_at_all(
    box: Box, employee: PageClient, logs: Logs, sent_sealed: None
) -> None:
    """Not even an empty one: that something was logged just then would be the moment itself."""
    typed = {"right": right_of(box, logs)}
    begin(logs)
    post(employee, box, 200, "review", **typed)
    post(employee, box, 303, **typed)
    post(employee, box, 400, **typed | {"kind": MARK, "topics": [MARK]})
    post(employee, box, 400, **typed | {"text": MARK + "x" * 9000})
    post(employee, box, 413, **typed | {"text": MARK + "x" * 13_000})
    employee.post(f"/speak/fr/{'0' * 32}/send", TYPED | typed, status=404, headers=SENT_WITH)
    employee.post(
        f"/speak/fr/{box.address}/send", TYPED | typed, status=400,
        headers=SENT_WITH | {"Origin": "https://elsewhere.example"},
    )  # fmt: skip
    assert len(logs.secrets) >= 1
    assert logs.tell_nothing() == ""
    assert logs.of_postgresql() == ""


@both
def test_replayed_and_forged_rights_leave_no_line_at_all(
    people: People, work: Work, employee: PageClient, logs: Logs, sent_sealed: None
) -> None:
    with time_machine.travel(OPENS + timedelta(days=1), tick=False):
        box, other = open_box(work, channels=Channels.BOTH), open_box(work, channels=Channels.SLIPS)
        slip, foreign = right_of(box, logs), right_of(other, logs)
        token = box.pass_()
        lane, _, body = token.partition(".")
        swapped = "A" if body[-40] != "A" else "B"
        forged = f"{lane}.{body[:-40]}{swapped}{body[-39:]}"
        logs.typed += [body, body[:24], body[-40:]]
        found = rights.read(token)
        assert isinstance(found, rights.Pass)
        logs.secrets += [found.prepared, found.signature, found.hash(box.id)]
        begin(logs)
        for _use in range(3):
            post(employee, box, 303, right=slip)
        post(employee, box, 303, right=token)
        for wrong in (slip, token, forged, foreign, slip[::-1], token[:-9], box.pass_("pulse"), "", MARK):
            again = post(employee, box, 400, right=wrong)
            assert MARK in again.doc.xpath("string(//textarea)")
        assert logs.tell_nothing() == ""
        assert logs.of_postgresql() == ""


# ── what goes wrong ────────────────────────────────────────────────────────────


def _full_disk(app: Flask, instance: Instance) -> None:
    """SQLite may take no further page; PostgreSQL says what it says when it cannot extend a file."""
    with app.app_context():
        if instance.server is None:
            db.engine.dispose()

            def fill(connection: Any, *_: Any) -> None:
                pages = connection.execute("PRAGMA page_count").fetchone()[0]
                connection.execute(f"PRAGMA max_page_count={pages}")

            db.session.execute(text("CREATE TABLE ballast (content BLOB)"))
            db.session.commit()
            with db.engine.connect() as connection:  # what lies free within the file would still take a row
                free = connection.exec_driver_sql("PRAGMA freelist_count").scalar_one()
                connection.exec_driver_sql(f"INSERT INTO ballast VALUES (zeroblob({free * 4096 + 40_000}))")
                connection.commit()
            event.listen(db.engine, "checkout", fill)
            app.extensions["test.undo"] = lambda: event.remove(db.engine, "checkout", fill)
            return
        db.session.execute(text(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION"
            " 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$"
        ))  # fmt: skip
        db.session.execute(text(
            "CREATE TRIGGER full_disk BEFORE INSERT ON waiting FOR EACH ROW EXECUTE FUNCTION full_disk()"
        ))  # fmt: skip
        db.session.commit()


def _undo(app: Flask, instance: Instance, fault: str) -> None:
    with app.app_context():
        if undo := app.extensions.pop("test.undo", None):
            undo()
            db.engine.dispose()
        elif fault == "full disk":
            db.session.execute(text("DROP TRIGGER full_disk ON waiting"))
            db.session.execute(text("DROP FUNCTION full_disk"))
            db.session.commit()
        elif fault == "no table":
            db.session.execute(text("ALTER TABLE elsewhere RENAME TO waiting"))
            db.session.commit()


def _fail(fault: str, app: Flask, instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    if fault == "full disk":
        _full_disk(app, instance)
    elif fault == "no table":
        with app.app_context():
            db.session.execute(text("ALTER TABLE waiting RENAME TO elsewhere"))
            db.session.commit()
    elif fault == "bad row":
        whole = services.post

        def cut(session: Any, ready: Any) -> None:
            object.__setattr__(ready, "sealed", ready.sealed[:-9])  # the database's own check refuses it
            whole(session, ready)

        monkeypatch.setattr(services, "post", cut)
    elif fault == "handler":
        monkeypatch.setattr(services, "post", lambda _session, ready: {}[(MARK, ready)])
    else:
        monkeypatch.setattr(write, "spans", lambda typed: {}[typed])


@both
@pytest.mark.parametrize("box", [Channels.BOTH], indirect=True, ids=str)
@pytest.mark.parametrize("fault", ["full disk", "no table", "bad row", "handler", "page"])
def test_a_fault_is_logged_without_anything_of_the_message(
    box: Box,
    employee: PageClient,
    app: Flask,
    instance: Instance,
    logs: Logs,
    sent_sealed: None,
    monkeypatch: pytest.MonkeyPatch,
    terse: None,
    fault: str,
) -> None:
    typed = {"right": right_of(box, logs), "text": MARK + " et le reste." * 200}
    _fail(fault, app, instance, monkeypatch)
    begin(logs)
    try:
        for _attempt in range(3 if fault == "full disk" else 1):
            answer = post(employee, box, 500, "review" if fault == "page" else "send", **typed)
        assert MARK in answer.doc.xpath("string(//textarea)"), "the text is handed back"
        told = logs.tell_nothing()
    finally:
        _undo(app, instance, fault)
    assert "unhandled" in told, "whoever runs the server learns that something is wrong"
    assert box.address not in told
    if takes_rights(box):
        with box.work() as session:
            assert session.execute(text("SELECT count(*) FROM spent")).scalar_one() == 0, "nothing is used up"


@pytest.fixture
def terse(instance: Instance, app: Flask) -> Iterator[None]:
    """PostgreSQL as docs/operating.md wants it; doctor asks for it."""
    if instance.server is None:
        yield
        return
    with psycopg.connect(instance.server._conninfo("postgres"), autocommit=True) as connection:
        for change in ("SET log_error_verbosity = 'terse'", "RESET ALL"):
            connection.execute(f"ALTER DATABASE consult_test {change}")
            with app.app_context():
                db.engine.dispose()  # connections that are open keep what they began with
            if change != "RESET ALL":
                yield


@pytest.mark.parametrize("instance", ["postgresql"], indirect=True)
def test_the_setting_doctor_asks_for_is_what_keeps_rows_out(
    people: People, work: Work, employee: PageClient, logs: Logs, sent_sealed: None,
    app: Flask, instance: Instance, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """As PostgreSQL comes, the adversary finds what is looked for above: that test can fail."""
    with time_machine.travel(OPENS + timedelta(days=1), tick=False):
        box = open_box(work)
        _fail("bad row", app, instance, monkeypatch)
        begin(logs)
        post(employee, box, 500)
    assert logs.secrets[0][:8].hex() in logs.of_postgresql()


# ── a server as it is run ──────────────────────────────────────────────────────


@pytest.mark.long
def test_a_served_process_says_nothing_of_who_wrote(
    instance: Instance, people: People, work: Work, tmp_path: Path
) -> None:
    """The embedded server, its web process and its jobs: both channels, from start to stop."""
    box = _open_today(work)
    with instance.app.app_context():
        db.engine.dispose()
    (tmp_path / "data").mkdir()
    shutil.copyfile(instance.database_file, tmp_path / "data" / "consult.sqlite3")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{free.getsockname()[1]}"
    env = {name: value for name, value in os.environ.items() if not name.startswith("CONSULT_")}
    env |= {
        "CONSULT_DATA_DIR": str(tmp_path / "data"), "CONSULT_SECRET_KEY": SECRET, "CONSULT_BIND": bind,
        "CONSULT_MAIL_URL": "outbox:",
    }  # fmt: skip
    server = subprocess.Popen(
        [sys.executable, "-m", "consult", "serve"], env=env, cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        statuses = _write_to(f"http://{bind}", box, tmp_path / "data" / "consult.sqlite3")
        server.send_signal(signal.SIGTERM)
        said, _ = server.communicate(timeout=30)
    finally:
        server.kill()
        server.wait()
    assert statuses == [303, 413, 404, 500], said
    assert not MOMENT.search(said.replace(bind, ""))
    for piece in (*NEVER, "127.0.0.1 ", box.address, "/speak"):
        assert piece not in said, said
    lines = [line for line in said.splitlines() if line.strip()]
    assert lines[0] == f"Serving on http://{bind} (Ctrl-C stops it)."
    assert [line for line in lines if "unhandled" in line], "the fault is told"


def _open_today(work: Work) -> Box:
    box = open_box(work)
    with work() as session:
        session.execute(
            text("UPDATE letterbox SET opens_on = :first, closes_on = :last"),
            {"first": clock.today().isoformat(), "last": (clock.today() + timedelta(days=9)).isoformat()},
        )
    return box


def _write_to(address: str, box: Box, database: Path) -> list[int]:
    """A message, one too large, one to nowhere, one while the database is broken."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=5).close()
            break
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    headers = SENT_WITH | {
        "Cookie": f"access={readers.cookie_value(SECRET, WORD)}",
        "Origin": address,
        "Content-Type": "application/x-www-form-urlencoded",
    }

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    opener, statuses = urllib.request.build_opener(Stay), []
    for number, (where, typed) in enumerate([
        (box.address, TYPED), (box.address, TYPED | {"text": MARK * 2000}), ("0" * 32, TYPED),
        (box.address, TYPED),
    ]):  # fmt: skip
        if number == 3:
            with closing(sqlite3.connect(database, timeout=20)) as connection:
                connection.execute("ALTER TABLE waiting RENAME TO elsewhere")
        body = urllib.parse.urlencode(typed, doseq=True).encode()
        request = urllib.request.Request(f"{address}/speak/fr/{where}/send", body, headers)
        try:
            opener.open(request, timeout=30).close()
        except urllib.error.HTTPError as error:
            statuses.append(error.code)
            error.close()
    return statuses

"""The command line: 0 everything was done, 1 something was refused and said, 2 wrong usage."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from click.testing import CliRunner, Result
from flask.cli import ScriptInfo
from sqlalchemy import select

from consult import cli, jobs
from consult.core import schema
from consult.mail.models import Letter, LetterState
from consult.people.models import Account
from consult.people.rules import Role
from tests.client import PageClient
from tests.conftest import Instance, People

Work = Callable[..., Any]
Run = Callable[..., Result]
ROOT = Path(__file__).resolve().parents[2]
SECRET = "a-secret-of-thirty-two-characters-0123"


@pytest.fixture
def run(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs ``consult …`` on the test's instance."""
    monkeypatch.setattr(cli, "_app", lambda _info=None: instance.app)

    def invoke(*words: object, status: int = 0) -> Result:
        found = CliRunner().invoke(cli.main, [str(word) for word in words], obj=ScriptInfo())
        assert found.exit_code == status, (found.output, found.exception)
        assert "Traceback" not in found.output
        return found

    return invoke


def environ(folder: Path, **settings: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CONSULT_")}
    return clean | {"CONSULT_DATA_DIR": str(folder), "CONSULT_SECRET_KEY": SECRET} | settings


def consult(env: dict[str, str], *words: str, status: int = 0) -> str:
    """Runs the real command; returns what it said, on both channels."""
    command = [sys.executable, "-m", "consult", *words]
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def here(env: dict[str, str], *words: str, status: int = 0) -> str:
    """The same in this process, for what is refused before an application is made."""
    unset = {name: None for name in os.environ if name.startswith("CONSULT_") and name not in env}
    mask = os.umask(0o022)
    try:
        done = CliRunner().invoke(cli.main, list(words), env={"CONSULT_MAIL_URL": None, **unset, **env})
    finally:
        os.umask(mask)
    assert done.exit_code == status, (done.output, done.exception)
    return done.output


# ── people ─────────────────────────────────────────────────────────────────────


def test_adding_somebody_prints_a_link_that_opens(
    run: Run, people: People, client: PageClient, work: Work
) -> None:
    said = run("user", "add", "Lou@Orvalie.example", "--role", "administrator", "--locale", "en").output
    (link,) = said.split()
    page = client.get(re.sub(r"^https?://[^/]+", "", link))
    assert "lou" in page.h1.lower()
    with work() as session:
        made = session.scalars(select(Account).where(Account.email == "lou@orvalie.example")).one()
        assert made.role is Role.ADMINISTRATOR
        assert made.locale == "en"
        assert made.password_hash is None


def test_adding_twice_is_refused(run: Run, people: People) -> None:
    said = run("user", "add", people.hr.email.upper(), "--role", "hr_publisher", status=1).output
    assert "has an account already" in said


@pytest.mark.parametrize(
    "words",
    [
        ("user", "add", "lou@orvalie.example"),
        ("user", "add", "lou@orvalie.example", "--role", "king"),
        ("user", "add", "lou", "--role", "administrator"),
        ("user", "add", "lou@orvalie.example", "--role", "administrator", "--locale", "de"),
        ("user", "nothing"),
        ("nothing",),
        ("init", "--country", "xx"),
    ],
)
def test_wrong_usage_is_two(run: Run, people: People, words: tuple[str, ...]) -> None:
    run(*words, status=2)


def test_the_list_says_who_is_there(run: Run, people: People) -> None:
    lines = run("user", "list").output.splitlines()
    assert f"{people.hr.email}\thr_publisher\tactive" in lines
    run("user", "deactivate", people.hr.email)
    assert f"{people.hr.email}\thr_publisher\tdeactivated" in run("user", "list").output.splitlines()


def test_deactivating_ends_the_session(run: Run, people: People, as_: Callable[..., PageClient]) -> None:
    theirs = as_(people.hr)
    theirs.get("/workspace/fr/")
    run("user", "deactivate", people.hr.email)
    theirs.get("/workspace/fr/", status=302)


def test_the_last_administrator_and_nobody_are_refused(run: Run, people: People) -> None:
    assert "last administrator" in run("user", "deactivate", people.admin.email, status=1).output
    assert "no account" in run("user", "deactivate", "nobody@orvalie.example", status=1).output


def test_a_link_for_who_gets_no_mail(run: Run, people: People, client: PageClient, work: Work) -> None:
    first = run("user", "link", people.hr.email).output.strip()
    second = run("user", "link", people.hr.email).output.strip()
    assert "/invitation/" in second
    client.get(re.sub(r"^https?://[^/]+", "", first), status=410)
    client.get(re.sub(r"^https?://[^/]+", "", second))
    with work() as session:
        session.get_one(Account, people.hr.id).password_hash = "something"
        assert session.scalars(select(Letter)).all() == []
    assert "/reset/" in run("user", "link", people.hr.email).output
    run("user", "deactivate", people.hr.email)
    assert "deactivated" in run("user", "link", people.hr.email, status=1).output


# ── jobs ───────────────────────────────────────────────────────────────────────


def test_the_waiting_jobs_run_once(
    run: Run, instance: Instance, people: People, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "_settings", lambda: instance.settings)
    monkeypatch.setattr(cli, "create_app", lambda _settings: instance.app)
    monkeypatch.setattr(cli, "_private", lambda _folder: None)
    run("user", "add", "lou@orvalie.example", "--role", "administrator")
    said = run("worker", "--once").output.split()
    assert said == [f"{job.__module__.split('.')[1]}.{job.__name__}" for _when, job in jobs.SCHEDULE]
    with work() as session:
        assert session.scalars(select(Letter)).one().state is LetterState.ACCEPTED


# ── an instance, from nothing ──────────────────────────────────────────────────


def test_the_newest_revision_is_told_without_alembic() -> None:
    script = ScriptDirectory.from_config(schema.configuration("sqlite://"))
    assert schema.newest() == set(script.get_heads())


def test_from_nothing_to_an_administrator(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    env = environ(folder)
    for words in (("user", "list"), ("serve",), ("worker",)):
        assert "consult init" in here(env, *words, status=1)
    said = consult(env, "init", "--name", "Orvalie", "--country", "ca", "--access-word", "grand-frêne")
    assert "Orvalie" in said
    assert "grand-frêne" in said
    again = consult(env, "init", "--name", "Somebody else")
    assert "Orvalie" in again, "a second init brings up to date and changes nothing"
    link = consult(env, "user", "add", "ada@orvalie.test", "--role", "administrator")
    assert "/workspace/fr/invitation/" in link
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for file in folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file.name
    with closing(sqlite3.connect(folder / "consult.sqlite3")) as database:
        assert database.execute("SELECT country FROM organisation").fetchone() == ("ca",)
    assert "CONSULT_MAIL_URL" in here(env, "doctor", status=1)
    sends = {"CONSULT_MAIL_URL": "smtp://mail.test", "CONSULT_MAIL_FROM": "consult@orvalie.test"}
    assert "Nothing to mend." in here(env | sends, "doctor")
    assert "CONSULT_BINDING" in here(env | sends | {"CONSULT_BINDING": "x"}, "doctor", status=1)
    assert "holds an instance already" in here(env, "demo", "--load-only", status=1)
    assert not (folder / "demo.marker").exists(), "a demonstration never moves into somebody's data"


def test_settings_that_cannot_be_used_are_said_at_once(tmp_path: Path) -> None:
    said = here(environ(tmp_path, CONSULT_SECRET_KEY="short", CONSULT_BIND="x"), "init", status=1)
    assert "CONSULT_SECRET_KEY" in said
    assert "CONSULT_BIND" in said
    assert "short" not in said
    assert list(tmp_path.iterdir()) == []


def test_a_database_out_of_reach_is_said(tmp_path: Path) -> None:
    env = environ(tmp_path, CONSULT_DATABASE_URL=f"sqlite:///{tmp_path}/no/folder/x.sqlite3")
    assert "cannot be opened" in here(env, "init", status=1)
    assert "consult init" in here(env, "serve", status=1)
    (tmp_path / "not-a-database").write_text("something else entirely " * 100)
    env["CONSULT_DATABASE_URL"] = f"sqlite:///{tmp_path}/not-a-database"
    for words in (("init",), ("serve",), ("user", "list"), ("doctor",)):
        assert "cannot be opened" in here(env, *words, status=1)


# ── serving ────────────────────────────────────────────────────────────────────


def _port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(one) for one in found]


def _until(what: Callable[[], bool], seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def served(tmp_path: Path, instance: Instance) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server on an empty instance, with its jobs beside it."""
    address = f"127.0.0.1:{_port()}"
    env = environ(tmp_path / "data", CONSULT_BIND=address, CONSULT_MAIL_URL="outbox:")
    (tmp_path / "data").mkdir()
    shutil.copyfile(instance.template, tmp_path / "data" / "consult.sqlite3")
    server = subprocess.Popen(
        [sys.executable, "-m", "consult", "serve"], env=env, cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        assert _until(lambda: _answers(f"http://{address}/healthz")), "it does not answer"
        yield server, f"http://{address}"
    finally:
        if server.poll() is None:
            server.kill()
        server.wait()
        assert server.stdout is not None
        server.stdout.close()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_its_first_request_and_stops_with_its_jobs(
    served: tuple[subprocess.Popen[str], str], how: signal.Signals
) -> None:
    server, address = served
    with urllib.request.urlopen(f"{address}/workspace/en/sign-in", timeout=10) as answer:
        assert answer.status == 200
        assert "Path=/workspace" in answer.headers["Set-Cookie"]
        assert "Secure" not in answer.headers["Set-Cookie"], "plain http on this machine"
    children = _children(server.pid)
    assert len(children) >= 2, "web process and jobs"
    server.send_signal(how)
    assert server.wait(timeout=20) == 0
    assert _until(lambda: not any(Path(f"/proc/{one}").exists() for one in children), 5)
    assert server.stdout is not None
    said = server.stdout.read()
    assert "Traceback" not in said
    assert "/workspace/" not in said, "no access log"


def test_a_killed_server_leaves_nobody_behind(served: tuple[subprocess.Popen[str], str]) -> None:
    server, address = served
    children = _children(server.pid)
    server.kill()
    server.wait()
    assert _until(lambda: not any(_is_running(one) for one in children), 10)
    assert not _answers(f"{address}/healthz")


def _is_running(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rpartition(")")[2].split()[0] != "Z"

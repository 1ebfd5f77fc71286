"""Fixtures: one application per worker and database, a fresh copy of the database for each test."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from consult.app import create_app
from consult.core import clock, schema
from consult.core.config import Settings
from consult.core.db import db, reading
from consult.core.localized import Localized
from consult.people import services as people_services
from consult.people.models import Account, Body
from consult.people.rules import BodyKind, MandateRole, Role
from tests import postgres, running
from tests.client import PageClient

SECRET = "only-for-tests-0123456789-abcdefghij"
WORD = "tilleul-bleu"


def settings_for(folder: Path, **options: object) -> Settings:
    """Settings of a test instance, whatever the environment says."""
    for name in [one for one in os.environ if one.startswith("CONSULT_")]:
        del os.environ[name]
    return Settings(
        data_dir=folder, secret_key=SECRET, testing=True, argon2_memory_kib=8, mail_url="outbox:", **options
    )


class Instance:
    """An application over one database, put back to empty in milliseconds."""

    def __init__(self, folder: Path, server: postgres.Server | None = None) -> None:
        self.folder, self.server = folder, server
        if server is None:
            self.template = folder / "template.sqlite3"
            schema.upgrade(f"sqlite:///{self.template}")
            self.settings = settings_for(folder)
        else:
            server.create("consult_template")
            schema.upgrade(server.url("consult_template"))
            server.create("consult_test", template="consult_template")
            self.settings = settings_for(folder, database_url=server.url("consult_test"))
        self.app = create_app(self.settings)

    @property
    def database_file(self) -> Path:
        return self.folder / "consult.sqlite3"

    def reset(self) -> None:
        with self.app.app_context():
            db.engine.dispose()
        self.app.extensions["consult.page_cache"].clear()
        if self.server is not None:
            self.server.empty("consult_test", template="consult_template")
            return
        for suffix in ("-wal", "-shm", "-journal"):
            self.database_file.with_name(self.database_file.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(self.template, self.database_file)


@pytest.fixture(scope="session")
def sqlite_instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    instance = Instance(tmp_path_factory.mktemp("sqlite"))
    yield instance
    instance.app.extensions["consult.page_cache"].clear()
    with instance.app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Server]:
    server = postgres.start(tmp_path_factory)
    if server is None:
        pytest.skip(postgres.MISSING)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgresql_instance(
    postgresql_server: postgres.Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Instance]:
    instance = Instance(tmp_path_factory.mktemp("postgresql"), postgresql_server)
    yield instance
    instance.app.extensions["consult.page_cache"].clear()
    with instance.app.app_context():
        db.engine.dispose()


@pytest.fixture
def instance(request: pytest.FixtureRequest) -> Instance:
    """SQLite, unless a test asks for both: ``@pytest.mark.parametrize("instance", BOTH, indirect=True)``."""
    kind = getattr(request, "param", "sqlite")
    found: Instance = request.getfixturevalue(f"{kind}_instance")
    found.reset()
    return found


@pytest.fixture
def app(instance: Instance) -> Flask:
    return instance.app


@pytest.fixture
def work(app: Flask) -> Callable[..., object]:
    """``with work() as session:`` does something and commits, as a request would."""

    @contextmanager
    def unit(language: str = "fr") -> Iterator[Session]:
        with app.test_request_context(f"/workspace/{language}/"):
            reading.set(False)
            db.session.expire_on_commit = False
            yield db.session
            db.session.commit()

    return unit


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session inside a request, rolled back at the end: for tests of services. Do not mix with `client`."""
    with app.test_request_context("/workspace/fr/"):
        reading.set(False)
        yield db.session
        db.session.rollback()


@pytest.fixture
def client(app: Flask) -> PageClient:
    """A stranger's browser that checks every page it fetches."""
    return PageClient(app)


@dataclass(frozen=True)
class People:
    """A ready organisation; accounts and body are detached, use ``session.get(type(x), x.id)``."""

    hr: Account
    rep1: Account
    rep2: Account
    chair: Account
    admin: Account
    body: Body


@pytest.fixture
def people(work: Callable[..., object]) -> People:
    """Orvalie, its CSE, one HR publisher, two elected members, the chair and an administrator."""
    with work() as session:
        people_services.found_organisation(
            session,
            name="Orvalie",
            country="fr",
            access_word=WORD,
            emergency=[{"label": {"fr": "Danger", "en": "Danger"}, "number": "112"}],
            alert_channel=Localized.of(fr="Dispositif d’alerte", en="Alert channel"),
        )
        people_services.add_establishment(session, name="Nantes", headcount=260)
        body = people_services.add_body(session, name="CSE d’Orvalie", kind=BodyKind.CSE, headcount=430)

        def account(name: str, role: Role, mandate: MandateRole | None = None) -> Account:
            email = f"{name.split()[-1].lower()}@orvalie.example"
            made = people_services.add_account(session, email=email, name=name, role=role)
            if mandate is not None:
                start = clock.today() - timedelta(days=400)
                people_services.give_mandate(session, made, body, role=mandate, starts_on=start)
            return made

        found = People(
            hr=account("Claire Besson", Role.HR_PUBLISHER),
            rep1=account("Maxime Adjovi", Role.REPRESENTATIVE, MandateRole.SECRETARY),
            rep2=account("Paule Roussel", Role.REPRESENTATIVE, MandateRole.FULL_MEMBER),
            chair=account("Denis Chair", Role.REPRESENTATIVE, MandateRole.CHAIR),
            admin=account("Ada Admin", Role.ADMINISTRATOR),
            body=body,
        )
        session.flush()
        for one in (found.hr, found.rep1, found.rep2, found.chair, found.admin):
            session.refresh(one)
    return found


@pytest.fixture
def as_(app: Flask) -> Callable[[Account], PageClient]:
    """A browser in which this account is signed in."""

    def sign_in(account: Account) -> PageClient:
        return PageClient(app).signed_in_as(account)

    return sign_in


@pytest.fixture
def employee(app: Flask) -> PageClient:
    """A browser in which the access word was typed."""
    return PageClient(app).with_word(WORD)


_IS_CI = bool(os.environ.get("CONSULT_CI"))  # read before settings_for() clears the environment
_IS_GUARDED = os.environ.get("CONSULT_TEST_GUARD") == "1"
_IS_LONG = os.environ.get("CONSULT_TEST_SCALE") == "full"
_began = time.monotonic()
_spread = running.Spread()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return running.Units(config, log) if _by_unit(config) else None


def _by_unit(config: pytest.Config) -> bool:
    return bool(config.getoption("dist", "no") == "loadgroup")


def _torn(config: pytest.Config) -> list[str]:
    return _spread.torn() if _by_unit(config) else []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _spread.saw(report.nodeid, running.worker_of(report))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """On the integration server nothing may be left out; no run may tear apart what belongs together, nor,
    where CONSULT_TEST_GUARD=1 asks for it, take longer than a run may."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    left_out = _IS_CI and reporter is not None and reporter.stats.get("skipped")
    late = _IS_GUARDED and not _IS_LONG and running.is_too_long(time.monotonic() - _began)
    if session.exitstatus == pytest.ExitCode.OK and (left_out or late or _torn(session.config)):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says plainly what was left out, and how to get it."""
    reasons: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[reason.removeprefix("Skipped: ")] = reasons.get(reason.removeprefix("Skipped: "), 0) + 1
    if not reasons:
        terminalreporter.write_line("Nothing was left out.")
    for reason, count in sorted(reasons.items()):
        terminalreporter.write_line(f"Left out: {count} tests. {reason}")
    for unit in _torn(terminalreporter.config):
        terminalreporter.write_line(f"Torn between workers: {unit}")
    seconds = time.monotonic() - _began
    terminalreporter.write_line(f"Took {seconds:.0f} s." if _IS_LONG else running.took(seconds))

"""The house as docs/architecture.md tells it: contracts, mappers, guards, and what must not be written."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import DateTime, inspect
from sqlalchemy.orm import Mapper

from consult import app as consult_app
from consult import tables
from consult.core import security
from consult.core.config import Settings
from consult.core.db import Base
from consult.voices import models as voices

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "consult"
LAYERS = (
    "core", "web", "voices", "mail", "register", "files", "people", "signin", "keyholders", "notices",
    "commitments", "consultations", "enclosures", "opinions", "experts", "dossiers", "questions", "concerns",
    "meetings", "papers", "calendars", "profile", "workspace", "reading", "demo",
)  # fmt: skip
VOICE_TABLES = {
    one.__tablename__
    for one in (
        voices.Letterbox, voices.RightKey, voices.SlipRight, voices.Spent, voices.Waiting, voices.Batch,
        voices.Voice, voices.Ballot, voices.Reply, voices.Votable, voices.PublishedCount,
    )
}  # fmt: skip


def _sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def _room(module: str) -> str:
    return module.split(".")[1]


def test_import_contracts_hold() -> None:
    pytest.importorskip("importlinter")
    result = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout


def test_relations_point_down() -> None:
    """Names in strings escape import contracts: a relationship may only lead to a lower room, or stay."""
    for mapper in Base.registry.mappers:
        for relation in inspect(mapper).relationships:
            here, there = _room(mapper.class_.__module__), _room(relation.mapper.class_.__module__)
            assert LAYERS.index(there) <= LAYERS.index(here), f"{mapper.class_.__name__}.{relation.key}"


def test_no_foreign_key_leads_from_a_voice_to_a_person() -> None:
    """However far one follows them."""
    reached, todo = set(), set(VOICE_TABLES)
    while todo:
        table = tables.metadata.tables[todo.pop()]
        reached.add(table.name)
        todo |= {key.column.table.name for key in table.foreign_keys} - reached
    assert reached == VOICE_TABLES


def test_no_voice_carries_what_could_tell_who_or_when() -> None:
    """No time, no default the database fills, no counter, no text: the only date is that of a release
    and those of the letterbox itself."""
    forbidden = re.compile(r"account|user|person|addr|agent|session|created|updated|sequence|refer|_at$|_by$")
    for name in VOICE_TABLES:
        for column in tables.metadata.tables[name].columns:
            assert not forbidden.search(column.name), f"{name}.{column.name}"
            assert not isinstance(column.type, DateTime), f"{name}.{column.name}"
            assert column.server_default is None, f"{name}.{column.name}"
            assert column.autoincrement is not True, f"{name}.{column.name}"
    dates = {"letterbox": {"claims_open_on", "opens_on", "closes_on"}, "batch": {"released_on"}}
    for name in VOICE_TABLES:
        found = {
            c.name for c in tables.metadata.tables[name].columns if c.type.python_type.__name__ == "date"
        }
        assert found == dates.get(name, set()), name


def test_the_application_knows_the_tables_of_the_page_and_no_other() -> None:
    """What this server stores is told from the metadata: the running app must know the same tables."""
    code = (
        "from consult import app\nfrom consult.core.db import Base\n"
        "before = set(Base.metadata.tables)\nfrom consult import tables\n"
        "assert set(tables.metadata.tables) == before"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True)


def test_voices_need_nobody() -> None:
    """In a bare interpreter: the anonymous side brings no person, session, mail or record with it."""
    code = (
        "import sys\nimport consult.voices.views, consult.voices.services, consult.anonymity.wrapping\n"
        "names = ('people', 'signin', 'register', 'mail', 'keyholders', 'notices', 'concerns')\n"
        "found = [one for one in sys.modules if one.startswith(tuple(f'consult.{n}' for n in names))"
        " or one in ('flask_login', 'flask_wtf', 'huey', 'smtplib')]\n"
        "assert not found, found"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


def test_open_routes_are_exactly_the_unguarded_ones(app: Flask) -> None:
    assert security.unguarded_endpoints(app) == set(consult_app.OPEN_ROUTES)


def test_an_unguarded_route_keeps_the_app_from_starting(app: Flask) -> None:
    planted = Flask("planted", static_folder=None)
    planted.add_url_rule("/secret", "rooms.secret", lambda: "")
    with pytest.raises(security.Unguarded, match=r"rooms\.secret"):
        security.refuse_unguarded(planted, open_routes=consult_app.OPEN_ROUTES)


def test_every_anonymous_route_stands_behind_the_blindfold(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("voices.")]
    assert rules
    for rule in rules:
        assert rule.rule.startswith("/speak/"), rule.rule


def test_only_views_jobs_and_commands_commit() -> None:
    for path in _sources():
        parts = path.relative_to(PACKAGE).parts
        if path.name in {"views.py", "jobs.py", "cli.py"} or "views" in parts or parts[0] == "demo":
            continue
        assert ".commit(" not in path.read_text(), path.name


def test_databases_differ_in_few_places() -> None:
    allowed = {
        "core/db.py", "core/triggers.py", "core/schema.py", "core/doctor.py", "register/queries.py",
        "register/search.py",
    }  # fmt: skip
    for path in _sources():
        name = path.relative_to(PACKAGE).as_posix()
        if name not in allowed:
            assert not re.search(r"\.dialect\b|dialect\.name", path.read_text()), name


def test_time_comes_from_the_clock() -> None:
    for path in _sources():
        name = path.relative_to(PACKAGE).as_posix()
        if name != "core/clock.py":
            assert not re.search(r"\b(datetime\.(now|utcnow)|date\.today|time\.time)\(", path.read_text()), (
                name
            )


def test_every_feature_says_what_lives_there() -> None:
    for path in PACKAGE.glob("*/__init__.py"):
        text = path.read_text()
        assert text.lstrip().startswith('"""'), path.parent.name
        assert (
            not re.search(r"^(from|import) (?!__future__)", text, re.M) or path.parent.name == "anonymity"
        ), path


def test_settings_are_documented() -> None:
    operating = (ROOT / "docs" / "operating.md").read_text()
    for name, field in Settings.model_fields.items():
        assert field.description, name
        if name != "testing":
            assert f"CONSULT_{name.upper()}" in operating, name


def test_documents_name_files_that_exist() -> None:
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_mappers_configure() -> None:
    assert all(isinstance(one, Mapper) for one in Base.registry.mappers)
    Base.registry.configure()

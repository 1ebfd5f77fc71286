"""Promise 3 and 4, of copies: a copy holds no key that is open for a sitting and no remnant of what was
deleted; and since it opens with a passphrase after the keys here were destroyed, the page says so, with
the day, until the last copy must be gone.

The adversary reads the copies byte by byte."""

from __future__ import annotations

import sqlite3
import subprocess
import tarfile
from collections.abc import Callable
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, text

from consult.app import create_app
from consult.core import backup, clock, dumping, restoring
from consult.core.db import db, reading
from consult.core.i18n import day, writing_in
from consult.keyholders import services as keyholders
from consult.keyholders.models import Unlocked, WrappedKey
from consult.keyholders.rules import CannotUnlock
from consult.voices import queries as voices
from consult.voices.models import Letterbox, Waiting
from tests import desk
from tests.client import PageClient
from tests.conftest import Instance, People, settings_for
from tests.postgres import BOTH

both = pytest.mark.parametrize("instance", BOTH, indirect=True)
Work = Callable[..., Any]
RUN, STEP = 16, 256
"""Bytes looked for, and how far apart: every page of the file that holds a part of a row holds some."""
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "copies"
    made.mkdir()
    return made


@pytest.fixture
def story(people: People, work: Work) -> desk.Story:
    made = desk.open_box(work, people)
    made.write([f"Ce que {letter} voulait dire." for letter in LETTERS])
    return made


def unpacked(copy: Path, into: Path, kind: str) -> bytes:
    """Everything a copy holds as its reader would see it, beside its raw bytes."""
    with tarfile.open(copy) as archive:
        archive.extract("database", into, filter="data")
    if kind == "sqlite":
        return copy.read_bytes()
    tool = dumping.tool("pg_restore", 0)
    done = subprocess.run([tool, "-f", "-", str(into / "database")], capture_output=True, check=True)
    return copy.read_bytes() + done.stdout


def occurs(row: bytes, held: bytes) -> bool:
    """Any part of it, raw or as PostgreSQL writes bytes."""
    parts = [row[at : at + RUN] for at in range(0, len(row) - RUN + 1, STEP)]
    is_text = b"COPY public" in held
    return any(part in held or (is_text and part.hex().encode() in held) for part in parts)


# ── 11: what a copy does not hold ──────────────────────────────────────────────


@both
def test_a_copy_holds_no_open_key_and_no_deleted_row(
    instance: Instance, story: desk.Story, work: Work, folder: Path, tmp_path: Path
) -> None:
    with work() as session:
        gone = [one.sealed for one in session.scalars(select(Waiting))]
    for who in ("rep1", "rep2"):
        story.cookie(who)
    if instance.server is None:
        _forget_carelessly(instance, gone)
    with desk.on_day(story.opens_on + timedelta(days=1)):
        story.release()
    with work() as session:
        stays = [one.sealed for one in session.scalars(select(Waiting))]
        opened = [one.sealed for one in session.scalars(select(Unlocked))]
        wrapped = [one.sealed for one in session.scalars(select(WrappedKey))]
        gone = [one for one in gone if one not in stays]
    assert len(gone) + len(stays) >= len(LETTERS)
    assert len(opened) == 2
    assert gone
    if instance.server is None:
        live = b"".join(one.read_bytes() for one in instance.folder.glob("consult.sqlite3*"))
        assert any(occurs(one, live) for one in gone), "nothing to find: the test could not fail"
        assert all(occurs(one, live) for one in opened)
    kind = "sqlite" if instance.server is None else "postgresql"
    copy = backup.make(instance.settings, folder, on=clock.today()).path
    held = unpacked(copy, tmp_path, kind)
    assert all(occurs(one, held) for one in [*stays, *wrapped]), "the copy is searched in the right way"
    assert not any(occurs(one, held) for one in [*gone, *opened])
    assert [one.name for one in folder.iterdir()] == [copy.name], "no journal, nothing half made beside it"
    assert not list(instance.folder.glob(".copy-*"))
    if kind == "sqlite":
        with closing(sqlite3.connect(tmp_path / "database")) as database:
            assert database.execute("SELECT count(*) FROM unlocked").fetchone() == (0,)
            assert database.execute("PRAGMA freelist_count").fetchone() == (0,)


def _forget_carelessly(instance: Instance, gone: list[bytes]) -> None:
    """Leaves remnants in the live file, as an older release or another tool might have."""
    with closing(sqlite3.connect(instance.database_file)) as careless:
        careless.execute("PRAGMA secure_delete=OFF")
        rows = careless.execute("SELECT id, letterbox_id, lane, sealed FROM waiting").fetchall()
        assert {row[3] for row in rows} == set(gone)
        more = [
            (bytes([n]) * 16, rows[0][1], 0, bytes([n + 1, n + 2, n + 3]) * 1381 + b"x") for n in range(30)
        ]
        careless.executemany("INSERT INTO waiting (id, letterbox_id, lane, sealed) VALUES (?, ?, ?, ?)", more)
        careless.commit()
        careless.executemany("DELETE FROM waiting WHERE id = ?", [(row[0],) for row in more])
        careless.commit()
        gone += [row[3] for row in more]
        assert careless.execute("PRAGMA freelist_count").fetchone()[0] > 0


# ── 25: what it does hold ──────────────────────────────────────────────────────


def says(app: Flask, day_: date | None, language: str) -> bool:
    """Whether the page of limits gives that day as the last of the last copy."""
    shown = PageClient(app).get(f"/{language}/stored").doc.xpath("//section[@aria-labelledby='limits']")[0]
    told = " ".join(shown.text_content().split())
    with app.test_request_context(f"/{language}/"), writing_in(language):
        return (" ".join(day(day_).split()) in told) if day_ else "consult backup" in told


@both
def test_an_old_copy_opens_after_the_keys_were_destroyed_and_the_page_says_so(
    instance: Instance, story: desk.Story, work: Work, folder: Path, tmp_path: Path
) -> None:
    with desk.on_day(story.opens_on + timedelta(days=1)):
        story.release()
    known = set(story.voices())
    assert known
    made = backup.make(instance.settings, folder, on=clock.today())
    last = made.stamp.expires_on
    with work() as session:
        keyholders.shred(session, session.get_one(Letterbox, story.letterbox_id))
        session.execute(delete(Unlocked))
    with pytest.raises(CannotUnlock):
        story.cookie("rep1")
    for language in ("fr", "en"):
        assert says(instance.app, last, language)

    url = ""
    if instance.server is not None:
        instance.server.create("consult_restored")
        url = instance.server.url("consult_restored")
    old = create_app(settings_for(tmp_path / "old", database_url=url))
    settings = old.extensions["consult.settings"]
    restoring.restore(settings, made.path, on=clock.today())
    assert _texts(old, story) == known, "the old copy and a passphrase open what was destroyed here"

    with desk.on_day(last):
        assert says(instance.app, last, "en"), "the copy may exist until somebody deletes it that day"
    with desk.on_day(last + timedelta(days=1)):
        assert not says(instance.app, last, "en")
        assert says(instance.app, None, "en")


def _texts(app: Flask, story: desk.Story) -> set[str]:
    @contextmanager
    def work() -> Any:
        with app.test_request_context("/workspace/fr/"):
            reading.set(False)
            db.session.expire_on_commit = False
            yield db.session
            db.session.commit()

    there = desk.Story(**{**vars(story), "work": work})
    cookie = there.cookie("rep1")
    with work() as session:
        key = keyholders.unlocked_key(session, there.letterbox_id, cookie, now=clock.now())
        assert voices.letterbox(session, there.letterbox_id) is not None
    there.key = key
    found = set(there.voices())
    with app.app_context():
        db.engine.dispose()
    return found


def test_the_page_follows_the_last_copy_at_once(
    instance: Instance, people: People, folder: Path, work: Work
) -> None:
    """No cache shows yesterday's day."""
    assert not says(instance.app, clock.today() + timedelta(days=5), "en")
    for days in (5, 12, 8):
        backup.make(instance.settings, folder, on=clock.today(), keep=days)
        assert says(instance.app, clock.today() + timedelta(days=max(5, days, 12 if days == 8 else 0)), "en")
    with work() as session:
        assert session.execute(text("SELECT count(*) FROM backup_copy")).scalar_one() == 3

"""A copy made while the server runs comes back as the instance it was, on both databases."""

from __future__ import annotations

import io
import os
import sqlite3
import stat
import subprocess
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import DatabaseError

from consult import cli, jobs, tables
from consult.app import create_app
from consult.core import backup, clock, copies, dumping, restoring, schema
from consult.core.config import Settings
from consult.core.copies import BackupCopy, NotACopy
from consult.core.db import db, prepare, reading
from consult.core.errors import Refused
from consult.files import services as files
from tests import desk
from tests.client import PageClient
from tests.conftest import SECRET, WORD, Instance, People, settings_for
from tests.desk import PASSPHRASES, Story
from tests.postgres import BOTH

both = pytest.mark.parametrize("instance", BOTH, indirect=True)
Work = Callable[..., Any]
UPLOAD = b"%PDF-1.4\n" + b"not much of a document\n" * 40
TODAY = clock.today


@pytest.fixture
def story(people: People, work: Work, app: Any) -> Story:
    """A letterbox with messages, an upload, and a sitting that is open."""
    made = desk.open_box(work, people)
    made.write(desk.texts(22))
    with desk.on_day(made.opens_on + timedelta(days=1)):
        assert made.release()
    made.write(["Celui-ci attend encore."])
    with work() as session:
        files.keep(session, "Des relevés.\n".encode() * 30, name="relevés.txt", on=TODAY())
    made.cookie("rep1")
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "copies"
    made.mkdir()
    return made


@pytest.fixture
def elsewhere(instance: Instance, tmp_path: Path) -> Settings:
    """Settings of another, empty instance on the same kind of database."""
    if instance.server is None:
        return settings_for(tmp_path / "other")
    instance.server.create("consult_restored")
    return settings_for(tmp_path / "other", database_url=instance.server.url("consult_restored"))


def rows(url: str) -> dict[str, list[str]]:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return {
                name: sorted(repr(tuple(map(plain, row))) for row in connection.execute(select(table)))
                for name, table in tables.metadata.tables.items()
            }
    finally:
        engine.dispose()


def plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def make(instance: Instance, target: Path, **options: Any) -> backup.Made:
    return backup.make(instance.settings, target, on=TODAY(), **options)


# ── there and back ─────────────────────────────────────────────────────────────


@both
def test_what_is_restored_is_what_was_copied(
    instance: Instance, story: Story, folder: Path, elsewhere: Settings
) -> None:
    made = make(instance, folder)
    before = rows(instance.settings.url)
    assert before.pop("unlocked"), "the story has an open sitting"
    done = restoring.restore(elsewhere, made.path, on=TODAY())
    after = rows(elsewhere.url)
    assert after.pop("unlocked") == []
    assert after == before
    assert done.files == made.files >= 1
    assert not done.is_older
    kept, *_more = [one for one in elsewhere.files.rglob("*") if one.is_file()]
    assert kept.read_bytes() == (instance.settings.files / kept.parent.name / kept.name).read_bytes()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert not [one for one in elsewhere.data_dir.iterdir() if one.name.startswith(".")]
    _it_works(elsewhere, story)


def _it_works(settings: Settings, story: Story) -> None:
    """A reader, a keyholder and the record: pages answer, the key opens, frozen rows are frozen."""
    app = create_app(settings)
    PageClient(app).with_word(WORD).get("/fr/notices/plume")
    with app.test_request_context("/workspace/fr/"):
        reading.set(False)
        restored = Story(**{**vars(story), "work": _work_of(app)})
        assert restored.cookie("rep1")
        assert PASSPHRASES["rep1"]
        with pytest.raises(DatabaseError, match="append-only"):
            db.session.execute(text("DELETE FROM leaf"))
        db.session.rollback()
        db.engine.dispose()
    app.extensions["consult.page_cache"].clear()


def _work_of(app: Any) -> Work:
    from contextlib import contextmanager

    @contextmanager
    def unit(_language: str = "fr") -> Iterator[Any]:
        reading.set(False)
        yield db.session
        db.session.commit()

    return unit


@both
def test_intake_goes_on_while_a_copy_is_made(
    instance: Instance, story: Story, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody writes at the moment the copy reads; what they wrote is in the next copy."""
    arrived = threading.Event()

    def speak(*_: Any) -> None:
        if not arrived.is_set():
            arrived.set()
            story.write(["Écrit pendant la copie."])

    if instance.server is None:
        with closing(sqlite3.connect(instance.database_file)) as copying:
            copying.set_progress_handler(lambda: speak(), 500)
            copying.execute("VACUUM INTO ?", (str(folder / "x"),))
        assert arrived.is_set(), "the copy was over before anybody could write"
    else:
        run = dumping._run
        monkeypatch.setattr(dumping, "_run", lambda *a, **k: (speak(), run(*a, **k))[1])
        make(instance, folder)
    with story.work() as session:
        assert session.execute(text("SELECT count(*) FROM waiting")).scalar_one() > 0


def test_a_copy_of_an_older_schema_is_brought_to_this_one(
    instance: Instance, people: People, folder: Path, elsewhere: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic import command

    command.downgrade(schema.configuration(instance.settings.url), "-1")
    work = folder / "work"
    work.mkdir()
    database, facts = backup._snapshot(instance.settings, work)
    assert facts.revision in schema.known() - schema.newest()
    stamp = copies.Stamp(
        version="0.0.9", made_on=TODAY(), expires_on=TODAY() + timedelta(days=9), revision=facts.revision,
        database="sqlite", sha256=backup.digest_of(database),
    )  # fmt: skip
    backup._write(folder / "old.tar", stamp, database, instance.settings.files)
    assert restoring.restore(elsewhere, folder / "old.tar", on=TODAY()).is_older
    assert schema.is_current(elsewhere.url)


# ── the file ───────────────────────────────────────────────────────────────────


def test_a_copy_is_whole_private_and_never_overwrites(
    instance: Instance, people: People, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mask = os.umask(0o000)
    try:
        made = make(instance, folder / "x.tar")
    finally:
        os.umask(mask)
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    first = made.path.read_bytes()
    with pytest.raises(Refused, match="exists already"):
        make(instance, folder / "x.tar")
    assert made.path.read_bytes() == first
    assert [one.name for one in folder.iterdir()] == ["x.tar"]
    make(instance, folder / "x.tar", force=True)
    monkeypatch.setattr(backup, "_add_uploads", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make(instance, folder / "y.tar")
    assert [one.name for one in folder.iterdir()] == ["x.tar"], "nothing half made stays"
    with tarfile.open(made.path) as archive:
        for member in archive:
            assert (member.mtime, member.uid, member.gid, member.uname) == (0, 0, 0, ""), "days, not times"


@pytest.mark.parametrize("keep", [0, 31, 400])
def test_no_copy_outlives_thirty_days_while_a_letterbox_has_keys(
    instance: Instance, story: Story, folder: Path, keep: int
) -> None:
    with pytest.raises(Refused, match="1 to 30 days"):
        make(instance, folder, keep=keep)
    assert list(folder.iterdir()) == []
    assert make(instance, folder).stamp.expires_on == TODAY() + timedelta(days=30)
    assert make(instance, folder, keep=7).stamp.expires_on == TODAY() + timedelta(days=7)


def test_without_letterboxes_a_copy_may_be_kept_longer(
    instance: Instance, people: People, folder: Path
) -> None:
    assert make(instance, folder, keep=90).stamp.expires_on == TODAY() + timedelta(days=90)


def test_a_letterbox_opened_at_the_last_moment_counts(
    instance: Instance, people: People, folder: Path, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at the database and its copy."""
    snapshot = backup._snapshot

    def late(*arguments: Any) -> Any:
        desk.open_box(work, people)
        return snapshot(*arguments)

    monkeypatch.setattr(backup, "_snapshot", late)
    assert make(instance, folder, keep=90).stamp.expires_on == TODAY() + timedelta(days=30)


def test_copies_past_their_day_go_with_the_next_one(
    instance: Instance, people: People, folder: Path, tmp_path: Path
) -> None:
    old = make(instance, folder, keep=1).path
    renamed = old.rename(folder / "renamed")
    encrypted = folder / "consult-2026-01-01-until-2026-01-31.tar.age"
    encrypted.write_bytes(b"age-encryption.org/v1")
    (folder / ".consult-left.part").write_bytes(b"half")
    (folder / "notes.txt").write_text("not a copy")
    (folder / "link.tar").symlink_to(renamed)
    in_a_day = TODAY() + timedelta(days=1)
    assert set(copies.past(folder, on=in_a_day)) == {renamed, encrypted}
    made = backup.make(instance.settings, folder, on=in_a_day)
    assert set(made.pruned) == {renamed, encrypted}
    assert {one.name for one in folder.iterdir()} == {made.path.name, "notes.txt", "link.tar"}
    assert copies.prune(folder, on=made.stamp.expires_on - timedelta(days=1)) == []
    assert copies.prune(folder, on=made.stamp.expires_on) == [made.path]


def test_the_daily_job_prunes_the_folder_of_the_settings(
    instance: Instance, people: People, folder: Path, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(instance, folder, keep=1)
    assert copies.prune_due in [job for _when, job in jobs.SCHEDULE]
    tomorrow = clock.now() + timedelta(days=1)
    with work() as session:
        copies.prune_due(session, now=tomorrow)
        assert len(list(folder.iterdir())) == 1, "no folder is named in the settings"
        changed = instance.settings.model_copy(update={"backup_dir": str(folder)})
        monkeypatch.setitem(instance.app.extensions, "consult.settings", changed)
        copies.prune_due(session, now=clock.now())
        assert len(list(folder.iterdir())) == 1
        copies.prune_due(session, now=tomorrow)
    assert list(folder.iterdir()) == []


def test_only_days_are_kept_of_copies(instance: Instance, people: People, folder: Path, work: Work) -> None:
    make(instance, folder, keep=3)
    make(instance, folder / "again.tar", keep=3)
    make(instance, folder, keep=5)
    with work() as session:
        known = sorted(one.expires_on for one in session.scalars(select(BackupCopy)))
        assert known == [TODAY() + timedelta(days=3), TODAY() + timedelta(days=5)]
        assert copies.last_day(session) == TODAY() + timedelta(days=5)
    backup.make(instance.settings, folder, on=TODAY() + timedelta(days=4), keep=9)
    with work() as session:
        known = sorted(one.expires_on for one in session.scalars(select(BackupCopy)))
        assert known == [TODAY() + timedelta(days=5), TODAY() + timedelta(days=13)]


# ── what is refused ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "instance", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)], indirect=True
)
def test_nobodys_instance_is_replaced_unasked(
    instance: Instance, story: Story, folder: Path, elsewhere: Settings
) -> None:
    made = make(instance, folder)
    restoring.restore(elsewhere, made.path, on=TODAY())
    known = rows(elsewhere.url)
    with pytest.raises(Refused, match="there is an instance here"):
        restoring.restore(elsewhere, made.path, on=TODAY())
    assert rows(elsewhere.url) == known
    stray = elsewhere.files / "ab" / ("ab" + "0" * 62)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"of the instance that goes")
    engine = prepare(create_engine(elsewhere.url))  # as a server holds it, idle
    with engine.connect() as held:
        with held.begin():
            held.execute(text("SELECT count(*) FROM leaf"))
        with pytest.raises(Refused, match="stop the server first"):
            restoring.restore(elsewhere, made.path, on=TODAY(), force=True)
    engine.dispose()
    restoring.restore(elsewhere, made.path, on=TODAY(), force=True)
    assert not stray.exists()
    assert rows(elsewhere.url) == known


def test_a_broken_database_can_be_replaced(
    instance: Instance, people: People, folder: Path, elsewhere: Settings
) -> None:
    made = make(instance, folder)
    elsewhere.data_dir.mkdir()
    (elsewhere.data_dir / "consult.sqlite3").write_bytes(b"broken " * 1000)
    with pytest.raises(Refused, match="cannot be opened"):
        restoring.restore(elsewhere, made.path, on=TODAY())
    restoring.restore(elsewhere, made.path, on=TODAY(), force=True)
    assert schema.is_current(elsewhere.url)


def test_a_damaged_copy_changes_nothing(
    instance: Instance, story: Story, folder: Path, elsewhere: Settings
) -> None:
    whole = make(instance, folder).path.read_bytes()
    bad = folder / "bad.tar"
    for content in (
        whole[: len(whole) // 2],
        whole[:-20_000],
        whole.replace(b"append-only", b"append-0nly", 1),
        b"something else",
        b"",
        _with_member(whole, "../../escaped", b"x"),
        _with_member(whole, "files/" + "0" * 64, b"another content than the name says"),
    ):
        bad.write_bytes(content)
        with pytest.raises(NotACopy):
            restoring.restore(elsewhere, bad, on=TODAY())
        assert not [one for one in elsewhere.data_dir.rglob("*") if one.is_file()]
    assert not (folder.parent / "escaped").exists()


def _with_member(whole: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO(whole)
    with tarfile.open(fileobj=out, mode="a") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def test_another_kind_and_a_newer_release_are_refused(
    instance: Instance, people: People, folder: Path, elsewhere: Settings
) -> None:
    made = make(instance, folder).path
    other = settings_for(folder, database_url="postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(Refused, match="is of sqlite"):
        restoring.restore(other, made, on=TODAY())
    (revision,) = schema.newest()
    whole = made.read_bytes().replace(f'"revision": "{revision}"'.encode(), b'"revision": "zzzz"')
    made.write_bytes(whole)
    with pytest.raises(Refused, match="newer release"):
        restoring.restore(elsewhere, made, on=TODAY())


def test_two_copies_at_once_are_refused(instance: Instance, people: People, folder: Path) -> None:
    with backup.working_folder(instance.settings), pytest.raises(Refused, match="another copy"):
        make(instance, folder)
    make(instance, folder)


def test_a_copy_past_its_day_comes_back_only_knowingly(
    instance: Instance, people: People, folder: Path, elsewhere: Settings
) -> None:
    made = make(instance, folder)
    late = made.stamp.expires_on
    with pytest.raises(restoring.PastItsDay, match=r"destroyed.*--expired"):
        restoring.restore(elsewhere, made.path, on=late)
    restoring.restore(elsewhere, made.path, on=late, expired=True)
    engine = create_engine(elsewhere.url)
    with engine.connect() as connection:  # copies made after this one may live on, unknown to it
        last = connection.execute(select(BackupCopy.expires_on)).scalars().all()
    engine.dispose()
    assert max(last) == late + timedelta(days=30)


# ── the commands ───────────────────────────────────────────────────────────────


def test_the_commands(instance: Instance, people: People, folder: Path, tmp_path: Path) -> None:
    def run(*words: str, status: int = 0, data: Path = instance.folder, **more: str) -> str:
        env: dict[str, str | None] = {name: None for name in os.environ if name.startswith("CONSULT_")}
        env |= {"CONSULT_DATA_DIR": str(data), "CONSULT_SECRET_KEY": SECRET} | more
        mask = os.umask(0o022)
        try:
            done = CliRunner().invoke(cli.main, list(words), env=env)
        finally:
            os.umask(mask)
        assert done.exit_code == status, (done.output, done.exception)
        return done.output

    assert "CONSULT_BACKUP_DIR" in run("backup", status=2)
    assert "no folder" in run("backup", str(folder / "none" / "x.tar"), status=1)
    last = TODAY() + timedelta(days=30)
    assert str(last) in run("backup", CONSULT_BACKUP_DIR=str(folder))
    (made,) = folder.iterdir()
    assert made.name == f"consult-{TODAY()}-until-{last}.tar"
    assert "exists already" in run("backup", str(folder), status=1)
    assert "Restored" in run("restore", str(made), data=tmp_path / "new")
    assert "there is an instance here" in run("restore", str(made), data=tmp_path / "new", status=1)
    run("restore", str(made), "--force", data=tmp_path / "new")
    assert "was not made by" in run("restore", str(__file__), data=tmp_path / "newer", status=1)
    run("restore", str(folder / "missing.tar"), status=2)
    run("backup", str(folder / "short.tar"), "--keep", "1")
    assert run("backup", "--prune", str(folder)) == ""
    assert len(list(folder.iterdir())) == 2
    assert copies.stamp_of(made).database == "sqlite"


def test_a_password_never_stands_on_a_command_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[tuple[list[str], dict[str, str]]] = []

    def run(command: list[str], *, env: dict[str, str], **_: Any) -> Any:
        seen.append((command, env))
        return subprocess.CompletedProcess(command, 1, "", "no such database")

    class Connection:
        def execute(self, *_: Any) -> Any:
            return self

        def scalar_one(self) -> str:
            return "150000"

    monkeypatch.setattr(dumping.subprocess, "run", run)
    monkeypatch.setattr(dumping, "tool", lambda *_: "pg_dump")
    for url in (
        "postgresql+psycopg://me:hunter2%40x@db.example/consult?sslmode=require",
        "postgresql+psycopg://me@db.example/consult?password=hunter2%40x",
    ):
        with pytest.raises(Refused, match="status 1: no such database"):
            dumping.dump(url, Connection(), tmp_path / "x", without="unlocked")  # type: ignore[arg-type]
        command, environ = seen.pop()
        assert "hunter2" not in " ".join(command)
        assert environ["PGPASSWORD"] == "hunter2@x"
        assert "dbname=consult" in " ".join(command)

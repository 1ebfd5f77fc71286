"""Keeping, opening, forgetting and serving files."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from consult.core.config import BadSettings, Settings
from consult.core.errors import NotFound
from consult.core.paths import folder
from consult.files import queries, services, serving, storage, uploads
from consult.files.models import StoredFile
from consult.files.rules import FileRefused, Kind, Reason
from tests import samples
from tests.conftest import SECRET, People
from tests.postgres import BOTH

Work = Callable[..., AbstractContextManager[Session]]
DAY = date(2026, 11, 24)
FOLDER = "files"


@pytest.fixture
def store(app: Flask) -> Path:
    """The folder of the files."""
    found: Path = app.extensions["consult.settings"].files
    return found


def bytes_in(store: Path) -> list[Path]:
    return [one for one in store.rglob("*") if one.is_file()]


@pytest.mark.parametrize("instance", BOTH, indirect=True)
def test_the_same_bytes_are_kept_once_for_their_owner_alone(store: Path, work: Work) -> None:
    raw = samples.pdf(Author=os.urandom(8).hex())
    sha256 = hashlib.sha256(raw).hexdigest()
    with work() as session:
        first = services.keep(session, raw, name="../notice.docx", on=DAY)
        again = services.keep(session, io.BytesIO(raw), name="autre.pdf", on=date(2027, 1, 1))
        assert first.file is again.file and first.file.sha256 == sha256
        assert (first.name, again.name) == ("notice.pdf", "autre.pdf")
        assert first.file.stored_on == DAY and first.file.kind is Kind.PDF and first.file.size == len(raw)
    path = store / sha256[:2] / sha256
    assert path.read_bytes() == raw
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0
    assert not [one for one in bytes_in(store) if one.name.startswith(".new-")]
    with work() as session:
        with services.open_file(sha256) as file:
            assert file.read() == raw
        services.forget(session, sha256)
        assert not path.exists() and queries.by_hash(session, sha256) is None
        with pytest.raises(NotFound):
            services.open_file(sha256)
        services.forget(session, sha256)  # twice is once


@pytest.mark.parametrize("instance", BOTH, indirect=True)
def test_a_row_never_changes(work: Work) -> None:
    with work() as session:
        services.keep(session, samples.picture(), name="a.png", on=DAY)
    with pytest.raises(DatabaseError, match="never changes"), work() as session:
        session.execute(text("UPDATE stored_file SET size = 1"))


def test_what_is_refused_leaves_nothing(store: Path, work: Work) -> None:
    before = bytes_in(store)
    with work() as session:
        with pytest.raises(FileRefused):
            services.keep(session, b"MZ\0\0" + os.urandom(40), name="a.pdf", on=DAY)
        assert session.scalars(select(StoredFile)).all() == []
    assert bytes_in(store) == before


def test_an_upload_is_read_no_further_than_it_may_be_large(work: Work) -> None:
    class Counting(io.RawIOBase):
        taken = 0

        def read(self, size: int = -1) -> bytes:
            assert size >= 0, "read to the end"
            self.taken += size
            return bytes(size)

    stream = Counting()
    with work() as session, pytest.raises(FileRefused) as refused:
        services.keep(session, stream, name="a.pdf", on=DAY)  # type: ignore[arg-type]
    assert refused.value.reason is Reason.TOO_LARGE and "20 MB" in refused.value.message()
    assert stream.taken == 20 * 1024 * 1024 + 1


@pytest.mark.parametrize("name", ["..", "a" * 63, "A" * 64, "../" + "a" * 64, "a" * 64 + "\n", ""])
def test_only_a_hash_becomes_a_path(app: Flask, name: str) -> None:
    with pytest.raises(ValueError):
        storage.path_of(Path("/tmp"), name)
    with app.app_context(), pytest.raises(NotFound):
        services.open_file(name)


def test_a_write_that_fails_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError("no room")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no room"):
        storage.put(tmp_path / FOLDER, b"content")
    assert bytes_in(tmp_path) == []


def test_a_half_file_of_a_crash_is_written_again(tmp_path: Path) -> None:
    sha256 = storage.put(tmp_path, b"content")
    storage.path_of(tmp_path, sha256).write_bytes(b"con")
    storage.put(tmp_path, b"content")
    assert storage.path_of(tmp_path, sha256).read_bytes() == b"content"


# ── serving ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", Kind)
def test_nothing_runs_in_what_is_served(app: Flask, work: Work, kind: Kind) -> None:
    raw = samples.accepted()[kind]
    with work() as session:
        kept = services.keep(session, raw, name="Procès-verbal « été ».exe", on=DAY)
        response = app.process_response(serving.answer(kept.file, kept.name, for_employees=True))
        headers = response.headers
        assert b"".join(response.iter_encoded()) == raw
        response.close()
        assert headers["Content-Type"].partition(";")[0] == kind.media_type
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers.getlist("Content-Security-Policy") == ["default-src 'none'; sandbox"]
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Referrer-Policy"] == "no-referrer" and "Last-Modified" not in headers
        shown = kind in {Kind.PDF, Kind.PNG, Kind.JPEG, Kind.WEBP}
        disposition = headers["Content-Disposition"]
        assert disposition.startswith("inline;" if shown else "attachment;")
        assert f"filename*=UTF-8''Proc%C3%A8s-verbal%20%C2%AB%20%C3%A9t%C3%A9%20%C2%BB.{kind}" in disposition
        assert "\n" not in disposition


def test_what_is_not_for_all_employees_is_kept_nowhere(app: Flask, work: Work) -> None:
    with work() as session:
        kept = services.keep(session, samples.pdf(), name="a.pdf", on=DAY)
        wide = serving.answer(kept.file, kept.name, for_employees=True)
        narrow = serving.answer(kept.file, kept.name, for_employees=False, save=True)
        assert wide.headers["Cache-Control"] == "private, no-cache" and wide.headers["ETag"]
        assert narrow.headers["Cache-Control"] == "no-store" and "ETag" not in narrow.headers
        assert narrow.headers["Content-Disposition"].startswith("attachment")
        for one in (wide, narrow):
            one.close()
        services.forget(session, kept.file.sha256)
        with pytest.raises(NotFound):
            serving.answer(kept.file, kept.name, for_employees=True)


# ── what may be sent, and where ────────────────────────────────────────────────


def test_no_view_takes_a_large_body_from_nobody(app: Flask, people: People) -> None:
    """The raised limit holds for marked views, and for people who are signed in."""
    for may, expected in ((True, 20 * 1024 * 1024 + uploads.BESIDE), (False, 4 * 1024 * 1024)):
        bare = Flask("bare")
        bare.config["MAX_CONTENT_LENGTH"] = 4 * 1024 * 1024
        uploads.init_app(bare, limit=lambda: 20 * 1024 * 1024, may_upload=lambda may=may: may)
        seen: list[int | None] = []

        @bare.post("/marked")
        @uploads.takes_file
        def marked(seen: list[int | None] = seen) -> str:
            from flask import request

            seen.append(request.max_content_length)
            return ""

        bare.test_client().post("/marked")
        assert seen == [expected]


def test_the_folder_may_not_lie_among_what_is_served_to_everybody(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="CONSULT_FILES_DIR"):
        Settings(data_dir=tmp_path, secret_key=SECRET, files_dir=str(folder("static") / "files"))
    assert Settings(data_dir=tmp_path, secret_key=SECRET).files == tmp_path / "files"
    assert Settings(data_dir=tmp_path, secret_key=SECRET, files_dir="/srv/f").files == Path("/srv/f")
    assert issubclass(BadSettings, Exception)

"""A code is on paper and nowhere else: no file, log, table, record or cache holds it."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text

from consult.anonymity import slips as codes
from consult.core.db import db
from consult.people.models import Account
from tests.client import PageClient
from tests.conftest import Instance, People
from tests.slips import codes_in, letterbox

Work = Callable[..., Any]


def spellings(code: str) -> list[bytes]:
    """As printed, as it stands in the QR code, as it is hashed, and the beginnings of each."""
    plain = code.replace("-", "")
    return [one.encode() for one in (code, code[:14], plain, plain[:12], codes.normalise(code))]


def everything_under(*folders: Path) -> dict[Path, bytes]:
    found = {}
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and os.access(path, os.R_OK):
                found[path] = path.read_bytes()
    return found


def test_no_code_lies_anywhere(
    instance: Instance, work: Work, people: People, as_: Callable[[Account], PageClient],
    caplog: pytest.LogCaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    caplog.set_level(logging.DEBUG)
    box = letterbox(work, people)
    client, address = as_(people.rep1), f"/workspace/fr/letterboxes/{box.address}/slips"
    page = client.get(address)
    made = client.submit(page, {"number": "10"}, status=200).response
    printed = codes_in(made.data)
    assert len(printed) == 10
    assert made.headers["Cache-Control"] == "no-store"
    assert "attachment" in made.headers["Content-Disposition"]
    after = client.get(address).response.data
    files = everything_under(instance.folder, tmp_path)
    assert instance.database_file in files
    with work() as session:
        tables = inspect(db.engine).get_table_names()
        rows = [
            repr(row)
            for table in tables
            if table != "search_index"
            for row in session.execute(text(f'SELECT * FROM "{table}"'))
        ]
    said = "\n".join(one.getMessage() + (one.exc_text or "") for one in caplog.records).encode()
    told = "\n".join(rows).encode()
    for code in printed:
        for spelt in spellings(code):
            assert not [path for path, content in files.items() if spelt in content]
            assert spelt not in said and spelt not in told and spelt not in after


def test_the_same_page_never_gives_the_same_codes(
    work: Work, people: People, as_: Callable[[Account], PageClient]
) -> None:
    box = letterbox(work, people)
    client, address = as_(people.rep1), f"/workspace/fr/letterboxes/{box.address}/slips"
    first = codes_in(client.submit(client.get(address), {"number": "10"}, status=200).response.data)
    second = codes_in(client.submit(client.get(address), {"number": "10"}, status=200).response.data)
    assert not set(first) & set(second)
    assert client.http.get(address).mimetype == "text/html", "nothing can be fetched again"

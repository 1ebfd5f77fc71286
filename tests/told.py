"""The demonstration, told once in a run of the tests and copied by whoever needs it."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DATABASE = "consult.sqlite3"


def environ(folder: Path) -> dict[str, str]:
    """What `consult` needs around it to run on a demonstration in that folder; nothing of ours besides."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CONSULT_")}
    return clean | {"CONSULT_DATA_DIR": str(folder), "CONSULT_MAIL_URL": "outbox:"}


def demonstration(factory: pytest.TempPathFactory) -> Path:
    """The data folder that `consult demo --load-only` made. Read it, copy it; never write into it.

    The first worker of the run that asks runs the command; the others wait for it, or find it made."""
    root = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    folder, made = root / "told", root / "told.made"
    with (root / "told.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.is_file():
            shutil.rmtree(folder, ignore_errors=True)
            command = [sys.executable, "-m", "consult", "demo", "--load-only"]
            done = subprocess.run(
                command, env=environ(folder), cwd=ROOT, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stdout + done.stderr
            with closing(sqlite3.connect(folder / DATABASE)) as database:
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            made.touch()
    return folder

"""``make bench``: the served product against two floors in the same run. ``python -m bench [SECONDS]``."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import event

from bench import load, seed
from consult.app import create_app
from consult.core import schema
from consult.core.config import Settings
from consult.core.db import db
from consult.web import readers

SECRET = "only-for-measuring-0123456789-abcdefgh"
SECONDS = 3.0
SIZES = (10, 10_000)
PORTS = {"product": 8461, "floors": 8462}


@contextmanager
def served(command: list[str], port: int, probe: str, environ: dict[str, str]) -> Iterator[tuple[int, float]]:
    """The process and the seconds until its first answer."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environ)
    try:
        while True:
            try:
                if load.fetch(port, load.request(f"127.0.0.1:{port}", probe))[0] == 200:
                    break
            except OSError:
                time.sleep(0.01)
        yield process.pid, time.perf_counter() - start
    finally:
        process.terminate()
        process.wait(timeout=20)


def queries(app: Flask, path: str, cookies: dict[str, str]) -> int:
    """Statements of one page that is not served from the cache."""
    app.extensions["consult.page_cache"].clear()
    client, seen = app.test_client(), []
    for name, value in cookies.items():
        client.set_cookie(name, value, path="/workspace" if name == "consult_session" else "/")
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *_: seen.append(1))
    assert client.get(path).status_code == 200, path
    return len(seen)


def measure(size: int, folder: Path) -> None:
    settings = Settings(
        data_dir=folder, secret_key=SECRET, bind=f"127.0.0.1:{PORTS['product']}", mail_url="outbox:"
    )
    schema.upgrade(settings.url)
    app = create_app(settings)
    box, session_id = seed.fill(app, size)
    with app.app_context():
        access = readers.cookie_value(SECRET, seed.WORD)
        serializer = app.session_interface.get_signing_serializer(app)
        signed_in = serializer.dumps({"_user_id": session_id, "_fresh": True})
    cookies = {"access": access, "consult_session": signed_in}
    notice = f"/fr/notices/{seed.SLUG}"
    host = f"127.0.0.1:{PORTS['product']}"
    message = urlencode(
        {"kind": "worry", "topics": "workload", "language": "fr", "text": "On relit trop. " * 40}
    )
    reader, staff = f"access={access}", f"consult_session={signed_in}"
    cases = {
        "notice page": (load.request(host, notice, cookie=reader), 200),
        "notices list": (load.request(host, "/fr/notices", cookie=reader), 200),
        "workspace page": (load.request(host, "/workspace/fr/", cookie=staff), 200),
        "sending a message": (
            load.request(host, f"/speak/fr/{box}/send", cookie=reader, body=message.encode()), 303,
        ),
    }  # fmt: skip
    counted = {
        "notice page": queries(app, notice, cookies),
        "notices list": queries(app, "/fr/notices", cookies),
        "workspace page": queries(app, "/workspace/fr/", cookies),
    }
    page = app.test_client()
    page.set_cookie("access", access)
    (folder / "page.html").write_bytes(page.get(notice).data)
    with app.app_context():
        db.engine.dispose()
    gc.collect()
    _against_floors(size, folder, cases, counted)


def _against_floors(
    size: int, folder: Path, cases: dict[str, tuple[bytes, int]], counted: dict[str, int]
) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CONSULT_")}
    environ = clean | {
        "CONSULT_DATA_DIR": str(folder), "CONSULT_SECRET_KEY": SECRET, "CONSULT_MAIL_URL": "outbox:",
        "CONSULT_BIND": f"127.0.0.1:{PORTS['product']}", "CONSULT_JOBS": "false",
    }  # fmt: skip
    floors = [sys.executable, "-m", "bench.floors", str(PORTS["floors"]), str(folder / "page.html")]
    product = [sys.executable, "-m", "bench.product"]
    with (
        served(floors, PORTS["floors"], "/", clean) as (floor_process, _),
        served(product, PORTS["product"], "/healthz", environ) as (process, cold),
    ):

        def floor(path: str) -> load.Rate:
            wanted = load.request(f"127.0.0.1:{PORTS['floors']}", path)
            return load.run(PORTS["floors"], wanted, seconds=SECONDS, process=floor_process)

        print(
            f"\n{size:,} notices. Cold start {cold:.2f} s, memory {load.pss_megabytes(process):.0f} MB (PSS)."
        )
        heads = (
            f"{'per second':>12}{'of raw':>9}{'of Flask':>10}{'p99 ms':>9}{'of its CPU':>11}{'queries':>9}"
        )
        print(f"  {'':<20}{heads}")
        for name, (wanted, expect) in cases.items():
            raw, bare = floor("/"), floor("/bare")
            load.run(PORTS["product"], wanted, seconds=0.3, process=process, expect=expect)
            got = load.run(PORTS["product"], wanted, seconds=SECONDS, process=process, expect=expect)
            print(
                f"  {name:<20}{got.per_second:>12.0f}{got.per_second / raw.per_second:>9.2f}"
                f"{got.per_second / bare.per_second:>10.2f}{got.p99:>9.1f}{got.cpu / raw.cpu:>11.1f}"
                f"{counted.get(name, '–'):>9}"
            )


if __name__ == "__main__":
    SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    for notices in SIZES:
        with tempfile.TemporaryDirectory(prefix="consult-bench-") as temporary:
            measure(notices, Path(temporary))

"""``python -m bench.voices [SECONDS]``: messages a second by channel, served as `consult serve` does, beside
a bare Flask answer in the same run; and how long a release of 100,000 entries takes, and holds up intake."""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import insert
from sqlalchemy.orm import Session

from bench import load
from bench.__main__ import PORTS, SECRET, served
from consult.anonymity import blind, rights, sealing, slips
from consult.app import create_app
from consult.core import clock, schema
from consult.core.config import Settings
from consult.core.db import db, random_id, reading
from consult.people import services as people
from consult.voices import services
from consult.voices.models import Letterbox, SlipRight, Waiting
from consult.voices.rules import Channels, lanes
from consult.web import readers

WORD = "tournesol"
RIGHTS = 3000
"""Slips and passes made beforehand: each sends one message."""
ENTRIES = 100_000
TEXT = "On relit trop, et personne ne compte ce temps. " * 20


def opened(session: Session, channels: Channels, keys: dict[str, blind.KeyPair]) -> Letterbox:
    today = clock.today()
    return services.open_letterbox(
        session, told={"slug": "", "organisation": "Orvalie"}, channels=channels,
        public_key=sealing.new_key_pair().public, k=10, interval_days=7, opens_on=today,
        closes_on=today + timedelta(days=30), headcount=ENTRIES, quota=0 if channels.is_open else 1,
        lane_keys={lane: pair.public for lane, pair in keys.items()},
    )  # fmt: skip


def slips_of(session: Session, box: Letterbox) -> list[str]:
    codes = [slips.new() for _ in range(RIGHTS)]
    rows = sorted(one for code in codes for one in slips.hashes(box.id, code, lanes(1)).values())
    session.execute(insert(SlipRight), [{"hash": one, "letterbox_id": box.id} for one in rows])
    return [slips.printed(code) for code in codes]


def passes_of(pair: blind.KeyPair) -> list[str]:
    made = []
    for _ in range(RIGHTS):
        prepared = blind.prepare(secrets.token_bytes(rights.MESSAGE_SIZE))
        asked = blind.blind(pair.public, prepared)
        signature = blind.finalize(
            pair.public, prepared, blind.sign(pair.private, asked.request), asked.inverse
        )
        made.append(rights.Pass("speak-1", prepared, signature).token)
    return made


def requests() -> dict[str, bytes | Iterator[bytes]]:
    """A message by each channel, every right used once."""
    host = f"127.0.0.1:{PORTS['product']}"
    cookie = f"access={readers.cookie_value(SECRET, WORD)}"

    def send(box: bytes, right: str = "") -> bytes:
        fields = {"kind": "worry", "topics": "workload", "language": "fr", "text": TEXT, "right": right}
        body = urlencode(fields).encode()
        return load.request(host, f"/speak/fr/{box.hex()}/send", cookie=cookie, body=body)

    keys = {lane: blind.generate() for lane in lanes(1)}
    session = db.session
    people.found_organisation(session, name="Orvalie", country="fr", access_word=WORD)
    boxes = {one: opened(session, one, keys if one.takes_passes else {}) for one in list(Channels)[:3]}
    ids = {channel: box.id for channel, box in boxes.items()}
    printed = slips_of(session, boxes[Channels.SLIPS])
    session.commit()
    return {
        "open": send(ids[Channels.OPEN]),
        "slips": iter([send(ids[Channels.SLIPS], one) for one in printed]),
        "passes": iter([send(ids[Channels.INVITATIONS], one) for one in passes_of(keys["speak-1"])]),
    }


def speaking(app: Flask, folder: Path, seconds: float) -> None:
    with app.app_context():
        wanted = requests()
        db.engine.dispose()
    (folder / "page.html").write_bytes(b"<!doctype html>")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CONSULT_")}
    environ = clean | {
        "CONSULT_DATA_DIR": str(folder), "CONSULT_SECRET_KEY": SECRET, "CONSULT_MAIL_URL": "outbox:",
        "CONSULT_BIND": f"127.0.0.1:{PORTS['product']}", "CONSULT_JOBS": "false",
    }  # fmt: skip
    floors = [sys.executable, "-m", "bench.floors", str(PORTS["floors"]), str(folder / "page.html")]
    with (
        served(floors, PORTS["floors"], "/", clean) as (floor_process, _),
        served([sys.executable, "-m", "bench.product"], PORTS["product"], "/healthz", environ) as (
            process,
            _,
        ),
    ):
        bare = load.request(f"127.0.0.1:{PORTS['floors']}", "/bare")
        print(f"{'messages by':<14}{'per second':>12}{'of Flask':>10}{'p99 ms':>9}{'CPU µs':>9}")
        for name, one in wanted.items():
            floor = load.run(PORTS["floors"], bare, seconds=seconds, process=floor_process)
            got = load.run(PORTS["product"], one, seconds=seconds, process=process, expect=303)
            share = got.per_second / floor.per_second
            print(f"{name:<14}{got.per_second:>12.0f}{share:>10.2f}{got.p99:>9.1f}{got.cpu:>9.0f}")


def releasing(app: Flask) -> None:
    """In as many transactions as the worker takes; the longest is what a writer waits at most."""
    with app.app_context():
        box = opened(db.session, Channels.OPEN, {}).id
        for at in range(0, ENTRIES, 2000):
            rows = [
                {"id": random_id(), "letterbox_id": box, "lane": 0, "sealed": os.urandom(sealing.SEALED_SIZE)}
                for _ in range(min(2000, ENTRIES - at))
            ]
            db.session.execute(insert(Waiting), rows)
            db.session.commit()
        took: list[float] = []
        has_more = True
        while has_more:
            start = time.perf_counter()
            letterbox = db.session.get_one(Letterbox, box)
            made = services.release(db.session, letterbox, on=clock.today() + timedelta(days=7))
            has_more = services.is_part(db.session, made)
            db.session.commit()
            took.append(time.perf_counter() - start)
        start = time.perf_counter()
        services.tidy(db.session)
        tidied = time.perf_counter() - start
    print(
        f"\n{ENTRIES:,} entries released in {sum(took):.1f} s, {len(took)} transactions, the longest"
        f" {max(took):.1f} s; the journal emptied in {tidied:.1f} s"
    )


def main(seconds: float) -> None:
    reading.set(False)
    with tempfile.TemporaryDirectory(prefix="consult-bench-") as temporary:
        folder = Path(temporary)
        settings = Settings(
            data_dir=folder, secret_key=SECRET, bind=f"127.0.0.1:{PORTS['product']}", mail_url="outbox:"
        )
        schema.upgrade(settings.url)
        app = create_app(settings)
        speaking(app, folder, seconds)
        releasing(app)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 3.0)

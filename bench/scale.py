"""``python -m bench.scale``: the same pages with few notices and with many; ``python -m bench.scale bodies``:
with a body of three, and in a group with a central body, forty establishments and 600 representatives.

Both instances are served at once, beside the two floors, and asked in turn, a little at a time: whatever the
machine does meanwhile, it does to all of them. Nothing here is served from the page cache."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from bench import bodies, load, many, seed
from bench.__main__ import PORTS, SECRET, queries, served
from consult.app import create_app
from consult.core import schema
from consult.core.config import Settings
from consult.core.db import db
from consult.web import readers

ROUNDS = 8
Cases = Mapping[str, tuple[str, list[str]]]
"""By name: who reads (nobody signed in: empty), and the addresses asked in turn."""


@dataclass(frozen=True)
class World:
    """What grows: how an instance of a size is filled (sessions by who signs in), and what is asked of it."""

    unit: str
    sizes: tuple[int, ...]
    fill: Callable[[Flask, int], dict[str, str]]
    cases: Callable[[int], Cases]


WORLDS = {
    "notices": World("notices", (100, 20_000), many.fill, many.cases),
    "bodies": World("bodies", (1, 41), bodies.fill, bodies.cases),
}


@dataclass(frozen=True)
class Instance:
    world: World
    size: int
    folder: Path
    port: int
    cookies: dict[str, str]
    """By who reads: nobody signed in, ``hr``, ``rep``."""
    counted: dict[str, int]

    @property
    def environ(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("CONSULT_")}
        return clean | {
            "CONSULT_DATA_DIR": str(self.folder), "CONSULT_SECRET_KEY": SECRET, "CONSULT_MAIL_URL": "outbox:",
            "CONSULT_BIND": f"127.0.0.1:{self.port}", "CONSULT_JOBS": "false", "CONSULT_WORKERS": "1",
        }  # fmt: skip

    def wanted(self, name: str) -> list[bytes]:
        who, addresses = self.world.cases(self.size)[name]
        host = f"127.0.0.1:{self.port}"
        return [load.request(host, one, cookie=self.cookies[who]) for one in addresses]


def prepared(world: World, size: int, folder: Path, port: int) -> Instance:
    start = time.perf_counter()
    settings = Settings(data_dir=folder, secret_key=SECRET, bind=f"127.0.0.1:{port}", mail_url="outbox:")
    schema.upgrade(settings.url)
    app = create_app(settings)
    known = folder / "sessions.json"
    if not known.exists():
        known.write_text(json.dumps(world.fill(app, size)))
    sessions = json.loads(known.read_text())
    with app.app_context():
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        signed = {who: serializer.dumps({"_user_id": one, "_fresh": True}) for who, one in sessions.items()}
        access = readers.cookie_value(SECRET, seed.WORD)
    cookies = {"": f"access={access}"} | {who: f"consult_session={one}" for who, one in signed.items()}
    counted = {}
    for name, (who, addresses) in world.cases(size).items():
        reader = {"consult_session": signed[who]} if who else {"access": access}
        counted[name] = queries(app, addresses[0], reader)
    with app.app_context():
        db.engine.dispose()
    megabytes = sum(one.stat().st_size for one in folder.glob("consult.sqlite3*")) / 1e6
    print(f"{size:,} {world.unit}: {megabytes:,.0f} MB, filled in {time.perf_counter() - start:.0f} s")
    return Instance(world, size, folder, port, cookies, counted)


def measure(instances: list[Instance], seconds: float) -> None:
    page = instances[0].folder / "page.html"
    with ExitStack() as stack:
        started = [
            stack.enter_context(
                served([sys.executable, "-m", "bench.product"], one.port, "/healthz", one.environ)
            )
            for one in instances
        ]
        first = next(iter(instances[0].world.cases(instances[0].size)))
        page.write_bytes(load.fetch(instances[0].port, instances[0].wanted(first)[0])[1])
        command = [sys.executable, "-m", "bench.floors", str(PORTS["floors"]), str(page)]
        stack.enter_context(served(command, PORTS["floors"], "/", dict(os.environ)))
        bare = [load.request(f"127.0.0.1:{PORTS['floors']}", "/bare")]
        memory = ", ".join(f"{load.pss_megabytes(process):.0f} MB" for process, _seconds in started)
        print(f"Memory (PSS): {memory}. Milliseconds; the floor is a bare Flask answer in the same rounds.\n")
        _table(instances, bare, seconds)


def _table(instances: list[Instance], bare: list[bytes], seconds: float) -> None:
    sizes = "".join(f"{f'p50 {one.size:,}':>14}{'p99':>8}{'of floor':>10}" for one in instances)
    print(f"  {'':<30}{'floor':>7}{sizes}{'p50 ×':>8}{'p99 ×':>8}{'queries':>9}")
    for name in instances[0].world.cases(instances[0].size):
        floor, took = _interleaved(name, instances, bare, seconds)
        base = load.quantile(floor, 0.5)
        middle = [load.quantile(one, 0.5) for one in took]
        tail = [load.quantile(one, 0.99) for one in took]
        shown = "".join(f"{a:>14.1f}{b:>8.1f}{a / base:>10.1f}" for a, b in zip(middle, tail, strict=True))
        counts = "/".join(sorted({str(one.counted[name]) for one in instances}, key=int))
        ratios = f"{middle[-1] / middle[0]:>8.2f}{tail[-1] / tail[0]:>8.2f}"
        print(f"  {name:<30}{base:>7.1f}{shown}{ratios}{counts:>9}", flush=True)


def _interleaved(
    name: str, instances: list[Instance], bare: list[bytes], seconds: float
) -> tuple[list[float], list[list[float]]]:
    """One connection, short rounds, first everything once to warm up."""
    wanted = [one.wanted(name) for one in instances]
    for one, some in zip(instances, wanted, strict=True):
        load.one_by_one(one.port, some, seconds=0, least=len(some))
    floor: list[float] = []
    took: list[list[float]] = [[] for _ in instances]
    for _ in range(ROUNDS):
        floor += load.one_by_one(PORTS["floors"], bare, seconds=seconds / ROUNDS / 10)
        for one, some, times in zip(instances, wanted, took, strict=True):
            times += load.one_by_one(one.port, some, seconds=seconds / ROUNDS, least=len(some))
    return floor, took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("world", nargs="?", choices=WORLDS, default="notices", help="what grows")
    parser.add_argument("sizes", nargs="*", type=int, help="how many, from few to many")
    parser.add_argument("--seconds", type=float, default=4.0, help="for each page and size")
    parser.add_argument("--keep", type=Path, help="folder to fill once and use again")
    given = parser.parse_args()
    world = WORLDS[given.world]
    with tempfile.TemporaryDirectory(prefix="consult-scale-") as temporary:
        made = []
        for at, size in enumerate(given.sizes or world.sizes):
            folder = (given.keep or Path(temporary)) / f"{world.unit}-{size}"
            folder.mkdir(parents=True, exist_ok=True)
            made.append(prepared(world, size, folder, PORTS["product"] + 10 + at))
        measure(made, given.seconds)


if __name__ == "__main__":
    main()

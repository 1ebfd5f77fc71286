"""A small load generator on plain sockets, and what the kernel says of a process tree."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, repeat
from pathlib import Path

CONNECTIONS = 4
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Rate:
    """``per_second`` answers; ``p99`` in milliseconds; ``cpu`` microseconds of the server's tree each."""

    per_second: float
    p99: float
    cpu: float


def request(host: str, path: str, *, cookie: str = "", body: bytes | None = None) -> bytes:
    """One HTTP/1.1 request as bytes; a body makes it a form."""
    verb = "GET" if body is None else "POST"
    lines = [f"{verb} {path} HTTP/1.1", f"Host: {host}", "Accept-Encoding: identity"]
    if cookie:
        lines.append(f"Cookie: {cookie}")
    if body is not None:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        lines += [f"Origin: http://{host}", "Sec-Fetch-Site: same-origin"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + (body or b"")


def _answer(connection: socket.socket) -> tuple[int, bytes]:
    """Status and body of one answer with a Content-Length."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, _, rest = data.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
    length = int(lengths[0].split(b":")[1]) if lengths else 0
    while len(rest) < length:
        rest += _more(connection)
    return int(head.split(b" ", 2)[1]), rest


def _more(connection: socket.socket) -> bytes:
    chunk = connection.recv(65536)
    if not chunk:
        raise ConnectionError("closed")
    return chunk


def fetch(port: int, wanted: bytes) -> tuple[int, bytes]:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(wanted)
        return _answer(connection)


def run(
    port: int, wanted: bytes | Iterator[bytes], *, seconds: float, process: int, expect: int = 200
) -> Rate:
    """Keeps `CONNECTIONS` connections busy for so long, with one request or with each of many once (fewer
    seconds when there are no more). Raises AssertionError on another status."""
    requests = repeat(wanted) if isinstance(wanted, bytes) else wanted
    one_at_a_time = threading.Lock()
    took: list[float] = []
    faults: list[int] = []
    until = time.perf_counter() + seconds

    def work() -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            while time.perf_counter() < until:
                with one_at_a_time:
                    following = next(requests, None)
                if following is None:
                    return
                start = time.perf_counter()
                connection.sendall(following)
                status, _body = _answer(connection)
                took.append(time.perf_counter() - start)
                if status != expect:
                    faults.append(status)
                    return

    before, start = cpu_seconds(process), time.perf_counter()
    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults, f"{faults[0]} instead of {expect}"
    spent, elapsed = cpu_seconds(process) - before, time.perf_counter() - start
    took.sort()
    return Rate(len(took) / elapsed, took[int(len(took) * 0.99)] * 1000, spent / len(took) * 1e6)


def one_by_one(
    port: int, wanted: Sequence[bytes], *, seconds: float, least: int = 1, expect: int = 200
) -> list[float]:
    """Milliseconds of each answer on one connection, the requests in turn. Raises on another status."""
    took: list[float] = []
    until = time.perf_counter() + seconds
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        for one in cycle(wanted):
            start = time.perf_counter()
            connection.sendall(one)
            status, _body = _answer(connection)
            took.append((time.perf_counter() - start) * 1000)
            assert status == expect, f"{status} instead of {expect}: {one[:200]!r}"
            if len(took) >= least and time.perf_counter() >= until:
                return took
    return took


def quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def tree(process: int) -> list[int]:
    """The process and everything it started."""
    found, todo = [], [process]
    while todo:
        one = todo.pop()
        found.append(one)
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            todo += [int(child) for child in task.read_text().split()]
    return found


def cpu_seconds(process: int) -> float:
    total = 0
    for one in tree(process):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / _TICKS


def pss_megabytes(process: int) -> float:
    """Proportional set size of the tree: shared pages count once."""
    total = 0
    for one in tree(process):
        for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024

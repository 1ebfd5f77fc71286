"""Blind signatures against OpenSSL's raw operation in one run: ``python -m bench.signing [SECONDS]``."""

from __future__ import annotations

import re
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median

from consult.anonymity import blind
from consult.anonymity.rights import MESSAGE_SIZE

SECONDS = 2.0
ROUNDS = 3
_FIGURES = re.compile(r"rsa +2048 bits +[\d.]+s +[\d.]+s +([\d.]+) +([\d.]+)")


def openssl(seconds: float) -> tuple[float, float]:
    """RSA-2048 operations per second of the ``openssl`` program on one core: (private, public).

    It signs and verifies a few bytes with PKCS #1 v1.5: the raw operation, and next to nothing besides."""
    command = ["openssl", "speed", "-seconds", str(max(1, round(seconds))), "rsa2048"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = _FIGURES.search(done.stdout)
    if found is None:
        raise RuntimeError("openssl speed prints something else than expected")
    return float(found[1]), float(found[2])


def per_second(work: Callable[[], object], seconds: float) -> float:
    """How often ``work`` runs in a second, on this thread."""
    until, done, start = time.perf_counter() + seconds, 0, time.perf_counter()
    while time.perf_counter() < until:
        work()
        done += 1
    return done / (time.perf_counter() - start)


def measure(seconds: float) -> None:
    """Floors and product take turns, so that a busy machine slows both; the medians are reported."""
    pair = blind.generate()
    prepared = blind.prepare(secrets.token_bytes(MESSAGE_SIZE))
    asked = blind.blind(pair.public, prepared)
    signature = blind.finalize(pair.public, prepared, blind.sign(pair.private, asked.request), asked.inverse)
    floors, signing, verifying = [], [], []
    for _ in range(ROUNDS):
        floors.append(openssl(seconds))
        signing.append(per_second(lambda: blind.sign(pair.private, asked.request), seconds))
        verifying.append(per_second(lambda: blind.verify(pair.public, prepared, signature), seconds / 4))
    private, public = (median(figures) for figures in zip(*floors, strict=True))
    rows = [("blind signatures", median(signing), private), ("verifications", median(verifying), public)]
    print(f"RSA-2048, one core, median of {ROUNDS} turns of {seconds:g} s")
    print(f"  {'':<18}{'per second':>12}{'OpenSSL raw':>13}{'ratio':>8}{'us each':>9}")
    for name, found, floor in rows:
        print(f"  {name:<18}{found:>12.0f}{floor:>13.0f}{found / floor:>8.2f}{1e6 / found:>9.0f}")


if __name__ == "__main__":
    measure(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)

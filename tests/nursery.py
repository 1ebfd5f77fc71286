"""Processes to be killed: one that has imported the product and forks a child for each line it reads.

``python -m tests.nursery BOX SLIPS`` with the settings of an instance in the environment; ``speak N`` writes
messages with the slips of a file from the N-th on, ``release 0`` releases again and again; each answers with
the child's process id once it is at work. ``wait PID`` answers ``killed`` or ``ended``."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from flask import Flask

from consult.app import create_app
from consult.core import config
from consult.core.db import db, reading
from consult.voices import services, spending
from consult.voices.models import Letterbox
from consult.voices.rules import RightRefused
from tests.letterboxes import MONDAY, OPENS, message


def speak(app: Flask, box: bytes, slips: list[str], start: int) -> None:
    """Each slip gives three messages; the text says which slip it was."""
    for number in range(start, len(slips)):
        for _ in range(3):
            with app.app_context(), suppress(RightRefused):  # used before its writer was killed
                letterbox = db.session.get_one(Letterbox, box)
                rights = spending.to_speak(db.session, letterbox, slips[number])
                services.speak(db.session, letterbox, message(f"{number:05}"), on=OPENS, rights=rights)
                db.session.commit()
            _begun(number == start)


def release(app: Flask, box: bytes, _slips: list[str], _start: int) -> None:
    """As the worker does, as often as it can."""
    for week in range(1000):
        _begun(week == 0)
        with app.app_context():
            letterbox = db.session.get_one(Letterbox, box)
            services.release(db.session, letterbox, on=MONDAY + timedelta(days=week % 2))
            db.session.commit()
            services.tidy(db.session, patience=0)


_pipe: list[int] = []


def _begun(is_first: bool) -> None:
    """Says that it is at work: who kills it before then would kill nothing."""
    if is_first and _pipe:
        os.write(_pipe.pop(), b".")


def main() -> None:
    app = create_app(config.load())
    reading.set(False)
    box, slips = bytes.fromhex(sys.argv[1]), Path(sys.argv[2]).read_text().split()
    children: dict[str, Callable[[Flask, bytes, list[str], int], None]] = {"speak": speak, "release": release}
    print("ready", flush=True)
    for line in sys.stdin:
        name, number = line.split()
        if name == "wait":
            _, status = os.waitpid(int(number), 0)
            print("killed" if os.WIFSIGNALED(status) else "ended", flush=True)
            continue
        heard, told = os.pipe()
        child = os.fork()
        if child == 0:
            _pipe.append(told)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # a killed server's complaints are expected
            try:
                children[name](app, box, slips, int(number))
            finally:
                os._exit(1)
        os.close(told)
        os.read(heard, 1)
        os.close(heard)
        print(child, flush=True)


if __name__ == "__main__":
    main()

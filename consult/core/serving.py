"""The embedded server: the application imported before it forks, no access log, jobs beside it."""

from __future__ import annotations

import gc
import multiprocessing
import signal
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from consult.core.config import Settings
from consult.core.db import db


def serve(app: Flask, settings: Settings) -> None:
    """Blocks until SIGTERM or Ctrl-C. No connection may be open when it forks."""
    beside = subprocess.Popen([sys.executable, "-m", "consult", "worker"]) if settings.jobs else None
    with app.app_context():
        db.engine.dispose(close=False)
    gc.freeze()
    multiprocessing.set_start_method("fork", force=True)

    def load(_target: str) -> Callable[..., Any]:
        return app

    server = Granian(
        "consult",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=2,
        log_access=False,
        log_level=LogLevels.warning,
    )
    try:
        server.serve(target_loader=load)
    finally:
        if beside is not None:
            beside.send_signal(signal.SIGTERM)
            beside.wait(timeout=10)

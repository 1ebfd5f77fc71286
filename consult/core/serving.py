"""The embedded server: the application imported before it forks, no access log, jobs beside it."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import Any

from flask import Flask
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from consult.core.config import Settings
from consult.core.db import db

logger = logging.getLogger("consult")
PATIENCE = 10
"""Seconds the jobs get to finish what they are doing once the server stops."""


def serve(app: Flask, settings: Settings, *, jobs: Callable[[], None] | None = None) -> None:
    """Blocks until SIGTERM or Ctrl-C, then stops the web processes and what runs beside them. ``jobs``
    runs in a process of its own until it gets SIGTERM."""
    with app.app_context():
        db.engine.dispose(close=False)  # no connection may be shared by two processes
    gc.collect()
    gc.freeze()
    multiprocessing.set_start_method("fork", force=True)
    parent = os.getpid()

    def load(_target: str) -> Callable[..., Any]:  # called in each web process
        _end_with(parent)
        return app

    beside = _run_beside(jobs, parent) if jobs is not None else None
    try:
        _server(settings).serve(target_loader=load)
    finally:
        if beside is not None:
            _stop(beside)


def _server(settings: Settings) -> Any:
    return Granian(
        "consult",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=2,
        log_access=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=PATIENCE,
    )


def _run_beside(jobs: Callable[[], None], parent: int) -> BaseProcess:
    def run() -> None:
        _end_with(parent)
        try:
            jobs()
        except Exception:
            logger.exception("the jobs stopped: no mail goes out and nothing is released. Restart.")
            raise SystemExit(1) from None

    # Forked before any thread is started here: a lock held by one would stay held in the copy.
    process = multiprocessing.Process(target=run, name="consult-jobs")
    process.start()
    return process


def _end_with(parent: int) -> None:
    """In a child: a server that was killed leaves nobody behind to keep its port, or to run jobs twice."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


def _stop(process: BaseProcess) -> None:
    process.terminate()
    process.join(PATIENCE)
    if process.is_alive():
        process.kill()
        process.join()

"""The schedule: which feature's job runs when. The only file that knows huey."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from huey import SqliteHuey, crontab
from huey.consumer import Consumer
from sqlalchemy.orm import Session

from consult.calendars import jobs as calendars
from consult.concerns import jobs as concerns
from consult.consultations import jobs as consultations
from consult.core import clock, copies
from consult.core.db import db, reading
from consult.keyholders import jobs as keyholders
from consult.mail import jobs as mail
from consult.notices import jobs as notices
from consult.opinions import jobs as opinions
from consult.passes import jobs as passes
from consult.register import jobs as register

Job = Callable[..., Any]

SCHEDULE: Sequence[tuple[Any, Job]] = (
    (crontab(minute="*"), mail.deliver),
    (crontab(minute="*"), consultations.open_to_employees),
    (crontab(minute="*/5"), keyholders.delete_ended),
    (crontab(minute="5", hour="5"), consultations.refresh_stages),
    (crontab(minute="30", hour="5"), concerns.shred_due),
    (crontab(minute="35", hour="5"), keyholders.finish_handovers),
    (crontab(minute="40", hour="5"), keyholders.remind_of_rehearsal),
    (crontab(minute="0", hour="5"), concerns.release_due),
    (crontab(minute="15", hour="5"), passes.end_claims),
    (crontab(minute="45", hour="5"), notices.remind_of_answers),
    (crontab(minute="50", hour="5"), opinions.remind_of_points),
    (crontab(minute="0", hour="6,12"), calendars.remind),
    (crontab(minute="15", hour="2"), register.merge_index),
    (crontab(minute="40", hour="3"), copies.prune_due),
)


def run_due(session: Session, *, now: datetime) -> list[str]:
    """Every job once, now, in the order of the schedule; returns their names. Each commits its own."""
    reading.set(False)
    ran = []
    for _when, job in SCHEDULE:
        job(session, now=now)
        ran.append(f"{job.__module__.split('.')[1]}.{job.__name__}")
    return ran


def _in_context(app: Flask, job: Job) -> None:
    with app.app_context():
        reading.set(False)
        job(db.session, now=clock.now())


def consumer(app: Flask, data_dir: Path) -> Consumer:
    """A huey consumer with the periodic tasks; ``run()`` blocks until SIGTERM."""
    huey = SqliteHuey("consult", filename=str(data_dir / "jobs.sqlite3"), utc=True)
    for when, job in SCHEDULE:
        task = partial(_in_context, app, job)
        task.__name__ = f"{job.__module__}.{job.__name__}"  # type: ignore[attr-defined]
        huey.periodic_task(when, name=task.__name__)(task)  # type: ignore[attr-defined]
    return huey.create_consumer(workers=1, periodic=True)

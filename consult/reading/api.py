"""The state of a procedure as data for programs, and how often they may ask. It decides nothing."""

from __future__ import annotations

import threading
import time
from datetime import date
from typing import Any
from uuid import UUID

from consult.consultations import words
from consult.consultations.before import Before, Dated, Procedure
from consult.core.errors import TooMany
from consult.core.i18n import locale
from consult.core.localized import Localized
from consult.notices.models import Notice, Revision
from consult.procedures.clock import StepAt
from consult.procedures.template import Basis
from consult.voices.rules import Bucket
from consult.web.filters import plain_of

WITHOUT_KEY = (60, 1.0)
WITH_KEY = (60, 1.0)
"""Requests one process takes at once, then each second: from everybody without a key together, from
everybody with a wrong one together, and for each key. Nothing is known of who asks."""
WAIT = 60


class Limits:
    """Full buckets of strangers keep nobody with a key waiting."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.without, self.wrong = Bucket(*WITHOUT_KEY), Bucket(*WITHOUT_KEY)
        self.keys: dict[UUID, Bucket] = {}

    def take(self, key_id: UUID | None, *, is_wrong: bool = False) -> None:
        """Raises `TooMany`. ``key_id``: of a key that was proven right."""
        with self.lock:
            bucket = self.wrong if is_wrong else self.without
            if key_id is not None:
                bucket = self.keys.setdefault(key_id, Bucket(*WITH_KEY))
            if not bucket.take(time.monotonic()):
                raise TooMany(WAIT)


def procedure_state(notice: Notice, revision: Revision, before: Before, *, address: str) -> dict[str, Any]:
    """See docs/api.md. Texts in the language of the request; days as ISO 8601."""
    return {
        "as_of": before.on.isoformat(),
        "language": locale(),
        "sentence": words.sentence(before),
        "still_running": before.still_running,
        "earliest_end": _day(before.earliest_end),
        "contested_earliest_end": _both(before.ends),
        "notice": {
            "slug": notice.slug,
            "number": notice.number,
            "title": plain_of(revision.title),
            "revision": revision.number,
            "address": address,
            "withdrawn_on": _day(notice.withdrawn_on),
        },
        "procedures": [_procedure(one) for one in before.procedures],
        "early_milestones": [_milestone(one) for one in before.early],
    }


def _procedure(one: Procedure) -> dict[str, Any]:
    run = one.run
    return {
        "template": run.template.key,
        "label": run.template.label.shown(locale()),
        "body": one.followed.body or None,
        "state": str(one.course),
        "still_running": one.still_runs,
        "stopped_on": _day(one.followed.stopped_on),
        "earliest_end": _day(run.earliest_end),
        "contested_earliest_end": _both(one.ends),
        "reference": one.reference or None,
        "basis": str(one.basis) if one.holding is not None else None,
        "is_verified": None if one.holding is None or one.basis is Basis.AGREEMENT else one.is_verified,
        "open_steps": [_step(each) for each in one.open],
    }


def _step(one: StepAt) -> dict[str, Any]:
    return {
        "key": one.step.key,
        "label": one.step.label.shown(locale()),
        "actor": one.step.actor,
        "state": str(one.state),
        "due_on": _day(one.due_on),
        "is_contested": one.is_contested,
        "contested_due_on": _day(one.contested_due_on),
        "is_proposed": one.is_target,
        "reference": one.cited or None,
        "basis": str(one.basis),
    }


def _milestone(one: Dated) -> dict[str, Any]:
    reason = one.reason
    return {
        "kind": str(one.planned.kind),
        "day": one.planned.day.isoformat(),
        "label": _text(one.planned.label),
        "is_explained": one.is_explained,
        "reason": _text(reason.text) if reason is not None else None,
        "reason_given_on": _day(reason.given_on) if reason is not None else None,
        "earliest_end_then": _day(reason.earliest_end) if reason is not None else None,
    }


def _both(ends: tuple[date | None, date | None]) -> dict[str, str | None] | None:
    """Both readings, where the body contests a day; None where it contests none that matters."""
    claimed, said = ends
    return None if claimed == said else {"by_employer": _day(claimed), "by_body": _day(said)}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _text(text: Localized) -> str | None:
    return plain_of(text) or None

"""The state before a deployment from what is loaded already: the consultations of a notice, what runs
beside them, the dates of its text and the reasons given. No query."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from consult.consultations import course
from consult.consultations.before import Before, Followed, Reason, before, planned
from consult.consultations.course import Around
from consult.consultations.models import Consultation, EarlyMilestone, SideProcedure
from consult.notices.models import Revision
from consult.procedures.clock import Run


def side_run(
    side: SideProcedure, consultations: Sequence[Consultation], revision: Revision | None, *, country: str,
    on: date,
) -> Run:  # fmt: skip
    """What runs beside counts what the acts of the notice tell too."""
    facts = [fact for one in consultations for fact in one.facts]
    headcount = max((one.body.headcount for one in consultations), default=0)
    around = Around(country=country, live_on=course.live_on(revision))
    return course.beside(side, facts, around, headcount=headcount, on=on)


def reasons(rows: Iterable[EarlyMilestone]) -> list[Reason]:
    return [Reason(one.key, one.day, one.earliest_end, one.reason, one.given_on) for one in rows]


def gathered(
    revision: Revision,
    runs: Sequence[tuple[Consultation, Run | None]],
    sides: Iterable[SideProcedure],
    given: Iterable[EarlyMilestone],
    *,
    country: str,
    on: date,
) -> Before:
    """``runs``: each consultation with its procedure on that day; None: it follows none."""
    consultations = [one for one, _run in runs]
    followed = [Followed(one.id, run, one.body.name) for one, run in runs if run is not None]
    followed += [
        Followed(
            side.id, side_run(side, consultations, revision, country=country, on=on),
            stopped_on=side.ended_on,
        )
        for side in sides
    ]  # fmt: skip
    dates = planned((one.kind, one.day, one.label) for one in revision.milestones)
    return before(followed, dates, reasons(given), on=on)

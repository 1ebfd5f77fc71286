"""The state of the procedure before a deployment, asked of the database. It never writes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import uuid4

from sqlalchemy.orm import Session

from consult.consultations import course, gathering, queries, together
from consult.consultations.before import Before, Dated, Followed, before, planned
from consult.consultations.course import Around
from consult.consultations.rules import FactKind, Told, days_of
from consult.notices import queries as notices
from consult.notices.models import Notice, Revision
from consult.people import queries as people
from consult.people.models import Body
from consult.procedures import clock
from consult.procedures.limit import Situation
from consult.procedures.loading import template


def has_state(notice: Notice) -> bool:
    """Whether there is a deployment to speak of: the employer's own notice, once it was published. What
    representatives open themselves follows no procedure."""
    return not notice.is_file and notices.published(notice) is not None


def of_notice(session: Session, notice: Notice, revision: Revision, *, on: date) -> Before:
    """By the dates of that text. A constant number of queries, however many bodies were asked."""
    asked = queries.of_notices(session, [notice.id])[notice.id]
    arounds = together.arounds(session, asked, on=on)
    runs = [(one, course.of(one, arounds[one.id], on=on)[1]) for one in asked]
    return gathering.gathered(
        revision, runs, queries.side_procedures(session, notice.id),
        queries.reasons_of(session, [notice.id])[notice.id], country=_country(session), on=on,
    )  # fmt: skip


def unexplained(session: Session, *, on: date) -> list[tuple[Notice, Before]]:
    """Notices with a date that comes before the end of the procedure and has no reason, as when an expert
    made the period longer. A constant number of queries."""
    found = queries.deciding(session)
    ids = [one.id for one in found]
    if not ids:
        return []
    consultations, country = queries.of_notices(session, ids), _country(session)
    sides, reasons = queries.side_procedures_of(session, ids), queries.reasons_of(session, ids)
    states = []
    for notice in found:
        revision = notices.published(notice)
        if revision is None:
            continue
        asked = consultations[notice.id]
        # The days of a letterbox and promises move no gate: they are left out.
        around = Around(country, course.levels_of(one.body for one in asked), course.live_on(revision))
        runs = [(one, course.of(one, course.across(one, asked, around, on=on), on=on)[1]) for one in asked]
        states.append((notice, gathering.gathered(
            revision, runs, sides[notice.id], reasons[notice.id], country=country, on=on,
        )))  # fmt: skip
    return [(notice, state) for notice, state in states if state.unexplained]


def if_sent(
    session: Session, notice: Notice, revision: Revision, bodies: Iterable[Body], *, on: date
) -> list[Dated]:
    """Dates of that text that would come early and without a reason, were it sent today to any of these
    bodies."""
    now = of_notice(session, notice, revision, on=on)
    there = {one.body_id for one in queries.of_notice(session, notice.id)}
    told = people.profile(session)
    begun = days_of([Told(FactKind.SENT, on)], on=on, live_on=course.live_on(revision))
    followed = [one.followed for one in now.procedures]
    for body in bodies:
        key = queries.starts_from(told, body)
        if body.id not in there and key:
            situation = Situation(headcount=body.headcount, country=told.country)
            run = clock.run(template(key), begun, on=on, situation=situation)
            followed.append(Followed(uuid4(), run, body.name))
    dates = planned((one.kind, one.day, one.label) for one in revision.milestones)
    reasons = gathering.reasons(queries.reasons_of(session, [notice.id])[notice.id])
    return before(followed, dates, reasons, on=on).unexplained


def _country(session: Session) -> str:
    organisation = people.organisation(session)
    return organisation.country if organisation is not None else "fr"

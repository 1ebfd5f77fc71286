"""The page of questions before sending, worked out before the template. It suggests; people decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy.orm import Session

from consult.consultations import queries
from consult.consultations.rules import NO_PROCEDURE, FactKind, Told, days_of
from consult.notices import duties, services
from consult.notices import queries as notices
from consult.notices.fields import Field, Words
from consult.notices.models import Notice
from consult.people import queries as people
from consult.people.models import Body
from consult.people.regimes import Profile
from consult.procedures import clock
from consult.procedures.clock import Run
from consult.procedures.limit import Situation
from consult.procedures.loading import template
from consult.procedures.template import Basis


@dataclass(frozen=True, slots=True)
class Checks:
    """What `consultations/checks.html` shows. ``said_no``: answers that took questions away.
    ``opinion_by``: until when a body has for its opinion, and by which reference; None where nobody
    recorded a body."""

    blocks: Sequence[duties.Suggestion]
    stands_out: Sequence[duties.StandsOut]
    areas: Sequence[tuple[Words, Sequence[duties.Suggestion]]]
    procedures: Sequence[duties.SuggestedProcedure]
    said_no: Sequence[Field]
    opinion_by: tuple[date, str] | None


def checks(session: Session, notice: Notice, *, on: date) -> Checks:
    """Of the text being written, else of the one in force."""
    revision = notices.draft(notice) or notices.published(notice)
    assert revision is not None, "a notice has a revision"
    content = services.content_of(revision)
    told, bodies = people.profile(session), people.bodies(session)
    by = _opinion_by(session, notice, told, bodies, on)
    found = duties.suggested(content, country=told.country)
    profile = duties.Profile(told.country, told.headcount, told.has_body, told.sector)
    asked = [one for one in found if not one.blocks]
    return Checks(
        blocks=[one for one in found if one.blocks],
        stands_out=duties.standing_out(content, opinion_by=by[0] if by else None),
        areas=[(duties.AREAS[area], list(those)) for area, those in groupby(asked, lambda one: one.area)],
        procedures=duties.suggested_procedures(content, profile),
        said_no=duties.settled_nothing(content),
        opinion_by=by,
    )


def _opinion_by(
    session: Session, notice: Notice, told: Profile, bodies: Sequence[Body], on: date
) -> tuple[date, str] | None:
    """The earliest last day for an opinion, with its reference: of the consultations there are, else of one
    that would begin today."""
    running = queries.of_notice(session, notice.id)
    runs: list[Run | None] = [queries.run(session, one, on=on) for one in running]
    if not running:
        begun = days_of([Told(FactKind.RECEIVED, on)], on=on)
        situation = Situation(country=told.country)
        keys = {queries.starts_from(told, body) for body in bodies} - {NO_PROCEDURE}
        runs = [clock.run(template(key), begun, on=on, situation=situation) for key in sorted(keys)]
    limits = [(one.limit.expires_on, _reference(one)) for one in runs if one is not None]
    return min(((day, reference) for day, reference in limits if day is not None), default=None)


def _reference(run: Run) -> str:
    return run.limit.reference if run.limit.basis is Basis.LAW else ""

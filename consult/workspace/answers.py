"""Reservations and wishes without the employer's last word, on the start pages of both sides."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from itertools import groupby
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from consult.core.i18n import _, locale, ngettext
from consult.notices import queries as notices
from consult.opinions import pending
from consult.opinions.models import Opinion
from consult.opinions.pending import Standing
from consult.opinions.points import PointState
from consult.workspace import queries
from consult.workspace.rules import Task


def for_employer(session: Session, on: date) -> Iterator[Task]:
    """What is still to be answered in responses that were given: one task for each opinion."""
    for opinion, points in _by_opinion(session, on):
        yield Task(
            _("Points still open on %(title)s", title=_title(opinion)),
            url_for("opinions.respond", consultation_id=opinion.consultation_id),
            _("Follow up"),
            _how_many(points),
            due=_announced(points),
            since=opinion.given_on,
        )


def for_body(session: Session, body_ids: Collection[UUID], on: date) -> Iterator[Task]:
    """The same, which the representatives wait for."""
    for opinion, points in _by_opinion(session, on, body_ids):
        yield Task(
            _("Points still open on %(title)s", title=_title(opinion)),
            url_for("workspace.consultation", consultation_id=opinion.consultation_id),
            _("See"),
            _how_many(points),
            due=_announced(points),
            since=opinion.given_on,
            is_mine=False,
        )


def waited(since: date, on: date) -> str:
    """For how long a whole opinion has been without a response."""
    age = max((on - since).days, 0)
    return str(ngettext("Unanswered for %(num)s day.", "Unanswered for %(num)s days.", age)) if age else ""


def _by_opinion(
    session: Session, on: date, body_ids: Collection[UUID] | None = None
) -> list[tuple[Opinion, list[Standing]]]:
    found = pending.still_open(session, on=on, body_ids=body_ids)
    queries.load_titles(session, [one.point.opinion.consultation.notice_id for one in found])
    return [(points[0].point.opinion, points) for points in _groups(found)]


def _groups(found: list[Standing]) -> list[list[Standing]]:
    return [list(group) for _key, group in groupby(found, lambda one: one.point.opinion_id)]


def _announced(points: list[Standing]) -> date | None:
    """The first day announced for the end of a study; none where a point has no answer at all."""
    if any(one.progress.state is PointState.UNANSWERED for one in points):
        return None
    return min((one.progress.until_on for one in points if one.progress.until_on), default=None)


def _how_many(points: list[Standing]) -> str:
    """How many have no answer at all, and for how long the oldest has been open."""
    unanswered = sum(one.progress.state is PointState.UNANSWERED for one in points)
    parts = []
    if unanswered:
        parts.append(ngettext("%(num)s point unanswered", "%(num)s points unanswered", unanswered))
    if len(points) > unanswered:
        parts.append(
            ngettext(
                "%(num)s point under study or in negotiation",
                "%(num)s points under study or in negotiation",
                len(points) - unanswered,
            )
        )
    age = max(one.progress.age for one in points)
    open_for = ngettext("Open for %(num)s day", "Open for %(num)s days", age)
    return f"{', '.join(parts)}. {open_for}."


def _title(opinion: Opinion) -> str:
    """As it was published last."""
    revision = notices.published(opinion.consultation.notice)
    return revision.title.shown(locale())[0] if revision is not None else opinion.consultation.notice.slug

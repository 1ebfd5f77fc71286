"""Several consultations at once, for pages and calendars that gather: as many queries as for one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from consult.commitments import queries as commitments
from consult.consultations import course, queries
from consult.consultations.course import Around
from consult.consultations.models import Consultation
from consult.consultations.rules import FactKind, Window
from consult.notices import queries as notices
from consult.people import queries as people
from consult.people.rules import BodyKind
from consult.voices import queries as voices


def arounds(session: Session, found: Collection[Consultation], *, on: date) -> dict[UUID, Around]:
    """What surrounds each of them, by its identifier: what `queries.around` says of one."""
    organisation = people.organisation(session)
    country = organisation.country if organisation is not None else "fr"
    notice_ids = {one.notice_id for one in found}
    milestones = notices.milestones_in_force(session, notice_ids)
    windows = voices.windows(session, {one.letterbox_id for one in found if one.letterbox_id is not None})
    promised = commitments.agreed_days(
        session, {one.notice_id for one in found if queries.is_answered(one)}
    )  # fmt: skip
    others = queries.of_notices(session, list(notice_ids)) if notice_ids else {}
    made = {}
    for one in found:
        around = Around(
            country=country,
            levels=course.levels_of(each.body for each in others[one.notice_id]),
            live_on=course.first_use(milestones.get(one.notice_id, ())),
            window=Window(*windows[one.letterbox_id]) if one.letterbox_id in windows else None,
            promised=promised.get((one.notice_id, one.body_id), ()) if queries.is_answered(one) else (),
        )
        made[one.id] = course.across(one, others[one.notice_id], around, on=on)
    return made


@dataclass(frozen=True, slots=True)
class Beside:
    """Another body consulted on the same notice. ``due_on``: the last day of its opinion, where the
    projection or the period of the central body gives one."""

    consultation: Consultation
    due_on: date | None
    opinion_on: date | None
    is_late: bool
    """Past that day without an opinion, which is then deemed negative."""


def beside(session: Session, consultation: Consultation, *, on: date) -> list[Beside]:
    """The other bodies consulted on the notice, central ones first: a constant number of queries."""
    known = queries.of_notice(session, consultation.notice_id)
    if len(known) < 2:
        return []
    around = arounds(session, known, on=on)
    found = []
    for one in known:
        if one.id == consultation.id:
            continue
        standing, _run = course.of(one, around[one.id], on=on)
        given = course.first_day(one, FactKind.OPINION_GIVEN)
        found.append(Beside(one, standing.limit, given, standing.is_deemed_negative))
    return sorted(
        found,
        key=lambda one: (one.consultation.body.kind is not BodyKind.CENTRAL_CSE, one.consultation.body.name),
    )

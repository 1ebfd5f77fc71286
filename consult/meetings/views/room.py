"""What the pages of this room share."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from flask import Blueprint

from consult.consultations import queries as consultations
from consult.consultations.models import Consultation
from consult.core import clock
from consult.core.db import db
from consult.core.errors import NotFound
from consult.meetings.models import Meeting
from consult.notices import queries as notices
from consult.people.access import reader_of, secretary_body_ids, signed_in
from consult.web import spaces
from consult.web.filters import text_of
from consult.web.readers import Side, may_read

bp = Blueprint("meetings", __name__, url_prefix=spaces.WORKSPACE)


def is_employer() -> bool:
    """Human resources, and whoever chairs."""
    return reader_of(signed_in()).side is Side.EMPLOYER


def is_secretary(body_id: UUID) -> bool:
    return body_id in secretary_body_ids(signed_in())


def sides(meeting: Meeting) -> None:
    """Only the two who draw up the agenda: the employer, and the secretary. Raises `NotFound`."""
    if not is_employer() and not is_secretary(meeting.body_id):
        raise NotFound


def about_choices(body_ids: Collection[UUID]) -> list[tuple[str, str]]:
    """Consultations of these bodies that run and that this person may read, as choices."""
    reader, today = reader_of(signed_in()), clock.today()
    return [
        (str(one.id), f"{title_of(one)} – {one.body.name}")
        for one in consultations.running_before(db.session, body_ids)
        if may_read(one.audience, reader, on=today)
    ]


def title_of(consultation: Consultation) -> str:
    revision = notices.published(consultation.notice)
    return text_of(revision.title) if revision is not None else ""


def chosen(value: str) -> Consultation | None:
    """The consultation a form names, which it offered."""
    return consultations.by_id(db.session, UUID(value)) if value else None

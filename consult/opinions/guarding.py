"""Who may know of what belongs to the body alone: its members who act for it today, and nobody else."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from consult.consultations import queries as consultations
from consult.consultations.models import Consultation
from consult.people.access import acting_body_ids, may, signed_in
from consult.people.rules import Permission
from consult.procedures.loading import template


def has_opinion(consultation: Consultation) -> bool:
    """Whether the procedure it follows knows an opinion of the body."""
    return bool(consultation.template) and template(consultation.template).has_opinion


def is_ours(consultation: Consultation) -> bool:
    """Whether whoever signed in acts today for the body of that consultation, and it may give an opinion."""
    return (
        has_opinion(consultation)
        and may(Permission.OPINION_GIVE)
        and consultation.body_id in acting_body_ids(signed_in())
    )


def of_ours(session: Session, consultation_id: UUID) -> Consultation | None:
    """A loader for what belongs to the body alone: everybody else is told that there is nothing."""
    found = consultations.by_id(session, consultation_id)
    return found if found is not None and is_ours(found) else None

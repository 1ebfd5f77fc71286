"""Named selects about consultations."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from consult.consultations.models import Consultation


def by_id(session: Session, consultation_id: UUID) -> Consultation | None:
    raise NotImplementedError


def of_notice(session: Session, notice_id: UUID) -> Sequence[Consultation]:
    """With body and facts, oldest first."""
    raise NotImplementedError


def of_notices(session: Session, notice_ids: Sequence[UUID]) -> dict[UUID, list[Consultation]]:
    """For lists: one query."""
    raise NotImplementedError


def by_letterbox(session: Session, letterbox_id: bytes) -> Consultation | None:
    raise NotImplementedError

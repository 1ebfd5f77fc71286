"""Named selects about keyholders."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from consult.keyholders.models import Keyholder


def of_account(session: Session, account_id: UUID) -> Keyholder | None:
    raise NotImplementedError


def of_letterbox(session: Session, letterbox_id: bytes) -> Sequence[Keyholder]:
    """Those the letterbox's key is wrapped for."""
    raise NotImplementedError

"""Jobs of this room."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session


def open_to_employees(session: Session, *, now: datetime) -> None:
    """Placeholder."""


def refresh_stages(session: Session, *, now: datetime) -> None:
    """Placeholder."""

"""Tells a story through the rooms' own services."""

from __future__ import annotations

from sqlalchemy.orm import Session

from consult.core.config import Settings


def load(session: Session, name: str) -> None:
    """Loads the story once; found loaded, does nothing."""
    raise NotImplementedError


def guide(session: Session, settings: Settings) -> str:
    """What a newcomer reads in the terminal: addresses, access word, sign-ins, where mail lands."""
    raise NotImplementedError

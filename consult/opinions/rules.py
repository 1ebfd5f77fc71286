"""Positions, points, stances, and the vote's arithmetic."""

from __future__ import annotations

from enum import StrEnum

from consult.core.errors import Refused


class Position(StrEnum):
    """The body's position, if it takes one."""

    FAVOURABLE = "favourable"
    WITH_RESERVATIONS = "with_reservations"
    UNFAVOURABLE = "unfavourable"
    NONE = "none"


class PointKind(StrEnum):
    RESERVATION = "reservation"
    WISH = "wish"


class Stance(StrEnum):
    """What the employer answers to one point (L2312-15)."""

    ACCEPTED = "accepted"
    PARTLY = "partly"
    REFUSED = "refused"
    STUDYING = "studying"


def is_adopted(votes_for: int, votes_against: int, abstentions: int) -> bool:
    """Majority of the members present: abstaining counts against (L2315-32)."""
    return votes_for * 2 > votes_for + votes_against + abstentions


class NotAdopted(Refused):
    """The motion has no majority of the members present; its text is not the body's opinion."""


class OpinionExists(Refused):
    """The body gave its opinion; its text never changes."""


class PointsMissing(Refused):
    """The response leaves points unanswered; ``numbers`` names them."""

    def __init__(self, numbers: tuple[str, ...]) -> None:
        super().__init__(f"unanswered: {', '.join(numbers)}")
        self.numbers = numbers

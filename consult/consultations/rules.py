"""Stages of a consultation and the facts its dates are computed from."""

from __future__ import annotations

from enum import StrEnum

from consult.core.errors import Refused


class Stage(StrEnum):
    """A projection of the facts, for lists and pages."""

    WITH_BODY = "with_body"
    LISTENING = "listening"
    AWAITING_OPINION = "awaiting_opinion"
    OPINION_GIVEN = "opinion_given"
    ANSWERED = "answered"
    IN_FOLLOW_UP = "in_follow_up"
    CLOSED = "closed"


class FactKind(StrEnum):
    SENT = "sent"
    RECEIVED = "received"
    OPENED_TO_EMPLOYEES = "opened_to_employees"
    LETTERBOX_OPENED = "letterbox_opened"
    LETTERBOX_CLOSED = "letterbox_closed"
    OPINION_GIVEN = "opinion_given"
    RESPONSE_GIVEN = "response_given"
    COMMITMENT_AGREED = "commitment_agreed"
    EXPERT_APPOINTED = "expert_appointed"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class TooFewKeyholders(Refused):
    """A letterbox needs two keyholders at least; ``have`` are ready."""

    def __init__(self, have: int) -> None:
        super().__init__(f"{have} keyholders of at least 2")
        self.have = have


class AlreadySent(Refused):
    """This revision is before this body already."""

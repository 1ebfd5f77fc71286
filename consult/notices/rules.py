"""States of a notice and of its parts: enums, exceptions, pure transitions."""

from __future__ import annotations

from enum import StrEnum

from consult.core.errors import Refused


class NoticeState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class MilestoneKind(StrEnum):
    DESIGN = "design"
    PILOT = "pilot"
    ROLL_OUT = "roll_out"
    REVIEW = "review"


TRANSITIONS: dict[NoticeState, frozenset[NoticeState]] = {
    NoticeState.DRAFT: frozenset({NoticeState.IN_REVIEW, NoticeState.APPROVED, NoticeState.PUBLISHED}),
    NoticeState.IN_REVIEW: frozenset({NoticeState.DRAFT, NoticeState.APPROVED}),
    NoticeState.APPROVED: frozenset({NoticeState.DRAFT, NoticeState.PUBLISHED}),
    NoticeState.PUBLISHED: frozenset({NoticeState.WITHDRAWN}),
    NoticeState.WITHDRAWN: frozenset(),
}


class NotReady(Refused):
    """The notice cannot be sent yet; ``missing`` holds field keys, each with the language missing."""

    def __init__(self, missing: tuple[tuple[str, str], ...]) -> None:
        super().__init__(f"{len(missing)} things are missing")
        self.missing = missing

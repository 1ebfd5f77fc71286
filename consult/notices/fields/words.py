"""The words for members of closed lists."""

from __future__ import annotations

from enum import StrEnum

from consult.core.i18n import _l
from consult.notices.fields.kinds import Words
from consult.notices.rules import (
    Authority,
    Breach,
    Delay,
    LearningKind,
    MilestoneKind,
    NoticeState,
    Review,
    RuleKind,
)

MILESTONE_KINDS: dict[StrEnum, Words] = {
    MilestoneKind.DESIGN: _l("Design"),
    MilestoneKind.PILOT: _l("Pilot"),
    MilestoneKind.ROLL_OUT: _l("Roll-out"),
    MilestoneKind.REVIEW: _l("Review"),
}
RULE_KINDS: dict[StrEnum, Words] = {
    RuleKind.ALLOWED: _l("Allowed"),
    RuleKind.DECLARED: _l("Allowed if declared"),
    RuleKind.FORBIDDEN: _l("Forbidden"),
    RuleKind.REFUSABLE: _l("May be refused without consequence"),
}
BREACHES: dict[StrEnum, Words] = {
    Breach.RECOMMENDATION: _l("No: it is a recommendation"),
    Breach.SANCTIONED: _l("Yes: it adds to the works rules"),
}
LEARNING_KINDS: dict[StrEnum, Words] = {
    LearningKind.TRAINING: _l("Training"),
    LearningKind.RITUAL: _l("Team ritual"),
}
DELAYS: dict[StrEnum, Words] = {
    Delay.DAYS_15: _l("15 days after publication"),
    Delay.DAYS_30: _l("30 days after publication"),
    Delay.DAYS_60: _l("60 days after publication"),
    Delay.DAYS_90: _l("90 days after publication"),
    Delay.LIVE_30: _l("30 days after the start of use"),
    Delay.LIVE_60: _l("60 days after the start of use"),
    Delay.LIVE_90: _l("90 days after the start of use"),
}
AUTHORITIES: dict[StrEnum, Words] = {
    Authority.SOURCE: _l("The language it is written in first"),
    Authority.BOTH: _l("French and English equally"),
    Authority.ATTACHMENT: _l("An attached text in another language"),
}
STATES: dict[NoticeState, tuple[str, str, Words]] = {
    NoticeState.DRAFT: ("quiet", "edit", _l("Draft")),
    NoticeState.PUBLISHED: ("quiet", "doc", _l("Published")),
    NoticeState.WITHDRAWN: ("quiet", "cross", _l("Withdrawn")),
}
"""Tone, icon, words: what the macro ``tag`` takes."""
REVIEWS: dict[Review, tuple[str, str, Words]] = {
    Review.DRAFT: ("quiet", "edit", _l("Draft")),
    Review.IN_REVIEW: ("accent", "eye", _l("Being reread")),
    Review.APPROVED: ("ok", "done", _l("Approved")),
}
LISTED: dict[StrEnum, tuple[str, str, Words]] = {
    one: tag for one, tag in (*REVIEWS.items(), *STATES.items()) if one is not NoticeState.DRAFT
}
"""What the list of notices can be filtered by."""

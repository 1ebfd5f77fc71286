"""States in the words, icons and colours readers see. One closed vocabulary for every reading page."""

from __future__ import annotations

from typing import Any

from consult.commitments.rules import CommitmentState, Nature
from consult.concerns.rules import Stance as ThemeStance
from consult.consultations.rules import Stage
from consult.core.i18n import _l
from consult.opinions import point_words, words
from consult.opinions.motions import Outcome
from consult.opinions.rules import Position, Stance
from consult.procedures.loading import templates
from consult.reading.rules import WITHDRAWN, StepKind

Tag = tuple[str, str, Any]
"""Tone, icon, words: what the macro ``tag`` takes."""

STAGES: dict[str, Tag] = {
    Stage.WITH_BODY: ("quiet", "doc", _l("Before the representatives")),
    Stage.LISTENING: ("accent", "dot", _l("Consultation under way")),
    Stage.AWAITING_OPINION: ("accent", "dot", _l("Opinion awaited")),
    Stage.OPINION_GIVEN: ("warn", "clock", _l("Reasoned response awaited")),
    Stage.ANSWERED: ("ok", "reply", _l("Response given")),
    Stage.IN_FOLLOW_UP: ("ok", "done", _l("Commitments followed up")),
    Stage.CLOSED: ("quiet", "done", _l("Closed")),
    WITHDRAWN: ("quiet", "cross", _l("Withdrawn")),
}
STEPS: dict[StepKind, Any] = {
    StepKind.PUBLISHED: _l("Notice published"),
    StepKind.CONSULTATION: _l("Consultation"),
    StepKind.RESPONSE: _l("Reasoned response"),
    StepKind.PILOT: _l("Pilot"),
    StepKind.ROLL_OUT: _l("Roll-out"),
    StepKind.REVIEW: _l("Review"),
}
COMMITMENTS: dict[str, Tag] = {
    CommitmentState.AGREED: ("accent", "course", _l("On course")),
    CommitmentState.IN_PROGRESS: ("accent", "course", _l("In progress")),
    CommitmentState.CLAIMED_DONE: ("quiet", "eye", _l("Said to be done, to be confirmed")),
    CommitmentState.CONFIRMED: ("ok", "done", _l("Kept, confirmed by the representatives")),
    CommitmentState.CONTESTED: ("bad", "contest", _l("Contested by the representatives")),
}
NATURES: dict[Nature, Any] = {
    Nature.MEASURE: _l("Measure"),
    Nature.OBJECTIVE: _l("Objective of means"),
    Nature.UNDERTAKING: _l("Unilateral undertaking"),
    Nature.AGREEMENT: _l("Clause of an agreement"),
}
POSITIONS: dict[Position, Tag] = {
    Position.FAVOURABLE: ("ok", "ballot", _l("Favourable")),
    Position.WITH_RESERVATIONS: ("ok", "ballot", _l("Favourable, with reservations")),
    Position.UNFAVOURABLE: ("bad", "ballot", _l("Unfavourable")),
    Position.NONE: ("quiet", "ballot", _l("No position taken")),
}
RULE_POSITIONS: dict[str, Any] = dict(point_words.RULE_POSITIONS)
OUTCOMES: dict[str, Tag] = {
    **{str(position): tag for position, tag in POSITIONS.items()},
    **{
        str(one): ("warn", "ballot", words.OUTCOMES[one])
        for one in (Outcome.TAKES_NOTE, Outcome.INSUFFICIENT_INFORMATION, Outcome.REFUSAL)
    },
}
"""What a body may put on record: opinions, and what is none."""
DECLARED = words.DECLARED
STANCES: dict[str, Tag] = {
    Stance.ACCEPTED: ("ok", "done", _l("Accepted")),
    Stance.PARTLY: ("accent", "contest", _l("Accepted in part")),
    Stance.REFUSED: ("bad", "cross", _l("Refused")),
    Stance.STUDYING: ("quiet", "eye", _l("Being studied")),
    Stance.NEGOTIATING: ("accent", "reply", _l("Goes to negotiation")),
    ThemeStance.NO_ANSWER_NEEDED: ("quiet", "info", _l("Calls for no answer")),
}
"""The stances of answers to points and to themes share their values."""


def has_opinion(template: str) -> bool:
    """Whether the procedure of that key ends in an opinion of the body."""
    found = templates().get(template)
    return found is not None and found.has_opinion

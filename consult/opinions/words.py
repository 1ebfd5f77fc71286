"""What a body says, votes and annexes, in the words readers see."""

from __future__ import annotations

from typing import Any, Final

from consult.core.i18n import _l
from consult.opinions.motions import Choice, Declared, Majority, Outcome

OUTCOMES: Final[dict[str, Any]] = {
    Outcome.NONE.value: _l("No position: the text speaks for itself"),
    Outcome.FAVOURABLE.value: _l("Favourable"),
    Outcome.WITH_RESERVATIONS.value: _l("Favourable, with reservations"),
    Outcome.UNFAVOURABLE.value: _l("Unfavourable"),
    Outcome.TAKES_NOTE.value: _l("Takes note, without a position"),
    Outcome.INSUFFICIENT_INFORMATION.value: _l("Insufficiently informed: no opinion given"),
    Outcome.REFUSAL.value: _l("Refusal to give an opinion"),
}
CHOICES: Final[dict[str, Any]] = {
    Choice.FOR.value: _l("For"),
    Choice.AGAINST.value: _l("Against"),
    Choice.ABSTENTION.value: _l("Abstention"),
    Choice.BLANK.value: _l("Blank or void"),
}
DECLARED: Final[dict[str, Any]] = {
    Declared.MEMBER.value: _l("Declaration of a member"),
    Declared.UNION.value: _l("Declaration of a union"),
    Declared.MINORITY.value: _l("Reservations of a minority"),
}
MAJORITIES: Final[dict[str, Any]] = {
    Majority.MEMBERS_PRESENT.value: _l("Majority of the members present"),
    Majority.VOTES_CAST.value: _l("Majority of the votes cast"),
    Majority.NO_VOTE.value: _l("No vote: the body agreed on the text"),
}

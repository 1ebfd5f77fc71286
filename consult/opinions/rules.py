"""Positions, points and stances. The vote's arithmetic is `people.rules`': every act of a body needs it."""

from __future__ import annotations

from enum import StrEnum

from consult.core.errors import Refused
from consult.core.localized import LOCALES, Localized
from consult.notices.readiness import words_in
from consult.people.rules import NotAdopted, is_adopted, majority

__all__ = [
    "NotAdopted", "OpinionExists", "PointKind", "PointsMissing", "Position", "ResponseExists", "Stance",
    "REMARK_WORDS", "RemarkTooLong", "is_adopted", "majority", "too_long",
]  # fmt: skip


REMARK_WORDS = 60
"""Words of a body's comment in each language: it is read beside the two-minute page."""


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
    NEGOTIATING = "negotiating"
    """It goes to negotiation: unions negotiate, not the body."""


class RulePosition(StrEnum):
    """What a body says of one rule of the charter of use. ``agrees_if``: under the condition it names."""

    AGREES = "agrees"
    AGREES_IF = "agrees_if"
    DISAGREES = "disagrees"
    NO_POSITION = "no_position"


class OpinionExists(Refused):
    """The body gave its opinion; its text never changes."""


class ResponseExists(Refused):
    """The employer gave its reasoned response; its text never changes."""


class PointsMissing(Refused):
    """The response leaves points unanswered; ``numbers`` names them."""

    def __init__(self, numbers: tuple[str, ...]) -> None:
        super().__init__(f"unanswered: {', '.join(numbers)}")
        self.numbers = numbers


def too_long(text: Localized) -> dict[str, int]:
    """How many words a comment has in each language in which it has too many."""
    found = {language: words_in({"": text}, language) for language in LOCALES}
    return {language: words for language, words in found.items() if words > REMARK_WORDS}


class RemarkTooLong(Refused):
    """A comment has more than `REMARK_WORDS` words in a language."""

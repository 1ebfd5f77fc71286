"""States of a theme and of a wording; how far the employer went in answering."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from consult.anonymity.thresholds import Band, band
from consult.core.errors import Refused
from consult.core.localized import LOCALES, Localized

LEAST: Final[dict[Band, int | None]] = {
    Band.UNDER_5: None,
    Band.FROM_5: 5,
    Band.FROM_10: 10,
    Band.FROM_20: 20,
    Band.FROM_50: 50,
    Band.FROM_100: 100,
}
"""What is shown for a band: "at least 20". Nothing for fewer than 5."""


QUOTED_RUN: Final = 5
_WORD: Final = re.compile(r"\w+")


def quotes(text: str, original: str) -> bool:
    """Whether a text repeats five words of another in a row, whatever their capitals and punctuation."""
    said, written = _WORD.findall(text.casefold()), _WORD.findall(original.casefold())
    runs = {tuple(written[at : at + QUOTED_RUN]) for at in range(len(written) - QUOTED_RUN + 1)}
    return any(tuple(said[at : at + QUOTED_RUN]) in runs for at in range(len(said) - QUOTED_RUN + 1))


def shown(number: int) -> int | None:
    """The only form in which a number of messages leaves the desk: the least of its band, a multiple of
    5; None under 5. The employer reads the same pages as everyone, so everyone reads bands."""
    return LEAST[band(number)]


class Stance(StrEnum):
    """What the employer says to a theme."""

    ACCEPTED = "accepted"
    PARTLY = "partly"
    REFUSED = "refused"
    STUDYING = "studying"
    NO_ANSWER_NEEDED = "no_answer_needed"


class NotEnoughToPublish(Refused):
    """Too few people wrote, or nothing stands under the theme: the synthesis would point at them; take it
    up orally."""


class OneSynthesisOnly(NotEnoughToPublish):
    """5 to 9 people wrote: one synthesis may be published, and one was."""


class NotQuotable(Refused):
    """The message left in a small batch, or was held back: it may feed a synthesis, never a quotation."""


class InThread(NotQuotable):
    """What an author writes back is read in its thread: it stands under no theme, counts nowhere and is
    never quoted, so that one person weighs no more than one message."""


class NoThread(Refused):
    """The message is a detached note: nobody can be answered."""


class BothLanguagesNeeded(Refused):
    """Published in both languages at once, so that none tells which was written; ``missing`` names it."""

    def __init__(self, missing: str) -> None:
        super().__init__(f"the text in {missing!r} is missing")
        self.missing = missing


def whole(draft: Mapping[str, str], key: str, needed: Sequence[str]) -> Localized:
    """``key-fr`` and ``key-en`` of a draft as one text, in every language the organisation works in.
    Raises `BothLanguagesNeeded`."""
    for language in needed:
        if not draft.get(f"{key}-{language}", "").strip():
            raise BothLanguagesNeeded(language)
    return Localized.of(**{one: draft.get(f"{key}-{one}", "").strip() for one in LOCALES})


class NeedsSecondReader(Refused):
    """A quotation is published by another keyholder than the one who proposed it."""

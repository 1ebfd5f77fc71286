"""States of a theme and of a wording; how far the employer went in answering."""

from __future__ import annotations

from enum import StrEnum

from consult.core.errors import Refused


class Stance(StrEnum):
    """What the employer says to a theme."""

    ACCEPTED = "accepted"
    PARTLY = "partly"
    REFUSED = "refused"
    STUDYING = "studying"
    NO_ANSWER_NEEDED = "no_answer_needed"


class NotEnoughToPublish(Refused):
    """Too few people wrote: the synthesis would point at them; take it up orally."""


class NotQuotable(Refused):
    """The message left in a small batch, or was held back: it may feed a synthesis, never a quotation."""


class BothLanguagesNeeded(Refused):
    """Published in both languages at once, so that none tells which was written; ``missing`` names it."""

    def __init__(self, missing: str) -> None:
        super().__init__(f"the text in {missing!r} is missing")
        self.missing = missing


class NeedsSecondReader(Refused):
    """A quotation is published by another keyholder than the one who proposed it."""

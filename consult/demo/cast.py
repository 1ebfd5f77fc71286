"""Who acts in a story, and what its two tellers share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from consult.demo.parts import Votes
from consult.keyholders.models import Keyholder
from consult.people.models import Account, Body

Act = tuple[date, Callable[[], Any]]
MORNING = time(9, 0, tzinfo=UTC)

SLIPS = ("92PX-MVG1-4MSH-P8A87", "38MY-XQ44-EP25-W8JP6", "8V5D-YKRQ-1KWY-7BFZ8")
"""Slips a newcomer may draw, as they are printed. Worth nothing elsewhere: only the loading of a demo puts
them into a box."""


class StoryBroken(Exception):
    """The story and the rooms disagree on what happened."""


@dataclass(frozen=True)
class Cast:
    """Who acts: the body, accounts by the story's keys, and the keyholders with their passphrases."""

    body: Body
    people: dict[str, Account]
    holders: tuple[Keyholder, ...]
    passphrases: tuple[str, ...]
    password_hash: str = field(repr=False)
    """Of whoever joins on the way, an expert say."""

    @property
    def secretary(self) -> Account:
        """Who acts for the body: the first keyholder."""
        return self.holders[0].account


def tally(votes: Votes) -> dict[str, int]:
    return {"for": votes.in_favour, "against": votes.against, "abstentions": votes.abstentions}


def morning(day: date) -> datetime:
    return datetime.combine(day, MORNING)

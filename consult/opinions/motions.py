"""What a body puts to the vote, how it carries, and what it does to the period of the opinion.

The rule comes from the procedure's template. L2315-32: the majority of the members present; abstentions,
blank and void ballots count against, a tie fails, the chair does not vote. § 33 BetrVG: the same, with a
quorum."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from consult.core.errors import Refused
from consult.opinions.rules import Position
from consult.people.rules import ACTING
from consult.procedures.template import Template

__all__ = [
    "ACTING", "Choice", "Declared", "DraftExists", "DraftState", "Majority", "Method", "NoOpinion",
    "NotTheirVote", "Outcome", "Result", "Rule", "Seat", "Tally", "count", "draft_state", "ends_the_period",
    "position_of", "result", "rule_named", "rules_of", "seats_wrong", "tally_of",
]  # fmt: skip


class Outcome(StrEnum):
    """What the body says. Only the first four are opinions."""

    NONE = "none"
    FAVOURABLE = "favourable"
    WITH_RESERVATIONS = "with_reservations"
    UNFAVOURABLE = "unfavourable"
    TAKES_NOTE = "takes_note"
    INSUFFICIENT_INFORMATION = "insufficient_information"
    REFUSAL = "refusal"


def ends_the_period(outcome: Outcome) -> bool:
    """An opinion ends the period. To take note, to hold oneself insufficiently informed and to refuse are put
    on record; the period runs on, and only a judge or an agreement extends it (L2312-15)."""
    return outcome.value in set(Position)


def position_of(outcome: Outcome) -> Position:
    """Raises ValueError where it is no opinion."""
    return Position(outcome.value)


class Majority(StrEnum):
    MEMBERS_PRESENT = "members_present"
    """More than half of those present; whoever does not vote for counts against."""
    VOTES_CAST = "votes_cast"
    """More votes for than against; abstentions and blank ballots are left out."""
    NO_VOTE = "no_vote"
    """The procedure asks for no vote: the body agreed on the text."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How a proposition carries. ``quorum``: which share of the seats must take part; ``reference``: where
    that is written, empty where it is the body's own choice."""

    majority: Majority
    quorum: Fraction | None = None
    reference: str = ""


_PRESENT: Final = {"members_present", "votes_of_members_present"}
CONFIGURABLE: Final = "configurable"


def rules_of(template: Template) -> tuple[Rule, ...]:
    """The rules a body may vote by: one where the procedure says it, all where it leaves the choice."""
    vote = template.vote
    if vote is None:
        return (Rule(Majority.NO_VOTE),)
    if vote.majority == CONFIGURABLE:
        return tuple(Rule(one) for one in Majority)
    majority = Majority.MEMBERS_PRESENT if vote.majority in _PRESENT else Majority(vote.majority)
    return (Rule(majority, vote.quorum, vote.reference),)


def rule_named(rules: Iterable[Rule], name: str) -> Rule | None:
    return next((one for one in rules if one.majority == name), None)


@dataclass(frozen=True, slots=True)
class Tally:
    """Votes by head. ``blank``: blank and void ballots."""

    votes_for: int = 0
    votes_against: int = 0
    abstentions: int = 0
    blank: int = 0

    @property
    def present(self) -> int:
        return self.votes_for + self.votes_against + self.abstentions + self.blank


def tally_of(votes: Mapping[str, int]) -> Tally:
    """From what a form of a vote gives: for, against, abstentions, and blank where it asks for it."""
    return Tally(votes["for"], votes["against"], votes["abstentions"], votes.get("blank", 0))


@dataclass(frozen=True, slots=True)
class Result:
    """``base``: votes that count; ``needed``: how many of them carry."""

    is_carried: bool
    base: int
    needed: int
    has_quorum: bool = True


def result(rule: Rule, tally: Tally, *, seats: int = 0) -> Result:
    """The result by a rule. ``seats``: voting mandates of the day, 0 where they are not known."""
    if rule.majority is Majority.NO_VOTE:
        return Result(is_carried=True, base=0, needed=0)
    base = tally.present
    if rule.majority is Majority.VOTES_CAST:
        base = tally.votes_for + tally.votes_against
    needed = base // 2 + 1
    has_quorum = rule.quorum is None or tally.present >= rule.quorum * seats
    return Result(has_quorum and tally.votes_for >= needed, base, needed, has_quorum)


class Method(StrEnum):
    HEADS = "heads"
    """Counted; nobody's vote is kept."""
    NAMES = "names"
    """Each member's vote is kept, and read by the body alone."""


class Choice(StrEnum):
    FOR = "for"
    AGAINST = "against"
    ABSTENTION = "abstention"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Seat:
    """A vote by name: whose seat, who sat on it (themselves, or the alternate who replaces), the vote."""

    mandate: object
    by: object
    choice: Choice


def count(seats: Iterable[Seat]) -> Tally:
    chosen = [one.choice for one in seats]
    return Tally(
        chosen.count(Choice.FOR), chosen.count(Choice.AGAINST), chosen.count(Choice.ABSTENTION),
        chosen.count(Choice.BLANK),
    )  # fmt: skip


def seats_wrong(
    seats: Iterable[Seat], voters: Collection[object], alternates: Collection[object]
) -> tuple[object, ...]:
    """Seats whose vote cannot count: the mandate has no vote on that day, is counted twice, or somebody sits
    on it who may not, or sits elsewhere too. ``voters``: the mandates that vote on the day of the vote
    (`people.queries.voting`); ``alternates``: those that may sit on another's seat, where the secretary says
    so."""
    known = list(seats)
    wrong = []
    for one in known:
        is_twice = sum(other.mandate == one.mandate for other in known) > 1
        sits = sum(other.by == one.by for other in known)
        is_able = one.by == one.mandate or one.by in alternates
        if is_twice or one.mandate not in voters or sits > 1 or not is_able:
            wrong.append(one.mandate)
    return tuple(wrong)


class DraftState(StrEnum):
    """What may be done with the draft of an opinion."""

    NONE = "none"
    OPEN = "open"
    ADOPTED = "adopted"
    OVER = "over"


def draft_state(*, has_draft: bool, has_opinion: bool, is_over: bool) -> DraftState:
    """``is_over``: the consultation is closed, or its notice withdrawn. A lost vote changes nothing; an
    adopted opinion never opens again."""
    if has_opinion:
        return DraftState.ADOPTED
    if is_over:
        return DraftState.OVER
    return DraftState.OPEN if has_draft else DraftState.NONE


class Declared(StrEnum):
    """Whose declaration is annexed to the opinion."""

    MEMBER = "member"
    UNION = "union"
    MINORITY = "minority"


class NoOpinion(Refused):
    """The procedure followed knows no opinion of the body."""


class DraftExists(Refused):
    """The body drafts already: one draft per consultation."""


class NotTheirVote(Refused):
    """Votes by name that cannot count; ``mandates`` says whose."""

    def __init__(self, mandates: tuple[object, ...]) -> None:
        super().__init__(f"{len(mandates)} votes cannot count")
        self.mandates = mandates

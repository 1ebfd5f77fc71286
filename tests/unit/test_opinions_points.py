"""Where a point stands and for how long it has waited; positions on rules of use over revisions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.core.localized import Localized
from consult.notices.rules import Authority, Breach, RuleKind
from consult.opinions.charter_rules import on_rules
from consult.opinions.points import Answer, Fault, PointState, Promise, fault_of, progress
from consult.opinions.rules import RulePosition, Stance

ASKED = date(2026, 11, 2)
DAY = timedelta(days=1)
SETTLING = {Stance.ACCEPTED, Stance.PARTLY, Stance.REFUSED}


NOTHING = Localized({})


def both(text: str) -> Localized:
    return Localized.of(fr=text, en=text)


@dataclass
class Given:
    stance: Stance
    given_on: date
    until_on: date | None = None


stances = st.sampled_from(sorted(Stance))
delays = st.integers(0, 400)


@st.composite
def answers(draw: st.DrawFn) -> list[Given]:
    """In the order of their days; none after one that settles."""
    day, found = ASKED, []
    for stance in draw(st.lists(stances, max_size=6)):
        day += DAY * draw(st.integers(0, 60))
        until = day + DAY * draw(st.integers(0, 60)) if stance is Stance.STUDYING else None
        found.append(Given(stance, day, until))
        if stance in SETTLING:
            break
    return found


@given(answers(), delays)
def test_a_point_is_open_until_an_answer_settles_it(said: list[Given], later: int) -> None:
    on = ASKED + DAY * later
    at = progress(ASKED, said, on=on)
    known = [one for one in said if one.given_on <= on]
    assert at.is_open == (not known or known[-1].stance not in SETTLING)
    assert (at.state is PointState.UNANSWERED) == (not known)
    assert (at.settled_on is not None) == (at.state is PointState.SETTLED)
    assert at.age >= 0
    if at.is_open:
        assert at.age == later, "it counts from the opinion, whatever was said on the way"
    else:
        assert at.age == (known[-1].given_on - ASKED).days
    assert at.late_by == 0 or at.state is PointState.STUDYING


@given(answers(), delays, st.integers(1, 100))
def test_the_age_grows_by_the_day_and_stops_once_settled(said: list[Given], later: int, more: int) -> None:
    on, then = ASKED + DAY * later, ASKED + DAY * (later + more)
    before, after = progress(ASKED, said, on=on), progress(ASKED, said, on=then)
    assert after.age >= before.age
    if not before.is_open:
        assert after == before, "nothing moves any more"
    if after.is_open:
        assert after.age == before.age + more


@given(st.integers(0, 60), st.integers(0, 200))
def test_a_study_is_late_from_the_day_after_the_one_announced(length: int, later: int) -> None:
    until = ASKED + DAY * length
    at = progress(ASKED, [Given(Stance.STUDYING, ASKED, until)], on=ASKED + DAY * later)
    assert at.late_by == max(later - length, 0)
    assert at.until_on == until


TEXT = both("Parce que.")


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (Answer(Stance.ACCEPTED, TEXT), None),
        (Answer(Stance.REFUSED, Localized({})), Fault.REASON),
        (Answer(Stance.STUDYING, TEXT), Fault.DAY),
        (Answer(Stance.STUDYING, TEXT, ASKED - DAY), Fault.DAY),
        (Answer(Stance.STUDYING, TEXT, ASKED), None),
        (Answer(Stance.NEGOTIATING, TEXT, since_on=ASKED), Fault.PARTNER),
        (Answer(Stance.NEGOTIATING, TEXT, with_whom=both("Syndicats")), Fault.DAY),
        (Answer(Stance.NEGOTIATING, TEXT, with_whom=both("Syndicats"), since_on=ASKED + DAY), Fault.DAY),
        (Answer(Stance.NEGOTIATING, TEXT, with_whom=both("Syndicats"), since_on=ASKED), None),
        (Answer(Stance.PARTLY, TEXT, promise=Promise(both("Former"), "DRH", ASKED)), None),
        (Answer(Stance.REFUSED, TEXT, promise=Promise(both("Former"), "DRH", ASKED)), Fault.PROMISE),
        (Answer(Stance.STUDYING, TEXT, ASKED, promise=Promise(both("F"), "DRH", ASKED)), Fault.PROMISE),
    ],
)
def test_what_an_answer_lacks(answer: Answer, fault: Fault | None) -> None:
    assert fault_of(answer, on=ASKED) is fault


# ── rules of use ────────────────────────────────────────────────────────────────


@dataclass(eq=False)
class Rule:
    text: Localized
    kind: RuleKind = RuleKind.ALLOWED
    breach: Breach | None = None
    reason: Localized = NOTHING
    id: UUID = field(default_factory=uuid4)


@dataclass
class Body:
    name: str
    id: UUID = field(default_factory=uuid4)


@dataclass
class Said:
    rule_id: UUID
    position: RulePosition
    reason: Localized = NOTHING


@dataclass
class Vote:
    body: Body
    positions: list[Said]
    about_revision: int
    voted_on: date = ASKED

    @property
    def body_id(self) -> UUID:
        return self.body.id


CSE = Body("CSE")


def standing(rules: list[Rule], votes: list[Vote], before: dict[int, list[Rule]]) -> list[Any]:
    found = on_rules(rules, votes, before, Authority.SOURCE)
    return [[(one.position, one.is_current) for one in found.get(rule.id, [])] for rule in rules]


def test_a_rule_that_changed_does_not_carry_the_position() -> None:
    first = [Rule(both("Résumer un appel avec l’assistant.")), Rule(both("Ne jamais noter un client."))]
    votes = [Vote(CSE, [Said(one.id, RulePosition.AGREES) for one in first], 1)]
    second = [
        Rule(both("Ne jamais noter un client.")),
        Rule(both("Résumer un appel avec l’assistant, puis relire.")),
        Rule(both("Signaler toute erreur à son responsable.")),
    ]
    assert standing(second, votes, {1: first, 2: second}) == [
        [(RulePosition.AGREES, True)],
        [(RulePosition.AGREES, False)],
        [],
    ]


@pytest.mark.parametrize(
    ("after", "is_current"),
    [
        (Rule(Localized.of(fr="Relire.", en="Read it again, please.")), True),
        (Rule(Localized.of(fr="Relire.", en="Read again."), reason=both("Autre motif")), True),
        (Rule(Localized.of(fr="Relire.", en="Read again."), breach=Breach.SANCTIONED), False),
        (Rule(Localized.of(fr="Relire.", en="Read again."), kind=RuleKind.FORBIDDEN), False),
        (Rule(Localized.of(fr="Relire tout.", en="Read again.")), False),
    ],
)
def test_what_changes_a_rule(after: Rule, is_current: bool) -> None:
    before = Rule(Localized.of(fr="Relire.", en="Read again."))
    votes = [Vote(CSE, [Said(before.id, RulePosition.DISAGREES)], 1)]
    assert standing([after], votes, {1: [before], 2: [after]}) == [[(RulePosition.DISAGREES, is_current)]]


@given(st.lists(st.sampled_from(sorted(RulePosition)), min_size=1, max_size=6))
def test_the_last_resolution_stands_and_others_speak_for_themselves(said: list[RulePosition]) -> None:
    rule, other = Rule(both("Relire.")), Body("CSSCT")
    votes = [Vote(CSE, [Said(rule.id, one)], 1) for one in reversed(said)]
    votes.append(Vote(other, [Said(rule.id, RulePosition.AGREES)], 1))
    assert standing([rule], votes, {1: [rule]}) == [[(said[-1], True), (RulePosition.AGREES, True)]]

"""Positions of bodies on the charter of use, rule by rule: which stand, and on which wording. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from consult.core.errors import Refused
from consult.core.localized import LOCALES, Localized
from consult.notices.comparing import matched
from consult.notices.rules import Authority
from consult.opinions.rules import RulePosition

REASONED = frozenset({RulePosition.AGREES_IF, RulePosition.DISAGREES})
"""Positions that say nothing without their reason, or their condition."""


class NoRuleChosen(Refused):
    """The vote is on no rule."""


class RuleUnknown(Refused):
    """The vote names a rule that is not in the text in force."""


class ReasonMissing(Refused):
    """A condition or a refusal without its reason; ``rule`` is the rule's identifier."""

    def __init__(self, rule: UUID) -> None:
        super().__init__(f"no reason for {rule}")
        self.rule = rule


@dataclass(frozen=True, slots=True)
class OnRule:
    """The last position of one body on one rule. ``is_current``: it was taken on this wording; otherwise on
    that of ``about_revision``, and nothing is carried over."""

    body: str
    position: RulePosition
    reason: Localized
    voted_on: date
    about_revision: int
    is_current: bool


def on_rules(
    rules: Sequence[Any], votes: Sequence[Any], rules_of: Mapping[int, Sequence[Any]], authority: Authority
) -> dict[UUID, list[OnRule]]:
    """By rule of a text, the last position of each body, by the name of the body. ``votes``: the last first,
    each with its body and positions; ``rules_of``: the rules of each revision. A rule is the same one in
    another revision where its text is, or is the most similar."""
    paired: dict[int, dict[UUID, Any]] = {}
    found: dict[UUID, dict[UUID, OnRule]] = {}
    for vote in votes:
        number = vote.about_revision
        if number not in paired:
            paired[number] = _pairs(rules_of.get(number, ()), rules)
        for said in vote.positions:
            old, new = paired[number].get(said.rule_id, (None, None))
            if new is None or vote.body_id in found.get(new.id, {}):
                continue
            is_same = old.id == new.id or wording(old, authority) == wording(new, authority)
            found.setdefault(new.id, {})[vote.body_id] = OnRule(
                vote.body.name, said.position, said.reason, vote.voted_on, number, is_same
            )
    return {rule: sorted(of.values(), key=lambda one: one.body) for rule, of in found.items()}


def _pairs(before: Sequence[Any], after: Sequence[Any]) -> dict[UUID, tuple[Any, Any]]:
    """By identifier of the earlier row: it, and what became of it."""
    both = matched(before, after, lambda row: row.text.shown(row.text.source)[0])
    return {old.id: (old, new) for old, new in both if old is not None and new is not None}


def wording(rule: Any, authority: Authority) -> tuple[Any, ...]:
    """What a position is taken on: the kind of the rule, what a breach entails, and its text in the language
    that counts, or in both where both do. A better translation or reason changes nothing of it."""
    counted = LOCALES if authority is Authority.BOTH else (rule.text.source,)
    return (rule.kind, rule.breach, *(rule.text.texts.get(language) for language in counted))

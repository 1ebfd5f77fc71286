"""What a suggestion is made of: the question, what brings it up, where it comes from, how certain that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from consult.core.i18n import _l
from consult.notices.content import Content
from consult.notices.fields import BY_KEY, Words, label_of
from consult.notices.rules import GROUPS, MILESTONES, RULES, Breach, MilestoneKind, RuleKind


class Area(StrEnum):
    """What a question is about, in the order they are read."""

    INFORM = "inform"
    CONSULT = "consult"
    DATA = "data"
    WORKS_RULES = "works_rules"
    HEALTH = "health"
    EQUALITY = "equality"
    LEARNING = "learning"
    LANGUAGES = "languages"


AREAS: dict[Area, Words] = {
    Area.INFORM: _l("Informing"),
    Area.CONSULT: _l("Consulting"),
    Area.DATA: _l("Personal data and prohibited practices"),
    Area.WORKS_RULES: _l("Works rules"),
    Area.HEALTH: _l("Health and safety"),
    Area.EQUALITY: _l("Equality and access"),
    Area.LEARNING: _l("Learning and oversight"),
    Area.LANGUAGES: _l("Languages"),
}


class Certainty(StrEnum):
    """How sure the reference is; the marks of our fact sheet."""

    VERIFIED = "V"
    PARAPHRASED = "V-p"
    GENERAL = "GK"
    DEFAULT = "PD"


CERTAINTIES: dict[Certainty, tuple[str, str, Words, Words]] = {
    Certainty.VERIFIED: (
        "ok", "done", _l("Verified"), _l("Seen in the text of the law, or on a page that quotes it."),
    ),
    Certainty.PARAPHRASED: (
        "accent", "doc", _l("Verified, paraphrase only"),
        _l("Seen on a page that restates the text, not in the text itself."),
    ),
    Certainty.GENERAL: (
        "warn", "info", _l("General knowledge"), _l("Not seen on a page: check it before you rely on it."),
    ),
    Certainty.DEFAULT: ("quiet", "edit", _l("Product default"), _l("Our proposal; no legal source.")),
}  # fmt: skip
"""Tone, icon, words and what they mean: the macro ``tag`` takes the first three."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What brought a question up. ``key``: where in the notice; empty for every notice alike."""

    text: Words
    key: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question put to human resources. ``blocks``: the notice cannot be published as it is answered."""

    key: str
    area: Area
    question: Words
    because: tuple[Reason, ...]
    reference: Words
    certainty: Certainty
    look_at: Words
    blocks: bool = False


# ── what brings a question up ──────────────────────────────────────────────────


class Trigger(Protocol):
    def reason(self, content: Content) -> Reason | None: ...


OPEN = ""
"""Nobody answered: the question stays, since silence settles nothing."""


@dataclass(frozen=True, slots=True)
class Always:
    def reason(self, content: Content) -> Reason | None:
        return Reason(_l("Asked of every notice."))


@dataclass(frozen=True, slots=True)
class Answered:
    """A closed answer is one of ``values``."""

    key: str
    values: tuple[str, ...]

    def reason(self, content: Content) -> Reason | None:
        given = content.answers.get(self.key, OPEN)
        if given not in self.values:
            return None
        if given == OPEN:
            return Reason(_l("“%(question)s” has no answer yet.", question=label_of(self.key)), self.key)
        label = next(one.label for one in BY_KEY[self.key].choices if one.value == given)
        return Reason(
            _l("“%(question)s”, answered “%(answer)s”.", question=label_of(self.key), answer=label), self.key
        )


@dataclass(frozen=True, slots=True)
class Said:
    """A field: whatever it says, or that it says nothing."""

    key: str

    def reason(self, content: Content) -> Reason | None:
        words = (
            _l("See what “%(field)s” says.", field=label_of(self.key))
            if content.fields.get(self.key)
            else _l("“%(field)s” says nothing yet.", field=label_of(self.key))
        )
        return Reason(words, self.key)


@dataclass(frozen=True, slots=True)
class Dated:
    """The project has a date of that kind."""

    kind: MilestoneKind
    text: Words

    def reason(self, content: Content) -> Reason | None:
        return Reason(self.text, MILESTONES) if any(m.kind is self.kind for m in content.milestones) else None


@dataclass(frozen=True, slots=True)
class Concerned:
    """As many people at least are concerned, or nobody said how many."""

    least: int

    def reason(self, content: Content) -> Reason | None:
        counted = [one.headcount for one in content.groups if one.headcount is not None]
        if not counted or len(counted) < len(content.groups):
            return Reason(_l("Nobody said how many people are concerned."), GROUPS)
        if sum(counted) < self.least:
            return None
        return Reason(_l("%(count)s people are concerned.", count=sum(counted)), GROUPS)


@dataclass(frozen=True, slots=True)
class Sanctions:
    """A rule of the charter whose breach may be sanctioned, or of which nobody said whether it may."""

    def reason(self, content: Content) -> Reason | None:
        if any(one.breach is Breach.SANCTIONED for one in content.rules):
            return Reason(_l("The breach of a rule of the charter may be sanctioned."), RULES)
        if open_rules(content):
            return Reason(
                _l("Of some rules of the charter, it is not said whether a breach may be sanctioned."), RULES
            )
        return None


def open_rules(content: Content) -> Sequence[Any]:
    """The rules that forbid or ask to declare, without an answer on what a breach means."""
    asked = (RuleKind.FORBIDDEN, RuleKind.DECLARED)
    return [one for one in content.rules if one.kind in asked and one.breach is None]


@dataclass(frozen=True, slots=True)
class Began:
    """It was written from one of these starters."""

    starters: tuple[str, ...]

    def reason(self, content: Content) -> Reason | None:
        if content.starter.get("key") in self.starters:
            return Reason(_l("The starter this notice was written from."))
        return None


# ── a question, as data ────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Duty:
    """A question, and what brings it up. ``countries``: where it is asked; None everywhere but
    ``not_in``."""

    key: str
    area: Area
    question: Words
    reference: Words
    certainty: Certainty
    look_at: Words
    triggers: tuple[Trigger, ...] = (Always(),)
    countries: frozenset[str] | None = None
    not_in: frozenset[str] = frozenset()
    blocked_by: tuple[str, str] = ("", "")
    """The answer, by field, with which the notice cannot be published."""

    def is_asked_in(self, country: str) -> bool:
        return country not in self.not_in and (self.countries is None or country in self.countries)

    def of(self, content: Content) -> Suggestion | None:
        because = tuple(one for one in (t.reason(content) for t in self.triggers) if one is not None)
        if not because:
            return None
        key, value = self.blocked_by
        return Suggestion(
            self.key, self.area, self.question, because, self.reference, self.certainty, self.look_at,
            bool(key) and content.answers.get(key) == value,
        )  # fmt: skip


FRANCE, BELGIUM, GERMANY, LUXEMBOURG, CANADA = (frozenset({code}) for code in ("fr", "be", "de", "lu", "ca"))
EUROPE = frozenset({
    "at", "be", "bg", "cy", "cz", "de", "dk", "ee", "es", "fi", "fr", "gr", "hr", "hu", "ie", "it", "lt",
    "lu", "lv", "mt", "nl", "pl", "pt", "ro", "se", "si", "sk",
})  # fmt: skip

# Answers from which several questions come.
PERSONAL = Answered("data_inputs", ("yes", "unknown", OPEN))
WATCHES = Answered("monitoring", ("yes", "unknown", OPEN))
DECIDES = Answered("decision_role", ("prepares", "takes", "unknown", OPEN))
CHANGES_TERMS = Answered("effect_terms", ("yes", "unknown", OPEN))
HIGH_RISK = Answered("risk_class", ("high", "prohibited", "unknown", OPEN))

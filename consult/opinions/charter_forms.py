"""The form of a vote on the charter of use: a part for each rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from wtforms import Field, Form, FormField, HiddenField, RadioField, TextAreaField
from wtforms.validators import Length, StopValidation

from consult.core.i18n import _, _l
from consult.core.localized import Localized
from consult.opinions.charter_rules import REASONED
from consult.opinions.point_words import RULE_POSITIONS
from consult.opinions.rules import RulePosition
from consult.web.fields import OnceForm, PairForm, VotesForm, options, source_first, tidy, votes_field

NOT_VOTED = ""
_CHOICES = ((NOT_VOTED, _l("Not part of this vote")), *RULE_POSITIONS)
_SHORT = Length(max=5_000, message=_l("This is too long: 5,000 characters at most."))


def _reason_given(form: Form, field: Field) -> None:
    """Needed with a condition or a refusal; typed beside no choice, it is not dropped."""
    if field.short_name[-2:] == form.source and form.stance.data in REASONED and not tidy(field.data):
        raise StopValidation(
            _("Rule %(number)s: write the condition, or why the body disagrees.", number=form.number)
        )


def _chosen(form: Form, field: Field) -> None:
    if field.data in set(RulePosition):
        return
    if any(tidy(form[f"reason_{one}"].data) for one in ("fr", "en")):
        raise StopValidation(_("Rule %(number)s: say what the body decided.", number=form.number))


class RuleForm(PairForm):
    """What the body says of one rule. ``number``: its place in the charter."""

    number: int = 0
    stance = RadioField(
        _l("Position"), [_chosen], choices=options(_CHOICES), default=NOT_VOTED, validate_choice=False
    )
    reason_fr = TextAreaField(_l("Reason or condition, in French"), [_reason_given, source_first(), _SHORT])
    reason_en = TextAreaField(_l("Reason or condition, in English"), [_reason_given, source_first(), _SHORT])


class CharterForm(PairForm, OnceForm, VotesForm):
    """One resolution. ``about``: the revision on the page; ``base``: the number of the body's last vote."""

    votes_for = votes_field(_l("For"), _l("Say how many voted for, 0 if nobody did."))
    votes_against = votes_field(_l("Against"), _l("Say how many voted against, 0 if nobody did."))
    abstentions = votes_field(_l("Abstentions"), _l("Say how many abstained, 0 if nobody did."))
    about = HiddenField()
    base = HiddenField(default="0")

    def number(self, name: str) -> int:
        """A hidden number; -1, never one of ours, where it was lost."""
        value = self[name].data or ""
        return int(value) if value.isdecimal() else -1

    def number_rules(self, rules: Sequence[Any]) -> CharterForm:
        for at, rule in enumerate(rules, start=1):
            self[name_of(rule.id)].form.number = at
        return self

    def positions(self, rules: Sequence[Any]) -> dict[UUID, tuple[RulePosition, Localized]]:
        """By the identifier of the rule, those the vote is on."""
        found = {}
        for rule in rules:
            part = self[name_of(rule.id)].form
            if part.stance.data in set(RulePosition):
                found[rule.id] = (RulePosition(part.stance.data), part.localized("reason"))
        return found


def name_of(rule: UUID) -> str:
    """The name of a rule's part: by its row, so that another text never takes it for its own."""
    return f"rule_{rule.hex}"


def charter_form(rules: Sequence[Any]) -> type[CharterForm]:
    """The form of one vote: a part for each rule, before the tally."""
    parts = {name_of(one.id): FormField(RuleForm) for one in rules}
    return type("CharterForm", (CharterForm,), parts)

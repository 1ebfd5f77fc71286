"""Forms of this room."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Self

from wtforms import EmailField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from consult.core import clock
from consult.core.i18n import _, _l
from consult.people.models import Body, Establishment, Mandate
from consult.people.rules import BodyKind, MandateRole, Role, is_address
from consult.people.seats import DelegatedAct
from consult.people.words import BODIES
from consult.web.fields import (
    CountField,
    DayField,
    OnceForm,
    PairForm,
    VotesForm,
    boxes,
    in_source,
    options,
    votes_field,
)
from consult.web.forms import BaseForm, not_blank

ROLES = {
    Role.REPRESENTATIVE: _l("Representative"),
    Role.HR_PUBLISHER: _l("Human resources"),
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.OUTSIDE_KEYHOLDER: _l("Outside keyholder"),
}
INVITED = {role: words for role, words in ROLES.items() if role is not Role.OUTSIDE_KEYHOLDER}
"""Whom an administrator invites: an outside keyholder is invited by the body."""
MANDATES = {
    MandateRole.FULL_MEMBER: _l("Full member"),
    MandateRole.ALTERNATE: _l("Alternate"),
    MandateRole.SECRETARY: _l("Secretary"),
    MandateRole.TREASURER: _l("Treasurer"),
    MandateRole.UNION_REPRESENTATIVE: _l("Union representative"),
    MandateRole.EXPERT_GUEST: _l("Expert, invited"),
    MandateRole.CHAIR: _l("Chair (the employer)"),
}


_LONG = Length(max=10_000, message=_l("This is too long: 10,000 characters at most."))
_DECIDED = in_source(_l("Write the resolution that was adopted."))


def _in_order(form: Any, field: DayField) -> None:
    if field.data and form.starts_on.data and field.data < form.starts_on.data:
        raise ValidationError(_("The last day comes before the first."))


class InviteForm(BaseForm):
    email = EmailField(
        _l("Work e-mail address"), [not_blank(_l("Write the e-mail address.")), Length(max=254)]
    )
    name = StringField(_l("Name"), [not_blank(_l("Write the name, as others will see it.")), Length(max=200)])
    role = SelectField(_l("What the account is for"), choices=options(INVITED.items()), coerce=str)
    locale = SelectField(
        _l("Language of their mails"),
        choices=options([("fr", _l("French")), ("en", _l("English"))]),
        coerce=str,
    )

    def validate_email(self, field: EmailField) -> None:
        if not is_address(field.data or ""):
            raise ValidationError(_("This is not an e-mail address. Write one like name@example.org."))


class BodyForm(BaseForm):
    name = StringField(
        _l("Name"), [not_blank(_l("Write the name of the body, as everyone calls it.")), Length(max=200)]
    )
    kind = SelectField(_l("Kind"), choices=options(BODIES.items()), coerce=str)
    headcount = CountField(
        _l("Employees it stands for"),
        [InputRequired(_l("Write how many, even roughly.")), NumberRange(1, 1_000_000)],
        description=_l("It decides which thresholds the body may agree on."),
    )

    def offering(self, kinds: Iterable[BodyKind]) -> Self:
        """Only kinds there can be in this organisation."""
        self.kind.choices = options((one, BODIES[one]) for one in kinds)
        return self


class EditBodyForm(BodyForm):
    """A body as it is, with the establishments it stands for and the body it belongs to."""

    parent = SelectField(
        _l("Belongs to"),
        coerce=str,
        validate_choice=False,
        description=_l("An establishment CSE belongs to its central CSE, a CSSCT to its CSE."),
    )
    establishments = boxes(
        _l("Establishments it stands for"), description=_l("None ticked: the whole organisation.")
    )

    def placing(self, *, parents: Sequence[Body], sites: Sequence[Establishment]) -> Self:
        """The bodies it may belong to, and the establishments it may stand for."""
        named = ((str(one.id), one.name) for one in parents)
        self.parent.choices = options([("", _("No other body")), *named])
        self.establishments.choices = options((str(one.id), one.name) for one in sites)
        return self

    def validate_parent(self, field: SelectField) -> None:
        if field.data not in {one.value for one in field.choices}:
            raise ValidationError(_("A body of that kind cannot belong to this one. Choose another."))


class EstablishmentForm(BaseForm):
    name = StringField(_l("Name"), [not_blank(_l("Write its name, as everyone calls it.")), Length(max=200)])
    headcount = CountField(
        _l("Employees"), [InputRequired(_l("Write how many, even roughly.")), NumberRange(0, 1_000_000)]
    )


class VoteForm(BaseForm):
    has_vote = RadioField(
        _l("Right to vote"),
        choices=options(
            [
                ("role", _l("As the capacity says")),
                ("yes", _l("Votes, by an agreement or the rules of the body")),
                ("no", _l("Does not vote")),
            ]
        ),
        default="role",
    )


class ReplaceForm(BaseForm):
    replaced = SelectField(_l("In the place of"), coerce=str, validate_choice=False)
    starts_on = DayField(_l("First day"), [InputRequired(_l("Write the first day."))], default=clock.today)
    ends_on = DayField(_l("Last day"), [Optional()], description=_l("Leave empty if it is not known yet."))

    def offering(self, members: Sequence[Mandate]) -> Self:
        self.replaced.choices = options((str(one.id), one.account.name) for one in members)
        return self

    def validate_replaced(self, field: SelectField) -> None:
        if field.data not in {one.value for one in field.choices}:
            raise ValidationError(_("Choose a member who votes."))

    def validate_ends_on(self, field: DayField) -> None:
        _in_order(self, field)


ACTS = {
    DelegatedAct.UNANSWERED: _l("Declare a question unanswered"),
    DelegatedAct.CONTEST_DAY: _l("Contest a day the employer entered"),
    DelegatedAct.REMARK: _l("Write, correct and withdraw the comment beside a notice"),
}


class DelegationForm(PairForm, OnceForm, VotesForm):
    """Whom, for what, until when; the resolution and its vote."""

    mandate = SelectField(_l("To whom"), coerce=str, validate_choice=False)
    acts = boxes(_l("What they may do alone"), choices=options(ACTS.items()))
    starts_on = DayField(_l("First day"), [InputRequired(_l("Write the first day."))])
    ends_on = DayField(
        _l("Last day"), [Optional()], description=_l("Left empty, it lasts until the body takes it back.")
    )
    text_fr = TextAreaField(_l("The resolution, in French"), [_DECIDED, _LONG])
    text_en = TextAreaField(_l("The resolution, in English"), [_DECIDED, _LONG])
    decided_on = DayField(_l("Day of the vote"), [InputRequired(_l("Give a day, such as 15/01/2027."))])
    votes_for = votes_field(_l("For"))
    votes_against = votes_field(_l("Against"))
    abstentions = votes_field(_l("Abstentions"))

    def offering(self, members: Sequence[Mandate]) -> Self:
        self.mandate.choices = options((str(one.id), one.account.name) for one in members)
        return self

    def validate_mandate(self, field: SelectField) -> None:
        if field.data not in {one.value for one in field.choices}:
            raise ValidationError(_("Choose a member of the body."))

    def validate_acts(self, field: SelectField) -> None:
        if not set(field.data or ()) & set(DelegatedAct):
            raise ValidationError(_("Tick one act at least."))

    def validate_ends_on(self, field: DayField) -> None:
        _in_order(self, field)

    def validate_decided_on(self, field: DayField) -> None:
        if field.data is not None and field.data > clock.today():
            raise ValidationError(_("The vote comes first: this day is still to come."))


class MandateForm(BaseForm):
    account = SelectField(_l("Person"), coerce=str)
    body = SelectField(_l("Body"), coerce=str)
    role = SelectField(_l("Capacity"), choices=options(MANDATES.items()), coerce=str)
    starts_on = DayField(_l("First day"), [InputRequired(_l("Write the first day."))], default=clock.today)
    ends_on = DayField(_l("Last day"), [Optional()], description=_l("Leave empty if it is not known yet."))

    def validate_ends_on(self, field: DayField) -> None:
        _in_order(self, field)


class WordForm(BaseForm):
    word = StringField(
        _l("New access word"),
        [not_blank(_l("Write the new word.")), Length(max=100)],
        description=_l("At least six letters or digits. Accents, capitals and hyphens do not matter."),
    )

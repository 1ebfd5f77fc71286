"""Forms of this room."""

from __future__ import annotations

from wtforms import EmailField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from consult.core import clock
from consult.core.i18n import _, _l
from consult.people.rules import BodyKind, MandateRole, Role, is_address
from consult.web.fields import DayField, options
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
BODIES = {
    BodyKind.CSE: _l("CSE"),
    BodyKind.CENTRAL_CSE: _l("Central CSE"),
    BodyKind.CSSCT: _l("Health, safety and working conditions committee"),
    BodyKind.EWC: _l("European works council"),
    BodyKind.WORKS_COUNCIL: _l("Works council"),
    BodyKind.UNION: _l("Union"),
    BodyKind.LMCC: _l("Labour-management consultation committee"),
    BodyKind.CUSTOM: _l("Other body"),
}


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
    headcount = IntegerField(
        _l("Employees it stands for"),
        [InputRequired(_l("Write how many, even roughly.")), NumberRange(1, 1_000_000)],
        description=_l("It decides which thresholds the body may agree on."),
    )


class MandateForm(BaseForm):
    account = SelectField(_l("Person"), coerce=str)
    body = SelectField(_l("Body"), coerce=str)
    role = SelectField(_l("Capacity"), choices=options(MANDATES.items()), coerce=str)
    starts_on = DayField(_l("First day"), [InputRequired(_l("Write the first day."))], default=clock.today)
    ends_on = DayField(_l("Last day"), [Optional()], description=_l("Leave empty if it is not known yet."))

    def validate_ends_on(self, field: DayField) -> None:
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError(_("The last day comes before the first."))


class WordForm(BaseForm):
    word = StringField(
        _l("New access word"),
        [not_blank(_l("Write the new word.")), Length(max=100)],
        description=_l("At least six letters or digits. Accents, capitals and hyphens do not matter."),
    )

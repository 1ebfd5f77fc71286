"""What is asked to enter, contest or strike a day, to say what was agreed, to follow another procedure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from wtforms import Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, StopValidation

from consult.core import clock
from consult.core.i18n import _, _l
from consult.core.localized import Localized
from consult.people.carried import CarriedForm, carried_field
from consult.procedures.override import Override
from consult.procedures.template import Template
from consult.web.fields import DayField, options, tidy, votes_field
from consult.web.filters import text_of
from consult.web.forms import BaseForm, not_blank

_SHORT = Length(max=500, message=_l("This is too long: 500 characters at most."))
_DAY = InputRequired(_l("Give a day, such as 15/01/2027."))
NEVER = "never"


def _not_to_come(_form: BaseForm, field: Field) -> None:
    if field.data is not None and field.data > clock.today():
        raise StopValidation(_("This day is still to come. Enter what happened once it has."))


class EnterForm(BaseForm):
    """What happened, on which day. A meeting may be entered ahead: others are counted back from it."""

    key = SelectField(_l("What happened"), [InputRequired(_l("Say what happened."))], validate_choice=False)
    day = DayField(_l("On which day"), [_DAY])
    note = StringField(_l("A note both sides read"), [_SHORT])

    def offering(self, keys: Sequence[tuple[str, Localized]], *, ahead: frozenset[str]) -> Self:
        self.names = dict(keys)
        self.ahead = ahead
        choices = [SelectChoice("", _("Choose")), *(SelectChoice(key, text_of(one)) for key, one in keys)]
        self.key.choices = choices
        return self

    def validate_key(self, field: Field) -> None:
        if field.data not in self.names:
            raise StopValidation(_("Say what happened."))

    def validate_day(self, field: Field) -> None:
        if self.key.data not in self.ahead:
            _not_to_come(self, field)


class ContestForm(CarriedForm):
    """Another day, or never; why; the vote, or the delegation."""

    instead = RadioField(
        _l("What the body says"),
        [InputRequired(_l("Say what the body says."))],
        choices=options(
            [("day", _l("It was on another day")), (NEVER, _l("It never happened, or was not complete"))]
        ),
    )
    day = DayField(_l("That day"))
    why = TextAreaField(_l("Why"), [not_blank(_l("Say why: both sides read it.")), _SHORT])
    carried_by = carried_field()
    votes_for = votes_field(_l("For"))
    votes_against = votes_field(_l("Against"))
    abstentions = votes_field(_l("Abstentions"))

    def validate_day(self, field: Field) -> None:
        if self.instead.data == "day":
            if field.data is None:
                raise StopValidation(_("Give the day the body says."))
            _not_to_come(self, field)

    @property
    def contested(self) -> Any:
        return None if self.instead.data == NEVER else self.day.data


class StrikeForm(BaseForm):
    why = TextAreaField(_l("Why it is struck out"), [not_blank(_l("Say why: both sides read it.")), _SHORT])


class AgreedForm(BaseForm):
    """A period or a day for a step, with the agreement or judgment that sets it."""

    key = SelectField(_l("For which step"), [InputRequired(_l("Say for which step."))], validate_choice=False)
    value = StringField(
        _l("What was agreed"),
        [not_blank(_l("Write a number of days or months, or a day."))],
        description=_l("“45 days”, “2 months”, or a day such as 15/01/2027."),
    )
    agreed_on = DayField(_l("Date of the agreement or judgment"), [_DAY, _not_to_come])
    reason = TextAreaField(
        _l("Which agreement or judgment"), [not_blank(_l("Name it: both sides read it.")), _SHORT]
    )

    def offering(self, template: Template) -> Self:
        steps = [(one.key, text_of(Localized.of(fr=one.label.fr, en=one.label.en))) for one in template.steps]
        limit = [("limit", _("The period of the opinion"))] if template.has_opinion else []
        self.key.choices = [SelectChoice(key, name) for key, name in [*limit, *steps] if key != "opinion"]
        return self

    def validate_key(self, field: Field) -> None:
        if field.data not in {one.value for one in field.choices}:
            raise StopValidation(_("Say for which step."))

    def validate_value(self, field: Field) -> None:
        if self.period is None:
            raise StopValidation(_("Write it as “45 days”, “2 months”, or a day such as 15/01/2027."))

    @property
    def period(self) -> str | None:
        """As ISO 8601; None where nothing known was typed."""
        return _iso(tidy(self.value.data))


_UNITS = {"j": "D", "d": "D", "m": "M"}


def _iso(typed: str) -> str | None:
    """``45 jours`` → ``P45D``, ``2 months`` → ``P2M``, ``15/01/2027`` → ``2027-01-15``."""
    number, _space, unit = typed.lower().replace("\u00a0", " ").partition(" ")
    if number.isdecimal() and len(number) <= 3 and unit[:1] in _UNITS and unit.isalpha():
        return f"P{int(number)}{_UNITS[unit[:1]]}"
    day = "-".join(reversed(typed.split("/"))) if "/" in typed else typed
    try:
        Override.parse("limit", day)
    except ValueError:
        return None
    return day


class ChooseForm(BaseForm):
    """Another procedure or variant, and why."""

    template = SelectField(_l("Procedure"), validate_choice=False)
    because = TextAreaField(_l("Why"), [not_blank(_l("Say why: both sides read it.")), _SHORT])

    def offering(self, choices: Sequence[tuple[str, str]]) -> Self:
        self.template.choices = [SelectChoice(value, name) for value, name in choices]
        return self

    def validate_template(self, field: Field) -> None:
        if field.data not in {one.value for one in field.choices}:
            raise StopValidation(_("Choose one of these procedures."))

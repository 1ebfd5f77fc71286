"""Forms of this room."""

from __future__ import annotations

from typing import Any

from wtforms import EmailField, Field, FileField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, StopValidation

from consult.core import clock
from consult.core.i18n import _, _l
from consult.people.rules import is_address
from consult.web.fields import (
    DayField,
    OnceForm,
    PairForm,
    VotesForm,
    in_source,
    not_before,
    options,
    votes_field,
)
from consult.web.forms import BaseForm, not_blank

_NAME = Length(max=200, message=_l("This is too long: 200 characters at most."))
_LONG = Length(max=10_000, message=_l("This is too long: 10,000 characters at most."))
_LANGUAGES = [("fr", "Français"), ("en", "English")]
_MISSION = in_source(_l("Say what the mission is."))
_DAY = InputRequired(_l("Give a day, such as 15/01/2027."))


def _not_to_come(_form: Any, field: Field) -> None:
    if field.data is not None and field.data > clock.today():
        raise StopValidation(_("This day is still to come. Enter what happened once it has."))


class AppointForm(PairForm, VotesForm):
    """Whom, for what, until when; the resolution and its vote."""

    firm = StringField(_l("Firm"), [not_blank(_l("Name the firm.")), _NAME])
    name = StringField(_l("Name of the expert"), [not_blank(_l("Name the person who will sign in.")), _NAME])
    email = EmailField(_l("E-mail address of the expert"), [Length(max=254)])
    locale = RadioField(
        _l("Language"), choices=options([("fr", "Français"), ("en", "English")]), default="fr"
    )
    subject_fr = TextAreaField(_l("The mission, in French"), [_MISSION, _LONG])
    subject_en = TextAreaField(_l("The mission, in English"), [_MISSION, _LONG])
    text_fr = TextAreaField(
        _l("The resolution, in French"), [in_source(_l("Write the resolution that was adopted.")), _LONG]
    )
    text_en = TextAreaField(
        _l("The resolution, in English"), [in_source(_l("Write the resolution that was adopted.")), _LONG]
    )
    decided_on = DayField(_l("Day of the vote"), [_DAY, _not_to_come])
    room_until = DayField(
        _l("Last day of the expert’s access"),
        [_DAY, not_before(clock.today, _l("This day has passed. Choose today or later."))],
    )
    votes_for = votes_field(_l("For"))
    votes_against = votes_field(_l("Against"))
    abstentions = votes_field(_l("Abstentions"))

    def validate_email(self, field: EmailField) -> None:
        if not is_address(field.data or ""):
            raise StopValidation(_("Write an e-mail address, such as name@example.org."))


class AskForm(PairForm, OnceForm):
    text_fr = TextAreaField(_l("The request, in French"), [in_source(_l("Say what you need.")), _LONG])
    text_en = TextAreaField(_l("The request, in English"), [in_source(_l("Say what you need.")), _LONG])


class AnswerForm(PairForm):
    text_fr = TextAreaField(_l("The answer, in French"), [in_source(_l("Write the answer.")), _LONG])
    text_en = TextAreaField(_l("The answer, in English"), [in_source(_l("Write the answer.")), _LONG])


class ChallengeForm(BaseForm):
    filed_on = DayField(_l("Brought before the court on"), [_DAY, _not_to_come])
    judged_on = DayField(_l("Judgment notified on"), [_not_to_come])

    def validate_judged_on(self, field: Field) -> None:
        if field.data is not None and self.filed_on.data is not None and field.data < self.filed_on.data:
            raise StopValidation(_("The judgment comes after the court was asked."))


class ReportForm(BaseForm):
    file = FileField(_l("The report"))

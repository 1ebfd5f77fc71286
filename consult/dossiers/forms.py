"""Forms of this room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from wtforms import (
    BooleanField,
    Field,
    PasswordField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, StopValidation

from consult.core import clock
from consult.core.i18n import _, _l
from consult.dossiers.rules import Seen
from consult.dossiers.words import SEEN
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
_PLACE = Length(max=300, message=_l("This is too long: 300 characters at most."))
_SINCE = Length(max=100, message=_l("This is too long: 100 characters at most."))
_REASON = Length(max=500, message=_l("This is too long: 500 characters at most."))
_SOURCE = Length(max=2_500, message=_l("This is too long: 2,500 characters at most."))
_LONG = Length(max=10_000, message=_l("This is too long: 10,000 characters at most."))
_DAY = InputRequired(_l("Give a day, such as 15/01/2027."))
_LETTER = in_source(_l("Write the letter."))
_DECIDED = in_source(_l("Write the resolution that was adopted."))
_QUIET = {"autocomplete": "off", "spellcheck": "false"}


def _not_to_come(_form: Any, field: Field) -> None:
    if field.data is not None and field.data > clock.today():
        raise StopValidation(_("This day is still to come. Enter what happened once it has."))


class EditForm(BaseForm):
    """What the body knows."""

    name = StringField(_l("Name of the system"), [not_blank(_l("Name the system, even roughly.")), _NAME])
    seen = RadioField(
        _l("What the body knows of it"), choices=options(SEEN.items()), default=Seen.IN_USE.value
    )
    place = StringField(
        _l("Establishment or service"), [not_blank(_l("Say where: an establishment or a service.")), _PLACE]
    )
    since = StringField(_l("Since about when"), [_SINCE])
    known = TextAreaField(_l("What else is known"), [_LONG])


class OpenForm(EditForm, OnceForm):
    """``body`` is asked only of those who act for several."""

    body = RadioField(_l("Which body opens it?"), choices=(), validate_choice=True)
    source = TextAreaField(_l("Where the body has it from"), [_SOURCE])


class SourceForm(BaseForm):
    source = TextAreaField(
        _l("Where the body has it from"), [not_blank(_l("Write where it comes from.")), _SOURCE]
    )


class PassphraseForm(BaseForm):
    """``share``: seal it also to members who made their key since."""

    passphrase = PasswordField(
        _l("Your passphrase"),
        [InputRequired(_l("Type your six words.")), Length(max=400)],
        render_kw=_QUIET,
    )
    share = BooleanField(_l("Seal it also to them"))


class LetterForm(PairForm, VotesForm, OnceForm):
    """The letter, by when an answer is asked for, and the resolution behind it."""

    text_fr = TextAreaField(_l("The letter, in French"), [_LETTER, _LONG])
    text_en = TextAreaField(_l("The letter, in English"), [_LETTER, _LONG])
    due_on = DayField(
        _l("Answer asked for by"),
        [_DAY, not_before(clock.today, _l("This day has passed. Choose today or later."))],
    )
    resolution_fr = TextAreaField(_l("The resolution, in French"), [_DECIDED, _LONG])
    resolution_en = TextAreaField(_l("The resolution, in English"), [_DECIDED, _LONG])
    decided_on = DayField(_l("Day of the vote"), [_DAY, _not_to_come])
    votes_for = votes_field(_l("For"))
    votes_against = votes_field(_l("Against"))
    abstentions = votes_field(_l("Abstentions"))


class AnswerForm(PairForm):
    text_fr = TextAreaField(_l("The answer, in French"), [in_source(_l("Write the answer.")), _LONG])
    text_en = TextAreaField(_l("The answer, in English"), [in_source(_l("Write the answer.")), _LONG])


class LinkForm(BaseForm):
    notice = RadioField(_l("The notice"), choices=(), validate_choice=False)

    def offering(self, notices: Sequence[tuple[str, str]]) -> Self:
        self.notice.choices = options(notices)
        return self

    def validate_notice(self, field: Field) -> None:
        if field.data not in {value for value, *_more in field.iter_choices()}:
            raise StopValidation(_("Choose one of these notices."))


class CloseForm(BaseForm):
    why = TextAreaField(_l("Why"), [not_blank(_l("Say why it is closed.")), _REASON])


class WordingForm(PairForm):
    """What employees read: the title, and what the system is, in the body’s words."""

    title_fr = StringField(_l("Title, in French"), [in_source(_l("Give it a title.")), _NAME])
    title_en = StringField(_l("Title, in English"), [in_source(_l("Give it a title.")), _NAME])
    about_fr = TextAreaField(_l("What it is, in French"), [in_source(_l("Say what it is.")), _LONG])
    about_en = TextAreaField(_l("What it is, in English"), [in_source(_l("Say what it is.")), _LONG])

"""Forms of this room."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import Length

from consult.core import clock
from consult.core.i18n import _l
from consult.people.carried import CarriedForm, carried_field
from consult.questions.rules import QuestionKind
from consult.web.fields import (
    DayField,
    OnceForm,
    PairForm,
    boxes,
    in_source,
    not_before,
    options,
    votes_field,
)

_LONG = Length(max=20_000, message=_l("This is too long: 20,000 characters at most."))
_NOTE = Length(max=500, message=_l("This is too long: 500 characters at most."))
_ASKED = in_source(_l("Write the question."))
_ANSWERED = in_source(_l("Write the answer."))


class AskForm(PairForm, OnceForm):
    """``body`` is asked only of those who may write for several."""

    body = RadioField(_l("Which body asks?"), choices=(), validate_choice=True)
    kind = RadioField(
        _l("What the body asks for"),
        choices=options(
            [
                (QuestionKind.QUESTION.value, _l("An answer")),
                (QuestionKind.INFORMATION.value, _l("A document or a figure")),
            ]
        ),
        default=QuestionKind.QUESTION.value,
    )
    field = SelectField(_l("Which part of the notice it is about"), choices=(), default="")
    text_fr = TextAreaField(_l("The question, in French"), [_ASKED, _LONG])
    text_en = TextAreaField(_l("The question, in English"), [_ASKED, _LONG])
    expected_on = DayField(
        _l("Date proposed for the answer"),
        [not_before(clock.today, _l("This date is past. Choose today or a later day."))],
    )
    because = boxes(_l("What led to this question"))


class UnansweredForm(CarriedForm):
    note = TextAreaField(_l("What is missing"), [_NOTE])
    carried_by = carried_field()
    votes_for = votes_field(_l("For"))
    votes_against = votes_field(_l("Against"))
    abstentions = votes_field(_l("Abstentions"))


class BankForm(OnceForm):
    """Several questions at once, from those that are usually asked about such a system."""

    picked = boxes(_l("Questions to ask"))
    expected_on = DayField(
        _l("Date proposed for the answer"),
        [not_before(clock.today, _l("This date is past. Choose today or a later day."))],
    )


class AnswerForm(PairForm, OnceForm):
    """``seen``: how many answers there were when the page was opened."""

    seen = HiddenField(default="0")
    text_fr = TextAreaField(_l("The answer, in French"), [_ANSWERED, _LONG])
    text_en = TextAreaField(_l("The answer, in English"), [_ANSWERED, _LONG])

    @property
    def seen_count(self) -> int:
        return int(self.seen.data) if (self.seen.data or "").isdecimal() else -1

"""Forms of this room."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import Length

from consult.core import clock
from consult.core.i18n import _l
from consult.web.fields import DayField, OnceForm, PairForm, boxes, in_source, not_before

_LONG = Length(max=20_000, message=_l("This is too long: 20,000 characters at most."))
_ASKED = in_source(_l("Write the question."))
_ANSWERED = in_source(_l("Write the answer."))


class AskForm(PairForm, OnceForm):
    """``body`` is asked only of those who may write for several."""

    body = RadioField(_l("Which body asks?"), choices=(), validate_choice=True)
    text_fr = TextAreaField(_l("The question, in French"), [_ASKED, _LONG])
    text_en = TextAreaField(_l("The question, in English"), [_ASKED, _LONG])
    expected_on = DayField(
        _l("Date proposed for the answer"),
        [not_before(clock.today, _l("This date is past. Choose today or a later day."))],
    )
    because = boxes(_l("What led to this question"))


class AnswerForm(PairForm, OnceForm):
    """``seen``: how many answers there were when the page was opened."""

    seen = HiddenField(default="0")
    text_fr = TextAreaField(_l("The answer, in French"), [_ANSWERED, _LONG])
    text_en = TextAreaField(_l("The answer, in English"), [_ANSWERED, _LONG])

    @property
    def seen_count(self) -> int:
        return int(self.seen.data) if (self.seen.data or "").isdecimal() else -1

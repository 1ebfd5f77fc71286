"""The form of a message. It extends the plain form: no token, no session, nothing kept between pages."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, RadioField, SelectMultipleField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from consult.anonymity.message import LANGUAGES, Kind, Message, Topic, room
from consult.core.i18n import _, _l, number
from consult.web.forms import BaseForm, not_blank

KINDS = (
    SelectChoice(Kind.WORRY.value, _l("What worries me")),
    SelectChoice(Kind.QUESTION.value, _l("My question")),
    SelectChoice(Kind.PROPOSAL.value, _l("My proposal")),
    SelectChoice(Kind.WORKS.value, _l("What works")),
)
TOPICS = (
    SelectChoice(Topic.FAIRNESS.value, _l("Fairness of the results")),
    SelectChoice(Topic.TRANSPARENCY.value, _l("Transparency of the system")),
    SelectChoice(Topic.BARRIERS.value, _l("Barriers to access")),
    SelectChoice(Topic.SURVEILLANCE.value, _l("Surveillance")),
    SelectChoice(Topic.PERSONAL_INFORMATION.value, _l("Protection of personal data")),
    SelectChoice(Topic.HUMAN_RIGHTS.value, _l("Human rights")),
    SelectChoice(Topic.ACCESSIBILITY.value, _l("Accessibility")),
    SelectChoice(Topic.ACCURACY.value, _l("Accuracy")),
    SelectChoice(Topic.EMPLOYMENT.value, _l("Employment")),
    SelectChoice(Topic.WORKLOAD.value, _l("Workload")),
    SelectChoice(Topic.SKILLS.value, _l("Skills")),
    SelectChoice(Topic.AUTONOMY.value, _l("Autonomy")),
    SelectChoice(Topic.HEALTH.value, _l("Health")),
    SelectChoice(Topic.PAY_EVALUATION.value, _l("Pay and evaluation")),
    SelectChoice(Topic.OTHER.value, _l("Other")),
)


class MessageForm(BaseForm):
    """``kind``, ``text``, ``topics`` and the ``language`` of the page it was written on."""

    kind = RadioField(
        _l("My message is mostly"),
        [InputRequired(_l("Say what your message mostly is."))],
        choices=KINDS,
        validate_choice=True,
    )
    text = TextAreaField(_l("What I have to say"), [not_blank(_l("Write what you have to say."))])
    topics = SelectMultipleField(
        _l("What is it about?"),
        choices=TOPICS,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    language = HiddenField(validators=[AnyOf(LANGUAGES)])

    def validate_text(self, field: Any) -> None:
        over = 0 if self._spoilt() else -room(self.message())
        if over > 0:
            raise ValidationError(_("Too long by about %(count)s characters.", count=number(over)))

    def _spoilt(self) -> bool:
        """Whether the rest of the form makes no message, which is said elsewhere: nothing can be measured."""
        return (
            self.kind.data not in set(Kind)
            or self.language.data not in LANGUAGES
            or not set(self.topics.data or ()) <= set(Topic)
        )

    def message(self) -> Message:
        """What was written, once the form is valid."""
        topics = tuple(Topic(one) for one in self.topics.data or ())
        return Message(Kind(self.kind.data), topics, self.language.data, self.text.data or "")

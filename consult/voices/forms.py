"""The form of a message. It extends the plain form: no token, no session, nothing kept between pages."""

from __future__ import annotations

from typing import Any, Self

from wtforms import HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from consult.anonymity import rights
from consult.anonymity.message import LANGUAGES, Kind, Message, Topic, room
from consult.core.i18n import _, _l, number
from consult.voices.rules import Channels, RightFault
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


LONGEST_RIGHT = 600
"""Characters of a pass, and some."""
REFUSED = {
    RightFault.MISSING: _l("Type the code of your slip, or open your pass: without it nothing can be sent."),
    RightFault.UNKNOWN: _l(
        "This opens no right to write here. Compare it with your slip, sign by sign. If it is the same, it"
        " belongs to another consultation or the slips were revoked: your representatives give out new ones."
    ),
    RightFault.USED: _l("This was used already, for as many messages as it gives. Nothing was sent."),
}


class MessageForm(BaseForm):
    """``kind``, ``text``, ``topics`` and the ``language`` of the page it was written on; ``right`` where a
    right to speak is asked for."""

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
    right = StringField(_l("The code of your slip"))
    language = HiddenField(validators=[AnyOf(LANGUAGES)])

    def asking(self, channels: Channels) -> Self:
        """Without the right, where none is asked for."""
        if channels.is_open:
            del self.right
        elif not channels.takes_slips:
            self.right.label.text = _("Your pass")
        elif channels.takes_passes:
            self.right.label.text = _("The code of your slip, or your pass")
        return self

    @property
    def proof(self) -> str:
        """The right as it was typed; empty in open mode."""
        return (self.right.data or "") if "right" in self else ""

    def refuse_right(self, fault: RightFault) -> None:
        """Says at the right what only the letterbox could know."""
        self.right.errors = [str(REFUSED[fault])]

    def validate_right(self, field: Any) -> None:
        typed = (field.data or "").strip()
        if not typed:
            raise StopValidation(str(REFUSED[RightFault.MISSING]))
        try:
            if len(typed) > LONGEST_RIGHT:
                raise rights.BadRight
            rights.read(typed)
        except rights.BadRight:
            raise StopValidation(
                _(
                    "A sign of this code is wrong or missing. Compare it with your slip: four groups, seventeen"
                    " signs in all, and never the letters I, L, O or U."
                )
            ) from None

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

"""The form of a message. It extends the plain form: no token, no session, nothing kept between pages."""

from __future__ import annotations

from typing import Any, Self

from wtforms import HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, InputRequired, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from consult.anonymity import receipts, rights, words
from consult.anonymity.message import LANGUAGES, Kind, Message, Thread, Topic, room
from consult.core.i18n import _, _l, locale, number
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


DETACHED, WITH_THREAD = "no", "yes"
THREADS = (
    SelectChoice(DETACHED, _l("No, a note on its own")),
    SelectChoice(WITH_THREAD, _l("Yes, in a thread")),
)
_ANY_THREAD = Thread(bytes(receipts.LOOKUP_SIZE), bytes(receipts.LOOKUP_SIZE))
"""Every thread takes the same room."""
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
    right to speak is asked for; ``thread`` where an answer is wanted, then opened by ``words``, which are
    drawn with the page, shown on it and kept nowhere."""

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
    thread = RadioField(_l("Do you want to read an answer?"), choices=THREADS, default=DETACHED)
    language = HiddenField(validators=[AnyOf(LANGUAGES)])
    words = HiddenField()
    words_are_new = False

    fault: RightFault | None = None
    """Why the right was refused: the page's script then offers the next of a pass."""

    def asking(self, channels: Channels) -> Self:
        """Without the right, where none is asked for; with six words, unless the page carried some."""
        if not _is_receipt(self.words.data):
            self.words.data, self.words_are_new = " ".join(words.six_words(locale())), True
        if channels.is_open:
            del self.right
        elif not channels.takes_slips:
            self.right.label.text = _("Your pass")
        elif channels.takes_passes:
            self.right.label.text = _("The code of your slip, or your pass")
        return self

    @property
    def six_words(self) -> list[str]:
        """As they are shown, to be noted."""
        return str(self.words.data).split()

    @property
    def wants_thread(self) -> bool:
        return bool(self.thread.data == WITH_THREAD)

    def validate_thread(self, _field: Any) -> None:
        if self.wants_thread and self.words_are_new:
            raise ValidationError(_("These six words are new: note these, then send your message."))

    @property
    def proof(self) -> str:
        """The right as it was typed; empty in open mode."""
        return (self.right.data or "") if "right" in self else ""

    def refuse_right(self, fault: RightFault) -> None:
        """Says at the right what only the letterbox could know."""
        self.fault = fault
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
                    "A sign of this code is wrong or missing. Compare it with your slip: four groups,"
                    " seventeen signs in all, and never the letters I, L, O or U."
                )
            ) from None

    def validate_text(self, field: Any) -> None:
        thread = _ANY_THREAD if self.wants_thread else None
        over = 0 if self._spoilt() else -room(self.message(thread))
        if over > 0:
            raise ValidationError(_("Too long by about %(count)s characters.", count=number(over)))
        if self.wants_thread:
            _refuse_receipt(field.data or "", self.words.data)

    def _spoilt(self) -> bool:
        """Whether the rest of the form makes no message, which is said elsewhere: nothing can be measured."""
        return (
            self.kind.data not in set(Kind)
            or self.language.data not in LANGUAGES
            or not set(self.topics.data or ()) <= set(Topic)
        )

    def message(self, thread: Thread | None = None) -> Message:
        """What was written, once the form is valid."""
        topics = tuple(Topic(one) for one in self.topics.data or ())
        return Message(Kind(self.kind.data), topics, self.language.data, self.text.data or "", thread)


class ReceiptForm(BaseForm):
    """Six words, as somebody typed them. They are never given back."""

    words = StringField(_l("My six words"))

    def validate_words(self, field: Any) -> None:
        try:
            receipts.read(field.data or "")
        except receipts.UnknownWord as error:
            raise ValidationError(
                _(
                    "Word %(position)s stands in none of our lists. Check its spelling.",
                    position=error.position,
                )
            ) from None
        except receipts.WrongCount as error:
            raise ValidationError(
                _("Type your six words.")
                if not error.count
                else _("Six words are needed, and there are %(count)s.", count=number(error.count))
            ) from None

    def forget(self) -> Self:
        """Before the page is shown again."""
        self.words.data = ""
        return self


class WriteBackForm(BaseForm):
    """What an author writes back to one answer. ``words`` and ``answers`` travel along, and are kept
    nowhere."""

    text = TextAreaField(_l("Write back"), [not_blank(_l("Write what you have to say."))])
    language = HiddenField(validators=[AnyOf(LANGUAGES)])
    words = HiddenField()
    answers = HiddenField()

    @property
    def reply_id(self) -> bytes | None:
        """16 bytes; None for anything else."""
        try:
            found = bytes.fromhex(self.answers.data or "")
        except ValueError:
            return None
        return found if len(found) == receipts.REPLY_ID_SIZE else None

    def validate_answers(self, _field: Any) -> None:
        if self.reply_id is None:
            raise ValidationError(_("Open your thread again, and write from there."))

    def validate_text(self, field: Any) -> None:
        if self.language.data not in LANGUAGES or self.reply_id is None:
            return
        over = -room(self.message())
        if over > 0:
            raise ValidationError(_("Too long by about %(count)s characters.", count=number(over)))
        _refuse_receipt(field.data or "", self.words.data or "")

    def message(self) -> Message:
        """What was written, once the form is valid. It has no kind and no topics of its own."""
        return Message(Kind.WORRY, (), self.language.data, self.text.data or "", answers=self.reply_id)


def _is_receipt(words: str | None) -> bool:
    try:
        receipts.read(words or "")
    except receipts.BadReceipt:
        return False
    return True


def _refuse_receipt(text: str, words: str) -> None:
    if receipts.contains(text, words):
        raise ValidationError(
            _("Your six words stand in this text. Take them out: whoever has them reads your thread.")
        )

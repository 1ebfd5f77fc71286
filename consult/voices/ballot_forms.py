"""The forms of the poll and of support: made from what the letterbox was told, with the right at the end.
Like the form of a message they carry no token and keep nothing between pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice

from consult.anonymity.ballots import Choice
from consult.core.i18n import _, _l
from consult.voices.forms import REFUSED, MessageForm
from consult.voices.models import Votable
from consult.voices.poll import Poll
from consult.voices.rules import Channels, RightFault
from consult.web.filters import text_of
from consult.web.forms import BaseForm

NOTHING = ""
"""No answer, no vote: what is chosen until somebody chooses."""
USED = _l("This was used for the poll already. Nothing was sent, and what it answered stays as it is.")
VOTED = _l("This has voted on this wording already, and a vote does not change. Choose “No vote” here.")


class RightForm(BaseForm):
    """A form with a right at its end."""

    right: Any
    fault: RightFault | None = None
    """Why the right was refused: the page's script then offers no used one again."""

    def asking(self, channels: Channels) -> None:
        """Names what the letterbox takes."""
        if not channels.takes_slips:
            self.right.label.text = _("Your pass")
        elif channels.takes_passes:
            self.right.label.text = _("The code of your slip, or your pass")

    @property
    def proof(self) -> str:
        return self.right.data or ""

    def validate_right(self, field: Any) -> None:
        MessageForm.validate_right(cast("MessageForm", self), field)

    def refuse_right(self, fault: RightFault) -> None:
        """Says at the right what only the letterbox could know."""
        self.fault = fault
        self.right.errors = [str(USED if fault is RightFault.USED else REFUSED[fault])]

    def refuse(self, sentence: str) -> None:
        self.form_errors.append(sentence)


class PollForm(RightForm):
    """``group`` where groups are asked for; a field for each question, named as `name_of`."""

    poll: Poll

    @staticmethod
    def name_of(question: str) -> str:
        return f"q-{question}"

    @property
    def questions(self) -> list[Any]:
        """The fields of the questions, in their order."""
        return [self[self.name_of(one.id)] for one in self.poll.questions]

    @property
    def answers(self) -> dict[str, int | None]:
        """By question: the place of the answer, None for none."""
        told = {one.id: self[self.name_of(one.id)].data for one in self.poll.questions}
        return {ident: int(value) if value else None for ident, value in told.items()}

    @property
    def said_group(self) -> str | None:
        return self["group"].data or None if "group" in self else None

    def validate(self, *args: Any, **options: Any) -> bool:
        valid: bool = super().validate(*args, **options)
        if valid and all(one is None for one in self.answers.values()):
            self.refuse(_("Answer one question at least."))
            return False
        return valid


def poll_form(poll: Poll) -> type[PollForm]:
    """The form of that poll. No answer is always possible, and chosen until somebody chooses."""
    fields: dict[str, Any] = {"poll": poll}
    for one in poll.questions:
        answers = [(str(at), text_of(option)) for at, option in enumerate(one.options)]
        fields[PollForm.name_of(one.id)] = _radio(text_of(one.text), [*answers, (NOTHING, _("No answer"))])
    if poll.groups:
        groups = [(one.id, text_of(one.name)) for one in poll.groups]
        label = _("Which of these are you part of?")
        fields["group"] = _radio(label, [*groups, (NOTHING, _("Another, or I would rather not say"))])
    return type("PollForm", (PollForm,), fields | {"right": StringField(_l("The code of your slip"))})


class SupportForm(RightForm):
    """A field for each wording, named as `name_of`."""

    wordings: Sequence[Votable]

    @staticmethod
    def name_of(concern: UUID) -> str:
        return f"w-{concern.hex}"

    @property
    def votes(self) -> list[tuple[Votable, Any]]:
        """Each wording with its field."""
        return [(one, self[self.name_of(one.concern_id)]) for one in self.wordings]

    @property
    def choices(self) -> Mapping[UUID, Choice]:
        """Wordings somebody votes on."""
        return {one.concern_id: Choice(field.data) for one, field in self.votes if field.data}

    def validate(self, *args: Any, **options: Any) -> bool:
        valid: bool = super().validate(*args, **options)
        if valid and not self.choices:
            self.refuse(_("Vote on one wording at least."))
            return False
        return valid


def support_form(wordings: Sequence[Votable]) -> type[SupportForm]:
    votes = [
        (Choice.SUPPORT.value, _("I think so too")),
        (Choice.NOT.value, _("I do not think so")),
        (NOTHING, _("No vote")),
    ]
    fields: dict[str, Any] = {"wordings": tuple(wordings)}
    for at, one in enumerate(wordings, start=1):
        fields[SupportForm.name_of(one.concern_id)] = _radio(_("Wording %(number)s", number=at), votes)
    return type("SupportForm", (SupportForm,), fields | {"right": StringField(_l("The code of your slip"))})


def _radio(label: Any, pairs: Sequence[tuple[str, Any]]) -> RadioField:
    return RadioField(label, choices=[SelectChoice(value, words) for value, words in pairs], default=NOTHING)

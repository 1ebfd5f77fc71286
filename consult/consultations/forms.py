"""What is asked to send a notice, to withdraw it, and to open a letterbox."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Self
from uuid import UUID

from wtforms import BooleanField, Field, FormField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, StopValidation

from consult.anonymity.thresholds import K_DEFAULT, K_SMALL_SITE
from consult.consultations import poll as polls
from consult.consultations.before import Dated
from consult.consultations.rules import KEYHOLDERS_LEAST, DateFault
from consult.core import clock
from consult.core.i18n import _, _l
from consult.core.localized import LOCALES, Localized
from consult.keyholders.models import Keyholder
from consult.people.access import only_language
from consult.people.models import Body
from consult.voices.poll import Group, Poll
from consult.voices.rules import QUOTA, QUOTA_MOST, Channels
from consult.web.fields import DayField, PairForm, VotesForm, boxes, in_source, not_before, tidy, votes_field
from consult.web.filters import text_of

DATE_FAULTS = {
    DateFault.PAST: ("opens_on", _l("This day has passed. Choose today or later.")),
    DateFault.ORDER: ("closes_on", _l("The last day comes after the first.")),
    DateFault.BEFORE_EMPLOYEES: (
        "opens_on",
        _l("Employees cannot read the notice yet on that day. Choose the day they may, or later."),
    ),
    DateFault.BEFORE_CLAIMS: (
        "opens_on",
        _l("Invitations are claimed first, for three days: choose a first day at least three days from now."),
    ),
    DateFault.DESTROYED_TOO_SOON: (
        "destroy_on",
        _l("Messages are destroyed after the last day, not before it."),
    ),
}
_LONG = Length(max=10_000, message=_l("This is too long: 10,000 characters at most."))
_SHORT = _l("This is too long: 200 characters at most.")
MOST_QUESTION, MOST_OPTION = 200, 100
_NEEDED = InputRequired(_l("Give a day, such as 15/01/2027."))


class ReasonsForm(PairForm):
    """Why each date was kept that comes before the end of the procedure: ``why_<key>_<language>``."""

    def asking(self, early: Iterable[Dated], typed: Any = None) -> Self:
        """One reason for each of these dates, in both languages."""
        for one in early:
            for language, label in (("fr", _l("In French")), ("en", _l("In English"))):
                name = f"{self.name_of(one)}_{language}"
                asked = TextAreaField(
                    label, [in_source(_l("Say why this date comes before the end of the procedure.")), _LONG]
                )
                self._fields[name] = self.meta.bind_field(self, asked, {"name": name, "prefix": ""})
                self._fields[name].process(typed)
        return self

    @staticmethod
    def name_of(one: Dated) -> str:
        return f"why_{one.planned.key}"

    def reasons(self, early: Iterable[Dated]) -> dict[str, Localized]:
        return {one.planned.key: self.localized(self.name_of(one)) for one in early}


class SendForm(ReasonsForm):
    """To whom, from when for employees, and yes; and why dates of the project come early."""

    body = RadioField(
        _l("Representative body"), [InputRequired(_l("Say which body receives it."))], validate_choice=False
    )
    anyway = BooleanField(_l("Send it all the same: this body stands for none of the establishments named."))
    readable_on = DayField(
        _l("Employees may read it from"),
        [_NEEDED, not_before(clock.today, _l("This day has passed. Choose today or later."))],
    )
    confirmed = BooleanField(
        _l("I have reread it. It goes to the body, and its text can no longer change."),
        [InputRequired(_l("Tick the box to send."))],
    )

    def offering(self, bodies: Sequence[Body], *, outside: Collection[UUID] = ()) -> Self:
        """The bodies that have not this text yet; where there is one, it is chosen already. ``outside``:
        those that stand for none of the establishments the notice names; they come last, and sending to one
        of them is confirmed."""
        self.outside = {str(one) for one in outside}
        ordered = sorted(bodies, key=lambda one: str(one.id) in self.outside)
        self.body.choices = [SelectChoice(str(one.id), self._named(one)) for one in ordered]
        if not self.body.data and len(bodies) == 1:
            self.body.data = str(bodies[0].id)
        return self

    def _named(self, body: Body) -> str:
        if str(body.id) not in self.outside:
            return body.name
        return str(_("%(body)s (stands for none of the establishments named)", body=body.name))

    def validate_body(self, field: Field) -> None:
        if field.data not in {one.value for one in field.choices}:
            raise StopValidation(_("Say which body receives it."))

    def validate_anyway(self, field: Field) -> None:
        if self.body.data in self.outside and not field.data:
            raise StopValidation(
                _("This body stands for none of the establishments the notice names. Tick the box to send.")
            )


class WithdrawForm(PairForm):
    """Why, in both languages: it stays readable in place of the notice."""

    reason_fr = TextAreaField(_l("In French"), [in_source(_l("Say why the notice is withdrawn.")), _LONG])
    reason_en = TextAreaField(_l("In English"), [in_source(_l("Say why the notice is withdrawn.")), _LONG])
    confirmed = BooleanField(
        _l("Withdraw it: the notice and what was said of it stay readable, nothing can be added."),
        [InputRequired(_l("Tick the box to withdraw."))],
    )


class AskedForm(PairForm):
    """A question somebody writes for the poll: its text, and its options one to a line, in both languages.
    Left empty, it is none."""

    question_fr = StringField(_l("In French"), [Length(max=MOST_QUESTION, message=_SHORT)])
    question_en = StringField(_l("In English"), [Length(max=MOST_QUESTION, message=_SHORT)])
    options_fr = TextAreaField(_l("In French"), [_LONG])
    options_en = TextAreaField(_l("In English"), [_LONG])

    @property
    def typed(self) -> polls.Typed | None:
        """What was written; None where nothing was, or nothing yet that can be asked."""
        texts = self.localized("question")
        lines = {language: self._lines(language) for language in LOCALES}
        most = max(map(len, lines.values()))
        if not texts or not polls.FEWEST_OPTIONS <= most <= polls.MOST_OPTIONS:
            return None
        padded = {language: [*found, *[""] * (most - len(found))] for language, found in lines.items()}
        options = (
            Localized.of(fr=fr, en=en, source=self.source)
            for fr, en in zip(padded["fr"], padded["en"], strict=True)
        )
        return polls.Typed(texts, tuple(options))

    def validate(self, *args: Any, **options: Any) -> bool:
        valid: bool = super().validate(*args, **options)
        if any(tidy(field.data) for field in self):
            for language in (self.source,) if only_language() else LOCALES:
                valid = self._is_whole(language) and valid
        return valid

    def _is_whole(self, language: str) -> bool:
        question, options, found = self[f"question_{language}"], self[f"options_{language}"], []
        if not tidy(question.data):
            found.append((question, _("Write the question in both languages.")))
        lines, others = self._lines(language), self._lines("en" if language == "fr" else "fr")
        if not polls.FEWEST_OPTIONS <= len(lines) <= polls.MOST_OPTIONS:
            found.append((options, _("Write two to five answers, one to a line.")))
        elif max(map(len, lines)) > MOST_OPTION:
            found.append((options, _("An answer has 100 characters at most.")))
        elif not only_language() and len(lines) != len(others):
            found.append((options, _("Write as many answers in both languages, in the same order.")))
        for field, sentence in found:
            field.errors = [*field.errors, sentence]
        return not found

    def _lines(self, language: str) -> list[str]:
        return [line.strip() for line in tidy(self[f"options_{language}"].data).split("\n") if line.strip()]


class PollPart(PairForm):
    """The poll, as part of the form that opens a letterbox."""

    standard = boxes(_l("Ready-made questions"))
    own_1 = FormField(AskedForm, _l("A question of yours"))
    own_2 = FormField(AskedForm, _l("A second question of yours"))
    own_3 = FormField(AskedForm, _l("A third question of yours"))
    employers_1 = FormField(AskedForm, _l("A question proposed by the employer"))
    employers_2 = FormField(AskedForm, _l("A second question proposed by the employer"))
    counted = RadioField(_l("How the numbers are published"), default=polls.Counted.TOGETHER)

    def offering(self, offered: Mapping[polls.Counted, tuple[Group, ...]], headcount: int) -> Self:
        """The ready-made questions, and the ways of counting this body can choose from."""
        self.offered, self.headcount = offered, headcount
        self.standard.choices = [SelectChoice(one.id, text_of(one.text)) for one in polls.STANDARD]
        words = {
            polls.Counted.TOGETHER: _("Everyone together"),
            polls.Counted.BY_GROUP: _("By group of the notice"),
            polls.Counted.BY_SITE: _("By site"),
        }
        kinds = (polls.Counted.TOGETHER, *offered)
        self.counted.choices = [SelectChoice(one.value, words[one]) for one in kinds]
        return self

    @property
    def written(self) -> Iterator[Any]:
        """The fields of the questions that are not ready-made."""
        yield from (self.own_1, self.own_2, self.own_3, self.employers_1, self.employers_2)

    @property
    def decided(self) -> Poll | None:
        """What was chosen, once the form is valid; None for no poll."""
        typed = [one.form.typed for one in self.written]
        own, employers = typed[: polls.MOST_OWN], typed[polls.MOST_OWN :]
        return polls.decided(
            self.standard.data or (),
            [one for one in own if one is not None],
            [one for one in employers if one is not None],
            counted=self.counted.data or "",
            offered=self.offered,
            headcount=self.headcount,
        )


class LetterboxForm(PairForm, VotesForm):
    """What the body decided. The text is written from the other answers, then belongs to the body."""

    opens_on = DayField(_l("First day"), [_NEEDED])
    closes_on = DayField(_l("Last day"), [_NEEDED])
    destroy_on = DayField(_l("Messages destroyed on"), [_NEEDED])
    interval_days = RadioField(
        _l("Messages are opened"),
        choices=[SelectChoice("7", _l("Once a week, on Monday")), SelectChoice("1", _l("Every day"))],
        default="7",
    )
    k = RadioField(
        _l("People mixed in each opening"),
        choices=[
            SelectChoice(str(K_DEFAULT), _l("10 people at least")),
            SelectChoice(str(K_SMALL_SITE), _l("5 people at least")),
        ],
        default=str(K_DEFAULT),
    )
    channels = RadioField(
        _l("Who may write"),
        choices=[
            SelectChoice(Channels.SLIPS, _l("Whoever drew a paper slip")),
            SelectChoice(Channels.INVITATIONS, _l("Whoever was invited by e-mail")),
            SelectChoice(Channels.BOTH, _l("Either: slips for some, invitations for others")),
            SelectChoice(Channels.OPEN, _l("Anyone with the access word, as often as they like")),
        ],
        default=Channels.SLIPS,
    )
    quota = RadioField(
        _l("Messages each person may send"),
        choices=[SelectChoice(str(one), str(one)) for one in range(1, QUOTA_MOST + 1)],
        default=str(QUOTA),
    )
    poll = FormField(PollPart)
    holders = boxes(_l("Keyholders"))
    resolution_fr = TextAreaField(_l("In French"), [in_source(_l("Write what the body decided.")), _LONG])
    resolution_en = TextAreaField(_l("In English"), [in_source(_l("Write what the body decided.")), _LONG])
    decided_on = DayField(_l("Day of the vote"), [_NEEDED])
    votes_for = votes_field(_l("For"))
    votes_against = votes_field(_l("Against"))
    abstentions = votes_field(_l("Abstentions"))

    def offering(
        self,
        holders: Sequence[Keyholder],
        *,
        is_small: bool,
        groups: Mapping[polls.Counted, tuple[Group, ...]],
        headcount: int,
    ) -> Self:
        """Those who are ready; five people only where the body is small enough to agree on it; the ways in
        which a poll may be published."""
        self.poll.form.offering(groups, headcount)
        self.ready = {str(one.id): one for one in holders}
        self.holders.choices = [SelectChoice(ident, one.account.name) for ident, one in self.ready.items()]
        if not is_small:
            self.k.choices = [one for one in self.k.choices if one.value == str(K_DEFAULT)]
        return self

    @property
    def asked(self) -> Poll | None:
        """The poll, once the form is valid; never in open mode, whatever is ticked."""
        found: Poll | None = self.poll.form.decided if self.channels.data != Channels.OPEN else None
        return found

    @property
    def chosen(self) -> list[Keyholder]:
        """The keyholders ticked, among those that were offered."""
        ticked = self.holders.data or []
        return [one for ident, one in self.ready.items() if ident in ticked]

    @property
    def chosen_channels(self) -> Channels:
        """What is ticked, or what is proposed where nothing known is."""
        typed = self.channels.data
        return Channels(typed) if typed in set(Channels) else Channels.SLIPS

    @property
    def chosen_quota(self) -> int:
        typed = str(self.quota.data or "")
        return int(typed) if typed.isdecimal() and 1 <= int(typed) <= QUOTA_MOST else QUOTA

    def validate_holders(self, field: Field) -> None:
        if len(self.chosen) < KEYHOLDERS_LEAST:
            raise StopValidation(_("Tick two keyholders at least."))

    def validate(self, *args: Any, **options: Any) -> bool:
        valid: bool = super().validate(*args, **options)
        typed = [one.form for one in self.poll.form.written if one.form.typed]
        if self.channels.data == Channels.OPEN and typed:
            sentence = _(
                "Open to anyone, a letterbox has no poll. Choose slips or invitations, or empty this."
            )
            typed[0].question_fr.errors = [*typed[0].question_fr.errors, sentence]
            valid = False
        return valid

    def validate_decided_on(self, field: Field) -> None:
        if field.data is not None and field.data > clock.today():
            raise StopValidation(_("The vote comes first: this day is still to come."))

    def validate_resolution_fr(self, field: Field) -> None:
        self._names_them(field)

    def validate_resolution_en(self, field: Field) -> None:
        self._names_them(field)

    def _names_them(self, field: Field) -> None:
        """The body names its keyholders in its resolution: what is ticked and what is written agree."""
        text = " ".join(tidy(field.data).split())
        unnamed = [one.account.name for one in self.chosen if " ".join(one.account.name.split()) not in text]
        if text and unnamed:
            raise StopValidation(_("The text does not name %(names)s.", names=", ".join(unnamed)))

    def refuse(self, name: str, message: Any) -> None:
        """Says at a field what only the service could know."""
        field = self[name]
        field.errors = [*field.errors, str(message)]

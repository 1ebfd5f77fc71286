"""One form for each question of the set-up, with a reason once it changes a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self

from wtforms import (
    BooleanField,
    Field,
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, StopValidation

from consult.core.i18n import _, _l, locale
from consult.people.regimes import Question, Reach, Regime, Wording
from consult.people.rules import BodyKind, Languages
from consult.people.words import BODIES
from consult.procedures.loading import templates
from consult.profile import words
from consult.web.fields import CountField, boxes, options, tidy
from consult.web.forms import BaseForm

MOST_PEOPLE, MOST_KEYHOLDERS, MOST_ROWS = 1_000_000, 9, 200
_SHORT = Length(max=200, message=_l("This is too long: 200 characters at most."))
_LONG = Length(max=2000, message=_l("This is too long: 2,000 characters at most."))
_CHOOSE = InputRequired(_l("Choose one of them."))
FOLLOW, SET = "follow", "set"


def _within(least: int, most: int, message: Any) -> Callable[[BaseForm, Field], None]:
    """A validator of a number that may be missing."""

    def check(_form: BaseForm, field: Field) -> None:
        if field.data is not None and not least <= field.data <= most:
            raise StopValidation(str(message))

    return check


def _reason() -> TextAreaField:
    return TextAreaField(
        _l("Why this rule changes"),
        [Length(max=500, message=_l("This is too long: 500 characters at most."))],
        description=_l("Everyone who signs in reads it, with your name and the day."),
    )


class QuestionForm(BaseForm):
    """``is_change``: every question was answered once, so that a change takes a reason."""

    reason: Any
    is_change = False

    def changing(self, is_change: bool) -> Self:
        self.is_change = is_change
        return self

    def validate_reason(self, field: Field) -> None:
        if self.is_change and not tidy(field.data):
            raise StopValidation(_("Say why: a rule that was set changes with a reason."))


class RegimeForm(QuestionForm):
    regime = RadioField(
        _l("Country and regime"),
        [_CHOOSE],
        choices=options((key.value, name) for key, name in words.REGIMES.items()),
    )
    elsewhere = SelectField(
        _l("Which other country"),
        description=_l("Only for “Another country”: it decides public holidays, and whether EU law applies."),
        validate_choice=False,
    )
    reason = _reason()

    def offering(self) -> Self:
        self.elsewhere.choices = [SelectChoice("", _("Choose")), *options(words.countries())]
        return self

    def validate_elsewhere(self, field: Field) -> None:
        known = {one.value for one in field.choices}
        if field.data not in known or (self.regime.data == Regime.OTHER and not field.data):
            raise StopValidation(_("Choose the country."))


class SiteRow(BaseForm):
    name = StringField(_l("Name of the site"), [_SHORT])
    headcount = CountField(
        _l("People who work there"), [_within(0, MOST_PEOPLE, _l("Write a smaller number."))]
    )
    known = HiddenField()
    """``1`` where the site was there: only its headcount changes."""

    def validate_headcount(self, field: Any) -> None:
        if field.data is None and not field.process_errors and tidy(self.name.data):
            raise StopValidation(_("Write how many, even roughly."))

    def validate_name(self, field: Field) -> None:
        if self.headcount.data is not None and not tidy(field.data):
            raise StopValidation(_("Write the name of this site."))


class SitesForm(QuestionForm):
    rows = FieldList(FormField(SiteRow), _l("Sites"), max_entries=MOST_ROWS)
    reason = _reason()

    @property
    def sites(self) -> list[tuple[str, int]]:
        return [
            (tidy(one.form.name.data), one.form.headcount.data)
            for one in self.rows
            if tidy(one.form.name.data)
        ]

    def validate_rows(self, _field: Field) -> None:
        names = [name for name, _count in self.sites]
        if not names:
            raise StopValidation(_("Write one site at least: your organisation, if it has one only."))
        _no_twin(names)


def _no_twin(names: list[str]) -> None:
    """Said of the whole list, above its rows."""
    twin = next((one for one in names if names.count(one) > 1), "")
    if twin:
        raise StopValidation(_("“%(name)s” stands twice.", name=twin))


class BodyRow(BaseForm):
    kind = SelectField(_l("Kind"), validate_choice=False)
    name = StringField(_l("Its name, as everyone calls it"), [_SHORT])
    headcount = CountField(
        _l("Employees it stands for"), [_within(1, MOST_PEOPLE, _l("Write a number above 0."))]
    )

    def validate_headcount(self, field: Any) -> None:
        if field.data is None and not field.process_errors and tidy(self.name.data):
            raise StopValidation(_("Write how many, even roughly."))

    def validate_name(self, field: Field) -> None:
        if self.headcount.data is not None and not tidy(field.data):
            raise StopValidation(_("Write the name of this body."))

    def validate_kind(self, field: Field) -> None:
        if tidy(self.name.data) and field.data not in {one.value for one in field.choices}:
            raise StopValidation(_("Choose its kind."))


class BodiesForm(QuestionForm):
    """New bodies; those there are ``there``."""

    rows = FieldList(FormField(BodyRow), _l("Bodies to add"), max_entries=MOST_ROWS)
    none = BooleanField(_l("There is no body of representatives"))
    reason = _reason()
    there: frozenset[str] = frozenset()

    def offering(self, kinds: Iterable[BodyKind], there: Iterable[str]) -> Self:
        self.there = frozenset(there)
        choices = [(one.value, BODIES[one]) for one in kinds]
        for row in self.rows:
            row.form.kind.choices = options(choices)
        return self

    @property
    def added(self) -> list[tuple[BodyKind, str, int]]:
        return [
            (BodyKind(one.form.kind.data), tidy(one.form.name.data), one.form.headcount.data)
            for one in self.rows
            if tidy(one.form.name.data)
        ]

    def validate_rows(self, field: Any) -> None:
        names = [tidy(one.form.name.data) for one in field if tidy(one.form.name.data)]
        _no_twin(names)
        if twin := next((one for one in names if one in self.there), ""):
            raise StopValidation(_("There is a body called “%(name)s” already.", name=twin))
        if not names and not self.there and not self.none.data:
            raise StopValidation(_("Add a body, or tick that there is none."))

    def validate_none(self, field: Field) -> None:
        if field.data and (self.there or any(tidy(one.form.name.data) for one in self.rows)):
            raise StopValidation(_("There is one: leave this box empty."))


class LanguagesForm(QuestionForm):
    languages = RadioField(
        _l("Languages"),
        [_CHOOSE],
        choices=options((key.value, name) for key, name in words.LANGUAGES.items()),
    )
    reason = _reason()

    @property
    def chosen(self) -> Languages:
        return Languages(self.languages.data)


class ReachForm(QuestionForm):
    reach = RadioField(
        _l("E-mail at work"),
        [_CHOOSE],
        choices=options((key.value, name) for key, name in words.REACHES.items()),
    )
    reason = _reason()

    @property
    def chosen(self) -> Reach:
        return Reach(self.reach.data)


class NumberRow(BaseForm):
    number = StringField(
        _l("Number"), [Length(max=30, message=_l("This is too long: 30 characters at most."))]
    )
    label_fr = StringField(_l("What for, in French"), [_SHORT])
    label_en = StringField(_l("What for, in English"), [_SHORT])

    def validate_number(self, field: Field) -> None:
        typed = tidy(field.data)
        if typed and not any(sign.isdigit() for sign in typed):
            raise StopValidation(_("Write a number that can be dialled."))
        if not typed and (tidy(self.label_fr.data) or tidy(self.label_en.data)):
            raise StopValidation(_("Write the number."))


class AlertForm(QuestionForm):
    """``only``: the one language the organisation works in, whose texts are needed."""

    channel_fr = TextAreaField(_l("Alert channel, in French"), [_LONG])
    channel_en = TextAreaField(_l("Alert channel, in English"), [_LONG])
    rows = FieldList(FormField(NumberRow), _l("Numbers"), max_entries=MOST_ROWS)
    reason = _reason()
    only = ""

    def written_in(self, only: str) -> Self:
        self.only = only
        return self

    def _needed(self, language: str) -> bool:
        return self.only in {"", language}

    def validate_channel_fr(self, field: Field) -> None:
        if self._needed("fr") and not tidy(field.data):
            raise StopValidation(_("Write where one reports, in a sentence or two."))

    def validate_channel_en(self, field: Field) -> None:
        if self._needed("en") and not tidy(field.data):
            raise StopValidation(_("Write where one reports, in a sentence or two."))

    def validate_rows(self, field: Any) -> None:
        typed = [one.form for one in field if tidy(one.form.number.data)]
        if not typed:
            raise StopValidation(_("Write one number at least."))
        for form in typed:
            if any(self._needed(one) and not tidy(form[f"label_{one}"].data) for one in ("fr", "en")):
                raise StopValidation(_("Say what %(number)s is for.", number=tidy(form.number.data)))

    @property
    def numbers(self) -> list[dict[str, Any]]:
        """As the organisation keeps them; a label missing in one language is that of the other."""
        found = []
        for one in self.rows:
            fr, en = tidy(one.form.label_fr.data), tidy(one.form.label_en.data)
            if typed := tidy(one.form.number.data):
                found.append({"label": {"fr": fr or en, "en": en or fr}, "number": typed})
        return found


class KeyholdersForm(QuestionForm):
    wanted = CountField(
        _l("Keyholders a body names"),
        [
            InputRequired(_l("Write how many.")),
            NumberRange(2, MOST_KEYHOLDERS, _l("Write a number from 2 to 9.")),
        ],
        description=_l("Three are advised: one may fall ill and another lose the sheet."),
    )
    reason = _reason()


class ReadersForm(QuestionForm):
    readers = RadioField(
        _l("Who may read"),
        [_CHOOSE],
        choices=options((key, name) for key, name in words.READERS.items()),
    )
    understood = BooleanField(_l("We have read what opening them to everyone means"))
    reason = _reason()

    def validate_understood(self, field: Field) -> None:
        if self.readers.data == "public" and not field.data:
            raise StopValidation(
                _("Read the warning, then tick this box; or choose the people who work here.")
            )


class WordsForm(QuestionForm):
    wording = RadioField(_l("Words"), [_CHOOSE])
    reason = _reason()

    def offering(self, follows: str) -> Self:
        self.wording.choices = [
            SelectChoice(FOLLOW, _("Those that follow from the regime (%(name)s)", name=follows)),
            *options((f"{SET}:{key.value}", name) for key, name in words.WORDINGS.items()),
        ]
        return self

    @property
    def value(self) -> str | None:
        chosen = str(self.wording.data)
        return None if chosen == FOLLOW else str(Wording(chosen.partition(":")[2]))


class _ListForm(QuestionForm):
    """What follows, or a list of one's own."""

    how = RadioField(
        _l("What is offered"),
        [_CHOOSE],
        choices=options(
            [(FOLLOW, _l("What follows from the answers")), (SET, _l("What is ticked below, and no more"))]
        ),
    )
    chosen = boxes(_l("To offer"))
    reason = _reason()

    def validate_chosen(self, field: Field) -> None:
        if self.how.data == SET and not self._ticked:
            raise StopValidation(_("Tick one at least."))

    @property
    def _ticked(self) -> list[str]:
        known = [str(one.value) for one in self.chosen.choices]
        return [one for one in known if one in (self.chosen.data or ())]

    @property
    def value(self) -> list[str] | None:
        return self._ticked if self.how.data == SET else None


class KindsForm(_ListForm):
    def offering(self) -> Self:
        self.chosen.choices = options((one.value, name) for one, name in BODIES.items())
        return self


class ProceduresForm(_ListForm):
    def offering(self) -> Self:
        self.chosen.choices = options((key, one.label.shown(locale())) for key, one in templates().items())
        return self


FORMS: dict[Question, type[QuestionForm]] = {
    Question.REGIME: RegimeForm, Question.SITES: SitesForm, Question.BODIES: BodiesForm,
    Question.LANGUAGES: LanguagesForm, Question.REACH: ReachForm, Question.ALERT: AlertForm,
    Question.KEYHOLDERS: KeyholdersForm, Question.READERS: ReadersForm, Question.WORDS: WordsForm,
    Question.KINDS: KindsForm, Question.PROCEDURES: ProceduresForm,
}  # fmt: skip

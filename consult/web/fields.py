"""What forms of several rooms are made of: a text in both languages, a day, a tally, and a key against
double clicks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID, uuid4

from wtforms import DateField, Field, Form, HiddenField, IntegerField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from consult.core.i18n import _, _l
from consult.core.localized import LOCALES, Localized
from consult.web.forms import BaseForm

FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_VOTES = 999


def tidy(value: str | None) -> str:
    """As it is kept: one kind of line end, no NUL (no database of ours keeps one), no space around."""
    return (value or "").replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").strip()


def in_source(message: Any) -> Callable[[Form, Field], None]:
    """A validator of ``<name>_fr`` and ``<name>_en``: the one in the authoritative language is needed."""

    def check(form: Form, field: Field) -> None:
        if field.short_name[-2:] == form.source and not tidy(field.data):
            raise StopValidation(str(message))

    return check


def source_first() -> Callable[[Form, Field], None]:
    """A validator of an optional pair: a translation without its source is refused."""

    def check(form: Form, field: Field) -> None:
        name, language = field.short_name[:-3], field.short_name[-2:]
        others = [form[f"{name}_{one}"].data for one in LOCALES if one != language]
        if language == form.source and not tidy(field.data) and any(tidy(one) for one in others):
            raise StopValidation(_("Write it in the authoritative language too."))

    return check


class PairForm(BaseForm):
    """A form whose texts stand in both languages, as fields ``<name>_fr`` and ``<name>_en``."""

    source: str = "fr"

    def written_in(self, source: str) -> Self:
        """Says which language is authoritative, here and in the forms inside."""
        self.source = source
        for field in self:
            for inner in getattr(field, "entries", [field]):
                if isinstance(getattr(inner, "form", None), PairForm):
                    inner.form.written_in(source)
        return self

    def propose(self, name: str, texts: Mapping[str, str]) -> None:
        """A text to start from, in the authoritative language alone: changed there, a proposal left in the
        other would pass for its translation."""
        self[f"{name}_{self.source}"].data = texts[self.source]

    def localized(self, name: str) -> Localized:
        """The pair as one value; both were written today."""
        texts = {language: tidy(self[f"{name}_{language}"].data) for language in LOCALES}
        return Localized.of(fr=texts["fr"], en=texts["en"], source=self.source)


class DayField(DateField):
    """A day, as a date picker sends it (2027-01-15) or as people type it (15/01/2027)."""

    data: Any

    def __init__(self, label: Any = None, validators: Any = None, **more: Any) -> None:
        super().__init__(label, validators, format=["%Y-%m-%d", "%d/%m/%Y"], **more)

    def process_formdata(self, valuelist: list[str]) -> None:
        typed = " ".join(valuelist).strip()
        self.data = _day(typed, self.strptime_format)
        if typed and self.data is None:
            raise ValueError(
                _("There is no such day as “%(typed)s”. Write a date like 15/01/2027.", typed=typed[:20])
            )

    def pre_validate(self, form: Form) -> None:
        if self.process_errors:
            raise StopValidation  # said already


def _day(typed: str, formats: list[str]) -> date | None:
    for form in formats:
        try:
            found = datetime.strptime(typed, form).date()  # noqa: DTZ007
        except ValueError:
            continue
        if FIRST_YEAR <= found.year <= LAST_YEAR:
            return found
    return None


def not_before(day: Callable[[], date], message: Any) -> Callable[[Form, Field], None]:
    """A validator of a day."""

    def check(_form: Form, field: Field) -> None:
        if field.data is not None and field.data < day():
            raise ValidationError(str(message))

    return check


_MOST_DIGITS = 12
"""A longer number counts nobody, and is too large for what checks and keeps it."""


class CountField(IntegerField):
    """How many, from 0."""

    data: Any

    def pre_validate(self, form: Form) -> None:
        if self.process_errors:
            raise StopValidation  # what was typed is no number: nothing more to say of it

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        try:
            if len(valuelist[0].strip()) > _MOST_DIGITS:
                raise ValueError
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("Write a whole number, such as 8.")) from None


def votes_field(label: Any, missing: Any = None) -> CountField:
    """One number of a vote; ``missing`` says what is not there."""
    return CountField(
        label,
        [
            InputRequired(missing or _l("Write how many, 0 if none.")),
            NumberRange(0, MOST_VOTES, _l("Write a number between 0 and 999.")),
        ],
        render_kw={"inputmode": "numeric", "min": "0", "max": str(MOST_VOTES), "autocomplete": "off"},
    )


class VotesForm(BaseForm):
    """The vote behind an act that only a body can do; whether it carries is `people.rules`'. The form
    places the three `votes_field` itself: errors are listed in the order of the page."""

    votes_for: Any
    votes_against: Any
    abstentions: Any

    @property
    def tally(self) -> dict[str, int]:
        """As `people.services.record_resolution` takes it."""
        return {
            "for": self.votes_for.data or 0,
            "against": self.votes_against.data or 0,
            "abstentions": self.abstentions.data or 0,
        }


def options(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """``(value, label)`` pairs as choices of a field."""
    return [SelectChoice(value, label) for value, label in pairs]


def boxes(label: Any, **more: Any) -> SelectMultipleField:
    """Several boxes. What was not offered is not an error: the view takes what it offered, no more."""
    return SelectMultipleField(
        label,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=False,
        **more,
    )


class OnceForm(BaseForm):
    """Carries the identifier that what is sent will have, so that a double click makes one thing."""

    once = HiddenField(default=lambda: str(uuid4()))

    @property
    def once_id(self) -> UUID:
        """The one the page was made with; a new one where it was lost on the way."""
        try:
            return UUID(self.once.data or "")
        except ValueError:
            self.once.data = str(uuid4())
            return UUID(self.once.data)

"""Forms of the draft: its text and points, comments, the vote, declarations, the courtesy translation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self
from uuid import UUID

from wtforms import (
    Field,
    FieldList,
    FileField,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, StopValidation

from consult.core import clock
from consult.core.i18n import _, _l
from consult.core.localized import LOCALES, Localized
from consult.opinions.draft_models import Point
from consult.opinions.forms import MOST_POINTS, ROWS, PointForm, RuledVotes, blank_field, rule_field
from consult.opinions.models import OpinionPoint
from consult.opinions.motions import Choice, Declared, Outcome, Seat
from consult.opinions.rules import PointKind
from consult.opinions.words import CHOICES, DECLARED, OUTCOMES
from consult.people.models import Mandate
from consult.web.fields import DayField, OnceForm, PairForm, in_source, options, tidy, votes_field
from consult.web.forms import BaseForm, not_blank

ABSENT = ""
_LONG = Length(max=50_000, message=_l("This is too long: 50,000 characters at most."))
_TEXT = Length(max=10_000, message=_l("This is too long: 10,000 characters at most."))
_COMMENT = Length(max=5_000, message=_l("This is too long: 5,000 characters at most."))
_NAME = Length(max=200, message=_l("This is too long: 200 characters at most."))
_DAY = InputRequired(_l("Give a day, such as 15/01/2027."))
_WRITTEN = in_source(_l("Write the text of the draft."))


class EitherForm(PairForm):
    """A form in the language people wrote in: the authoritative one, or the other where only that is
    filled."""

    def in_either(self, source: str, name: str = "text") -> Self:
        other = next(one for one in LOCALES if one != source)
        if not tidy(self[f"{name}_{source}"].data) and tidy(self[f"{name}_{other}"].data):
            return self.written_in(other)
        return self.written_in(source)


class BeginForm(BaseForm):
    start = RadioField(
        _l("Start from"),
        choices=options(
            [
                (Outcome.NONE.value, _l("The outline of an opinion")),
                (Outcome.INSUFFICIENT_INFORMATION.value, _l("A text saying that information is missing")),
            ]
        ),
        default=Outcome.NONE.value,
    )


class DraftForm(EitherForm):
    """The whole draft. ``base``: the version it was made from."""

    text_fr = TextAreaField(_l("The draft, in French"), [_WRITTEN, _LONG])
    text_en = TextAreaField(_l("The draft, in English"), [_WRITTEN, _LONG])
    outcome = RadioField(
        _l("What the body says"), choices=options(OUTCOMES.items()), default=Outcome.NONE.value
    )
    reservations = FieldList(FormField(PointForm), _l("Reservations"), min_entries=1, max_entries=MOST_POINTS)
    wishes = FieldList(FormField(PointForm), _l("Wishes"), min_entries=1, max_entries=MOST_POINTS)
    base = HiddenField(default="0")

    @classmethod
    def of(cls, text: Localized, points: Sequence[Point], outcome: Outcome, base: int) -> Self:
        rows = {
            name: [_typed(one) for of_kind, one in points if of_kind is kind] or [{}]
            for kind, name in ROWS.items()
        }
        return cls(data={**_typed(text), **rows, "outcome": outcome.value, "base": str(base)})

    @property
    def made_from(self) -> int:
        return int(self.base.data) if (self.base.data or "").isdecimal() else 0

    @property
    def points(self) -> list[Point]:
        """Rows that hold something, in order."""
        texts = [(kind, row.form.localized("text")) for kind, name in ROWS.items() for row in self[name]]
        return [(kind, text) for kind, text in texts if text]

    def moved(self, act: str) -> Self | None:
        """The form after ``add-wishes``, ``up-wishes-1``, ``down-…`` or ``drop-…``; None: no such act."""
        what, _dash, rest = act.partition("-")
        name, _dash, at = rest.partition("-")
        if name not in ROWS.values() or what not in {"add", "up", "down", "drop"}:
            return None
        rows = [{key: one.form[key].data for key in ("text_fr", "text_en")} for one in self[name]]
        place = int(at) if at.isdecimal() and len(at) < 3 else -1
        _rearrange(rows, what, place)
        kept = {one: [row.data for row in self[one]] for one in ROWS.values()}
        own = {key: self[key].data for key in ("text_fr", "text_en", "outcome", "base")}
        return type(self)(data={**own, **kept, name: rows or [{}]}).written_in(self.source)


def _rearrange(rows: list[dict[str, Any]], what: str, place: int) -> None:
    if what == "add" and len(rows) < MOST_POINTS:
        rows.append({})
    if not 0 <= place < len(rows):
        return
    if what == "drop":
        del rows[place]
    other = place + {"up": -1, "down": 1}.get(what, 0)
    if what in {"up", "down"} and 0 <= other < len(rows):
        rows[place], rows[other] = rows[other], rows[place]


def _typed(text: Localized) -> dict[str, str]:
    return {f"text_{language}": said for language, said in text.texts.items()}


class DraftCommentForm(OnceForm):
    text = TextAreaField(_l("Your comment"), [not_blank(_l("Write your comment.")), _COMMENT])
    about = HiddenField(default="0")

    @property
    def version(self) -> int:
        return int(self.about.data) if (self.about.data or "").isdecimal() else 0


# ── the vote ───────────────────────────────────────────────────────────────────


def _not_to_come(_form: Any, field: Field) -> None:
    if field.data is not None and field.data > clock.today():
        raise StopValidation(_("This day is still to come. Enter what happened once it has."))


class _Put(RuledVotes, OnceForm):
    about = HiddenField(default="0")
    voted_on = DayField(_l("Day of the vote"), [_DAY, _not_to_come], default=clock.today)

    @property
    def version(self) -> int:
        return int(self.about.data) if (self.about.data or "").isdecimal() else 0


class HeadsForm(_Put):
    """A vote by head."""

    rule = rule_field()
    votes_for = votes_field(_l("For"), _l("Say how many voted for, 0 if nobody did."))
    votes_against = votes_field(_l("Against"), _l("Say how many voted against, 0 if nobody did."))
    abstentions = votes_field(_l("Abstentions"), _l("Say how many abstained, 0 if nobody did."))
    blank = blank_field()


class SeatForm(BaseForm):
    """The vote of one seat; ``by``: the alternate who replaces."""

    choice = RadioField(
        _l("Vote"), choices=options([*CHOICES.items(), (ABSENT, _l("Was not there"))]), default=ABSENT
    )
    by = SelectField(_l("Replaced by"), default="")


class NamesForm(_Put):
    """A vote by name; `names_form` adds a part for each seat."""

    rule = rule_field()

    def seats(self, mandates: Sequence[Mandate]) -> list[Seat]:
        """Seats that voted."""
        found = []
        for one in mandates:
            part = self[f"m{one.id.hex}"].form
            if part.choice.data in set(Choice):
                by = UUID(part.by.data) if part.by is not None and part.by.data else one.id
                found.append(Seat(one.id, by, Choice(part.choice.data)))
        return found

    def name_seats(self, mandates: Sequence[Mandate], alternates: Sequence[Mandate]) -> Self:
        """``alternates``: who may replace; none where the secretary is not the one who records."""
        who = [("", _("Nobody: voted in person")), *((str(one.id), one.account.name) for one in alternates)]
        for one in mandates:
            part = self[f"m{one.id.hex}"].form
            if alternates:
                part.by.choices = options(who)
            else:
                del part.by
        return self

    def mark_wrong(self, wrong: Sequence[object]) -> None:
        for one in wrong:
            if isinstance(one, UUID) and f"m{one.hex}" in self:
                field = self[f"m{one.hex}"].form.choice
                field.errors = [*field.errors, _("This vote cannot count: check who sat on this seat.")]


def names_form(mandates: Sequence[Mandate]) -> type[NamesForm]:
    return type("NamesForm", (NamesForm,), {f"m{one.id.hex}": FormField(SeatForm) for one in mandates})


# ── declarations, and the other language ───────────────────────────────────────

_DECLARED = in_source(_l("Write the declaration, or say what the file holds."))


class DeclarationForm(EitherForm, OnceForm):
    kind = RadioField(
        _l("Whose declaration"), choices=options(DECLARED.items()), default=Declared.MEMBER.value
    )
    signed = StringField(_l("In the name of"), [not_blank(_l("Say in whose name.")), _NAME])
    text_fr = TextAreaField(_l("The declaration, in French"), [_DECLARED, _TEXT])
    text_en = TextAreaField(_l("The declaration, in English"), [_DECLARED, _TEXT])
    file = FileField(_l("File"))


class TranslationForm(BaseForm):
    """The whole text in the other language; `translation_form` adds a part for each point."""

    text = TextAreaField(_l("The opinion"), [not_blank(_l("Write the translation.")), _LONG])

    def said(self, points: Sequence[OpinionPoint]) -> dict[str, str]:
        return {one.code: tidy(self[one.code].data) for one in points}


def translation_form(points: Sequence[OpinionPoint]) -> type[TranslationForm]:
    made = {
        one.code: TextAreaField(_name(one), [not_blank(_l("Write the translation.")), _COMMENT])
        for one in points
    }
    return type("TranslationForm", (TranslationForm,), made)


def _name(point: OpinionPoint) -> Any:
    if point.kind is PointKind.RESERVATION:
        return _l("Reservation %(number)s", number=point.number)
    return _l("Wish %(number)s", number=point.number)

"""Forms of this room."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Self

from wtforms import BooleanField, Field, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, StopValidation

from consult.core import clock
from consult.core.i18n import _, _l
from consult.meetings.rules import Ground, ItemKind, Presence
from consult.meetings.words import GROUNDS, KINDS
from consult.web.fields import (
    DayField,
    OnceForm,
    PairForm,
    VotesForm,
    boxes,
    not_before,
    options,
    votes_field,
)
from consult.web.forms import BaseForm, not_blank

_SHORT = Length(max=300, message=_l("This is too long: 300 characters at most."))
_REASON = Length(max=500, message=_l("This is too long: 500 characters at most."))
_LONG = Length(max=50_000, message=_l("This is too long: 50,000 characters at most."))
_DAY = InputRequired(_l("Give a day, such as 15/01/2027."))
_TIME = re.compile(r"([01]?\d|2[0-3])[:hH]([0-5]\d)?")


class CallForm(OnceForm):
    """When, where, of which body; one consultation may go on the agenda at once."""

    body = SelectField(_l("Body"), validate_choice=False)
    day = DayField(
        _l("Day"), [_DAY, not_before(clock.today, _l("This day has passed. Choose today or later."))]
    )
    time = StringField(_l("Time"), [Length(max=5)], description=_l("Such as 9:30."))
    place = StringField(_l("Place, or how to join from afar"), [_SHORT])
    is_extraordinary = BooleanField(_l("Extraordinary meeting"))
    about = SelectField(_l("Consultation to put on the agenda"), validate_choice=False)

    def offering(self, bodies: Sequence[tuple[str, str]], about: Sequence[tuple[str, str]]) -> Self:
        self.body.choices = [SelectChoice(value, name) for value, name in bodies]
        self.about.choices = [SelectChoice("", _("None for now")), *(SelectChoice(v, n) for v, n in about)]
        return self

    def validate_body(self, field: Field) -> None:
        if field.data not in {one.value for one in field.choices}:
            raise StopValidation(_("Say which body meets."))

    def validate_about(self, field: Field) -> None:
        if field.data not in {one.value for one in field.choices}:
            raise StopValidation(_("Choose one of these consultations."))

    def validate_time(self, field: Field) -> None:
        if field.data and not _TIME.fullmatch(field.data.strip()):
            raise StopValidation(_("Write a time such as 9:30."))

    @property
    def clock_time(self) -> str:
        """As ``9:30``; empty where none was given."""
        found = _TIME.fullmatch((self.time.data or "").strip())
        return f"{int(found[1])}:{found[2] or '00'}" if found else ""


class ItemForm(OnceForm):
    kind = RadioField(_l("Kind of item"), choices=options(KINDS.items()), default=ItemKind.OTHER.value)
    title = StringField(_l("Title of the item"), [_SHORT])
    about = SelectField(_l("Consultation it is about"), validate_choice=False)

    def offering(self, about: Sequence[tuple[str, str]]) -> Self:
        self.about.choices = [SelectChoice("", _("None")), *(SelectChoice(v, n) for v, n in about)]
        return self

    def validate_title(self, field: Field) -> None:
        if not (field.data or "").strip() and not self.about.data:
            raise StopValidation(_("Name the item, or choose a consultation."))

    def validate_about(self, field: Field) -> None:
        if field.data not in {one.value for one in field.choices}:
            raise StopValidation(_("Choose one of these consultations."))


class AgreeForm(BaseForm):
    """Agreeing to the agenda; alone, with the reason why the law allows it."""

    why = StringField(_l("Set it alone, because"), [_REASON])


class WhyForm(BaseForm):
    why = TextAreaField(_l("Why"), [not_blank(_l("Say why: the members read it.")), _REASON])


class MinutesForm(PairForm):
    seen = HiddenField(default="0")
    text_fr = TextAreaField(_l("The minutes, in French"), [_LONG])
    text_en = TextAreaField(_l("The minutes, in English"), [_LONG])

    @property
    def version(self) -> int:
        return int(self.seen.data) if (self.seen.data or "").isdecimal() else -1


class AdoptForm(VotesForm):
    votes_for = votes_field(_l("For"))
    votes_against = votes_field(_l("Against"))
    abstentions = votes_field(_l("Abstentions"))


class RequestForm(OnceForm):
    """Why, on what ground, with which questions."""

    ground = RadioField(_l("On what ground"), choices=options(GROUNDS.items()), default=Ground.ANY.value)
    reason = TextAreaField(
        _l("Why the body must meet"),
        [not_blank(_l("Say why: it goes on the agenda.")), Length(max=2000)],
    )
    questions = boxes(_l("Questions that go with it"))


def presences_of(form: Any, mandates: Sequence[Any]) -> dict[Any, Presence]:
    """What was ticked for each mandate, from the fields ``presence-<id>`` of a posted form."""
    found = {}
    for one in mandates:
        value = form.get(f"presence-{one.id}", Presence.EXCUSED.value)
        found[one.id] = Presence(value) if value in set(Presence) else Presence.EXCUSED
    return found

"""Forms of the reasoned response. A part for each point; the details of a stance stand beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from wtforms import BooleanField, Field, FileField, Form, FormField, HiddenField, RadioField, StringField
from wtforms import TextAreaField as Area
from wtforms.validators import Length, StopValidation

from consult.core import clock
from consult.core.i18n import _, _l
from consult.core.localized import LOCALES
from consult.opinions.models import OpinionPoint
from consult.opinions.point_words import STANCES
from consult.opinions.points import COMMITS, Answer, Promise
from consult.opinions.rules import PointKind, Stance
from consult.web.fields import DayField, OnceForm, PairForm, in_source, options, tidy
from consult.web.forms import BaseForm

MOST_OF_TITLE = 300
_LONG = Length(max=50_000, message=_l("This is too long: 50,000 characters at most."))
_POINT = Length(max=5_000, message=_l("This is too long: 5,000 characters at most."))
_SHORT = Length(max=MOST_OF_TITLE, message=_l("This is too long: 300 characters at most."))
_ANSWERED = in_source(_l("Write what becomes of the opinion, and why."))


def _typed(form: Form) -> bool:
    """Whether somebody began to answer this point; the words a commitment starts from are not an answer."""
    return any(tidy(form[f"text_{one}"].data) for one in LOCALES) or form.wants_promise or form.has_details


def _stance_given(form: Form, field: Field) -> None:
    if field.data in set(Stance):
        return
    field.errors = []
    if form.is_needed or _typed(form):
        raise StopValidation(_("%(code)s: say what you answer.", code=form.code))
    raise StopValidation


def _reason_given(form: Form, field: Field) -> None:
    is_answered = form.is_needed or form.stance.data in set(Stance) or _typed(form)
    if is_answered and field.short_name[-2:] == form.source and not tidy(field.data):
        raise StopValidation(_("%(code)s: give your reasons.", code=form.code))


def _day_to_come(form: Form, field: Field) -> None:
    if form.stance.data == Stance.STUDYING and (field.data is None or field.data < clock.today()):
        raise StopValidation(_("%(code)s: say by which day you will answer, today or later.", code=form.code))


def _partner_named(form: Form, field: Field) -> None:
    is_source = field.short_name[-2:] == form.source
    if form.stance.data == Stance.NEGOTIATING and is_source and not tidy(field.data):
        raise StopValidation(_("%(code)s: say with whom you negotiate.", code=form.code))


def _day_gone(form: Form, field: Field) -> None:
    if form.stance.data == Stance.NEGOTIATING and (field.data is None or field.data > clock.today()):
        raise StopValidation(
            _("%(code)s: say since when you negotiate, today at the latest.", code=form.code)
        )


def _agreed(form: Form, _field: Field) -> None:
    if form.wants_promise and form.stance.data in set(Stance) - COMMITS:
        raise StopValidation(_("%(code)s: a commitment goes with an answer that accepts.", code=form.code))


def _promised(message: Any) -> Any:
    def check(form: Form, field: Field) -> None:
        is_ours = field.short_name[-3:] not in ("_fr", "_en") or field.short_name[-2:] == form.source
        is_empty = field.data is None or (isinstance(field.data, str) and not tidy(field.data))
        if form.wants_promise and is_ours and is_empty:
            raise StopValidation(str(message) % {"code": form.code})

    return check


_TITLED = _promised(_l("%(code)s: say what is promised, in one sentence."))
_OWNED = _promised(_l("%(code)s: say which function carries the commitment."))
_DATED = _promised(_l("%(code)s: say for when the commitment is."))


class PointAnswerForm(PairForm):
    """What the employer answers to one point, and why. ``code``: what the page calls the point, since
    errors stand far from it. ``is_needed``: it may not be left for later."""

    code: str = ""
    is_needed: bool = False
    stance = RadioField(_l("Your answer"), [_stance_given], choices=options(STANCES), validate_choice=False)
    text_fr = Area(_l("Reasons, in French"), [_reason_given, _POINT])
    text_en = Area(_l("Reasons, in English"), [_reason_given, _POINT])
    until_on = DayField(_l("By which day you will say"), [_day_to_come])
    with_whom_fr = StringField(_l("With whom, in French"), [_partner_named, _SHORT])
    with_whom_en = StringField(_l("With whom, in English"), [_partner_named, _SHORT])
    since_on = DayField(_l("Since when"), [_day_gone])
    promise = BooleanField(_l("Make it a commitment"), [_agreed])
    title_fr = StringField(_l("What is promised, in French"), [_TITLED, _SHORT])
    title_en = StringField(_l("What is promised, in English"), [_TITLED, _SHORT])
    owner = StringField(
        _l("Who carries it"),
        [_OWNED, Length(max=200, message=_l("This is too long: 200 characters at most."))],
    )
    due_on = DayField(_l("For when"), [_DATED])

    @property
    def wants_promise(self) -> bool:
        """Ticked, or filled in without being ticked: nothing typed is dropped."""
        return bool(self.promise.data or tidy(self.owner.data) or self.due_on.data is not None)

    @property
    def has_details(self) -> bool:
        days = self.until_on.data is not None or self.since_on.data is not None
        return days or any(tidy(self[f"with_whom_{one}"].data) for one in LOCALES)

    @property
    def is_answered(self) -> bool:
        return self.stance.data in set(Stance)

    @property
    def answer(self) -> Answer:
        """As the service takes it."""
        promise = None
        if self.wants_promise:
            promise = Promise(self.localized("title"), tidy(self.owner.data), self.due_on.data)
        return Answer(
            Stance(self.stance.data), self.localized("text"), self.until_on.data,
            self.localized("with_whom") or None, self.since_on.data, promise,
        )  # fmt: skip


def _name_of(point: OpinionPoint) -> str:
    if point.kind is PointKind.RESERVATION:
        return str(_("Reservation %(number)s", number=point.number))
    return str(_("Wish %(number)s", number=point.number))


class ResponseForm(PairForm, OnceForm):
    """What becomes of the opinion as a whole; `response_form` adds a part for each point. ``draft``: the
    version of the draft it was made from, 0 for none."""

    text_fr = Area(_l("The response, in French"), [_ANSWERED, _LONG])
    text_en = Area(_l("The response, in English"), [_ANSWERED, _LONG])
    in_part = BooleanField(_l("Give it in part: what I leave without an answer stays shown as unanswered"))
    draft = HiddenField(default="0")

    def name_points(self, points: Sequence[OpinionPoint]) -> ResponseForm:
        for one in points:
            self[one.code].form.code = _name_of(one)
            self[one.code].form.is_needed = not self.in_part.data
        return self

    @property
    def base(self) -> int:
        return int(self.draft.data) if (self.draft.data or "").isdecimal() else 0

    def answers(self, points: Sequence[OpinionPoint]) -> dict[UUID, Answer]:
        """By the identifier of the point; points without a stance are left out."""
        return {one.id: self[one.code].form.answer for one in points if self[one.code].form.is_answered}

    def mark(self, codes: Iterable[str], message: str) -> None:
        """What the service still found wrong, at the stance of each point."""
        for code in codes:
            field = self[code].form.stance
            field.errors = [*field.errors, message]


def response_form(points: Sequence[OpinionPoint]) -> type[ResponseForm]:
    """The form of one response: its fields are named after the points (``R1-stance``, ``V1-text_fr``)."""
    parts = {one.code: FormField(PointAnswerForm) for one in points}
    return type("ResponseForm", (ResponseForm,), parts)


def start_of(points: Sequence[OpinionPoint]) -> dict[str, dict[str, str]]:
    """What each part starts from: the point itself as what would be promised."""
    return {one.code: words_of(one) for one in points}


def words_of(point: OpinionPoint) -> dict[str, str]:
    """A text too long for a commitment is left out rather than cut."""
    texts = {f"title_{language}": text for language, text in point.text.texts.items()}
    return {name: text for name, text in texts.items() if len(text) <= MOST_OF_TITLE}


_NOT_KEPT = ("csrf_token", "act", "once", "draft")


def kept_of(posted: Mapping[str, str]) -> dict[str, str]:
    """What a draft keeps of what was posted: everything typed, whether it is right or not."""
    return {name: tidy(value) for name, value in posted.items() if name not in _NOT_KEPT and tidy(value)}


class FollowUpForm(PointAnswerForm, OnceForm):
    """A further answer to one point. ``follows``: how many the page showed."""

    is_needed = True
    follows = HiddenField(default="0")

    @property
    def base(self) -> int:
        return int(self.follows.data) if (self.follows.data or "").isdecimal() else -1


class FileForm(BaseForm):
    """A file to give with the response."""

    file = FileField(_l("The file"))

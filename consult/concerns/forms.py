"""The shape of what is typed at the desk, and of the employer's answer to a theme."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from wtforms import BooleanField, Field, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, StopValidation, ValidationError

from consult.anonymity.asking import asked
from consult.anonymity.identification import spans
from consult.concerns import words
from consult.concerns.rules import Stance, quotes
from consult.core.i18n import _, _l
from consult.core.localized import LOCALES
from consult.people.access import only_language
from consult.web.fields import OnceForm, PairForm, in_source, options, tidy
from consult.web.forms import BaseForm, not_blank

MOST_TITLE, MOST_SYNTHESIS, MOST_WORDING, MOST_REASON, MOST_ANSWER = 150, 1500, 600, 1000, 6000
MOST_ALERT = 700


def _needed() -> tuple[str, ...]:
    only = only_language()
    return (only,) if only else LOCALES


def at_most(characters: int) -> Length:
    return Length(max=characters, message=_l("At most %(max)d characters."))


class DeskForm(BaseForm):
    """A form of the desk. ``draft`` is what gets sealed."""

    def draft(self) -> dict[str, str]:
        """``{"title-fr": …}``: every pair of the form, tidied."""
        return {name.replace("_", "-"): tidy(self[name].data) for name in self._written()}

    def fill(self, draft: dict[str, str]) -> None:
        for name in self._written():
            self[name].data = draft.get(name.replace("_", "-"), "")

    def refuse(self, sentence: str) -> None:
        """Says in the summary what belongs to no field."""
        self.form_errors.append(sentence)

    def _written(self) -> Iterator[str]:
        return (field.short_name for field in self if field.short_name[-3:] in {"_fr", "_en"})


class CheckedForm(DeskForm):
    """A text that others will read: a passage that may point to somebody is reworded, or confirmed by
    whoever read it. The confirmation holds for the very text it was asked about (``checked``)."""

    confirm = BooleanField(_l("I read these passages again: they point to nobody."))
    checked = HiddenField()

    def is_safe(self) -> bool:
        """Whether nothing stands out, or what does was confirmed. Else the form asks."""
        asked_about = self.checked.data
        self.mark()
        if not self.flags() or (self.confirm.data and asked_about == self.checked.data):
            return True
        self.confirm.data = False
        error = _("Reword the marked passages, or confirm that they point to nobody.")
        self.confirm.errors = [*self.confirm.errors, error]
        return False

    def flags(self) -> list[tuple[str, list[tuple[str, bool]], str]]:
        """``(language, pieces, sentence)`` of each text in which something stands out."""
        found = []
        for name in self._written():
            text = tidy(self[name].data)
            if hits := spans(text):
                found.append((name[-2:], words.pieces(text, hits), words.flagged(hits)))
        return found

    def mark(self) -> None:
        """Notes which text the page asks about."""
        self.checked.data = sha256("\0".join(self.draft().values()).encode()).hexdigest()[:32]


class NewThemeForm(OnceForm, DeskForm):
    """A title, in one language at least; the message it is made for comes under it."""

    title_fr = StringField(_l("Title in French"), [at_most(MOST_TITLE)])
    title_en = StringField(_l("Title in English"), [at_most(MOST_TITLE)])

    def validate(self, *args: Any, **options: Any) -> bool:
        valid: bool = super().validate(*args, **options)
        if not any(self.draft().values()):
            self.title_fr.errors = [_("Give the theme a title, in one language at least.")]
            valid = False
        return valid


class ThemeForm(CheckedForm):
    """Title and synthesis in both languages. ``version``: the one the page was made with."""

    title_fr = StringField(_l("Title in French"), [at_most(MOST_TITLE)])
    title_en = StringField(_l("Title in English"), [at_most(MOST_TITLE)])
    synthesis_fr = TextAreaField(_l("Synthesis in French"), [at_most(MOST_SYNTHESIS)])
    synthesis_en = TextAreaField(_l("Synthesis in English"), [at_most(MOST_SYNTHESIS)])
    erase = BooleanField(
        _l("The text published before points to somebody: take its trace out of the record.")
    )
    version = HiddenField()

    @property
    def version_read(self) -> int | None:
        return int(self.version.data) if str(self.version.data or "").isdigit() else None

    def is_complete(self) -> bool:
        """Both languages of both texts, so that none tells in which one people wrote."""
        wanted = {
            "title": _("Write the title in both languages: they are published together."),
            "synthesis": _("Write the synthesis in both languages: they are published together."),
        }
        missing = [
            self[f"{name}_{one}"]
            for name in wanted
            for one in _needed()
            if not tidy(self[f"{name}_{one}"].data)
        ]
        for field in missing:
            field.errors = [*field.errors, wanted[field.short_name[:-3]]]
        return not missing


class MergeForm(BaseForm):
    into = SelectField(_l("Merge into"), [InputRequired(_l("Choose the theme that takes these messages."))])


class HoldForm(DeskForm):
    reason = TextAreaField(
        _l("Reason"), [not_blank(_l("Say why, for the other keyholders.")), at_most(MOST_REASON)]
    )


class ReplyForm(OnceForm, BaseForm):
    """An answer in a thread. A passage that seems to ask who its author is is reworded, or confirmed;
    the confirmation holds for the very text it was asked about (``checked``)."""

    text = TextAreaField(_l("Your answer"), [not_blank(_l("Write the answer."))])
    confirm = BooleanField(_l("I read these passages again: answering them gives nobody away."))
    checked = HiddenField()

    def is_safe(self) -> bool:
        """Whether nothing asks for the author, or what does was confirmed. Else the form asks."""
        asked_about, now = self.checked.data, self._mark()
        self.checked.data = now
        if not asked(self.written) or (self.confirm.data and asked_about == now):
            return True
        self.confirm.data = False
        self.confirm.errors = [
            *self.confirm.errors,
            _("Reword the marked passages, or confirm that answering them gives nobody away."),
        ]
        return False

    @property
    def written(self) -> str:
        return tidy(self.text.data)

    def flags(self) -> tuple[list[tuple[str, bool]], str] | None:
        """``(pieces, sentence)`` where something stands out."""
        found = asked(self.written)
        return (words.pieces(self.written, found), words.asks(found)) if found else None

    def _mark(self) -> str:
        return sha256(self.written.encode()).hexdigest()[:32]


class GraveForm(BaseForm):
    """What was done about a grave message. None of it leaves the desk."""

    answered = BooleanField(_l("Answered in the thread, with the emergency numbers and the alert channel"))
    alert = TextAreaField(_l("The alert I made, in my own words"), [at_most(MOST_ALERT)])
    decided = StringField(
        _l("Who decided what to do"),
        [not_blank(_l("Say who decided: it is never one person’s secret.")), at_most(MOST_TITLE)],
    )
    original: str = ""
    """Set before validating: an alert never repeats it."""

    def validate_alert(self, field: Any) -> None:
        if quotes(field.data or "", self.original):
            raise ValidationError(
                _(
                    "This repeats the message word for word. Say it in your own words, so that nobody is"
                    " found."
                )
            )

    def draft(self) -> dict[str, str]:
        return {
            "answered": "yes" if self.answered.data else "",
            "alert": tidy(self.alert.data),
            "decided": tidy(self.decided.data),
        }


class Needed:
    """Asked for in each language the organisation works in. ``message``: the error."""

    def __init__(self, message: object) -> None:
        self.message = message

    def __call__(self, form: BaseForm, field: Field) -> None:
        if field.name[-2:] in _needed() and not tidy(field.data):
            raise StopValidation(str(self.message))


class WordingForm(CheckedForm):
    """A wording that betrays nobody, in both languages."""

    wording_fr = TextAreaField(
        _l("Wording in French"),
        [Needed(_l("Write the wording in both languages.")), at_most(MOST_WORDING)],
    )
    wording_en = TextAreaField(
        _l("Wording in English"),
        [Needed(_l("Write the wording in both languages.")), at_most(MOST_WORDING)],
    )


class AnswerForm(OnceForm, PairForm):
    """The employer's answer: how far it goes, and the text, needed in the authoritative language."""

    stance = RadioField(
        _l("What the employer says"),
        [InputRequired(_l("Say how far the answer goes."))],
        choices=options((one.value, words.STANCES[one]) for one in Stance),
    )
    text_fr = TextAreaField(
        _l("Answer in French"), [in_source(_l("Write the answer.")), at_most(MOST_ANSWER)]
    )
    text_en = TextAreaField(
        _l("Answer in English"), [in_source(_l("Write the answer.")), at_most(MOST_ANSWER)]
    )

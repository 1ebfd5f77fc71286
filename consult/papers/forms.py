"""The form of a paper: its text in each language, and one control for each blank that remains."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from flask import request
from wtforms import Field, HiddenField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional, StopValidation

from consult.core import i18n
from consult.core.i18n import _, _l, locale
from consult.core.localized import LOCALES, Localized
from consult.notices import blanks
from consult.notices.blanks import Blank, Kind
from consult.papers.rules import Answer, ModelText, laid
from consult.web.fields import CountField, DayField, OnceForm, PairForm, tidy

LONGEST, MOST = 50_000, 200
"""Characters of a text, and blanks asked of it."""
_LONG = Length(max=LONGEST, message=_l("This is too long: 50,000 characters at most."))
_SHORT = Length(max=2000, message=_l("This is too long: 2,000 characters at most."))


@dataclass(frozen=True, slots=True)
class Line:
    """One blank as the page asks it: its question, the language that is in, its controls by language ("":
    one for both)."""

    question: str
    lang: str
    controls: Mapping[str, Any]


class PaperForm(PairForm, OnceForm):
    """``seen``: the number of the version it was written from."""

    seen = HiddenField(default="0")
    text_fr = TextAreaField(_l("The text, in French"), [_LONG])
    text_en = TextAreaField(_l("The text, in English"), [_LONG])
    asked: Mapping[str, dict[str, Blank]] = {}
    """By key and language, what the controls of this form ask."""
    kinds: Mapping[str, Kind] = {}

    @classmethod
    def about(cls, model: ModelText, text: Localized, **data: Any) -> Self:
        """Not sent yet, none of the blanks answered."""
        texts = {f"text_{language}": text.texts.get(language, "") for language in LOCALES}
        made: Self = cls._with(model, text.texts)(data={**texts, **data})
        return made

    @classmethod
    def posted(cls, model: ModelText) -> Self:
        """What was sent: it answers the blanks of the text it was sent with."""
        texts = {language: request.form.get(f"text_{language}", "") for language in LOCALES}
        made: Self = cls._with(model, texts).submitted()
        return made

    @classmethod
    def _with(cls, model: ModelText, texts: Mapping[str, str]) -> Any:
        asked: dict[str, dict[str, Blank]] = {}
        for language, text in texts.items():
            for one in blanks.blanks_in(text[:LONGEST])[:MOST]:
                asked.setdefault(one.key, {})[language] = one
        kinds = {key: model.kind_of(key) for key in asked}
        members: dict[str, Any] = {"asked": asked, "kinds": kinds}
        for key, found in asked.items():
            for language in _apart(kinds[key], found):
                members[_name(key, language)] = _control(kinds[key], _question(found, language))
        return type("ThisPaperForm", (cls,), members)

    def validate_text_fr(self, field: Field) -> None:
        if not any(tidy(self[f"text_{language}"].data) for language in LOCALES):
            raise StopValidation(_("Write the text in one language at least."))

    @property
    def version(self) -> int:
        return int(self.seen.data) if (self.seen.data or "").isdecimal() else -1

    @property
    def lines(self) -> list[Line]:
        """The blanks, in the order they stand."""
        return [
            Line(
                _question(found, ""),
                locale() if locale() in found else next(iter(found)),
                {one: self[_name(key, one)] for one in _apart(self.kinds[key], found)},
            )
            for key, found in self.asked.items()
        ]

    @property
    def filled(self) -> Localized:
        """The texts with what was answered in their blanks."""
        texts = {
            language: laid(tidy(self[f"text_{language}"].data), dict(self._answers(language)), language)
            for language in LOCALES
        }
        return Localized.of(fr=texts["fr"], en=texts["en"], source=self.source)

    def _answers(self, language: str) -> Iterator[tuple[str, Answer]]:
        for key, found in self.asked.items():
            shared = self.kinds[key].is_shared
            if shared or language in found:
                answer = _written(self[_name(key, "" if shared else language)].data, language)
                if answer:
                    yield key, answer


def _apart(kind: Kind, languages: Iterable[str]) -> list[str]:
    """The languages a blank is asked in; ``""``: once for both."""
    return [""] if kind.is_shared else list(languages)


def _name(key: str, language: str) -> str:
    return f"blank-{key}-{language}" if language else f"blank-{key}"


def _question(found: Mapping[str, Blank], language: str) -> str:
    one = found.get(language or locale()) or next(iter(found.values()))
    return one.question


def _control(kind: Kind, label: str) -> Any:
    if kind is Kind.NUMBER:
        check = [Optional(), NumberRange(0, 2_000_000, _l("Write a number, 0 or more."))]
        return CountField(label, check, render_kw={"inputmode": "numeric", "min": "0"})
    if kind is Kind.DATE:
        return DayField(label, [Optional()])
    return StringField(label, [_SHORT]) if kind is Kind.NAME else TextAreaField(label, [_SHORT])


def _written(data: Any, language: str) -> Answer:
    """As that language writes it; several lines are several items."""
    if isinstance(data, date):
        return i18n.day(data, language)
    if isinstance(data, int):
        return i18n.number(data, language)
    lines = tuple(line.strip() for line in tidy(data).splitlines() if line.strip())
    return lines if len(lines) > 1 else "".join(lines)

"""The form of the blanks that remain: made for one text, one control a blank, two where each language
answers for itself."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from wtforms import Field, HiddenField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from consult.core.i18n import _l, locale
from consult.core.localized import LOCALES
from consult.notices import blanks, starting
from consult.notices.blanks import Kind
from consult.notices.filling import Answer, Asked, Spot, as_rows, from_rows, spots_of
from consult.notices.rules import tidied
from consult.web.fields import CountField, DayField
from consult.web.forms import BaseForm

LONGEST, MOST = 1000, 2_000_000
_TOO_LONG = Length(max=LONGEST, message=_l("This text is too long: %(max)d characters at most."))


class BlanksForm(BaseForm):
    """``version`` and ``was``: the revision the page was made from, and what it asked."""

    version = HiddenField()
    was = HiddenField()

    @property
    def read_version(self) -> int:
        return int(self.version.data) if (self.version.data or "").isdecimal() else 0

    @property
    def spots(self) -> list[Spot]:
        """What the page asked, as it says."""
        return _read(self.was.data)

    def control(self, key: str, language: str = "") -> Field:
        return self[_name(key, language)]

    def answers(self) -> dict[tuple[str, str], Answer]:
        """What was answered, under both languages where one answer serves both."""
        found: dict[tuple[str, str], Answer] = {}
        for field in self:
            _mark, _dash, rest = field.short_name.partition("-")
            key, _dash, language = rest.partition("-")
            data = tidied(field.data) if isinstance(field.data, str) else field.data
            if key and data not in (None, ""):
                found |= {(key, one): data for one in ([language] if language else LOCALES)}
        return found


def _name(key: str, language: str) -> str:
    return f"a-{key}-{language}" if language else f"a-{key}"


def _read(data: str | None) -> list[Spot]:
    try:
        return from_rows(json.loads(data or "[]"))
    except (ValueError, RecursionError):
        return []


def form_of(asked: Iterable[Asked], *, version: int) -> BlanksForm:
    """The form of these blanks, none answered."""
    spots = spots_of(asked)
    form: BlanksForm = _class_of(spots)(data={"version": str(version), "was": was_of(spots)})
    return form


def submitted(asked: Iterable[Asked], posted: str) -> BlanksForm:
    """What was posted: answers to what is asked now, and to what the page (``posted``: its ``was``) asked."""
    form: BlanksForm = _class_of([*spots_of(asked), *_read(posted)]).submitted()
    return form


def was_of(spots: Iterable[Spot]) -> str:
    return json.dumps(as_rows(spots), ensure_ascii=False)


def _class_of(spots: list[Spot]) -> type[BlanksForm]:
    members: dict[str, Any] = {}
    for spot in spots:
        kind = starting.kind_of(spot.key)
        name = _name(spot.key, "" if kind.is_shared else spot.language)
        members.setdefault(name, _control(kind, _question(spot, spots)))
    return type("TheseBlanksForm", (BlanksForm,), members)


def _question(spot: Spot, spots: list[Spot]) -> str:
    """In the page's language where one answer serves both."""
    kind = starting.kind_of(spot.key)
    same = [one for one in spots if one.key == spot.key and one.language == locale()]
    place = same[0] if kind.is_shared and same else spot
    return next(one.question for one in blanks.blanks_in(place.sentence) if one.key == spot.key)


def _control(kind: Kind, label: str) -> Any:
    if kind is Kind.NUMBER:
        check = [Optional(), NumberRange(0, MOST, _l("Write a number, 0 or more."))]
        return CountField(label, check, render_kw={"inputmode": "numeric", "min": "0"})
    if kind is Kind.DATE:
        return DayField(label, [Optional()])
    return StringField(label, [_TOO_LONG]) if kind is Kind.NAME else TextAreaField(label, [_TOO_LONG])

"""A file in words, for pages: its kind, its size, what it tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from babel import Locale
from babel.numbers import format_decimal

from consult.core.i18n import _, day, locale
from consult.files.rules import LABELS, MIB, FileRefused, Kind
from consult.files.telling import Told


def kind_words(media_type: str) -> str:
    try:
        return str(_(LABELS[Kind.of(media_type)]))
    except KeyError:  # a kind an older or newer release knows
        return media_type


def size_words(size: int) -> str:
    """``1.4 MB``, ``1,4 Mo``; never less than 1 KB."""
    if size >= MIB:
        return str(_("%(number)s MB", number=format_decimal(round(size / MIB, 1), locale=locale())))
    return str(_("%(number)s KB", number=format_decimal(max(1, round(size / 1024)), locale=locale())))


def refusal_words(refused: FileRefused) -> str:
    return refused.message(_)


def language_name(code: str) -> str:
    """A language by its ISO 639-1 code, in the language of the page; the code where nobody knows it."""
    return str(Locale.parse(locale()).languages.get(code, code))


@dataclass(frozen=True, slots=True)
class Line:
    """One thing a file tells, as a page shows it."""

    label: str
    value: str
    is_personal: bool


def told_words(told: tuple[Told, ...]) -> list[Line]:
    return [Line(str(_(one.words)), _shown(one.value), one.is_personal) for one in told]


def _shown(value: str | int | date) -> str:
    return day(value) if isinstance(value, date) else str(value)

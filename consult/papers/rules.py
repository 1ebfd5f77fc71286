"""What a model text is, how a file fills it, and what of it is still blank. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from consult.core.localized import LOCALES, Localized
from consult.notices import blanks
from consult.notices.blanks import Blank, Kind
from consult.procedures.period import is_holiday
from consult.procedures.template import Words

_SPACES = re.compile(r"[ \t\r\n]+")
OWN_FILE: Final = "own-file"
"""What a text fits that is written without a notice: about a system nobody has presented."""
SAFE_DAYS: Final = 7
"""How long before its computed end a period is treated as over, to be safe. A proposal of the product."""
LONGEST_ITEM: Final = 300
"""Characters of a question taken into a list."""

Answer = str | tuple[str, ...]
"""A line, or one line for each item."""
Answers = Mapping[str, Answer]
"""By the key of a blank, in one language."""


class PaperSide(StrEnum):
    """Whose text it is: the other side never reads it here."""

    BODY = "body"
    EMPLOYER = "employer"


def _several(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Addition(_Part):
    """Sentences added where the notice answers a closed question so."""

    field: str
    answer: str
    text: Words


class ModelText(_Part):
    """``fits``: procedure templates, or `OWN_FILE`. ``blanks``: each blank of the text with what answers it.
    ``use``: when to take it. ``notes``: shown beside it on screen, never printed."""

    key: str
    sides: Annotated[frozenset[PaperSide], BeforeValidator(_several)] = Field(alias="side", min_length=1)
    fits: tuple[str, ...] = Field(min_length=1)
    rank: int
    label: Words
    use: Words
    blanks: Mapping[str, Kind]
    text: Words
    additions: tuple[Addition, ...] = ()
    notes: tuple[Words, ...] = ()
    references: tuple[str, ...] = ()

    @field_validator("text")
    @classmethod
    def _has_its_blanks(cls, text: Words, info: ValidationInfo) -> Words:
        declared = set(info.data.get("blanks", {}))
        for language in LOCALES:
            words = text.shown(language)
            if "[[" in blanks.shown(words) or "]]" in blanks.shown(words):
                raise ValueError(f"a blank is badly written in {language}")
            found = {one.key for one in blanks.blanks_in(words)}
            if found != declared:
                wrong = ", ".join(sorted(found ^ declared))
                raise ValueError(f"blanks of {language} are not those declared: {wrong}")
        return text

    def is_for(self, side: PaperSide, template: str) -> bool:
        """``template``: the procedure followed; empty where there is none."""
        return side in self.sides and (template or OWN_FILE) in self.fits

    def kind_of(self, key: str) -> Kind:
        """What answers a blank; text for one somebody typed."""
        return self.blanks.get(key, Kind.TEXT)

    def written(self, language: str, answers: Answers, said: Mapping[str, str]) -> str:
        """In one language, filled as far as the file goes. ``said``: closed answers of the notice."""
        more = [one.text.shown(language) for one in self.additions if said.get(one.field) == one.answer]
        return laid("\n".join([self.text.shown(language).rstrip(), *more]), answers, language)


# ── filling ─────────────────────────────────────────────────────────────────────


def laid(text: str, answers: Answers, language: str) -> str:
    """The text with what is known in its blanks. Several items become several lines where their blank has a
    line of its own."""
    return "\n".join(line for one in text.split("\n") for line in _laid(one, answers, language))


def _laid(line: str, answers: Answers, language: str) -> Iterator[str]:
    found = blanks.blanks_in(line)
    items = answers.get(found[0].key, ()) if len(found) == 1 else ()
    if isinstance(items, tuple) and items and not blanks.shown(line, "").strip():
        yield from (blanks.fill(line.strip(), {found[0].key: item}) for item in items)
        return
    between = "\u00a0; " if language == "fr" else "; "
    yield blanks.fill(
        line, {key: one if isinstance(one, str) else between.join(one) for key, one in answers.items()}
    )


def shortened(text: str) -> str:
    """A question as an item of a list."""
    line = _SPACES.sub(" ", text).strip()  # no-break spaces stay
    return line if len(line) <= LONGEST_ITEM else line[: LONGEST_ITEM - 1].rstrip() + "…"


def left(text: Localized) -> list[Blank]:
    """The blanks that remain, in whatever language, each once."""
    found: dict[str, Blank] = {}
    for words in text.texts.values():
        for one in blanks.blanks_in(words):
            found.setdefault(one.key, one)
    return list(found.values())


def paragraphs(text: str) -> list[list[list[str | Blank]]]:
    """For documents: paragraphs of lines of words and blanks. An empty line ends a paragraph."""
    found: list[list[list[str | Blank]]] = [[]]
    for line in text.splitlines():
        if line.strip():
            found[-1].append(list(blanks.parts(line.rstrip())))
        elif found[-1]:
            found.append([])
    return [one for one in found if one]


# ── dates ───────────────────────────────────────────────────────────────────────


def safe_date(limits: Sequence[date | None], *, on: date, country: str) -> date | None:
    """A day to act by before the first of these ends: `SAFE_DAYS` ahead where there is still time, else
    tomorrow, and always an open day before the end. None: no such day is left, or no end is known."""
    known = [one for one in limits if one is not None]
    if not known:
        return None
    wanted = max(min(known) - timedelta(days=SAFE_DAYS), on + timedelta(days=1))
    day = _open_before(wanted, country)
    if day <= on:
        day = _open_after(wanted, country)
    return day if on < day < min(known) else None


def _is_closed(day: date, country: str) -> bool:
    return day.weekday() >= 5 or is_holiday(day, country)


def _open_before(day: date, country: str) -> date:
    while _is_closed(day, country):
        day -= timedelta(days=1)
    return day


def _open_after(day: date, country: str) -> date:
    while _is_closed(day, country):
        day += timedelta(days=1)
    return day

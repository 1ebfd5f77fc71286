"""The page that compares two texts of a notice, worked out before the template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from consult.core import i18n
from consult.core.errors import NotFound
from consult.core.i18n import LOCALES, locale
from consult.notices.attaching import is_named
from consult.notices.comparing import Change, Comparison, Part, compare
from consult.notices.content import Attachment
from consult.notices.fields import SECTIONS
from consult.notices.models import Notice, Revision
from consult.notices.services import content_of
from consult.web.filters import typeset
from consult.web.readers import Reader


@dataclass(frozen=True)
class ComparePage:
    """``revisions``: those this reader may compare, oldest first. ``language``: of the texts compared,
    whatever that of the page."""

    notice: Notice
    revisions: Sequence[Revision]
    older: Revision
    newer: Revision
    language: str
    reader: Reader
    on: date

    @classmethod
    def of(
        cls, notice: Notice, revisions: Sequence[Revision], asked: Mapping[str, str], reader: Reader, on: date
    ) -> ComparePage:
        """As an address asks: ``from`` and ``to`` by number, the newest and the one before where it does
        not say; ``text``: a language. Raises `NotFound` for a revision nobody here may read."""
        if not revisions:
            raise NotFound
        newest = revisions[-1].number
        numbers = sorted(
            (
                _number(asked.get("from", ""), max(newest - 1, revisions[0].number)),
                _number(asked.get("to", ""), newest),
            )
        )
        known = {one.number: one for one in revisions}
        if not known.keys() >= set(numbers):
            raise NotFound
        language = asked.get("text", "")
        return cls(
            notice, revisions, known[numbers[0]], known[numbers[1]],
            language if language in LOCALES else locale(), reader, on,
        )  # fmt: skip

    @cached_property
    def found(self) -> Comparison:
        return compare(
            content_of(self.older), content_of(self.newer), self.language, typeset=typeset, names=self._names
        )

    @cached_property
    def same(self) -> list[str]:
        """What did not change, each name once."""
        return list(dict.fromkeys(str(one) for one in self.found.same))

    @cached_property
    def told(self) -> list[Revision]:
        """What the notice itself says of these changes, newest first."""
        return [
            one
            for one in reversed(self.revisions)
            if one.changelog and self.older.number < one.number <= self.newer.number
        ]

    def _names(self, attachment: Attachment) -> bool:
        """A file is told of to those who see on the notice that it is there."""
        return is_named(self.notice, attachment, self.reader, on=self.on)


def _number(asked: str, otherwise: int) -> int:
    if not asked:
        return otherwise
    return int(asked) if asked.isdecimal() and len(asked) < 6 else -1


def section_of(change: Change) -> str:
    return str(SECTIONS[change.section])


def pieces(part: Part) -> list[tuple[str, str]]:
    """As the macro ``diff`` takes them: days and numbers as the page’s language writes them."""
    return [(str(one.mark), _said(one.text)) for one in part.segments]


def _said(value: object) -> str:
    if isinstance(value, date):
        return i18n.day(value)
    return i18n.number(value) if isinstance(value, int) else str(value)

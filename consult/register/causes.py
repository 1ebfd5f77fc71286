"""What an act may be said to answer: a form that cites causes offers these, and no others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from markupsafe import Markup, escape
from sqlalchemy.orm import Session

from consult.core.i18n import _l
from consult.core.localized import Localized
from consult.register import queries
from consult.register.models import Entry
from consult.register.rules import Ref, Tag
from consult.web.filters import text_of
from consult.web.readers import Audience, Reader, may_read

_CITED = frozenset({
    Tag.THEME_PUBLISHED, Tag.WORDING_PUBLISHED, Tag.THEME_ANSWERED, Tag.QUESTION_ASKED, Tag.QUESTION_ANSWERED,
    Tag.OPINION_GIVEN, Tag.RESPONSE_GIVEN, Tag.COMMITMENT_AGREED,
})  # fmt: skip
_POINT = "opinion-point"
_RESERVATION = _l("Reservation {number} ({title})")
_WISH = _l("Wish {number} ({title})")
_WORDS = {
    Tag.THEME_PUBLISHED: _l("Theme: {title}"),
    Tag.WORDING_PUBLISHED: _l("Said by an employee: {title}"),
    Tag.THEME_ANSWERED: _l("Answer to the theme: {title}"),
    Tag.QUESTION_ASKED: _l("Question: {title}"),
    Tag.QUESTION_ANSWERED: _l("Answer to the question: {title}"),
    Tag.COMMITMENT_AGREED: _l("Commitment: {title}"),
}


@dataclass(frozen=True, slots=True)
class Cause:
    """A recorded thing with its title. ``part``: the code of a point of it (``R1``, ``V2``), or empty."""

    ref: Ref
    tag: Tag
    title: Localized
    part: str = ""

    @property
    def label(self) -> Markup:
        """What it is and what it says, in the language being written; a title in the other is marked."""
        title = text_of(self.title)
        words = {"R": _RESERVATION, "V": _WISH}.get(self.part[:1], _WORDS.get(self.tag))
        return escape(str(words or "{title}")).format(title=title, number=self.part[1:])


def citable(session: Session, notice_id: UUID, *, reader: Reader, on: date) -> list[Cause]:
    """Everything recorded on a notice that may be cited and that this reader may read, each thing once,
    in the order it was first said. What was retracted is not there."""
    entries = [one for one in queries.about(session, notice_id) if may_read(_audience(one), reader, on=on)]
    gone = {one.ref for one in entries if one.tag is Tag.WORDING_RETRACTED}
    found: dict[str, Cause] = {}
    for entry in entries:
        if entry.tag in _CITED and entry.ref not in gone and entry.ref not in found:
            found[entry.ref] = Cause(Ref.parse(entry.ref), entry.tag, entry.title)
    return [part for cause in found.values() for part in (cause, *_parts(session, cause))]


def of(session: Session, effect: Ref, offered: Sequence[Cause]) -> list[Cause]:
    """What led to that thing, as far as it is among ``offered``."""
    refs = set(queries.causes_of(session, [effect]).get(str(effect), []))
    return [one for one in offered if one.ref in refs]


def chosen(values: Sequence[str], offered: Sequence[Cause]) -> list[Ref]:
    """The references somebody ticked, or an address named, that were really offered."""
    wanted = set(values)
    return [one.ref for one in offered if str(one.ref) in wanted]


def _parts(session: Session, cause: Cause) -> list[Cause]:
    if cause.tag is not Tag.OPINION_GIVEN:
        return []
    refs = queries.effects_of(session, [cause.ref]).get(str(cause.ref), [])
    points = sorted((one for one in refs if one.kind == _POINT), key=lambda one: _place(one.id))
    return [Cause(one, cause.tag, cause.title, one.id.rpartition(".")[2]) for one in points]


def _place(ident: str) -> tuple[str, int]:
    code = ident.rpartition(".")[2]
    return code[:1], int(code[1:]) if code[1:].isdigit() else 0


def _audience(entry: Entry) -> Audience:
    return Audience(entry.visibility, entry.author, frozenset(UUID(one) for one in entry.body_ids))

"""Two texts of one notice, and everything that differs between them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from consult.core.i18n import _l
from consult.core.localized import Localized
from consult.notices import fields
from consult.notices.content import NOTHING, Attachment, Content
from consult.notices.differences import Segment, alike, replaced, segments
from consult.notices.fields import SECTIONS, Cell, Section, Table, Words
from consult.notices.rules import ATTACHMENTS, AUTHORITY, MILESTONES, TITLE

SIMILAR = 0.5
"""How much of their words two rows share at least to be one row that changed."""
MOST_ROWS = 10_000
"""Pairs of rows that are looked at; past that, rows that are not equal were removed and added."""
FOLLOW = "follow_on"
"""The key of the day by which the rest follows."""

Typeset = Callable[[str, str], str]


def as_typed(text: str, _language: str) -> str:
    return text


class Kind(StrEnum):
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of what changed. ``label``: empty where the change has only one; ``language``: of the text,
    empty where it has none."""

    segments: tuple[Segment, ...]
    label: Words = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One sentence, field, or row of a table. ``row``: what the row is called, in ``language``."""

    key: str
    section: Section
    label: Words
    kind: Kind
    parts: tuple[Part, ...]
    row: Words = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """``same``: labels of what says something in both and did not change."""

    changes: tuple[Change, ...]
    same: tuple[Words, ...]


def compare(
    old: Content, new: Content, language: str, *, typeset: Typeset = as_typed,
    names: Callable[[Attachment], bool] = lambda _one: True,
) -> Comparison:  # fmt: skip
    """What differs, in the order of the page, each text in that language where both sides may be trusted in
    it, else in the authoritative one. What the notice says of its own changes is left out.
    ``names``: whether the reader may know of an attachment."""
    teller = _Teller(old, new, language, typeset)
    files = [[one for one in side.attachments if names(one)] for side in (old, new)]
    changes: list[Change] = []
    same: list[Words] = []
    for section in SECTIONS:
        for label, found in (*teller.section(section), *teller.files(section, *files)):
            changes += found
            same += [label] if not found else []
    return Comparison(tuple(changes), tuple(same))


def text_in(old: Localized, new: Localized, language: str) -> tuple[str, str, str]:
    """``(old text, new text, language they are in)``."""
    sides = [one for one in (old, new) if one]
    for wanted in (language, new.source if new else old.source, old.source):
        if all(one.shown(wanted)[1] == wanted for one in sides):
            return old.texts.get(wanted, ""), new.texts.get(wanted, ""), wanted
    shown = [one.shown(language) for one in (old, new)]
    return shown[0][0], shown[1][0], shown[1][1]


Told = tuple[Words, list[Change]]
"""Something that is there, by its label, and what changed of it."""


@dataclass(frozen=True, slots=True)
class _Teller:
    old: Content
    new: Content
    language: str
    typeset: Typeset

    def section(self, section: Section) -> Iterator[Told]:
        """Everything one section says on either side."""
        if section is Section.ESSENTIALS:
            yield from self._essentials()
        for table in fields.tables_of(section):
            before, after = getattr(self.old, table.key), getattr(self.new, table.key)
            if before or after:
                cells = partial(self._cells, table)
                found = self._matched(table.key, table.label, (before, after), _name_in(table), cells)
                yield table.label, list(found)
        for one in fields.of_section(section):
            yield from self._field(one)

    def files(
        self, section: Section, before: Sequence[Attachment], after: Sequence[Attachment]
    ) -> Iterator[Told]:
        """The files, where they stand on the page."""
        if section is fields.section_of(ATTACHMENTS) and (before or after):
            label, sides = fields.label_of(FILES), (before, after)
            yield label, list(self._matched(FILES, label, sides, _file_name, self._file_parts))

    # ── texts ──

    def _essentials(self) -> Iterator[Told]:
        old, new = self.old, self.new
        yield from self._whole(TITLE, fields.label_of(TITLE), [self._text(old.title, new.title)])
        for one in fields.SUMMARY:
            before, after = (side.summary.get(one.key, NOTHING) for side in (old, new))
            yield from self._whole(one.key, one.label, [self._text(before, after)], bool(before), bool(after))
        if old.authority != new.authority:
            words = replaced(*(fields.AUTHORITIES[side.authority] for side in (old, new)))
            yield from self._whole(AUTHORITY, fields.label_of(AUTHORITY), [Part(words)])
        if old.follow_on != new.follow_on:
            days = self._plain(old.follow_on, new.follow_on)
            sides = bool(old.follow_on), bool(new.follow_on)
            yield from self._whole(FOLLOW, _l("What is not written yet follows by"), [days], *sides)

    def _field(self, field: fields.Field) -> Iterator[Told]:
        key = field.key
        texts = [side.fields.get(key, NOTHING) for side in (self.old, self.new)]
        given = [side.answers.get(key, "") for side in (self.old, self.new)]
        words = {one.value: one.label for one in field.choices}
        answer = replaced(*(words.get(one, one) for one in given)) if given[0] != given[1] else ()
        sides = (bool(text) or bool(one) for text, one in zip(texts, given, strict=True))
        yield from self._whole(key, field.label, [Part(answer, _l("The answer")), self._text(*texts)], *sides)

    def _whole(
        self, key: str, label: Words, parts: Sequence[Part], was: bool = True, stays: bool = True
    ) -> Iterator[Told]:
        """One thing that is no row of a table; nothing where neither side has it."""
        if was or stays:
            changed = tuple(one for one in parts if one.segments)
            kind = Kind.CHANGED if was and stays else Kind.REMOVED if was else Kind.ADDED
            section = Section.ESSENTIALS if key == FOLLOW else fields.section_of(key)
            yield label, [Change(key, section, label, kind, changed)] if changed else []

    def _text(self, before: Localized, after: Localized, label: Words = "") -> Part:
        """Without segments where nothing changed."""
        *texts, language = text_in(before, after, self.language)
        old, new = (self.typeset(text, language) for text in texts)
        return Part(segments(old, new) if old != new else (), label, language)

    def _plain(self, before: Any, after: Any, label: Words = "") -> Part:
        return Part(replaced(before, after) if before != after else (), label)

    # ── rows ──

    def _matched(
        self, key: str, label: Words, sides: Sequence[Sequence[Any]], name: Name,
        parts: Callable[[Any, Any], Iterator[Part]],
    ) -> Iterator[Change]:  # fmt: skip
        """Rows that became others, in the order of the new text; each that is gone where it stood."""
        section = fields.section_of(ATTACHMENTS if key == FILES else key)
        for old, new in matched(sides[0], sides[1], lambda row: str(name(row, self.new.source)[0])):
            found = tuple(one for one in parts(old, new) if one.segments)
            kind = Kind.ADDED if old is None else Kind.REMOVED if new is None else Kind.CHANGED
            if found or kind is not Kind.CHANGED:
                called, language = name(new if new is not None else old, self.language)
                called = self.typeset(called, language) if language else called
                yield Change(key, section, label, kind, found, called, language)

    def _cells(self, table: Table, old: Any, new: Any) -> Iterator[Part]:
        for column in table.columns:
            before, after = (getattr(row, column.key, None) for row in (old, new))
            if column.cell.is_text:
                yield self._text(before or NOTHING, after or NOTHING, column.label)
            elif before != after and column.cell is Cell.CHOICE:
                words: Mapping[Any, Words] = column.choices or {}
                yield Part(replaced(words.get(before), words.get(after)), column.label)
            else:
                yield self._plain(before, after, column.label)

    def _file_parts(self, old: Attachment | None, new: Attachment | None) -> Iterator[Part]:
        """``digest``: the same name may stand for another file."""
        one, other = (
            (side.name, side.label, side.digest[:16]) if side is not None else ("", NOTHING, "")
            for side in (old, new)
        )
        yield self._plain(one[0], other[0], _l("Name of the file"))
        yield self._text(one[1], other[1], _l("What it is"))
        yield self._plain(one[2], other[2], _l("Fingerprint of the file"))


FILES = ATTACHMENTS + ".files"
"""The key of the files, beside the field in which one says which documents there are."""
Name = Callable[[Any, str], tuple[Words, str]]
"""What a row is known by, and the language that is in (empty where it has none)."""


def _file_name(row: Attachment, language: str) -> tuple[Words, str]:
    return row.label.shown(language) if row.label else (row.name, "")


def _name_in(table: Table) -> Name:
    """The text a row cannot do without; of a day of the project, what kind it is where it says no more."""
    column = next((one for one in table.texts if one.needed), table.texts[0])

    def name(row: Any, language: str) -> tuple[Words, str]:
        text: Localized = getattr(row, column.key)
        if text or table.key != MILESTONES:
            return text.shown(language)
        return fields.MILESTONE_KINDS[row.kind], ""

    return name


# ── which row became which ──────────────────────────────────────────────────────

Match = tuple[Any | None, Any | None]


def matched(before: Sequence[Any], after: Sequence[Any], name: Callable[[Any], str]) -> list[Match]:
    """Rows by pairs, wherever they stand: equal ones, those known by the same text, then the most similar.
    In the order of ``after``, each that is gone after the one it followed."""
    pairs: dict[int, int] = {}
    left, right = dict(enumerate(before)), dict(enumerate(after))
    for same in (lambda row: row, lambda row: (name(row), getattr(row, "kind", None))):
        _take(pairs, left, right, same)
    _take_similar(pairs, left, right, name)
    return _in_order(before, after, pairs)


def _take(
    pairs: dict[int, int], left: dict[int, Any], right: dict[int, Any], same: Callable[[Any], Any]
) -> None:
    keys = {to: same(row) for to, row in right.items()}
    for at, row in list(left.items()):
        wanted = same(row)
        found = next((to for to in right if keys[to] == wanted), None)
        if found is not None:
            pairs[found] = at
            del left[at], right[found]


def _take_similar(
    pairs: dict[int, int], left: dict[int, Any], right: dict[int, Any], name: Callable[[Any], str]
) -> None:
    if len(left) * len(right) > MOST_ROWS:
        return
    here, there = ({at: name(row) for at, row in side.items()} for side in (left, right))
    ranked = sorted(
        (-alike(one, other), abs(at - to), at, to) for at, one in here.items() for to, other in there.items()
    )
    for similar, _apart, at, to in ranked:
        if -similar >= SIMILAR and at in left and to in right:
            pairs[to] = at
            del left[at], right[to]


def _in_order(before: Sequence[Any], after: Sequence[Any], pairs: Mapping[int, int]) -> list[Match]:
    gone = [at for at in range(len(before)) if at not in set(pairs.values())]
    places = {at: to for to, at in pairs.items()}
    found: list[Match] = []

    def follows(at: int) -> int:
        """The new place of the nearest row before it that stayed, -1 for none."""
        return next((places[one] for one in range(at - 1, -1, -1) if one in places), -1)

    after_which: dict[int, list[int]] = {}
    for at in gone:
        after_which.setdefault(follows(at), []).append(at)
    for to in range(-1, len(after)):
        if to >= 0:
            found.append((before[pairs[to]] if to in pairs else None, after[to]))
        found += [(before[at], None) for at in after_which.get(to, ())]
    return found

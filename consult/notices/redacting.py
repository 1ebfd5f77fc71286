"""Taking a person's data, published by mistake, out of a notice: a tombstone in its place in every text that
holds it, the salt of what was published destroyed, a leaf that says where and when but never what."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from consult.core.errors import Refused, WrongState
from consult.core.i18n import _l, day, writing_in
from consult.core.localized import LOCALES, Localized, TranslationState, digest
from consult.mail import services as mail
from consult.notices import fields, finding, letters, queries
from consult.notices.content import ROWS
from consult.notices.models import Notice, Revision
from consult.notices.readiness import source_of
from consult.notices.rules import NoticeState, folded
from consult.people.models import Account
from consult.register import queries as recorded
from consult.register import services as register
from consult.register.rules import Ref, Tag
from consult.voices import services as voices

IMPORTED, REASON = "imported", "withdrawn_reason"
"""Keys of what is published beside the texts of a revision."""
SHORTEST = 2
_LABELS = {IMPORTED: _l("The assessment it was made from"), REASON: _l("Reason for the withdrawal")}
_REMOVED = _l("[text removed on %(day)s]")
_OF_NOTICE = frozenset(one for one in Tag if one.startswith("notice."))
_TITLE = _l("Text removed: %(field)s")


class NotThere(Refused):
    """The text does not stand where it was said to stand."""


@dataclass(frozen=True, slots=True)
class Place:
    """One text that holds it. ``number``: of the revision, 0 for the reason of a withdrawal; ``language``:
    empty for what belongs to none (the name of a site)."""

    number: int
    key: str
    language: str
    before: str
    after: str

    @property
    def part(self) -> str:
        """The field or table it belongs to."""
        return self.key.partition(".")[0]


def label_of(part: str) -> Any:
    """The words for a field, a table, or what stands beside them."""
    return _LABELS.get(part) or fields.label_of(part)


def tombstones(on: date) -> dict[str, str]:
    """What stands in the place of a text from that day on, in each language."""
    found = {}
    for language in LOCALES:
        with writing_in(language):
            found[language] = str(_REMOVED) % {"day": day(on)}
    return found


@dataclass(frozen=True, slots=True)
class Eraser:
    """Finds a text, whole words only and whatever the spaces between them, and puts the tombstone there.
    ``source``: the language of what belongs to none. ``tainted``: digests of texts that held it, which
    would let somebody check a guess."""

    text: str
    instead: Mapping[str, str]
    source: str
    tainted: frozenset[str] = frozenset()

    @property
    def pattern(self) -> re.Pattern[str]:
        return re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, self.text.split())) + r"(?!\w)")

    def plain(self, value: str, language: str = "") -> str:
        instead = self.instead[language or self.source]
        return self.pattern.sub(lambda _found: instead, value)

    def localized(self, value: Localized) -> Localized:
        texts = {language: self.plain(text, language) for language, text in value.texts.items()}
        made = dict(value.made_from)
        for language, was in value.made_from.items():
            if was in self.tainted:
                is_current = value.state(language) is TranslationState.CURRENT
                made[language] = digest(texts.get(value.source, "")) if is_current else ""
        if texts == dict(value.texts) and made == dict(value.made_from):
            return value
        return Localized(texts, value.source, made)

    def json(self, value: Any) -> Any:
        """The same in a JSON document, the texts in it being `Localized`."""
        if isinstance(value, dict):
            if "texts" in value and "source" in value:
                return self.localized(Localized.from_json(value)).as_json()
            return {key: self.json(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.json(one) for one in value]
        return self.plain(value) if isinstance(value, str) else value


# ── what a notice says, wherever it is kept ─────────────────────────────────────


def _texts(revision: Revision) -> Iterator[tuple[str, Any]]:
    """Every text, with its key (``groups.0.name``): a `Localized`, or the names of sites."""
    yield "title", revision.title
    yield "changelog", revision.changelog
    for texts in (revision.summary, revision.fields):
        yield from texts.items()
    for table in ROWS:
        for at, row in enumerate(getattr(revision, table)):
            for name in _cells(row):
                yield f"{table}.{at}.{name}", getattr(row, name)


def _cells(row: Any) -> list[str]:
    """Names of the texts of a row."""
    names = [one.key for one in row.__mapper__.column_attrs]
    return [one for one in names if one == "sites" or isinstance(getattr(row, one), Localized)]


def _pieces(value: Any) -> Iterator[tuple[str, str]]:
    """``(language, text)`` of a value."""
    if isinstance(value, Localized):
        yield from value.texts.items()
    elif isinstance(value, str):
        yield "", value
    elif isinstance(value, dict) and "texts" in value and "source" in value:
        yield from Localized.from_json(value).texts.items()
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _pieces(one)


def _everything(notice: Notice) -> Iterator[tuple[int, str, Any]]:
    for revision in notice.revisions:
        yield from ((revision.number, key, value) for key, value in _texts(revision))
        yield revision.number, IMPORTED, revision.imported
    if notice.withdrawn_reason is not None:
        yield 0, REASON, notice.withdrawn_reason


def eraser(notice: Notice, text: str, *, on: date) -> Eraser:
    """What takes that text out of that notice."""
    blunt = Eraser(text, tombstones(on), source_of(notice.revisions[-1]))
    held = [
        one for _number, _key, value in _everything(notice) for _lang, one in _pieces(value)
        if blunt.pattern.search(one)
    ]  # fmt: skip
    return Eraser(text, blunt.instead, blunt.source, frozenset(map(digest, held)))


def places(notice: Notice, text: str, *, on: date) -> list[Place]:
    """Every text of the notice that holds it, drafts too, with what it would become."""
    if len("".join(text.split())) < SHORTEST:
        return []
    erase = eraser(notice, text, on=on)
    return [
        Place(number, key, language, one, erase.plain(one, language))
        for number, key, value in _everything(notice)
        for language, one in _pieces(value)
        if erase.pattern.search(one)
    ]


def parts(notice: Notice) -> list[str]:
    """What can be chosen as the field it stands in, in the order of the editor."""
    return list(dict.fromkeys(key.partition(".")[0] for _number, key, value in _everything(notice) if value))


def stands_in_address(notice: Notice, text: str) -> bool:
    """Whether the notice's address, which never changes, holds a word of it."""
    return bool(set(folded(text).split("-")) & set(notice.slug.split("-")))


# ── the act ─────────────────────────────────────────────────────────────────────


def redact(
    session: Session, notice: Notice, *, number: int, part: str, language: str, text: str, actor: Account,
    on: date,
) -> list[Place]:  # fmt: skip
    """Takes the text out of the notice, wherever it stands in it, once it was shown to stand in that field
    of that published revision. Returns where. Raises `NotThere`, `WrongState`."""
    if notice.state is NoticeState.DRAFT:
        raise WrongState("notice", notice.state)
    register.touch(session)
    found = places(notice, text, on=on)
    if not any(one.number == number and one.part == part and one.language in ("", language) for one in found):
        raise NotThere
    erase = eraser(notice, text, on=on)
    titles = {one.id: one.title for one in notice.revisions}
    changed = {one.id for one in notice.revisions if _erase(one, erase, on)}
    positions = recorded.positions(session, Ref("notice", str(notice.id)), Tag.NOTICE_PUBLISHED)
    published = [one.id for one in notice.revisions if one.published_on is not None]
    gone = {at for ident, at in zip(published, positions, strict=True) if ident in changed}
    if notice.withdrawn_reason is not None:
        before, notice.withdrawn_reason = notice.withdrawn_reason, erase.localized(notice.withdrawn_reason)
        if before != notice.withdrawn_reason:
            gone |= set(recorded.positions(session, Ref("notice", str(notice.id)), Tag.NOTICE_WITHDRAWN))
    session.flush()
    register.destroy_salts(session, gone)
    _elsewhere(session, notice, erase, titles)
    _record(session, notice, found, number=number, part=part, language=language, actor=actor, on=on)
    finding.index(session, notice, for_good=True)
    letters.redacted(session, notice, on=on)
    return found


def _erase(revision: Revision, erase: Eraser, on: date) -> bool:
    """In one revision; whether it changed. A published one counts it, or the database refuses."""
    is_published = revision.published_on is not None
    changed = False
    for name, change in _CHANGES.items():
        before = getattr(revision, name)
        after = change(erase, before)
        if after != before:
            setattr(revision, name, after)
            changed = True
    for table in ROWS:
        for row in getattr(revision, table):
            if _erase_row(row, erase):
                row.redactions += is_published
                changed = True
    if changed and is_published:
        revision.redactions += 1
        revision.redacted_on = on
    if changed:
        flag_modified(revision, "summary")  # raises the version even when only rows of a table changed
    return changed


def _map(erase: Eraser, texts: Mapping[str, Localized]) -> dict[str, Localized]:
    return {key: erase.localized(text) for key, text in texts.items()}


_CHANGES: Mapping[str, Callable[[Eraser, Any], Any]] = {
    "title": Eraser.localized,
    "changelog": Eraser.localized,
    "summary": _map,
    "fields": _map,
    IMPORTED: Eraser.json,
}
"""How a text goes from each column of a revision."""


def _erase_row(row: Any, erase: Eraser) -> bool:
    changed = False
    for name in _cells(row):
        before = getattr(row, name)
        after = erase.localized(before) if isinstance(before, Localized) else erase.plain(before)
        if after != before:
            setattr(row, name, after)
            changed = True
    return changed


def _elsewhere(session: Session, notice: Notice, erase: Eraser, titles: Mapping[UUID, Localized]) -> None:
    """Copies of what the notice says: the record's titles of its acts, notes between colleagues, and where
    its title was told (letterboxes, mail)."""
    for entry in recorded.about(session, notice.id):
        title = erase.localized(entry.title)
        if entry.tag in _OF_NOTICE and title != entry.title:
            register.rename(session, entry, title)
    for note in queries.notes(session, notice.id):
        note.text = erase.plain(note.text)
    instead = {
        old: one.title.texts[language]
        for one in notice.revisions
        for language, old in titles[one.id].texts.items()
        if old != one.title.texts[language]
    }
    last = queries.published(notice)
    if instead and last is not None:
        voices.retitle(session, notice.slug, {one: last.title.shown(one)[0] for one in LOCALES})
        mail.rewrite(session, instead)
    session.flush()


def _record(
    session: Session, notice: Notice, found: list[Place], *, number: int, part: str, language: str,
    actor: Account, on: date,  # noqa: ARG001  verbs say who acts
) -> None:  # fmt: skip
    titles = {}
    for locale in LOCALES:
        with writing_in(locale):
            titles[locale] = str(_TITLE) % {"field": label_of(part)}
    register.record(
        session,
        Tag.NOTICE_REDACTED,
        Ref("notice", str(notice.id)),
        title=Localized.of(fr=titles["fr"], en=titles["en"]),
        day=on,
        content={
            "slug": notice.slug, "revision": number, "part": part, "language": language,
            "kind": "personal_data", "day": on.isoformat(),
            "places": sorted({(one.number, one.key, one.language) for one in found}),
        },
        audience=notice.audience,
        notice_id=notice.id,
    )  # fmt: skip

"""States of a notice and of its parts, what keeps a notice from being sent, and how far each language has
come. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from consult.core.errors import Refused
from consult.core.localized import LOCALES, Localized, TranslationState, digest


class NoticeState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class MilestoneKind(StrEnum):
    DESIGN = "design"
    PILOT = "pilot"
    ROLL_OUT = "roll_out"
    REVIEW = "review"


TRANSITIONS: dict[NoticeState, frozenset[NoticeState]] = {
    NoticeState.DRAFT: frozenset({NoticeState.IN_REVIEW, NoticeState.APPROVED, NoticeState.PUBLISHED}),
    NoticeState.IN_REVIEW: frozenset({NoticeState.DRAFT, NoticeState.APPROVED}),
    NoticeState.APPROVED: frozenset({NoticeState.DRAFT, NoticeState.PUBLISHED}),
    NoticeState.PUBLISHED: frozenset({NoticeState.WITHDRAWN}),
    NoticeState.WITHDRAWN: frozenset(),
}
WRITING = frozenset({NoticeState.DRAFT, NoticeState.IN_REVIEW, NoticeState.APPROVED})
"""The states before publishing; between them people move a notice by hand."""

SUMMARY_KEYS = ("what", "who", "when", "change", "limits", "decides", "unknown")
"""The sentences of the two-minute page; the eighth comes from the letterbox."""
SUMMARY_WORDS = 180
REQUIRED_SUMMARY = ("what", "who", "when", "change")
REQUIRED_FIELDS = (
    "intended_purpose", "effect_work_content", "monitoring", "decision_role", "contact_point",
)  # fmt: skip

TITLE, TOO_LONG, GROUPS, MILESTONES, CHANGELOG = (
    "title", "summary_words", "groups", "milestones", "changelog",
)  # fmt: skip
"""Keys of what may be missing, beside those of summary and fields."""


class NotReady(Refused):
    """The notice cannot be sent yet; ``missing`` holds field keys, each with the language missing."""

    def __init__(self, missing: tuple[tuple[str, str], ...]) -> None:
        super().__init__(f"{len(missing)} things are missing")
        self.missing = missing


# ── what a revision holds, whoever keeps it ─────────────────────────────────────


class GroupLike(Protocol):
    @property
    def name(self) -> Localized: ...
    @property
    def change(self) -> Localized: ...
    @property
    def measures(self) -> Localized: ...


class MilestoneLike(Protocol):
    @property
    def label(self) -> Localized: ...


class RevisionLike(Protocol):
    @property
    def number(self) -> int: ...
    @property
    def title(self) -> Localized: ...
    @property
    def summary(self) -> Mapping[str, Localized]: ...
    @property
    def fields(self) -> Mapping[str, Localized]: ...
    @property
    def changelog(self) -> Localized: ...
    @property
    def groups(self) -> Sequence[GroupLike]: ...
    @property
    def milestones(self) -> Sequence[MilestoneLike]: ...


def source_of(revision: RevisionLike) -> str:
    """The authoritative language of a notice: that of its title."""
    return revision.title.source


def texts_of(revision: RevisionLike) -> Iterator[tuple[str, Localized]]:
    """Every text that is there or has to be, with its key."""
    nothing = Localized({})
    yield TITLE, revision.title
    for key in SUMMARY_KEYS:
        if key in REQUIRED_SUMMARY or revision.summary.get(key):
            yield key, revision.summary.get(key, nothing)
    for key in REQUIRED_FIELDS:
        if key not in revision.fields:
            yield key, nothing
    yield from ((key, text) for key, text in revision.fields.items() if text or key in REQUIRED_FIELDS)
    if revision.changelog:
        yield CHANGELOG, revision.changelog
    for at, group in enumerate(revision.groups):
        for part, text in (("name", group.name), ("change", group.change), ("measures", group.measures)):
            if text:
                yield f"{GROUPS}.{at}.{part}", text
    for at, milestone in enumerate(revision.milestones):
        if milestone.label:
            yield f"{MILESTONES}.{at}.label", milestone.label


@dataclass(frozen=True, slots=True)
class Parity:
    """How many texts are current, stale and missing in one language."""

    current: int = 0
    stale: int = 0
    missing: int = 0

    @property
    def total(self) -> int:
        return self.current + self.stale + self.missing

    @property
    def is_whole(self) -> bool:
        return not self.stale and not self.missing


def parity(revision: RevisionLike) -> dict[str, Parity]:
    """Each language's counts over the same texts."""
    texts = [text for _, text in texts_of(revision)]
    found = {}
    for language in LOCALES:
        states = [text.state(language) for text in texts]
        found[language] = Parity(*(states.count(one) for one in (
            TranslationState.CURRENT, TranslationState.STALE, TranslationState.MISSING
        )))  # fmt: skip
    return found


_WORD = re.compile(r"[^\W_]+(?:[’'.,-][^\W_]+)*")


def words_in(summary: Mapping[str, Localized], language: str) -> int:
    """Words of the two-minute page in one language; an elided article counts with its noun."""
    return sum(len(_WORD.findall(text.texts.get(language, ""))) for text in summary.values())


def missing(revision: RevisionLike) -> tuple[tuple[str, str], ...]:
    """What keeps a revision from being sent, in the order of the editor: ``(key, language)``, always
    in the authoritative language. A missing translation is flagged elsewhere and prevents nothing."""
    source = source_of(revision)

    def lacks(text: Localized | None) -> bool:
        return text is None or not text.texts.get(source, "").strip()

    found = [TITLE] if lacks(revision.title) else []
    found += [key for key in REQUIRED_SUMMARY if lacks(revision.summary.get(key))]
    if words_in(revision.summary, source) > SUMMARY_WORDS:
        found.append(TOO_LONG)
    if revision.number > 1 and lacks(revision.changelog):
        found.append(CHANGELOG)
    if not any(not lacks(group.name) for group in revision.groups):
        found.append(GROUPS)
    found += [key for key in REQUIRED_FIELDS if lacks(revision.fields.get(key))]
    if not revision.milestones:
        found.append(MILESTONES)
    return tuple((key, source) for key in found)


# ── texts as people edit them ───────────────────────────────────────────────────


def rebased(text: Localized, source: str) -> Localized:
    """The same texts with another authoritative language. Two that said the same still do; where one
    was stale, the one that becomes a translation is."""
    if text.source == source:
        return text
    if text.texts.get(source, "").strip() and text.state(source) is TranslationState.CURRENT:
        return Localized(text.texts, source, {text.source: digest(text.texts[source])})
    return Localized(text.texts, source)


def typed(
    before: Localized,
    texts: Mapping[str, str],
    *,
    source: str,
    confirmed: Collection[str] = (),
) -> Localized:
    """The next value of a text after a form came back. What was sent back as it was given (line ends
    aside) counts as untouched, so that a translation left alone goes stale when its source moves on."""
    base = rebased(before, source)
    kept = {}
    for language, text in texts.items():
        stored = base.texts.get(language, "")
        kept[language] = stored if tidied(text) == tidied(stored) else tidied(text)
    return base.written(kept, confirmed=frozenset(confirmed))


def tidied(text: str) -> str:
    """One kind of line end, no control signs (no database of ours keeps a NUL), no space around."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) != "Cc").strip()


# ── addresses ───────────────────────────────────────────────────────────────────

RESERVED = frozenset({"new"})
SLUG_LENGTH = 48
_FIRST_PART = re.compile(r"\s*[,;:.(–—|]")


def slug_of(title: str) -> str:
    """A short ASCII address part: the name before a comma where there is one, else the first words.
    ``notice`` where nothing is left."""
    name = _FIRST_PART.split(title.strip(), maxsplit=1)[0]
    short = _folded(name if len(_folded(name)) >= 3 else title)
    if len(short) > SLUG_LENGTH:
        short = short[: SLUG_LENGTH + 1].rpartition("-")[0] or short[:SLUG_LENGTH]
    return short or "notice"


def _folded(text: str) -> str:
    text = text.casefold().replace("œ", "oe").replace("æ", "ae")
    marked = (sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return "-".join(
        "".join(sign if sign.isascii() and sign.isalnum() else " " for sign in marked).lower().split()
    )


def free_slug(wished: str, taken: Collection[str]) -> str:
    """``wished``, or the first of ``wished-2``, ``wished-3``… that is free."""
    number, slug = 1, wished
    while slug in taken or slug in RESERVED:
        number += 1
        slug = f"{wished}-{number}"
    return slug

"""States of a notice and of its parts, texts as they are edited, addresses. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from enum import StrEnum

from consult.core.errors import Refused
from consult.core.localized import Localized, TranslationState, digest

UNKNOWN = "unknown"
"""What a notice owes an answer to, among what awaits one (see `register.models.Awaiting`)."""


class NoticeState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Review(StrEnum):
    """How far the rereading of a revision came before it is sent; each revision has its own."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"


class MilestoneKind(StrEnum):
    DESIGN = "design"
    PILOT = "pilot"
    ROLL_OUT = "roll_out"
    REVIEW = "review"


class RuleKind(StrEnum):
    """Kinds of rule in a charter of use."""

    ALLOWED = "allowed"
    DECLARED = "declared"
    FORBIDDEN = "forbidden"
    REFUSABLE = "refusable"
    """May be refused without consequence."""


class Breach(StrEnum):
    """Whether a breach of a rule may be sanctioned: it then adds to the works rules (L1321-5)."""

    RECOMMENDATION = "recommendation"
    SANCTIONED = "sanctioned"


class LearningKind(StrEnum):
    TRAINING = "training"
    RITUAL = "ritual"


class Delay(StrEnum):
    """When an unknown will be answered, counted from publication or from the start of use: an ISO 8601
    duration, and from what."""

    DAYS_15 = "P15D"
    DAYS_30 = "P30D"
    DAYS_60 = "P60D"
    DAYS_90 = "P90D"
    LIVE_30 = "P30D/go_live"
    LIVE_60 = "P60D/go_live"
    LIVE_90 = "P90D/go_live"

    def from_days(self, published_on: date, go_live: date | None) -> date | None:
        """The day it ends; None where it counts from a start of use that has no date."""
        days, _slash, live = self.value.partition("/")
        start = go_live if live else published_on
        return start + timedelta(days=int(days[1:-1])) if start is not None else None


class Authority(StrEnum):
    """Which text counts where two differ."""

    SOURCE = "source"
    BOTH = "both"
    ATTACHMENT = "attachment"
    """An attached text in a third language: French and English are courtesy versions."""


class FileReaders(StrEnum):
    """Who may open an attachment, never wider than its notice."""

    EMPLOYEES = "employees"
    BODY = "body"
    CONFIDENTIAL = "confidential"


TRANSITIONS: dict[NoticeState, frozenset[NoticeState]] = {
    NoticeState.DRAFT: frozenset({NoticeState.PUBLISHED}),
    NoticeState.PUBLISHED: frozenset({NoticeState.WITHDRAWN}),
    NoticeState.WITHDRAWN: frozenset(),
}
REVIEWS: dict[Review, frozenset[Review]] = {
    Review.DRAFT: frozenset({Review.IN_REVIEW, Review.APPROVED}),
    Review.IN_REVIEW: frozenset({Review.DRAFT, Review.APPROVED}),
    Review.APPROVED: frozenset({Review.DRAFT}),
}
"""Where people move what is being written by hand. What is being reread is not sent."""

SUMMARY_KEYS = ("what", "who", "when", "change", "limits", "decides", "unknown")
"""The sentences of the two-minute page; the eighth comes from the letterbox."""
SUMMARY_WORDS = 180
EMOTION, ATTACHMENTS, AUTHORITY = "emotion_inference", "attachments", "authority"
TITLE, TOO_LONG, CHANGELOG = "title", "summary_words", "changelog"
GROUPS, CHANGES, LEARNING, RULES, UNKNOWNS, MILESTONES = (
    "groups", "changes", "learning_plan", "rules", "unknowns", "milestones",
)  # fmt: skip
"""Keys of what a notice holds, beside those of summary and fields."""

REQUIRED_FIELDS = (
    "system_name", "intended_purpose", "excluded_uses", "affected_count", "effect_work_content", "monitoring",
    "decision_role", "data_inputs", "mitigation", ATTACHMENTS, "contact_point",
)  # fmt: skip
REQUIRED_TABLES = (GROUPS, UNKNOWNS, MILESTONES)
"""Together the fourteen fields of the short form: what a notice needs to be sent. The rest may follow."""
REST_FOLLOWS_IN = timedelta(days=30)
"""By when what is left blank follows, where nobody said."""

REMINDED_EVERY = timedelta(days=7)
"""How often human resources are reminded of an answer that is late."""


class NotReady(Refused):
    """The notice cannot be sent yet; ``missing`` holds field keys, each with the language missing."""

    def __init__(self, missing: tuple[tuple[str, str], ...]) -> None:
        super().__init__(f"{len(missing)} things are missing")
        self.missing = missing


class OwnText(Refused):
    """Whoever changed a text last cannot approve it while somebody else writes notices too."""


class OpenNotes(Refused):
    """Notes on the text are open, more than whoever approves it was shown."""

    def __init__(self, number: int) -> None:
        super().__init__(f"{number} notes are open")
        self.number = number


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
    short = folded(name if len(folded(name)) >= 3 else title)
    if len(short) > SLUG_LENGTH:
        short = short[: SLUG_LENGTH + 1].rpartition("-")[0] or short[:SLUG_LENGTH]
    return short or "notice"


def folded(text: str) -> str:
    """Its words in ASCII, joined by hyphens."""
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

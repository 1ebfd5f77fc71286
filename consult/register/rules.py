"""References to public things across rooms, and the tags of acts of record."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID


class Tag(StrEnum):
    """What an act of record is."""

    NOTICE_PUBLISHED = "notice.published"
    NOTICE_SENT = "notice.sent"
    NOTICE_OPENED = "notice.opened"
    NOTICE_WITHDRAWN = "notice.withdrawn"
    LETTERBOX_OPENED = "letterbox.opened"
    LETTERBOX_CLOSED = "letterbox.closed"
    BATCH_RELEASED = "batch.released"
    THEME_PUBLISHED = "theme.published"
    WORDING_PUBLISHED = "wording.published"
    WORDING_RETRACTED = "wording.retracted"
    THEME_ANSWERED = "theme.answered"
    QUESTION_ASKED = "question.asked"
    QUESTION_ANSWERED = "question.answered"
    OPINION_GIVEN = "opinion.given"
    RESPONSE_GIVEN = "response.given"
    COMMITMENT_AGREED = "commitment.agreed"
    COMMITMENT_UPDATED = "commitment.updated"
    COMMITMENT_CLAIMED = "commitment.claimed_done"
    COMMITMENT_CONFIRMED = "commitment.confirmed"
    COMMITMENT_CONTESTED = "commitment.contested"
    REMARK_PUBLISHED = "remark.published"
    REMARK_WITHDRAWN = "remark.withdrawn"
    NOTICE_REDACTED = "notice.redacted"
    KEYHOLDERS_CHANGED = "keyholders.changed"
    KEYS_DESTROYED = "keys.destroyed"
    INVITATIONS_SENT = "invitations.sent"
    INVITATIONS_REVOKED = "invitations.revoked"
    POLL_PUBLISHED = "poll.published"
    SLIPS_MADE = "slips.made"
    SLIPS_REVOKED = "slips.revoked"
    PROCEDURE_CHOSEN = "procedure.chosen"
    PROCEDURE_OVERRIDDEN = "procedure.overridden"
    FACT_RECORDED = "fact.recorded"
    FACT_CONTESTED = "fact.contested"
    FACT_STRUCK = "fact.struck"
    FILE_OPENED = "file.opened"
    FILE_SENT = "file.sent"
    FILE_LINKED = "file.linked"
    QUESTION_UNANSWERED = "question.unanswered"
    EXPERT_APPOINTED = "expert.appointed"
    EXPERT_CHALLENGED = "expert.challenged"
    EXPERT_REPORTED = "expert.reported"
    MEETING_CALLED = "meeting.called"
    MEETING_REQUESTED = "meeting.requested"
    MINUTES_ADOPTED = "minutes.adopted"
    CHARTER_VOTED = "charter.voted"
    DATE_EXPLAINED = "date.explained"
    RULES_CHANGED = "rules.changed"
    DELEGATION_GIVEN = "delegation.given"
    OPINION_STATED = "opinion.stated"
    """A body put on record that it takes note, is insufficiently informed or refuses: no opinion."""
    OPINION_TRANSLATED = "opinion.translated"


class Shelf(StrEnum):
    """Where a document stands that search finds: what others read of a notice; all that human resources have
    of one, drafts included; the title of an act of record."""

    NOTICE = "notice"
    WORK = "work"
    ENTRY = "entry"


_SHELF = "k"


def facet(kind: str, value: str) -> str:
    """One thing a list can be filtered by as a token of search: a letter that says what it is (none of those
    `words` begins its tokens with), then its value."""
    return kind + "".join(sign for sign in value if sign.isascii() and sign.isalnum()).lower()


def on_shelf(shelf: Shelf) -> frozenset[str]:
    """The facet every document has."""
    return frozenset({facet(_SHELF, shelf)})


@dataclass(frozen=True, slots=True)
class Ref:
    """A public thing named across rooms, without importing the room it lives in."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @property
    def uuid(self) -> UUID | None:
        """The identifier of its row, where it is one."""
        try:
            return UUID(self.id)
        except ValueError:
            return None

    @classmethod
    def parse(cls, value: str) -> Ref:
        kind, _, ident = value.partition(":")
        if not kind or not ident:
            raise ValueError(f"not a reference: {value!r}")
        return cls(kind, ident)


def content_digest(content: Mapping[str, Any], salt: bytes) -> bytes:
    """SHA-256 over the salt and the canonical JSON (sorted keys, no spaces, UTF-8) of what was said."""
    document = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(salt + document.encode()).digest()

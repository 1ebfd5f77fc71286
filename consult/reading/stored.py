"""What this server stores about people, told from the real tables: a table or a column of the voice that
nobody describes here is shown as such, and a test fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, Column, Date, DateTime, Enum, Integer, LargeBinary, Uuid

from consult.core.db import Base
from consult.core.i18n import _, _l, ngettext
from consult.reading.limits import LIMITS, NOT_STORED
from consult.reading.stored_tables import REST, Words


@dataclass(frozen=True, slots=True)
class Described:
    """One column: its name in the database, what it holds, what it is for."""

    name: str
    kind: str
    text: Words


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    text: Words
    until: Words
    columns: tuple[Described, ...] = ()


_BOX = _l("Which letterbox it lies in.")
_RANDOM = _l("A random identifier: it tells neither an order nor a moment.")

VOICE: dict[str, tuple[Words, Words, Mapping[str, Words]]] = {
    "letterbox": (
        _l("A sealed letterbox and what was agreed about it."),
        _l("Until the end of the retention period."),
        {
            "id": _RANDOM,
            "told": _l(
                "Title and address of the notice, organisation, body, keyholders’ names, numbers to call,"
                " questions of the poll."
            ),
            "channels": _l("How the right to speak is proven: slips, invitations, both, or not at all."),
            "public_key": _l("The key messages are sealed to. It opens nothing."),
            "fingerprint": _l("One number over all keys of the letterbox: the six words on the poster."),
            "k": _l("How many are mixed at least in one release."),
            "quota": _l("How many messages one person may send; 0 where it is open to all."),
            "count_min": _l("From how many on support is shown."),
            "claims_open_on": _l("From which day invitations can be turned into passes."),
            "is_counted": _l("Whether the poll was counted and published, which happens once."),
            "counted_batches": _l("After which release support was last counted."),
            "interval_days": _l("Every how many days messages may be released."),
            "opens_on": _l("First day."),
            "closes_on": _l("Last day."),
            "is_closed": _l("Whether the closing release has passed."),
        },
    ),
    "spent": (
        _l(
            "Fingerprints of rights that were used: to speak, to answer the poll, to vote on a wording. Empty"
            " where a letterbox is open to all."
        ),
        _l("Until the letterbox closes."),
        {
            "hash": _l("The fingerprint of a right. It names nobody and points at no message."),
            "letterbox_id": _BOX,
        },
    ),
    "slip_right": (
        _l("Fingerprints of the rights printed on paper slips, used or not."),
        _l("Until the letterbox closes, or the slips are revoked."),
        {
            "hash": _l(
                "The fingerprint of one right of one slip. Nothing ties it to the slip’s other rights."
            ),
            "letterbox_id": _BOX,
        },
    ),
    "right_key": (
        _l("Public keys that recognise passes, one for each right a person has."),
        _l("Until the end of the retention period."),
        {
            "letterbox_id": _BOX,
            "lane": _l("Which right: a first message, a second, the poll, support."),
            "public_key": _l("The key. It recognises a pass and makes none."),
        },
    ),
    "claim": (
        _l("Invitations that were mailed, as fingerprints."),
        _l("Until invitations can no longer be claimed."),
        {
            "code_hash": _l("The fingerprint of the code in one mail. No address stands beside it."),
            "letterbox_id": _BOX,
            "blinded_hash": _l(
                "The fingerprint of the blinded requests it was used for, so that a lost answer can be asked"
                " again. No pass can be recognised from it."
            ),
        },
    ),
    "signing_key": (
        _l("Private keys that sign passes blindly."),
        _l("Until invitations can no longer be claimed."),
        {
            "letterbox_id": _BOX,
            "lane": _l("Which right it signs."),
            "private_key": _l("The key. Whoever had it could make passes, and could recognise none."),
        },
    ),
    "waiting": (
        _l("What was written and has not been released yet, sealed."),
        _l("Until the release that takes it."),
        {
            "id": _l("A random identifier, made anew at each release."),
            "letterbox_id": _BOX,
            "lane": _l(
                "Which of its rights a message used (a first message, a second…); 0 where a letterbox is open"
                " to all, 9 for an answer in a thread."
            ),
            "sealed": _l(
                "Kind, topics, language and text, sealed to the letterbox’s key and padded to one size."
            ),
        },
    ),
    "batch": (
        _l("Messages that were released together."),
        _l("Until the end of the retention period."),
        {
            "id": _RANDOM,
            "letterbox_id": _BOX,
            "released_on": _l("The day of the release: the only date beside messages."),
            "at_least": _l("How many it holds at least, a multiple of five."),
            "is_small": _l("Whether fewer than agreed were left at the closing: nothing of it is quoted."),
        },
    ),
    "voice": (
        _l("A released message, sealed anew: it shares no byte with what waited."),
        _l("Until the keys are destroyed."),
        {
            "id": _l("A random identifier, made at the release."),
            "batch_id": _l("What it was released with."),
            "sealed": _l("The message, sealed to the letterbox’s key. Only keyholders can open it."),
        },
    ),
    "ballot": (
        _l("Answers to the poll and support for wordings, sealed and all of one size."),
        _l("Until they are counted for the last time."),
        {
            "id": _l("A random identifier, made anew at each release."),
            "letterbox_id": _BOX,
            "kind": _l("Whether it answers the poll or supports a wording."),
            "sealed": _l("The answer, sealed to the letterbox’s key. “No answer” is sealed in the same way."),
        },
    ),
    "reply": (
        _l("What keyholders answered in threads, sealed to the author of a message."),
        _l("Until the keys are destroyed."),
        {
            "id": _RANDOM,
            "letterbox_id": _BOX,
            "lookup": _l("What the six words of an author lead to. It appears with the first answer only."),
            "sealed": _l("The answer. Only the six words open it."),
        },
    ),
    "votable": (
        _l("Published wordings that can be supported."),
        _l("With the published wording."),
        {
            "concern_id": _l("Which wording."),
            "letterbox_id": _BOX,
            "wording": _l("The wording as it was published."),
        },
    ),
    "published_count": (
        _l("Numbers that were published: answers to the poll, support."),
        _l("They stay on record."),
        {
            "id": _RANDOM,
            "letterbox_id": _BOX,
            "kind": _l("The poll, or support."),
            "what": _l("Which question, or which wording."),
            "group_name": _l("Which group, where answers were counted by group."),
            "option_name": _l("Which answer."),
            "floor": _l("At least so many, a multiple of five; empty for fewer than five."),
        },
    ),
    "concern": (
        _l("What keyholders did with a released message."),
        _l("Working columns until the keys are destroyed; what was published stays on record."),
        {
            "id": _RANDOM,
            "voice_id": _l("The released message it was made from; emptied when the keys are destroyed."),
            "letterbox_id": _BOX,
            "theme_id": _l("The theme it was brought under."),
            "is_held": _l("Whether it was set aside."),
            "is_write_back": _l(
                "Whether its author wrote it back in a thread. In which one is sealed inside the message."
            ),
            "sealed_working": _l("Draft wording and notes, sealed to the letterbox’s key."),
            "sealed_grave": _l(
                "Whether it is grave and what was done, sealed to the letterbox’s key. Every message that was"
                " read has it, of one size."
            ),
            "proposed_by": _l("The keyholder who proposed a wording."),
            "published_by": _l("The keyholder who read it as the second and published it."),
            "wording": _l("The published wording. Nothing before publication, nothing after a retraction."),
            "published_on": _l("The day of its publication."),
            "retracted_on": _l("The day it was taken back."),
        },
    ),
    "desk_reply": (
        _l("The keyholders’ own copies of what they answered in threads."),
        _l("Until the keys are destroyed."),
        {
            "id": _RANDOM,
            "letterbox_id": _BOX,
            "sealed": _l(
                "The answer, its day, who wrote it and the message it answers, sealed to the letterbox’s key."
            ),
        },
    ),
    "theme": (
        _l("A theme under which messages were brought."),
        _l("Its draft until the keys are destroyed; what was published stays on record."),
        {
            "id": _RANDOM,
            "letterbox_id": _BOX,
            "notice_id": _l("The notice it is about."),
            "sealed_draft": _l("Title and synthesis being written, sealed to the letterbox’s key."),
            "title": _l("The published title."),
            "synthesis": _l("The published synthesis."),
            "at_least": _l(
                "How many messages it holds at least: the least of a band, known after the closing."
            ),
            "published_on": _l("The day of its publication."),
            "version": _l("How often it was changed."),
        },
    ),
    "wrapped_key": (
        _l("A letterbox’s private key, sealed to one keyholder."),
        _l("Until the keys are destroyed."),
        {
            "id": _RANDOM,
            "letterbox_id": _l("Which letterbox it opens."),
            "keyholder_id": _l("Who can open it."),
            "sealed": _l("The key, sealed. It takes the keyholder’s passphrase or recovery code."),
            "confirmed_on": _l("The day its keyholder first opened the letterbox with it."),
        },
    ),
    "naming": (
        _l("What each act says that named who holds the keys of a letterbox."),
        _l("They stay on record."),
        {
            "id": _RANDOM,
            "letterbox_id": _BOX,
            "position": _l("Where the act stands in the record."),
            "content": _l("The names, the resolution and the day, as the act’s fingerprint binds them."),
        },
    ),
    "handover_step": (
        _l("A letterbox whose key passes from one keyholder to another."),
        _l("Until the keys are destroyed."),
        {
            "id": _RANDOM,
            "handover_id": _l("Which handover: who follows whom."),
            "letterbox_id": _BOX,
            "ended_on": _l("The day it was over. It is a day of keyholders, not of an author."),
        },
    ),
    "unlocked": (
        _l("A letterbox’s key while a keyholder reads, sealed to a cookie of their browser."),
        _l("Until they lock it, sign out, or are idle for 15 minutes; 8 hours at most."),
        {
            "id": _RANDOM,
            "letterbox_id": _l("Which letterbox it opens."),
            "sealed": _l("The key. Only the keyholder’s cookie opens it."),
            "idle_until": _l(
                "When it ends unless they go on. It is a moment of a keyholder, not of an author."
            ),
            "ends_at": _l("When it ends in any case."),
        },
    ),
}
"""Everything that touches what employees write: title, how long, and every column."""

_KINDS: tuple[tuple[type[Any], Words], ...] = (
    (LargeBinary, _l("bytes, of one size")),
    (DateTime, _l("a moment")),
    (Date, _l("a day")),
    (Boolean, _l("yes or no")),
    (Enum, _l("one word of a list")),
    (Integer, _l("a number")),
    (Uuid, _l("an identifier")),
)


def kind_of(column: Column[Any]) -> str:
    """What a column can hold, in words, from its type in the schema."""
    kind = column.type
    if isinstance(kind, LargeBinary) and kind.length:
        return str(ngettext("%(num)s byte", "%(num)s bytes", kind.length))
    return next((str(words) for one, words in _KINDS if isinstance(kind, one)), str(_("text")))


def voice_tables() -> list[Table]:
    found = []
    for name, (text, until, columns) in VOICE.items():
        table = Base.metadata.tables[name]
        described = tuple(
            Described(one.name, kind_of(one), columns.get(one.name) or _("Not described."))
            for one in table.columns
        )
        found.append(Table(name, text, until, described))
    return found


def rest_tables() -> list[tuple[Words, list[Table]]]:
    """The others by group; what nobody described stands under a title that says so."""
    known = {name for tables in REST.values() for name in tables} | set(VOICE)
    groups = [
        (title, [Table(name, text, "") for name, text in tables.items()]) for title, tables in REST.items()
    ]
    unknown = [Table(name, _("Not described."), "") for name in sorted(set(Base.metadata.tables) - known)]
    return groups + ([(_("Not described."), unknown)] if unknown else [])


def described() -> dict[str, Any]:
    """What the page shows."""
    return {"voice": voice_tables(), "rest": rest_tables(), "limits": LIMITS, "not_stored": NOT_STORED}

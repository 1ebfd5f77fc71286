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

Words = Any


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

REST: dict[Words, dict[str, Words]] = {
    _l("People who sign in (representatives, human resources, administrators)"): {
        "account": _l("Name, e-mail address, language, role, and a fingerprint of the password."),
        "mandate": _l("Who sits on which body, in which capacity, from when to when."),
        "replacement": _l("Which alternate votes in whose place, from when to when."),
        "keyholder": _l(
            "Who holds keys: a public key, and a private one sealed by passphrase and recovery code. The day "
            "the passphrase was last shown to open."
        ),
        "handover": _l("Who follows whom as keyholder, on which resolution, and since when it is over."),
        "signin_failures": _l("How many sign-ins of an account failed in a row. No address, no device."),
        "signin_token": _l("Fingerprints of invitation and reset links, with their end."),
        "signin_unknown": _l(
            "How many sign-ins of unknown accounts were tried. One number for the whole server."
        ),
        "api_key": _l(
            "Keys of programs: a name, a fingerprint of the secret, what it may read, who made it, and the "
            "last day it was used."
        ),
        "letter": _l("Outgoing e-mails to these people, with links only, never what an employee wrote."),
        "reminder_choice": _l("How somebody wants to be reminded, where they chose."),
        "calendar": _l(
            "Secret addresses of calendars: whose, of what, and a fingerprint of the secret. Nothing tells"
            " when one was read."
        ),
        "reminder": _l("Which reminders went to whom, so that none goes twice."),
        "receipt": _l("For each member of a body: e-mail accepted, first opening of a notice."),
    },
    _l("What the organisation publishes"): {
        "organisation": _l("Name, country and regime, access words, numbers to call."),
        "rule_answer": _l("Answers to the questions of the set-up: what, on which day, by whom and why."),
        "establishment": _l("Sites and their headcount."),
        "body": _l("Bodies of representatives."),
        "body_establishment": _l("Which sites a body stands for."),
        "delegation": _l("Which acts a body lets one of its members do, from when to when."),
        "delegated_use": _l("What was done under a delegation, by day."),
        "resolution": _l("Decisions of a body with their votes."),
        "notice": _l("Impact notices: address, state, days, who may read them."),
        "revision": _l("Each text of a notice; a published one never changes."),
        "review_note": _l("Notes between those who write a notice. Deleted when the notice is withdrawn."),
        "affected_group": _l("Groups of people a notice concerns. Never a name."),
        "work_change": _l("Expectations and jobs, before and after."),
        "learning_step": _l("Trainings and team rituals, with their days."),
        "charter_rule": _l("Rules of use of a system."),
        "unknown": _l("What is not known yet, who will answer, by when."),
        "milestone": _l("Dates of a project."),
        "stored_file": _l("Uploaded files, by the fingerprint of their content: kind, size, day."),
        "attachment": _l("Files of a notice: name, kind, size, who may open each."),
        "consultation": _l("A notice before a body."),
        "fact": _l("What happened in a consultation, by day."),
        "side_procedure": _l("Procedures that run beside the consultations of a notice."),
        "procedure_override": _l("What an agreement or a judge set instead of a procedure’s date."),
        "early_milestone": _l("Why a date was kept that comes before the end of the procedure, and when."),
        "sending": _l("When a notice was sent to a body, and by whom."),
        "question": _l("Questions of a body."),
        "answer": _l("Answers of the employer to questions."),
        "enclosure": _l(
            "Documents handed over beside a question or a meeting: who may open them, until when."
        ),
        "expert_mission": _l("Experts a body appointed: firm, mission, report, end of access."),
        "expert_request": _l("What an expert asked of the employer, and the answer."),
        "dossier": _l(
            "Files a body opened on an AI system without a notice: what it is, where, since when, its state."
        ),
        "dossier_letter": _l("Letters of a body to the employer about such a file, and the answers."),
        "dossier_support": _l("Which members support such a file."),
        "dossier_source": _l("Where a body has such a file from, sealed to its members’ keys."),
        "meeting": _l("Meetings of a body: day, place, agenda, minutes."),
        "agenda_item": _l("Items of an agenda."),
        "attendance": _l("Who was at a meeting."),
        "meeting_request": _l("Requests for an extraordinary meeting."),
        "meeting_support": _l("Which members support such a request."),
        "paper": _l("Drafts of model texts, read by the side that prepares them alone."),
        "paper_version": _l("Each text such a draft was saved with, the day, and by whom."),
        "unanswered": _l("Questions a body declared unanswered."),
        "theme_answer": _l("Answers of the employer to themes."),
        "opinion": _l("Opinions of a body."),
        "opinion_point": _l("Reservations and wishes."),
        "opinion_draft": _l("Drafts of opinions. Read by the body alone."),
        "opinion_draft_version": _l("Each saved text of a draft. Read by the body alone."),
        "opinion_draft_seen": _l("Which members opened which version of a draft. Read by the body alone."),
        "opinion_draft_comment": _l("What members wrote about a draft. Read by the body alone."),
        "opinion_declaration": _l("Declarations annexed to an opinion; read by the body alone until then."),
        "proposition": _l("What a body put to the vote, with the count and the rule applied."),
        "proposition_vote": _l("How each member voted, where a body votes by name. Read by the body alone."),
        "opinion_statement": _l("What a body put on record without giving an opinion."),
        "opinion_translation": _l("Courtesy translations of adopted opinions: who added each, and when."),
        "response": _l("Reasoned responses."),
        "response_follow_up": _l("Further answers of the employer to a reservation or a wish."),
        "response_draft": _l("What human resources are writing before they respond. Deleted when they do."),
        "response_file": _l("Files of a reasoned response, by their fingerprint."),
        "charter_vote": _l("Votes of a body on rules of use."),
        "charter_position": _l("What a body says of each rule of use, and why."),
        "remark": _l("Comments of a body beside a notice."),
        "response_point": _l("The answer to each reservation and wish."),
        "commitment": _l("What was promised, by which function, for when."),
        "commitment_update": _l("What the employer said of a commitment since."),
        "verdict": _l("Whether a body confirms or contests that a commitment was kept."),
    },
    _l("The record"): {
        "leaf": _l("One line per act of record: kind, day, fingerprint."),
        "leaf_salt": _l("What a fingerprint was salted with; destroyed when a text must be erased."),
        "entry": _l("The title of each act, and who may read it."),
        "link": _l("What led to what."),
        "awaiting": _l("What has no answer yet (questions, themes, opinions, unknowns), and since when."),
        "search_document": _l(
            "The words a notice or an act is found by, in alphabetical order. Nobody’s search is kept."
        ),
        "search_word": _l("Each of these words once, to look for one by its beginning."),
        "content_version": _l("One number, raised by each act, so that pages are never old."),
    },
    _l("Copies of this server"): {
        "backup_copy": _l("The day on which copies must be destroyed. Nothing else about them."),
    },
}
"""Every other table, by what it is about."""


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

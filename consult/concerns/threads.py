"""Threads as the desk keeps them: answering, and reading what authors write back.

What ties an answer to a message, and a write-back to an answer, is sealed. With the key the desk opens all
copies of a letterbox, some tens of microseconds each, and puts them together in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from consult.anonymity.message import Message
from consult.anonymity.sealing import CannotOpen
from consult.concerns import queries, sealed, services
from consult.concerns.models import Concern, DeskReply
from consult.concerns.rules import InThread, NoThread
from consult.core.errors import NotFound
from consult.people.models import Account
from consult.voices import queries as voices
from consult.voices import threads as voice_threads
from consult.voices.models import Letterbox, Voice


@dataclass(frozen=True, slots=True)
class Copy:
    """One answer as the desk kept it. ``voice``: the message it answers; ``reply``: what its author got."""

    id: UUID
    voice: bytes
    reply: bytes
    number: int
    day: date
    by: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Turn:
    """One answer, and what was written back to it, where that was met at the desk."""

    copy: Copy
    back: Voice | None = None


def reply(
    session: Session,
    letterbox: Letterbox,
    voice_id: bytes,
    *,
    private_key: bytes,
    text: str,
    actor: Account,
    on: date,
    once: UUID | None = None,
) -> Copy:
    """Answers the author of a message: sealed to them, with a copy sealed to the letterbox key. ``once``:
    the identifier the copy will have; sent twice, the first stays. Nothing is noted beside the message.
    Raises `NotFound`, `NoThread`, `InThread`, `sealing.TooLong`."""
    before = copies(session, letterbox.id, private_key)
    if once is not None and (known := next((one for one in before if one.id == once), None)) is not None:
        return known
    message = _message(session, letterbox, voice_id, private_key)
    if message.answers is not None:
        raise InThread
    if message.thread is None:
        raise NoThread
    number = 1 + max((one.number for one in before if one.voice == voice_id), default=0)
    try:
        made = voice_threads.answer(session, letterbox, message.thread, text, on=on, number=number)
    except ValueError:  # what the message carries is no public key
        raise NoThread from None
    copy = Copy(once or uuid4(), voice_id, made, number, on, actor.name, text)
    session.add(
        DeskReply(
            id=copy.id, letterbox_id=letterbox.id, sealed=sealed.close(letterbox.public_key, _draft(copy))
        )
    )
    session.flush()
    return copy


def place(session: Session, letterbox: Letterbox, voice_id: bytes, *, private_key: bytes) -> Concern:
    """Notes that a message was written back in a thread: from now on it is dealt to nobody, and shown there
    only. Raises `NotFound`, also for a message that answers nothing."""
    if _message(session, letterbox, voice_id, private_key).answers is None:
        raise NotFound
    concern = services.touched(session, letterbox, voice_id)
    concern.is_write_back = True
    concern.theme, concern.is_held, concern.proposed_by, concern.sealed_working = None, False, None, None
    session.flush()
    services.count_themes(session, letterbox)
    return concern


def copies(session: Session, letterbox_id: bytes, private_key: bytes) -> list[Copy]:
    """Every answer of a letterbox, oldest first within each thread."""
    found = [
        one for row in queries.copies(session, letterbox_id) if (one := _opened(row, private_key)) is not None
    ]
    return sorted(found, key=lambda one: (one.number, one.day, one.id.bytes))


def turns(session: Session, letterbox_id: bytes, private_key: bytes, voice_id: bytes) -> list[Turn]:
    """The thread of one message, in order."""
    return turns_of(session, letterbox_id, private_key).get(voice_id, [])


def turns_of(session: Session, letterbox_id: bytes, private_key: bytes) -> dict[bytes, list[Turn]]:
    """Every thread that was answered, by its message."""
    backs = {}
    for voice in queries.write_backs(session, letterbox_id):
        message = sealed.original(private_key, voice.sealed)
        if message is not None and message.answers is not None:
            backs[message.answers] = voice
    found: dict[bytes, list[Turn]] = {}
    for copy in copies(session, letterbox_id, private_key):
        found.setdefault(copy.voice, []).append(Turn(copy, backs.get(copy.reply)))
    return found


def thread_of(session: Session, letterbox_id: bytes, private_key: bytes, reply_id: bytes) -> bytes | None:
    """The message whose thread an answer belongs to."""
    found = copies(session, letterbox_id, private_key)
    return next((one.voice for one in found if one.reply == reply_id), None)


def asking(session: Session, letterbox_id: bytes, private_key: bytes) -> Sequence[tuple[Voice, list[Turn]]]:
    """Messages whose authors want to read an answer: first those nobody answered, then those who wrote
    back last, then the rest."""
    answered = turns_of(session, letterbox_id, private_key)
    found = [
        (voice, answered.get(voice.id, []))
        for voice in queries.released(session, letterbox_id)
        if (message := sealed.original(private_key, voice.sealed)) is not None and message.thread is not None
    ]
    return sorted(found, key=lambda one: (bool(one[1]), not (one[1] and one[1][-1].back), one[0].id))


def _message(session: Session, letterbox: Letterbox, voice_id: bytes, private_key: bytes) -> Message:
    if not voices.belongs(session, voice_id, letterbox.id):
        raise NotFound
    voice = voices.voice(session, voice_id)
    message = sealed.original(private_key, voice.sealed) if voice is not None else None
    if message is None:
        raise NotFound
    return message


def _draft(copy: Copy) -> dict[str, str]:
    return {
        "voice": copy.voice.hex(), "reply": copy.reply.hex(), "number": str(copy.number),
        "day": copy.day.isoformat(), "by": copy.by, "text": copy.text,
    }  # fmt: skip


def _opened(row: DeskReply, private_key: bytes) -> Copy | None:
    """None for a copy nothing can be read from."""
    try:
        said = sealed.read(private_key, row.sealed)
        return Copy(
            row.id, bytes.fromhex(said["voice"]), bytes.fromhex(said["reply"]), int(said["number"]),
            date.fromisoformat(said["day"]), said["by"], said["text"],
        )  # fmt: skip
    except (CannotOpen, ValueError, KeyError):
        return None

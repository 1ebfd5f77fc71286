"""What an employee sends: its kind, topics, language and text, as the bytes that get sealed.

A message may ask for a thread: then the two public values of its receipt travel inside. It may answer a
reply: then it names that reply's id. Where it does neither, nothing of that is written at all.

No unit, no date, no name of a notice: the letterbox a message lies in says what it is about, and
nothing in it says where it came from."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from consult.anonymity.sealing import TEXT_SIZE

MAX_ENCODED: Final = TEXT_SIZE - 1
"""Bytes: one of the 4,096 is the mark of the padding."""
THREAD_ROOM: Final = len(b',"thread":{"lookup":"","public":""}') + 2 * 43
"""Bytes that a thread takes, whatever its receipt: 121."""
ANSWERS_ROOM: Final = len(b'"answers":"",') + 22
"""Bytes that naming the answered reply takes: 35."""
LANGUAGES: Final = ("fr", "en")
_FIELDS: Final = {"kind", "language", "text", "topics"}
_OPTIONAL: Final = {"answers", "thread"}
_VALUE_SIZE: Final = 32
_REPLY_ID_SIZE: Final = 16


class Malformed(Exception):
    """These bytes, or these values, are no message."""


class Kind(StrEnum):
    """What somebody wants to say."""

    WORRY = "worry"
    QUESTION = "question"
    PROPOSAL = "proposal"
    WORKS = "works"


class Topic(StrEnum):
    """What it is about. The first nine are the concern categories of Canada's Algorithmic Impact
    Assessment (question ``consultation8``); the last six are added for work."""

    FAIRNESS = "fairness"
    TRANSPARENCY = "transparency"
    BARRIERS = "barriers"
    SURVEILLANCE = "surveillance"
    PERSONAL_INFORMATION = "personal_information"
    HUMAN_RIGHTS = "human_rights"
    ACCESSIBILITY = "accessibility"
    ACCURACY = "accuracy"
    OTHER = "other"
    EMPLOYMENT = "employment"
    WORKLOAD = "workload"
    SKILLS = "skills"
    AUTONOMY = "autonomy"
    HEALTH = "health"
    PAY_EVALUATION = "pay_evaluation"


_ORDER: Final = {topic: place for place, topic in enumerate(Topic)}


@dataclass(frozen=True, slots=True)
class Thread:
    """Where an author can be answered: the lookup id and the public key of a receipt, 32 bytes each.

    Raises `Malformed` on another length."""

    lookup: bytes = field(repr=False)
    public: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.lookup) != _VALUE_SIZE or len(self.public) != _VALUE_SIZE:
            raise Malformed("thread")


@dataclass(frozen=True, slots=True)
class Message:
    """A message before it is sealed. Topics end in the order of `Topic`, each once, and line ends as
    ``\\n``, so that a message has exactly one encoding whoever's browser sent it.

    ``thread``: where to answer, None for a detached note. ``answers``: the id (16 bytes) of the reply
    that this writes back to. Raises `Malformed` on another language or length, or on a text that is not
    Unicode (a lone surrogate)."""

    kind: Kind
    topics: tuple[Topic, ...]
    language: str
    text: str
    thread: Thread | None = None
    answers: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.answers is not None and len(self.answers) != _REPLY_ID_SIZE:
            raise Malformed("answers")
        if self.language not in LANGUAGES:
            raise Malformed("language")
        try:
            self.text.encode()
        except UnicodeEncodeError:
            raise Malformed("text") from None
        text = self.text.replace("\r\n", "\n").replace("\r", "\n")
        topics = tuple(sorted(set(self.topics), key=lambda topic: _ORDER[topic]))
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "topics", topics)

    def encode(self) -> bytes:
        """Compact JSON in UTF-8, keys sorted, nothing escaped that JSON does not ask for: byte for
        byte what ``JSON.stringify`` makes of the same keys in order, so the page can count along."""
        fields: dict[str, Any] = {
            "kind": self.kind.value,
            "language": self.language,
            "text": self.text,
            "topics": [topic.value for topic in self.topics],
        }
        if self.thread is not None:
            fields["thread"] = {
                "lookup": _write(self.thread.lookup),
                "public": _write(self.thread.public),
            }
        if self.answers is not None:
            fields["answers"] = _write(self.answers)
        packed = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return packed.encode()

    @classmethod
    def decode(cls, encoded: bytes) -> Message:
        """Takes `encode` back, and nothing else: other spacing or order, a key twice or a stray bit are no
        message. Raises `Malformed`."""
        try:
            fields: Any = json.loads(encoded.decode())
        except (ValueError, RecursionError):
            raise Malformed("not JSON in UTF-8") from None
        if not isinstance(fields, dict) or fields.keys() - _OPTIONAL != _FIELDS:
            raise Malformed("fields")
        topics, text, language = fields["topics"], fields["text"], fields["language"]
        if not (isinstance(topics, list) and isinstance(text, str) and isinstance(language, str)):
            raise Malformed("types")
        thread = _read_thread(fields["thread"]) if "thread" in fields else None
        answers = _read(fields["answers"]) if "answers" in fields else None
        try:
            message = cls(Kind(fields["kind"]), tuple(map(Topic, topics)), language, text, thread, answers)
        except (ValueError, TypeError):
            raise Malformed("kind or topics") from None
        if message.encode() != encoded:
            raise Malformed("not as it is written")
        return message


def _write(value: bytes) -> str:
    """base64url without padding (RFC 4648, section 5): 43 characters for 32 bytes, 22 for 16."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def _read(value: object) -> bytes:
    """Takes `_write` back; what else decodes is caught when the whole is encoded again."""
    if not isinstance(value, str):
        raise Malformed("base64url")
    try:
        return urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except (BadBase64, ValueError):
        raise Malformed("base64url") from None


def _read_thread(value: object) -> Thread:
    if not isinstance(value, dict) or value.keys() != {"lookup", "public"}:
        raise Malformed("thread")
    return Thread(_read(value["lookup"]), _read(value["public"]))


def room(message: Message) -> int:
    """Bytes left before the message no longer fits; negative when it is too long by so many."""
    return MAX_ENCODED - len(message.encode())


def fits(message: Message) -> bool:
    """Whether the message can be sealed: at most 4,095 bytes once encoded."""
    return room(message) >= 0

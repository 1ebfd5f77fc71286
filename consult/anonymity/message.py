"""What an employee sends: its kind, topics, language and text, as the bytes that get sealed.

No unit, no date, no name of a notice: the letterbox a message lies in says what it is about, and
nothing in it says where it came from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from consult.anonymity.sealing import TEXT_SIZE

MAX_ENCODED: Final = TEXT_SIZE - 1
"""Bytes: one of the 4,096 is the mark of the padding."""
LANGUAGES: Final = ("fr", "en")
_FIELDS: Final = {"kind", "language", "text", "topics"}


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
class Message:
    """A message before it is sealed. Topics end in the order of `Topic`, each once, and line ends as
    ``\\n``, so that a message has exactly one encoding whoever's browser sent it.

    Raises `Malformed` on another language or on a text that is not Unicode (a lone surrogate)."""

    kind: Kind
    topics: tuple[Topic, ...]
    language: str
    text: str

    def __post_init__(self) -> None:
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
        fields = {
            "kind": self.kind.value,
            "language": self.language,
            "text": self.text,
            "topics": [topic.value for topic in self.topics],
        }
        packed = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return packed.encode()

    @classmethod
    def decode(cls, encoded: bytes) -> Message:
        """Takes `encode` back. Raises `Malformed`."""
        try:
            fields: Any = json.loads(encoded.decode())
        except (ValueError, RecursionError):
            raise Malformed("not JSON in UTF-8") from None
        if not isinstance(fields, dict) or fields.keys() != _FIELDS:
            raise Malformed("fields")
        topics, text, language = fields["topics"], fields["text"], fields["language"]
        if not (isinstance(topics, list) and isinstance(text, str) and isinstance(language, str)):
            raise Malformed("types")
        try:
            return cls(Kind(fields["kind"]), tuple(map(Topic, topics)), language, text)
        except (ValueError, TypeError):
            raise Malformed("kind or topics") from None


def room(message: Message) -> int:
    """Bytes left before the message no longer fits; negative when it is too long by so many."""
    return MAX_ENCODED - len(message.encode())


def fits(message: Message) -> bool:
    """Whether the message can be sealed: at most 4,095 bytes once encoded."""
    return room(message) >= 0

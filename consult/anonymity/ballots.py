"""Sealed answers: one ballot per question of the poll, one per wording that somebody supports or not.

All ballots have 304 bytes, whatever they say, and whoever takes part in the poll casts one per question,
"no answer" included: neither size nor number tells what was answered. Encoded as compact JSON with sorted
keys, padded to 256 bytes, sealed to the letterbox key."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, TypeVar

from consult.anonymity.message import Malformed
from consult.anonymity.rights import right_hash
from consult.anonymity.sealing import OVERHEAD, CannotOpen, opener, seal_any

BALLOT_SIZE: Final = 256
SEALED_BALLOT_SIZE: Final = BALLOT_SIZE + OVERHEAD
"""Bytes: 304."""
CONCERN_ID_SIZE: Final = 16
MAX_OPTIONS: Final = 20
_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,40}", re.ASCII)

_Ballot = TypeVar("_Ballot")


class Choice(StrEnum):
    """What is said of a published wording. Both are cast alike, so that a ballot is not yet support."""

    SUPPORT = "support"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class PollBallot:
    """The answer to one question. ``option``: its place in the list, from 0; None: no answer. ``group``:
    None where none was asked or said. Ids are 1 to 40 letters, digits, ``_`` and ``-``.

    Nothing of it shows in ``repr``. Raises `Malformed` on other values."""

    question: str = field(repr=False)
    option: int | None = field(repr=False)
    group: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not _is_id(self.question) or not (self.group is None or _is_id(self.group)):
            raise Malformed("id")
        if self.option is not None and not (type(self.option) is int and 0 <= self.option < MAX_OPTIONS):
            raise Malformed("option")

    def encode(self) -> bytes:
        """At most 130 bytes."""
        return _encode({"question": self.question, "option": self.option, "group": self.group})

    @classmethod
    def decode(cls, encoded: bytes) -> PollBallot:
        """Takes `encode` back and nothing else. Raises `Malformed`."""
        fields = _decode(encoded, {"question", "option", "group"})
        ballot = cls(fields["question"], fields["option"], fields["group"])
        _must_be_as_written(ballot.encode(), encoded)
        return ballot


@dataclass(frozen=True, slots=True)
class SupportBallot:
    """What somebody says of one published wording, the concern's id in 16 bytes.

    Nothing of it shows in ``repr``. Raises `Malformed` on another length."""

    concern: bytes = field(repr=False)
    choice: Choice = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.concern) != CONCERN_ID_SIZE:
            raise Malformed("concern")

    def encode(self) -> bytes:
        return _encode({"concern": self.concern.hex(), "choice": self.choice.value})

    @classmethod
    def decode(cls, encoded: bytes) -> SupportBallot:
        """Takes `encode` back and nothing else. Raises `Malformed`."""
        fields = _decode(encoded, {"concern", "choice"})
        try:
            ballot = cls(bytes.fromhex(fields["concern"]), Choice(fields["choice"]))
        except (ValueError, TypeError):
            raise Malformed("concern or choice") from None
        _must_be_as_written(ballot.encode(), encoded)
        return ballot


def answered(
    questions: Sequence[str], answers: Mapping[str, int | None], group: str | None = None
) -> tuple[PollBallot, ...]:
    """All ballots of one person: one per question of the poll, in its order, whatever was answered."""
    return tuple(PollBallot(question, answers.get(question), group) for question in questions)


def seal_ballot(public: bytes, ballot: PollBallot | SupportBallot) -> bytes:
    """304 bytes. Raises `ValueError` when ``public`` is no public key."""
    return seal_any(public, ballot.encode(), BALLOT_SIZE)


def open_poll_ballot(private: bytes, sealed: bytes) -> PollBallot:
    """Raises `CannotOpen`, also on another size, and `Malformed`."""
    return PollBallot.decode(_open(opener(private), sealed))


def open_support_ballot(private: bytes, sealed: bytes) -> SupportBallot:
    """Raises `CannotOpen`, also on another size, and `Malformed`."""
    return SupportBallot.decode(_open(opener(private), sealed))


def poll_ballots(private: bytes, sealed: Iterable[bytes]) -> Iterator[PollBallot]:
    """What many rows hold, for counting. A row that is no such ballot is passed over: one of them, put
    there by whoever could, must not keep the rest from being counted."""
    return _all(private, sealed, PollBallot.decode)


def support_ballots(private: bytes, sealed: Iterable[bytes]) -> Iterator[SupportBallot]:
    """The same for support."""
    return _all(private, sealed, SupportBallot.decode)


def nullifier(letterbox_id: bytes, right: bytes, concern_id: bytes) -> bytes:
    """What is spent when a right of the lane ``support`` is used for one concern:
    SHA-256("consult/support" ‖ 0x00 ‖ letterbox id ‖ right ‖ concern id), 32 bytes.

    ``right`` is the secret itself, the code of a slip or the message of a pass, and not the hash of a slip
    that lies in a table: whoever holds the disk could try every row with every concern, and would see in
    the journal what each slip voted on, and when. Raises `ValueError` on other lengths."""
    if len(concern_id) != CONCERN_ID_SIZE:
        raise ValueError(f"a concern id has {CONCERN_ID_SIZE} bytes")
    if len(right) < 16:
        raise ValueError("a right to support has at least 16 bytes")
    return right_hash("support", letterbox_id, right + concern_id)


def _open(opened: Callable[[bytes], bytes], sealed: bytes) -> bytes:
    if len(sealed) != SEALED_BALLOT_SIZE:
        raise CannotOpen
    return opened(sealed)


def _all(private: bytes, sealed: Iterable[bytes], decode: Callable[[bytes], _Ballot]) -> Iterator[_Ballot]:
    opened = opener(private)
    for one in sealed:
        try:
            ballot = decode(_open(opened, one))
        except (CannotOpen, Malformed):
            continue
        yield ballot


def _is_id(value: object) -> bool:
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _encode(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()


def _decode(encoded: bytes, names: set[str]) -> Mapping[str, Any]:
    try:
        fields: Any = json.loads(encoded.decode())
    except (ValueError, RecursionError):
        raise Malformed("not JSON in UTF-8") from None
    if not isinstance(fields, dict) or fields.keys() != names:
        raise Malformed("fields")
    return fields


def _must_be_as_written(again: bytes, encoded: bytes) -> None:
    """Other spacing or order, a key twice, capitals in the hexadecimals: one ballot has one encoding."""
    if again != encoded:
        raise Malformed("not as it is written")

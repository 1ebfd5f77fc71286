"""Threads: six words become a lookup id and a key; keyholders answer to them; the author writes back once
for each answer.

No table knows a thread. Before the first answer nothing on the server holds its lookup id, so six words
that are wrong, not released or not answered find the same: nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Any, Final

from sqlalchemy import insert
from sqlalchemy.orm import Session

from consult.anonymity import receipts
from consult.anonymity.message import Message, Thread
from consult.anonymity.receipts import Receipt
from consult.anonymity.sealing import TEXT_SIZE, CannotOpen
from consult.anonymity.wrapping import Cost
from consult.core.db import random_id
from consult.voices import queries, services
from consult.voices.models import Letterbox, Reply
from consult.voices.rules import WRITE_BACK, Bucket, Busy
from consult.voices.services import Sealed
from consult.voices.spending import Right

AT_ONCE, PER_SECOND = 20, 10
"""Receipts one process reads at once, and then each second: 14 ms of Argon2id and a page each, so that
a flood of guesses leaves three quarters of a core to everybody else."""
PATIENCE: Final = 0.5
"""Seconds a request waits for its turn; a worker has few threads, and other pages need them."""
RETRY: Final = 60
CHEAP: Final = Cost(memory_kib=8, passes=1)
"""For tests."""


class Gate:
    """The one place where six words become a key: one at a time in this process, and so many a second.
    Reading and writing are counted apart, so that a flood of guesses does not keep a message out."""

    def __init__(self, cost: Cost = receipts.COST, *, patience: float = PATIENCE) -> None:
        self.cost, self.patience = cost, patience
        self.readers = Bucket(AT_ONCE, PER_SECOND)
        self.writers = Bucket(AT_ONCE, PER_SECOND)
        self._counting, self._deriving = Lock(), Lock()

    def admit_reader(self, at: float) -> None:
        """``at``: now, in seconds. Raises `Busy`."""
        self._admit(self.readers, at)

    def admit_writer(self, at: float) -> None:
        """Likewise, for a message that leaves with a thread or in one."""
        self._admit(self.writers, at)

    def derive(self, words: str, letterbox_id: bytes) -> Receipt:
        """`receipts.derive`, one after the other. Call it before the database's lock is taken. Raises
        `Busy`, `receipts.BadReceipt`."""
        if not self._deriving.acquire(timeout=self.patience):
            raise Busy(RETRY)
        try:
            return receipts.derive(words, letterbox_id, self.cost)
        finally:
            self._deriving.release()

    def _admit(self, bucket: Bucket, at: float) -> None:
        with self._counting:
            if not bucket.take(at):
                raise Busy(RETRY)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the keyholders as its author reads it. ``number``: 1 for the first of the thread;
    ``may_write_back``: nothing was written back to it yet."""

    id: bytes
    text: str = field(repr=False)
    day: date
    number: int
    may_write_back: bool = True

    @property
    def value(self) -> str:
        return self.id.hex()


def room(text: str, *, on: date, number: int) -> int:
    """Bytes left before an answer no longer fits; negative when it is too long by so many."""
    return TEXT_SIZE - 1 - len(_packed(text, on, number).encode())


def answer(
    session: Session, letterbox: Letterbox, thread: Thread, text: str, *, on: date, number: int
) -> bytes:
    """INSERTs an answer sealed to the author of a message; returns its id. Raises `sealing.TooLong`;
    `ValueError` when what the message carries is no public key."""
    sealed = receipts.seal_reply(thread.public, _packed(text, on, number))
    ident = random_id()
    session.execute(
        insert(Reply),
        {"id": ident, "letterbox_id": letterbox.id, "lookup": thread.lookup, "sealed": sealed},
    )
    return ident


def answers(session: Session, letterbox: Letterbox, receipt: Receipt) -> list[Answer]:
    """What these six words open, oldest first; empty for a receipt that is wrong, not released or not
    answered. One lookup in each case; nothing is written."""
    found = [
        one
        for row in queries.replies(session, letterbox.id, receipt.lookup)
        if (one := _opened(receipt, row.id, row.sealed)) is not None
    ]
    if not found:
        return []
    rights = {one.id: receipts.write_back_right(receipt, letterbox.id, one.id) for one in found}
    used = queries.spent(session, list(rights.values()))
    found = [Answer(one.id, one.text, one.day, one.number, rights[one.id] not in used) for one in found]
    return sorted(found, key=lambda one: (one.number, one.day, one.id))


def write_back(letterbox: Letterbox, receipt: Receipt, message: Message, *, on: date) -> Sealed:
    """Seals what an author writes back to the answer that ``message`` names, for `services.post`: an
    ordinary waiting entry, whose right is spent once. Raises `NotOpen`, `TooLongToSeal`; `ValueError`
    for a message that answers nothing."""
    if message.answers is None:
        raise ValueError("answers nothing")
    spends = receipts.write_back_right(receipt, letterbox.id, message.answers)
    return services.prepare(letterbox, message, on=on, rights=(Right(spends, lane=WRITE_BACK),))


def next_to_answer(found: Sequence[Answer]) -> Answer | None:
    """The newest answer nothing was written back to."""
    return next((one for one in reversed(found) if one.may_write_back), None)


def _packed(text: str, on: date, number: int) -> str:
    fields = {"day": on.isoformat(), "number": number, "text": text}
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def _opened(receipt: Receipt, ident: bytes, sealed: bytes) -> Answer | None:
    """None for a row that was not sealed to this receipt."""
    try:
        said: Any = json.loads(receipts.open_reply(receipt, sealed))
        return Answer(ident, str(said["text"]), date.fromisoformat(said["day"]), int(said["number"]))
    except (CannotOpen, ValueError, KeyError, TypeError):
        return None

"""States of a file, what moves it from one to the next, and where its letter asks for an answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from consult.core.errors import Refused, WrongState


class Seen(StrEnum):
    """What the body knows of the system."""

    IN_USE = "in_use"
    ANNOUNCED = "announced"


@dataclass(frozen=True, slots=True)
class System:
    """What a body knows of an AI system, in its own words; ``since``: since about when."""

    name: str
    place: str
    since: str
    seen: Seen
    known: str


class FileState(StrEnum):
    DRAFT = "draft"
    """The body's alone."""
    SENT = "sent"
    """A letter waits for the employer's answer."""
    ANSWERED = "answered"
    LINKED = "linked"
    """A notice came: the file is part of its history."""
    CLOSED = "closed"


class Act(StrEnum):
    SEND = "send"
    ANSWER = "answer"
    LINK = "link"
    CLOSE = "close"


ALLOWED: Final[dict[FileState, frozenset[Act]]] = {
    FileState.DRAFT: frozenset({Act.SEND, Act.LINK, Act.CLOSE}),
    FileState.SENT: frozenset({Act.SEND, Act.ANSWER, Act.LINK, Act.CLOSE}),
    FileState.ANSWERED: frozenset({Act.SEND, Act.LINK, Act.CLOSE}),
    FileState.LINKED: frozenset({Act.ANSWER, Act.CLOSE}),
    FileState.CLOSED: frozenset(),
}
ANSWER_DAYS: Final = 15
"""Proposed for the employer's answer, changed freely: no text sets one for such a letter."""
SOURCE_BYTES: Final = 8192
SOURCE_SIZE: Final = SOURCE_BYTES + 48
"""A sealed source: padded to one size, and a sealed box's 48 bytes."""


def after(state: FileState, act: Act, *, unanswered: int) -> FileState:
    """The state an act leads to. ``unanswered``: letters without an answer once it is done.
    Raises `WrongState` on an act the state does not allow."""
    if act not in ALLOWED[state]:
        raise WrongState("file", state)
    if act is Act.ANSWER:
        settled = FileState.SENT if unanswered else FileState.ANSWERED
        return FileState.LINKED if state is FileState.LINKED else settled
    return {Act.SEND: FileState.SENT, Act.LINK: FileState.LINKED, Act.CLOSE: FileState.CLOSED}[act]


def proposed_due(on: date) -> date:
    """When the answer is asked for, to start from."""
    return on + timedelta(days=ANSWER_DAYS)


class NobodyHoldsAKey(Refused):
    """No member of the body holds a key: the source could be sealed to nobody, so it is not kept."""


class NotLinkable(Refused):
    """The notice did not reach the body of the file."""


class NotSent(Refused):
    """Employees cannot be asked about a file the employer does not know of: it would read the page too."""


class AlreadyListening(Refused):
    """The file has its page for employees already."""

"""The parts of a story that tell of an expert, of meetings, of files of the body. Nothing here touches the
database."""

from __future__ import annotations

from pydantic import Field

from consult.demo.parts import Part, Text, Votes
from consult.demo.rules import Day
from consult.dossiers.rules import Seen
from consult.meetings.rules import ItemKind


class Request(Part):
    """What the expert asked the employer for, and the answer."""

    asked: Day
    text: Text
    answered: Day | None = None
    answer: Text = Text()


class Report(Part):
    """Kept as a text file called ``name``."""

    day: Day
    name: str
    text: str


class Expert(Part):
    """Appointed on a resolution; the period of the opinion follows the procedure."""

    appointed: Day
    firm: str
    name: str
    email: str = Field(pattern=r"\.example$")
    locale: str = "fr"
    subject: Text
    text: Text
    votes: Votes
    room_until: Day
    requests: tuple[Request, ...] = ()
    report: Report | None = None


class Sitting(Part):
    """A meeting that has the notice on its agenda. ``present``: who of the story's people sat."""

    called: Day
    day: Day
    time: str = "14:00"
    place: str = ""
    items: tuple[ItemKind, ...] = (ItemKind.INFORMATION,)
    others: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    minutes: Text = Text()
    minutes_sent: Day | None = None
    adopted: Day | None = None
    votes: Votes | None = None


class FileLetter(Part):
    """The body asks the employer, on a resolution; ``answered``: the employer's answer."""

    day: Day
    due: Day
    text: Text
    resolution: Text
    votes: Votes
    answered: Day | None = None
    answer: Text = Text()


class File(Part):
    """A file on an AI nobody has told the body about. ``by`` and ``supporters``: keys of members; ``source``:
    where they know it from, sealed; ``notice``: the address of the one that came on ``linked``."""

    opened: Day
    by: str
    supporters: tuple[str, ...] = ()
    name: str
    place: str
    since: str
    seen: Seen
    known: str
    source: str
    letters: tuple[FileLetter, ...] = ()
    notice: str = ""
    linked: Day | None = None


class EnteredFact(Part):
    """A day a person enters, by the name the procedure gives it."""

    day: Day
    key: str
    by: str

"""What can go wrong, as facts. They know no HTTP; web/errors.py says once which page answers."""

from __future__ import annotations


class Refused(Exception):
    """Base of every domain error. Attributes are facts; the page finds the words."""


class NotAllowed(Refused):
    """The person may know of the thing but may not do this to it."""


class NotFound(Refused):
    """There is no such thing, or the person may not know that there is."""


class WrongState(Refused):
    """The act does not fit the state the thing is in."""

    def __init__(self, what: str, state: str) -> None:
        super().__init__(f"{what} is {state}")
        self.what, self.state = what, state


class EditedMeanwhile(Refused):
    """Somebody else saved first: the version the form carried is not the one stored."""

    def __init__(self, *, theirs: str = "", yours: str = "") -> None:
        super().__init__("edited meanwhile")
        self.theirs, self.yours = theirs, yours


class TooMany(Refused):
    """A limit was reached; try again after ``seconds``."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"try again in {seconds} s")
        self.seconds = seconds

"""Facts of the start page: what a task is, and when it counts as pressing. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

SOON_DAYS = 7


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do. ``due``: its day, if it has one. ``since``: how long it has been waiting.
    ``is_mine``: false where somebody else has to act."""

    title: str
    url: str
    act: str
    text: str = ""
    due: date | None = None
    since: date | None = None
    is_mine: bool = True

    def days_left(self, on: date) -> int | None:
        return (self.due - on).days if self.due is not None else None

    def is_pressing(self, on: date) -> bool:
        """Late, due within a week, or without a day of its own."""
        left = self.days_left(on)
        return self.is_mine and (left is None or left <= SOON_DAYS)


def by_urgency(tasks: list[Task]) -> list[Task]:
    """Dated ones first, the most urgent on top; then those that have waited longest."""
    return sorted(tasks, key=lambda one: (one.due or date.max, one.since or date.max, one.title))

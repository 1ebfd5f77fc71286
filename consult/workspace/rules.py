"""Facts of the start page: what a task is, and when it counts as pressing. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

SOON_DAYS = 7
PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do. ``due``: its day, if it has one. ``since``: how long it has been waiting.
    ``is_mine``: false where somebody else has to act. ``is_proposed``: its day is no limit, and it is never
    called late."""

    title: str
    url: str
    act: str
    text: str = ""
    due: date | None = None
    since: date | None = None
    is_mine: bool = True
    is_proposed: bool = False

    def days_left(self, on: date) -> int | None:
        return (self.due - on).days if self.due is not None else None

    def is_pressing(self, on: date) -> bool:
        """Late, due within a week, or without a day of its own."""
        left = self.days_left(on)
        return self.is_mine and (left is None or left <= SOON_DAYS)


def by_urgency(tasks: list[Task]) -> list[Task]:
    """Dated ones first, the most urgent on top; then those that have waited longest."""
    return sorted(tasks, key=lambda one: (one.due or date.max, one.since or date.max, one.title))


def listed(tasks: list[Task], on: date, asked: str) -> tuple[list[Task], int, bool]:
    """One page of the one list (what presses, what comes next, what others must do; each by day), its number
    from 1, and whether it is the last. An address people can type never fails."""
    ordered = sorted(tasks, key=lambda one: (not one.is_mine, not one.is_pressing(on)))
    last = max((len(ordered) - 1) // PAGE_SIZE + 1, 1)
    number = min(int(asked), last) if asked.isdecimal() and len(asked) < 5 else 1
    number = max(number, 1)
    return ordered[(number - 1) * PAGE_SIZE : number * PAGE_SIZE], number, number == last

"""Lists by key: the next page begins after the last row seen, so its cost does not grow."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")
PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """At most ``PAGE_SIZE`` rows, and the cursor of what follows (None at the end)."""

    rows: Sequence[Row]
    older: str | None = None


def cursor(*key: Any) -> str:
    """The key of a row as an opaque address part."""
    return base64.urlsafe_b64encode(json.dumps([str(part) for part in key]).encode()).decode().rstrip("=")


def read_cursor(value: str | None, parts: int) -> tuple[str, ...] | None:
    """The key back, or None where it is absent or not one of ours."""
    if not value or len(value) > 400:
        return None
    try:
        found = json.loads(base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)))
    except (ValueError, UnicodeDecodeError):
        return None
    if not isinstance(found, list) or len(found) != parts or not all(isinstance(p, str) for p in found):
        return None
    return tuple(found)


def typed_cursor(value: str | None, *kinds: Callable[[str], Any]) -> tuple[Any, ...] | None:
    """The key back with each part made by its kind (``date.fromisoformat``, ``UUID``…), or None where it
    is absent, not one of ours, or does not hold what it should: an address people can type never fails."""
    parts = read_cursor(value, len(kinds))
    if parts is None:
        return None
    try:
        return tuple(kind(part) for kind, part in zip(kinds, parts, strict=True))
    except ValueError:
        return None


def page_of(rows: Sequence[Row], key: Any, *, size: int = PAGE_SIZE) -> Page[Row]:
    """From ``size + 1`` rows read, the page and its cursor; ``key(row)`` gives the row's key."""
    if len(rows) <= size:
        return Page(rows)
    shown = rows[:size]
    return Page(shown, cursor(*key(shown[-1])))

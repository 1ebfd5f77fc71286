"""How small a number may be before it betrays somebody, and what may leave the desk.

The figures are agreed before a letterbox opens, shown to everyone who writes, and never lowered."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

MIN_SHOWN: Final = 5
"""No count of people or answers below this is ever shown."""
K_DEFAULT: Final = 10
"""People mixed in one release."""
K_SMALL_SITE: Final = 5
"""What a small site may agree on before opening; never fewer anywhere."""
SMALL_SITE_BELOW: Final = 50
"""Headcount under which a site may agree on `K_SMALL_SITE`."""


class Band(StrEnum):
    """The only numbers HR sees: fewer than 5, 5 to 9, 10 to 19, 20 to 49, 50 to 99, 100 and more."""

    UNDER_5 = "under_5"
    FROM_5 = "5_9"
    FROM_10 = "10_19"
    FROM_20 = "20_49"
    FROM_50 = "50_99"
    FROM_100 = "100_plus"


class Outlet(StrEnum):
    """What may leave the desk, by the rule of small numbers."""

    ORALLY = "orally"
    """Fewer than 5 people: "few messages, taken up orally"."""
    SYNTHESIS = "synthesis"
    """Enough for one synthesis; no quotation, no count."""
    QUOTATION = "quotation"
    """10 people and more, and at least k: published wordings of single messages are possible."""


_BANDS: Final = (
    (100, Band.FROM_100),
    (50, Band.FROM_50),
    (20, Band.FROM_20),
    (10, Band.FROM_10),
    (MIN_SHOWN, Band.FROM_5),
)


def floor5(number: int) -> int | None:
    """The multiple of 5 at or below a count, None under 5 (shown as "fewer than 5").

    Raises `ValueError` below zero: a count cannot be negative."""
    if number < 0:
        raise ValueError("a count cannot be negative")
    return None if number < MIN_SHOWN else number - number % 5


def band(number: int) -> Band:
    """The band a count falls in. Raises `ValueError` below zero."""
    if number < 0:
        raise ValueError("a count cannot be negative")
    return next((name for least, name in _BANDS if number >= least), Band.UNDER_5)


def valid_k(k: int, *, headcount: int | None = None) -> bool:
    """Whether a release may mix as few as ``k`` people: 10 or more, from 5 where the site is small.

    Without a headcount only the floor of 5 is tested, which holds for everyone."""
    large = headcount is not None and headcount >= SMALL_SITE_BELOW
    return k >= (K_DEFAULT if large else K_SMALL_SITE)


def outlet(at_least: int, k: int) -> Outlet:
    """What may be published when at least so many people wrote, where ``k`` was agreed."""
    if at_least < MIN_SHOWN:
        return Outlet.ORALLY
    return Outlet.QUOTATION if at_least >= max(k, K_DEFAULT) else Outlet.SYNTHESIS


def may_quote(at_least: int, k: int) -> bool:
    """Whether single wordings may be published. A batch that `is_small` may never be quoted at all."""
    return outlet(at_least, k) is Outlet.QUOTATION

"""How many slips are made, and what may go wrong when rights are given out."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from consult.core.errors import Refused

PER_SHEET: Final = 10
"""Slips on an A4 page."""
SLIPS_MOST: Final = 20_000
"""Of one print: what a browser can download and a printer print in one piece."""


def suggested(headcount: int) -> int:
    """One slip for each person and a tenth more, so that the last of the box still draws one of many; whole
    sheets. ``headcount`` 0 (not known): one sheet."""
    wanted = -(-headcount * 11 // 10)
    return min(SLIPS_MOST, whole_sheets(max(1, wanted)))


def whole_sheets(number: int) -> int:
    """So many slips, or as many more as the last sheet has room for."""
    return -(-number // PER_SHEET) * PER_SHEET


class MadeMeanwhile(Refused):
    """Slips were made or revoked after the page was opened: the same print twice would go unnoticed."""


class NothingToRevoke(Refused):
    """No slip was made since the last were revoked."""


class ClaimFault(StrEnum):
    """Why an invitation is not turned into a pass, as the page's script is told."""

    REFUSED = "refused"
    """Unknown, or used for other requests: nobody learns which."""
    NOT_YET = "not_yet"
    CLOSED = "closed"
    UNKNOWN = "unknown"
    """No letterbox of that address takes passes."""
    MISREAD = "misread"
    TOO_MANY = "too_many"
    FAILED = "failed"

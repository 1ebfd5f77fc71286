"""What an agreement or a judge set instead of the template."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from consult.procedures.period import Period


@dataclass(frozen=True, slots=True)
class Override:
    """``key``: a step, or ``limit``. ``value``: a period from the step's own anchor, or the day itself."""

    key: str
    value: Period | date
    reason: str = ""
    reference: str = ""

    @classmethod
    def parse(cls, key: str, text: str, reason: str = "") -> Override:
        """From an ISO 8601 period or day. Raises ValueError."""
        value = Period.parse(text) if text.startswith("P") else date.fromisoformat(text)
        return cls(key, value, reason)

"""What can go wrong with keys."""

from __future__ import annotations

from consult.core.errors import Refused


class CannotUnlock(Refused):
    """Wrong passphrase, or not a keyholder of this letterbox: the answer is the same."""


class Locked(Refused):
    """No sitting is open, or it was idle for too long: the passphrase is asked again."""

"""Wrong access words: how fast one process looks at them. No address, no device: one bucket for everybody."""

from __future__ import annotations

import threading
import time

from consult.core.errors import TooMany
from consult.voices.rules import Bucket

BURST, PER_SECOND = 20, 0.5
"""Wrong words taken at once, and then each second, by one process."""
PAUSE = 0.3
"""Seconds a wrong word costs its sender."""
WAIT = 60


class Attempts:
    """A word takes a place before it is looked at, so that a full bucket tells nothing of it; a right one
    gives its place back, so that people who know the word never fill the bucket. One wrong word at a time
    waits: the others are answered at once, or the pauses would keep readers waiting."""

    def __init__(self, pause: float = PAUSE) -> None:
        self.pause = pause
        self.bucket = Bucket(BURST, PER_SECOND)
        self.lock, self.waiting = threading.Lock(), threading.Lock()

    def take(self) -> None:
        """Raises `TooMany`, whatever the word is."""
        with self.lock:
            if not self.bucket.take(time.monotonic()):
                raise TooMany(WAIT)

    def was_right(self) -> None:
        with self.lock:
            self.bucket.left = min(self.bucket.size, self.bucket.left + 1)

    def was_wrong(self) -> None:
        if self.pause and self.waiting.acquire(blocking=False):
            try:
                time.sleep(self.pause)
            finally:
                self.waiting.release()

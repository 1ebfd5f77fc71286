"""One bucket for the whole process: it slows everybody down alike and keeps no address."""

from __future__ import annotations

import threading
import time

CAPACITY = 40
PER_SECOND = 1.0


class Bucket:
    """Holds ``capacity`` attempts and refills by ``per_second``."""

    def __init__(self, capacity: int = CAPACITY, per_second: float = PER_SECOND) -> None:
        self.capacity, self.per_second = capacity, per_second
        self._left, self._at = float(capacity), time.monotonic()
        self._lock = threading.Lock()

    def take(self) -> int:
        """Takes one attempt. 0 when there was one, else the seconds until there is."""
        with self._lock:
            now = time.monotonic()
            self._left = min(self.capacity, self._left + max(0.0, now - self._at) * self.per_second)
            self._at = now
            if self._left < 1:
                return max(1, round((1 - self._left) / self.per_second))
            self._left -= 1
            return 0

    def refill(self) -> None:
        """As if nobody had tried (tests)."""
        with self._lock:
            self._left = float(self.capacity)

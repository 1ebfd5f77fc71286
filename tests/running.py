"""How a run of the tests is shared out between workers, and what is said when it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xdist.scheduler import LoadScopeScheduling

ROOT = Path(__file__).resolve().parents[1]
LONGEST = 300
"""Seconds that `make test` may take on two cores nobody else uses."""

TOGETHER = ("tests/functional/test_demo.py", "tests/functional/test_wheel.py")
"""Files whose tests share what is costly to make: one worker does them all."""

APART = (
    "tests/browser/test_consultation_in_full.py",
    "tests/browser/test_every_page.py",
    "tests/browser/test_every_staff_page.py",
    "tests/browser/test_notice_in_full.py",
)
"""Files of browser tests that take long one by one: whichever worker is free does the next."""


def unit_of(nodeid: str) -> str:
    """The name of the unit of work a test belongs to; tests of a unit run one after the other on one worker,
    files of browser tests with one browser. Any other test is a unit of its own."""
    path = nodeid.partition("::")[0]
    if path in TOGETHER or (path.startswith("tests/browser/") and path not in APART):
        return path
    return nodeid


class Units(LoadScopeScheduling):  # type: ignore[misc]
    """Sends units of work to whichever worker has little left, those with most tests first. In the place of
    marks on tests, which pytest-xdist 3.8 loses without a word under pytest 9.2."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)


class Spread:
    """Which workers did each unit."""

    def __init__(self) -> None:
        self._workers: dict[str, set[str]] = {}

    def saw(self, nodeid: str, worker: str) -> None:
        self._workers.setdefault(unit_of(nodeid), set()).add(worker)

    def torn(self) -> list[str]:
        """Units that more than one worker had a part of. A worker that died hands its unit on."""
        return sorted(unit for unit, workers in self._workers.items() if len(workers) > 1)


def took(seconds: float) -> str:
    """The closing line."""
    said = f"Took {seconds:.0f} s."
    if is_too_long(seconds):
        said += f" That is more than {LONGEST} s: on two cores that nobody else uses, something got too slow."
    return said


def is_too_long(seconds: float) -> bool:
    return seconds > LONGEST


def worker_of(report: Any) -> str:
    """The worker a report came from; empty in a run without workers."""
    node = getattr(report, "node", None)
    return str(node.gateway.id) if node is not None else ""

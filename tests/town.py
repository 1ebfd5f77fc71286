"""A simulated organisation whose employees write to a real letterbox, and an adversary who kept everything:
a copy of the database and of its journal every hour, and the network's list of who visited when.

Habits are assumptions (three in ten take part, most write once, many only read): ranks and bounds follow
from the product, figures from the habits."""

from __future__ import annotations

import sqlite3
import struct
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.anonymity import sealing
from consult.anonymity.message import Message
from consult.voices.models import Batch, Voice
from consult.voices.rules import RELEASE_WEEKDAY
from tests.letterboxes import OPENS, Box

HOURS = range(8, 18)
TAKES_PART, READS, NAMED = 0.3, 0.25, 0.9
"""Share of people who write at all; who only read, each day; of visits the network can name."""
PIECE = slice(100, 124)
"""A part of a sealed row that is found again in raw files, within one page whatever is cut."""


@dataclass
class Seen:
    """What the adversary has: visits by hour, named or not; the hour in which each sealed row was first
    there, and all rows in the order of the journal's commits; the rows that were gone after each release."""

    visits: dict[tuple[date, int], list[int | None]] = field(default_factory=lambda: defaultdict(list))
    arrived: dict[bytes, tuple[date, int]] = field(default_factory=dict)
    order: list[bytes] = field(default_factory=list)
    unordered: list[bytes] = field(default_factory=list)
    left: dict[date, set[bytes]] = field(default_factory=dict)


@dataclass
class Released:
    """The truth about one batch, which only a keyholder could know: the author of each row, and how often
    the one who wrote most stands in it."""

    on: date
    is_small: bool
    authors: dict[bytes, int]

    @property
    def most(self) -> int:
        """Who wrote most of it."""
        return Counter(self.authors.values()).most_common(1)[0][0]

    @property
    def largest_share(self) -> float:
        return Counter(self.authors.values())[self.most] / len(self.authors)


class Town:
    """``people`` employees; in open mode each writes as often as they like, else with one slip each."""

    def __init__(self, box: Box, folder: Path, *, people: int, days: int, rng: Random, opened: bool) -> None:
        self.box, self.folder, self.rng = box, folder, rng
        self.people, self.days = people, days
        self.seen = Seen()
        writers = [one for one in range(people) if rng.random() < TAKES_PART]
        self.slips = {one: "" if opened else box.slip() for one in writers}
        self.plan: dict[tuple[date, int], list[int]] = defaultdict(list)
        for one in writers:
            for _ in range(rng.choices((1, 2, 3), (60, 25, 15))[0]):
                day = OPENS + timedelta(days=int(rng.triangular(0, days, 2)))
                self.plan[day, rng.choice(HOURS)].append(one)

    @property
    def is_open(self) -> bool:
        return not any(self.slips.values())

    def live(self) -> None:
        """Every hour of every day, with a copy at its end; a release at its weekday, and the closing one."""
        for offset in range(self.days):
            day = OPENS + timedelta(days=offset)
            if day.weekday() == RELEASE_WEEKDAY and offset:
                self._release(day)
            for hour in HOURS:
                self._one_hour((day, hour))
        self._release(OPENS + timedelta(days=60))

    def _one_hour(self, hour: tuple[date, int]) -> None:
        coming = list(self.plan.get(hour, ()))
        for person in coming:
            self.box.speak(f"{person:06}", on=hour[0], right=self.slips[person])
        for _ in range(round(self.people * READS / len(HOURS))):
            coming.append(self.rng.randrange(self.people))
        for person in coming:
            self.seen.visits[hour].append(person if self.rng.random() < NAMED else None)
        fresh = self._copied() - self.seen.arrived.keys()
        self.seen.arrived |= dict.fromkeys(fresh, hour)
        if fresh:
            journal = list(commits(self._journal()))
            first = {
                row: next((at for at, pages in enumerate(journal) if row[PIECE] in pages), None)
                for row in fresh
            }
            # A checkpoint in the middle of an hour lets the journal start anew: what came before is lost.
            self.seen.unordered += [row for row, at in first.items() if at is None]
            told = (row for row, at in first.items() if at is not None)
            self.seen.order += sorted(told, key=lambda row: first[row] or 0)

    def _release(self, day: date) -> None:
        before = self._copied()
        self.box.release(day)
        self.seen.left[day] = before - self._copied()

    def _copied(self) -> set[bytes]:
        """The sealed rows of a copy."""
        with sqlite3.connect(f"file:{self.folder / 'consult.sqlite3'}?mode=ro", uri=True) as copy:
            rows = {row[0] for row in copy.execute("SELECT sealed FROM waiting")}
        copy.close()
        return rows

    def _journal(self) -> bytes:
        path = self.folder / "consult.sqlite3-wal"
        return path.read_bytes() if path.is_file() else b""

    def author(self, sealed: bytes) -> int:
        """Of a row that waits: what somebody who was seen at the keyboard would have given away."""
        return int(Message.decode(sealing.open_sealed(self.box.keys.private, sealed)).text)

    def truth(self, session: Session) -> list[Released]:
        found = []
        for batch in session.scalars(select(Batch)):
            rows = session.scalars(select(Voice).where(Voice.batch_id == batch.id)).all()
            authors = {one.sealed: int(self.box.read(one.sealed).text) for one in rows}
            found.append(Released(batch.released_on, batch.is_small, authors))
        return found


def commits(journal: bytes) -> Iterator[bytes]:
    """The pages of each commit in SQLite's write-ahead log, in order (file format, section 4)."""
    page, salts = struct.unpack(">I", journal[8:12])[0], journal[16:24]
    pages = b""
    for at in range(32, len(journal) - page - 23, page + 24):
        if journal[at + 8 : at + 16] != salts:
            return  # frames of an earlier round
        pages += journal[at + 24 : at + 24 + page]
        if struct.unpack(">I", journal[at + 4 : at + 8])[0]:
            yield pages
            pages = b""


# ── guesses ────────────────────────────────────────────────────────────────────


def suspects(seen: Seen, on: date) -> Mapping[int, float]:
    """How probable it is for each person, by Bayes, to have written one text released that day, of which
    only this is known: it was among the rows that left. Whoever visited in the hour of a row is as likely
    as another."""
    rows, weights = seen.left[on], defaultdict[int, float](float)
    for row in rows:
        there = seen.visits[seen.arrived[row]]
        for person in there:
            if person is not None:
                weights[person] += 1 / len(there) / len(rows)
    return weights


def in_step(town: Town, released: Released, rows: Sequence[bytes]) -> dict[bytes, int]:
    """Rows in some order, matched with what left in the order in which it came."""
    came = [town.author(row) for row in town.seen.order if row in town.seen.left[released.on]]
    return dict(zip(rows, came, strict=False))


def hits(released: Released, guesses: Mapping[bytes, int | None]) -> int:
    """How many texts of a batch had their author guessed."""
    return sum(guesses.get(row) == author for row, author in released.authors.items())


def by_place(rows: Sequence[bytes], data: bytes) -> list[bytes]:
    """Released rows in the order in which a raw file holds them."""
    return sorted(rows, key=lambda row: data.find(row[PIECE]))

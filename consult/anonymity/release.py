"""Which waiting entries leave in a release. The rule, as agreed before a letterbox opens:

A person holds one right per *lane*, so all entries of one lane are from different people, and people
are counted without being known. Let L be the fullest lane. Before closing: with fewer than 2k entries
in L, nothing leaves; otherwise k random entries of L are set aside. Then lanes are taken whole,
fullest first, while *entries taken ≥ k × lanes taken*; the rest waits. After closing nothing is set
aside, and what may not be taken forms one batch that is small.

Why it holds. Every quotable batch contains one whole lane of at least k entries, hence k people. One
person has at most one entry in each lane taken, so at most lanes / entries ≤ 1/k of the batch. What is
set aside keeps the last batch as large. Where slips and invitations are both in use one person may
hold a right of each, so with c channels c·k stands for k throughout. In open mode all entries are one
lane, and the rule holds for messages, not people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from consult.anonymity.thresholds import valid_k


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries that leave together, in random order.

    ``at_least``: how many different people they are from at the least, write-backs not counted (in
    open mode: how many messages). ``is_small``: only a synthesis may be published, never a quotation."""

    entries: tuple[bytes, ...]
    at_least: int
    is_small: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """What a release takes: no batch, the quotable one, the small one, or first one and then the other.
    ``waiting`` is all that stays, in random order: the order in which to rewrite it."""

    batches: tuple[Batch, ...]
    waiting: tuple[bytes, ...]

    @property
    def quotable(self) -> Batch | None:
        return next((batch for batch in self.batches if not batch.is_small), None)

    @property
    def small(self) -> Batch | None:
        return next((batch for batch in self.batches if batch.is_small), None)


def part(batch: Batch, most: int, *, lanes: int, channels: int = 1, riders: Sequence[bytes] = ()) -> Batch:
    """The first ``most`` of a batch too large to leave in one go, as a batch of its own (they are in random
    order already). One person has at most one entry in each lane and channel, so among so many nobody
    weighs more than lanes × channels / most; riders are not counted. Raises `ValueError` where that were
    not below 1 in 100."""
    rights = lanes * channels
    entries = batch.entries[:most]
    counted = len(set(entries) - set(riders))
    if counted < 100 * rights:
        raise ValueError("a part must be large")
    return Batch(entries, -(-counted // rights), batch.is_small)


def choose(
    lanes: Mapping[str, Sequence[bytes]],
    *,
    k: int,
    channels: int = 1,
    closed: bool,
    rng: Random,
    riders: Sequence[bytes] = (),
) -> Choice:
    """Chooses from what waits in one letterbox.

    ``lanes``: ids by lane; one lane in open mode. ``k``: people, at least 5. ``channels``: in how many
    ways one person may have got the same right. ``riders``: write-backs, which count for nothing and
    leave only with a batch of others. ``rng``: `secrets.SystemRandom` outside of tests.
    Raises `ValueError` on a k below 5, no channel, or an id that occurs twice."""
    if not valid_k(k) or channels < 1:
        raise ValueError("k is at least 5, channels at least 1")
    everything = [entry for lane in lanes.values() for entry in lane] + list(riders)
    if len(set(everything)) != len(everything):
        raise ValueError("an id occurs twice")
    least = k * channels
    taken, left = _take_lanes(_candidates(lanes, least, closed, rng), least)
    batches = []
    if taken:
        batches.append(_batch(taken, riders, channels, rng, is_small=False))
    if closed and left:
        batches.append(_batch(left, () if taken else riders, channels, rng, is_small=True))
    gone = {entry for batch in batches for entry in batch.entries}
    waiting = [entry for entry in everything if entry not in gone]
    rng.shuffle(waiting)
    return Choice(tuple(batches), tuple(waiting))


def _candidates(
    lanes: Mapping[str, Sequence[bytes]], least: int, closed: bool, rng: Random
) -> list[list[bytes]]:
    """The lanes as they may be taken: with k of the fullest set aside, or none at all, before closing."""
    open_to_take = [list(lanes[name]) for name in sorted(lanes) if lanes[name]]
    if closed:
        return open_to_take
    fullest = max(open_to_take, key=len, default=[])
    if len(fullest) < 2 * least:
        return []
    rng.shuffle(fullest)
    del fullest[:least]
    return open_to_take


def _take_lanes(lanes: list[list[bytes]], least: int) -> tuple[list[list[bytes]], list[list[bytes]]]:
    """Lanes taken whole, fullest first, and those left. Sums of ever smaller lanes against a line: once
    the condition fails it fails for good, so the first failure ends it."""
    ordered = sorted(lanes, key=len, reverse=True)
    entries = 0
    for number, lane in enumerate(ordered, start=1):
        entries += len(lane)
        if entries < least * number:
            return ordered[: number - 1], ordered[number - 1 :]
    return ordered, []


def _batch(
    lanes: list[list[bytes]], riders: Sequence[bytes], channels: int, rng: Random, *, is_small: bool
) -> Batch:
    entries = [entry for lane in lanes for entry in lane] + list(riders)
    rng.shuffle(entries)
    people = -(-max(map(len, lanes)) // channels)
    return Batch(tuple(entries), people, is_small)

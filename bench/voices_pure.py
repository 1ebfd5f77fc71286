"""The arithmetic of the voice without database or server, beside floors: ``python -m bench.voices_pure``."""

from __future__ import annotations

import time
from collections.abc import Callable
from random import Random

from argon2.low_level import Type, hash_secret_raw
from nacl.public import PrivateKey, PublicKey, SealedBox

from consult.anonymity import ballots, receipts, sealing, words
from consult.anonymity.ballots import Choice, SupportBallot
from consult.anonymity.counting import Group, Question, publish_poll, support_shown
from consult.anonymity.message import Kind, Message, Thread

BOX = bytes(range(16))
ROUNDS = 5
KEYS = sealing.new_key_pair()
QUESTIONS = [Question(f"question-{at}", 4) for at in range(6)]
GROUPS = [Group(f"group-{at}", 60 + 10 * at) for at in range(8)]


def per_second(work: Callable[[], object], count: int = 1) -> float:
    start = time.perf_counter()
    work()
    return count / (time.perf_counter() - start)


def compare(name: str, count: int, work: Callable[[], object], floor: Callable[[], object]) -> None:
    """Both in turn, so that a busy neighbour slows both; the best round of each."""
    pairs = [(per_second(work, count), per_second(floor, count)) for _ in range(ROUNDS)]
    done, bare = max(one for one, _ in pairs), max(one for _, one in pairs)
    print(f"  {name:<46}{done:>12,.0f}{bare:>12,.0f}{done / bare:>9.2f}")


def receipts_and_seals() -> None:
    six = " ".join(words.six_words("fr", Random(1)))
    secret = words.normalise(six).encode()
    receipts.read(six)  # the word lists are read once

    def raw_argon() -> None:
        for _ in range(20):
            hash_secret_raw(secret, BOX, 2, 19 * 1024, 1, 32, Type.ID)

    compare("receipts", 20, lambda: [receipts.derive(six, BOX) for _ in range(20)], raw_argon)
    receipt = receipts.derive(six, BOX)
    thread = Thread(receipt.lookup, receipt.public)
    message = Message(Kind.WORRY, (), "fr", "On relit trop. " * 40, thread)
    padded, box = bytes(4096), SealedBox(PublicKey(KEYS.public))

    def seal_all() -> None:
        for _ in range(2000):
            sealing.seal(KEYS.public, message.encode())

    compare("messages encoded and sealed", 2000, seal_all, lambda: [box.encrypt(padded) for _ in range(2000)])


def poll(people: int) -> None:
    """Six questions each, by group: cast in random order, opened, counted."""
    rng, names = Random(2), [question.id for question in QUESTIONS]
    cast = [
        ballot
        for _ in range(people)
        for ballot in ballots.answered(
            names,
            {name: rng.choice([None, 0, 1, 2, 3]) for name in names},
            rng.choice(GROUPS).id,
        )
    ]
    rng.shuffle(cast)
    sealed = [ballots.seal_ballot(KEYS.public, ballot) for ballot in cast]
    box = SealedBox(PrivateKey(KEYS.private))

    def count() -> object:
        opened = ballots.poll_ballots(KEYS.private, sealed)
        return publish_poll(opened, QUESTIONS, GROUPS, by_group=True, headcount=2 * people)

    name = f"poll ballots opened and counted ({len(sealed):,})"
    compare(name, len(sealed), count, lambda: [box.decrypt(one) for one in sealed])


def support(votes: int) -> None:
    rng = Random(3)
    concerns = [rng.randbytes(16) for _ in range(40)]
    cast = [SupportBallot(rng.choice(concerns), rng.choice(list(Choice))) for _ in range(votes)]
    sealed = [ballots.seal_ballot(KEYS.public, ballot) for ballot in cast]
    box = SealedBox(PrivateKey(KEYS.private))

    def count() -> object:
        return support_shown(ballots.support_ballots(KEYS.private, sealed))

    name = f"support ballots opened and counted ({votes:,})"
    compare(name, votes, count, lambda: [box.decrypt(one) for one in sealed])


if __name__ == "__main__":
    print(f"  {'per second, one thread':<46}{'product':>12}{'floor':>12}{'of it':>9}")
    receipts_and_seals()
    poll(1000)
    poll(100_000 // len(QUESTIONS) + 1)
    support(20_000)

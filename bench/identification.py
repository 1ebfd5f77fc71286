"""``python -m bench.identification [--misses]``: how much the check before sending finds, how often it
warns for nothing, and what it costs."""

from __future__ import annotations

import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from bench import labelled
from bench.forms import forms
from bench.labelled import PERSONS, Passage, Sample
from consult.anonymity.identification import Kind, Span, spans

KINDS: Final = {
    "email": Kind.CONTACT, "phone": Kind.CONTACT, "number": Kind.NUMBER, "name": Kind.NAME,
    "date": Kind.DATE, "address": Kind.PLACE, "place": Kind.PLACE, "title": Kind.TITLE,
    "unique": Kind.UNIQUE, "group": Kind.GROUP, "personal": Kind.PERSONAL,
}  # fmt: skip
"""What a label ought to be found as; a sentence that says more than one thing may be marked heavier."""
LANGUAGES: Final = ("fr", "en")
FULL: Final = 4000
"""Characters of the longest text a form takes, about."""
ROUNDS: Final = 25


@dataclass(slots=True)
class Tally:
    """``touched``: some of the passage was marked, by whatever kind. ``whole``: all of it, of its kind."""

    wanted: int = 0
    touched: int = 0
    whole: int = 0
    marked: int = 0
    right: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.touched / self.wanted if self.wanted else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.marked if self.marked else 1.0


def _meet(one: Passage | Span, other: Passage | Span) -> bool:
    return one.start < other.end and other.start < one.end


def persons(samples: Iterable[Sample]) -> Tally:
    """People a reader marked, against what is marked as a name (or as weightier, where both meet)."""
    tally = Tally()
    for sample in samples:
        found = spans(sample.text)
        names = [one for one in found if one.kind in {Kind.NAME, Kind.UNIQUE}]
        people = [one for one in sample.passages if one.label in PERSONS or one.label == "name"]
        for person in people:
            hit = any(_meet(person, one) for one in names)
            tally.wanted += 1
            tally.touched += hit
            tally.whole += any(one.start <= person.start and person.end <= one.end for one in names)
            if not hit:
                tally.missed.append(_shown(sample.text, person))
        for one in (one for one in names if one.kind is Kind.NAME):
            tally.marked += 1
            if any(_meet(person, one) for person in people):
                tally.right += 1
            else:
                tally.wrong.append(f"{_shown(sample.text, one)} <{one.rule}>")
    return tally


def by_label(samples: Iterable[Sample]) -> dict[str, Tally]:
    """For each label of the planted sentences."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for sample in samples:
        found = spans(sample.text)
        for wanted in sample.passages:
            tally = tallies[wanted.label]
            meeting = [one for one in found if _meet(wanted, one)]
            tally.wanted += 1
            tally.touched += bool(meeting)
            tally.whole += any(
                one.kind is KINDS[wanted.label] and one.start <= wanted.start and wanted.end <= one.end
                for one in meeting
            )
            if not meeting:
                tally.missed.append(_shown(sample.text, wanted))
        for one in found:
            if not any(_meet(wanted, one) for wanted in sample.passages):
                tallies["(nothing)"].wrong.append(f"{_shown(sample.text, one)} <{one.kind}:{one.rule}>")
    return tallies


def false_alarms(samples: Sequence[Sample]) -> tuple[float, list[str]]:
    """Sentences of a hundred in which something is marked, though nothing ought to be; and what."""
    wrong = [(sample, found) for sample in samples if not sample.passages and (found := spans(sample.text))]
    clean = sum(not sample.passages for sample in samples)
    said = [f"{_shown(sample.text, one)} <{one.kind}:{one.rule}>" for sample, found in wrong for one in found]
    return 100 * len(wrong) / clean, said


def _shown(text: str, place: Passage | Span) -> str:
    before, after = text[max(0, place.start - 30) : place.start], text[place.end : place.end + 20]
    return f"{before}[{text[place.start : place.end]}]{after}".replace("\n", " ")


def milliseconds(text: str) -> float:
    """The median of one check, on one core."""
    spent = []
    for _ in range(ROUNDS):
        started = time.thread_time()
        spans(text)
        spent.append(1000 * (time.thread_time() - started))
    return statistics.median(spent)


def _say(name: str, tally: Tally, misses: bool) -> None:
    precision = f"{tally.precision:>10.3f}" if tally.marked else f"{'–':>10}"
    whole = tally.whole / tally.wanted if tally.wanted else 1.0
    print(f"  {name:<32}{tally.wanted:>7}{tally.recall:>9.3f}{whole:>9.3f}{precision}")
    if misses:
        for one in tally.missed:
            print(f"      missed  {one}")
        for one in tally.wrong:
            print(f"      wrong   {one}")


def main(misses: bool) -> None:
    print(f"  {'':<32}{'wanted':>7}{'recall':>9}{'whole':>9}{'precision':>10}")
    print("Persons")
    if labelled.PII.is_dir():
        _say("fr, court reports", persons(labelled.french()), misses)
        web = labelled.english()
        _say("en, web", persons(web), False)
        _say("  of it what we read", persons(web[: len(web) * 3 // 4]), misses)
        _say("  and what we did not", persons(web[len(web) * 3 // 4 :]), False)
    for language in LANGUAGES:
        _say(f"{language}, planted", persons(labelled.planted(f"found.{language}")), misses)
        _say(f"{language}, planted, unseen", persons(labelled.planted(f"unseen.{language}")), misses)
    for language in LANGUAGES:
        print(f"Planted sentences, {language}")
        for label, tally in by_label(labelled.planted(f"found.{language}")).items():
            _say(label, tally, misses)
    print("Every form of an address and a number")
    for name, tally in by_label(forms()).items():
        _say(name, tally, misses)
    print("Sentences warned about for nothing, of a hundred")
    for language in LANGUAGES:
        for name in ("clean", "unseen_clean"):
            rate, said = false_alarms(labelled.planted(f"{name}.{language}"))
            print(f"  {name + '.' + language:<32}{rate:>7.1f}")
            if misses and said:
                print(*(f"      {one}" for one in said), sep="\n")
    _say_cost()


def _say_cost() -> None:
    print("Cost, ms")
    for language in LANGUAGES:
        lines = [one.text for name in ("found", "clean") for one in labelled.planted(f"{name}.{language}")]
        text = " ".join(lines)[:FULL]
        kinds = Counter(str(one.kind) for one in spans(text))
        print(f"  {language}, {len(text)} characters, {kinds.total()} marks{milliseconds(text):>14.1f}")


if __name__ == "__main__":
    main("--misses" in sys.argv)

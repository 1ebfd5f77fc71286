"""Addresses and numbers in every form people write them, drawn at random and always the same."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Final

from bench.labelled import Passage, Sample

SEED: Final = 20261124
EACH: Final = 20
"""How many of each form."""
CARRIERS: Final = (
    "{}", "Écrivez-moi : {}.", "je suis au {} le soir", "Voilà ({}), merci.", "Reach me at {}, please.",
    "it was {}", "C’est {} !", "My note said “{}” again.",
)  # fmt: skip
Maker = Callable[[random.Random], str]
_LETTERS: Final = "bcdfglmnprstv"


def forms(each: int = EACH) -> list[Sample]:
    """Samples of one passage each, labelled ``email``, ``phone`` or ``number``; ``each`` of every form."""
    rng = random.Random(SEED)
    samples = []
    for label, makers in MAKERS.items():
        for make in makers:
            for _ in range(each):
                passage, carrier = make(rng), rng.choice(CARRIERS)
                start = carrier.index("{}")
                text = carrier.replace("{}", passage)
                samples.append(Sample(text, (Passage(start, start + len(passage), label),)))
    return samples


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def _word(rng: random.Random) -> str:
    return "".join(rng.choice(_LETTERS) + rng.choice("aeiou") for _ in range(rng.randint(2, 4)))


def _filled(shape: str, *parts: Maker) -> Maker:
    """Draws each part anew and puts it in its place."""

    def make(rng: random.Random) -> str:
        return shape.format(*(part(rng) for part in parts))

    return make


def _numeral(low: int, high: int) -> Maker:
    return lambda rng: str(rng.randint(low, high))


def _emails() -> Iterator[Maker]:
    for shape in ("{}.{}@{}.fr", "{}{}@{}.ca", "{}-{}@{}.gc.ca", "{}_{}+rh@{}.example", "{}.{} @ {}.fr",
                  "{}.{} [at] {}.fr", "{}.{} (at) {}.com", "{}.{} arobase {}.fr", "{}.{}(a){}.fr",
                  "{}.{} at {} dot "
                  "com", "{}.{} arobase {} point fr", "{}.{}[at]{}[dot]ca", "{}.{}@{}.com"):  # fmt: skip
        yield _filled(shape, _word, _word, _word)


def _french(rng: random.Random) -> tuple[str, list[str]]:
    """The digit after the zero, and the four pairs."""
    return rng.choice("12345679"), [_digits(rng, 2) for _ in range(4)]


def _phones_fr() -> Iterator[Maker]:
    for before, sign in (("0", " "), ("0", "."), ("0", "-"), ("0", ""), ("0", "/"), ("+33 ", " "),
                         ("+33", ""),
                         ("+33 (0)", " "), ("0033 ", " "), ("0033", ""), ("+33.", "."), ("(0)", " "),
                         ("0", "\u00a0"), ("+33(0)", "."), ("tél 0", " "), ("0", " - ")):  # fmt: skip

        def make(rng: random.Random, before: str = before, sign: str = sign) -> str:
            first, pairs = _french(rng)
            return before + first + sign + sign.join(pairs)

        yield make


def _phones_na() -> Iterator[Maker]:
    for shape in ("({a}) {b}-{c}", "{a}-{b}-{c}", "{a}.{b}.{c}", "{a} {b} {c}", "{a} {b}-{c}", "{a}{b}{c}",
                  "+1 {a} {b} {c}", "+1 ({a}) {b}-{c}", "+1{a}{b}{c}", "1-{a}-{b}-{c}", "1 {a} {b} {c}",
                  "1 ({a}) {b}-{c}", "+1-{a}-{b}-{c}", "+1.{a}.{b}.{c}", "({a}) {b}-{c} ext. {d}",
                  "{a}-{b}-{c} "
                  "x{d}", "{a} {b}-{c}, poste {d}", "1.{a}.{b}.{c}", "({a}){b}-{c}", "{a}/{b}-{c}",
                  "001 {a} {b} {c}"):  # fmt: skip

        def make(rng: random.Random, shape: str = shape) -> str:
            area = rng.choice(["514", "438", "418", "613", "416", "604", "902", "212", "312", "800", "867"])
            return shape.format(a=area, b=rng.choice("23456789") + _digits(rng, 2), c=_digits(rng, 4),
                                d=rng.randint(10, 9999))  # fmt: skip

        yield make
    for shape in ("poste {}", "ext. {}", "ext {}", "extension {}", "poste n° {}", "le poste {}"):
        yield _filled(shape, _numeral(100, 9999))


def nir(rng: random.Random) -> tuple[str, ...]:
    """A French social security number with its key, in its seven parts."""
    place = rng.choice(["2A", "2B", *(f"{n:02}" for n in range(1, 96) if n != 20)])
    parts = (rng.choice("12"), _digits(rng, 2), f"{rng.randint(1, 12):02}", place,
             f"{rng.randint(1, 990):03}", f"{rng.randint(1, 999):03}")  # fmt: skip
    number = int("".join(parts).replace("2A", "19").replace("2B", "18"))
    return (*parts, f"{97 - number % 97:02}")


def sin(rng: random.Random) -> str:
    """Nine digits whose Luhn sum is right, as Canada gives them."""
    while True:
        digits = rng.choice("1234567") + _digits(rng, 8)
        doubled = [int(one) * (1 + at % 2) for at, one in enumerate(digits)]
        if sum(one // 10 + one % 10 for one in doubled) % 10 == 0:
            return digits


def _numbers() -> Iterator[Maker]:
    yield lambda rng: " ".join(nir(rng))
    yield lambda rng: "".join(nir(rng))
    yield lambda rng: "".join(nir(rng)[:-1])
    yield lambda rng: "-".join(nir(rng))
    yield lambda rng: "".join(nir(rng)[:-1]) + " " + nir(rng)[-1]
    yield lambda rng: " ".join(nir(rng)[:-1])
    for sign in (" ", "-", ""):

        def make(rng: random.Random, sign: str = sign) -> str:
            digits = sin(rng)
            return sign.join((digits[:3], digits[3:6], digits[6:]))

        yield make
    yield lambda rng: f"{rng.randint(100, 665)}-{rng.randint(10, 99)}-{rng.randint(1000, 9999)}"
    yield lambda rng: f"SSN {rng.randint(100, 665)} {rng.randint(10, 99)} {rng.randint(1000, 9999)}"
    for shape in ("matricule {}", "matricule : {}", "matricule n° {}", "n° de matricule {}", "badge {}",
                  "badge n°{}", "numéro d’agent {}", "n° agent : {}", "numéro de salarié {}", "id {}",
                  "employee no. {}", "employee number {}", "employee #{}", "staff ID {}", "staff no {}",
                  "badge number {}", "payroll number {}", "personnel number {}", "dossier n° {}",
                  "employee id: {}", "dossier {}", "case #{}", "ticket {}", "numéro {}", "my number is {}",
                  "mon numéro est le "
                  "{}", "mon matricule c’est le {}", "matricule A{}", "matricule RH-{}"):  # fmt: skip
        yield _filled(shape, _numeral(3000, 999999))


MAKERS: Final = {
    "email": tuple(_emails()),
    "phone": (*_phones_fr(), *_phones_na()),
    "number": tuple(_numbers()),
}

"""The check before sending: what it finds in both languages, what it leaves alone, and what it costs."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from consult.anonymity.identification import Kind, spans
from consult.anonymity.identification.text import read

STORY = Path(__file__).resolve().parents[2] / "consult" / "demo" / "story" / "fr"

FOUND = [
    ("Je suis la seule à faire les successions.", Kind.UNIQUE, "Je suis la seule"),
    ("I am the only one who speaks Dutch here.", Kind.UNIQUE, "I am the only one"),
    ("Monique m’a dit qu’elle fait semblant.", Kind.NAME, "Monique"),
    ("C’était le dossier de Mme Le Goff.", Kind.NAME, "Mme Le Goff"),
    ("My colleague Siobhan told me.", Kind.NAME, "Siobhan"),
    ("Écrivez à p.martin@orvalie.example.", Kind.CONTACT, "p.martin@orvalie.example"),
    ("Appelez le 06 12 34 56 78 le soir.", Kind.CONTACT, "06 12 34 56 78"),
    ("Call me at (514) 555-0199.", Kind.CONTACT, "514) 555-0199"),
    ("Mon matricule est 48213.", Kind.NUMBER, "48213"),
    ("Depuis 14 ans dans la boîte, je vois tout.", Kind.PERSONAL, "Depuis 14 ans"),
    ("I have worked here for twenty years.", Kind.PERSONAL, "for twenty years"),
    ("Je suis enceinte et on m’a déplacée.", Kind.PERSONAL, "Je suis enceinte"),
    ("Depuis le 12 mars je relis tout.", Kind.DATE, "12 mars"),
    ("It happened last Tuesday morning.", Kind.DATE, "Tuesday"),
    ("Nous sommes quatre dans ce bureau.", Kind.GROUP, "Nous sommes quatre"),
    ("There are only three of us on nights.", Kind.GROUP, "three of us"),
    ("On est six le soir à Lille.", Kind.PLACE, "Lille"),
    ("Our head of payroll decides alone.", Kind.TITLE, "head of payroll"),
]  # fmt: skip
QUIET = [
    "Le rythme monte et personne ne le dit.",
    "On n’ose pas en parler en réunion, on a peur de passer pour dépassés.",
    "Relire un texte qu’on n’a pas écrit est plus fatigant que l’écrire.",
    "Une matinée par mois sans Plume, pour tout le monde.",
    "I reread more than I write and my eyes hurt.",
    "The tool is fast but the tone is wrong for complaints.",
    "Will the statistics be used in our evaluation?",
]


@pytest.mark.parametrize(("text", "kind", "passage"), FOUND)
def test_it_finds(text: str, kind: Kind, passage: str) -> None:
    found = [text[span.start : span.end] for span in spans(text) if span.kind is kind]
    assert any(passage in one or one in passage for one in found), spans(text)


@pytest.mark.parametrize("text", QUIET)
def test_it_leaves_alone(text: str) -> None:
    assert spans(text) == ()


def test_small_groups_are_told() -> None:
    text = "Aux Réclamations-Décès on est à bout."
    assert spans(text) == ()
    (span,) = spans(text, small_groups=["réclamations décès", "x", ""])
    assert (span.kind, text[span.start : span.end]) == (Kind.GROUP, "Réclamations-Décès")


@given(st.text(max_size=400))
@settings(max_examples=200, deadline=None)
def test_spans_are_places_in_the_text_in_order(text: str) -> None:
    found = spans(text)
    assert found == spans(text), "deterministic"
    last = 0
    for span in found:
        assert last <= span.start < span.end <= len(text)
        last = span.end


@given(st.text(alphabet="aée\u0301œ’« \u00a0\u202f\u200b-1\n", max_size=80))
def test_a_reading_leads_back_to_the_text(text: str) -> None:
    reading = read(text)
    assert len(reading.flat) == len(reading.lower)
    assert reading.place(0, len(reading.flat))[1] == len(text)


@pytest.mark.parametrize("sign", ["\u00a0", "\u202f", "\u200b", "’"])
def test_typographic_signs_hide_nothing(sign: str) -> None:
    if sign == "’":
        assert spans("J’ai 54 ans.")
    else:
        assert spans(f"Appelez le 06{sign}12{sign}34{sign}56{sign}78.")
    decomposed = "Je suis arrive\u0301e en 2009 et She\u0301hérazade m’a dit."
    assert spans(decomposed)


def test_the_stories_people_wrote_are_neither_all_marked_nor_all_passed() -> None:
    """On a hundred messages as people write them: some stand out, most do not."""
    texts = [
        one["text"]
        for file in sorted(STORY.glob("*-*-*.yaml"))
        for one in yaml.safe_load(file.read_text(encoding="utf-8"))["messages"]
    ]
    marked = [text for text in texts if spans(text)]
    assert len(texts) > 50
    assert 0.1 < len(marked) / len(texts) < 0.8


def _cost(text: str) -> float:
    started = time.thread_time()  # what it costs, however busy the machine is
    spans(text)
    return time.thread_time() - started


PIECES = [
    "M. ", "A. ", "A-", "Mme ", "de ", "d'", "Le Goff ", "06 ", "12", "+33 ", "@", "a.", "www.", "(at)",
    "je suis ", "la seule ", "the only ", "depuis ", "ans ", "head of ", "-", "\n", " ", "É", "e\u0301",
    "x", "X", "Lille ", "n°", "équipe de ", "5 ",
]  # fmt: skip


@pytest.mark.parametrize("piece", PIECES)
def test_no_text_is_slow(piece: str) -> None:
    """Of the full length, one piece over and over: cost grows with the length, never with its square."""
    half, whole = (piece * 4095)[:2000], (piece * 4095)[:4000]
    short, long = min(_cost(half) for _ in range(3)), min(_cost(whole) for _ in range(3))
    assert long < 0.02 or long < 3.5 * short, f"{short * 1000:.1f} ms, then {long * 1000:.1f} ms"


def test_no_mixture_is_slow() -> None:
    rng = random.Random(20261124)
    slowest = max(_cost("".join(rng.choice(PIECES) for _ in range(1500))[:4000]) for _ in range(60))
    assert slowest < 0.15

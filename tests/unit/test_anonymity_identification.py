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
from consult.anonymity.identification.numbers import has_right_key, is_luhn
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
    ("Je suis au 06.12.34.56.78, poste 12.", Kind.CONTACT, "06.12.34.56.78, poste 12"),
    ("Appelez le +33 (0)6 12 34 56 78.", Kind.CONTACT, "+33 (0)6 12 34 56 78"),
    ("Call 0033 6 12 34 56 78.", Kind.CONTACT, "0033 6 12 34 56 78"),
    ("Call +1 514.555.0199 ext. 12.", Kind.CONTACT, "+1 514.555.0199 ext. 12"),
    ("moi c’est zbk at orvalie dot example", Kind.CONTACT, "zbk at orvalie dot example"),
    ("anne.roy @ orvalie.example", Kind.CONTACT, "anne.roy @ orvalie.example"),
    ("Mon numéro : 2 84 05 78 006 048 29.", Kind.NUMBER, "2 84 05 78 006 048 29"),
    ("On lit 284057800604829 partout.", Kind.NUMBER, "284057800604829"),
    ("It shows 046 454 286 in full.", Kind.NUMBER, "046 454 286"),
    ("It shows 219-09-9999 in full.", Kind.NUMBER, "219-09-9999"),
    ("Mon NAS est 123 456 789.", Kind.NUMBER, "NAS est 123 456 789"),
    ("Le vingt-deux janvier, plus rien.", Kind.DATE, "vingt-deux janvier"),
    ("On January twenty-second I left.", Kind.DATE, "January twenty-second"),
    ("J’habite 3 bis, avenue du Général-Leclerc.", Kind.PLACE, "3 bis, avenue du Général-Leclerc"),
    ("On est à Ottawa K1P 5Z9.", Kind.PLACE, "K1P 5Z9"),
    ("I sit at 14 Tanner Street.", Kind.PLACE, "14 Tanner Street"),
    ("Les quatre de nuit n’ont rien dit.", Kind.GROUP, "Les quatre de nuit"),
    ("Nous ne sommes que deux à la paie.", Kind.GROUP, "Nous ne sommes que deux"),
    ("The two in payroll do it.", Kind.GROUP, "The two in payroll"),
    ("Étant l’unique interprète, je vois tout.", Kind.UNIQUE, "Étant l’unique interprète"),
    ("As a union representative I know.", Kind.TITLE, "As a union representative"),
    ("I have been on sick leave.", Kind.PERSONAL, "I have been on sick leave"),
    ("MM. Roux, Ferro et Zbyrek l’ont dit.", Kind.NAME, "Zbyrek"),
    ("La note de B. Zbyrek, hier.", Kind.NAME, "B. Zbyrek"),
    ("Zbyrek m’a montré comment faire.", Kind.NAME, "Zbyrek"),
    ("Zbyrek de l’atelier est parti.", Kind.NAME, "Zbyrek"),
    ("Ma collègue Zbyra le sait.", Kind.NAME, "Zbyra"),
    ("According to Zbyrek it is wrong.", Kind.NAME, "Zbyrek"),
    ("It was Zbyrek’s idea.", Kind.NAME, "Zbyrek"),
    ("It hurt Anna and Zbyrek a lot.", Kind.NAME, "Zbyrek"),
    ("It hurt Zbyrek and Anna a lot.", Kind.NAME, "Zbyrek"),
    ("It is too much.\nThanks,\nZbyrek", Kind.NAME, "Zbyrek"),
    ("Mark will not hear of it.", Kind.NAME, "Mark"),
    ("Delattre m’a dit non.", Kind.NAME, "Delattre"),
    ("j’en ai parlé à sandrine hier", Kind.NAME, "sandrine"),
    ("me and kevin counted", Kind.NAME, "kevin"),
    ("max and jen count too", Kind.NAME, "jen"),
    ("Il y avait O'Zbyrek et moi.", Kind.NAME, "O'Zbyrek"),
]  # fmt: skip
QUIET = [
    "Le rythme monte et personne ne le dit.",
    "On n’ose pas en parler en réunion, on a peur de passer pour dépassés.",
    "Relire un texte qu’on n’a pas écrit est plus fatigant que l’écrire.",
    "Une matinée par mois sans Plume, pour tout le monde.",
    "I reread more than I write and my eyes hurt.",
    "The tool is fast but the tone is wrong for complaints.",
    "Will the statistics be used in our evaluation?",
    "Mark my words, it will get worse.",
    "May I switch it off?",
    "Constance et patience.",
    "On l’a acheté chez Thomson Services.",
    "I. LES FAITS",
    "The budget is 120 000 000 euros.",
    "une roche claire, et la pierre tient",
    "Les Anglais l’ont dit avant nous.",
    "Ma charge de travail a doublé.",
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


def test_a_right_check_digit_tells_a_number_from_an_amount() -> None:
    assert has_right_key("2 84 05 78 006 048 29")
    assert has_right_key("184052A006048" + f"{97 - 1840519006048 % 97:02}")
    assert not has_right_key("2 84 05 78 006 048 30")
    assert is_luhn("046 454 286")
    assert not is_luhn("046 454 287")
    assert spans("Soit 046 454 287.") == ()


def test_what_everybody_writes_about_is_nobody() -> None:
    text = "According to Plume and Zbyrek it is right."
    assert [text[one.start : one.end] for one in spans(text)] == ["Plume", "Zbyrek"]
    found = spans(text, known=["Plume, aide à la rédaction", ""])
    assert [text[one.start : one.end] for one in found] == ["Zbyrek"]
    assert spans("Ariane Plume l’a dit.", known=["Plume"])


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
    "x", "X", "Lille ", "n°", "équipe de ", "5 ", "MM. A, B. C et ", "MmeE. ",
    "Mc", "O'A", "a@", "a. @ ", "1 a ",
    "1-", "1 2", "(514) ", "514-555-", "vingt-", "twenty ", " dot ", " at a dot ",
    "H1A ", "Anna and ", "anna et ",
    "rue de ", "1 rue de la ", "A B", "Zo ", "n'", "'s ", "Thanks,\n",
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

"""The words of other countries: the whole catalogue goes through, none of theirs stays."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from consult.core.wording import _LAW, reworded

CATALOGUE = Path(__file__).resolve().parents[2] / "translations" / "fr" / "LC_MESSAGES" / "messages.po"
NOT_THERE = {
    "ca": r"\bsalarié|\bélus?\b|\bCSE\b|baromètre|\be-mail|\bnotices?\b(?!\sd’util)|données perso",
    "ca_federal": r"\bsalarié|\bélus?\b|\bCSE\b|baromètre|\be-mail|données personnelles",
    "be": r"\bsalarié|\bélus?\b|\bCSE\b",
    "union": r"\bélus?\b",
}
BADLY_JOINED = r"\b(?:le|la|de|que|du|au|ce) employ|\bd’(?:représ|fonct|trav|cour)|\bl’(?:représ|fonct|courr)"


def texts() -> list[tuple[str, str]]:
    found = []
    with CATALOGUE.open("rb") as file:
        for message in read_po(file, locale="fr"):
            for language, said in (("en", message.id), ("fr", message.string)):
                found += [
                    (language, one) for one in (said if isinstance(said, tuple | list) else [said]) if one
                ]
    return found


@pytest.mark.parametrize("wording", sorted(NOT_THERE))
def test_no_word_of_france_is_left_elsewhere(wording: str) -> None:
    assert len(texts()) > 2000
    for language, text in texts():
        after = reworded(text, wording, language)
        if language == "fr" and not _LAW.search(text):
            read = re.sub(r"%\(\w+\)s|`[^`]*`|consult-notice", "", after)
            assert not re.search(NOT_THERE[wording], read, re.IGNORECASE), after
            assert not re.search(BADLY_JOINED, after, re.IGNORECASE), after
            assert re.findall(r"%\(\w+\)s", after) == re.findall(r"%\(\w+\)s", text)


def test_france_reads_what_was_written() -> None:
    assert all(reworded(text, "", language) == text for language, text in texts())


@pytest.mark.parametrize(
    ("wording", "before", "after"),
    [
        ("ca_federal", "Chaque salarié lit la notice.", "Chaque fonctionnaire lit la fiche."),
        ("ca_federal", "Les salariés et les élus", "Les fonctionnaires et les représentants syndicaux"),
        ("ca", "Le droit du salarié", "Le droit de l’employé"),
        ("ca", "Trop peu de salariés", "Trop peu d’employés"),
        ("ca", "La parole des salariés", "La parole du personnel"),
        ("ca", "La notice d’utilisation du fournisseur", "La notice d’utilisation du fournisseur"),
        ("ca", "Avez-vous lu\u202f?", "Avez-vous lu?"),
        ("be", "Le CSE et ses salariés", "Le conseil d’entreprise et ses travailleurs"),
        ("union", "Un ou une élue", "Un représentant syndical ou une représentante syndicale"),
        ("ca", "Articles L2312-8 : le CSE", "Articles L2312-8 : le CSE"),
        ("nobody", "Le CSE", "Le CSE"),
    ],
)  # fmt: skip
def test_words_with_the_small_words_before_them(wording: str, before: str, after: str) -> None:
    assert reworded(before, wording, "fr") == after


def test_english_follows_too() -> None:
    assert (
        reworded("Ask an elected member of the CSE", "ca", "en")
        == "Ask a union representative of the committee"
    )
    assert reworded("Personal data", "ca", "en") == "Personal information"

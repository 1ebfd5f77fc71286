"""Advice on the two-minute page: plain sentences raise none; each planted fault is told, by its words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from consult import notices
from consult.core.localized import LOCALES, Localized
from consult.demo import content
from consult.notices.plainness import LONGEST, Finding, Kind, findings

STARTERS = sorted((Path(notices.__file__).parent / "starters").glob("*.yaml"))


def only(text: str, language: str, key: str = "what", **more: object) -> tuple[Finding, ...]:
    return findings({key: Localized({language: text}, language)}, **more)  # type: ignore[arg-type]


def told(text: str, language: str) -> list[tuple[Kind, tuple[str, ...]]]:
    return [(one.kind, one.words) for one in only(text, language)]


def good() -> Iterator[tuple[str, str, Localized]]:
    """Every sentence of the story people meet first, and of the starters."""
    for notice in content.load("fr", today=date(2026, 11, 24)).notices:
        for revision in notice.revisions:
            for key, text in revision.summary.items():
                yield f"{notice.slug} {key}", key, text.localized
    for path in STARTERS:
        summary = yaml.safe_load(path.read_text(encoding="utf-8")).get("summary") or {}
        for key, texts in summary.items():
            yield f"{path.stem} {key}", key, Localized(texts, "fr")


def test_good_sentences_raise_nothing() -> None:
    seen = list(good())
    assert len(seen) > 60
    raised = {name: [one.words for one in findings({key: text})] for name, key, text in seen}
    assert not {name: found for name, found in raised.items() if found}


BAD = [
    ("fr", Kind.JARGON, "Un levier de synergies pour disrupter.", ("levier", "synergies", "disrupter")),
    ("fr", Kind.JARGON, "Une solution innovante pour l’équipe.", ("solution", "innovante")),
    ("fr", Kind.JARGON, "Il optimisera la tournée.", ("optimisera",)),
    ("en", Kind.JARGON, "We leverage a scalable solution.", ("leverage", "scalable", "solution")),
    ("en", Kind.JARGON, "It empowers people.", ("empowers",)),
    ("fr", Kind.HEDGE, "Le pilote commencera prochainement.", ("prochainement",)),
    ("fr", Kind.HEDGE, "Nous répondrons le moment venu à 30 salariés.", ("le moment venu",)),
    ("en", Kind.HEDGE, "The pilot starts soon, and later on we review it.", ("soon", "later on")),
    ("fr", Kind.ACRONYM, "Une AIPD est en cours.", ("AIPD",)),
    ("en", Kind.ACRONYM, "A DPIA and a FRIA are under way.", ("DPIA", "FRIA")),
    (
        "fr", Kind.CLAUSES, "L’outil qui lit les demandes que les clients dont il s’agit envoient répond.",
        ("qui", "que", "dont"),
    ),
    (
        "fr", Kind.CLAUSES, "Il dit qu’il lit, qu’elle écrit, lorsqu’on demande.",
        ("qu’il", "qu’elle", "lorsqu’on"),
    ),
    (
        "en", Kind.CLAUSES, "A tool that reads what is sent because a client, who is known, asks which way.",
        ("that", "because", "who", "which"),
    ),
    ("fr", Kind.LONG, "Nous " + "lirons " * 24 + "tout.", ("Nous lirons lirons lirons",)),
    ("en", Kind.LONG, "We " + "read " * 24 + "it all.", ("We read read read",)),
    (
        "fr", Kind.HEAVY, "Transformation organisationnelle permettant harmonisation opérationnelle "
        "interdépartementale et professionnalisation continue",
        ("interdépartementale", "professionnalisation", "organisationnelle"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("language", "kind", "text", "words"), BAD)
def test_each_planted_fault_is_told_by_its_words(
    language: str, kind: Kind, text: str, words: tuple[str, ...]
) -> None:
    (found,) = only(text, language)
    assert found.kind is kind and set(found.words) == set(words)
    assert (found.key, found.language) == ("what", language)
    assert all(word.split()[0] in str(found.advice) for word in words)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Le pilote commencera bientôt, le 4 janvier."),
        ("fr", "Réponse prochainement, en 2027."),
        ("fr", "Réponse au plus tard avant l’essai."),
        ("fr", "L’avis du CSE vient avant l’essai de l’IA."),
        ("fr", "Une analyse d’impact (AIPD) est en cours ; l’AIPD est jointe."),
        ("en", "A DPIA (data protection impact assessment) is under way."),
        ("en", "Nobody is resolute about solutes or a sooner day."),
        ("fr", "ATTENTION, CECI EST UN ESSAI DE SAISIE."),
        ("fr", "Une étude d’impact suivra le processus prévu."),
        ("fr", "[[system|Un levier de synergie, avec AIPD, prochainement ?]] va aider."),
        ("fr", " ".join(["Nous lirons tout."] * 20)),
        ("en", "Un levier, prochainement."),
        ("fr", ""),
    ],
)  # fmt: skip
def test_what_is_plain_is_left_alone(language: str, text: str) -> None:
    assert told(text, language) == []


def test_a_name_in_capitals_is_a_name() -> None:
    assert told("ALBA va trier le courrier.", "fr")
    assert not only("ALBA va trier le courrier.", "fr", names=[Localized.of(fr="ALBA, le tri du courrier")])


def test_spelled_out_once_on_the_page_is_enough() -> None:
    page = {
        "what": Localized({"fr": "Une analyse (AIPD) précède l’essai."}, "fr"),
        "who": Localized({"fr": "L’AIPD dit qui est concerné."}, "fr"),
    }
    assert not findings(page)
    assert [one.key for one in findings({"who": page["who"]})] == ["who"]


def test_findings_follow_the_page_and_name_their_language() -> None:
    page = {
        "unknown": Localized.of(fr="Réponse prochainement.", en="Answer soon."),
        "what": Localized.of(fr="Un levier.", en="A lever."),
    }
    assert [(one.key, one.language) for one in findings(page)] == [
        ("what", "fr"), ("unknown", "fr"), ("unknown", "en")
    ]  # fmt: skip


def test_twenty_five_words_are_not_too_many() -> None:
    assert not only("mot " * LONGEST, "fr")
    assert only("mot " * (LONGEST + 1), "fr")


@given(st.sampled_from(LOCALES), st.text(max_size=200))
def test_whatever_is_typed_gets_an_answer(language: str, text: str) -> None:
    for one in only(text, language):
        assert one.words and str(one.advice)

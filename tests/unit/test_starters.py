"""The ten ready-made notices: whole in both languages, well set, no figure nobody gave."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from consult.core.localized import LOCALES
from consult.core.wording import reworded
from consult.notices import blanks, starting
from consult.notices.blanks import Kind
from consult.notices.fields import BY_KEY
from consult.notices.readiness import words_in
from consult.notices.rules import REQUIRED_FIELDS, SUMMARY_KEYS, SUMMARY_WORDS, Delay
from consult.notices.starting import BadStarter, Pair, Starter, delay_of

KEYS = {
    "writing-assistant", "cv-screening", "call-summary", "scheduling", "activity-monitoring",
    "code-assistant", "hr-chatbot", "translation", "image-tools", "anomaly-scoring",
}  # fmt: skip
ITSELF = "consult-itself"
EACH = pytest.mark.parametrize("key", sorted(KEYS))
ALL = pytest.mark.parametrize("key", sorted({*KEYS, ITSELF}))
TYPICAL = {
    "fr": {"who": "les équipes du service clients de Lille et de Nantes", "pilot_on": "12 janvier 2027",
           "not_before": "l’avis du CSE, attendu le 4 décembre 2026",
           "change": "vous relirez un premier jet au lieu de partir d’une page vide, et vous en répondrez",
           "decides": "Hélène Marchand, directrice, après l’avis du CSE ; elle peut renoncer au projet",
           "languages": "français, anglais et néerlandais", "scored": "notes de frais et achats",
           "measured": "la durée de chaque étape du traitement des dossiers",
           "measure_goal": "répartir les renforts entre les équipes"},
    "en": {"who": "the customer service teams in Lille and Nantes", "pilot_on": "12 January 2027",
           "not_before": "the opinion of the CSE, expected on 4 December 2026",
           "change": "you will reread a first draft instead of a blank page, and you will answer for it",
           "decides": "Hélène Marchand, director, after the opinion of the CSE; she can drop the project",
           "languages": "French, English and Dutch", "scored": "expense claims and purchasing",
           "measured": "the time taken by each step of a file",
           "measure_goal": "to share out reinforcements between teams"},
}  # fmt: skip
SHARED = {"system": "Plume", "n_total": "214", "start_on": "1 mars 2027", "answer_on": "15 janvier 2027"}


def texts(starter: Starter) -> Iterator[tuple[str, str, str]]:
    for path, pair in starter.pairs():
        for language in LOCALES:
            yield path, language, pair[language]


def test_the_ten_are_there_and_read_once() -> None:
    assert set(starting.load()) == KEYS | {ITSELF}
    assert starting.load() is starting.load()
    assert [one.title.fr for one in starting.load().values()] == sorted(
        one.title.fr for one in starting.load().values()
    )


@ALL
def test_every_text_is_in_both_languages_and_they_differ(key: str) -> None:
    starter = starting.load()[key]
    for path, pair in starter.pairs():
        assert pair.fr.strip() and pair.en.strip(), path
        if not re.fullmatch(r"(title|groups\.\d\.name|changes\.\d\.about)", path):
            assert pair.fr != pair.en, path
        assert len(pair.fr.splitlines()) == len(pair.en.splitlines()), path


@EACH
def test_it_fills_everything_a_notice_needs(key: str) -> None:
    starter = starting.load()[key]
    assert set(starter.summary) == set(SUMMARY_KEYS)
    assert set(REQUIRED_FIELDS) & set(BY_KEY) <= set(starter.fields)
    assert len(starter.groups) >= 3 and 7 <= len(starter.questions) <= 9
    assert {one.kind for one in starter.rules} == {"allowed", "declared", "forbidden", "refusable"}
    assert all(one.breach is None for one in starter.rules)
    assert all(one.owner is not None for one in starter.unknowns)
    assert len(starter.unknowns) == 7


@ALL
@pytest.mark.parametrize("language", LOCALES)
def test_the_two_minute_page_is_short_enough_once_filled(key: str, language: str) -> None:
    starter = starting.load()[key]
    answers = {**SHARED, **TYPICAL[language]}
    filled = {
        name: Pair(fr=blanks.fill(pair[language], answers), en="x").localized("fr")
        for name, pair in starter.summary.items()
        if not blanks.blanks_in(blanks.fill(pair[language], answers))
    }
    assert set(filled) == set(SUMMARY_KEYS)
    assert 60 < words_in(filled, "fr") <= SUMMARY_WORDS


@ALL
def test_lists_are_whole_sentences(key: str) -> None:
    starter = starting.load()[key]
    for path, _language, text in texts(starter):
        if path in {"title", "when"} or re.search(r"\.(name|about|owner|before)$", path):
            continue
        if path in {"fields.system_name", "fields.contact_point"}:
            continue
        for line in text.splitlines():
            bare = line.removeprefix("- ")
            assert re.match(r"[A-ZÀÉÊ«“\[]", bare), (path, line)
            assert re.search(r"[.?]$", bare), (path, line)
        if path.startswith("fields."):
            assert all(line.startswith("- ") for line in text.splitlines()), path


@ALL
def test_french_and_english_are_set_as_they_should(key: str) -> None:
    for path, language, text in texts(starting.load()[key]):
        assert "'" not in text and '"' not in text and "  " not in text, path
        if language == "fr":
            assert not re.search(r"[ \w»)][;!?]", text.replace("\u202f", "\x00")), (path, text)
            assert not re.search(r"[ \w)]:", text.replace("\u00a0", "\x00")), (path, text)
            assert "« " not in text and " »" not in text, path
            assert not re.search(r"\b[LR]\d{4}-", text), path
        else:
            assert not re.search(r"[\s\u202f][:;!?]", text), (path, text)


@ALL
def test_no_figure_stands_outside_a_blank_in_headcounts(key: str) -> None:
    starter = starting.load()[key]
    for language in LOCALES:
        assert not re.search(r"\d", blanks.shown(starter.fields["affected_count"][language]))
    for group in starter.groups:
        assert group.headcount is None or starting.kind_of(group.headcount) is Kind.NUMBER
        for pair in (group.change, group.measures, group.support):
            assert pair is None or not re.search(r"\d", blanks.shown(pair.fr))


@ALL
def test_a_filled_starter_asks_for_nothing_more(key: str) -> None:
    for _, language, text in texts(starting.load()[key]):
        answers = {one.key: "réponse" for one in blanks.blanks_in(text)}
        assert not blanks.has_blank(blanks.fill(text, answers)), language


def test_consult_itself_says_what_is_true_of_it_and_nothing_of_ai_systems() -> None:
    starter = starting.load()[ITSELF]
    assert set(starter.summary) == set(SUMMARY_KEYS)
    assert set(REQUIRED_FIELDS) & set(BY_KEY) <= set(starter.fields)
    assert "pas un système d’IA" in starter.summary["what"].fr and "not an AI" in starter.summary["what"].en
    assert not set(starting.common().rules) & set(starter.rules)


def test_a_starter_in_other_words_keeps_its_blanks() -> None:
    for starter in starting.load().values():
        other = starting.in_words(starter, lambda text, language: reworded(text, "ca", language))
        for path, pair in other.pairs():
            before = dict(starter.pairs())[path]
            assert [one.key for one in blanks.blanks_in(pair.fr)] == [
                one.key for one in blanks.blanks_in(before.fr)
            ]
    shown = " ".join(pair.fr for _path, pair in other.pairs() if not re.search(r"[LR]\.\s?\d{4}-", pair.fr))
    assert not re.search(r"\bsalarié|\bélus?\b", shown)


def test_every_shared_blank_is_asked_somewhere() -> None:
    asked = {
        blank.key
        for starter in starting.load().values()
        for _, _, text in texts(starter)
        for blank in blanks.blanks_in(text)
    }
    shared = starting.common().shared
    assert shared.numbers | shared.dates | shared.names <= asked
    assert {key for key in asked if key.startswith("n_")} <= shared.numbers
    assert starting.kind_of("start_on") is Kind.DATE and starting.kind_of("system") is Kind.NAME
    assert starting.kind_of("change") is Kind.TEXT and not Kind.TEXT.is_shared


def test_what_a_starter_says_comes_before_what_is_common() -> None:
    starter = starting.load()["writing-assistant"]
    assert starter.unknowns[0].text.fr == "Le temps réellement gagné."
    assert starter.unknowns[-1].text.en.startswith("The uses already in place")
    assert starter.fields["monitoring"].fr.startswith("- Des journaux")
    assert "monitoring_use" in starter.fields["monitoring"].fr
    assert starter.groups[0].support == starting.common().support
    assert starting.load()["call-summary"].groups[-1].support is None


@pytest.mark.parametrize(("text", "delay"), [("P30D", Delay.DAYS_30), ("P90D/go_live", Delay.LIVE_90)])
def test_delays(text: str, delay: Delay) -> None:
    assert delay_of(text) == delay


@pytest.mark.parametrize("text", ["", "P0D", "30", "P3W", "P30D/", "P30D/later", "P30D\n", "P99999D", " P1D"])
def test_no_delay(text: str) -> None:
    with pytest.raises(ValueError, match="no delay"):
        delay_of(text)


def _folder(tmp_path: Path, **changes: object) -> Path:
    (tmp_path / "common.yaml").write_bytes((starting.FOLDER / "common.yaml").read_bytes())
    raw = yaml.safe_load((starting.FOLDER / "translation.yaml").read_text(encoding="utf-8"))
    raw |= changes
    path = tmp_path / "one.yaml"
    path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return tmp_path


GROUP = {"name": {"fr": "A", "en": "A"}, "change": {"fr": "B", "en": "B"}}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": "red"}, "one.yaml: colour: Extra"),
        ({"title": {"fr": "Titre"}}, "one.yaml: title.en: Field required"),
        ({"title": {"fr": "Titre", "en": " "}}, "one.yaml: title.en: String"),
        ({"title": {"fr": "[[a|Quoi ?]]", "en": "Title"}}, "asked in one language only: a"),
        ({"title": {"fr": "[[a|Quoi ?", "en": "[[a|What?"}}, "not well formed"),
        ({"unknowns": [{"text": {"fr": "a", "en": "b"}, "delay": "soon"}]}, "'soon' is no delay"),
        ({"rules": [{"kind": "tolerated", "text": {"fr": "a", "en": "b"}}]}, "rules.0.kind"),
        ({"groups": []}, "one.yaml: groups"),
        ({"groups": [{**GROUP, "headcount": "n_ghosts"}]}, "headcounts nobody asks for: n_ghosts"),
        ({"questions": [{"fr": "Un ?", "en": "One?"}]}, "one.yaml: questions"),
        ({"summary": {"what": {"fr": "a", "en": "b"}}}, "sentences nobody wrote: limits, unknown"),
        ({"summary": []}, "sentences nobody wrote"),
        ({"fields": {"secret": {"fr": "a", "en": "b"}}}, "one.yaml: fields.secret"),
        ({"fields": {"monitoring": "oui"}}, "one.yaml: fields.monitoring"),
        ({"for": {"fr": "[[n_trans|Autre question ?]]", "en": "[[n_trans|Other question?]]"}}, "in two ways"),
    ],
)
def test_a_file_that_does_not_hold_together_says_where(
    tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(BadStarter) as refused:
        starting.read(_folder(tmp_path, **changes))
    assert message in str(refused.value)


@pytest.mark.parametrize("text", ["- a\n", "a: [", ""])
def test_a_file_that_is_no_mapping_says_so(tmp_path: Path, text: str) -> None:
    _folder(tmp_path)
    (tmp_path / "two.yaml").write_text(text)
    with pytest.raises(BadStarter, match=r"two\.yaml"):
        starting.read(tmp_path)

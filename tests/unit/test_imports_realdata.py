"""Everything that was published, read from beside the checkout: nothing is lost, and scores agree."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from consult.notices.imports.ai_register import COLUMNS, Row, Shape, read_register
from consult.notices.imports.aia import COMMENT, import_files
from consult.notices.imports.conditions import is_answered
from consult.notices.imports.draft import ImportedDraft, ReportKind
from consult.notices.imports.questionnaire import read_questionnaire
from consult.notices.imports.refusals import ImportRefused, Reason

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(
        not DATA.is_dir(),
        reason="The public data set is not there: put it into ../shared/data beside the checkout.",
    ),
]
VERSIONS = {
    "survey-enfr_v.0.8a1.json": "0.8a1",
    "survey-enfr_v0.9.1.json": "0.9.1",
    "survey-enfr_v0.10.0.json": "0.10.0",
    "survey-enfr_v1.0.0.json": "1.0.0",
    "survey-enfr_v1.0.1-master.json": "1.0.1",
}
UNTRANSLATED = {"0.8a1": ["fairnessImplementation6"]}
"""Questions the files themselves give in English only."""


def results() -> list[dict[str, Any]]:
    index = DATA / "aia" / "results-index.jsonl"
    if not index.is_file():
        return []
    return [json.loads(line) for line in index.read_text(encoding="utf-8").splitlines() if line.strip()]


def questionnaire_of(version: str) -> Path:
    name = next(name for name, known in VERSIONS.items() if known == version.removeprefix("v"))
    return DATA / "aia" / "questionnaires" / name


def drafted(package: str, version: str) -> tuple[dict[str, Any], ImportedDraft]:
    path, asked = DATA / "aia" / "results" / f"{package}.json", questionnaire_of(version)
    raw = path.read_bytes()
    return json.loads(raw), import_files(asked.read_bytes(), asked.name, raw, path.name)


@pytest.mark.parametrize(("name", "version"), VERSIONS.items())
def test_every_questionnaire_is_read_in_both_languages(name: str, version: str) -> None:
    read = read_questionnaire((DATA / "aia" / "questionnaires" / name).read_bytes(), name)
    assert read.version == version
    assert len(read.questions) > 100
    missing = [one.name for one in read.questions.values() if not {"en", "fr"} <= set(one.label.texts)]
    assert missing == UNTRANSLATED.get(version, [])


def test_there_are_eight_results() -> None:
    assert len(results()) == len(list((DATA / "aia" / "results").glob("*.json"))) == 8


@pytest.mark.parametrize("entry", results(), ids=lambda one: one["package_id"][:8])
def test_a_result_is_imported_whole(entry: dict[str, Any]) -> None:
    """Scores and level agree with those a third party computed; every key is accounted for, and every
    answered text is found again in the draft."""
    found, draft = drafted(entry["package_id"], entry["version"])
    computed = entry["derived"]
    scores = {key: draft.facts[key] for key in ("raw_score", "mitigation_score", "final_score", "level")}
    assert scores == {
        "raw_score": computed["raw_risk_score"],
        "mitigation_score": computed["mitigation_score"],
        "final_score": computed["final_score"],
        "level": computed["impact_level"],
    }
    french = found.get("translationsOnResult") or {}
    fates = draft.keys(ReportKind.MAPPED, ReportKind.KEPT, ReportKind.UNKNOWN, ReportKind.EMPTY)
    for key in {*found["data"], *french}:
        assert fates.count(key) == 1, key
    said = {
        lang: "\n".join(
            [
                text.texts.get(lang, "")
                for text in (*draft.fields.values(), *(one.answer for one in draft.other))
            ]
        )
        for lang in ("en", "fr")
    }
    squeezed = {lang: "".join(text.split()) for lang, text in said.items()}
    for lang, answers in (("en", found["data"]), ("fr", french)):
        for key, value in answers.items():
            if isinstance(value, str) and is_answered(value) and " " in value.strip():
                assert "".join(value.split()) in squeezed[lang], (lang, key)


@pytest.mark.parametrize("entry", results(), ids=lambda one: one["package_id"][:8])
def test_a_result_with_any_other_questionnaire_is_refused(entry: dict[str, Any]) -> None:
    path, right = DATA / "aia" / "results" / f"{entry['package_id']}.json", questionnaire_of(entry["version"])
    for name in set(VERSIONS) - {right.name}:
        asked = DATA / "aia" / "questionnaires" / name
        with pytest.raises(ImportRefused) as caught:
            import_files(asked.read_bytes(), asked.name, path.read_bytes(), path.name)
        assert caught.value.reason is Reason.VERSION_MISMATCH
        assert name in str(caught.value)
        assert path.name in str(caught.value)


def test_comments_beside_other_belong_to_their_question() -> None:
    for entry in results():
        _found, draft = drafted(entry["package_id"], entry["version"])
        for one in draft.other:
            if one.key.endswith(COMMENT) and one.key not in draft.keys(ReportKind.UNKNOWN):
                assert " — " in one.question.texts["fr"]


def test_forty_rows_of_the_register_are_imported_and_nothing_is_lost() -> None:
    path = DATA / "gc-ai-register" / "register-first-40.csv"
    rows = read_register(path.read_bytes(), path.name)
    with path.open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    assert len(rows) == len(found) == 40
    texts = {cell: column for column in COLUMNS for cell in column.cells if column.shape is not Shape.YES_NO}
    for row, cells in zip(rows, found, strict=True):
        assert isinstance(row, Row)
        assert row.draft.reference == cells["ai_register_id"]
        assert row.draft.facts["status"] in {"development", "production", "retired"}
        answers = [*row.draft.fields.values(), *(one.answer for one in row.draft.other)]
        said = {
            lang: "".join("".join(one.texts.get(lang, "") for one in answers).split())
            for lang in ("en", "fr")
        }
        for cell in texts:
            lang = "fr" if cell.endswith("_fr") else "en"
            for part in cells[cell].split(" / ") if texts[cell].shape is Shape.SLASHED else [cells[cell]]:
                assert "".join(part.split()) in said[lang] + said["fr"], (row.number, cell)
        assert set(row.draft.title.texts) == {"en", "fr"}

"""Templates are data: nine of them, each read strictly; one file more is one procedure more."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from consult.procedures import loading
from consult.procedures.loading import BadTemplate, UnknownTemplate
from consult.procedures.template import Basis, Template

SHARED = Path(__file__).resolve().parents[3] / "shared" / "reference" / "procedure_templates.json"
OURS = {"opinion", "expert", "multilevel", "cap", "small", "gate", "remind"}
"""What the files say in data where the reference says it in words."""


def test_the_nine() -> None:
    assert sorted(loading.templates()) == [
        "be-cct39", "ca-fps-tech-change", "ca-labour-code-technological-change", "de-betrvg90",
        "eu-ai-act-26-7", "fr-cse", "fr-cse-11-49", "fr-no-cse", "generic",
    ]  # fmt: skip


@pytest.mark.parametrize("key", sorted(loading.templates()))
def test_what_every_template_owes_its_reader(key: str) -> None:
    found = loading.template(key)
    assert found.has_opinion == (found.expiry.state not in NO_OPINION)
    for step in found.steps:
        assert step.label.fr.strip() and step.label.en.strip(), step.key
        assert step.reference.strip(), step.key
        if step.basis is Basis.PRODUCT_DEFAULT:
            assert not step.is_verified or step.deadline is not None


NO_OPINION = {
    "no_opinion_expected", "information_only", "change_may_proceed_if_no_application",
    "change_may_proceed_on_date",
}  # fmt: skip


def test_nobody_is_offered_an_opinion_where_there_is_none() -> None:
    without = {key for key, one in loading.templates().items() if not one.has_opinion}
    assert {"fr-cse-11-49", "fr-no-cse", "eu-ai-act-26-7"} <= without
    assert not any(loading.template(key).has_expert or loading.template(key).vote for key in without)
    assert loading.template("fr-cse").has_expert


def test_a_file_more_is_a_country_more(tmp_path: Path) -> None:
    shutil.copytree(loading.HERE, tmp_path / "templates")
    new = yaml.safe_load((loading.HERE / "generic.yaml").read_text()) | {"key": "it-example"}
    (tmp_path / "templates" / "it-example.yaml").write_text(yaml.safe_dump(new, allow_unicode=True))
    assert "it-example" in loading.read_all(tmp_path / "templates")


def spoilt(**change: Any) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((loading.HERE / "generic.yaml").read_text())
    return found | change


STEP = {
    "key": "x", "label": {"fr": "x", "en": "x"}, "actor": "employer", "trigger": "", "legal_ref": "none",
    "consequence": {"fr": "", "en": ""}, "basis": "law", "verified": True,
}  # fmt: skip
BAD: dict[str, dict[str, Any]] = {
    "an unknown key": {"colour": "blue"},
    "one language": {"label": {"fr": "Seul"}},
    "an anchor nobody knows": {"steps": [
        STEP | {"deadline": {"anchor": "moon", "direction": "after", "offset": "P1D", "bound": "max"}}
    ]},
    "an unknown bound": {"steps": [
        STEP | {"deadline": {"anchor": "x", "direction": "after", "offset": "P1D", "bound": "soon"}}
    ]},
    "no period": {"clock": {"start_event": "x", "limit": "a month"}},
    "a step twice": {"steps": [STEP, STEP]},
    "a reminder in months": {"remind": ["P1M"]},
    "a reminder that is no period": {"steps": [STEP | {"remind": ["soon"]}]},
    "a reminder twice": {"remind": ["P7D", "P1W"]},
    "a variant nobody knows": {"steps": [STEP | {"only_variants": ["x-2m"]}]},
    "a fact without a name": {"facts": {"moon": {"kind": "entered"}}},
    "another name than its file": {"key": "other"},
}  # fmt: skip


@pytest.mark.parametrize("change", BAD.values(), ids=list(BAD))
def test_a_bad_file_says_where_and_why(change: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "generic.yaml"
    file.write_text(yaml.safe_dump(spoilt(**change), allow_unicode=True))
    with pytest.raises(BadTemplate) as caught:
        loading.read(file)
    assert "generic.yaml" in str(caught.value) and caught.value.why
    file.write_text("key: [")
    with pytest.raises(BadTemplate):
        loading.read(file)


def test_an_unknown_template_is_said_so() -> None:
    with pytest.raises(UnknownTemplate):
        loading.template("nobody-knows")


def _without_ours(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_ours(one) for key, one in value.items() if key not in OURS}
    return [_without_ours(one) for one in value] if isinstance(value, list) else value


def _flat(one: dict[str, Any], *pairs: str) -> dict[str, Any]:
    """As the reference writes it: one key for each language, plain spaces."""
    found = dict(one)
    for name in pairs:
        for language, text in found.pop(name).items():
            found[f"{name}_{language}"] = text.replace("\xa0", " ").replace("\u202f", " ") or None
    return found


@pytest.mark.skipif(not SHARED.exists(), reason="The reference is not there: ../shared/reference.")
def test_the_files_lose_nothing_of_the_reference() -> None:
    for expected in json.loads(SHARED.read_text()):
        raw = yaml.safe_load((loading.HERE / f"{expected['key']}.yaml").read_text())
        got = _flat(_without_ours(raw), "label")
        got["steps"] = [_flat(_without_ours(one), "label", "consequence") for one in raw["steps"]]
        expected["facts"] = [one for one in expected["facts"] if one["key"] != "limit_expiry"]
        got["facts"] = [
            {"key": key, "kind": one["kind"]}
            for key, one in raw["facts"].items()
            if key not in {"next_meeting", "limit_expiry"}
        ]
        assert _plain(_said(got)) == _plain(_said(expected)), expected["key"]


def _said(value: Any) -> Any:
    """Without what is empty, which the reference writes as null or leaves out."""
    if isinstance(value, dict):
        return {key: _said(one) for key, one in value.items() if one not in (None, "", [])}
    return [_said(one) for one in value] if isinstance(value, list) else value


def _plain(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return text.replace("\xa0", " ").replace("\u202f", " ")


def test_a_template_cannot_be_changed_once_read() -> None:
    found: Template = loading.template("generic")
    with pytest.raises(ValueError, match="frozen"):
        found.key = "other"

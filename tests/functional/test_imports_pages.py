"""The upload pages: drafts with everything in them, or a message that names the files and nothing written."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from consult.core import clock
from consult.core.localized import Localized
from consult.notices import importing, queries
from consult.notices import services as notices
from consult.notices.imports.draft import OtherAnswer
from consult.notices.imports.refusals import ImportRefused
from consult.notices.models import Notice
from consult.notices.rules import NoticeState
from consult.people.models import Account
from tests.client import Page, PageClient
from tests.conftest import People
from tests.unit.test_imports_aia import TITLED, questionnaire, result
from tests.unit.test_imports_register import ROW, file

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
REAL = pytest.mark.skipif(
    not DATA.is_dir(),
    reason="The public data set is not there: put it into ../shared/data beside the checkout.",
)
AIA, REGISTER = "/workspace/fr/imports/aia", "/workspace/fr/imports/register"
As = Callable[[Account], PageClient]
Work = Callable[..., Any]


def upload(client: PageClient, path: str, *, status: int = 303, **files: tuple[bytes, str]) -> Page:
    token = client.get(path).form().xpath(".//input[@name='csrf_token']/@value")[0]
    data: dict[str, Any] = {"csrf_token": token}
    data |= {name: (io.BytesIO(raw), filename) for name, (raw, filename) in files.items()}
    return client.post(path, data, status=status, content_type="multipart/form-data")


def count(work: Work) -> int:
    with work() as session:
        return session.scalar(select(func.count()).select_from(Notice)) or 0


FULL = {**TITLED, "projectDetailsDescription": "It sorts.", "risk1": "item7-7", "risk9": "unknown"}


@BOTH
def test_an_assessment_becomes_a_draft_and_a_report(people: People, as_: As, work: Work) -> None:
    hr = as_(people.hr)
    sent = upload(
        hr, AIA, questionnaire=(questionnaire(), "q.json"),
        result=(result(FULL, {"projectDetailsTitle": "Tri"}), "r.json"),
    )  # fmt: skip
    page = hr.follow(sent)
    assert page.h1 == "Tri"
    assert "risk9" in page.text
    assert "unknown" in page.text
    with work() as session:
        (notice,) = session.scalars(select(Notice))
        assert notice.state is NoticeState.DRAFT
        assert notice.author_id == people.hr.id
        revision = notice.revisions[0]
        assert revision.title.texts == {"en": "Triage", "fr": "Tri"}
        assert revision.fields["detailed_description"].texts["en"] == "It sorts."
        assert revision.imported["source"] == "aia"
        assert revision.imported["facts"]["level"] == 2
        assert {one["key"] for one in revision.imported["other"]} == {"risk1", "risk9"}
    for path in (f"/workspace/{lang}/notices/{notice.slug}/import" for lang in ("fr", "en")):
        assert "risk1" in hr.get(path).text


@pytest.mark.parametrize(
    ("asked", "given", "said"),
    [
        (questionnaire(), result(TITLED, version="v8.0"), "8.0"),
        (questionnaire(), result(TITLED)[:-30], "tronqué|cut short"),
        (questionnaire().decode().encode("utf-16"), result(TITLED), "UTF-16"),
        (result(TITLED), questionnaire(), "inversés|swapped"),
        (questionnaire(), b"PK\x03\x04", "ZIP"),
        (questionnaire(), b"", "vide|empty"),
        (questionnaire(), result({"odd": "x"}, version=None), "0"),
    ],
)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_files_that_do_not_fit_are_refused_with_both_names(
    people: People, as_: As, work: Work, asked: bytes, given: bytes, said: str, language: str
) -> None:
    hr = as_(people.hr)
    path = AIA.replace("fr", language)
    page = upload(hr, path, questionnaire=(asked, "aaa.json"), result=(given, "bbb.json"), status=400)
    summary = " ".join(page.doc.xpath("//*[@role='alert']")[0].text_content().split())
    assert "aaa.json" in summary
    assert "bbb.json" in summary
    assert any(word in summary for word in said.split("|"))
    assert count(work) == 0


def test_a_file_that_was_not_chosen_is_asked_for(people: People, as_: As, work: Work) -> None:
    hr = as_(people.hr)
    page = upload(hr, AIA, questionnaire=(questionnaire(), "q.json"), status=400)
    assert page.doc.xpath("//a[@href='#result']")
    assert not page.doc.xpath("//a[@href='#questionnaire']")
    page = upload(hr, REGISTER, status=400)
    assert page.doc.xpath("//a[@href='#register']")
    assert count(work) == 0


def test_a_file_that_is_too_large_is_refused_and_named(
    people: People, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a limit of its own: the test client would spool a really large one into a file."""
    asked = questionnaire()
    monkeypatch.setattr("consult.notices.views.imports.MAX_BYTES", len(asked))
    large = b'{"a": "' + b"x" * len(asked) + b'"}'
    page = upload(
        as_(people.hr), AIA, questionnaire=(asked, "q.json"), result=(large, "big.json"), status=400
    )
    assert "big.json" in page.text
    assert str(len(large)) in page.text


def test_a_hostile_file_name_and_text_stay_text(people: People, as_: As) -> None:
    hr = as_(people.hr)
    evil = "<script>alert(1)</script>"
    page = upload(
        hr, AIA, questionnaire=(questionnaire(), "q.json"), result=(b"[]", f"{evil}.json"), status=400
    )
    assert evil not in page.response.get_data(as_text=True)
    data = {"projectDetailsTitle": evil, "risk9": f"# Big\n{evil} [x](javascript:alert(1))"}
    sent = upload(
        hr, AIA, questionnaire=(questionnaire(), "q.json"), result=(result(data), "r.json"),
    )  # fmt: skip
    shown = hr.follow(sent).response.get_data(as_text=True)
    assert evil not in shown
    assert 'href="javascript' not in shown


@BOTH
def test_each_row_of_a_register_is_imported_or_rejected(people: People, as_: As, work: Work) -> None:
    hr = as_(people.hr)
    rows = [
        ROW,
        {**ROW, "ai_register_id": ""},
        {**ROW, "ai_register_id": "R-2", "ai_system_status_en": "Odd"},
    ]
    page = upload(hr, REGISTER, register=(file(*rows), "r.csv"), status=200)
    assert page.h1.startswith("2 ")
    assert "Odd" in page.text
    assert [cell.text_content() for cell in page.doc.xpath("//tr[@class='is-flag']/th")] == ["3"]
    assert count(work) == 2
    again = upload(hr, REGISTER, register=(file(*rows), "r.csv"), status=200)
    assert len(again.doc.xpath("//tr[@class='is-flag']")) == 3
    assert count(work) == 2


@pytest.mark.parametrize(
    "raw",
    [b"a;b\n1;2\n", b"", file({**ROW, "name_ai_system_fr": "Système"}, encoding="cp1252"), file(ROW)[:-60]],
)
def test_a_wrong_register_is_refused_whole(people: People, as_: As, work: Work, raw: bytes) -> None:
    page = upload(as_(people.hr), REGISTER, register=(raw, "wrong.csv"), status=400)
    assert "wrong.csv" in page.text
    assert count(work) == 0


def test_only_hr_imports(people: People, as_: As, client: PageClient) -> None:
    for path in (AIA, REGISTER):
        for account in (people.rep1, people.chair, people.admin):
            as_(account).get(path, status=403)
        client.get(path, status=302)


def test_a_notice_nobody_imported_has_no_report(people: People, as_: As, work: Work) -> None:
    with work() as session:
        hr = session.get_one(Account, people.hr.id)
        day = clock.today()
        slug = notices.create(session, title=Localized.of(fr="Neuve", en="New"), actor=hr, on=day).slug
    as_(people.hr).get(f"/workspace/fr/notices/{slug}/import", status=404)
    as_(people.hr).get("/workspace/fr/notices/none/import", status=404)


@REAL
@pytest.mark.realdata
def test_all_eight_results_and_forty_rows_stand_in_the_database(people: People, work: Work) -> None:
    """Real files through to the stored draft: every kept answer is there, and every page of it opens."""
    aia = DATA / "aia"
    asked = {path.name: importing.File(path.name, path.read_bytes()) for path in aia.glob("questionnaires/*")}
    register = DATA / "gc-ai-register" / "register-first-40.csv"
    with work() as session:
        hr, day, made = session.get_one(Account, people.hr.id), clock.today(), 0
        for path in sorted(aia.glob("results/*.json")):
            given = importing.File(path.name, path.read_bytes())
            for one in asked.values():
                try:
                    done = importing.assessment(session, one, given, actor=hr, on=day)
                except ImportRefused:
                    continue
                made += 1
                stored = done.notice.revisions[0]
                assert stored.fields == dict(done.draft.fields)
                kept = tuple(OtherAnswer.from_json(other) for other in stored.imported["other"])
                assert kept == done.draft.other
        rows = importing.register(
            session, importing.File(register.name, register.read_bytes()), actor=hr, on=day
        )
        assert made == 8
        assert sum(isinstance(row, importing.Imported) for row in rows) == 40
    with work() as session:
        assert len(queries.slugs(session)) == 48


@REAL
@pytest.mark.realdata
@pytest.mark.parametrize("language", ["fr", "en"])
def test_reports_of_real_files_can_be_read(people: People, as_: As, language: str) -> None:
    hr, aia = as_(people.hr), DATA / "aia"
    asked = (aia / "questionnaires" / "survey-enfr_v1.0.1-master.json").read_bytes()
    given = (aia / "results" / "c839bedc-0d5f-4b02-98a7-671d1f60ac51.json").read_bytes()
    path = AIA.replace("fr", language)
    sent = upload(hr, path, questionnaire=(asked, "survey-enfr_v1.0.1-master.json"), result=(given, "r.json"))
    page = hr.follow(sent)
    assert "13" in page.text
    rows = (DATA / "gc-ai-register" / "register-first-40.csv").read_bytes()
    page = upload(hr, REGISTER.replace("fr", language), register=(rows, "register.csv"), status=200)
    assert page.h1.startswith("40 ")

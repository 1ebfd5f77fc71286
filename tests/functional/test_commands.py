"""Commands of notices: exit status 0 done, 1 refused and said, 2 wrong usage."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask.cli import ScriptInfo
from sqlalchemy import delete, func, select

from consult import cli
from consult.core import clock
from consult.core.localized import Localized
from consult.notices import queries
from consult.notices import services as notices
from consult.notices.content import Content, Group, Milestone
from consult.notices.models import Notice
from consult.notices.rules import MilestoneKind
from consult.people import services as people_services
from consult.people.models import Account
from consult.people.rules import Role
from consult.register.models import Document, Word
from tests import reading_story as story
from tests.client import PageClient
from tests.conftest import Instance, People
from tests.unit.test_imports_aia import TITLED, questionnaire, result
from tests.unit.test_imports_register import ROW, file

Work = Callable[..., Any]
Run = Callable[..., Result]


@pytest.fixture
def run(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs ``consult …`` on the test's instance."""
    monkeypatch.setattr(cli, "_app", lambda _info=None: instance.app)

    def invoke(*words: object, status: int = 0) -> Result:
        found = CliRunner().invoke(cli.main, [str(word) for word in words], obj=ScriptInfo())
        assert found.exit_code == status, (found.output, found.exception)
        assert "Traceback" not in found.output
        return found

    return invoke


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "q.json").write_bytes(questionnaire())
    (tmp_path / "r.json").write_bytes(result({**TITLED, "risk1": "item7-7", "risk9": "x"}))
    (tmp_path / "old.json").write_bytes(result(TITLED, version="v8.0"))
    (tmp_path / "cut.json").write_bytes(result(TITLED)[:-9])
    (tmp_path / "register.csv").write_bytes(file(ROW, {**ROW, "ai_register_id": "R-2"}))
    (tmp_path / "some.csv").write_bytes(file(ROW, {**ROW, "ai_register_id": ""}))
    return tmp_path


def count(work: Work) -> int:
    with work() as session:
        return session.scalar(select(func.count()).select_from(Notice)) or 0


def test_an_assessment_is_imported_and_reported(run: Run, files: Path, people: People, work: Work) -> None:
    said = run("import", "aia", "--questionnaire", files / "q.json", files / "r.json").output
    assert "Imported: triage" in said
    assert "level 2" in said
    assert "unknown: risk9" in said
    assert "kept: risk1" in said
    with work() as session:
        notice = session.scalars(select(Notice)).one()
        assert notice.author_id == people.hr.id


@pytest.mark.parametrize("given", ["old.json", "cut.json", "q.json"])
def test_files_that_do_not_belong_together_are_refused(
    run: Run, files: Path, people: People, work: Work, given: str
) -> None:
    said = run("import", "aia", "--questionnaire", files / "q.json", files / given, status=1).output
    assert said.startswith("Refused: Nothing was imported from")
    assert "q.json" in said
    assert given in said
    assert count(work) == 0


def test_a_register_is_imported_row_by_row(run: Run, files: Path, people: People, work: Work) -> None:
    said = run("import", "register", files / "register.csv").output
    assert "2 rows imported, 0 rejected." in said
    assert count(work) == 2
    said = run("import", "register", files / "register.csv", status=1).output
    assert "row 2 rejected (R-1): It was imported before" in said
    assert count(work) == 2


def test_a_rejected_row_makes_the_command_say_so(run: Run, files: Path, people: People, work: Work) -> None:
    said = run("import", "register", files / "some.csv", status=1).output
    assert "row 3 rejected (no identifier): It has no identifier." in said
    assert "1 rows imported, 1 rejected." in said
    assert count(work) == 1


def test_a_file_that_is_no_register_is_refused(run: Run, files: Path, people: People, work: Work) -> None:
    assert "q.json is not a register" in run("import", "register", files / "q.json", status=1).output
    assert count(work) == 0


def test_the_author_may_be_named(run: Run, files: Path, people: People, work: Work) -> None:
    with work() as session:
        people_services.add_account(session, email="zoe@orvalie.example", name="Zoé", role=Role.HR_PUBLISHER)
    run("import", "register", files / "register.csv", "--as", "ZOE@orvalie.example")
    with work() as session:
        assert {one.author.name for one in session.scalars(select(Notice))} == {"Zoé"}


@pytest.mark.parametrize(
    ("email", "said"), [("nobody@x.example", "nobody here"), ("adjovi@orvalie.example", "not an active HR")]
)
def test_not_everybody_can_be_the_author(
    run: Run, files: Path, people: People, work: Work, email: str, said: str
) -> None:
    assert said in run("import", "register", files / "register.csv", "--as", email, status=1).output
    assert count(work) == 0


def test_without_an_hr_publisher_nothing_is_imported(
    run: Run, files: Path, people: People, work: Work
) -> None:
    with work() as session:
        people_services.deactivate(session, session.get_one(Account, people.hr.id))
    assert "no HR publisher" in run("import", "register", files / "register.csv", status=1).output
    assert count(work) == 0


@pytest.mark.parametrize(
    "words",
    [
        ("import", "aia"),
        ("import", "aia", "missing.json", "--questionnaire", "missing.json"),
        ("import", "register"),
        ("import", "register", "missing.csv"),
        ("import", "nothing", "x"),
        ("list", "everything"),
        ("export", "notice", "slug"),
    ],
)
def test_wrong_usage_is_two(run: Run, people: People, words: tuple[str, ...]) -> None:
    run(*words, status=2)


def written(work: Work, people: People, **imported: Any) -> str:
    """A notice with something in every part of it."""
    with work() as session:
        hr, day = session.get_one(Account, people.hr.id), clock.today()
        notice = notices.create(
            session, title=Localized.of(fr="Plume", en="Quill"), actor=hr, on=day, slug="plume"
        )
        content = Content(
            title=Localized.of(fr="Plume", en="Quill"),
            summary={"what": Localized.of(fr="Quoi", en="What")},
            fields={
                "intended_purpose": Localized.of(fr="Écrire « mieux »"),
                "monitoring": Localized({"fr": "Non", "en": "No"}, "fr", {"en": "0" * 16}),
            },
            groups=[
                Group(Localized.of(fr="Tous", en="All"), "Nantes", 12, Localized.of(fr="a"), Localized({})),
                Group(Localized.of(fr="Soir")),
            ],
            milestones=[Milestone(MilestoneKind.PILOT, day, Localized.of(fr="Essai", en="Trial"))],
        )
        saved = notices.save(session, notice.revisions[-1], content)
        saved.imported = imported
    return "plume"


def test_a_notice_goes_out_and_comes_back(run: Run, tmp_path: Path, people: People, work: Work) -> None:
    other = {
        "question": Localized.of(fr="q", en="q").as_json(),
        "answer": Localized.of(fr="r", en="a").as_json(),
    }
    slug = written(
        work, people, source="aia", reference="r", facts={"level": 2}, other=[{"key": "k", **other}],
        report=[["kept", "k", ""]],
    )  # fmt: skip
    run("export", "notice", slug, tmp_path / "out.json")
    stored = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert (stored["format"], stored["version"]) == ("consult-notice", 2)
    assert stored["origin"] == {"organisation": "Orvalie", "slug": "plume", "revision": 1}
    assert "besson" not in (tmp_path / "out.json").read_text(encoding="utf-8").lower()
    assert "Imported: plume-2" in run("import", "notice", tmp_path / "out.json").output
    with work() as session:
        first, second = (queries.by_slug(session, one) for one in ("plume", "plume-2"))
        assert first is not None
        assert second is not None
        assert notices.content_of(first.revisions[-1]) == notices.content_of(second.revisions[-1])
        origin = {"origin": stored["origin"]}
        assert {**first.revisions[-1].imported, **origin} == second.revisions[-1].imported
    run("export", "notice", "plume-2", tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "out.json").read_bytes()


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_a_notice_goes_out_as_a_document_and_comes_back(
    run: Run, tmp_path: Path, people: People, work: Work, kind: str
) -> None:
    """What it is when it comes back, its content says."""
    slug = written(work, people)
    run("export", "notice", slug, tmp_path / f"out.{kind.upper()}", "--language", "en")
    (tmp_path / "renamed.bin").write_bytes((tmp_path / f"out.{kind.upper()}").read_bytes())
    assert "Imported: plume-2" in run("import", "notice", tmp_path / "renamed.bin").output
    with work() as session:
        first, second = (queries.by_slug(session, one) for one in ("plume", "plume-2"))
        assert first is not None
        assert second is not None
        assert notices.content_of(first.revisions[-1]) == notices.content_of(second.revisions[-1])


def test_the_ending_says_what_to_write(run: Run, tmp_path: Path, people: People, work: Work) -> None:
    refused = run("export", "notice", written(work, people), tmp_path / "out.odt", status=1).output
    assert ".docx" in refused
    assert not (tmp_path / "out.odt").exists()
    run("export", "notice-schema", tmp_path / "schema.json")
    assert "consult-notice" in (tmp_path / "schema.json").read_text(encoding="utf-8")
    (tmp_path / "broken.docx").write_bytes(b"PK\x03\x04")
    assert "broken.docx" in run("import", "notice", tmp_path / "broken.docx", status=1).output


def test_an_imported_assessment_goes_out_and_comes_back(
    run: Run, files: Path, people: People, work: Work
) -> None:
    run("import", "aia", "--questionnaire", files / "q.json", files / "r.json")
    run("export", "notice", "triage", files / "out.json")
    run("import", "notice", files / "out.json")
    with work() as session:
        first, second = (queries.by_slug(session, one) for one in ("triage", "triage-2"))
        assert first is not None
        assert second is not None
        imported = dict(second.revisions[0].imported)
        assert imported.pop("origin")["slug"] == "triage"
        assert imported == first.revisions[0].imported
        assert second.revisions[0].fields == first.revisions[0].fields


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ("format", "other", "not a notice"),
        ("version", 1, "version 1"),
        ("origin", {"organisation": "Orvalie"}, "origin.slug"),
        ("surprise", 1, "surprise"),
        ("files", {"0" * 64: "eA=="}, "files.0000"),
        ("content.surprise", 1, "content.surprise"),
        ("content.title", "x", "content.title"),
        ("content.title", {"texts": {"de": "x"}}, "content.title"),
        ("content.title", {"texts": {"fr": 3}}, "content.title"),
        ("content.groups.0.surprise", 1, "content.groups.0.surprise"),
        ("content.milestones.0.kind", "odd", "content.milestones.0.kind"),
        ("content.milestones.0.day", "2027-02-31", "content.milestones.0.day"),
        ("imported", {"other": [3]}, "imported"),
        ("imported", {"report": [["odd", "a", ""]]}, "imported"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_exported_notice_is_refused(
    run: Run, tmp_path: Path, people: People, work: Work, place: str, value: Any, said: str
) -> None:
    run("export", "notice", written(work, people), tmp_path / "out.json")
    found = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    *way, last = place.split(".")
    inside = found
    for step in way:
        inside = inside[int(step) if step.isdecimal() else step]
    inside[last] = value
    (tmp_path / "out.json").write_text(json.dumps(found), encoding="utf-8")
    refused = run("import", "notice", tmp_path / "out.json", status=1).output
    assert "out.json" in refused
    assert said in refused
    assert count(work) == 1


def test_fields_of_another_release_are_kept(run: Run, tmp_path: Path, people: People, work: Work) -> None:
    run("export", "notice", written(work, people), tmp_path / "out.json")
    found = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    found["content"]["fields"]["field_of_the_future"] = Localized.of(fr="Demain").as_json()
    (tmp_path / "out.json").write_text(json.dumps(found), encoding="utf-8")
    run("import", "notice", tmp_path / "out.json")
    with work() as session:
        notice = queries.by_slug(session, "plume-2")
        assert notice is not None
        (kept,) = notice.revisions[0].imported["other"]
        assert kept["key"] == "field_of_the_future"
        assert kept["answer"]["texts"] == {"fr": "Demain"}


def test_notices_are_listed_one_a_line(run: Run, people: People, work: Work) -> None:
    assert run("list", "notices").output == ""
    written(work, people)
    written(work, people)
    assert run("list", "notices").output.splitlines() == ["plume", "plume-2"]


def test_a_notice_that_is_not_there_is_refused(run: Run, tmp_path: Path, people: People) -> None:
    assert "no notice none" in run("export", "notice", "none", tmp_path / "out.json", status=1).output
    assert not (tmp_path / "out.json").exists()


def test_a_file_that_cannot_be_written_is_refused(
    run: Run, tmp_path: Path, people: People, work: Work
) -> None:
    slug = written(work, people)
    assert "cannot be written" in run("export", "notice", slug, tmp_path / "no" / "out.json", status=1).output


def test_an_old_database_is_not_touched(
    run: Run, files: Path, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consult.notices.cli.schema.is_current", lambda _url: False)
    for words in (("list", "notices"), ("import", "register", files / "register.csv")):
        assert "consult init" in run(*words, status=1).output


def test_the_index_of_search_is_made_anew(run: Run, work: Work, people: People, employee: PageClient) -> None:
    story.send(work, people)
    with work() as session:
        session.execute(delete(Document))
        session.execute(delete(Word))
    assert "Plume" not in employee.get("/fr/notices?q=plume").doc.xpath("string(//ol)")
    assert "Notices that can be found: 1" in run("reindex").output
    assert "Plume" in employee.get("/fr/notices?q=plum").doc.xpath("string(//ol)")

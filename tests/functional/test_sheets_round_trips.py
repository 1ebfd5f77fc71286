"""Notices out and back: JSON into another instance byte for byte, documents and spreadsheets without loss.
Over the demonstration, the public data beside the checkout, and a notice with files."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from consult.core import clock
from consult.core.db import db, reading
from consult.core.localized import Localized
from consult.files import services as files
from consult.notices import exports, importing, queries, services, sheets
from consult.notices.content import Content, as_json
from consult.notices.imports.refusals import ImportRefused, Reason
from consult.notices.models import Notice
from consult.notices.rules import FileReaders
from consult.notices.sheets import Kind
from consult.people import services as people_services
from consult.people.models import Account
from consult.people.rules import Role
from tests.attaching import attached
from tests.conftest import Instance, People
from tests.notices import whole
from tests.told import DATABASE, demonstration
from tests.unit.test_imports_realdata import DATA, questionnaire_of, results

Work = Callable[..., Any]
FULL = os.environ.get("CONSULT_TEST_SCALE") == "full"
REAL = pytest.mark.skipif(
    not DATA.is_dir(),
    reason="The public data set is not there: put it into ../shared/data beside the checkout.",
)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """Another organisation's instance, with one who writes notices."""
    instance = Instance(tmp_path_factory.mktemp("other"))
    instance.reset()
    with inside(instance) as session:
        people_services.found_organisation(
            session,
            name="Ailleurs",
            country="be",
            access_word="bleu-tilleul",
            emergency=[{"label": {"fr": "Danger", "en": "Danger"}, "number": "112"}],
            alert_channel=Localized.of(fr="Alerte", en="Alert"),
        )
        people_services.add_account(session, email="x@y.example", name="Xavier", role=Role.HR_PUBLISHER)
    yield instance
    instance.app.extensions["consult.page_cache"].clear()
    with instance.app.app_context():
        db.engine.dispose()


@contextmanager
def inside(instance: Instance) -> Iterator[Session]:
    with instance.app.test_request_context("/workspace/en/"):
        reading.set(False)
        yield db.session
        db.session.commit()


def exported(session: Session) -> dict[str, str]:
    notices = (queries.by_slug(session, slug) for slug in queries.slugs(session))
    return {one.slug: exports.document(one, organisation="Orvalie") for one in notices if one is not None}


def again(other: Instance, written: Mapping[str, str]) -> None:
    """Each document taken in elsewhere and written from there is the same."""
    with inside(other) as session:
        hr = session.query(Account).one()
        for slug, text in written.items():
            file = importing.File(f"{slug}.json", text.encode())
            made = importing.notice(session, file, actor=hr, on=date(2030, 1, 1)).notice
            session.flush()
            session.expire_all()
            fresh = queries.by_slug(session, made.slug)
            assert fresh is not None
            assert exports.document(fresh, organisation="Ailleurs") == text, slug


def through_documents(session: Session) -> int:
    """Notices through a Word document or a spreadsheet, alone and into their draft: one of two in one of the
    two; in the long run all of them in both."""
    count = 0
    for slug in queries.slugs(session):
        notice = queries.by_slug(session, slug)
        assert notice is not None
        content = services.content_of(notice.revisions[-1])
        alone = as_json(replace(content, attachments=()))
        both = ((Kind.WORD, "fr"), (Kind.EXCEL, "en"))
        for kind, language in both if FULL else both[count % 4 :][:1]:
            raw = sheets.write(kind, content, language=language, slug=slug)
            read = sheets.read(raw, slug)
            assert as_json(read.content()) == alone, (slug, kind)
            merged = sheets.merged(read, content)
            assert merged.changes == (), (slug, kind)
            assert as_json(merged.content) == as_json(content), (slug, kind)
        count += 1
    return count


def test_every_notice_of_the_demonstration(
    instance: Instance, work: Work, other: Instance, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with instance.app.app_context():
        db.engine.dispose()
    shutil.copyfile(demonstration(tmp_path_factory) / DATABASE, instance.database_file)
    with work("fr") as session:
        written = exported(session)
        assert through_documents(session) == len(written) > 5
    for text in written.values():
        exports.read_document(text.encode(), "x")
        assert set(json.loads(text)) == set(exports.schema()["properties"])
    again(other, written)


@REAL
@pytest.mark.realdata
def test_every_imported_notice(work: Work, people: People, other: Instance) -> None:
    with work() as session:
        hr, on = session.get_one(Account, people.hr.id), clock.today()
        for entry in results():
            path, asked = DATA / "aia" / "results" / f"{entry['package_id']}.json", questionnaire_of(
                entry["version"]
            )  # fmt: skip
            given = (importing.File(one.name, one.read_bytes()) for one in (asked, path))
            made = importing.assessment(session, *given, actor=hr, on=on)
            assert made.notice.revisions[0].answers == dict(made.draft.answers)
            assert {"phase"} <= set(made.draft.answers)
        (path,) = (DATA / "gc-ai-register").glob("*.csv")
        rows = importing.register(session, importing.File(path.name, path.read_bytes()), actor=hr, on=on)
        assert len(rows) == 40
    with work() as session:
        written = exported(session)
        assert through_documents(session) == len(written) == 48
    again(other, written)


# ── with files ──────────────────────────────────────────────────────────────────


@pytest.fixture
def with_files(work: Work, people: People) -> str:
    one = attached(work, reason=Localized.of(fr="Contrat"), readers=FileReaders.CONFIDENTIAL,
                   until=date(2027, 1, 1), mandate_ids=("00000000-0000-4000-8000-000000000000",))  # fmt: skip
    two = attached(work, b"a,b,c\n1,2,3\n4,5,6\n", name="chiffres.csv", language="de")
    with work() as session:
        hr = session.get_one(Account, people.hr.id)
        notice = services.create(session, title=Localized.of(fr="Plume"), actor=hr, on=clock.today())
        services.save(session, notice.revisions[-1], whole(attachments=(one, two)))
        return notice.slug


def json_of(work: Work, slug: str) -> Any:
    with work() as session:
        return json.loads(exports.document(found(session, slug), organisation="Orvalie"))


def found(session: Session, slug: str) -> Notice:
    notice = queries.by_slug(session, slug)
    assert notice is not None
    return notice


def test_files_travel_in_json_by_their_digest(with_files: str, work: Work, other: Instance) -> None:
    with work() as session:
        text = exports.document(found(session, with_files), organisation="Orvalie")
        digests = [
            one.digest for one in services.content_of(found(session, with_files).revisions[-1]).attachments
        ]
    assert set(json.loads(text)["files"]) == set(digests)
    assert "00000000-0000-4000" not in text
    again(other, {with_files: text})
    with inside(other):
        assert files.path_of(digests[1]).read_bytes() == b"a,b,c\n1,2,3\n4,5,6\n"


def test_a_file_that_was_erased_does_not_travel(with_files: str, work: Work) -> None:
    gone = json_of(work, with_files)["content"]["attachments"][0]["digest"]
    with work() as session:
        files.forget(session, gone)
    stored = json_of(work, with_files)
    assert gone not in json.dumps(stored)
    assert len(stored["content"]["attachments"]) == len(stored["files"]) == 1


HARMFUL = "PCFkb2N0eXBlIGh0bWw+PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d["files"].popitem(), "files."),
        (lambda d: d["files"].update({"0" * 64: "eA=="}), "files.0000"),
        (lambda d: d["files"].update(dict.fromkeys(d["files"], "eA==")), "files."),
        (lambda d: d["files"].update(dict.fromkeys(d["files"], "not base64")), "files."),
        (lambda d: d["content"]["attachments"][0].update(name="../../etc/passwd"), "content.attachments.0"),
        (lambda d: d["content"]["attachments"][0].update(media_type="text/html"), "content.attachments.0"),
        (lambda d: d["content"]["attachments"][0].update(size=1), "content.attachments.0"),
        (lambda d: d["content"]["attachments"][0].update(until=None), "content.attachments.0.until"),
        (lambda d: d["content"]["attachments"][0].update(mandate_ids=["x"]), "mandate_ids"),
    ],
)
def test_a_document_that_lies_about_its_files_is_refused(
    with_files: str, work: Work, people: People, change: Callable[[Any], object], said: str
) -> None:
    stored = json_of(work, with_files)
    change(stored)
    refused_by(work, people, stored, said)


def test_a_file_that_could_act_is_refused(with_files: str, work: Work, people: People) -> None:

    stored = json_of(work, with_files)
    raw = base64.b64decode(HARMFUL)
    digest = hashlib.sha256(raw).hexdigest()
    stored["content"]["attachments"] = [{**stored["content"]["attachments"][1], "digest": digest}]
    stored["files"] = {digest: HARMFUL}
    refused_by(work, people, stored, "chiffres.csv")


def refused_by(work: Work, people: People, stored: Any, said: str) -> None:
    with work() as session:
        hr, before = session.get_one(Account, people.hr.id), len(queries.slugs(session))
        with pytest.raises(ImportRefused) as caught:
            importing.notice(
                session, importing.File("n.json", json.dumps(stored).encode()), actor=hr, on=clock.today()
            )
        assert caught.value.reason is Reason.NOTICE_DOES_NOT_FIT
        assert said in caught.value.message()
        assert len(queries.slugs(session)) == before
        session.rollback()


def test_a_document_names_the_files_it_does_not_carry(with_files: str, work: Work, people: People) -> None:
    with work() as session:
        content = services.content_of(found(session, with_files).revisions[-1])
        hr = session.get_one(Account, people.hr.id)
        for kind in Kind:
            file = importing.File(f"n.{kind}", sheets.write(kind, content, language="fr"))
            made = importing.notice(session, file, actor=hr, on=clock.today())
            assert made.left_out == ("analyse.pdf", "chiffres.csv")
            assert services.content_of(made.notice.revisions[-1]).attachments == ()


def test_a_template_without_a_title_bears_the_name_of_its_file(work: Work, people: People) -> None:
    with work() as session:
        hr = session.get_one(Account, people.hr.id)
        file = importing.File("Notice tri.docx", sheets.template(Kind.WORD, language="fr"))
        made = importing.notice(session, file, actor=hr, on=clock.today()).notice
        expected = Content(Localized({"fr": "Notice tri"}, "fr"), changelog=Localized({}, "fr"))
        assert services.content_of(made.revisions[-1]) == expected.normal()

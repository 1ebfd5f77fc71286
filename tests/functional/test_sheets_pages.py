"""The pages of documents and spreadsheets: who gets them, what is shown before it is kept, and what is never
lost."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from flask import Flask

from consult.core import clock
from consult.core.localized import Localized, TranslationState
from consult.notices import exports, queries, services, sheets
from consult.notices.content import Content
from consult.notices.models import Notice, Revision
from consult.notices.rules import Review
from consult.notices.sheets import Kind
from consult.people.models import Account
from tests import reading_story as story
from tests.client import Page, PageClient
from tests.conftest import People
from tests.notices import whole

Work = Callable[..., Any]
As = Callable[[Account], PageClient]
NATURE = Localized.of(fr="Une règle.", en="A rule.")
CONTENT = whole(fields={"nature": NATURE, "monitoring": NATURE}, answers={"monitoring": "yes"})
SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "notice.schema.json"
ROOT = "/workspace/fr/notices"


@pytest.fixture
def hr(people: People, as_: As, work: Work) -> PageClient:
    """A browser of somebody who writes the notice ``plume``."""
    with work() as session:
        actor = session.get_one(Account, people.hr.id)
        notice = services.create(session, title=CONTENT.title, actor=actor, on=clock.today())
        services.save(session, notice.revisions[-1], CONTENT)
    return as_(people.hr)


def revision(session: Any, slug: str = "plume") -> Revision:
    notice = queries.by_slug(session, slug)
    assert notice is not None
    return notice.revisions[-1]


def content(work: Work, slug: str = "plume") -> Content:
    with work() as session:
        found: Content = services.content_of(revision(session, slug))
    return found


def changed(client: PageClient, **texts: str) -> bytes:
    """The Word document of the notice, with the French of these fields written anew."""
    document = Document(io.BytesIO(client.http.get(f"{ROOT}/plume/download/docx").data))
    for table in document.tables:
        for row in table.rows:
            cells = row.cells
            if cells[0].text in texts:
                cells[2].text = texts[cells[0].text]
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def send(client: PageClient, path: str, raw: bytes, name: str = "plume.docx", *, status: int = 200) -> Page:
    token = client.get(path).form(path).xpath(".//input[@name='csrf_token']/@value")[0]
    data = {"csrf_token": token, "file": (io.BytesIO(raw), name)}
    return client.post(path, data, status=status, content_type="multipart/form-data")


# ── out ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["docx", "xlsx", "json"])
def test_a_download_is_a_file_that_nothing_keeps(hr: PageClient, work: Work, kind: str) -> None:
    response = hr.http.get(f"{ROOT}/plume/download/{kind}")
    assert response.headers["Content-Disposition"] == f"attachment; filename=plume.{kind}"
    assert response.headers["Cache-Control"] == "no-store"
    assert "script" not in (response.mimetype or "")
    if kind == "json":
        assert exports.read_document(response.data, "x").content.normal() == content(work)
    else:
        assert response.mimetype == sheets.MEDIA_TYPES[Kind(kind)]
        with hr.app.app_context():
            assert sheets.read(response.data, "x").about["notice"] == "plume"


def test_templates_come_in_both_languages(hr: PageClient) -> None:
    page = hr.get("/workspace/fr/imports/notice")
    links = [one for one in page.links() if "template" in one]
    assert len(links) == 4
    said = set()
    for link in links:
        response = hr.http.get(link)
        with hr.app.app_context():
            read = sheets.read(response.data, "x")
            assert read.content() == Content(Localized({}, read.was)).normal()
        said.add((response.mimetype, read.was))
    assert len(said) == 4


def test_the_schema_is_the_committed_one(hr: PageClient) -> None:
    response = hr.http.get(f"{ROOT}/schema.json")
    assert response.get_data(as_text=True) == SCHEMA.read_text(encoding="utf-8") == exports.schema_text()
    assert json.loads(response.data)["properties"]["format"] == {"const": "consult-notice"}


def test_the_editor_and_a_published_notice_lead_there(
    hr: PageClient, people: People, as_: As, work: Work
) -> None:
    sent = hr.submit(hr.get(f"{ROOT}/plume/edit"), action="/edit", button="go=elsewhere")
    page = hr.follow(sent)
    assert page.path == f"{ROOT}/plume/file"
    assert {f"{ROOT}/plume/download/{kind}" for kind in ("docx", "xlsx", "json")} <= set(page.links())
    assert "/workspace/fr/imports/notice" in hr.get(f"{ROOT}/new").links()
    story.send(work, people, "gone", on=clock.today())
    links = hr.get(f"{ROOT}/gone/edit").links()
    assert f"{ROOT}/gone/download/json" in links
    assert json.loads(hr.http.get(f"{ROOT}/gone/download/json").data)["origin"]["slug"] == "gone"
    assert hr.http.get(f"{ROOT}/gone/file").status_code == 302


@pytest.mark.parametrize("path", ["plume/download/docx", "plume/file", "template.docx", "schema.json"])
def test_only_those_who_write_notices_get_them(
    hr: PageClient, people: People, as_: As, client: PageClient, path: str
) -> None:
    for account in (people.rep1, people.chair, people.admin):
        assert as_(account).http.get(f"{ROOT}/{path}").status_code in (403, 404)
    assert client.http.get(f"{ROOT}/{path}").status_code in (302, 303)
    for unknown in ("plume/download/pdf", "plume/download/docx/x", "template.json"):
        assert hr.http.get(f"{ROOT}/{unknown}").status_code == 404


# ── in, into the draft ──────────────────────────────────────────────────────────


def test_a_filled_file_is_shown_then_kept(hr: PageClient, work: Work) -> None:
    page = send(hr, f"{ROOT}/plume/file", changed(hr, nature="Deux <b>règles</b>."))
    assert "Deux <b>règles</b>." in page.text
    assert "Une règle." in page.text
    assert content(work) == CONTENT.normal()
    where = hr.follow(hr.submit(page, action="/file/save"))
    assert where.path.endswith("/plume/edit")
    kept = content(work)
    assert kept.fields["nature"].texts["fr"] == "Deux <b>règles</b>."
    assert kept.fields["nature"].state("en") is TranslationState.STALE
    assert replace(kept, fields={**kept.fields, "nature": NATURE}) == CONTENT.normal()
    hr.submit(page, action="/file/save")  # a double click
    assert content(work) == kept


def test_a_file_that_changes_nothing_says_so(hr: PageClient) -> None:
    page = send(hr, f"{ROOT}/plume/file", changed(hr))
    assert not page.doc.xpath("//form[contains(@action, '/file/save')]")


def test_somebody_who_wrote_meanwhile_loses_nothing(hr: PageClient, work: Work) -> None:
    page = send(hr, f"{ROOT}/plume/file", changed(hr, nature="La mienne."))
    with work() as session:
        fields = {**CONTENT.fields, "nature": Localized.of(fr="La leur.", en="Theirs.")}
        services.save(session, revision(session), replace(CONTENT, fields=fields))
    conflict = hr.submit(page, action="/file/save", status=409)
    texts = [one.text for one in conflict.doc.xpath("//textarea")]
    assert any("La mienne." in (one or "") for one in texts)
    assert any("La leur." in (one or "") for one in texts)
    assert content(work).fields["nature"].texts["fr"] == "La leur."
    again = send(hr, f"{ROOT}/plume/file", changed(hr, nature="La mienne."))
    hr.submit(again, action="/file/save")
    assert content(work).fields["nature"].texts["fr"] == "La mienne."


def test_what_changed_on_both_sides_is_marked(hr: PageClient, work: Work) -> None:
    raw = changed(hr, nature="La mienne.")
    with work() as session:
        fields = {**CONTENT.fields, "nature": Localized.of(fr="La leur.", en="Theirs.")}
        services.save(session, revision(session), replace(CONTENT, fields=fields))
    page = send(hr, f"{ROOT}/plume/file", raw)
    assert len(page.doc.xpath("//tr[contains(@class, 'is-flag')]")) == 1
    hr.submit(page, action="/file/save")
    assert dict(content(work).fields["nature"].texts) == {"fr": "La mienne.", "en": "Theirs."}


def test_an_approved_notice_becomes_a_draft_again(hr: PageClient, work: Work) -> None:
    with work() as session:
        revision(session).review = Review.APPROVED
    hr.submit(send(hr, f"{ROOT}/plume/file", changed(hr, nature="Autre.")), action="/file/save")
    with work() as session:
        assert revision(session).review is Review.DRAFT


@pytest.mark.parametrize(
    ("raw", "said"),
    [(b"PK\x03\x04", "plume.docx"), (b"{}", "plume.docx"), (b"", "plume.docx"), (b"%PDF-1.7", "plume.docx")],
)
def test_a_file_that_cannot_be_read_changes_nothing(
    hr: PageClient, work: Work, raw: bytes, said: str
) -> None:
    page = send(hr, f"{ROOT}/plume/file", raw, status=400)
    assert said in page.text
    assert content(work) == CONTENT.normal()


def test_a_file_without_a_title_is_refused(hr: PageClient) -> None:
    assert "title" in send(hr, f"{ROOT}/plume/file", changed(hr, title=""), status=400).text


@pytest.mark.parametrize("change", [lambda one: one[:-2] + "xx", lambda _one: "", lambda _one: "e30.x.y"])
def test_what_was_shown_cannot_be_altered_on_the_way(
    hr: PageClient, work: Work, change: Callable[[str], str]
) -> None:
    page = send(hr, f"{ROOT}/plume/file", changed(hr, nature="Autre."))
    said = page.form("/file/save").xpath(".//input[@name='said']/@value")[0]
    hr.submit(page, {"said": change(str(said))}, action="/file/save")
    assert content(work) == CONTENT.normal()


def test_what_was_shown_for_one_notice_is_not_kept_in_another(
    hr: PageClient, people: People, work: Work
) -> None:
    with work() as session:
        actor = session.get_one(Account, people.hr.id)
        services.create(session, title=Localized.of(fr="Autre"), actor=actor, on=clock.today())
    page = send(hr, f"{ROOT}/plume/file", changed(hr, nature="Autre."))
    form = page.form("/file/save")
    data = dict(form.form_values())
    hr.post(f"{ROOT}/autre/file/save", data, status=409)
    assert not content(work, "autre").fields


def test_a_file_of_another_notice_is_said_to_be_one(hr: PageClient, people: People, work: Work) -> None:
    raw = hr.http.get(f"{ROOT}/plume/download/xlsx").data
    with work() as session:
        actor = session.get_one(Account, people.hr.id)
        services.create(session, title=Localized.of(fr="Autre"), actor=actor, on=clock.today())
    page = send(hr, f"{ROOT}/autre/file", raw, "plume.xlsx")
    assert page.doc.xpath("//*[contains(@class, 'banner')]")


# ── in, as a new draft ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["docx", "xlsx", "json"])
def test_a_file_becomes_a_new_draft(hr: PageClient, work: Work, kind: str, app: Flask) -> None:
    raw = hr.http.get(f"{ROOT}/plume/download/{kind}").data
    page = hr.follow(send(hr, "/workspace/fr/imports/notice", raw, f"n.{kind}", status=303))
    assert page.path.endswith("/plume-2/edit")
    assert content(work, "plume-2") == content(work)


def test_a_refused_file_makes_no_draft(hr: PageClient, work: Work) -> None:
    page = send(hr, "/workspace/en/imports/notice", b"{}", "n.json", status=400)
    assert "n.json" in page.text
    with work() as session:
        assert len(queries.slugs(session)) == 1
        assert session.query(Notice).count() == 1

"""Attachments: who may open which, how one is added to a draft, what becomes of it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from consult.core.localized import Localized, TranslationState
from consult.files import services as files
from consult.notices import queries, reviewing, services
from consult.notices.content import Attachment
from consult.notices.rules import Authority, FileReaders, Review
from consult.people import services as people_services
from consult.people.models import Account
from consult.people.rules import BodyKind, MandateRole, Role
from tests import reading_story as story
from tests import samples
from tests.attaching import attached
from tests.client import Page, PageClient
from tests.conftest import WORD, People

Work = Callable[..., Any]
As = Callable[[Account], PageClient]
TODAY = datetime(2026, 11, 24, 10, tzinfo=UTC)
END = date(2026, 12, 31)
SECRET = "Confidentiel-Cormoran"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(TODAY, tick=False):
        yield


def mandate_of(work: Work, account: Account) -> str:
    with work() as session:
        return str(session.get(Account, account.id).mandates[0].id)


def three(work: Work, people: People) -> dict[str, Attachment]:
    """One file for each kind of readers; the confidential one names rep2."""
    reason = Localized.of(fr="Secret des affaires.", en="Trade secret.")
    secret = Localized.of(fr=SECRET, en=SECRET)
    return {
        "employees": attached(work, samples.pdf(Title="1"), name="ouvert.pdf"),
        "body": attached(work, samples.pdf(Title="2"), name="cse.pdf", readers=FileReaders.BODY),
        "confidential": attached(
            work, samples.pdf(Title="3"), name="secret.pdf", readers=FileReaders.CONFIDENTIAL, label=secret,
            reason=reason, until=END, mandate_ids=(mandate_of(work, people.rep2),),
        ),
    }  # fmt: skip


def addresses(work: Work, slug: str, *, revision: int = -1) -> dict[str, str]:
    """The end of the address of each file of a revision."""
    with work() as session:
        rows = queries.by_slug(session, slug).revisions[revision].attachments
        return {str(one.readers): f"/notices/{slug}/files/{one.id}/{one.name}" for one in rows}


def status(client: PageClient, path: str, **options: Any) -> int:
    with client.http.get(path, **options) as response:
        return response.status_code


# ── who may open which ─────────────────────────────────────────────────────────


Clients = dict[str, PageClient]


@pytest.fixture
def sign_in(app: Flask, work: Work, people: People, as_: As) -> Callable[[], Clients]:
    """Everybody's browser, signed in now: a session lasts twelve hours.
    ``other``: elected in a body that did not receive the notice; ``gone``: whose mandate ended."""
    with work() as session:
        arcole = people_services.add_body(session, name="CSE d’Arcole", kind=BodyKind.CSE, headcount=90)
        made = {}
        for name, body in (("other", arcole), ("gone", people.body)):
            made[name] = people_services.add_account(
                session, email=f"{name}@orvalie.example", name=name, role=Role.REPRESENTATIVE
            )
            mandate = people_services.give_mandate(
                session, made[name], session.merge(body), role=MandateRole.FULL_MEMBER,
                starts_on=date(2026, 1, 1),
            )  # fmt: skip
            if name == "gone":
                people_services.end_mandate(session, mandate, on=date(2026, 11, 1))
        session.flush()
        for one in made.values():
            session.refresh(one)
    accounts = {
        "hr": people.hr, "admin": people.admin, "member": people.rep1, "named": people.rep2,
        "chair": people.chair, **made,
    }  # fmt: skip

    def clients() -> Clients:
        signed = {name: as_(one) for name, one in accounts.items()}
        return signed | {"stranger": PageClient(app), "employee": PageClient(app).with_word(WORD)}

    return clients


@pytest.fixture
def readers(sign_in: Callable[[], Clients]) -> Clients:
    return sign_in()


SIGNED = ("hr", "admin", "member", "named", "chair", "other", "gone")
# Of a notice employees may read: what the reading side answers, then the workspace.
OPEN = {
    #               stranger employee   hr   admin member named chair other gone
    "employees":    "403     200        200  403   200    200   200   200   403",
    "body":         "403     404        200  403   200    200   200   404   403",
    "confidential": "403     404        200  403   404    200   200   404   403",
}  # fmt: skip
HELD = {
    "employees":    "403     404        200  403   200    200   200   404   403",
    "body":         "403     404        200  403   200    200   200   404   403",
    "confidential": "403     404        200  403   404    200   200   404   403",
}  # fmt: skip
PUBLIC = OPEN
DRAFT = {
    "employees":    "403     404        200  403   404    404   404   404   403",
    "body":         "403     404        200  403   404    404   404   404   403",
    "confidential": "403     404        200  403   404    404   404   404   403",
}  # fmt: skip
AFTER_THE_END = OPEN | {"confidential": OPEN["employees"]}
HELD_AFTER_THE_END = HELD | {"confidential": HELD["employees"]}


def answers(readers: Clients, where: dict[str, str]) -> dict[str, str]:
    found = {}
    for kind, path in where.items():
        row = [status(readers[one], f"/fr{path}") for one in ("stranger", "employee")]
        row += [status(readers[one], f"/workspace/en{path}") for one in SIGNED]
        found[kind] = " ".join(str(one) for one in row)
    return found


def flat(table: dict[str, str]) -> dict[str, str]:
    return {kind: " ".join(row.split()) for kind, row in table.items()}


def kept(work: Work, people: People, slug: str, **options: Any) -> dict[str, str]:
    story.send(work, people, slug, attachments=tuple(three(work, people).values()), **options)
    return addresses(work, slug)


def test_who_opens_the_files_of_a_notice(work: Work, people: People, readers: Clients) -> None:
    where = kept(work, people, "plume")
    assert answers(readers, where) == flat(OPEN)


def test_no_file_is_wider_than_its_notice(work: Work, people: People, sign_in: Callable[[], Clients]) -> None:
    where = kept(work, people, "held", on=story.TODAY, held_until=date(2027, 2, 1))
    assert answers(sign_in(), where) == flat(HELD)
    with time_machine.travel(datetime(2027, 1, 2, 9, tzinfo=UTC), tick=False):
        assert answers(sign_in(), where) == flat(HELD_AFTER_THE_END)


def test_a_public_notice_opens_no_file_to_strangers(work: Work, people: People, readers: Clients) -> None:
    from consult.register import services as register
    from consult.web.readers import Visibility

    where = kept(work, people, "public")
    with work() as session:
        story.by_slug(session, "public").visibility = Visibility.PUBLIC
        register.touch(session)
    assert answers(readers, where) == flat(PUBLIC)
    page = readers["stranger"].get("/fr/notices/public")
    assert "ouvert.pdf" not in page.text and not [one for one in page.links() if "/files/" in one]


def test_the_files_of_a_draft_are_their_writers_alone(work: Work, people: People, readers: Clients) -> None:
    story.draft(work, people, "draft", attachments=tuple(three(work, people).values()))
    assert answers(readers, addresses(work, "draft")) == flat(DRAFT)


def test_the_files_of_the_next_revision_wait_for_it(work: Work, people: People, readers: Clients) -> None:
    """Although the notice is open, and although the same bytes are in the revision before."""
    before = kept(work, people, "plume")
    with work() as session:
        notice = queries.by_slug(session, "plume")
        services.revise(session, notice, actor=session.get(Account, people.hr.id))
    after = addresses(work, "plume")
    assert set(after.values()).isdisjoint(before.values())
    assert answers(readers, after) == flat(DRAFT)
    assert answers(readers, before) == flat(OPEN)


def test_what_was_confidential_opens_the_day_after_its_end(
    work: Work, people: People, sign_in: Callable[[], Clients]
) -> None:
    where = kept(work, people, "plume")
    employee = sign_in()["employee"]
    with time_machine.travel(datetime(2026, 12, 31, 22, tzinfo=UTC), tick=False):  # 23:00 in Paris
        assert answers(sign_in(), where) == flat(OPEN)
        assert SECRET not in employee.get("/fr/notices/plume").text
    with time_machine.travel(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), tick=False):
        assert answers(sign_in(), where) == flat(AFTER_THE_END)
        assert SECRET in employee.get("/fr/notices/plume").text


def test_a_mandate_that_ends_opens_nothing_more(work: Work, people: People, readers: Clients) -> None:
    where = kept(work, people, "plume")
    with work() as session:
        for mandate in session.get(Account, people.rep2.id).mandates:
            people_services.end_mandate(session, mandate, on=date(2026, 11, 23))
    for path in where.values():
        assert status(readers["named"], f"/workspace/fr{path}") == 403


# ── what the page of the notice shows ──────────────────────────────────────────

NAMED: dict[str, dict[str, str]] = {
    "employee": {"ouvert.pdf": "link", "cse.pdf": "name"},
    "hr": {"ouvert.pdf": "link", "cse.pdf": "link", "secret.pdf": "link"},
    "chair": {"ouvert.pdf": "link", "cse.pdf": "link", "secret.pdf": "link"},
    "member": {"ouvert.pdf": "link", "cse.pdf": "link"},
    "named": {"ouvert.pdf": "link", "cse.pdf": "link", "secret.pdf": "link"},
    "other": {"ouvert.pdf": "link", "cse.pdf": "name"},
}


def test_a_confidential_file_is_named_to_nobody_else(work: Work, people: People, readers: Clients) -> None:
    kept(work, people, "plume")
    for name, expected in NAMED.items():
        for language in ("fr", "en"):
            space = f"/{language}" if name == "employee" else f"/workspace/{language}"
            page = readers[name].get(f"{space}/notices/plume")
            links = {one.rpartition("/")[2] for one in page.links() if "/files/" in one}
            assert links == {file for file, how in expected.items() if how == "link"}, name
            listed = page.doc.xpath("//ul[@class='files mt4']/li")
            assert len(listed) == len(expected), name
            may_see = "secret.pdf" in expected
            assert (SECRET in page.text) == may_see, name
            assert ("Secret des affaires" in page.text or "Trade secret" in page.text) == may_see, name
            for address in (one for one in page.links() if "/files/" in one):
                assert status(readers[name], address) == 200


def test_what_is_sent_cannot_act(work: Work, people: People, readers: Clients) -> None:
    where = kept(work, people, "plume")
    employee = readers["employee"]
    for _turn in range(2):  # the cache of pages keeps no file
        with employee.http.get(f"/fr{where['employees']}") as response:
            assert response.data == samples.pdf(Title="1")
            assert response.headers["Content-Type"] == "application/pdf"
            assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Cache-Control"] == "private, no-cache"
            assert "Set-Cookie" not in response.headers
            tag = response.headers["ETag"]
    assert status(employee, f"/fr{where['employees']}", headers={"If-None-Match": tag}) == 304
    assert status(employee, f"/fr{where['employees']}", headers={"Range": "bytes=0-3"}) == 206
    stranger = readers["stranger"]
    for headers in ({"If-None-Match": tag}, {"If-None-Match": "*"}, {"Range": "bytes=0-3"}):
        assert status(stranger, f"/fr{where['employees']}", headers=headers) == 403
    with readers["named"].http.get(f"/workspace/fr{where['confidential']}") as response:
        assert response.headers["Cache-Control"] == "no-store" and "ETag" not in response.headers


def test_an_address_says_the_file_its_name_and_its_notice(
    work: Work, people: People, readers: Clients
) -> None:
    where = kept(work, people, "plume")["employees"]
    story.send(work, people, "autre")
    employee = readers["employee"]
    assert status(employee, f"/fr{where}") == 200
    assert status(employee, f"/fr{where}".replace("ouvert.pdf", "faux.html")) == 404
    assert status(employee, f"/fr{where}".replace("/plume/", "/autre/")) == 404
    assert status(employee, f"/fr{where}".replace("/plume/", "/rien/")) == 404


def test_an_erased_file_is_gone_everywhere(work: Work, people: People, readers: Clients) -> None:
    where = kept(work, people, "plume")["employees"]
    with work() as session:
        files.forget(session, queries.by_slug(session, "plume").revisions[0].attachments[0].digest)
    assert status(readers["employee"], f"/fr{where}") == 404
    assert status(readers["hr"], f"/workspace/fr{where}") == 404
    readers["employee"].get("/fr/notices/plume")


# ── revisions ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
def test_a_revision_copies_its_files_and_the_published_ones_never_change(work: Work, people: People) -> None:
    kept(work, people, "plume")
    with work() as session:
        notice = queries.by_slug(session, "plume")
        revision = services.revise(session, notice, actor=session.get(Account, people.hr.id))
        first, second = (services.content_of(one) for one in (notice.revisions[0], revision))
        assert first.attachments == second.attachments and len(first.attachments) == 3
        services.save(session, revision, story.content(attachments=second.attachments[:1]))
        assert len(services.content_of(notice.revisions[0]).attachments) == 3
    for act in (
        "UPDATE attachment SET readers = 'employees'",
        "DELETE FROM attachment WHERE readers = 'confidential'",
    ):
        with pytest.raises(DatabaseError, match="never changes"), work() as session:
            session.execute(text(act))


def test_an_old_revision_keeps_its_files(work: Work, people: People, readers: Clients) -> None:
    old = kept(work, people, "plume")["employees"]
    story.revise(
        work, people, "plume", on=story.TODAY, changelog=story.both("Moins.", "Less."), attachments=()
    )
    employee = readers["employee"]
    assert not [one for one in employee.get("/fr/notices/plume").links() if "/files/" in one]
    page = employee.get("/fr/notices/plume/revisions/1")
    assert f"/fr{old}" in page.links() and status(employee, f"/fr{old}") == 200


# ── adding one to a draft ──────────────────────────────────────────────────────


@pytest.fixture
def hr(as_: As, people: People) -> PageClient:
    return as_(people.hr)


@pytest.fixture
def draft(work: Work, people: People) -> str:
    return f"/workspace/fr/notices/{story.draft(work, people)}/attachments"


def multipart(token: str, raw: bytes, name: str) -> bytes:
    """A form with a file, as bytes: the test client would leave a temporary file open."""
    head = '--limit\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    parts = [
        head.format("csrf_token", "").encode() + token.encode(),
        head.format("file", f'; filename="{name}"\r\nContent-Type: application/pdf').encode() + raw,
    ]
    return b"\r\n".join(parts) + b"\r\n--limit--\r\n"


def choose(client: PageClient, where: str, raw: bytes, name: str, *, status: int = 303) -> Page:
    """Sends a file as if it were a PDF, whatever it is."""
    token = client.get(where).doc.xpath("//main//input[@name='csrf_token']/@value")[0]
    body = multipart(token, raw, name)
    return client.post(where, body, status=status, content_type="multipart/form-data; boundary=limit")


def content_of(work: Work, slug: str = "plume") -> Any:
    with work() as session:
        return services.content_of(queries.by_slug(session, slug).revisions[-1])


@pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
def test_a_file_is_looked_at_then_kept(hr: PageClient, work: Work, draft: str) -> None:
    sent = choose(hr, draft, samples.tracked_word(), "../Étude d’impact.docm")
    page = hr.follow(sent)
    assert page.h1 == "Étude d’impact.docx"
    for name in ("Denis Chair", "Claire Besson", "Ada Admin"):
        assert name in page.text
    assert content_of(work).attachments == ()  # nothing is attached before it is said
    done = hr.submit(page, {"label_fr": "Étude", "language": "de", "readers": "employees"})
    (one,) = content_of(work).attachments
    assert (one.name, one.language, one.readers) == ("Étude d’impact.docx", "de", FileReaders.EMPLOYEES)
    assert one.label == Localized({"fr": "Étude"}, "fr") and not one.is_authoritative
    listed = hr.follow(done)
    assert "Étude" in listed.text and "1" in listed.text
    with hr.http.get(next(one for one in listed.links() if "/files/" in one)) as response:
        assert response.data == samples.tracked_word()


def test_an_upload_that_is_not_kept_leaves_the_draft_alone(hr: PageClient, work: Work, draft: str) -> None:
    before = content_of(work)
    page = hr.follow(choose(hr, draft, samples.picture(), "photo.png"))
    assert draft in page.links()
    assert content_of(work) == before


@pytest.mark.parametrize(
    ("raw", "name", "said"),
    [
        (b"", "vide.pdf", "vide"),
        (b"MZ\0\0 a program", "notice.pdf", "type de fichier"),
        (b"<!doctype html><script>alert(1)</script>", "notice.pdf", "page web"),
        (samples.pdf(lambda writer: writer.encrypt("x")), "notice.pdf", "mot de passe"),
    ],
)
def test_a_file_that_is_refused_says_why(
    hr: PageClient, work: Work, draft: str, raw: bytes, name: str, said: str
) -> None:
    page = choose(hr, draft, raw, name, status=400)
    assert page.doc.xpath("//*[@id='file-error']")
    assert content_of(work).attachments == ()


def test_nothing_chosen_is_said(hr: PageClient, draft: str) -> None:
    page = hr.post(draft, {"csrf_token": hr.get(draft).form("attachments").fields["csrf_token"]}, status=400)
    assert page.doc.xpath("//*[@id='file-error']")


def test_a_file_too_large_is_refused_and_a_larger_body_is_not_read(hr: PageClient, draft: str) -> None:
    """The limit of a file and a little beside it; past that the request itself is refused."""
    mib = 1024 * 1024
    assert "20" in choose(hr, draft, bytes(20 * mib + 1), "grand.pdf", status=400).text
    choose(hr, draft, bytes(22 * mib), "trop.pdf", status=413)


def test_a_stranger_sends_no_large_body(app: Flask, draft: str) -> None:
    client = PageClient(app)
    for size, expected in ((10, (400,)), (5 * 1024 * 1024, (413, 400))):
        body, kind = multipart("x", bytes(size), "a.pdf"), "multipart/form-data; boundary=limit"
        with client.http.post(draft, data=body, content_type=kind) as response:
            assert response.status_code in expected


def test_a_confidential_file_takes_a_reason_an_end_and_a_name(
    hr: PageClient, work: Work, people: People, draft: str
) -> None:
    page = hr.follow(choose(hr, draft, samples.pdf(), "secret.pdf"))
    confidential = {"label_fr": "Annexe", "readers": "confidential"}
    refused = hr.submit(page, confidential, status=400)
    for control in ("mandates", "reason_fr", "until"):
        assert refused.doc.xpath(f"//*[@id='{control}-error']"), control
    assert refused.doc.xpath("//input[@name='label_fr']/@value") == ["Annexe"]
    named = mandate_of(work, people.rep2)
    offered = refused.doc.xpath("//input[@name='mandates']/@value")
    assert named in offered and mandate_of(work, people.chair) not in offered
    more = {"mandates": [named, "00000000-0000-4000-8000-000000000000"], "reason_fr": "Secret des affaires."}
    past = hr.submit(refused, {**confidential, **more, "until": "2026-11-24"}, status=400)
    assert past.doc.xpath("//*[@id='until-error']")
    hr.submit(past, {**confidential, **more, "until": "2027-01-31"})
    (one,) = content_of(work).attachments
    assert one.readers is FileReaders.CONFIDENTIAL and one.until == date(2027, 1, 31)
    assert one.mandate_ids == (named,) and one.reason.texts["fr"] == "Secret des affaires."


def test_no_longer_confidential_it_names_nobody(
    hr: PageClient, work: Work, people: People, draft: str
) -> None:
    file = three(work, people)["confidential"]
    story.draft(work, people, "autre", attachments=(file,))
    page = hr.get(f"/workspace/fr/notices/autre/attachments/{file.digest}")
    assert page.doc.xpath("//input[@name='until']/@value") == ["2026-12-31"]
    hr.submit(page, {"readers": "body"})
    (one,) = content_of(work, "autre").attachments
    assert (one.readers, one.until, one.mandate_ids) == (FileReaders.BODY, None, ())
    assert not one.reason


def test_the_authoritative_text_is_in_a_third_language_and_alone(
    hr: PageClient, work: Work, people: People, draft: str
) -> None:
    first = attached(work, samples.pdf(Title="de"), language="de", is_authoritative=True)
    with work() as session:
        services.save(
            session, queries.by_slug(session, "plume").revisions[-1], story.content(attachments=(first,))
        )
    page = hr.follow(choose(hr, draft, samples.pdf(Title="nl"), "nl.pdf"))
    refused = hr.submit(page, {"label_fr": "Texte", "language": "fr", "is_authoritative": "y"}, status=400)
    assert refused.doc.xpath("//*[contains(@class, 'error')]")
    done = hr.submit(refused, {"label_fr": "Texte", "language": "nl", "is_authoritative": "y"})
    assert [one.is_authoritative for one in content_of(work).attachments] == [False, True]
    listed = hr.follow(done)
    assert "/workspace/fr/notices/plume/edit?section=essentials#authority-0" in listed.links()
    assert content_of(work).authority is Authority.SOURCE  # people decide


def test_the_same_bytes_are_attached_once(hr: PageClient, work: Work, draft: str) -> None:
    for label in ("Un", "Deux"):
        page = hr.follow(choose(hr, draft, samples.pdf(), "a.pdf"))
        hr.submit(page, {"label_fr": label})
    (one,) = content_of(work).attachments
    assert one.label.texts["fr"] == "Deux"


def test_a_translation_left_alone_goes_stale(hr: PageClient, work: Work, people: People, draft: str) -> None:
    file = attached(work)
    story.draft(work, people, "autre", attachments=(file,))
    page = hr.get(f"/workspace/fr/notices/autre/attachments/{file.digest}")
    hr.submit(page, {"label_fr": "Analyse revue"})
    (one,) = content_of(work, "autre").attachments
    assert one.label.state("en") is TranslationState.STALE


def test_removed_from_the_draft_it_stays_where_it_was_published(
    hr: PageClient, work: Work, people: People, readers: Clients
) -> None:
    old = kept(work, people, "plume")
    with work() as session:
        services.revise(session, queries.by_slug(session, "plume"), actor=session.get(Account, people.hr.id))
    page = hr.get("/workspace/fr/notices/plume/attachments")
    digest = content_of(work).attachments[0].digest
    hr.submit(page, action=f"{digest}/remove")
    assert len(content_of(work).attachments) == 2
    assert status(readers["employee"], f"/fr{old['employees']}") == 200


# ── forgery, other notices, other people ───────────────────────────────────────


def test_a_reference_is_signed_and_for_its_notice(
    hr: PageClient, work: Work, people: People, draft: str, app: Flask
) -> None:
    where = choose(hr, draft, samples.pdf(), "a.pdf").response.headers["Location"]
    story.draft(work, people, "autre")
    hr.get(where.replace("/plume/", "/autre/"), status=404)
    hr.get(where[:-3] + "abc", status=404)
    secret = attached(work, samples.pdf(Title="elsewhere"))
    hr.get(f"{draft}/{secret.digest}", status=404)
    with time_machine.travel(TODAY + timedelta(days=2), tick=False):
        fresh = PageClient(app).signed_in_as(people.hr)
        fresh.get(where, status=404)


def test_only_those_who_write_notices_attach(
    work: Work, people: People, draft: str, readers: Clients
) -> None:
    for name in ("member", "chair", "admin"):
        readers[name].get(draft, status=403)


def test_a_published_or_withdrawn_notice_takes_no_file(hr: PageClient, work: Work, people: People) -> None:
    file = attached(work)
    story.send(work, people, "plume", attachments=(file,))
    where = "/workspace/fr/notices/plume/attachments"
    assert hr.get(where, status=302).response.headers["Location"].endswith("/edit")
    token = hr.get("/workspace/fr/notices/plume/edit").form("revise").fields["csrf_token"]
    body = multipart(token, samples.picture(), "a.png")
    hr.post(where, body, status=409, content_type="multipart/form-data; boundary=limit")
    hr.post(f"{where}/{file.digest}/remove", {"csrf_token": token}, status=404)


# ── two people at once ─────────────────────────────────────────────────────────


def test_two_people_may_write_different_parts_at_once(
    hr: PageClient, work: Work, people: People, draft: str
) -> None:
    page = hr.follow(choose(hr, draft, samples.pdf(), "a.pdf"))
    with work() as session:
        revision = queries.by_slug(session, "plume").revisions[-1]
        services.save(session, revision, story.content(title=story.both("Autre titre", "Another title")))
    hr.submit(page, {"label_fr": "Analyse"})
    content = content_of(work)
    assert content.title.texts["fr"] == "Autre titre" and len(content.attachments) == 1


def test_somebody_who_changed_the_files_first_is_not_undone(
    hr: PageClient, work: Work, people: People, draft: str
) -> None:
    page = hr.follow(choose(hr, draft, samples.pdf(), "a.pdf"))
    theirs = attached(work, samples.picture(), name="leur.png")
    with work() as session:
        revision = queries.by_slug(session, "plume").revisions[-1]
        services.save(session, revision, story.content(attachments=(theirs,)))
    conflict = hr.submit(page, {"label_fr": "Mon analyse"}, status=409)
    assert conflict.doc.xpath("//input[@name='label_fr']/@value") == ["Mon analyse"]
    assert [one.name for one in content_of(work).attachments] == ["leur.png"]
    hr.submit(conflict)
    assert [one.name for one in content_of(work).attachments] == ["leur.png", "a.pdf"]


def test_a_removal_meets_the_same_rule(hr: PageClient, work: Work, people: People, draft: str) -> None:
    mine, theirs = attached(work), attached(work, samples.picture(), name="leur.png")
    with work() as session:
        revision = queries.by_slug(session, "plume").revisions[-1]
        services.save(session, revision, story.content(attachments=(mine,)))
    page = hr.get(draft)
    with work() as session:
        revision = queries.by_slug(session, "plume").revisions[-1]
        services.save(session, revision, story.content(attachments=(mine, theirs)))
    conflict = hr.submit(page, action="/remove", status=409)
    assert len(content_of(work).attachments) == 2
    hr.submit(conflict, action=f"{mine.digest}/remove")
    assert [one.name for one in content_of(work).attachments] == ["leur.png"]


def test_a_change_makes_an_approved_notice_a_draft_again(
    hr: PageClient, work: Work, people: People, draft: str
) -> None:
    page = hr.follow(choose(hr, draft, samples.pdf(), "a.pdf"))
    with work() as session:
        notice = queries.by_slug(session, "plume")
        reviewing.move(session, notice, Review.APPROVED, actor=session.get(Account, people.hr.id))
    hr.submit(page, {"label_fr": "Analyse"})
    with work() as session:
        assert queries.by_slug(session, "plume").revisions[-1].review is Review.DRAFT


def test_the_editor_leads_there_and_saves_first(hr: PageClient, work: Work, draft: str) -> None:
    page = hr.get("/workspace/en/notices/plume/edit")
    done = hr.submit(page, {"title_en": "Plume, revised"}, action="/edit", button="go=attachments")
    assert done.response.location == "/workspace/en/notices/plume/attachments"
    assert content_of(work).title.texts["en"] == "Plume, revised"
    listed = hr.follow(done)
    assert "/workspace/en/notices/plume/edit?section=essentials" in listed.links()

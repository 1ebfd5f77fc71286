"""Files opened by representatives: the body's alone until it sends one, whoever asks and wherever; a source
that no table holds in clear; letters, answers, a letterbox, a notice that came later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select, text
from sqlalchemy.exc import IntegrityError

from consult import tables
from consult.consultations import indexing, letterboxes, state
from consult.consultations import queries as consultations
from consult.core import clock
from consult.core.db import db
from consult.core.errors import WrongState
from consult.dossiers import queries, services
from consult.dossiers.models import Dossier, DossierLetter, DossierSource
from consult.dossiers.rules import ALLOWED, Act, FileState, Seen, System, after
from consult.mail.models import Letter
from consult.notices.models import Notice
from consult.people import services as people_services
from consult.people.models import Account, Body, Mandate
from consult.people.rules import BodyKind, MandateRole, Role
from consult.register.models import Document, Entry, Leaf
from consult.voices.models import Letterbox
from tests import desk
from tests.client import Page, PageClient
from tests.conftest import WORD, People
from tests.functional.test_calendars import made as calendar_of
from tests.functional.test_calendars import summaries
from tests.loop import Sent, attack, sent_with
from tests.sending import PASSPHRASE, with_key

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
SignIn = Callable[[Account], PageClient]
NAME, PLACE, SECRET = "Tournesol-Scribe", "Service Marmotte", "Entendu de Zéphyrine, au vestiaire"
VOTES = {"votes_for": "4", "votes_against": "0", "abstentions": "1"}


def told(**changes: str) -> dict[str, str]:
    return {
        "name": NAME, "place": PLACE, "since": "printemps 2026", "seen": "in_use",
        "known": "Il résume les entretiens.", **changes,
    }  # fmt: skip


def opened(as_: SignIn, people: People, **changes: str) -> Page:
    rep = as_(people.rep1)
    return rep.submit(rep.get("/workspace/fr/dossiers/new"), told(**changes))


def the_file(work: Work) -> Dossier:
    with work() as session:
        found: Dossier = session.scalars(select(Dossier)).one()
        session.expunge_all()
        return found


def url(work: Work, what: str = "", lang: str = "fr") -> str:
    return f"/workspace/{lang}/dossiers/{the_file(work).id}{what}"


def send(work: Work, as_: SignIn, people: People, **changes: str) -> Page:
    rep = as_(people.rep1)
    return rep.submit(rep.get(url(work, "/letters/new")), {**VOTES, **changes})


def a_letter(work: Work) -> DossierLetter:
    with work() as session:
        found: DossierLetter = session.scalars(select(DossierLetter).order_by(DossierLetter.number)).first()
        session.expunge_all()
        return found


@pytest.fixture
def keys(work: Work, people: People) -> None:
    with work() as session:
        with_key(session, people.rep1)
        with_key(session, people.rep2)


def somebody(work: Work, name: str, body: Body | None, role: MandateRole) -> Account:
    """A representative of that body, or of another one."""
    with work() as session:
        where = session.get_one(Body, body.id) if body is not None else None
        if where is None:
            where = people_services.add_body(session, name="CSE d’Arcole", kind=BodyKind.CSE, headcount=90)
        made: Account = people_services.add_account(
            session, email=f"{name.lower()}@orvalie.example", name=name, role=Role.REPRESENTATIVE
        )
        people_services.give_mandate(
            session, made, where, role=role, starts_on=clock.today() - timedelta(days=9)
        )
        session.flush()
        session.refresh(made)
    return made


def end_mandate(work: Work, account: Account) -> None:
    with work() as session:
        for one in session.scalars(select(Mandate).where(Mandate.account_id == account.id)):
            one.ends_on = clock.today() - timedelta(days=1)


@pytest.fixture
def strangers(work: Work, people: People) -> dict[str, Account]:
    """Everybody who may not know of a file before it is sent."""
    former = somebody(work, "Former", people.body, MandateRole.FULL_MEMBER)
    end_mandate(work, former)
    return {
        "hr": people.hr,
        "chair": people.chair,
        "admin": people.admin,
        "other": somebody(work, "Other", None, MandateRole.SECRETARY),
        "expert": somebody(work, "Expert", people.body, MandateRole.EXPERT_GUEST),
        "former": former,
    }


def every_cell(work: Work) -> Iterator[str]:
    """Everything the database holds, as text."""
    with work() as session:
        for table in tables.metadata.sorted_tables:
            for row in session.execute(text(f'SELECT * FROM "{table.name}"')):
                for value in row:
                    yield value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def pages_of(app: Flask, client: PageClient) -> Iterator[tuple[str, int, str]]:
    """Every address without a parameter that answers GET, in French."""
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and not rule.arguments - {"lang", "language", "locale"}:
            path = str(rule)
            for part in ("<lang>", "<language>", "<lang_code>", "<locale>", "<any(fr, en):lang>"):
                path = path.replace(part, "fr")
            if "<" in path or path.endswith("sign-out"):
                continue
            answer = client.http.get(path)
            yield path, answer.status_code, answer.get_data().decode("utf-8", "replace")


# ── before it is sent ──────────────────────────────────────────────────────────


@BOTH
def test_a_file_is_opened_in_silence(work: Work, people: People, keys: None, as_: SignIn) -> None:
    with work() as session:
        before = [len(session.scalars(select(one)).all()) for one in (Leaf, Entry, Document, Letter)]
    opened(as_, people, source=SECRET)
    with work() as session:
        now = [len(session.scalars(select(one)).all()) for one in (Leaf, Entry, Document, Letter)]
        assert now == before, "no act, no entry, nothing to find, no mail"
        assert {one.mandate.account_id for one in queries.by_id(session, the_file(work).id).supports} == {
            people.rep1.id
        }
    for lang in ("fr", "en"):
        for account in (people.rep1, people.rep2):
            assert NAME in as_(account).get(url(work, lang=lang)).text
            assert NAME in as_(account).get(f"/workspace/{lang}/dossiers").text


def test_nobody_else_learns_of_it(
    app: Flask, work: Work, people: People, keys: None, as_: SignIn, strangers: dict[str, Account]
) -> None:
    opened(as_, people, source=SECRET)
    rep = as_(people.rep1)
    ident = the_file(work).id
    parts = ("", "/edit", "/source", "/source/new", "/letters/new", "/letterbox", "/notice", "/close")
    for who, account in strangers.items():
        client = as_(account)
        for part in parts:
            answer = client.http.get(f"/workspace/fr/dossiers/{ident}{part}")
            nothing = client.http.get(f"/workspace/fr/dossiers/{UUID(int=7)}{part}")
            assert answer.status_code == nothing.status_code in {403, 404}, (who, part)
            assert NAME not in answer.get_data(as_text=True)
        for part in ("/support", "/source/erase", "/letters/new", "/close", "/edit", "/notice", "/letterbox"):
            status = 404 if who == "other" else 403
            attack(client, f"/workspace/fr/dossiers/{ident}{part}", {"why": "x", **VOTES}, status=status)
        for path, _status, said in pages_of(app, client):
            assert NAME not in said and PLACE not in said, (who, path)
    assert as_(people.hr).http.get(f"/workspace/fr/dossiers/{ident}").status_code == 404
    assert as_(people.chair).http.get(f"/workspace/fr/dossiers/{ident}").status_code == 404
    reader = PageClient(app).with_word(WORD)
    for path, _status, said in pages_of(app, reader):
        assert NAME not in said, path
    for found in ("/fr/notices?q=Tournesol", "/fr/api/v1/notices"):
        assert NAME not in reader.http.get(found).get_data(as_text=True)
    assert the_file(work).state is FileState.DRAFT
    rep.get(f"/workspace/fr/dossiers/{ident}")


def test_an_agenda_and_a_linked_notice_tell_nothing_of_it(
    work: Work, people: People, as_: SignIn, strangers: dict[str, Account]
) -> None:
    sent = sent_with(work, people)
    opened(as_, people)
    hr, rep = as_(people.hr), as_(people.rep1)
    page = hr.get(f"/workspace/fr/meetings/new?body={people.body.id}")
    day = (clock.today() + timedelta(days=9)).isoformat()
    meeting = hr.submit(page, {"day": day}).response.headers["Location"]
    for client in (hr, as_(people.chair), rep):
        assert NAME not in client.get(meeting).text, "an agenda is read by the chair"
    rep.submit(rep.get(url(work, "/notice")), {"notice": sent.slug})
    file = the_file(work)
    assert (file.state, file.sent_on) == (FileState.LINKED, None)
    hub = f"/workspace/fr/consultations/{sent.consultation_id}"
    assert NAME in rep.get(hub).text
    for who in ("hr", "chair", "expert"):
        assert NAME not in as_(strangers[who]).get(hub).text, who
        assert NAME not in as_(strangers[who]).get(f"/workspace/fr/notices/{sent.slug}").text, who
        as_(strangers[who]).get(url(work), status=404)
    with work() as session:
        assert not [one for one in session.scalars(select(Entry)) if "dossier" in one.ref]


# ── the source ─────────────────────────────────────────────────────────────────


@BOTH
def test_the_source_lies_nowhere_in_clear(work: Work, people: People, keys: None, as_: SignIn) -> None:
    opened(as_, people, source=SECRET)
    send(work, as_, people)
    assert not [one for one in every_cell(work) if "phyrine" in one or "vestiaire" in one]
    with work() as session:
        rows = session.scalars(select(DossierSource)).all()
        assert len(rows) == 2 and {len(one.sealed) for one in rows} == {8240}
        assert len({one.sealed for one in rows}) == 2
    for account in (people.rep1, people.rep2):
        client = as_(account)
        page = client.get(url(work, "/source"))
        assert "Zéphyrine" not in page.text
        refused = client.submit(page, {"passphrase": "un deux trois quatre cinq six"}, status=400)
        assert "Zéphyrine" not in refused.text
        read = client.submit(page, {"passphrase": PASSPHRASE}, status=200)
        assert "Zéphyrine" in read.text
        assert read.response.headers["Cache-Control"] == "no-store"
    for account in (people.hr, people.chair, people.admin):
        attack(as_(account), url(work, "/source"), {"passphrase": PASSPHRASE}, status=403)
        assert "Zéphyrine" not in as_(account).http.get(url(work)).get_data(as_text=True)


def test_no_key_no_source_and_nothing_typed_is_lost(work: Work, people: People, as_: SignIn) -> None:
    rep = as_(people.rep1)
    page = rep.get("/workspace/fr/dossiers/new")
    lost = rep.submit(page, told(source=SECRET), status=400)
    said = lost.response.get_data(as_text=True)
    assert NAME in said and SECRET in said
    with work() as session:
        assert session.scalars(select(Dossier)).first() is None
    rep.submit(lost, {"source": ""})
    assert the_file(work).name == NAME


def test_who_made_a_key_later_gets_it_from_a_member_only(work: Work, people: People, as_: SignIn) -> None:
    with work() as session:
        with_key(session, people.rep1)
    opened(as_, people, source=SECRET)
    with work() as session:
        with_key(session, people.rep2)
    later, first = as_(people.rep2), as_(people.rep1)
    assert not later.get(url(work, "/source")).doc.xpath("//main//form")
    attack(later, url(work, "/source"), {"passphrase": PASSPHRASE}, status=404)
    first.submit(first.get(url(work, "/source")), {"passphrase": PASSPHRASE, "share": "y"}, status=200)
    assert (
        "Zéphyrine"
        in later.submit(later.get(url(work, "/source")), {"passphrase": PASSPHRASE}, status=200).text
    )
    end_mandate(work, people.rep1)
    assert first.http.get(url(work, "/source")).status_code == 403
    attack(first, url(work, "/source"), {"passphrase": PASSPHRASE}, status=403)


def test_closing_destroys_the_source(work: Work, people: People, keys: None, as_: SignIn) -> None:
    opened(as_, people, source=SECRET)
    rep = as_(people.rep1)
    page = rep.get(url(work, "/close"))
    rep.submit(page, {"why": " "}, status=400)
    rep.submit(page, {"why": "Sans suite"})
    with work() as session:
        assert session.scalars(select(DossierSource)).all() == []
    assert "Sans suite" in rep.get(url(work)).text
    rep.get(url(work, "/source"), status=404)
    rep.submit(page, {"why": "Encore"}, status=409)
    as_(people.hr).get(url(work), status=404)


# ── letters ────────────────────────────────────────────────────────────────────


@BOTH
def test_the_employer_learns_of_it_by_the_letter_and_answers_once(
    work: Work, people: People, keys: None, as_: SignIn, strangers: dict[str, Account]
) -> None:
    opened(as_, people, source=SECRET)
    proposed = as_(people.rep1).get(url(work, "/letters/new"))
    assert NAME in proposed.doc.xpath("string(//textarea[@name='text_fr'])")
    assert proposed.doc.xpath("string(//textarea[@name='resolution_fr'])").strip().startswith("Le CSE")
    send(work, as_, people)
    letter = a_letter(work)
    assert letter.due_on - letter.sent_on == timedelta(days=15)
    with work() as session:
        told_to = {one.to_address: one for one in session.scalars(select(Letter))}
        assert set(told_to) == {people.hr.email, people.chair.email}
        for one in told_to.values():
            assert NAME not in one.text + one.subject and PLACE not in one.text, "links only"
        assert [one.tag for one in session.scalars(select(Entry))] == ["file.sent"]
    for who in ("hr", "chair"):
        for lang in ("fr", "en"):
            page = as_(strangers[who]).get(url(work, lang=lang))
            assert NAME in page.text and people.rep1.name not in page.doc.xpath("string(//main)")
            assert NAME in as_(strangers[who]).get(f"/workspace/{lang}/dossiers").text
    assert NAME in as_(people.hr).get("/workspace/fr/").text
    as_(strangers["expert"]).get(url(work))
    as_(strangers["other"]).get(url(work), status=404)
    where = f"/workspace/fr/dossiers/letters/{letter.id}"
    for who in ("chair", "admin", "other", "former"):
        as_(strangers[who]).get(where, status=403)
    hr = as_(people.hr)
    answering = hr.get(where)
    hr.submit(answering, {"text_fr": ""}, status=400)
    hr.submit(answering, {"text_fr": "Il est à l’essai.", "text_en": "It is on trial."})
    hr.submit(answering, {"text_fr": "Autre chose"})
    assert a_letter(work).answer.texts["fr"] == "Il est à l’essai."
    assert the_file(work).state is FileState.ANSWERED
    assert "Il est à l’essai." in as_(people.rep2).get(url(work)).text
    with work() as session:
        told_now = [one.to_address for one in session.scalars(select(Letter))]
        assert people.rep2.email in told_now and "expert@orvalie.example" not in told_now


def test_no_vote_no_letter(work: Work, people: People, as_: SignIn) -> None:
    opened(as_, people)
    rep = as_(people.rep1)
    page = rep.get(url(work, "/letters/new"))
    lost = rep.submit(page, {**VOTES, "votes_for": "1", "text_fr": "Ma lettre à moi"}, status=409)
    assert "Ma lettre à moi" in lost.response.get_data(as_text=True)
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    for wrong in ({"due_on": yesterday}, {"decided_on": tomorrow}, {"text_fr": " "}, {"votes_for": "x"}):
        rep.submit(page, {**VOTES, **wrong}, status=400)
    assert the_file(work).sent_on is None
    as_(people.hr).get(url(work), status=404)


def test_a_double_click_sends_one_letter_and_a_reminder_is_another(
    work: Work, people: People, as_: SignIn
) -> None:
    opened(as_, people)
    rep = as_(people.rep1)
    page = rep.get(url(work, "/letters/new"))
    rep.submit(page, VOTES)
    rep.submit(page, VOTES)
    rep.submit(rep.get(url(work, "/letters/new")), VOTES)
    with work() as session:
        letters = session.scalars(select(DossierLetter).order_by(DossierLetter.number)).all()
        assert [one.number for one in letters] == [1, 2]
        ids = [one.id for one in letters]
    hr = as_(people.hr)
    hr.submit(hr.get(f"/workspace/fr/dossiers/letters/{ids[0]}"), {"text_fr": "Oui"})
    assert the_file(work).state is FileState.SENT, "the other letter still waits"
    hr.submit(hr.get(f"/workspace/fr/dossiers/letters/{ids[1]}"), {"text_fr": "Oui encore"})
    assert the_file(work).state is FileState.ANSWERED


def test_what_was_sent_never_changes(work: Work, people: People, as_: SignIn) -> None:
    opened(as_, people)
    rep = as_(people.rep1)
    editing = rep.get(url(work, "/edit"))
    rep.submit(editing, told(place="Lille"))
    assert the_file(work).place == "Lille"
    send(work, as_, people)
    rep.submit(editing, told(place="Nantes"), status=409)
    for statement in (
        "UPDATE dossier SET name = 'x'", "DELETE FROM dossier", "UPDATE dossier_letter SET number = 9",
        "DELETE FROM dossier_letter",
    ):  # fmt: skip
        with pytest.raises(IntegrityError), work() as session:
            session.execute(text(statement))
        with work() as session:
            session.rollback()


def test_supporters_are_members_and_stay_between_members(work: Work, people: People, as_: SignIn) -> None:
    opened(as_, people)
    rep2 = as_(people.rep2)
    page = rep2.get(url(work))
    rep2.submit(page, action="/support")
    rep2.submit(page, action="/support")
    assert "2 membres sur 2" in rep2.get(url(work)).text or "2 of the 2" in rep2.get(url(work)).text
    send(work, as_, people)
    assert people.rep2.name not in as_(people.hr).get(url(work)).doc.xpath("string(//main)")
    rep2.submit(rep2.get(url(work)), action="/support")
    with work() as session:
        assert len(queries.by_id(session, the_file(work).id).supports) == 1
    end_mandate(work, people.rep2)
    assert as_(people.rep2).http.get(url(work)).status_code == 403


# ── where it leads ─────────────────────────────────────────────────────────────


def test_a_sent_file_goes_on_an_agenda(work: Work, people: People, as_: SignIn) -> None:
    opened(as_, people)
    hr = as_(people.hr)
    page = hr.get(f"/workspace/fr/meetings/new?body={people.body.id}")
    day = (clock.today() + timedelta(days=9)).isoformat()
    meeting = hr.submit(page, {"day": day}).response.headers["Location"]
    send(work, as_, people)
    with work() as session:
        body = session.get_one(Body, people.body.id)
        assert [one.name for one in queries.for_agenda(session, body)] == [NAME]
    secretary = as_(people.rep1)
    secretary.submit(secretary.get(meeting), action=f"file={the_file(work).id}")
    shown = secretary.get(meeting)
    assert NAME in shown.text and not shown.doc.xpath("//form[contains(@action, 'file=')]")


def test_a_file_is_read_with_the_notice_that_came(
    app: Flask, work: Work, people: People, as_: SignIn
) -> None:
    opened(as_, people)
    send(work, as_, people)
    sent: Sent = sent_with(work, people)
    rep = as_(people.rep1)
    page = rep.get(url(work, "/notice"))
    rep.submit(page, {"notice": "nothing"}, status=400)
    rep.submit(page, {"notice": sent.slug})
    rep.submit(page, {"notice": sent.slug}, status=409)
    hub = f"/workspace/fr/consultations/{sent.consultation_id}"
    for account in (people.rep2, people.hr, people.chair):
        assert NAME in as_(account).get(hub).text
        assert NAME in as_(account).get(f"/workspace/fr/notices/{sent.slug}").text
    reader = PageClient(app).with_word(WORD)
    assert NAME not in reader.get(f"/fr/notices/{sent.slug}").text
    hr = as_(people.hr)
    hr.submit(hr.get(f"/workspace/fr/dossiers/letters/{a_letter(work).id}"), {"text_fr": "Voir la notice"})
    assert the_file(work).state is FileState.LINKED


def ask_employees(work: Work, as_: SignIn, people: People) -> Page:
    rep = as_(people.rep1)
    values = {"title_fr": "Scribe à l’accueil", "about_fr": "Un outil qui résume nos entretiens."}
    where = rep.submit(rep.get(url(work, "/letterbox")), values).response.headers["Location"]
    return rep.get(where)


def test_employees_are_asked_only_once_it_was_sent(
    app: Flask, work: Work, people: People, keys: None, as_: SignIn
) -> None:
    opened(as_, people)
    rep = as_(people.rep1)
    rep.get(url(work, "/letterbox"), status=409)
    attack(rep, url(work, "/letterbox"), {"title_fr": "T", "about_fr": "A"}, status=409)
    send(work, as_, people)
    page = ask_employees(work, as_, people)
    with work() as session:
        slug = session.scalars(select(Notice.slug).where(Notice.is_file)).one()
    reader = PageClient(app).with_word(WORD)
    reader.get(f"/fr/notices/{slug}", status=404)
    opening = {"votes_for": "4", "votes_against": "0", "abstentions": "0"}
    rep.submit(rep.get(page.path), opening)
    with work() as session:
        box = session.scalars(select(Letterbox)).one()
        address, told_of = box.id.hex(), dict(box.told)
        assert (box.k, told_of["title"]["fr"]) == (10, "Scribe à l’accueil")
        assert told_of["keyholders"] == sorted([people.rep1.name, people.rep2.name])
    PageClient(app).get(f"/fr/notices/{slug}", status=403)
    for lang in ("fr", "en"):
        shown = reader.get(f"/{lang}/notices/{slug}")
        assert "Un outil qui résume nos entretiens." in shown.text
        assert NAME not in shown.text, "in the words of the body, not those of the file"
    reader.get(f"/speak/fr/{address}/")
    for path, _status, said in pages_of(app, reader):
        assert "Scribe à l’accueil" not in said, path
    for account in (people.hr, people.rep1, people.chair):
        client = as_(account)
        client.get(f"/workspace/fr/notices/{slug}", status=303)
        client.get(f"/workspace/fr/consultations/{consultation_id(work)}", status=303)
        assert "Scribe" not in client.get("/workspace/fr/consultations").text
        client.get(url(work))
    for part in ("edit", "send", "checks", "preview", "redact", "withdraw"):
        assert as_(people.hr).http.get(f"/workspace/fr/notices/{slug}/{part}").status_code == 404
    assert "Scribe" not in as_(people.hr).get("/workspace/fr/notices").text
    assert "l’accueil" not in as_(people.hr).get("/workspace/fr/notices?q=Scribe").text
    ident = consultation_id(work)
    for part in ("opinion", "response", "procedure", "expert", "facts"):
        answer = as_(people.rep1).http.get(f"/workspace/fr/consultations/{ident}/{part}")
        assert answer.status_code in {403, 404, 405}, part
    as_(people.rep1).get(f"/workspace/fr/letterboxes/{address}/desk", status=303)  # to unlock it
    as_(people.rep1).get(f"/workspace/fr/letterboxes/{address}/slips")
    for part in ("desk", "slips"):
        as_(people.hr).get(f"/workspace/fr/letterboxes/{address}/{part}", status=403)
    poster = as_(people.rep1).http.get(f"/workspace/fr/consultations/{ident}/poster.pdf")
    assert poster.mimetype == "application/pdf"


def listening(work: Work, people: People, ident: UUID) -> desk.Story:
    """The letterbox of the file, opened through the services, its key known to the test."""
    with work() as session:
        found = consultations.even_of_file(session, ident)
        assert found is not None
        today = clock.today()
        holders = [desk._holder(session, people, who) for who in ("rep1", "rep2")]
        box = letterboxes.open_letterbox(
            session, found, resolution=desk.both("Ouvert.", "Opened."), holders=holders, k=10,
            votes={"for": 2, "against": 0, "abstentions": 0}, interval_days=1, opens_on=today,
            closes_on=today + timedelta(days=14), actor=session.get_one(Account, people.rep1.id), on=today,
        )  # fmt: skip
        story = desk.Story(
            work, people, found.notice.slug, box.id.hex(), found.notice_id, box.opens_on, box.closes_on, []
        )
    story.key = desk._private_key(story)
    return story


def test_calendars_and_tasks_name_a_file_by_no_name_and_no_number(
    work: Work, people: People, as_: SignIn
) -> None:
    opened(as_, people)
    send(work, as_, people)
    ask_employees(work, as_, people)
    listening(work, people, consultation_id(work))
    for account in (people.rep1, people.hr):
        client = as_(account)
        found = summaries(client, calendar_of(client))
        ours = [one for one in found if "recueil" in one]
        assert len(ours) == 2 and all("dossier" in one or "file opened" in one for one in ours), found
        assert not any("Scribe" in one or "n°" in one for one in ours)
        client.get("/workspace/fr/")
        assert str(consultation_id(work)) not in client.get("/workspace/fr/consultations").text
    with work() as session:
        found = consultations.even_of_file(session, consultation_id(work))
        assert found is not None and not state.has_state(found.notice)
        assert found.notice not in consultations.deciding(session)


def test_what_employees_say_of_a_file_keeps_every_promise(
    app: Flask, work: Work, people: People, as_: SignIn
) -> None:
    opened(as_, people)
    send(work, as_, people)
    ask_employees(work, as_, people)
    story = listening(work, people, consultation_id(work))
    story.write(desk.texts(9))
    with desk.on_day(story.opens_on + timedelta(days=2)):
        story.release()
        assert not story.voices(), "nine are fewer than ten"
    story.write(desk.texts(12)[9:])
    with desk.on_day(story.closes_on + timedelta(days=1)):
        story.release()
        assert len(story.voices()) == 12
        with work() as session:
            act = desk.Act(story, session)
            theme = act.theme(**{"title-fr": "Comptes rendus relus"})
            for voice in story.voices().values():
                act.sort(voice, theme)
            act.publish(theme)
            address = f"/workspace/fr/themes/{theme.id}/answer"
        as_(people.chair).get(address, status=403)
        hr = as_(people.hr)
        hr.submit(hr.get(address), {"text_fr": "Nous regardons.", "stance": "studying"}, action="/answer")
        hr.get(address)
        reader = PageClient(app).with_word(WORD)
        for lang in ("fr", "en"):
            page = reader.get(f"/{lang}/notices/{story.slug}")
            assert "10" in page.text and "12" not in page.text.replace("2026", "")
        assert "Comptes rendus relus" in reader.get(f"/fr/notices/{story.slug}").text
        PageClient(app).get(f"/fr/notices/{story.slug}", status=403)
        for path, _status, said in pages_of(app, reader):
            assert "Comptes rendus relus" not in said and "Scribe à l’accueil" not in said, path
        for account in (people.hr, people.rep1):
            as_(account).get("/workspace/fr/")
            as_(account).get(url(work))
        with work() as session:
            assert indexing.rebuild(session) == 0
            session.rollback()
        assert "l’accueil" not in hr.get("/workspace/fr/notices?q=accueil").text


def consultation_id(work: Work) -> UUID:
    found = the_file(work).consultation_id
    assert found is not None
    return found


def test_the_database_lets_no_file_become_a_notice(
    work: Work, people: People, keys: None, as_: SignIn
) -> None:
    opened(as_, people)
    send(work, as_, people)
    ask_employees(work, as_, people)
    for statement in (
        "UPDATE notice SET visibility = 'employees', readable_on = '2026-01-01' WHERE is_file",
        "UPDATE notice SET held_until = '2026-01-01' WHERE is_file",
    ):
        with pytest.raises(IntegrityError), work() as session:
            session.execute(text(statement))
        with work() as session:
            session.rollback()


def test_a_closed_file_opens_no_letterbox(work: Work, people: People, keys: None, as_: SignIn) -> None:
    opened(as_, people)
    send(work, as_, people)
    rep = as_(people.rep1)
    page = rep.get(ask_employees(work, as_, people).path)
    rep.submit(rep.get(url(work, "/close")), {"why": "Sans suite"})
    rep.submit(page, {"votes_for": "4", "votes_against": "0", "abstentions": "0"}, status=409)
    with work() as session:
        assert session.scalars(select(Letterbox)).first() is None


# ── the machine ────────────────────────────────────────────────────────────────


@given(st.lists(st.tuples(st.sampled_from(Act), st.integers(0, 3)), max_size=12))
def test_a_file_goes_only_where_its_state_lets_it(acts: list[tuple[Act, int]]) -> None:
    state, was_sent = FileState.DRAFT, False
    for act, unanswered in acts:
        if act not in ALLOWED[state]:
            with pytest.raises(WrongState):
                after(state, act, unanswered=unanswered)
            continue
        before, state = state, after(state, act, unanswered=unanswered)
        was_sent = was_sent or act is Act.SEND
        assert state is not FileState.DRAFT, "nothing leads back to a draft"
        assert before is not FileState.CLOSED, "nothing leads out of the end"
        if state in {FileState.SENT, FileState.ANSWERED}:
            assert was_sent, "no answer without a letter"
        if state is FileState.ANSWERED:
            assert act is Act.ANSWER and unanswered == 0
        if before is FileState.LINKED:
            assert state in {FileState.LINKED, FileState.CLOSED}


@given(st.sampled_from(FileState), st.sampled_from(Act))
def test_every_state_can_be_ended_but_the_last(state: FileState, act: Act) -> None:
    assert (Act.CLOSE in ALLOWED[state]) is (state is not FileState.CLOSED)
    if act is Act.ANSWER and state is FileState.DRAFT:
        assert act not in ALLOWED[state]


def test_a_letter_without_an_answer_comes_back_to_the_body(work: Work, people: People, as_: SignIn) -> None:
    opened(as_, people)
    send(work, as_, people)
    start = "/workspace/fr/"
    assert NAME not in as_(people.rep2).get(start).text
    with desk.on_day(a_letter(work).due_on + timedelta(days=1)):
        assert NAME in as_(people.rep2).get(start).text
        assert NAME in as_(people.hr).get(start).text
        hr = as_(people.hr)
        hr.submit(hr.get(f"/workspace/fr/dossiers/letters/{a_letter(work).id}"), {"text_fr": "Oui."})
        for account in (people.rep2, people.hr):
            assert NAME not in as_(account).get(start).text


def test_a_long_list_costs_as_much_as_a_short_one(work: Work, people: People, as_: SignIn) -> None:
    rep, counts = as_(people.rep1), []
    with work() as session:
        body, mandate = session.get_one(Body, people.body.id), session.get_one(Account, people.rep1.id)
        for number in range(22):
            services.open_file(
                session, body, System(f"Système {number}", "Lille", "", Seen.IN_USE, ""), actor=mandate,
                mandate=mandate.mandates[0], on=clock.today(),
            )  # fmt: skip
            if number in {1, 21}:
                session.commit()
                rep.get("/workspace/fr/dossiers")
                counts.append(statements(rep, "/workspace/fr/dossiers"))
    assert counts[1] <= counts[0]
    page = rep.get("/workspace/fr/dossiers")
    older = next(one for one in page.links() if "after=" in one)
    assert len(page.doc.xpath("//li[contains(@class,'rows-grid')]")) == 20
    assert len(rep.get(older).doc.xpath("//li[contains(@class,'rows-grid')]")) == 2


def statements(client: PageClient, path: str) -> int:
    seen: list[str] = []

    def count(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    with client.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        client.get(path)
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return len(seen)


def test_a_double_click_opens_one_file(work: Work, people: People, keys: None, as_: SignIn) -> None:
    rep = as_(people.rep1)
    page = rep.get("/workspace/fr/dossiers/new")
    for _click in (1, 2):
        rep.submit(page, told(source=SECRET))
    assert the_file(work).name == NAME
    with work() as session:
        assert len(session.scalars(select(DossierSource)).all()) == 2
    rep.submit(rep.get(url(work, "/source/new")), {"source": "Vu sur un écran"})
    rep.submit(rep.get(url(work)), action="/source/erase")
    with work() as session:
        assert session.scalars(select(DossierSource)).all() == []
    for wrong in ({"name": " "}, {"place": ""}, {"seen": "x"}, {"name": "a" * 201}, {"since": "a" * 101}):
        assert rep.submit(page, told(**wrong), status=400).doc.xpath("//*[@role='alert']")

"""The whole told at once: everybody walks every page they are offered; nothing breaks, and no page tells
anybody what belongs to others alone, those they are not offered included."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit
from uuid import uuid4

import pytest
from lxml import html
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.calendars import services as calendars
from consult.calendars.coming import comings, gather
from consult.calendars.who import Who
from consult.consultations.models import Consultation
from consult.core import clock, config
from consult.core.db import db
from consult.core.localized import Localized
from consult.dossiers import services as dossiers
from consult.dossiers.rules import Seen, System
from consult.enclosures import services as enclosures
from consult.mail.models import Letter
from consult.meetings import requesting
from consult.meetings.models import Meeting
from consult.meetings.rules import Ground, MinutesState
from consult.notices.models import Notice
from consult.notices.rules import FileReaders
from consult.opinions import drafting, response_drafts
from consult.opinions import queries as opinions
from consult.opinions.motions import Declared, Outcome
from consult.papers import services as papers
from consult.papers.loading import texts
from consult.papers.queries import Place
from consult.papers.rules import PaperSide
from consult.people import services as people
from consult.people.models import Account, Organisation
from consult.people.rules import BodyKind, MandateRole, Role
from consult.register.models import Entry
from tests.client import Page, PageClient
from tests.conftest import Instance
from tests.told import DATABASE, demonstration

Work = Callable[..., Any]
LEAVE = re.compile(r"/(sign-out|outbox|static)|\.(pdf|zip|xlsx|docx|png|ics)$|/(fr|en)/calendars/")
"""What walks away, what is demonstration alone, and what takes long to make."""


@pytest.fixture
def told(instance: Instance, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    config.make_demo(instance.folder)
    with instance.app.app_context():
        db.engine.dispose()
    shutil.copyfile(demonstration(tmp_path_factory) / DATABASE, instance.database_file)
    yield instance
    (instance.folder / config.DEMO_MARKER).unlink()


def pattern(path: str) -> str:
    """Addresses that differ by an identifier alone are one page; each is read a few times."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32,}|\d+", "*", path)


def walk(client: PageClient, *starts: str, most: int = 200, each: int = 2) -> dict[str, str]:
    """The text of every page reached by links, by address."""
    space = "/fr/" if starts[0] == "/fr/" else starts[0][: len("/workspace/fr/")]
    found: dict[str, str] = {}
    seen: dict[str, int] = {}
    ahead = list(starts)
    while ahead and len(found) < most:
        path = ahead.pop(0)
        if path in found:
            continue
        response = client.http.get(path)
        assert response.status_code < 500, f"{path}: {response.status_code}"
        found[path] = response.get_data(as_text=True) if response.mimetype.startswith("text/") else ""
        response.close()
        if response.status_code in {301, 302, 303}:
            links = [str(response.headers["Location"])]
        elif response.mimetype == "text/html" and response.status_code == 200:
            links = Page(response, path).links()
        else:
            assert response.status_code in {200, 403, 404}, f"{path}: {response.status_code}"
            continue
        for link in links:
            to = urldefrag(urljoin(path, link))[0]
            parts = urlsplit(to)
            kept = pattern(parts.path)
            if parts.netloc or not parts.path.startswith(space) or LEAVE.search(parts.path):
                continue
            if to not in found and seen.get(kept, 0) < each:
                seen[kept] = seen.get(kept, 0) + 1
                ahead.append(to)
    return found


def everybody(session: Session) -> dict[str, Account]:
    found = session.scalars(select(Account).where(Account.is_active).order_by(Account.email))
    return {one.email.partition("@")[0].partition(".")[2] or one.email: one for one in found}


WORDS = {
    "draft": "zorglubdraft", "comment": "zorglubcomment", "declaration": "zorglubdeclaration",
    "request": "zorglubrequest", "file": "zorglubfile", "paper": "zorglubpaper", "theirs": "zorglubemployer",
    "response": "zorglubresponse", "enclosure": "zorglubenclosure", "minutes": "zorglubminutes",
}  # fmt: skip
BODY = {"adjovi", "roussel", "kermarrec"}
READ_BY = {
    **dict.fromkeys(("draft", "comment", "declaration", "request", "file", "paper"), BODY),
    "theirs": {"besson"}, "response": {"besson"}, "enclosure": {"roussel", "besson", "delaunay"},
    "minutes": {"adjovi"},
}  # fmt: skip


def plant(session: Session, who: dict[str, Account]) -> None:
    """In each thing that belongs to somebody alone, one word that stands nowhere else."""
    today, said = clock.today(), {one: Localized.of(fr=word, en=word) for one, word in WORDS.items()}
    adjovi, roussel, besson = who["adjovi"], who["roussel"], who["besson"]
    plume = consultation_of(session, "plume")
    draft = drafting.begin(session, plume, text=said["draft"], outcome=Outcome.NONE, actor=adjovi, on=today)
    drafting.comment(session, draft, about=1, text=WORDS["comment"], actor=roussel, on=today)
    drafting.declare(
        session, plume, kind=Declared.MEMBER, signed=roussel.name, text=said["declaration"],
        upload=None, name="", actor=roussel, on=today,
    )  # fmt: skip
    mandate = roussel.mandates[0]
    requesting.ask(
        session, plume.body, ground=Ground.ANY, reason=WORDS["request"], questions=[], actor=roussel,
        mandate=mandate, on=today,
    )  # fmt: skip
    system = System(WORDS["file"], WORDS["file"], WORDS["file"], Seen.IN_USE, WORDS["file"])
    dossiers.open_file(session, plume.body, system, actor=roussel, mandate=mandate, on=today, once=uuid4())
    for word, side in (("paper", PaperSide.BODY), ("theirs", PaperSide.EMPLOYER)):
        actor = adjovi if side is PaperSide.BODY else besson
        key = next(key for key, one in texts().items() if one.is_for(side, plume.template))
        papers.keep(
            session, Place(plume.body, plume), side=side, key=key, text=said[word], actor=actor, on=today,
            once=uuid4(),
        )  # fmt: skip
    opinion = opinions.of_consultation(session, consultation_of(session, "boussole").id)
    assert opinion is not None
    response_drafts.save(session, opinion, {"text_fr": WORDS["response"]}, base=0, actor=besson, on=today)
    met = session.scalars(
        select(Meeting).where(Meeting.minutes_state == MinutesState.DRAFT).order_by(Meeting.day)
    ).first()
    assert met is not None
    met.minutes = said["minutes"]
    enclosures.hand_over(
        session, about=met.ref, body=plume.body, notice=None, upload=io.BytesIO(b"Chiffres."),
        name="chiffres.txt", label=WORDS["enclosure"], readers=FileReaders.CONFIDENTIAL,
        mandates=[str(mandate.id)], reason=WORDS["enclosure"], until=today + timedelta(days=20),
        actor=besson, on=today,
    )  # fmt: skip


def consultation_of(session: Session, slug: str) -> Consultation:
    found = session.scalars(select(Consultation).join(Consultation.notice).where(Notice.slug == slug))
    return found.one()


def strangers(session: Session, who: dict[str, Account]) -> None:
    """Somebody of another body, somebody whose mandate is over, a keyholder from outside."""
    body = consultation_of(session, "plume").body
    other = people.add_body(session, name="CSE de Lille", kind=BodyKind.CSE, headcount=90)
    start = clock.today() - timedelta(days=90)
    for name, on in (("other", other), ("former", body)):
        account = people.add_account(
            session, email=f"x.{name}@orvalie.example", name=name, role=Role.REPRESENTATIVE
        )
        people.give_mandate(
            session, account, on, role=MandateRole.SECRETARY, starts_on=start,
            ends_on=clock.today() - timedelta(days=1) if name == "former" else None,
        )  # fmt: skip
    people.add_account(
        session, email="x.outside@orvalie.example", name="outside", role=Role.OUTSIDE_KEYHOLDER, outside=body
    )


def test_everybody_walks_everything_and_learns_nothing_of_others(told: Instance, work: Work) -> None:
    """Pages, titles, lists and tasks of the workspace, and what employees read."""
    with work() as session:
        strangers(session, everybody(session))
        session.flush()
        session.expire_all()
        plant(session, everybody(session))
    with work() as session:
        who = everybody(session)
        word = session.get_one(Organisation, 1).access_word
        idents = [consultation_of(session, one).id for one in ("plume", "boussole")]
    browsers = {
        name: (PageClient(told.app).signed_in_as(account), "/workspace/fr/") for name, account in who.items()
    }
    browsers["employee"] = (PageClient(told.app).with_word(word), "/fr/")
    about = [f"/workspace/fr/consultations/{one}" for one in idents]
    firsts = [*about, f"{about[0]}/papers", f"{about[0]}/opinion/draft", f"{about[1]}/response"]
    carried: dict[str, set[str]] = {one: set() for one in WORDS}
    for name, (client, start) in browsers.items():
        for path, text in {**walk(client, start, *firsts), **sought(client, start)}.items():
            for kind in (kind for kind, one in WORDS.items() if one in text):
                assert name in READ_BY[kind], (kind, name, path)
                carried[kind].add(path)
    assert all(carried.values()), carried
    for name, (client, _start) in browsers.items():
        for kind, paths in carried.items():
            for path in sorted(paths) if name not in READ_BY[kind] else ():
                with client.http.get(path, follow_redirects=True) as answer:
                    assert WORDS[kind] not in answer.get_data(as_text=True), (kind, name, path)


def test_letters_calendars_and_the_register_quote_nothing_of_it(told: Instance, work: Work) -> None:
    """Links only in what leaves the product; and what is nobody's act of record is not on record."""
    with work() as session:
        strangers(session, everybody(session))
        session.expire_all()
        plant(session, everybody(session))
    with work() as session:
        for ahead in range(0, 29, 7):
            for plan in calendars.planned(session, on=clock.today() + timedelta(days=ahead)):
                calendars.remind(session, plan, on=clock.today() + timedelta(days=ahead))
    with work() as session:
        texts_of = [one.subject + one.text for one in session.scalars(select(Letter))]
        found = gather(session, None, on=clock.today())
        for account in everybody(session).values():
            who = Who.of(account)
            texts_of += [one.title + one.note for one in comings(found, who)] if who is not None else []
        texts_of += [str(one.title.texts) for one in session.scalars(select(Entry))]
    assert len(texts_of) > 100
    assert not [one for one in texts_of if "zorglub" in one]


def sought(client: PageClient, start: str) -> dict[str, str]:
    """What a search answers, the word typed taken out."""
    found = {}
    for at in ("search", "consultations", "notices"):
        for word in WORDS.values():
            path = f"{start}{at}?q={word}"
            answer = client.http.get(path)
            assert answer.status_code in {200, 403, 404}, path
            links = html.fromstring(answer.data).xpath("//main//a//text()") if answer.data else []
            found[path] = " ".join(map(str, links))
    return found

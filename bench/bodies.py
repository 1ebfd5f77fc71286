"""An instance with one small body, or a group: a central body, establishments, fifteen members on each.

One notice is before every body; each of twenty others is before one. Everything goes through the services, so
that what the product keeps beside a row is kept here too."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from bench.many import FIELDS, _in_a_hurry
from bench.seed import _SUMMARY, WORD, _prose
from consult.consultations import queries
from consult.consultations import services as consultations
from consult.core import clock
from consult.core.db import db, is_sqlite, reading
from consult.core.localized import Localized
from consult.meetings import services as meetings
from consult.notices import services as notices
from consult.notices.content import Content, Group, Milestone, Unknown
from consult.notices.models import Notice
from consult.notices.rules import MilestoneKind
from consult.people import services as people
from consult.people.models import Account, Body
from consult.people.rules import BodyKind, MandateRole, Role
from consult.questions import services as questions

MEMBERS = 15
ALONE = 3
NOTICES = 20
SHARED = "systeme-1"
ROLES = (MandateRole.SECRETARY, MandateRole.TREASURER, MandateRole.FULL_MEMBER)


def fill(app: Flask, bodies: int) -> dict[str, str]:
    """Session identities by who signs in: HR, the administrator, and the secretary of the first body."""
    with app.test_request_context("/workspace/fr/"):
        reading.set(False)
        session = db.session
        if is_sqlite(session):
            event.listen(db.engine, "connect", _in_a_hurry)
        db.engine.dispose()
        who, seats = _people(session, bodies)
        session.commit()
        for number in range(1, NOTICES + 1):
            _notice(session, number, who["hr"], seats if number == 1 else [seats[number % len(seats)]])
            session.commit()
        if is_sqlite(session):
            event.remove(db.engine, "connect", _in_a_hurry)
        return {name: f"{one.id}.{one.session_epoch}" for name, one in who.items()}


def _people(session: Session, bodies: int) -> tuple[dict[str, Account], list[tuple[Body, Account]]]:
    people.found_organisation(session, name="Orvalie", country="fr", access_word=WORD)
    hr = people.add_account(session, email="hr@orvalie.example", name="HR", role=Role.HR_PUBLISHER)
    admin = people.add_account(session, email="admin@orvalie.example", name="A", role=Role.ADMINISTRATOR)
    seats = []
    for at in range(bodies):
        kind = BodyKind.CENTRAL_CSE if at == 0 and bodies > 1 else BodyKind.CSE
        people.add_establishment(session, name=f"Site {at}", headcount=200)
        body = people.add_body(session, name=f"CSE {at}", kind=kind, headcount=200)
        members = [_member(session, body, at, number) for number in range(MEMBERS if bodies > 1 else ALONE)]
        seats.append((body, members[0]))
    return {"hr": hr, "admin": admin, "rep": seats[0][1]}, seats


def _member(session: Session, body: Body, at: int, number: int) -> Account:
    account = people.add_account(
        session, email=f"m{at}.{number}@orvalie.example", name=f"M {at} {number}", role=Role.REPRESENTATIVE
    )
    role = ROLES[min(number, 2)]
    people.give_mandate(session, account, body, role=role, starts_on=date(2024, 1, 1))
    return account


def _notice(session: Session, number: int, hr: Account, seats: list[tuple[Body, Account]]) -> Notice:
    on = clock.today()
    title = Localized.of(fr=f"Système {number}", en=f"System {number}")
    notice = notices.create(
        session, title=title, actor=hr, on=on - timedelta(days=10), slug=f"systeme-{number}"
    )
    live = Milestone(MilestoneKind.PILOT, on + timedelta(days=120), _prose("pilot", number))
    text = Content(
        title=title,
        summary={
            key: Localized.of(fr=f"Ce que cela dit : {key}.", en=f"What it says: {key}.") for key in _SUMMARY
        },
        fields={key: _prose(key, number) for key in FIELDS},
        groups=(Group(_prose("group", number), "Site 0", 40, _prose("change", number), _prose("m", number)),),
        milestones=(live,),
        unknowns=(Unknown(_prose("unknown", number), due_on=on + timedelta(days=60)),),
    )
    notices.save(session, notice.revisions[-1], text)
    for body, _secretary in seats:
        sending = consultations.send(session, notice, body=body, actor=hr, on=on - timedelta(days=7))
        consultations.receive(session, sending, on=on - timedelta(days=7))
    consultations.open_to_employees(session, notice, on=on - timedelta(days=6))
    body, secretary = seats[0]
    for at in range(5):
        questions.ask(
            session, notice, body=body, text=_prose(f"question {at}", number), actor=secretary,
            on=on - timedelta(days=5),
        )  # fmt: skip
    first = queries.of_body(session, notice.id, body.id)
    assert first is not None
    meetings.call(
        session, body, day=on + timedelta(days=number), time="14:00", place="", actor=hr, on=on,
        is_extraordinary=False, about=first,
    )  # fmt: skip
    return notice


def cases(_bodies: int) -> dict[str, tuple[str, list[str]]]:
    """What is asked: who asks, and the addresses."""
    return {
        "HR: state before deployment": ("hr", [f"/workspace/fr/notices/{SHARED}/procedure-state"]),
        "HR: start": ("hr", ["/workspace/fr/"]),
        "HR: consultations": ("hr", ["/workspace/fr/consultations"]),
        "HR: send": ("hr", [f"/workspace/fr/notices/{SHARED}/send"]),
        "HR: meetings": ("hr", ["/workspace/fr/meetings"]),
        "representative: start": ("rep", ["/workspace/fr/"]),
        "representative: consultations": ("rep", ["/workspace/fr/consultations"]),
        "representative: meetings": ("rep", ["/workspace/fr/meetings"]),
        "administrator: people": ("admin", ["/workspace/fr/people"]),
        "everybody: bodies": ("rep", ["/workspace/fr/bodies"]),
        "administrator: procedures": ("admin", ["/workspace/fr/procedures"]),
    }

"""A notice that can be sent, keys that can be held: what tests of several rooms start from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from consult.anonymity import wrapping
from consult.consultations import letterboxes
from consult.consultations import services as consultations
from consult.core import clock
from consult.core.localized import Localized
from consult.keyholders import services as keyholders
from consult.keyholders.models import Keyholder
from consult.mail import jobs as mail
from consult.notices import queries as notices
from consult.notices import services as notice_services
from consult.notices.content import Content, Group, Milestone, Unknown
from consult.notices.models import Notice
from consult.notices.rules import REQUIRED_FIELDS, SUMMARY_KEYS, MilestoneKind
from consult.people.models import Account, Body
from consult.voices.models import Letterbox

PASSPHRASE = "arbre banane cheval dragon ecluse fougere"
Work = Callable[..., Any]


def both(text: str) -> Localized:
    return Localized.of(fr=f"{text} (français)", en=f"{text} (English)")


def content(title: str = "Plume, l’assistant", **changes: Any) -> Content:
    """Everything a notice needs to be sent."""
    whole: dict[str, Any] = {
        "title": Localized.of(fr=title, en="Plume, the assistant"),
        "summary": {key: both(key) for key in SUMMARY_KEYS},
        "fields": {key: both(key) for key in REQUIRED_FIELDS},
        "groups": [Group(both("Conseillers"))],
        "unknowns": [Unknown(both("Coût"), due_on=clock.today() + timedelta(days=30))],
        "milestones": [Milestone(MilestoneKind.PILOT, clock.today() + timedelta(days=60), both("Pilote"))],
    }
    return Content(**(whole | changes))


def written(session: Session, hr: Account, **changes: Any) -> Notice:
    """A draft ready to be sent."""
    actor = session.get_one(Account, hr.id)
    text = content(**changes)
    notice = notice_services.create(session, title=text.title, actor=actor, on=clock.today())
    draft = notices.draft(notice)
    assert draft is not None
    notice_services.save(session, draft, text)
    return notice


def sent(session: Session, people: Any, *, on: date | None = None, opened: bool = True) -> Notice:
    """A notice before the body, and open to employees unless told otherwise."""
    notice, day = written(session, people.hr), on or clock.today()
    body, hr = session.get_one(Body, people.body.id), session.get_one(Account, people.hr.id)
    consultations.send(session, notice, body=body, actor=hr, on=day)
    if opened:
        session.flush()
        consultations.open_to_employees(session, notice, on=day)
    return notice


def with_key(session: Session, account: Account, passphrase: str = PASSPHRASE, code: str = "") -> Keyholder:
    """The key of a member, under a passphrase every test knows."""
    mine = session.get_one(Account, account.id)
    return keyholders.set_up(
        session,
        mine,
        mandate=mine.mandates[0],
        passphrase=passphrase,
        recovery_code=code or wrapping.new_recovery_code(),
        on=clock.today(),
    )


def opened(session: Session, people: Any, consultation_id: UUID, **changes: Any) -> Letterbox:
    """The body's letterbox, opened by its secretary for both members."""
    consultation = consultations.queries.by_id(session, consultation_id)
    assert consultation is not None
    today = clock.today()
    holders = keyholders.ready(session, consultation.body_id, on=today)
    options: dict[str, Any] = {
        "resolution": both("Le CSE ouvre"),
        "votes": {"for": 8, "against": 1, "abstentions": 0},
        "holders": holders,
        "k": 10,
        "opens_on": today,
        "closes_on": today + timedelta(days=14),
        "actor": session.get_one(Account, people.rep1.id),
        "on": today,
    }
    return letterboxes.open_letterbox(session, consultation, **(options | changes))


def deliver(session: Session) -> None:
    """What waits in the outbox is taken by a mail server."""
    mail.deliver(session, now=clock.now())

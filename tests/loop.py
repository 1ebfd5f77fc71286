"""A notice before the CSE, to begin tests of the loop from: through the services, as the product does it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.consultations import services as consultations
from consult.core import clock
from consult.core.localized import Localized
from consult.notices import services as notices
from consult.notices.content import Content, Group, Milestone, Unknown
from consult.notices.models import Notice
from consult.notices.rules import REQUIRED_FIELDS, SUMMARY_KEYS, MilestoneKind
from consult.people.models import Account, Body
from tests.client import Page, PageClient


@dataclass(frozen=True)
class Sent:
    """A notice that a body received."""

    slug: str
    notice_id: UUID
    consultation_id: UUID


def send(
    session: Session,
    *,
    hr: Account,
    body: Body,
    slug: str = "plume",
    source: str = "fr",
    held_until: date | None = None,
) -> Sent:
    """Written in both languages, with two groups; employees read it at once unless ``held_until``."""
    today = clock.today()

    def both(fr: str, en: str) -> Localized:
        return Localized.of(fr=fr, en=en, source=source)

    title = both("Plume, l’assistant qui propose des réponses", "Plume, the assistant that suggests replies")
    account, told = session.get_one(Account, hr.id), session.get_one(Body, body.id)
    notice = notices.create(session, title=title, actor=account, on=today, slug=slug)
    content = Content(
        title=title,
        summary={key: both("Une phrase.", "A sentence.") for key in SUMMARY_KEYS},
        fields={key: both("Un texte.", "A text.") for key in REQUIRED_FIELDS},
        groups=(
            Group(both("Conseillers", "Advisers"), measures=both("Formation", "Training")),
            Group(both("Renforts du soir", "Evening staff")),
        ),
        unknowns=(Unknown(both("Coût", "Cost"), due_on=today + timedelta(days=30)),),
        milestones=(Milestone(MilestoneKind.PILOT, today + timedelta(days=60), both("Pilote", "Pilot")),),
    )
    notices.save(session, notice.revisions[0], content)
    sending = consultations.send(session, notice, body=told, actor=account, on=today, held_until=held_until)
    if held_until is None:
        consultations.open_to_employees(session, notice, on=today)
    session.flush()
    return Sent(notice.slug, notice.id, sending.consultation_id)


def sent_with(work: Callable[..., Any], people: Any, **options: Any) -> Sent:
    """The same, committed."""
    with work() as session:
        return send(session, hr=people.hr, body=people.body, **options)


def withdraw(work: Callable[..., Any], people: Any, slug: str) -> None:
    with work() as session:
        notice = session.scalars(select(Notice).where(Notice.slug == slug)).one()
        account = session.get_one(Account, people.hr.id)
        reason = Localized.of(fr="Projet abandonné", en="Project dropped")
        consultations.withdraw(session, notice, reason=reason, actor=account, on=clock.today())


def attack(client: PageClient, url: str, data: Mapping[str, Any], *, status: int) -> Page:
    """Posts without having been given a form, with a token of its own all the same."""
    secret = hashlib.sha1(b"only for tests").hexdigest()
    with client.http.session_transaction("/workspace/fr/") as session:
        session["csrf_token"] = secret
    signer = URLSafeTimedSerializer(client.app.secret_key, salt="wtf-csrf-token")
    return client.post(url, {**data, "csrf_token": signer.dumps(secret)}, status=status)

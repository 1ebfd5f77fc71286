"""An instance with one well-filled notice, its open letterbox, and as many ordinary notices as asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from consult.anonymity import sealing
from consult.consultations.models import Consultation, Fact
from consult.consultations.rules import FactKind, Stage
from consult.core import clock
from consult.core.db import db, reading
from consult.core.localized import Localized
from consult.notices.models import AffectedGroup, Milestone, Notice, Revision
from consult.notices.rules import MilestoneKind, NoticeState
from consult.people import services as people
from consult.people.models import Account, Body
from consult.people.rules import BodyKind, MandateRole, Role
from consult.register import services as register
from consult.voices import services as voices
from consult.voices.rules import Channels
from consult.web.readers import Visibility

WORD = "tilleul-bleu"
SLUG = "systeme-1"
CHUNK = 500
_FIELDS = (
    "intended_purpose",
    "excluded_uses",
    "effect_work_content",
    "effect_health_safety",
    "effect_autonomy_skills",
    "role_paths",
    "human_contribution",
    "expectations_before_after",
    "training_plan",
    "dialogue_steps",
    "collective_goal",
    "monitoring",
    "equality_groups",
    "environment",
    "data_inputs",
    "retention",
    "decision_role",
    "human_oversight",
    "mitigation",
    "recourse",
    "review_clause",
    "contact_point",
)
_SUMMARY = ("what", "who", "when", "change", "limits", "decides", "unknown")


def _prose(key: str, number: int) -> Localized:
    french = f"Le système {number} propose, la personne décide ({key}). " * 6
    english = f"System {number} suggests, the person decides ({key}). " * 6
    return Localized.of(fr=french, en=english)


def fill(app: Flask, notices: int) -> tuple[str, str]:
    """Returns the address of the letterbox and the session id of the HR account."""
    with app.test_request_context("/workspace/fr/"):
        reading.set(False)
        session = db.session
        people.found_organisation(session, name="Orvalie", country="fr", access_word=WORD)
        body = people.add_body(session, name="CSE", kind=BodyKind.CSE, headcount=430)
        hr = people.add_account(session, email="hr@orvalie.example", name="HR", role=Role.HR_PUBLISHER)
        for number in range(8):
            member = people.add_account(
                session, email=f"m{number}@orvalie.example", name=f"M{number}", role=Role.REPRESENTATIVE
            )
            people.give_mandate(
                session, member, body, role=MandateRole.FULL_MEMBER, starts_on=date(2024, 1, 1)
            )
        box = _letterbox(session)
        for first in range(1, notices + 1, CHUNK):
            _some(session, range(first, min(first + CHUNK, notices + 1)), body, hr, box)
            session.commit()
        register.touch(session)
        session.commit()
        return box.hex(), f"{hr.id}.{hr.session_epoch}"


def _letterbox(session: Session) -> bytes:
    today = clock.today()
    told = {
        "title": {"fr": "Système 1", "en": "System 1"},
        "slug": SLUG,
        "organisation": "Orvalie",
        "body": "CSE",
        "keyholders": ["M0", "M1", "M2"],
        "emergency": [],
        "alert_channel": {"fr": "", "en": ""},
        "destroy_on": (today + timedelta(days=365)).isoformat(),
        "country": "fr",
        "languages": ["fr", "en"],
    }
    made = voices.open_letterbox(
        session,
        told=told,
        channels=Channels.OPEN,
        public_key=sealing.new_key_pair().public,
        k=10,
        interval_days=7,
        opens_on=today,
        closes_on=today + timedelta(days=30),
        headcount=430,
    )
    return made.id


def _some(session: Session, numbers: range, body: Body, hr: Account, box: bytes) -> None:
    rows: dict[type, list[dict[str, Any]]] = {
        one: [] for one in (Notice, Revision, AffectedGroup, Milestone, Consultation, Fact)
    }
    for number in numbers:
        for model, row in _rows(number, body, hr, box if number == 1 else None):
            rows[model].append(row)
    for model, values in rows.items():
        session.execute(insert(model), values)
    published = {"published_on": clock.today(), "published_by": hr.id}
    session.execute(update(Revision).where(Revision.published_on.is_(None)).values(**published))


def _rows(number: int, body: Body, hr: Account, box: bytes | None) -> Iterator[tuple[type, dict[str, Any]]]:
    notice, revision, consultation = uuid4(), uuid4(), uuid4()
    day = clock.today() - timedelta(days=number % 300)
    yield (
        Notice,
        {
            "id": notice,
            "slug": f"systeme-{number}",
            "number": number,
            "state": NoticeState.PUBLISHED,
            "visibility": Visibility.EMPLOYEES,
            "body_ids": [str(body.id)],
            "held_until": day,
            "readable_on": day,
            "author_id": hr.id,
            "created_on": day,
        },
    )
    yield (
        Revision,
        {
            "id": revision,
            "notice_id": notice,
            "number": 1,
            "version": 1,
            "imported": {},
            "changelog": Localized({}),
            "title": Localized.of(fr=f"Système {number}", en=f"System {number}"),
            "summary": {key: _prose(key, number) for key in _SUMMARY},
            "fields": {key: _prose(key, number) for key in _FIELDS},
        },
    )
    for position in range(4):
        yield AffectedGroup, _group(revision, position)
        yield (
            Milestone,
            {
                "id": uuid4(),
                "revision_id": revision,
                "position": position,
                "kind": list(MilestoneKind)[position],
                "day": day + timedelta(days=30 * position + 1),
                "label": Localized({}),
            },
        )
    yield (
        Consultation,
        {
            "id": consultation,
            "notice_id": notice,
            "body_id": body.id,
            "template": "fr-cse",
            "letterbox_id": box,
            "stage": Stage.WITH_BODY,
            "opened_on": day,
            "next_due_on": day + timedelta(days=31),
        },
    )
    for kind in (FactKind.SENT, FactKind.RECEIVED, FactKind.OPENED_TO_EMPLOYEES):
        yield (
            Fact,
            {
                "id": uuid4(),
                "consultation_id": consultation,
                "kind": kind,
                "day": day,
                "note": "",
                "recorded_by": hr.id,
            },
        )


def _group(revision: UUID, position: int) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "revision_id": revision,
        "position": position,
        "sites": "Nantes",
        "headcount": 40,
        "name": Localized.of(fr=f"Groupe {position}", en=f"Group {position}"),
        "change": Localized.of(fr="Relire un brouillon.", en="Reviewing a draft."),
        "measures": Localized.of(fr="Trois demi-journées.", en="Three half-days.")
        if position
        else Localized({}),
    }

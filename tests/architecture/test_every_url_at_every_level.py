"""Every address at every level: who is shown what, who is asked to sign in, who is told of nothing.

One line for each rule that answers GET and each state its thing can be in. A rule nobody wrote down fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from consult.commitments.models import Commitment
from consult.concerns.models import Concern, Theme
from consult.consultations.models import Consultation
from consult.core import clock
from consult.mail.models import Letter
from consult.people import services as people_services
from consult.people.models import Account
from consult.people.rules import BodyKind, MandateRole, Role
from consult.questions.models import Question
from consult.reading import api
from consult.register import services as register
from consult.voices.models import Batch, Voice
from consult.web.readers import Visibility
from tests import reading_story as story
from tests.attaching import attached
from tests.client import PageClient
from tests.conftest import WORD, People

LEVELS = ("stranger", "employee", "hr", "rep", "chair", "other", "admin")
"""``rep``: the secretary of the body that got the notices; ``other``: an elected member of another body."""

# What an address answers: 200, 403, 404; ``in``: to the sign-in page; ``go``: to another page of ours.
Row = str


@dataclass
class World:
    """Addresses of things in each state, and clients at each level."""

    parts: dict[str, dict[str, str]]
    clients: dict[str, PageClient]


TITLES = {
    "draft": "Brouillon-Brodequin",
    "held": "Embargo-Escarpin",
    "open": "Ouverte-Oxford",
    "withdrawn": "Retirée-Ranger",
    "public": "Publique-Plateforme",
}
READS = {
    "draft": {"hr"},
    "held": {"hr", "rep", "chair"},
    "open": set(LEVELS) - {"stranger"},
    "withdrawn": set(LEVELS) - {"stranger"},
    "public": set(LEVELS),
}
"""Who may ever see the title of a notice in that state, on whatever page."""


@pytest.fixture
def world(app: Flask, work: Any, people: People) -> Iterator[World]:
    with time_machine.travel(datetime(2026, 11, 24, 10, tzinfo=UTC), tick=False):
        yield _world(app, work, people)


def _world(app: Flask, work: Any, people: People) -> World:
    def titled(state: str) -> dict[str, Any]:
        return {"title": story.both(TITLES[state], TITLES[state]), "attachments": (file,)}

    file = attached(work)

    story.draft(work, people, "draft", **titled("draft"))
    story.send(work, people, "held", on=story.TODAY, held_until=date(2026, 12, 15), **titled("held"))
    for state in ("open", "withdrawn", "public"):
        story.send(work, people, state, **titled(state))
    story.withdraw(work, people, "withdrawn")
    box = story.letterbox(work, "open", title={"fr": TITLES["open"], "en": TITLES["open"]})
    story.speak_and_publish(work, people, box, themes=1)
    for state in ("open", "held"):
        story.ask(work, people, state, answered=False)
        story.promise(work, people, state)
    other = _other_member(work)
    with work() as session:
        story.by_slug(session, "public").visibility = Visibility.PUBLIC
        register.touch(session)
        parts = _parts(session, {"open": box.address})
    accounts = {
        "hr": people.hr,
        "rep": people.rep1,
        "chair": people.chair,
        "other": other,
        "admin": people.admin,
    }
    clients = {name: PageClient(app).signed_in_as(one) for name, one in accounts.items()}
    clients |= {"stranger": PageClient(app), "employee": PageClient(app).with_word(WORD)}
    return World(parts, clients)


def _other_member(work: Any) -> Account:
    with work() as session:
        body = people_services.add_body(session, name="CSE d’Arcole", kind=BodyKind.CSE, headcount=90)
        member: Account = people_services.add_account(
            session, email="other@orvalie.example", name="Olga Other", role=Role.REPRESENTATIVE
        )
        people_services.give_mandate(
            session, member, body, role=MandateRole.SECRETARY, starts_on=clock.today() - timedelta(days=9)
        )
        session.flush()
        session.refresh(member)
    return member


def _parts(session: Any, boxes: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """For each state, what stands for each part of an address."""
    parts: dict[str, dict[str, str]] = {
        "": {
            "filename": "consult.css",
            "token": "no-such-token",
            "path": "nothing",
            "kind": "docx",
            "question": "regime",
            "key": "agenda_r1",
            "language": "fr",
            "secret": "0" * 64,
            "form": "json",
        }
    }
    letter = session.scalars(select(Letter)).first()
    parts[""]["letter_id"] = str(letter.id)
    for state in TITLES:
        notice = story.by_slug(session, state)
        found = parts[state] = parts[""] | {"slug": state, "number": "1"}
        file = notice.revisions[-1].attachments[0]
        found |= {"attachment_id": str(file.id), "name": file.name, "reference": file.digest}
        for name, model in (
            ("consultation_id", Consultation),
            ("question_id", Question),
            ("commitment_id", Commitment),
            ("theme_id", Theme),
        ):
            one = session.scalars(select(model).where(model.notice_id == notice.id)).first()
            if one is not None:
                found[name] = str(one.id)
        if state in boxes:
            found["body_id"] = str(session.scalars(select(Consultation)).first().body_id)
            found["box"] = boxes[state]
            voice = session.scalars(
                select(Voice)
                .join(Batch, Batch.id == Voice.batch_id)
                .where(Batch.letterbox_id == bytes.fromhex(boxes[state]))
            ).first()
            concern = session.scalars(select(Concern).where(Concern.published_on.is_not(None))).first()
            if voice is not None:
                found |= {"message": voice.id.hex(), "concern_id": str(concern.id)}
    parts["none"] = parts[""] | {
        "slug": "nothing",
        "number": "1",
        "box": "0" * 32,
        "message": "0" * 32,
        "name": "nothing.pdf",
        "reference": "0" * 64,
        **dict.fromkeys(
            (
                "attachment_id",
                "consultation_id",
                "question_id",
                "commitment_id",
                "theme_id",
                "fact_id",
                "side_id",
                "mission_id",
                "paper_id",
                "declaration_id",
                "meeting_id",
                "enclosure_id",
                "item_id",
                "request_id",
                "dossier_id",
                "concern_id",
                "file_id",
                "point_id",
                "letter_id",
                "account_id",
                "body_id",
                "handover_id",
                "mandate_id",
                "key_id",
                "delegation_id",
                "establishment_id",
            ),
            "00000000-0000-4000-8000-000000000000",
        ),
    }
    return parts


EVERYONE = "200 200 200 200 200 200 200"
NO_SUCH = "404 404 404 404 404 404 404"
ON = "go go go go go go go"
HR_ALONE = "in in 200 403 403 403 403"
HR_NOT_NOW = "in in 409 403 403 403 403"
HR_ELSEWHERE = "in in go 403 403 403 403"
HR_GONE = "in in 404 403 403 403 403"
BODY_ALONE = "in in 403 200 403 404 403"
BODY_NOT_NOW = "in in 403 409 403 404 403"
BODY_TO_UNLOCK = "in in 403 go 403 404 403"
ENTERING = "in in 200 200 403 404 403"
ENTERING_GONE = "in in 404 404 403 404 403"
BODY_GONE = "in in 403 404 403 404 403"
WITH_WORD = "403 200 403 403 403 403 403"
WITH_WORD_GONE = "403 404 403 403 403 403 403"
BOTH_SIDES = "in in 200 200 200 404 403"
SIGNED_IN = "in in 200 200 200 200 403"
SIGNED_IN_GONE = "in in 404 404 404 404 403"
NOWHERE = "in in 404 404 404 404 404"
SECRET = "in in 404 200 404 404 404"
"""The body's own: everybody else is told that there is nothing."""
SORTING = {"open": BODY_TO_UNLOCK, "none": BODY_GONE}
ANSWERING = {"open": HR_ALONE, "held": HR_ALONE, "none": HR_GONE}

READABLE = {
    "draft": WITH_WORD_GONE,
    "held": WITH_WORD_GONE,
    "open": WITH_WORD,
    "withdrawn": WITH_WORD,
    "public": EVERYONE,
    "none": WITH_WORD_GONE,
}

EXPECTED: dict[str, dict[str, Row]] = {
    # reading: the same for everybody of a level; who is signed in is nobody here
    "static": {"": EVERYONE},
    "reading.root": {"": ON},
    "reading.language": {"": NO_SUCH},
    "reading.healthz": {"": EVERYONE},
    "reading.robots": {"": EVERYONE},
    "reading.access": {"": ON},
    "reading.home": {"": EVERYONE},
    "reading.stored": {"": EVERYONE},
    "reading.accessibility": {"": EVERYONE},
    "reading.notices": {"": WITH_WORD},
    "reading.commitments": {"": WITH_WORD},
    "reading.feeds": {"": WITH_WORD},
    "reading.notices_atom": {"": NO_SUCH},
    "reading.dates_ics": {"": NO_SUCH},
    "reading.notice": READABLE,
    "reading.managers": READABLE,
    "reading.revision": READABLE,
    "reading.notice_pdf": READABLE,
    "reading.revision_pdf": READABLE,
    "reading.file": {
        "draft": WITH_WORD_GONE,
        "held": WITH_WORD_GONE,
        "open": WITH_WORD,
        "withdrawn": WITH_WORD,
        "public": WITH_WORD,
        "none": WITH_WORD_GONE,
    },
    "reading.opinion": dict.fromkeys((*TITLES, "none"), WITH_WORD_GONE) | {"public": NO_SUCH},
    "reading.opinion_signed": dict.fromkeys((*TITLES, "none"), SIGNED_IN_GONE),
    "reading.declaration": {"none": WITH_WORD_GONE},
    "reading.declaration_signed": {"none": SIGNED_IN_GONE},
    "reading.compare": {
        "draft": WITH_WORD_GONE,
        "held": WITH_WORD_GONE,
        "open": WITH_WORD,
        "withdrawn": WITH_WORD,
        "public": EVERYONE,
        "none": WITH_WORD_GONE,
    },
    # speaking: the access word alone
    "voices.write": {"open": WITH_WORD, "none": WITH_WORD_GONE},
    "voices.review": {"open": ON, "none": ON},
    "voices.send": {"open": ON, "none": ON},
    "voices.sent": {"open": WITH_WORD, "none": WITH_WORD_GONE},
    "voices.thread": {"open": WITH_WORD, "none": WITH_WORD_GONE},
    "voices.thread_review": {"open": ON, "none": ON},
    "voices.thread_send": {"open": ON, "none": ON},
    "voices.thread_sent": {"open": WITH_WORD, "none": WITH_WORD_GONE},
    "voices.practice": {"": WITH_WORD},
    "voices.practice_review": {"": ON},
    "voices.practice_send": {"": ON},
    "voices.practice_sent": {"": WITH_WORD},
    "voices.practice_thread": {"": WITH_WORD},
    "voices.practice_thread_review": {"": ON},
    "voices.practice_thread_send": {"": ON},
    "voices.practice_thread_sent": {"": WITH_WORD},
    "voices.exit": {"": ON},
    "claims.page": {"": EVERYONE},
    "claims.keys": {"open": NO_SUCH, "none": NO_SUCH},
    "voices.poll": {"open": WITH_WORD_GONE, "none": WITH_WORD_GONE},
    "voices.poll_sent": {"open": WITH_WORD_GONE, "none": WITH_WORD_GONE},
    "voices.support": {"open": WITH_WORD_GONE, "none": WITH_WORD_GONE},
    "voices.support_sent": {"open": WITH_WORD_GONE, "none": WITH_WORD_GONE},
    # signing in
    "signin.sign_in": {"": EVERYONE},
    "signin.forgotten": {"": EVERYONE},
    "signin.invitation": {"": "410 410 410 410 410 410 410"},
    "signin.reset": {"": "410 410 410 410 410 410 410"},
    # the workspace
    "reading.notice_signed": {
        "draft": "in in go 404 404 404 403",
        "held": BOTH_SIDES,
        "open": SIGNED_IN,
        "withdrawn": SIGNED_IN,
        "public": SIGNED_IN,
        "none": SIGNED_IN_GONE,
    },
    "reading.file_signed": {
        "draft": "in in 200 404 404 404 403",
        "held": BOTH_SIDES,
        "open": SIGNED_IN,
        "withdrawn": SIGNED_IN,
        "public": SIGNED_IN,
        "none": SIGNED_IN_GONE,
    },
    "reading.compare_signed": {
        "draft": "in in 200 404 404 404 403",
        "held": BOTH_SIDES,
        "open": SIGNED_IN,
        "withdrawn": SIGNED_IN,
        "public": SIGNED_IN,
        "none": SIGNED_IN_GONE,
    },
    "reading.preview": {
        "draft": HR_ALONE,
        "held": "in in go 403 403 403 403",
        "open": "in in go 403 403 403 403",
        "withdrawn": "in in go 403 403 403 403",
        "public": "in in go 403 403 403 403",
        "none": HR_GONE,
    },
    "reading.notice_signed_pdf": {
        "draft": "in in 404 404 404 404 403",
        "held": BOTH_SIDES,
        "open": SIGNED_IN,
        "withdrawn": SIGNED_IN,
        "public": SIGNED_IN,
        "none": SIGNED_IN_GONE,
    },
    "reading.preview_pdf": dict.fromkeys(TITLES, HR_GONE) | {"draft": HR_ALONE, "none": HR_GONE},
    "workspace.start": {"": "in in 200 200 200 200 200"},
    "workspace.consultations": {"": SIGNED_IN},
    "workspace.consultation": {
        "held": BOTH_SIDES,
        "open": SIGNED_IN,
        "withdrawn": SIGNED_IN,
        "public": SIGNED_IN,
        "none": SIGNED_IN_GONE,
    },
    "consultations.poster": {
        "held": BOTH_SIDES,
        "open": SIGNED_IN,
        "withdrawn": "in in 409 409 409 409 403",
        "public": SIGNED_IN,
        "none": SIGNED_IN_GONE,
    },
    "workspace.outbox": {"": "in in 404 404 404 404 200"},
    "workspace.letter": {"": NOWHERE},
    "people.people": {"": "in in 403 403 403 403 200"},
    "profile.set_up": {"": "in in 403 403 403 403 go"},
    "profile.question": {"": "in in 403 403 403 403 200"},
    "profile.end": {"": "in in 403 403 403 403 go"},
    "profile.rules": {"": "in in 200 200 200 200 200"},
    "profile.rules_pdf": {"": "in in 200 200 200 200 200"},
    "people.access_word": {"": "in in 200 200 403 200 403"},
    "people.deactivate": {"none": "in in 403 403 403 403 404"},
    "people.bodies": {"": "in in 200 200 200 200 200"},
    "people.body": {"open": "in in 200 200 200 404 200", "none": NOWHERE},
    "people.edit_body": {"open": "in in 403 403 403 403 200", "none": "in in 403 403 403 403 404"},
    "people.seat": {"none": "in in 403 403 403 403 404"},
    "people.delegate": {"open": "in in 403 200 403 404 403", "none": "in in 403 404 403 404 403"},
    "people.revoke": {"none": "in in 403 404 403 404 403"},
    "people.establishments": {"": "in in 403 403 403 403 200"},
    "people.establishment": {"none": "in in 403 403 403 403 404"},
    "notices.list": {"": HR_ALONE},
    "notices.new": {"": HR_ALONE},
    "notices.edit": dict.fromkeys(TITLES, HR_ALONE) | {"none": HR_GONE},
    "notices.blanks": dict.fromkeys(TITLES, HR_ELSEWHERE) | {"draft": HR_ALONE, "none": HR_GONE},
    "notices.attachments": (dict.fromkeys(TITLES, HR_ELSEWHERE) | {"draft": HR_ALONE, "none": HR_GONE}),
    "notices.attachment": dict.fromkeys(TITLES, HR_GONE) | {"draft": HR_ALONE, "none": HR_GONE},
    "notices.notes": dict.fromkeys(TITLES, HR_ALONE) | {"none": HR_GONE},
    "notices.approve": dict.fromkeys(TITLES, HR_NOT_NOW) | {"draft": HR_ALONE, "none": HR_GONE},
    "notices.redact": dict.fromkeys(TITLES, HR_ALONE) | {"draft": HR_NOT_NOW, "none": HR_GONE},
    "notices.import_aia": {"": HR_ALONE},
    "notices.import_register": {"": HR_ALONE},
    "notices.import_notice": {"": HR_ALONE},
    "notices.template": {"": HR_ALONE},
    "notices.schema": {"": HR_ALONE},
    "notices.download": dict.fromkeys(TITLES, HR_ALONE) | {"none": HR_GONE},
    "notices.sheet": dict.fromkeys(TITLES, HR_ELSEWHERE) | {"draft": HR_ALONE, "none": HR_GONE},
    "notices.import_report": dict.fromkeys(TITLES, HR_GONE) | {"none": HR_GONE},
    "consultations.checks": dict.fromkeys(TITLES, HR_ALONE) | {"none": HR_GONE},
    "consultations.send": dict.fromkeys(TITLES, HR_ALONE) | {"withdrawn": HR_NOT_NOW, "none": HR_GONE},
    "consultations.withdraw": (
        dict.fromkeys(TITLES, HR_ALONE) | {"draft": HR_NOT_NOW, "withdrawn": HR_NOT_NOW, "none": HR_GONE}
    ),
    "consultations.procedure": {
        "held": BOTH_SIDES,
        "open": SIGNED_IN,
        "withdrawn": SIGNED_IN,
        "public": SIGNED_IN,
        "none": SIGNED_IN_GONE,
    },
    "consultations.side": {"none": SIGNED_IN_GONE},
    "consultations.enter": (
        dict.fromkeys(("held", "open", "withdrawn", "public"), ENTERING) | {"none": ENTERING_GONE}
    ),
    "consultations.enter_beside": {"none": ENTERING_GONE},
    "consultations.contest": {"none": BODY_GONE},
    "consultations.strike": {"none": ENTERING_GONE},
    "consultations.procedures": {
        "draft": "in in 200 404 404 404 403",
        "held": BOTH_SIDES,
        "open": SIGNED_IN,
        "withdrawn": SIGNED_IN,
        "public": SIGNED_IN,
        "none": SIGNED_IN_GONE,
    },
    "consultations.procedure_state": {
        "draft": "in in 404 404 404 404 403",
        "held": BOTH_SIDES,
        "open": SIGNED_IN,
        "withdrawn": SIGNED_IN,
        "public": SIGNED_IN,
        "none": SIGNED_IN_GONE,
    },
    "consultations.early_dates": (
        dict.fromkeys(TITLES, HR_ELSEWHERE) | {"draft": HR_GONE, "withdrawn": HR_NOT_NOW, "none": HR_GONE}
    ),
    "api_keys.listing": {"": "in in 403 403 403 403 200"},
    "api_keys.revoke": {"none": "in in 403 403 403 403 404"},
    # programs: whoever is signed in or typed the word is a stranger without a key
    "reading.procedure_state": dict.fromkeys(TITLES, NO_SUCH) | {"public": EVERYONE, "none": NO_SUCH},
    "consultations.agreements": {"": "in in 403 403 403 403 200"},
    "consultations.agreement": (
        dict.fromkeys(("held", "open", "withdrawn", "public"), "in in 403 403 403 403 200")
        | {"none": "in in 403 403 403 403 404"}
    ),
    "calendars.page": {"": SIGNED_IN},
    "calendars.reminders": {"": SIGNED_IN},
    "calendars.feed": {"": NO_SUCH},
    "meetings.listing": {"": "in in 200 200 200 200 403"},
    "meetings.call": {"": "in in 200 404 200 200 403"},
    "meetings.page": {"none": SIGNED_IN_GONE},
    "meetings.add_paper": {"none": "in in 404 404 404 404 403"},
    "enclosures.file": {"none": "in in 404 404 404 404 404"},
    "meetings.pack": {"none": SIGNED_IN_GONE},
    "meetings.cancel": {"none": "in in 404 404 404 404 403"},
    "meetings.minutes": {"none": "in in 403 404 403 404 403"},
    "meetings.adopt_minutes": {"none": "in in 403 404 403 404 403"},
    "meetings.request_meeting": {"": "in in 403 200 403 200 403"},
    "meetings.request": {"none": SIGNED_IN_GONE},
    "dossiers.listing": {"": "in in 200 200 200 200 403"},
    "dossiers.open_file": {"": "in in 403 200 403 200 403"},
    "dossiers.page": {"none": SIGNED_IN_GONE},
    "dossiers.edit": {"none": BODY_GONE},
    "dossiers.read_source": {"none": BODY_GONE},
    "dossiers.seal_source": {"none": BODY_GONE},
    "dossiers.write": {"none": BODY_GONE},
    "dossiers.ask_employees": {"none": BODY_GONE},
    "dossiers.link": {"none": BODY_GONE},
    "dossiers.close": {"none": BODY_GONE},
    "dossiers.answer": {"": HR_GONE},
    "experts.appoint": (
        dict.fromkeys(("held", "open", "withdrawn", "public"), BODY_ALONE) | {"none": BODY_GONE}
    ),
    "experts.room": {"none": SIGNED_IN_GONE},
    "experts.report_file": {"none": SIGNED_IN_GONE},
    "experts.ask": {"none": "in in 403 403 403 403 403"},
    "experts.report": {"none": "in in 403 403 403 403 403"},
    "experts.answer": {"none": HR_GONE},
    "experts.challenge": {"none": HR_GONE},
    "papers.of_consultation": (
        dict.fromkeys(("held", "open", "withdrawn", "public"), ENTERING) | {"none": ENTERING_GONE}
    ),
    "papers.begin": (
        dict.fromkeys(("held", "open", "withdrawn", "public"), ENTERING) | {"none": ENTERING_GONE}
    ),
    "papers.of_body": {"open": "in in 404 200 403 404 403", "none": ENTERING_GONE},
    "papers.begin_by_body": {"open": ENTERING_GONE, "none": ENTERING_GONE},  # fits no such body
    "papers.edit": {"none": ENTERING_GONE},
    "papers.file": {"none": ENTERING_GONE},
    "consultations.open_letterbox": {
        "held": BODY_ALONE,
        "open": BODY_NOT_NOW,
        "withdrawn": BODY_ALONE,
        "public": BODY_ALONE,
        "none": BODY_GONE,
    },
    "keyholders.set_up": {"": "in in 403 200 403 200 403"},
    "keyholders.rehearsal": {"": BODY_GONE},  # the members have no key in this world
    "keyholders.passphrase": {"": BODY_GONE},
    "keyholders.sheet": {"": BODY_GONE},
    "keyholders.lost": {"": BODY_GONE},
    "keyholders.circle": {"open": BODY_ALONE, "none": BODY_GONE},
    "keyholders.successor": {"open": BODY_ALONE, "none": BODY_GONE},
    "keyholders.outside": {"open": BODY_ALONE, "none": BODY_GONE},
    "keyholders.handover": {"none": BODY_GONE},
    "keyholders.unlock": {"open": BODY_GONE, "none": BODY_GONE},
    "passes.invitations": {"open": BODY_GONE, "none": BODY_GONE},
    "passes.slips": {"open": BODY_GONE, "none": BODY_GONE},  # a letterbox open to all takes none
    "passes.revoke_slips": {"open": BODY_GONE, "none": BODY_GONE},
    "concerns.desk": SORTING,
    "concerns.count": {"open": BODY_GONE, "none": BODY_GONE},
    "concerns.held": SORTING,
    "concerns.hold": SORTING,
    "concerns.new_theme": SORTING,
    "concerns.theme": SORTING,
    "concerns.wording": SORTING,
    "concerns.threads_list": SORTING,
    "concerns.thread": SORTING,
    "concerns.mark_grave": SORTING,
    "concerns.graves": SORTING,
    "concerns.quotations": SORTING,
    "concerns.quotation": SORTING,
    "concerns.retract": SORTING,
    "concerns.answer": {"open": HR_ALONE, "none": HR_GONE},
    "questions.ask": {
        "draft": BODY_GONE,
        "held": BODY_ALONE,
        "open": BODY_ALONE,
        "withdrawn": BODY_NOT_NOW,
        "public": BODY_ALONE,
        "none": BODY_GONE,
    },
    "questions.bank": {
        "draft": BODY_GONE,
        "held": BODY_ALONE,
        "open": BODY_ALONE,
        "withdrawn": BODY_NOT_NOW,
        "public": BODY_ALONE,
        "none": BODY_GONE,
    },
    "questions.unanswered": {"open": BODY_ALONE, "held": BODY_ALONE, "none": BODY_GONE},
    "questions.document": {
        "open": "in in 200 200 403 403 403",
        "held": "in in 200 200 403 404 403",
        "none": "in in 404 404 404 404 403",
    },
    "questions.answer": ANSWERING,
    "opinions.give": {
        "held": BODY_ALONE,
        "open": BODY_ALONE,
        "withdrawn": BODY_ALONE,
        "public": BODY_ALONE,
        "none": BODY_GONE,
    },
    "opinions.draft": dict.fromkeys(("held", "open", "withdrawn", "public"), SECRET) | {"none": NOWHERE},
    "opinions.declarations": (
        dict.fromkeys(("held", "open", "withdrawn", "public"), SECRET) | {"none": NOWHERE}
    ),
    "opinions.edit_draft": dict.fromkeys(("held", "open", "withdrawn", "public", "none"), NOWHERE),
    "opinions.draft_version": dict.fromkeys(("held", "open", "withdrawn", "public", "none"), NOWHERE),
    "opinions.put": dict.fromkeys(("held", "open", "withdrawn", "public", "none"), NOWHERE),
    "opinions.translate": dict.fromkeys(("held", "open", "withdrawn", "public", "none"), NOWHERE),
    "opinions.declaration_file": {"none": NOWHERE},
    "opinions.comment": {
        "held": BODY_ALONE,
        "open": BODY_ALONE,
        "withdrawn": BODY_ALONE,
        "public": BODY_ALONE,
        "none": BODY_GONE,
    },
    "opinions.withdraw_comment": dict.fromkeys(("held", "open", "withdrawn", "public", "none"), BODY_GONE),
    "opinions.respond": {
        "held": HR_ALONE,
        "open": HR_ALONE,
        "withdrawn": HR_ALONE,
        "public": HR_ALONE,
        "none": HR_GONE,
    },
    "opinions.response_draft": dict.fromkeys(("held", "open", "withdrawn", "public", "none"), SIGNED_IN_GONE),
    "opinions.response_files": dict.fromkeys(("held", "open", "withdrawn", "public", "none"), HR_GONE),
    "opinions.response_file": {"none": SIGNED_IN_GONE},
    "opinions.follow_up": {"none": HR_GONE},
    "opinions.charter": {
        "held": BODY_ALONE,
        "open": BODY_ALONE,
        "withdrawn": BODY_ALONE,
        "public": BODY_ALONE,
        "none": BODY_GONE,
    },
    "reading.charter_json": READABLE,
    "commitments.promise": dict.fromkeys(TITLES, HR_ALONE)
    | {
        "draft": HR_NOT_NOW,
        "withdrawn": HR_NOT_NOW,
        "none": HR_GONE,
    },
    "commitments.page": {"held": BOTH_SIDES, "open": SIGNED_IN, "none": SIGNED_IN_GONE},
}


def _answer(response: Any) -> str:
    if response.status_code in {301, 302, 303, 308}:
        return "in" if "/sign-in" in response.headers["Location"] else "go"
    return str(response.status_code)


def _rules(app: Flask) -> list[Rule]:
    return sorted(
        (one for one in app.url_map.iter_rules() if "GET" in (one.methods or ())),
        key=lambda one: one.endpoint,
    )


def _states(rule: Rule, world: World) -> list[str]:
    needed = set(rule.arguments) - {"lang"}
    if needed <= set(world.parts[""]):
        return [""]
    return [state for state in (*TITLES, "none") if needed <= set(world.parts[state])]


def _path(app: Flask, rule: Rule, parts: Mapping[str, str], lang: str) -> str:
    values = {name: parts[name] for name in rule.arguments if name != "lang"}
    if "lang" in rule.arguments:
        values["lang"] = lang
    return app.url_map.bind("localhost").build(rule.endpoint, values)


def test_every_rule_is_written_down(app: Flask) -> None:
    assert {rule.endpoint for rule in _rules(app)} == set(EXPECTED)


def test_every_url_at_every_level(app: Flask, world: World) -> None:
    """And no page shows the title of a notice to somebody who may not know of it."""
    wrong, told = [], []
    for rule in _rules(app):
        for state in _states(rule, world):
            path = _path(app, rule, world.parts[state], "fr")
            row = []
            for level in LEVELS:
                with world.clients[level].http.get(path) as response:
                    row.append(_answer(response))
                    page = response.get_data(as_text=True) if response.mimetype == "text/html" else ""
                told += [
                    f"{level} reads {title} on {path}"
                    for named, title in TITLES.items()
                    if title in page and level not in READS[named]
                ]
            if " ".join(row) != EXPECTED.get(rule.endpoint, {}).get(state):
                wrong.append(f"{rule.endpoint} {state or '-'}: {' '.join(row)}")
    assert not wrong, "\n".join(wrong)
    assert not told, "\n".join(told)


def test_reading_and_speaking_answer_alike_in_both_languages(app: Flask, world: World) -> None:
    app.extensions["consult.api_limits"] = api.Limits()  # other tests of this module may have filled a bucket
    for rule in _rules(app):
        if rule.endpoint.partition(".")[0] not in {"reading", "voices"} or "lang" not in rule.arguments:
            continue
        for state in _states(rule, world):
            for level in ("stranger", "employee"):
                client = world.clients[level].http
                answers = []
                for lang in ("fr", "en"):
                    with client.get(_path(app, rule, world.parts[state], lang)) as response:
                        answers.append(response.status_code)
                french, english = answers
                assert french == english, f"{rule.endpoint} {state} {level}"


def test_the_world_has_a_thing_for_every_address(app: Flask, world: World) -> None:
    for rule in _rules(app):
        assert _states(rule, world), f"nothing stands for {rule.arguments} of {rule.endpoint}"
        assert set(_states(rule, world)) == set(EXPECTED.get(rule.endpoint, {})), rule.endpoint


def test_levels_of_the_table_are_all_there() -> None:
    for endpoint, states in EXPECTED.items():
        for state, row in states.items():
            assert len(row.split()) == len(LEVELS), f"{endpoint} {state}"

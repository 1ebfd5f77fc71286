"""Every address at every level: who is shown what, who is asked to sign in, who is told that there is nothing.

One line for each rule that answers GET and each state its thing can be in. A rule nobody wrote down fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from consult.commitments.models import Commitment
from consult.concerns.models import Concern, Theme
from consult.consultations.models import Consultation
from consult.core import clock
from consult.mail.models import Letter
from consult.people import services as people_services
from consult.people.models import Account
from consult.people.rules import BodyKind, MandateRole, Role
from consult.questions.models import Question
from consult.register import services as register
from consult.voices.models import Batch, Voice
from consult.web.readers import Visibility
from tests import reading_story as story
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
    "draft": "Brouillon-Brodequin", "held": "Embargo-Escarpin", "open": "Ouverte-Oxford", "withdrawn": "Retirée-Ranger",
    "public": "Publique-Plateforme",
}
READS = {
    "draft": {"hr"}, "held": {"hr", "rep", "chair"},
    "open": set(LEVELS) - {"stranger"}, "withdrawn": set(LEVELS) - {"stranger"}, "public": set(LEVELS),
}
"""Who may ever see the title of a notice in that state, on whatever page."""


@pytest.fixture
def world(app: Flask, work: Any, people: People) -> Iterator[World]:
    with time_machine.travel(datetime(2026, 11, 24, 10, tzinfo=UTC), tick=False):
        yield _world(app, work, people)


def _world(app: Flask, work: Any, people: People) -> World:
    def titled(state: str) -> dict[str, Any]:
        return {"title": story.both(TITLES[state], TITLES[state])}

    story.draft(work, people, "draft", **titled("draft"))
    story.send(work, people, "held", on=story.TODAY, held_until=date(2026, 12, 15), **titled("held"))
    for state in ("open", "withdrawn", "public"):
        story.send(work, people, state, **titled(state))
    story.withdraw(work, people, "withdrawn")
    boxes = {state: story.letterbox(work, state, title={"fr": TITLES[state], "en": TITLES[state]}) for state in ("open", "held")}
    story.speak_and_publish(work, people, boxes["open"], themes=1)
    for state in ("open", "held"):
        story.ask(work, people, state, answered=False)
        story.promise(work, people, state)
    other = _other_member(work)
    with work() as session:
        story.by_slug(session, "public").visibility = Visibility.PUBLIC
        register.touch(session)
        parts = _parts(session, {state: box.address for state, box in boxes.items()})
    accounts = {"hr": people.hr, "rep": people.rep1, "chair": people.chair, "other": other, "admin": people.admin}
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
    parts: dict[str, dict[str, str]] = {"": {"filename": "consult.css", "token": "no-such-token", "path": "nothing"}}
    letter = session.scalars(select(Letter)).first()
    parts[""]["letter_id"] = str(letter.id)
    for state in TITLES:
        notice = story.by_slug(session, state)
        found = parts[state] = parts[""] | {"slug": state, "number": "1"}
        for name, model in (("consultation_id", Consultation), ("question_id", Question), ("commitment_id", Commitment), ("theme_id", Theme)):
            one = session.scalars(select(model).where(model.notice_id == notice.id)).first()
            if one is not None:
                found[name] = str(one.id)
        if state in boxes:
            found["box"] = boxes[state]
            voice = session.scalars(
                select(Voice).join(Batch, Batch.id == Voice.batch_id).where(Batch.letterbox_id == bytes.fromhex(boxes[state]))
            ).first()
            concern = session.scalars(select(Concern).where(Concern.published_on.is_not(None))).first()
            if voice is not None:
                found |= {"message": voice.id.hex(), "concern_id": str(concern.id)}
    parts["none"] = parts[""] | {
        "slug": "nothing", "number": "1", "box": "0" * 32, "message": "0" * 32,
        **{name: "00000000-0000-4000-8000-000000000000" for name in
           ("consultation_id", "question_id", "commitment_id", "theme_id", "concern_id", "letter_id", "account_id", "body_id", "mandate_id")},
    }
    return parts


EVERYONE = "200 200 200 200 200 200 200"
EXPECTED: dict[str, dict[str, Row]] = {}


def _answer(response: Any) -> str:
    if response.status_code in {301, 302, 303, 308}:
        return "in" if "/sign-in" in response.headers["Location"] else "go"
    return str(response.status_code)


def test_print(app, world) -> None:
    for rule in sorted(app.url_map.iter_rules(), key=lambda r: r.endpoint):
        if "GET" not in rule.methods: continue
        args = set(rule.arguments) - {"lang"}
        states = [""] if not args or args <= set(world.parts[""]) else [s for s in (*TITLES, "none") if args <= set(world.parts[s])]
        lines=[]
        for state in states:
            row=[]
            for level in LEVELS:
                with app.test_request_context("/fr/"):
                    from flask import url_for
                    values={k: world.parts[state][k] for k in args}
                    path = url_for(rule.endpoint, **values, **({"lang":"fr"} if "lang" in rule.arguments else {}))
                try:
                    r = world.clients[level].http.get(path)
                    row.append(_answer(r))
                except Exception as e:
                    row.append("!"+type(e).__name__)
            lines.append(f'        "{state}": "{" ".join(row)}",')
        print(f'    "{rule.endpoint}": {{'); print("\n".join(lines)); print("    },")

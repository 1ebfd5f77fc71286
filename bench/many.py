"""An instance with many notices of three revisions each, most of them settled: what `bench.scale` asks.

Rows are inserted by the hundred, and the index of search gets its documents as the product makes them. What
waits for somebody is the same at every size: a page that shows twenty things is compared with itself."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import event, insert, update
from sqlalchemy.orm import Session

from bench.seed import _FIELDS, _SUMMARY, WORD
from consult.commitments.models import Commitment
from consult.commitments.rules import CommitmentState, Nature
from consult.consultations.models import Consultation, Fact
from consult.consultations.rules import FactKind, Stage
from consult.core import clock
from consult.core.db import db, is_sqlite, reading
from consult.core.localized import Localized
from consult.notices import finding
from consult.notices.models import AffectedGroup, Milestone, Notice, Revision, Unknown
from consult.notices.rules import REQUIRED_FIELDS, UNKNOWN, MilestoneKind, NoticeState, Review
from consult.notices.sought import BODY, RISKS, STAGE, STATE
from consult.opinions.models import Opinion, Response
from consult.opinions.rules import Position
from consult.people import services as people
from consult.people.models import Account, Body, Resolution
from consult.people.rules import BodyKind, MandateRole, Role
from consult.questions.models import Answer, Question
from consult.register import search
from consult.register import services as register
from consult.register.models import Awaiting, Document, Entry, Leaf
from consult.register.rules import Shelf, Tag, facet, on_shelf
from consult.register.words import tokens_of
from consult.web.readers import Side, Visibility

CHUNK = 100
REVISIONS = 3
WAITING = 20
"""Of each kind of thing that waits."""
SITES = ("Nantes", "Lille", "Saint-Nazaire", "Rennes", "Arras")
FIELDS = tuple(dict.fromkeys((*REQUIRED_FIELDS, *_FIELDS)))
RARE = "rhododendron"
"""A word of as many notices, whatever their number: a page of twenty is compared with a page of twenty."""


class Prose:
    """Sentences of made-up words, some common and most rare, as in a language."""

    def __init__(self, seed: int = 9) -> None:
        self.random = random.Random(seed)
        parts = ("re", "la", "ti", "mon", "seur", "pla", "que", "dor", "vin", "ble", "cha", "gou", "lis")
        chosen = (self.random.choices(parts, k=self.random.randint(2, 5)) for _ in range(9_000))
        words = sorted({"".join(one) for one in chosen})
        self.random.shuffle(words)
        weights = [1 / (at + 3) for at in range(len(words))]
        self.sentences = [
            " ".join(["le système", *self.random.choices(words, weights, k=11)]).capitalize() + "."
            for _ in range(4_000)
        ]

    def say(self, sentences: int) -> Localized:
        fr, en = (" ".join(self.random.sample(self.sentences, sentences)) for _ in range(2))
        return Localized.of(fr=fr, en=en)


@dataclass
class Cast:
    body: Body
    hr: Account
    rep: Account
    resolution: UUID
    prose: Prose
    notices: int
    position: int = 0
    leaf: int = 0
    drafts: set[UUID] = field(default_factory=set)
    rows: dict[type, list[dict[str, Any]]] = field(default_factory=dict)

    def add(self, model: type, **row: Any) -> None:
        self.rows.setdefault(model, []).append(row)


def fill(app: Flask, notices: int) -> dict[str, str]:
    """Session identities by who signs in."""
    with app.test_request_context("/workspace/fr/"):
        reading.set(False)
        session = db.session
        if is_sqlite(session):
            event.listen(db.engine, "connect", _in_a_hurry)
        db.engine.dispose()
        cast = _cast(session, notices)
        session.commit()
        for first in range(1, notices + 1, CHUNK):
            for number in range(first, min(first + CHUNK, notices + 1)):
                _notice(cast, number)
            _insert(session, cast)
            session.commit()
        register.touch(session)
        session.commit()
        if is_sqlite(session):
            event.remove(db.engine, "connect", _in_a_hurry)
        who = {"hr": cast.hr, "rep": cast.rep}
        return {name: f"{one.id}.{one.session_epoch}" for name, one in who.items()}


def _in_a_hurry(connection: Any, _record: object) -> None:
    """Filling need not survive a power cut."""
    connection.execute("PRAGMA synchronous=OFF")


def _cast(session: Session, notices: int) -> Cast:
    people.found_organisation(session, name="Orvalie", country="fr", access_word=WORD)
    for name in SITES:
        people.add_establishment(session, name=name, headcount=80)
    body = people.add_body(session, name="CSE", kind=BodyKind.CSE, headcount=430)
    hr = people.add_account(session, email="hr@orvalie.example", name="HR", role=Role.HR_PUBLISHER)
    rep = people.add_account(session, email="rep@orvalie.example", name="Rep", role=Role.REPRESENTATIVE)
    people.give_mandate(session, rep, body, role=MandateRole.FULL_MEMBER, starts_on=date(2024, 1, 1))
    resolution = Resolution(
        id=uuid4(), body_id=body.id, day=clock.today(), text=Localized({}), recorded_by=rep.id
    )
    session.add(resolution)
    session.flush()
    return Cast(body, hr, rep, resolution.id, Prose(), notices)


def _insert(session: Session, cast: Cast) -> None:
    """Revisions get their groups before they are published, as the database asks."""
    before = (Notice, Revision, Leaf, Consultation, Question, Opinion)
    for model in (*before, *(one for one in cast.rows if one not in before)):
        if model in cast.rows:
            session.execute(insert(model), cast.rows[model])
    published = {"published_on": clock.today(), "published_by": cast.hr.id}
    unpublished = update(Revision).where(Revision.published_on.is_(None), Revision.id.not_in(cast.drafts))
    session.execute(unpublished.values(**published))
    search.learn(session, frozenset().union(*(one["words"] for one in cast.rows[Document])))
    cast.rows.clear()


def _stage(number: int, cast: Cast) -> Stage:
    """Nearly all is settled; the newest are under way."""
    age = cast.notices - number
    if age < 2 * WAITING:
        return Stage.OPINION_GIVEN if age % 2 else Stage.LISTENING
    return Stage.CLOSED if number % 3 else Stage.IN_FOLLOW_UP


def _is_open(number: int, cast: Cast) -> bool:
    return _stage(number, cast) in {Stage.LISTENING, Stage.OPINION_GIVEN}


def _notice(cast: Cast, number: int) -> None:
    notice = uuid4()
    day = clock.today() - timedelta(days=(cast.notices - number) * 900 // cast.notices)
    is_draft = number <= WAITING
    cast.add(
        Notice, id=notice, slug=f"systeme-{number}", number=number,
        state=NoticeState.DRAFT if is_draft else NoticeState.PUBLISHED,
        visibility=Visibility.DRAFT if is_draft else Visibility.EMPLOYEES,
        body_ids=[] if is_draft else [str(cast.body.id)],
        held_until=None if is_draft else day, readable_on=None if is_draft else day,
        author_id=cast.hr.id, created_on=day,
    )  # fmt: skip
    revisions = [
        _revision(cast, notice, number, at, day) for at in range(1, 2 if is_draft else REVISIONS + 1)
    ]
    newest = revisions[-1]
    if is_draft:
        cast.drafts |= {row["id"] for row, _groups in revisions}
    stage = _stage(number, cast)
    _documents(cast, notice, newest, stage, is_draft)
    if not is_draft:
        _thread(cast, notice, number, stage, day)


def _revision(cast: Cast, notice: UUID, number: int, at: int, day: date) -> tuple[dict[str, Any], list[Any]]:
    revision, say = uuid4(), cast.prose.say
    is_rare = number % max(cast.notices // WAITING, 1) == 0
    title = f"Système {number}" + (f", {RARE}" if is_rare else "")
    row: dict[str, Any] = {
        "id": revision, "notice_id": notice, "number": at, "version": 1, "imported": {}, "starter": {},
        "changelog": Localized({}) if at == 1 else say(2), "title": Localized.of(fr=title, en=title),
        "summary": {key: say(1) for key in _SUMMARY}, "fields": {key: say(5) for key in FIELDS},
        "review": Review.IN_REVIEW if number <= WAITING else Review.APPROVED,
        "answers": {"risk_class": RISKS[0 if is_rare else 1 + number % 4]},
    }  # fmt: skip
    cast.rows.setdefault(Revision, []).append(row)
    groups = []
    for position in range(3):
        group = {
            "id": uuid4(), "revision_id": revision, "position": position, "sites": SITES[number % 4],
            "headcount": 40, "name": say(1), "change": say(1), "measures": say(1), "support": Localized({}),
        }  # fmt: skip
        cast.rows.setdefault(AffectedGroup, []).append(group)
        groups.append(group)
        cast.add(
            Milestone, id=uuid4(), revision_id=revision, position=position,
            label=Localized({}),
            kind=list(MilestoneKind)[position], day=day + timedelta(days=30 * position + 1),
        )  # fmt: skip
    unknown = {
        "id": uuid4(), "revision_id": revision, "position": 0, "text": say(1), "owner": say(1), "due_on": day,
        "answer": Localized({}) if _is_open(number, cast) else say(1),
    }  # fmt: skip
    cast.rows.setdefault(Unknown, []).append(unknown)
    if at == REVISIONS and _is_open(number, cast):
        cast.add(Awaiting, kind=UNKNOWN, subject_id=unknown["id"], since=day)
    return row, groups


def _documents(
    cast: Cast, notice: UUID, newest: tuple[dict[str, Any], list[Any]], stage: Stage, is_draft: bool
) -> None:
    row, groups = newest
    texts = [row["title"], *row["summary"].values(), *row["fields"].values()]
    texts += [one[key] for one in groups for key in ("name", "change", "measures")]
    said = [pair for one in texts for pair in one.texts.items()] + [("", one["sites"]) for one in groups]
    words = frozenset(tokens_of(said))
    made = Revision(**row)
    made.groups = [AffectedGroup(**one) for one in groups]
    facets = finding.facets_of(made) | {facet(STAGE, stage)}
    state = Review.IN_REVIEW if is_draft else NoticeState.PUBLISHED
    _document(cast, Shelf.WORK, notice, words, facets | {facet(STATE, state)})
    if not is_draft:
        _document(cast, Shelf.NOTICE, notice, words, facets | {facet(BODY, str(cast.body.id))})


def _document(cast: Cast, shelf: Shelf, subject: UUID, words: frozenset[str], facets: frozenset[str]) -> None:
    cast.position += 1
    cast.add(
        Document, position=cast.position, shelf=shelf, subject_id=subject, words=words,
        facets=facets | on_shelf(shelf),
    )  # fmt: skip


def _thread(cast: Cast, notice: UUID, number: int, stage: Stage, day: date) -> None:
    consultation, is_open = uuid4(), _is_open(number, cast)
    cast.add(
        Consultation, id=consultation, notice_id=notice, body_id=cast.body.id, template="fr-cse",
        letterbox_id=None, stage=stage, opened_on=day,
        next_due_on=clock.today() + timedelta(days=number % 40) if is_open else None,
    )  # fmt: skip
    for kind in (FactKind.SENT, FactKind.RECEIVED, FactKind.OPENED_TO_EMPLOYEES):
        cast.add(
            Fact,
            id=uuid4(),
            consultation_id=consultation,
            kind=kind,
            day=day,
            note="",
            recorded_by=cast.hr.id,
        )
    title = cast.prose.say(1)
    for tag in (Tag.NOTICE_PUBLISHED, Tag.NOTICE_OPENED, Tag.QUESTION_ASKED, Tag.OPINION_GIVEN):
        _act(cast, tag, notice, title, day)
    _question(cast, notice, day, is_answered=not is_open)
    if stage is not Stage.LISTENING:
        _opinion(cast, consultation, day, is_answered=not is_open)
    for at in (1, 2):
        state = CommitmentState.AGREED if is_open and at == 1 else CommitmentState.CONFIRMED
        cast.add(
            Commitment, id=uuid4(), notice_id=notice, body_id=cast.body.id, number=at, title=title,
            detail=Localized({}), nature=Nature.MEASURE, for_whom=title, owner="HR", agreed_on=day,
            due_on=(clock.today() if state is CommitmentState.AGREED else day) + timedelta(days=20),
            state=state, version=1,
        )  # fmt: skip


def _act(cast: Cast, tag: Tag, notice: UUID, title: Localized, day: date) -> None:
    cast.leaf += 1
    ref, entry = f"notice:{notice}", uuid4()
    cast.add(Leaf, position=cast.leaf, tag=tag, ref=ref, day=day, digest=bytes(32))
    cast.add(
        Entry, id=entry, position=cast.leaf, tag=tag, ref=ref, notice_id=notice, title=title, day=day,
        visibility=Visibility.EMPLOYEES, author=Side.EMPLOYER, body_ids=[str(cast.body.id)],
    )  # fmt: skip
    _document(cast, Shelf.ENTRY, entry, frozenset(tokens_of(title.texts.items())), frozenset())


def _question(cast: Cast, notice: UUID, day: date, *, is_answered: bool) -> None:
    question, text = uuid4(), cast.prose.say(1)
    cast.add(
        Question, id=question, notice_id=notice, body_id=cast.body.id, number=1, text=text, asked_on=day,
        asked_by=cast.rep.id, expected_on=day,
    )  # fmt: skip
    if is_answered:
        cast.add(
            Answer,
            id=uuid4(),
            question_id=question,
            number=1,
            text=text,
            answered_on=day,
            answered_by=cast.hr.id,
        )
    else:
        cast.add(Awaiting, kind="question", subject_id=question, since=day)


def _opinion(cast: Cast, consultation: UUID, day: date, *, is_answered: bool) -> None:
    opinion, text = uuid4(), cast.prose.say(2)
    cast.add(
        Opinion, id=opinion, consultation_id=consultation, resolution_id=cast.resolution,
        position=Position.FAVOURABLE, text=text, given_on=day, recorded_by=cast.rep.id,
    )  # fmt: skip
    if is_answered:
        cast.add(Response, id=uuid4(), opinion_id=opinion, text=text, given_on=day, given_by=cast.hr.id)
    else:
        cast.add(Awaiting, kind="opinion", subject_id=opinion, since=day)


def pages(notices: int) -> dict[str, list[str]]:
    """What readers are shown, each with several addresses that are asked in turn, none from the cache."""
    chance, prose = random.Random(1), Prose()
    numbers = [chance.randint(WAITING + 1, notices) for _ in range(40)]
    filters = ("stage=closed", "risk=prohibited", "site=rennes&risk=high", "stage=listening&language=fr")
    words = [one for some in chance.sample(prose.sentences, 20) for one in some.strip(".").split()[2:6:2]]
    return {
        "notice page": [f"/fr/notices/systeme-{one}?made=anew" for one in numbers],
        "list": ["/fr/notices?made=anew"],
        "list, filtered": [f"/fr/notices?{one}&made=anew" for one in filters],
        "search, any word": [f"/fr/notices?q={one}" for one in words],
        "search, in every notice": ["/fr/notices?q=systeme", "/fr/notices?q=le+systemes"],
        "search, in twenty of them": [f"/fr/notices?q={RARE}s", f"/fr/notices?q={RARE[:6]}"],
        "search, in none": ["/fr/notices?q=introuvable"],
        "search, a word begun": [f"/fr/notices?q={one[:4]}" for one in words],
        "search and filter": [f"/fr/notices?q={one}&risk=prohibited" for one in words],
    }


def staff_pages() -> dict[str, tuple[str, list[str]]]:
    """The same for who signs in: account, addresses."""
    listed = "/workspace/fr/notices"
    return {
        "HR: start": ("hr", ["/workspace/fr/"]),
        "HR: list": ("hr", [listed]),
        "HR: list, in review": ("hr", [f"{listed}?state=in_review"]),
        "HR: search": ("hr", [f"{listed}?q=systeme", f"{listed}?q={RARE}"]),
        "HR: consultations": ("hr", ["/workspace/fr/consultations"]),
        "representative: start": ("rep", ["/workspace/fr/"]),
        "representative: consultations": ("rep", ["/workspace/fr/consultations"]),
        "representative: search": ("rep", ["/workspace/fr/consultations?q=systeme"]),
    }


def cases(notices: int) -> dict[str, tuple[str, list[str]]]:
    """All of them: who asks, and the addresses."""
    return {name: ("", addresses) for name, addresses in pages(notices).items()} | staff_pages()

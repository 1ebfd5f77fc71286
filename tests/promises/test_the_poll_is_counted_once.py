"""Promise 5, the poll and support: nothing is counted before its one publication, every answer enters one
published number, support moves by steps of five.

The adversary reads every table and every page before and after people answer, and puts all published
numbers from all pages side by side."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select, text

from consult import tables
from consult.anonymity.ballots import Choice
from consult.consultations import poll as polls
from consult.consultations.models import Consultation
from consult.core.db import db
from consult.people.models import Account
from consult.register.models import Leaf
from consult.voices.models import Ballot, PublishedCount
from consult.voices.rules import BallotKind, Channels
from tests import desk
from tests.client import PageClient
from tests.conftest import WORD, People
from tests.desk import Story, on_day

As = Callable[[Account], PageClient]
Work = Callable[..., Any]
NOT_TEXT = ("pdf", "poster", "sheet", "template")
FULL = os.environ.get("CONSULT_TEST_SCALE") == "full"


@pytest.fixture
def story(work: Work, people: People) -> Story:
    asked = polls.decided(
        ["use", "ease"], [], [], counted="together", offered={}, headcount=people.body.headcount
    )
    assert asked is not None
    return desk.open_box(work, people, channels=Channels.SLIPS, poll=asked.as_told())


def dump(work: Work) -> dict[str, Counter[str]]:
    """Every row of every table, as text."""
    found = {}
    with work() as session:
        for table in tables.metadata.sorted_tables:
            rows = session.execute(text(f"SELECT * FROM {table.name}"))
            found[table.name] = Counter(repr(tuple(row)) for row in rows)
    return found


@pytest.fixture
def written(app: Flask) -> Iterator[list[str]]:
    """The first word of every statement from here on that does more than read."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "BEGIN", "SAVEPOINT", "RELEASE", "PRAGMA")):
            seen.append(" ".join(statement.split()[:3]))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


@pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
def test_answering_only_inserts_and_everybody_leaves_the_same(
    story: Story, work: Work, employee: PageClient, written: list[str]
) -> None:
    shapes = set()
    for answers in (
        {"q-use": "0", "q-ease": "3"},
        {"q-use": "", "q-ease": "0"},
        {"q-use": "2", "q-ease": ""},
    ):
        slip = story.slip()
        before = dump(work)
        written.clear()
        employee.post(f"/speak/fr/{story.box}/poll", answers | {"right": slip})
        assert set(written) == {"INSERT INTO spent", "INSERT INTO ballot"}
        after = dump(work)
        changed = {name for name in after if after[name] != before[name]}
        assert changed == {"ballot", "spent"}, "a count somewhere"
        assert not before["ballot"] - after["ballot"] and not before["spent"] - after["spent"]
        with work() as session:
            sizes = session.scalars(select(func.length(Ballot.sealed))).all()
        shapes.add((sum((after["ballot"] - before["ballot"]).values()), *set(sizes)))
    assert shapes == {(2, 304)}


# ── pages ──────────────────────────────────────────────────────────────────────


def _clean(page: str) -> str:
    """Without what is drawn anew with each page: tokens, six words, ids of things that are not made yet."""
    page = re.sub(r'name="(csrf_token|words)"[^>]*', "", page)
    page = re.sub(r'<ol class="sixwords-list" .*?</ol>', "", page, flags=re.S)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f-]{17}", "", page)


def everything(app: Flask, story: Story, clients: dict[str, PageClient]) -> dict[str, str]:
    """Every address there is that answers GET, as far as something stands for its parts, as each reader
    reads it in English: pages, feeds, calendars, exports."""
    with story.work() as session:
        hub = session.scalar(select(Consultation.id).where(Consultation.letterbox_id == story.letterbox_id))
    parts = {
        "lang": "en", "slug": story.slug, "number": 1, "box": story.box, "consultation_id": hub,
        "kind": "docx",
    }  # fmt: skip
    found = {}
    for rule in app.url_map.iter_rules():
        needed = {name: parts[name] for name in rule.arguments if name in parts}
        if "GET" not in (rule.methods or ()) or set(needed) != rule.arguments:
            continue
        if rule.endpoint in {"static", "voices.exit"} or rule.endpoint.endswith(NOT_TEXT):
            continue
        if not FULL and rule.endpoint.partition(".")[0] not in {"reading", "workspace", "concerns"}:
            continue
        path = app.url_map.bind("localhost").build(rule.endpoint, needed)
        for who, client in clients.items():
            with client.http.get(path) as answer:
                is_text = answer.mimetype.startswith("text/") or answer.mimetype.endswith(("json", "xml"))
                said = answer.get_data(as_text=True) if is_text else answer.mimetype
            found[f"{who} {path}"] = f"{answer.status_code} {_clean(said)}"
    return found


def readers(app: Flask, story: Story, as_: As) -> dict[str, PageClient]:
    people = story.people
    found = {
        "employee": PageClient(app).with_word(WORD), "hr": as_(people.hr), "keyholder": story.at_desk(as_)
    }  # fmt: skip
    return found | ({"stranger": PageClient(app), "chair": as_(people.chair)} if FULL else {})


def test_no_page_moves_before_the_count_and_then_only_by_what_is_published(
    app: Flask, story: Story, work: Work, as_: As
) -> None:
    clients = readers(app, story, as_)
    clients["keyholder"].get(f"/workspace/en/notices/{story.slug}")  # a first opening is noted, and shown
    before = everything(app, story, clients)
    assert sum(page.startswith("200") for page in before.values()) > 20
    for at in range(37):
        story.answer({"use": 0 if at < 23 else 1, "ease": 2 if at < 11 else 3 if at < 14 else None})
    after = everything(app, story, clients)
    assert not [name for name in after if after[name] != before[name]]
    with on_day(story.closes_on + timedelta(days=1)):
        story.release()
        clients = readers(app, story, as_)
        closed = everything(app, story, clients)
        clients["keyholder"].submit(clients["keyholder"].get(story.address("count", "en")))
        counted = everything(app, story, clients)
    with work() as session:
        rows = session.scalars(select(PublishedCount)).all()
    floors = Counter(str(one.floor or 5) for one in rows)
    assert sorted(one.floor or 0 for one in rows) == [0, 0, 0, 0, 0, 10, 10, 20]
    moved = {name for name in counted if counted[name] != closed[name]}
    allowed = ("/notices/", "/consultations/", "/letterboxes/", "outbox", "keyholder /workspace/en/")
    assert moved and all(any(part in name for part in allowed) for name in moved), moved
    for name in moved:
        new = Counter(_numbers(counted[name])) - Counter(_numbers(closed[name]))
        if "/notices/" in name or "/consultations/" in name or "/count" in name:
            assert new in (floors, Counter()), f"{name} tells {new}"
        else:  # lists of tasks and mails: dates of their own, no number of people
            assert "at least" not in _words(counted[name]), name
    read = [name for name in moved if "at least 20" in _words(counted[name])]
    assert {name.partition(" ")[0] for name in read} == set(clients) - {"stranger"}


def _numbers(page: str) -> list[str]:
    """Days aside: that the last one to write fell on a tenth is no number of people."""
    return re.findall(r"\d+", re.sub(r"\b\d{1,2}\s[A-Z][a-z]+\.?\s\d{4}\b", "", _words(page)))


def _words(page: str) -> str:
    return " ".join(re.sub(r"<svg.*?</svg>|<[^>]+>", " ", page, flags=re.S).split())


def test_there_is_no_second_publication(story: Story, work: Work, as_: As) -> None:
    """Not by a second keyholder who had the page open, and not by a later ballot: none is taken."""
    for _ in range(12):
        story.answer({"use": 1})
    with on_day(story.closes_on + timedelta(days=1)):
        story.release()
        first, second = story.at_desk(as_), story.at_desk(as_, "rep2")
        pages = [client.get(story.address("count", "en")) for client in (first, second)]
        first.submit(pages[0])
        with work() as session:
            numbers = session.execute(select(PublishedCount.id, PublishedCount.floor)).all()
            leaves = session.scalar(select(func.count()).select_from(Leaf))
        second.submit(pages[1])
        with work() as session:
            assert session.execute(select(PublishedCount.id, PublishedCount.floor)).all() == numbers
            assert session.scalar(select(func.count()).select_from(Leaf)) == leaves
            assert session.scalar(select(func.count()).select_from(Ballot)) == 0


# ── support ────────────────────────────────────────────────────────────────────


def test_support_moves_by_steps_of_five_and_below_the_threshold_not_at_all(
    story: Story, work: Work, as_: As
) -> None:
    rng, shown, cast = Random(11), [], 0
    story.write(desk.texts(20))
    for day in range(1, 5):
        with on_day(story.opens_on + timedelta(days=day)):
            assert story.release() == 1
            if day == 1:
                concern = _quoted(story)
            keyholder = story.at_desk(as_)
            keyholder.get(story.address())
            page = keyholder.get(story.address("quotations", "en")).text
            said = re.search(r"At least (\d+) people think so too", page)
            shown.append(int(said.group(1)) if said else 0)
            assert shown[-1] == (cast - cast % 5 if cast >= 5 else 0)
            for _ in range(rng.choice((3, 4, 6))):
                story.vote(concern)
                story.vote(concern, Choice.NOT)
                cast += 1
            story.write(desk.texts(10))
            keyholder.get(story.address())
            assert keyholder.get(story.address("quotations", "en")).text == page, "counted between releases"
    assert shown[:2] == [0, 0] and shown[-1] >= 5
    assert all((later - earlier) % 5 == 0 for earlier, later in pairwise(shown))
    with work() as session:
        kinds = Counter(session.scalars(select(Ballot.kind)))
    assert kinds == {BallotKind.SUPPORT: 2 * cast}, "for and against leave the same"


def _quoted(story: Story) -> Any:
    with story.work() as session:
        act = desk.Act(story, session)
        theme, voice = act.theme(), next(iter(story.voices().values()))
        act.sort(voice, theme)
        act.publish(theme)
        return act.publish_wording(act.propose(voice, act.rep1), act.rep2).id

"""The end of what was said: keys, messages and drafts go together; what was published stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from consult import tables
from consult.concerns import jobs, services
from consult.concerns.models import DRAFT_SIZE, Concern, DeskReply, Theme
from consult.core import clock, copies
from consult.keyholders.models import HandoverStep, Unlocked, WrappedKey
from consult.mail.models import Letter
from consult.register.models import Entry, Leaf
from consult.register.rules import Tag
from consult.voices.models import Ballot, Batch, Letterbox, Reply, Voice, Waiting
from consult.voices.rules import BallotKind, Told
from tests import desk as desks

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]


@pytest.fixture
def story(work: Work, people: Any) -> Any:
    told = desks.open_box(work, people)
    told.write([f"Le message {one} parle de la charge." for one in range(12)])
    with desks.on_day(told.closes_on + timedelta(days=1)):
        told.release()
        yield told


def _count(session: Any, table: type) -> int:
    return int(session.scalar(select(func.count()).select_from(table)) or 0)


def _end(work: Work, story: Any, days: int = 0, closed: bool = True) -> None:
    with work() as session:
        box = session.get_one(Letterbox, bytes.fromhex(story.box))
        box.is_closed = closed
        box.told = box.told | {"destroy_on": (clock.today() + timedelta(days=days)).isoformat()}


def _sealed(session: Any) -> Iterator[str]:
    """Every table, also one that comes tomorrow: what of it is still sealed to a letterbox."""
    for table in tables.metadata.sorted_tables:
        for column in table.columns if "letterbox_id" in table.columns or table.name == "voice" else ():
            if column.name.startswith("sealed") and session.scalar(
                select(func.count()).select_from(table).where(column.is_not(None))
            ):
                yield f"{table.name}.{column.name}"


@BOTH
def test_everything_sealed_goes_and_what_was_published_stays(work: Work, story: Any) -> None:
    desks.published(story)
    with work() as session:
        assert _count(session, Voice) and _count(session, WrappedKey)
        assert {"voice.sealed", "wrapped_key.sealed", "concern.sealed_grave"} <= set(_sealed(session))
        concern = session.scalars(select(Concern)).first()
        box = session.get_one(Letterbox, bytes.fromhex(story.box))
        services.hold(session, box, concern.voice_id, reason="un nom")
        session.add(DeskReply(letterbox_id=box.id, sealed=bytes(DRAFT_SIZE)))
        session.add(Ballot(letterbox_id=box.id, kind=BallotKind.PULSE, sealed=bytes(304)))
        session.add(Reply(letterbox_id=box.id, lookup=bytes(32), sealed=bytes(4144)))
        copies.record(session, clock.today() + timedelta(days=12), on=clock.today())
    _end(work, story)
    with work() as session:
        assert jobs.shred_due(session, now=clock.now()) == 1
    with work() as session:
        for table in (Voice, Waiting, Ballot, Reply, WrappedKey, Unlocked, HandoverStep):
            assert _count(session, table) == 0, table
        assert all(
            one.voice_id is None and one.sealed_working is None for one in session.scalars(select(Concern))
        )
        themes = session.scalars(select(Theme)).all()
        assert all(one.sealed_draft is None for one in themes)
        assert [one.title.texts["fr"] for one in themes if one.title] == ["Charge"]
        assert _count(session, Batch) and _count(session, Concern)
        assert not list(_sealed(session)), "whatever lies sealed to a letterbox goes with its key"
        leaf = session.scalars(select(Leaf).where(Leaf.tag == Tag.KEYS_DESTROYED)).one()
        assert leaf.day == clock.today()
        entry = session.scalars(select(Entry).where(Entry.position == leaf.position)).one()
        assert entry.notice_id is not None
        box = session.get_one(Letterbox, bytes.fromhex(story.box))
        assert Told.of(box.told).destroyed_on == clock.today()
        letters = [
            one
            for one in session.scalars(select(Letter))
            if "12" in one.text and "copies" in one.text.lower()
        ]
        assert len(letters) == 2, "each who held a key is told when the last copy ends"
    with work() as session:
        assert jobs.shred_due(session, now=clock.now()) == 0, "once"


@pytest.mark.parametrize(("days", "closed"), [(1, True), (0, False)])
def test_and_not_before(work: Work, story: Any, days: int, closed: bool) -> None:
    _end(work, story, days, closed)
    with work() as session:
        before = _count(session, Voice)
        assert jobs.shred_due(session, now=clock.now()) == 0
        assert _count(session, Voice) == before and _count(session, WrappedKey) == 2


def test_all_or_nothing(work: Work, story: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault on the way leaves keys and messages as they were."""
    _end(work, story)
    with work() as session:
        before = _count(session, Voice), _count(session, WrappedKey)

        def broken(*_given: object, **_named: object) -> None:
            raise OSError

        monkeypatch.setattr(jobs.holder_letters, "destroyed", broken)
        with pytest.raises(OSError):
            jobs.shred_due(session, now=clock.now())
        session.rollback()
        assert (_count(session, Voice), _count(session, WrappedKey)) == before

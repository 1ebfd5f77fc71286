"""The release at its hour: leaves, mail, closing, counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from consult.concerns import queries
from consult.concerns.models import Theme
from consult.concerns.rules import (
    NotEnoughToPublish,
    NotQuotable,
    OneSynthesisOnly,
)
from consult.keyholders import queries as keyholders
from consult.mail.models import Letter
from consult.register.models import Entry, Leaf
from consult.register.rules import Tag
from consult.voices import queries as voices
from tests.desk import Act, Story, on_day, open_box, texts

BOTH = ["sqlite", "postgresql"]
Work = Callable[..., Any]


@pytest.fixture
def story(work: Work, people: Any) -> Story:
    """24 messages, of which 14 were released on the second day."""
    told = open_box(work, people)
    told.write(texts(24))
    with on_day(told.opens_on + timedelta(days=1)):
        assert told.release() == 1
    return told


# ── the release ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("instance", BOTH, indirect=True)
def test_a_release_is_recorded_without_a_number_and_told_to_keyholders_only(story: Story, work: Work) -> None:
    with work() as session:
        entry = session.scalars(select(Entry).where(Entry.tag == Tag.BATCH_RELEASED)).one()
        assert not any(sign.isdigit() for text in entry.title.texts.values() for sign in text)
        letters = session.scalars(select(Letter).where(Letter.about == f"letterbox:{story.box}")).all()
        holding = {one.account.email for one in keyholders.of_letterbox(session, story.letterbox_id)}
        told = [one for one in letters if "/desk" in one.text]
        assert {one.to_address for one in told} == holding
        for letter in told:
            said = letter.text.replace(f"/letterboxes/{story.box}/desk", "").replace("127.0.0.1:8000", "")
            assert not any(sign.isdigit() for sign in said), said
            assert not any(text in letter.text + letter.html for text in story.texts)


def test_a_day_on_which_too_few_wait_changes_nothing(work: Work, people: Any) -> None:
    told = open_box(work, people)
    told.write(texts(19))
    with work() as session:
        before = session.scalar(select(func.count()).select_from(Leaf))
    with on_day(told.opens_on + timedelta(days=1)):
        assert told.release() == 0
    with work() as session:
        assert session.scalar(select(func.count()).select_from(Leaf)) == before
        assert not voices.batches(session, told.letterbox_id)


def test_two_runs_on_one_day_release_once(story: Story) -> None:
    story.write([f"encore {one}" for one in range(30)])
    with on_day(story.opens_on + timedelta(days=1)):
        assert story.release() == 0


@pytest.mark.parametrize("instance", BOTH, indirect=True)
def test_closing_counts_the_published_themes_once_for_all(story: Story, work: Work) -> None:
    """Only after the end, in bands, and those that come under a theme later count too."""
    voices_ = list(story.voices().values())
    with work() as session:
        act = Act(story, session)
        theme = act.theme()
        for voice in voices_[:7]:
            act.sort(voice, theme)
        act.publish(theme)
        assert theme.at_least is None
        ident = theme.id
    with on_day(story.closes_on + timedelta(days=1)):
        assert story.release() == 1
        with work() as session:
            act, theme = Act(story, session), session.get(Theme, ident)
            assert theme is not None
            assert theme.at_least == 5
            for voice in voices_[7:9]:
                act.sort(voice, theme)
            assert theme.at_least == 5, "9 is not 10"
            act.sort(voices_[9], theme)
            assert theme.at_least == 10
            closed = session.scalars(select(Entry).where(Entry.tag == Tag.LETTERBOX_CLOSED)).all()
            assert len(closed) == 1
        assert story.release() == 0


def test_a_letterbox_nobody_used_closes_and_says_fewer_than_k(work: Work, people: Any) -> None:
    told = open_box(work, people)
    told.write(texts(3))
    with on_day(told.closes_on + timedelta(days=1)):
        assert told.release() == 1
        with work() as session:
            entry = session.scalars(select(Entry).where(Entry.tag == Tag.LETTERBOX_CLOSED)).one()
            assert "moins de 10" in entry.title.texts["fr"]
            assert "fewer than 10" in entry.title.texts["en"]
            act = Act(told, session)
            theme = act.theme()
            act.sort(next(iter(told.voices().values())), theme)
            with pytest.raises(NotEnoughToPublish):
                act.publish(theme)


def test_five_to_nine_people_give_one_synthesis_without_a_number(work: Work, people: Any) -> None:
    told = open_box(work, people, k=5, headcount=30)
    told.write(texts(7))
    with on_day(told.closes_on + timedelta(days=1)):
        told.release()
        with work() as session:
            act = Act(told, session)
            first, second = act.theme(), act.theme(**{"title-fr": "Autre"})
            *most, last = told.voices().values()
            for voice in most:
                act.sort(voice, first)
            act.sort(last, second)
            act.publish(first)
            assert first.at_least is None
            with pytest.raises(OneSynthesisOnly):
                act.publish(second)
            with pytest.raises(NotQuotable):
                act.propose(most[0], act.rep1)


@pytest.mark.parametrize("instance", BOTH, indirect=True)
def test_nothing_is_released_without_its_leaf(
    work: Work, people: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One transaction: where the record fails, what waited waits on, and leaves the next time."""
    told = open_box(work, people)
    told.write(texts(24))

    def fail(*_args: object, **_options: object) -> None:
        raise RuntimeError("the record is full")

    with on_day(told.opens_on + timedelta(days=1)):
        monkeypatch.setattr("consult.register.services.record", fail)
        with pytest.raises(RuntimeError):
            told.release()
        monkeypatch.undo()
        with work() as session:
            session.rollback()
            assert not voices.batches(session, told.letterbox_id)
            waiting = voices.waiting_by_lane(session, told.letterbox_id)
            assert sum(map(len, waiting.values())) == 24
        assert told.release() == 1


def test_a_letterbox_without_a_record_to_go_into_is_not_released(work: Work, people: Any) -> None:
    told = open_box(work, people)
    told.write(texts(24))
    with work() as session:
        desk = queries.desk(session, told.box)
        assert desk is not None
        desk.consultation.letterbox_id = None
    with on_day(told.opens_on + timedelta(days=1)):
        assert told.release() == 0
    with work() as session:
        assert not voices.batches(session, told.letterbox_id)
        assert queries.desk(session, told.box) is None

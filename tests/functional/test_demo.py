"""The demonstration: the story loads, everything in it went through the rooms, and it can be lived on."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from time_machine import travel

from consult import jobs
from consult.anonymity.thresholds import K_DEFAULT
from consult.commitments import rules as commitment_rules
from consult.commitments.models import Commitment
from consult.commitments.rules import CommitmentState
from consult.concerns.models import Concern, Theme
from consult.consultations.models import Consultation, Receipt
from consult.consultations.rules import FactKind, Stage
from consult.core import clock, config
from consult.core.db import db
from consult.demo import content, services
from consult.dossiers.models import Dossier
from consult.dossiers.rules import FileState
from consult.experts.models import InformationRequest, Mission
from consult.keyholders import services as keyholders
from consult.mail.models import Letter, LetterState
from consult.meetings.models import Meeting
from consult.meetings.rules import MeetingState, MinutesState
from consult.notices import queries as notices
from consult.notices.models import Notice, Revision
from consult.notices.rules import NoticeState, Review
from consult.people import queries as people
from consult.people import services as people_services
from consult.people.models import Account
from consult.people.rules import Role
from consult.register.models import Leaf
from consult.signin import passwords
from consult.signin.rules import DEMO_PASSWORD
from consult.voices import threads
from consult.voices.models import Batch, Letterbox, Voice, Waiting
from consult.voices.rules import next_release_on
from tests.client import PageClient
from tests.conftest import Instance
from tests.told import DATABASE, demonstration

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]
EXPERTS = [one.expert for one in content.load("fr").notices if one.expert is not None]


@pytest.fixture
def marked(instance: Instance) -> Iterator[Instance]:
    """An instance that `consult demo` was run on."""
    config.make_demo(instance.folder)
    yield instance
    (instance.folder / config.DEMO_MARKER).unlink()


_kept: list[str] = []
"""The database on PostgreSQL as loading left it: told once, handed to every test that reads it."""


@pytest.fixture
def told(marked: Instance, work: Work, tmp_path_factory: pytest.TempPathFactory) -> Instance:
    """What the command wrote into a file, or, on PostgreSQL, what the service does."""
    if marked.server is not None and not _kept:
        with work("en") as session:
            services.load(session, "fr")
    with marked.app.app_context():
        db.engine.dispose()
    if marked.server is None:
        shutil.copyfile(demonstration(tmp_path_factory) / DATABASE, marked.database_file)
    elif _kept:
        marked.server.create("consult_test", template=_kept[0])
    else:
        marked.server.create("consult_told", template="consult_test")
        _kept.append("consult_told")
    return marked


def _count(session: Session, model: Any, *where: Any) -> int:
    return session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def _notice(session: Session, slug: str) -> Notice:
    found = notices.by_slug(session, slug)
    assert found is not None
    return found


def _consultation(session: Session, slug: str) -> Consultation:
    found = session.scalars(
        select(Consultation).join(Notice, Notice.id == Consultation.notice_id).where(Notice.slug == slug)
    )
    return found.one()


def _box(session: Session, slug: str) -> Letterbox:
    found = session.scalar(
        select(Letterbox)
        .join(Consultation, Consultation.letterbox_id == Letterbox.id)
        .join(Notice, Notice.id == Consultation.notice_id)
        .where(Notice.slug == slug)
    )
    assert found is not None
    return found


@BOTH
def test_every_state_appears(told: Instance, work: Work) -> None:
    with work() as session:
        states = {one.slug: one.state for one in session.scalars(select(Notice))}
        reviews = {one.slug: one.revisions[-1].review for one in session.scalars(select(Notice))}
        stages = {
            notice.slug: (notice.visibility, consultation.stage)
            for notice, consultation in session.execute(
                select(Notice, Consultation).join(Consultation, Consultation.notice_id == Notice.id)
            )
        }
    assert states["repere"] is NoticeState.DRAFT
    assert states["jalon"] is NoticeState.DRAFT
    assert reviews["jalon"] is Review.IN_REVIEW
    assert stages == {
        "passerelle": ("body", Stage.WITH_BODY),
        "plume": ("employees", Stage.LISTENING),
        "cadence": ("employees", Stage.AWAITING_OPINION),
        "boussole": ("employees", Stage.OPINION_GIVEN),
        "echo": ("employees", Stage.IN_FOLLOW_UP),
        "ariane": ("employees", Stage.IN_FOLLOW_UP),
        "timbre": ("employees", Stage.CLOSED),
    }
    assert states["timbre"] is NoticeState.WITHDRAWN


@BOTH
def test_commitments_are_kept_late_and_contested(told: Instance, work: Work) -> None:
    with work() as session:
        found = list(session.scalars(select(Commitment)))
        states = Counter(one.state for one in found)
        late = [one for one in found if commitment_rules.is_late(one.state, one.due_on, clock.today())]
    assert set(states) == set(CommitmentState)
    assert states[CommitmentState.CONFIRMED] >= 5
    assert len(late) >= 3


@BOTH
def test_what_was_said_was_released_and_opened_for_real(told: Instance, work: Work) -> None:
    story = content.load("fr")
    with work() as session:
        open_box = _box(session, "plume")
        assert not open_box.is_closed
        assert _count(session, Waiting) == _count(session, Waiting, Waiting.letterbox_id == open_box.id) == 30
        assert _count(session, Voice) == sum(
            one.released is not None
            for notice in story.notices
            if notice.letterbox
            for one in notice.letterbox.messages
        )
        assert all(
            batch.at_least >= K_DEFAULT and not batch.is_small for batch in session.scalars(select(Batch))
        )
        quoted = _count(session, Concern, Concern.wording.is_not(None), Concern.published_on.is_not(None))
        assert quoted == sum(
            bool(one.wording)
            for notice in story.notices
            if notice.letterbox
            for one in notice.letterbox.messages
        )
        themes = list(session.scalars(select(Theme)))
        assert all(one.published_on is not None and one.synthesis for one in themes)
        assert any(not one.answers for one in themes)
        closed = [one for one in themes if one.letterbox_id != open_box.id]
        assert any(one.at_least for one in closed)
        assert all(one.at_least is None for one in themes if one.letterbox_id == open_box.id)


@BOTH
def test_thirty_waiting_reach_the_desk_when_the_jobs_run(told: Instance, work: Work) -> None:
    """On the release day k of them wait on, as the rule wants; after the last day all have left."""
    with work() as session:
        box = _box(session, "plume")
        box_id, closes_on = box.id, box.closes_on
        day = next_release_on(
            box.interval_days, box.opens_on, box.closes_on, clock.today() - timedelta(days=1)
        )
    assert day == clock.today()  # the button of the outbox shows something at once
    _run_jobs(told.app, day)
    with work() as session:
        assert _count(session, Waiting) == K_DEFAULT
        assert _count(session, Voice, Voice.batch_id.in_(_batches(box_id))) == 30 + 20
    _run_jobs(told.app, closes_on + timedelta(days=1))
    with work() as session:
        assert _count(session, Waiting) == 0
        assert _count(session, Voice, Voice.batch_id.in_(_batches(box_id))) == 60
        assert session.get_one(Letterbox, box_id).is_closed


def _batches(box_id: bytes) -> Any:
    return select(Batch.id).where(Batch.letterbox_id == box_id)


def _run_jobs(app: Flask, day: date) -> None:
    with travel(datetime.combine(day, time(10, tzinfo=UTC)), tick=False), app.app_context():
        jobs.run_due(db.session, now=clock.now())


def test_the_embargo_ends_on_its_day(told: Instance, work: Work) -> None:
    with work() as session:
        held = _notice(session, "passerelle").held_until
    assert held is not None
    _run_jobs(told.app, held)
    with work() as session:
        assert _notice(session, "passerelle").readable_on == held


def test_the_record_is_in_the_order_of_days(told: Instance, work: Work) -> None:
    with work() as session:
        days = list(session.scalars(select(Leaf.day).order_by(Leaf.position)))
    assert len(days) > 100
    assert days == sorted(days)
    assert days[-1] <= clock.today()


def test_letters_were_taken_long_ago(told: Instance, work: Work) -> None:
    with work() as session:
        letters = list(session.scalars(select(Letter)))
        assert letters
        assert {one.state for one in letters} == {LetterState.ACCEPTED}
        days = {clock.day_of(one.accepted_at) for one in letters if one.accepted_at}
        assert len(days) > 20
        assert max(days) <= clock.today()
        said = [
            one.text
            for notice in content.load("fr").notices
            if notice.letterbox
            for one in notice.letterbox.messages
        ]
        mailed = "\n".join(one.text + one.html for one in letters)
        assert not [text for text in said if text in mailed]


def test_sent_notices_are_proven(told: Instance, work: Work) -> None:
    with work() as session:
        receipts = list(session.scalars(select(Receipt)))
        assert all(one.letter_id for one in receipts)
        assert any(one.opened_at for one in receipts)
        assert any(not one.opened_at for one in receipts)
        for one in session.scalars(select(Consultation)):
            assert {FactKind.SENT, FactKind.RECEIVED} <= {fact.kind for fact in one.facts}


def test_people_keys_and_passwords(told: Instance, work: Work) -> None:
    with work() as session:
        accounts = people.accounts(session)
        assert Counter(one.role for one in accounts) == {
            Role.HR_PUBLISHER: 1, Role.REPRESENTATIVE: 4 + len(EXPERTS), Role.ADMINISTRATOR: 1,
        }  # fmt: skip
        assert all(passwords.matches(one.password_hash, DEMO_PASSWORD) for one in accounts)
        box = _box(session, "plume")
        holders = keyholders.ready(session, people.bodies(session)[0].id, on=clock.today())
        assert [one.account.name for one in holders] == ["Mireille Adjovi", "Paul Roussel"]
        for holder, words, code in zip(holders, services.PASSPHRASES, services.RECOVERY_CODES, strict=True):
            held = keyholders.held(session, box, holder.account)
            assert keyholders.open_held(held, passphrase=words) == keyholders.open_held(
                held, recovery_code=code
            )


def test_loaded_twice_it_does_nothing(told: Instance, work: Work) -> None:
    with work() as session:
        before = [_count(session, one) for one in (Notice, Revision, Leaf, Letter, Waiting)]
    with work() as session:
        services.load(session, "fr")
    with work() as session:
        assert [_count(session, one) for one in (Notice, Revision, Leaf, Letter, Waiting)] == before


def test_without_the_marker_nothing_is_loaded(instance: Instance, work: Work) -> None:
    with work() as session, pytest.raises(services.NotADemo):
        services.load(session, "fr")
    with work() as session:
        assert people.organisation(session) is None


def test_another_organisation_is_left_alone(marked: Instance, work: Work) -> None:
    with work() as session:
        people_services.found_organisation(session, name="Autre", country="fr", access_word="tilleul")
    with work() as session, pytest.raises(services.SomebodyElsesData, match="Autre"):
        services.load(session, "fr")


def test_a_story_that_breaks_leaves_nothing_behind(
    marked: Instance, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consult.demo.telling.opinions.give", lambda *_args, **_named: 1 / 0)
    with pytest.raises(ZeroDivisionError), work() as session:
        services.load(session, "fr")
    monkeypatch.undo()
    with work() as session:
        assert people.organisation(session) is None
        services.load(session, "fr")


ANY_DAY = [
    pytest.param(
        first + timedelta(days=shift), marks=() if first.month == 11 and shift in (0, 3) else pytest.mark.long
    )
    for first in (date(2026, 11, 8), date(2026, 2, 26), date(2026, 12, 28), date(2027, 5, 1))
    for shift in range(7)
]


@pytest.mark.parametrize("loaded", ANY_DAY, ids=str)
def test_it_loads_on_any_day_of_the_week(marked: Instance, work: Work, loaded: date) -> None:
    """Days of the story are moved off weekends: none may pass another."""
    with travel(datetime.combine(loaded, time(11, tzinfo=UTC)), tick=False):
        with work("en") as session:
            services.load(session, "fr")
        with work() as session:
            assert _count(session, Waiting) == 30
            days = list(session.scalars(select(Leaf.day).order_by(Leaf.position)))
            assert days == sorted(days)
            assert days[-1] <= loaded


def test_experts_and_meetings_went_through_their_rooms(told: Instance, work: Work) -> None:
    with work() as session:
        missions = session.scalars(select(Mission)).all()
        assert {one.firm for one in missions} == {one.firm for one in EXPERTS}
        assert sum(one.report is not None for one in missions) == 2
        waiting = [one for one in session.scalars(select(InformationRequest)) if one.answered_on is None]
        assert len(waiting) == 1
        held = session.scalars(select(Meeting).where(Meeting.state == MeetingState.HELD)).all()
        assert len(held) == 4 and all(one.minutes for one in held)
        assert sum(one.minutes_state is MinutesState.ADOPTED for one in held) == 2
        coming = session.scalars(select(Meeting).where(Meeting.state == MeetingState.CONVENED)).one()
        assert coming.day > content.load("fr").today and coming.agenda_set_on is not None


def test_the_synthesis_is_told_to_the_clock_once_the_letterbox_is_closed(told: Instance, work: Work) -> None:
    """Écho's themes came out after the last day to write, Plume's letterbox is open."""
    with work() as session:
        facts = {
            slug: [
                one.day for one in _consultation(session, slug).facts if one.key == "staff_voice_synthesis"
            ]
            for slug in ("echo", "plume")
        }
        first = min(
            one.published_on for one in session.scalars(select(Theme))
            if one.notice_id == _notice(session, "echo").id and one.published_on is not None
        )  # fmt: skip
    assert facts == {"echo": [first], "plume": []}


def test_one_file_led_to_a_notice_and_one_is_the_bodys_alone(told: Instance, work: Work) -> None:
    with work() as session:
        files = {one.state: one for one in session.scalars(select(Dossier))}
        assert set(files) == {FileState.LINKED, FileState.DRAFT}
        linked = files[FileState.LINKED]
        assert linked.notice is not None and linked.notice.slug == "cadence"
        assert linked.sent_on is not None and linked.sent_on < linked.notice.created_on
        assert all(one.sources for one in files.values())
        hr = session.scalars(select(Account).where(Account.role == Role.HR_PUBLISHER)).one()
    employer = PageClient(told.app).signed_in_as(hr)
    page = employer.get("/workspace/fr/dossiers")
    assert linked.name in page.text
    assert files[FileState.DRAFT].name not in page.text


def test_the_guide_says_what_a_newcomer_needs(told: Instance, work: Work) -> None:
    with work("en") as session:
        text = services.guide(session, told.settings, "fr")
    assert "/fr/#word=tournesol" in text
    assert "/en/#word=tournesol" in text
    assert DEMO_PASSWORD in text
    assert "outbox" in text
    for person in content.load("fr").organisation.people:
        assert person.email in text
    for secret in (*services.PASSPHRASES, *services.RECOVERY_CODES, services.SIX_WORDS):
        assert secret in text


def test_the_six_words_of_the_guide_open_an_answer(
    told: Instance, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The command sealed the answer at what a guess costs outside of tests.
    monkeypatch.setitem(told.app.extensions, "consult.receipts", threads.Gate())
    with work("en") as session:
        text = services.guide(session, told.settings, "fr")
    address = re.search(r"(/speak/fr/[0-9a-f]{32}/thread)", text)
    assert address is not None
    reader = PageClient(told.app).with_word("tournesol")
    page = reader.post(address[1], {"words": services.SIX_WORDS}, status=200)
    assert "un référent reste joignable" in page.text


PAGES = ("/fr/", "/en/", "/fr/commitments", "/en/commitments", "/fr/notices", "/en/notices")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_its_pages_can_be_read(told: Instance, language: str) -> None:
    """Whoever has the word reads every notice that is open, in both languages, well set."""
    reader = PageClient(told.app).with_word("tournesol")
    for path in [one for one in PAGES if one.startswith(f"/{language}/")]:
        reader.get(path)
    for slug in ("ariane", "echo", "timbre", "boussole", "plume", "cadence"):
        page = reader.get(f"/{language}/notices/{slug}")
        assert re.search(slug[:3], page.text, re.IGNORECASE)
    for slug in ("passerelle", "jalon", "repere"):
        reader.get(f"/{language}/notices/{slug}", status=404)

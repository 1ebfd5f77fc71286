"""The desk's verbs: what they refuse, what they leave behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from consult.anonymity import sealing
from consult.concerns import queries, sealed, services
from consult.concerns.models import Concern, Theme, ThemeAnswer
from consult.concerns.rules import (
    BothLanguagesNeeded,
    NeedsSecondReader,
    NotEnoughToPublish,
    NotQuotable,
    Stance,
)
from consult.core import clock
from consult.core.errors import EditedMeanwhile, NotFound, WrongState
from consult.keyholders import queries as keyholders
from consult.mail.models import Letter
from consult.register.models import Entry, Leaf, LeafSalt
from consult.register.rules import Tag
from tests.desk import DRAFT, WORDING, Act, Story, both, on_day, open_box, texts

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


# ── themes ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("instance", BOTH, indirect=True)
def test_a_theme_is_sealed_until_published_and_then_read_in_both_languages(story: Story, work: Work) -> None:
    voice = next(iter(story.voices().values()))
    with work() as session:
        act = Act(story, session)
        theme = act.theme()
        act.sort(voice, theme)
        assert theme.title is None
        assert theme.sealed_draft is not None
        assert b"Charge" not in theme.sealed_draft
        act.publish(theme)
        assert theme.title == both("Charge de travail", "Workload")
        assert theme.at_least is None, "a number before closing"
        entry = session.scalar(select(Entry).where(Entry.tag == Tag.THEME_PUBLISHED))
        assert entry is not None
        assert entry.title.texts["en"] == "Workload"
        assert (
            session.scalar(select(Letter.to_address).where(Letter.about == f"theme:{theme.id}"))
            == act.hr.email
        )


@pytest.mark.parametrize("missing", ["title-fr", "title-en", "synthesis-fr", "synthesis-en"])
def test_both_languages_are_published_or_none(story: Story, work: Work, missing: str) -> None:
    voice = next(iter(story.voices().values()))
    with work() as session:
        act = Act(story, session)
        theme = act.theme(**{missing: "  "})
        act.sort(voice, theme)
        with pytest.raises(BothLanguagesNeeded) as found:
            act.publish(theme)
        assert found.value.missing == missing[-2:]
        assert theme.published_on is None


def test_nothing_is_published_from_a_theme_without_messages(story: Story, work: Work) -> None:
    with work() as session:
        act = Act(story, session)
        theme = act.theme()
        with pytest.raises(NotEnoughToPublish):
            act.publish(theme)
        voice = next(iter(story.voices().values()))
        act.sort(voice, theme)
        services.hold(session, act.box, voice, reason="trop précis")
        with pytest.raises(NotEnoughToPublish):
            act.publish(theme)


def test_a_theme_is_saved_once_by_two_who_write_at_once(story: Story, work: Work) -> None:
    with work() as session:
        act = Act(story, session)
        theme = act.theme()
        version = theme.version
        services.write_theme(session, theme, act.box, draft={**DRAFT, "title-fr": "Rythme"}, version=version)
        with pytest.raises(EditedMeanwhile) as found:
            services.write_theme(session, theme, act.box, draft={"title-fr": "Autre"}, version=version)
        assert "Autre" not in repr(found.value.args), "a draft in an exception ends in a log"
        assert sealed.read(story.key, theme.sealed_draft)["title-fr"] == "Rythme"


def test_a_double_click_makes_one_theme(story: Story, work: Work) -> None:
    once = uuid4()
    with work() as session:
        act = Act(story, session)
        first = services.new_theme(session, act.box, act.notice, draft=DRAFT, once=once)
        again = services.new_theme(session, act.box, act.notice, draft=DRAFT, once=once)
        assert first is again
        assert len(queries.themes(session, story.letterbox_id)) == 1


def test_publishing_again_replaces_the_text_and_can_erase_the_trace_of_the_old(
    story: Story, work: Work
) -> None:
    voice = next(iter(story.voices().values()))
    with work() as session:
        act = Act(story, session)
        theme = act.theme(**{"title-fr": "Ce que dit Monique"})
        act.sort(voice, theme)
        act.publish(theme)
        services.answer_theme(
            session,
            theme,
            stance=Stance.STUDYING,
            text=both("Nous regardons."),
            actor=act.hr,
            on=clock.today(),
        )
        with pytest.raises(WrongState):
            act.publish(theme)
        services.write_theme(session, theme, act.box, draft=DRAFT)
        assert theme.title is not None
        assert theme.title.texts["fr"] == "Ce que dit Monique", "a draft is not yet what others read"
        act.publish(theme, erase=True)
        titles = [one.title.texts["fr"] for one in session.scalars(select(Entry))]
        assert not any("Monique" in one for one in titles)
        leaves = session.scalars(
            select(Leaf.position).where(Leaf.tag == Tag.THEME_PUBLISHED).order_by(Leaf.position)
        ).all()
        salts = set(session.scalars(select(LeafSalt.position)))
        assert leaves[0] not in salts
        assert leaves[1] in salts


def test_merging_moves_everything_and_forgets_the_theme(story: Story, work: Work) -> None:
    first, second = list(story.voices().values())[:2]
    with work() as session:
        act = Act(story, session)
        one, other = act.theme(), act.theme(**{"title-fr": "Autre"})
        act.sort(first, one)
        proposal = act.propose(first, act.rep1)
        act.sort(second, other)
        gone = one.id
        services.merge(session, one, other, act.box)
        session.expire_all()
        assert session.get(Theme, gone) is None
        assert queries.counted(session, other.id) == 2
        assert session.get(Concern, proposal.id).theme_id == other.id  # type: ignore[union-attr]
        act.publish(other)
        third = act.theme()
        with pytest.raises(WrongState):
            services.merge(session, other, third, act.box)
        with pytest.raises(WrongState):
            services.merge(session, third, third, act.box)


# ── messages ───────────────────────────────────────────────────────────────────


def test_messages_are_dealt_once_each_and_from_a_place_of_ones_own(story: Story, work: Work) -> None:
    with work() as session:
        act = Act(story, session)
        theme = act.theme()
        released = set(story.voices().values())
        start, dealt = bytes([128]) + bytes(15), []
        while (voice := queries.next_unsorted(session, story.letterbox_id, after=start)) is not None:
            dealt.append(voice.id)
            act.sort(voice.id, theme)
        assert set(dealt) == released
        assert len(dealt) == len(released) == 14
        after = [one for one in dealt if one > start]
        assert dealt == sorted(after) + sorted(set(dealt) - set(after)), "not a ring by random id"
        assert queries.progress(session, story.letterbox_id) == (14, 14)


def test_another_letterbox_is_another_world(story: Story, work: Work) -> None:
    voice = next(iter(story.voices().values()))
    with work() as session:
        act = Act(story, session)
        theme = act.theme()
        foreign = type("Other", (), {"id": bytes(16), "public_key": act.box.public_key})()
        with pytest.raises(NotFound):
            services.sort(session, foreign, voice, theme)
        with pytest.raises(NotFound):
            services.hold(session, foreign, voice, reason="x")
        with pytest.raises(NotFound):
            services.write_theme(session, theme, foreign, draft=DRAFT)
        with pytest.raises(NotFound):
            services.publish_theme(session, theme, foreign, private_key=story.key, on=clock.today())
        with pytest.raises(NotFound):
            services.sort(session, act.box, bytes(16), theme)


def test_a_held_message_counts_nowhere_and_its_reason_is_sealed_and_goes_with_it(
    story: Story, work: Work
) -> None:
    voice = next(iter(story.voices().values()))
    with work() as session:
        act = Act(story, session)
        theme = act.theme()
        act.sort(voice, theme)
        act.propose(voice, act.rep1)
        concern = services.hold(session, act.box, voice, reason="on reconnaît le dossier")
        assert concern.proposed_by is None
        assert queries.counted(session, theme.id) == 0
        assert sealed.read(story.key, concern.sealed_working) == {"note": "on reconnaît le dossier"}
        with pytest.raises(NotQuotable):
            act.propose(voice, act.rep1)
        act.sort(voice, theme)
        assert concern.sealed_working is None
        assert not concern.is_held


def test_a_message_moves_with_its_published_wording_only_where_it_may_be_read(
    story: Story, work: Work
) -> None:
    voice = next(iter(story.voices().values()))
    with work() as session:
        act = Act(story, session)
        theme, hidden = act.theme(), act.theme(**{"title-fr": "Brouillon"})
        act.sort(voice, theme)
        act.publish(theme)
        concern = act.publish_wording(act.propose(voice, act.rep1), act.rep2)
        with pytest.raises(WrongState):
            act.sort(voice, hidden)
        with pytest.raises(WrongState):
            services.hold(session, act.box, voice, reason="x")
        assert concern.theme_id == theme.id
        act.sort(list(story.voices().values())[1], hidden)
        act.publish(hidden)
        act.sort(voice, hidden)
        assert concern.theme_id == hidden.id


# ── quotations ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("instance", BOTH, indirect=True)
def test_a_quotation_needs_a_second_reader(story: Story, work: Work) -> None:
    voice = next(iter(story.voices().values()))
    with work() as session:
        act = Act(story, session)
        theme = act.theme()
        act.sort(voice, theme)
        concern = act.propose(voice, act.rep1)
        with pytest.raises(WrongState):
            act.publish_wording(concern, act.rep2)  # its theme is not published
        act.publish(theme)
        with pytest.raises(NeedsSecondReader):
            act.publish_wording(concern, act.rep1)
        act.publish_wording(concern, act.rep2)
        assert concern.wording == both(*WORDING.values())
        assert concern.sealed_working is None
        with pytest.raises(WrongState):
            act.publish_wording(concern, act.rep2)
        with pytest.raises(WrongState):
            act.propose(voice, act.rep2)


def test_the_schema_itself_refuses_one_reader_alone(story: Story, work: Work) -> None:
    voice = next(iter(story.voices().values()))
    with work() as session:
        act = Act(story, session)
        theme = act.theme()
        act.sort(voice, theme)
        concern = act.propose(voice, act.rep1)
        for by in (act.rep1.id, None):
            values = {"wording": both("a"), "published_on": clock.today(), "published_by": by}
            with pytest.raises(IntegrityError), session.begin_nested():
                session.execute(update(Concern).where(Concern.id == concern.id).values(**values))


def test_one_publishes_what_one_read_and_nothing_later(story: Story, work: Work) -> None:
    voice = next(iter(story.voices().values()))
    with work() as session:
        act = Act(story, session)
        theme = act.theme()
        act.sort(voice, theme)
        act.publish(theme)
        concern = act.propose(voice, act.rep1)
        seen = sealed.mark(concern.sealed_working)
        act.propose(voice, act.rep1, **{"wording-fr": "Monique relit tout."})
        with pytest.raises(EditedMeanwhile):
            act.publish_wording(concern, act.rep2, seen=seen)
        assert concern.published_on is None
        act.publish_wording(concern, act.rep2, seen=sealed.mark(concern.sealed_working))


def test_a_wording_needs_both_languages(story: Story, work: Work) -> None:
    voice = next(iter(story.voices().values()))
    with work() as session:
        act = Act(story, session)
        theme = act.theme()
        act.sort(voice, theme)
        act.publish(theme)
        concern = act.propose(voice, act.rep1, **{"wording-en": " "})
        with pytest.raises(BothLanguagesNeeded):
            act.publish_wording(concern, act.rep2)


def test_a_proposal_can_be_taken_back_and_leaves_nothing(story: Story, work: Work) -> None:
    voice = next(iter(story.voices().values()))
    with work() as session:
        act = Act(story, session)
        act.sort(voice, act.theme())
        concern = act.propose(voice, act.rep1)
        services.drop(session, concern)
        assert concern.sealed_working is None
        with pytest.raises(WrongState):
            services.drop(session, concern)


def test_drafts_have_one_size_and_say_when_they_do_not_fit(story: Story, work: Work) -> None:
    with work() as session:
        act = Act(story, session)
        small, large = act.theme(), act.theme(**{"synthesis-fr": "é" * 3000})
        assert len(small.sealed_draft or b"") == len(large.sealed_draft or b"") == 8240
        with pytest.raises(sealing.TooLong):
            act.theme(**{"synthesis-fr": "é" * 5000})


# ── answers ────────────────────────────────────────────────────────────────────


def test_the_employer_answers_a_published_theme_and_the_earlier_answer_stays(
    story: Story, work: Work
) -> None:
    voice = next(iter(story.voices().values()))
    with work() as session:
        act = Act(story, session)
        theme = act.theme()
        act.sort(voice, theme)

        def answer(once: UUID | None = None) -> Any:
            said = {"stance": Stance.PARTLY, "text": both("Oui."), "actor": act.hr}
            return services.answer_theme(session, theme, **said, on=clock.today(), once=once)

        with pytest.raises(WrongState):
            answer()
        act.publish(theme)
        assert [one.id for one in queries.unanswered(session)] == [theme.id]
        once = uuid4()
        assert answer(once) is answer(once)
        answer()
        assert len(queries.answers(session, theme.id)) == 2
        assert not queries.unanswered(session)
        letters = session.scalars(select(Letter).where(Letter.about == f"theme:{theme.id}"))
        told = [one.to_address for one in letters if one.to_address != act.hr.email]
        holding = [one.account.email for one in keyholders.of_letterbox(session, story.letterbox_id)]
        assert sorted(told) == sorted([*holding, *holding])


def test_an_answer_never_changes(story: Story, work: Work) -> None:
    voice = next(iter(story.voices().values()))
    with work() as session:
        act = Act(story, session)
        theme = act.theme()
        act.sort(voice, theme)
        act.publish(theme)
        answer = services.answer_theme(
            session, theme, stance=Stance.REFUSED, text=both("Non."), actor=act.hr, on=clock.today()
        )
        mine = ThemeAnswer.id == answer.id
        for change in (
            update(ThemeAnswer).where(mine).values(stance=Stance.ACCEPTED),
            delete(ThemeAnswer).where(mine),
        ):
            with pytest.raises(IntegrityError), session.begin_nested():
                session.execute(change)

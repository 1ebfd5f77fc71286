"""The desk's verbs: what they refuse, what they leave behind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from consult.anonymity import sealing
from consult.concerns import queries, sealed, services
from consult.concerns.models import Concern, Theme, ThemeAnswer
from consult.concerns.rules import (
    BothLanguagesNeeded,
    NeedsSecondReader,
    NotEnoughToPublish,
    NotQuotable,
    OneSynthesisOnly,
    Stance,
)
from consult.core import clock
from consult.core.errors import EditedMeanwhile, NotFound, WrongState
from consult.keyholders import queries as keyholders
from consult.mail.models import Letter
from consult.people.models import Account
from consult.register.models import Entry, Leaf, LeafSalt
from consult.register.rules import Tag
from consult.voices import queries as voices
from tests.desk import Story, both, on_day, open_box

BOTH = ["sqlite", "postgresql"]
DRAFT = {
    "title-fr": "Charge de travail", "title-en": "Workload",
    "synthesis-fr": "Relire prend du temps.", "synthesis-en": "Rereading takes time.",
}  # fmt: skip
WORDING = {"wording-fr": "On relit plus qu’on n’écrit.", "wording-en": "We reread more than we write."}
Work = Callable[..., Any]


def texts(number: int) -> list[str]:
    return [f"Message numéro {one} sur la charge." for one in range(number)]


@pytest.fixture
def story(work: Work, people: Any) -> Story:
    """24 messages, of which 14 were released on the second day."""
    told = open_box(work, people)
    told.write(texts(24))
    with on_day(told.opens_on + timedelta(days=1)):
        assert told.release() == 1
    return told


class Act:
    """Short names for the verbs, in a session of their own."""

    def __init__(self, story: Story, session: Any) -> None:
        self.story, self.session = story, session
        self.box = voices.letterbox(session, story.letterbox_id)
        consultation = queries.desk(session, story.box).consultation  # type: ignore[union-attr]
        self.notice = consultation.notice
        self.rep1 = session.get(Account, story.people.rep1.id)
        self.rep2 = session.get(Account, story.people.rep2.id)
        self.hr = session.get(Account, story.people.hr.id)

    def theme(self, **draft: str) -> Theme:
        return services.new_theme(self.session, self.box, self.notice, draft={**DRAFT, **draft})

    def sort(self, voice: bytes, theme: Theme) -> Concern:
        return services.sort(self.session, self.box, voice, theme)

    def publish(self, theme: Theme, **options: Any) -> Theme:
        return services.publish_theme(
            self.session, theme, self.box, private_key=self.story.key, on=clock.today(), **options
        )

    def propose(self, voice: bytes, by: Account, **draft: str) -> Concern:
        return services.propose(self.session, self.box, voice, draft={**WORDING, **draft}, actor=by)

    def publish_wording(self, concern: Concern, by: Account, **options: Any) -> Concern:
        return services.publish_wording(
            self.session, concern, private_key=self.story.key, actor=by, on=clock.today(), **options
        )


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

"""The poll from its questions to its numbers, and support, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from consult.consultations import poll as polls
from consult.consultations import queries
from consult.core import clock
from consult.people import queries as people_queries
from consult.people import services as people_services
from consult.register.models import Entry, Leaf
from consult.register.rules import Tag
from consult.voices.models import Ballot, Letterbox, PublishedCount, Spent, Votable
from consult.voices.poll import Poll
from consult.voices.rules import BallotKind, Channels
from tests import desk, letterboxes, sending
from tests.client import PageClient
from tests.conftest import People
from tests.desk import Story

BOTH = pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
Work = Callable[..., Any]


def told(*ids: str, **changes: Any) -> Any:
    options: dict[str, Any] = {"counted": "together", "offered": {}, "headcount": 430}
    found = polls.decided(ids or ("use", "ease"), [], [], **(options | changes))
    assert found is not None
    return found.as_told()


@pytest.fixture
def story(work: Work, people: People) -> Story:
    return desk.open_box(work, people, channels=Channels.SLIPS, poll=told())


def count(work: Work, table: Any, *where: Any) -> int:
    with work() as session:
        return int(session.scalar(select(func.count()).select_from(table).where(*where)) or 0)


def address(story: Story, rest: str = "poll", language: str = "fr") -> str:
    return f"/speak/{language}/{story.box}/{rest}"


def answers(slip: str, use: str = "0", ease: str = "") -> dict[str, str]:
    return {"q-use": use, "q-ease": ease, "right": slip}


def test_answers_are_sealed_and_spent_together(story: Story, work: Work, employee: PageClient) -> None:
    slip = story.slip()
    page = employee.get(address(story))
    assert page.doc.xpath("//input[@name='q-use' and @value='' and @checked]")
    sent = employee.post(address(story), answers(slip, ease=""))
    assert employee.follow(sent).h1 in {"Merci", "Thank you"}
    assert count(work, Ballot) == 2 and count(work, Spent) == 1
    again = employee.post(address(story), answers(slip, "1", "2"), status=400)
    assert again.doc.xpath("//input[@name='q-ease' and @value='2' and @checked]")
    assert again.doc.xpath("//input[@name='right']/@value") == [slip]
    assert count(work, Ballot) == 2 and count(work, Spent) == 1


def test_what_is_no_right_here_gives_the_answers_back(
    story: Story, work: Work, people: People, employee: PageClient
) -> None:
    seen = []
    for wrong in ("", "0000-0000-0000-00000", story.slip()[::-1], "é" * 700):
        again = employee.post(address(story), answers(wrong, "3", "1"), status=400)
        assert again.doc.xpath("//input[@name='q-use' and @value='3' and @checked]")
        assert again.doc.xpath("//input[@name='q-ease' and @value='1' and @checked]")
        seen.append(len(again.doc.xpath("//p[@class='error']")))
    assert seen == [1] * 4
    nothing = employee.post(address(story), answers(story.slip(), ""), status=400)
    assert nothing.doc.xpath("//*[@role='alert']")
    assert count(work, Ballot) == count(work, Spent) == 0


def test_only_between_its_days_and_only_where_there_is_one(
    work: Work, people: People, story: Story, employee: PageClient
) -> None:
    other = desk.open_box(work, people, slug="timbre")
    employee.get(address(other), status=404)
    employee.get(address(other, "support"), status=404)
    with desk.on_day(story.opens_on - timedelta(days=1)):
        employee.post(address(story), answers(story.slip()), status=409)
    with desk.on_day(story.closes_on + timedelta(days=1)):
        employee.post(address(story), answers(story.slip()), status=409)
    assert count(work, Ballot) == 0


def test_a_pass_of_another_lane_answers_nothing(work: Work, people: People, employee: PageClient) -> None:
    """And the page tells the browser's script which right it takes."""
    with time_machine.travel(letterboxes.OPENS, tick=False):
        box = letterboxes.open_box(work, channels=Channels.BOTH, poll=told())
        path = f"/speak/fr/{box.address}/poll"
        assert employee.get(path).doc.xpath("//form[@data-right-lane='pulse']")
        assert employee.get(path.replace("poll", "support")).doc.xpath("//h1")
        for lane in ("speak-1", "support"):
            employee.post(path, answers(box.pass_(lane)), status=400)
        mine = box.pass_("pulse")
        employee.post(path, answers(mine))
        employee.post(path, answers(mine), status=400)
    assert count(work, Ballot) == 2 and count(work, Spent) == 1


def closed(story: Story) -> Any:
    """The day after the last, the closing release done."""
    return desk.on_day(story.closes_on + timedelta(days=1))


@BOTH
def test_it_is_counted_once_for_everybody(
    story: Story, work: Work, people: People, employee: PageClient, as_: Any
) -> None:
    for at in range(23):
        story.answer({"use": 0 if at < 16 else 1, "ease": 2 if at < 4 else None})
    other = desk.open_box(work, people, channels=Channels.SLIPS, poll=told(), slug="timbre")
    other.answer({"use": 3})
    mine = story.at_desk(as_)
    assert not mine.get(story.address("count", "en")).doc.xpath("//main//form[contains(@action, 'count')]")
    with closed(story):
        story.release()
        other.release()
        mine = story.at_desk(as_)
        page = mine.get(story.address("count", "en"))
        done = mine.submit(page)
        page = mine.follow(done)
        assert "at least 15" in page.text and "at least 5" in page.text and "fewer than 5" in page.text
        public = employee.get(f"/en/notices/{story.slug}")
        found = " ".join(public.doc.xpath("//section[@aria-labelledby='poll']")[0].text_content().split())
        assert "at least 15" in found and "at least 5" in found and "16" not in found and "23" not in found
        hr = as_(people.hr).get(f"/workspace/en/notices/{story.slug}")
        assert "at least 15" in hr.text
        token = desk.token_of(mine, story)
        with work() as session:
            before = session.scalar(select(func.count()).select_from(Leaf))
        mine.post(story.address("count", "en"), token)
        with work() as session:
            assert session.scalar(select(func.count()).select_from(Leaf)) == before
            rows = session.scalars(select(PublishedCount)).all()
            assert sorted((one.what, one.option, one.floor) for one in rows) == [
                ("use", "0", 15), ("use", "1", 5), ("use", "2", None), ("use", "3", None)
            ]  # fmt: skip
            assert session.scalars(select(Ballot.letterbox_id)).all() == [other.letterbox_id] * 2
            assert session.get(Letterbox, story.letterbox_id).is_counted
            entry = session.scalars(select(Entry).where(Entry.tag == Tag.POLL_PUBLISHED)).one()
            assert not any(sign.isdigit() for text in entry.title.texts.values() for sign in text)


def test_too_few_close_the_count_too(story: Story, work: Work, employee: PageClient, as_: Any) -> None:
    for _ in range(9):
        story.answer({"use": 1})
    with closed(story):
        story.release()
        mine = story.at_desk(as_)
        page = mine.follow(mine.submit(mine.get(story.address("count", "en"))))
        assert "Too few people answered" in page.text
        assert "at least" not in employee.get(f"/en/notices/{story.slug}").text.split("The poll")[-1][:400]
    assert count(work, Ballot) == count(work, PublishedCount) == 0


def test_by_group_is_shown_by_group(work: Work, people: People, employee: PageClient, as_: Any) -> None:
    from tests.desk import both

    groups = {polls.Counted.BY_SITE: polls._groups([(both("Nantes"), 260), (both("Lille"), 170)])}
    story = desk.open_box(
        work, people, channels=Channels.SLIPS, poll=told("use", counted="sites", offered=groups)
    )
    page = employee.get(address(story))
    assert page.doc.xpath("//input[@name='group']/@value") == ["g1", "g2", ""]
    employee.post(address(story), {"q-use": "1", "group": "g1", "right": story.slip()})
    for at in range(30):
        story.answer({"use": at % 2}, group=("g1", "g2", None)[at % 3])
    with closed(story):
        story.release()
        mine = story.at_desk(as_)
        page = mine.follow(mine.submit(mine.get(story.address("count", "en"))))
        assert "Nantes" in page.text and "Lille" in page.text
    assert count(work, PublishedCount) > 0


# ── support ────────────────────────────────────────────────────────────────────


@pytest.fixture
def quoted(story: Story) -> Any:
    """A published wording, the letterbox still open: the story goes on a day after the release."""
    story.write(desk.texts(22))
    with desk.on_day(story.opens_on + timedelta(days=1)):
        story.release()
        with story.work() as session:
            act = desk.Act(story, session)
            theme = act.theme()
            ids = list(story.voices().values())
            found = []
            for voice in ids[:2]:
                act.sort(voice, theme)
            act.publish(theme)
            for voice in ids[:2]:
                found.append(act.publish_wording(act.propose(voice, act.rep1), act.rep2).id)
    return found


def test_one_vote_for_each_wording_and_no_change(
    story: Story, quoted: Any, work: Work, employee: PageClient
) -> None:
    first, second = sorted(quoted, key=lambda one: one.bytes)
    slip = story.slip()
    employee.get(address(story, "support"))
    fields = {f"w-{first.hex}": "support", f"w-{second.hex}": "", "right": slip}
    before = count(work, Spent)
    employee.follow(employee.post(address(story, "support"), fields))
    assert count(work, Ballot) == 1 and count(work, Spent) == before + 1
    again = employee.post(
        address(story, "support"), fields | {f"w-{first.hex}": "not", f"w-{second.hex}": "not"}, status=400
    )
    assert len(again.doc.xpath("//p[@class='error']")) == 1
    assert count(work, Ballot) == 1 and count(work, Spent) == before + 1
    employee.post(address(story, "support"), fields | {f"w-{first.hex}": "", f"w-{second.hex}": "not"})
    assert count(work, Ballot) == 2
    assert employee.post(address(story, "support"), {"right": slip}, status=400).doc.xpath(
        "//*[@role='alert']"
    )


@BOTH
def test_support_is_counted_once_a_release_and_shown_after_closing(
    story: Story, quoted: Any, work: Work, people: People, employee: PageClient, as_: Any
) -> None:
    first, second = quoted
    for _ in range(4):
        story.vote(first)
    with desk.on_day(story.opens_on + timedelta(days=1)):
        mine = story.at_desk(as_)
        mine.get(story.address())
        assert count(work, PublishedCount) == 0
        for _ in range(9):
            story.vote(first)
        for _ in range(3):
            story.vote(second)
        mine.get(story.address())
        assert count(work, PublishedCount) == 0  # counted since the last release already
    story.write(desk.texts(30))
    with desk.on_day(story.opens_on + timedelta(days=2)):
        assert story.release() == 1
        mine = story.at_desk(as_)
        mine.get(story.address("desk", "en"))
        with work() as session:
            rows = session.scalars(select(PublishedCount)).all()
            assert [(one.what, one.floor) for one in rows] == [(str(first), 10)]
        assert "At least 10" in mine.get(story.address("quotations", "en")).text
        for reader in (employee.get(f"/en/notices/{story.slug}"), as_(people.hr).get(
            f"/workspace/en/notices/{story.slug}")):  # fmt: skip
            assert "people think so too" not in reader.text
    for _ in range(9):
        story.vote(first)
    with closed(story):
        story.release()
        story.at_desk(as_).get(story.address("desk", "en"))
        with work() as session:
            rows = session.scalars(select(PublishedCount)).all()
            assert [(one.what, one.floor) for one in rows] == [(str(first), 20)]
        assert count(work, Ballot) == 0
        assert "At least 20 people think so too" in employee.get(f"/en/notices/{story.slug}").text


def test_the_last_votes_count_where_nothing_left_at_the_end(
    story: Story, quoted: Any, work: Work, as_: Any
) -> None:
    """And the count of the poll takes them along, whoever never opens the desk again."""
    for _ in range(6):
        story.vote(quoted[0])
    with closed(story):
        story.release()
        mine = story.at_desk(as_)
        mine.submit(mine.get(story.address("count", "en")))
    assert count(work, PublishedCount, PublishedCount.kind == BallotKind.SUPPORT) == 1
    assert count(work, Ballot) == 0


def test_a_wording_taken_back_takes_its_support_along(
    story: Story, quoted: Any, work: Work, as_: Any
) -> None:
    for _ in range(7):
        story.vote(quoted[0])
    with desk.on_day(story.opens_on + timedelta(days=1)):
        story.at_desk(as_).get(story.address())
        assert count(work, PublishedCount) == 1
        mine = story.at_desk(as_)
        mine.post(story.address(f"quotations/{quoted[0]}/retract"), desk.token_of(mine, story))
    assert count(work, PublishedCount) == 0 and count(work, Votable) == 1


def test_no_votes_in_open_mode(work: Work, people: People) -> None:
    story = desk.open_box(work, people)
    story.write(desk.texts(22))
    with desk.on_day(story.opens_on + timedelta(days=1)):
        story.release()
        with work() as session:
            act = desk.Act(story, session)
            theme, voice = act.theme(), next(iter(story.voices().values()))
            act.sort(voice, theme)
            act.publish(theme)
            act.publish_wording(act.propose(voice, act.rep1), act.rep2)
    assert count(work, Votable) == 0


# ── what the body decides ──────────────────────────────────────────────────────


def test_no_poll_where_anybody_may_write(work: Work, people: People) -> None:
    with pytest.raises(ValueError, match="no poll"):
        desk.open_box(work, people, poll=told())


VOTES = {"votes_for": "8", "votes_against": "0", "abstentions": "0"}
OWN = {
    "poll-own_1-question_fr": "Faut-il prolonger le pilote ?", "poll-own_1-question_en": "Extend the pilot?",
    "poll-own_1-options_fr": "Oui\r\n\r\n Non ", "poll-own_1-options_en": "Yes\r\nNo",
    "poll-employers_1-question_fr": "La formation a-t-elle aidé ?",
    "poll-employers_1-question_en": "Did the training help?",
    "poll-employers_1-options_fr": "Oui\nUn peu\nNon", "poll-employers_1-options_en": "Yes\nA little\nNo",
}  # fmt: skip


@pytest.fixture
def opening(work: Work, people: People) -> str:
    """Where the secretary opens the letterbox of a notice that was sent."""
    with work() as session:
        notice = sending.sent(session, people)
        for account in (people.rep1, people.rep2):
            sending.with_key(session, account)
        ident = queries.of_notice(session, notice.id)[0].id
    return f"/workspace/en/consultations/{ident}/letterbox"


def test_the_body_decides_on_its_questions(opening: str, work: Work, people: People, as_: Any) -> None:
    secretary = as_(people.rep1)
    page = secretary.get(opening)
    assert len(page.doc.xpath("//input[@name='poll-standard' and @checked]")) == len(polls.STANDARD)
    assert page.doc.xpath("//input[@name='poll-counted']/@value") == ["together"]
    chosen = {**OWN, **VOTES, "poll-standard": ["use", "ease"]}
    again = secretary.submit(page, chosen, button="rewrite", status=200)
    text = again.doc.xpath("string(//textarea[@name='resolution_en'])")
    assert "“Extend the pilot?”" in text and "“Did the training help?” (proposed by the employer)" in text
    assert "for all answers together" in text and "“Do you use this system" in text
    secretary.submit(again)
    with work() as session:
        poll = Poll.of(session.scalars(select(Letterbox)).one().told)
        assert poll is not None
        assert [one.id for one in poll.questions] == ["use", "ease", "own-1", "employer-1"]
        assert [one.texts["fr"] for one in poll.questions[2].options] == ["Oui", "Non"]
        assert poll.questions[3].is_employers and poll.headcount == 430 and not poll.groups


@pytest.mark.parametrize(
    "wrong",
    [
        {"poll-own_1-options_en": "Yes"},
        {"poll-own_1-options_en": "Yes\nNo\nPerhaps"},
        {"poll-own_1-question_en": " "},
        {"poll-own_1-options_fr": "1\n2\n3\n4\n5\n6", "poll-own_1-options_en": "1\n2\n3\n4\n5\n6"},
        {"channels": "open"},
    ],
)
def test_a_question_that_cannot_be_asked_comes_back(
    opening: str, work: Work, people: People, as_: Any, wrong: dict[str, str]
) -> None:
    secretary = as_(people.rep1)
    page = secretary.get(opening)
    secretary.submit(page, OWN | VOTES | wrong, button="rewrite", status=200)
    again = secretary.submit(page, OWN | VOTES | wrong, status=400)
    assert again.doc.xpath("//details[@open]//p[@class='error']")
    assert "Faut-il prolonger" in again.doc.xpath("string(//input[@name='poll-own_1-question_fr']/@value)")
    assert count(work, Letterbox) == 0


def test_open_to_anyone_there_is_no_poll(opening: str, work: Work, people: People, as_: Any) -> None:
    secretary = as_(people.rep1)
    secretary.submit(secretary.get(opening), VOTES | {"channels": "open"})
    with work() as session:
        assert "poll" not in session.scalars(select(Letterbox)).one().told


def test_groups_are_offered_where_two_have_twenty_people(work: Work, people: People) -> None:
    with work() as session:
        people_services.add_establishment(session, name="Lille", headcount=170)
        people_services.add_establishment(session, name="Brest", headcount=19)
        sites = people_queries.establishments(session)
        offered = polls.groups_offered(None, sites, 430)
        assert {one.name.texts["fr"] for one in offered[polls.Counted.BY_SITE]} == {"Lille", "Nantes"}
        assert polls.groups_offered(None, sites, 19) == {}
        poll = polls.decided(["use"], [], [], counted="sites", offered=offered, headcount=430)
        assert poll is not None and Poll.of({"poll": poll.as_told()}) == poll
    with pytest.raises(ValueError, match="groups"):
        Poll(poll.questions, poll.groups, by_group=False, headcount=430)


def test_days_of_the_story_hang_together(story: Story) -> None:
    assert story.opens_on == clock.today()

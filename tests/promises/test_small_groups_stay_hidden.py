"""No number from which participation follows before the end, bands after it, and nothing quotable from few:
what leaves the desk, seen by somebody who counts everything they can reach."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from consult.anonymity import sealing
from consult.anonymity.thresholds import floor5
from consult.concerns import queries, services
from consult.concerns.models import Concern, Theme
from consult.concerns.rules import NotEnoughToPublish, NotQuotable, OneSynthesisOnly
from consult.core import clock
from consult.mail.models import Letter
from consult.people.models import Account
from consult.register.models import Entry, Leaf, LeafSalt
from consult.register.rules import Tag, content_digest
from consult.voices import queries as voices
from consult.voices.models import Batch
from tests.client import PageClient, without_receipt
from tests.conftest import WORD
from tests.desk import Story, on_day, open_box

As = Callable[[Account], PageClient]
Work = Callable[..., Any]
DRAFT = {"title-fr": "Charge", "title-en": "Load", "synthesis-fr": "Relire.", "synthesis-en": "Reread."}
WORDING = {"wording-fr": "On reprend beaucoup.", "wording-en": "We redo a lot."}


def theme(story: Story, found: list[bytes], *, publish: bool = True) -> Any:
    with story.work() as session:
        desk = queries.desk(session, story.box)
        assert desk is not None
        made = services.new_theme(session, desk.letterbox, desk.consultation.notice, draft=DRAFT)
        for voice in found:
            services.sort(session, desk.letterbox, voice, made)
        if publish:
            services.publish_theme(session, made, desk.letterbox, private_key=story.key, on=clock.today())
        return made.id


def reachable(story: Story, client: PageClient) -> dict[str, str]:
    """What HR reads about a notice, made comparable: identifiers, tokens and fingerprints taken out."""
    with story.work() as session:
        desk = queries.desk(session, story.box)
        assert desk is not None
        hub = str(desk.consultation.id)
    found = {}
    for language in ("fr", "en"):
        for path in (
            f"/{language}/", f"/{language}/notices", f"/{language}/notices/{story.slug}",
            f"/{language}/commitments", f"/workspace/{language}/", f"/workspace/{language}/notices",
            f"/workspace/{language}/outbox", f"/workspace/{language}/consultations/{hub}",
            f"/workspace/{language}/notices/{story.slug}", f"/speak/{language}/{story.box}/",
            f"/speak/{language}/{story.box}/sent", f"/workspace/{language}/letterboxes/{story.box}/desk",
        ):  # fmt: skip
            response = client.http.get(path)
            refused = (
                403 if "/desk" in path else 404 if "/outbox" in path else 200
            )  # mail is for administrators
            assert response.status_code == refused, path
            text = without_receipt(response.get_data(as_text=True))
            text = re.sub(r'name="csrf_token"[^>]*', "", text)
            text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,}", "", text)
            found[path.replace(story.slug, "SLUG").replace(story.box, "BOX").replace(hub, "HUB")] = (
                text.replace(story.slug, "SLUG")
            )
    return found


def hr(as_: As, people: Any) -> PageClient:
    return as_(people.hr).with_word(WORD)


# ── before closing ─────────────────────────────────────────────────────────────


@pytest.fixture
def one_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same letterbox key everywhere, so that pages differ by nothing but by what numbers tell."""
    pair = sealing.new_key_pair()
    monkeypatch.setattr(sealing, "new_key_pair", lambda: pair)


def test_writing_and_sorting_change_nothing_hr_can_read(work: Work, people: Any, as_: As) -> None:
    story = open_box(work, people)
    story.write([f"Message {one}" for one in range(24)])
    with on_day(story.opens_on + timedelta(days=1)):
        story.release()
        found = list(story.voices().values())
        theme(story, found[:2])
        before = reachable(story, hr(as_, people))
        story.write([f"Encore {one}" for one in range(53)])
        with work() as session:
            desk = queries.desk(session, story.box)
            assert desk is not None
            made = session.scalars(select(Theme)).one()
            for voice in found[2:12]:
                services.sort(session, desk.letterbox, voice, made)
            services.hold(session, desk.letterbox, found[13], reason="non")
        assert reachable(story, hr(as_, people)) == before


def test_two_letterboxes_of_very_different_weight_look_the_same_to_hr(
    work: Work, people: Any, as_: As, one_key: None
) -> None:
    """All is alike but how many wrote: 24 and 90, 14 and 80 of them opened, 2 and 70 under the theme."""
    pages = []
    stories = [open_box(work, people, slug=slug) for slug in ("plume", "echo")]
    for story, number in zip(stories, (24, 90), strict=True):
        story.write([f"Message {one}" for one in range(number)])
    with on_day(stories[0].opens_on + timedelta(days=1)):
        assert stories[0].release() == 2
        for story, number in zip(stories, (2, 70), strict=True):
            theme(story, list(story.voices().values())[:number])
        client = hr(as_, people)
        for story in stories:
            found = reachable(story, client)
            pages.append({path: text for path, text in found.items() if re.search("SLUG|BOX|HUB", path)})
        for path, text in pages[0].items():
            one, other = (re.sub(r"(?<!\d)[12](?!\d)", "N", each) for each in (text, pages[1][path]))
            assert one == other, f"{path} tells them apart"


@pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
def test_no_leaf_before_closing_binds_a_number(work: Work, people: Any) -> None:
    story = open_box(work, people)
    story.write([f"Message {one}" for one in range(24)])
    with on_day(story.opens_on + timedelta(days=1)):
        story.release()
        with work() as session:
            batch = session.scalars(select(Batch)).one()
            leaf, salt = session.execute(
                select(Leaf, LeafSalt.salt)
                .join(LeafSalt, LeafSalt.position == Leaf.position)
                .where(Leaf.tag == Tag.BATCH_RELEASED)
            ).one()
            bound = {"day": batch.released_on.isoformat(), "rows": voices.digest_of(session, batch.id)}
            assert leaf.digest == content_digest(bound, salt), (
                "it binds something else than the day and the rows"
            )
            told = [one for one in session.scalars(select(Letter)) if f"{story.box}/desk" in one.text]
            assert len(told) == 2
            for letter in told:
                assert not re.search(r"\b(14|24|10)\b", letter.text.replace(story.box, ""))


def test_no_published_theme_has_a_number_before_closing(work: Work, people: Any) -> None:
    story = open_box(work, people)
    story.write([f"Message {one}" for one in range(60)])
    with on_day(story.opens_on + timedelta(days=1)):
        story.release()
        theme(story, list(story.voices().values()))
        with work() as session:
            desk = queries.desk(session, story.box)
            assert desk is not None
            services.count_themes(session, desk.letterbox)
            assert session.scalars(select(Theme.at_least)).one() is None


# ── after closing ──────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("number", "least"), [(1, None), (4, None), (5, 5), (9, 5), (10, 10), (19, 10), (23, 20)]
)
def test_after_closing_there_are_bands(
    work: Work, people: Any, as_: As, number: int, least: int | None
) -> None:
    story = open_box(work, people)
    story.write([f"Message {one}" for one in range(24)])
    with on_day(story.closes_on + timedelta(days=1)):
        story.release()
        ident = theme(story, list(story.voices().values())[:number])
        with work() as session:
            made = session.get(Theme, ident)
            assert made is not None
            assert made.at_least == least
        page = hr(as_, people).get(f"/workspace/fr/themes/{ident}/answer")
        shown = {
            int(one) for one in re.findall(r"au moins (\d+)|at least (\d+)", page.text) for one in one if one
        }
        assert shown == ({least} if least else set())


def test_a_count_is_taken_from_nowhere_but_the_bands(work: Work, people: Any) -> None:
    """The leaf of the closing is the only one that binds a count: floored, or "fewer than k"."""
    for slug, number, bound in (("plume", 23, 20), ("echo", 4, "fewer than 10")):
        story = open_box(work, people, slug=slug)
        story.write([f"Message {one}" for one in range(number)])
        with on_day(story.closes_on + timedelta(days=1)):
            story.release()
            with work() as session:
                leaf, salt = session.execute(
                    select(Leaf, LeafSalt.salt)
                    .join(LeafSalt, LeafSalt.position == Leaf.position)
                    .where(Leaf.tag == Tag.LETTERBOX_CLOSED, Leaf.ref == f"letterbox:{story.box}")
                ).one()
                day = clock.today().isoformat()
                assert leaf.digest == content_digest({"closed_on": day, "at_least": bound}, salt)
                assert bound == floor5(number) or number < 10
                title = session.scalars(select(Entry.title).where(Entry.position == leaf.position)).one()
                assert str(number) not in title.texts["fr"]


# ── few people ─────────────────────────────────────────────────────────────────


def _pages_refuse(story: Story, as_: As, voice: bytes) -> None:
    """Through the page as well: no field to write a quotation in, and a posted one is refused."""
    client = story.at_desk(as_)
    token = client.get(story.address()).doc.xpath("//input[@name='csrf_token']/@value")[0]
    path = story.address(f"messages/{voice.hex()}/wording")
    assert not client.get(path).doc.xpath("//textarea")
    typed = {"csrf_token": str(token), "wording_fr": "On reprend.", "wording_en": "We redo."}
    client.post(path, typed, status=409)


@pytest.mark.parametrize("instance", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize("number", [1, 4])
def test_fewer_than_five_leave_the_desk_as_nothing(work: Work, people: Any, as_: As, number: int) -> None:
    story = open_box(work, people, k=5, headcount=40)
    story.write([f"Message {one}" for one in range(number)])
    with on_day(story.closes_on + timedelta(days=1)):
        story.release()
        voice = next(iter(story.voices(small=True).values()))
        with pytest.raises(NotEnoughToPublish):
            theme(story, [voice])
        _pages_refuse(story, as_, voice)
        with work() as session:
            assert session.scalar(select(Theme.id).where(Theme.published_on.is_not(None))) is None


@pytest.mark.parametrize("number", [5, 9])
def test_five_to_nine_leave_it_as_one_synthesis_without_a_number(
    work: Work, people: Any, as_: As, number: int
) -> None:
    story = open_box(work, people, k=5, headcount=40)
    story.write([f"Message {one}" for one in range(number)])
    with on_day(story.closes_on + timedelta(days=1)):
        story.release()
        *most, last = story.voices().values()
        theme(story, most)
        with pytest.raises(OneSynthesisOnly):
            theme(story, [last])
        _pages_refuse(story, as_, most[0])
        with work() as session:
            assert session.scalars(select(Theme.at_least).where(Theme.published_on.is_not(None))).all() == [
                None
            ]
            rep1 = session.get(Account, people.rep1.id)
            desk = queries.desk(session, story.box)
            assert desk is not None
            for voice in most:
                with pytest.raises(NotQuotable):
                    services.propose(session, desk.letterbox, voice, draft=WORDING, actor=rep1)


def test_below_k_nothing_is_quotable_however_they_are_sorted(work: Work, people: Any, as_: As) -> None:
    """Seven people where ten were agreed: the batch is small, for ever."""
    story = open_box(work, people)
    story.write([f"Message {one}" for one in range(7)])
    with on_day(story.closes_on + timedelta(days=1)):
        story.release()
        found = story.voices(small=True)
        assert len(found) == 7
        theme(story, list(found.values()))
        _pages_refuse(story, as_, next(iter(found.values())))
        with work() as session:
            assert not queries.quotable_batches(session, voices.letterbox(session, story.letterbox_id))


def test_a_proposal_from_a_small_batch_is_not_published_even_if_it_got_there(work: Work, people: Any) -> None:
    """Somebody wrote into the database: the second reader's act looks again."""
    story = open_box(work, people)
    story.write([f"Message {one}" for one in range(7)])
    with on_day(story.closes_on + timedelta(days=1)):
        story.release()
        theme(story, list(story.voices().values()))
        with work() as session:
            concern = session.scalars(select(Concern)).first()
            assert concern is not None
            concern.proposed_by = people.rep1.id
            session.flush()
            rep2 = session.get(Account, people.rep2.id)
            with pytest.raises(NotQuotable):
                services.publish_wording(
                    session, concern, private_key=story.key, actor=rep2, on=clock.today()
                )

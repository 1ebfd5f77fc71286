"""A letterbox with something in it, told through the rooms' own services: for tests of the desk."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.anonymity import slips, wrapping
from consult.anonymity.ballots import Choice
from consult.anonymity.message import Kind, Message, Topic
from consult.concerns import jobs, queries, sealed, services
from consult.concerns.models import Concern, Theme
from consult.consultations import letterboxes
from consult.consultations import services as consultations
from consult.core import clock
from consult.core.db import reading
from consult.core.localized import Localized
from consult.keyholders import queries as keyholder_queries
from consult.keyholders import services as keyholders
from consult.keyholders.rules import COOKIE
from consult.notices import rules as notice_rules
from consult.notices import services as notices
from consult.notices.content import Content, Group, Milestone, Unknown
from consult.notices.rules import MilestoneKind
from consult.people.models import Account, Body
from consult.voices import balloting, spending
from consult.voices import queries as voices
from consult.voices import services as voice_services
from consult.voices.models import Batch, SlipRight, Voice
from consult.voices.poll import Poll
from consult.voices.rules import PULSE, Channels, lanes
from tests.client import Page, PageClient

PASSPHRASES = {
    "rep1": "abricot bateau cerise domino escargot fanfare",
    "rep2": "genou hibou igloo jardin koala lampion",
}
DRAFT = {
    "title-fr": "Charge de travail", "title-en": "Workload",
    "synthesis-fr": "Relire prend du temps.", "synthesis-en": "Rereading takes time.",
}  # fmt: skip
WORDING = {"wording-fr": "On relit plus qu’on n’écrit.", "wording-en": "We reread more than we write."}
Work = Callable[..., Any]


def both(fr: str, en: str = "") -> Localized:
    return Localized.of(fr=fr, en=en or fr)


def sent_notice(session: Session, people: Any, slug: str = "plume") -> Any:
    """A notice that is complete, sent to the body and open to employees."""
    today = clock.today()
    actor, body = session.get(Account, people.hr.id), session.get(Body, people.body.id)
    title = both("Plume, l’assistant qui propose des réponses", "Plume, the assistant that suggests replies")
    notice = notices.create(session, title=title, actor=actor, on=today, slug=slug)
    content = Content(
        title=title,
        summary={key: both("Texte.", "Text.") for key in notice_rules.SUMMARY_KEYS},
        fields={key: both("Texte.", "Text.") for key in notice_rules.REQUIRED_FIELDS},
        groups=(Group(name=both("Conseillers", "Advisers"), headcount=160),),
        unknowns=(Unknown(both("Coût", "Cost"), due_on=today + timedelta(days=30)),),
        milestones=(Milestone(MilestoneKind.PILOT, today + timedelta(days=60)),),
    )
    notices.save(session, notice.revisions[0], content)
    consultations.send(session, notice, body=body, actor=actor, on=today)
    consultations.open_to_employees(session, notice, on=today)
    return notice


@dataclass
class Story:
    """``box`` is the letterbox in an address; ``texts`` what was written; ``key`` its private key, which
    only a test may hold."""

    work: Work
    people: Any
    slug: str
    box: str
    notice_id: UUID
    opens_on: date
    closes_on: date
    texts: list[str]
    key: bytes = b""

    @property
    def letterbox_id(self) -> bytes:
        return bytes.fromhex(self.box)

    def write(self, texts: Sequence[str], *, language: str = "fr") -> None:
        with self.work() as session:
            letterbox = voices.letterbox(session, self.letterbox_id)
            for text in texts:
                right = "" if letterbox.channels.is_open else self.slip()
                rights = spending.to_speak(session, letterbox, right)
                message = Message(Kind.WORRY, (Topic.WORKLOAD, Topic.SKILLS), language, text)
                voice_services.speak(session, letterbox, message, on=clock.today(), rights=rights)
        self.texts += texts

    def slip(self) -> str:
        """A slip as it is printed, its rights known to the letterbox."""
        code = slips.new()
        with self.work() as session:
            letterbox = voices.letterbox(session, self.letterbox_id)
            hashes = slips.hashes(letterbox.id, code, lanes(letterbox.quota)).values()
            session.add_all(SlipRight(hash=one, letterbox_id=letterbox.id) for one in hashes)
        return slips.printed(code)

    def answer(self, answers: Mapping[str, int | None], *, group: str | None = None, slip: str = "") -> None:
        """One person's answers to the poll, in a transaction of their own."""
        with self.work() as session:
            box = voices.letterbox(session, self.letterbox_id)
            right = spending.held(session, box, slip or self.slip(), PULSE)
            ballots = Poll.of(box.told).ballots(answers, group)
            balloting.post(session, balloting.answer_poll(box, ballots, right=right, on=clock.today()))

    def vote(self, concern: UUID, choice: Choice = Choice.SUPPORT, *, slip: str = "") -> None:
        with self.work() as session:
            box = voices.letterbox(session, self.letterbox_id)
            rights = spending.to_support(session, box, slip or self.slip(), [concern.bytes])
            ready = balloting.support(box, {concern: choice}, rights=rights, on=clock.today())
            balloting.post(session, ready)

    def release(self) -> int:
        """Runs the job, as it would tonight."""
        with self.work() as session:
            reading.set(False)
            return jobs.release_due(session, now=clock.now())

    def voices(self, *, small: bool | None = None) -> dict[str, bytes]:
        """Text of every released message, with its id."""
        with self.work() as session:
            query = select(Voice.id, Voice.sealed).join(Batch, Batch.id == Voice.batch_id)
            query = query.where(Batch.letterbox_id == self.letterbox_id)
            if small is not None:
                query = query.where(Batch.is_small == small)
            found = {}
            for ident, closed in session.execute(query):
                message = sealed.original(self.key, closed)
                assert message is not None
                found[message.text] = ident
            return found

    def cookie(self, who: str) -> str:
        """The cookie of an open sitting of ``rep1`` or ``rep2``."""
        with self.work() as session:
            account = session.get(Account, getattr(self.people, who).id)
            letterbox = voices.letterbox(session, self.letterbox_id)
            return keyholders.unlock(
                session, letterbox, account, passphrase=PASSPHRASES[who], now=clock.now()
            )

    def at_desk(self, as_: Callable[[Account], PageClient], who: str = "rep1") -> PageClient:
        """A browser of a keyholder whose sitting is open."""
        client = as_(getattr(self.people, who))
        client.http.set_cookie(COOKIE, self.cookie(who), path="/workspace")
        return client

    def address(self, rest: str = "desk", language: str = "fr") -> str:
        return f"/workspace/{language}/letterboxes/{self.box}/{rest}"


def _holder(session: Session, people: Any, who: str) -> Any:
    """The keyholder, set up if they are not yet."""
    account = session.get(Account, getattr(people, who).id)
    return keyholder_queries.of_account(session, account.id) or keyholders.set_up(
        session,
        account,
        mandate=account.mandates[0],
        passphrase=PASSPHRASES[who],
        recovery_code=wrapping.new_recovery_code(),
        on=clock.today(),
    )


def open_box(
    work: Work,
    people: Any,
    *,
    k: int = 10,
    headcount: int | None = None,
    interval_days: int = 1,
    slug: str = "plume",
    channels: Channels = Channels.OPEN,
    poll: Any = None,
) -> Story:
    """A letterbox open from today on, its key with two keyholders."""
    with work() as session:
        body = session.get(Body, people.body.id)
        if headcount is not None:
            body.headcount = headcount
        notice = sent_notice(session, people, slug)
        today = clock.today()
        holders = [_holder(session, people, who) for who in ("rep1", "rep2")]
        consultation = consultations.queries.of_notice(session, notice.id)[0]
        letterbox = letterboxes.open_letterbox(
            session, consultation, resolution=both("Le recueil est ouvert.", "Opened."),
            votes={"for": 2, "against": 0, "abstentions": 0}, holders=holders, k=k,
            interval_days=interval_days, opens_on=today, closes_on=today + timedelta(days=14),
            actor=session.get(Account, people.rep1.id), on=today, channels=channels, poll=poll,
        )  # fmt: skip
        story = Story(
            work,
            people,
            notice.slug,
            letterbox.id.hex(),
            notice.id,
            letterbox.opens_on,
            letterbox.closes_on,
            [],
        )
    story.key = _private_key(story)
    return story


def _private_key(story: Story) -> bytes:
    cookie = story.cookie("rep1")
    with story.work() as session:
        key = keyholders.unlocked_key(session, story.letterbox_id, cookie, now=clock.now())
        keyholders.lock(session, cookie)
        return key


def on_day(day: date) -> Any:
    """``with on_day(…):`` it is noon of that day."""
    return time_machine.travel(f"{day.isoformat()}T11:00:00+00:00", tick=True)


# ── acts ───────────────────────────────────────────────────────────────────────


def texts(number: int) -> list[str]:
    return [f"Message numéro {one} sur la charge." for one in range(number)]


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


# ── pages ──────────────────────────────────────────────────────────────────────


def theme_with(story: Story, number: int, **draft: str) -> str:
    """A theme with so many messages under it; its id."""
    with story.work() as session:
        desk = queries.desk(session, story.box)
        assert desk is not None
        theme = services.new_theme(
            session, desk.letterbox, desk.consultation.notice, draft=draft or {"title-fr": "Charge"}
        )
        for voice in list(story.voices().values())[:number]:
            services.sort(session, desk.letterbox, voice, theme)
        return str(theme.id)


def published(story: Story, number: int = 6) -> str:
    draft = {"title-fr": "Charge", "title-en": "Load", "synthesis-fr": "Relire.", "synthesis-en": "Reread."}
    ident = theme_with(story, number, **draft)
    with story.work() as session:
        desk, theme = queries.desk(session, story.box), session.scalars(select(Theme)).first()
        services.publish_theme(session, theme, desk.letterbox, private_key=story.key, on=clock.today())
    return ident


def message_of(page: Page) -> str:
    """The address of the message on the card."""
    found = [re.search(r"/messages/([0-9a-f]{32})/hold", link) for link in page.links()]
    return next(one.group(1) for one in found if one)


def original_of(page: Page) -> str:
    return str(page.doc.xpath("string(//*[contains(@class,'desk-orig')])"))


def token_of(client: PageClient, story: Story) -> dict[str, str]:
    page = client.get(story.address())
    return {"csrf_token": str(page.doc.xpath("//input[@name='csrf_token']/@value")[0])}

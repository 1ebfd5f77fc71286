"""What staff say in a story, and what the desk makes of it: sealed, released and opened for real."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from random import SystemRandom
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from consult.anonymity import slips as codes
from consult.anonymity.message import Kind, Message, Thread, Topic
from consult.concerns import counting, sealed, threads
from consult.concerns import jobs as desk_jobs
from consult.concerns import queries as desk
from consult.concerns import services as concerns
from consult.concerns.models import Theme
from consult.consultations import letterboxes
from consult.consultations import poll as polls
from consult.consultations.models import Consultation
from consult.demo import schema
from consult.demo.cast import SLIPS, Act, Cast, StoryBroken, tally
from consult.keyholders import services as keyholders
from consult.passes import slips
from consult.passes.rules import suggested
from consult.voices import balloting, spending, tallying
from consult.voices import queries as voices
from consult.voices import services as voice_services
from consult.voices.models import Letterbox, Voice
from consult.voices.poll import Poll
from consult.voices.rules import PULSE

SIX_WORDS = "abricot retraite agape antique tenaille prendre"
"""Of whoever was answered in a thread: worth nothing elsewhere, and printed by the guide."""


class SetAside(SystemRandom):
    """Chance, but for who is set aside in a release: the story says who had already written then."""

    def __init__(self, entries: set[bytes]) -> None:
        super().__init__()
        self.entries = entries

    def shuffle(self, x: Any) -> None:
        super().shuffle(x)
        x.sort(key=lambda entry: entry not in self.entries)


@dataclass
class Listening:
    """The letterbox of one notice, as far as it has been told."""

    session: Session
    story: schema.Story
    box: schema.Letterbox
    cast: Cast
    consultation: Consultation = field(init=False)
    """Set once the notice was sent."""
    letterbox: Letterbox = field(init=False)
    private_key: bytes = field(init=False, repr=False, default=b"")
    found: dict[int, bytes] = field(default_factory=dict)
    """Ids of released messages, by their place in the story."""
    waiting: list[schema.Message] = field(default_factory=list)
    """What is still to be said, in order."""
    slips: list[str] = field(default_factory=list, repr=False)
    """What is left in the box people draw from, where they do."""
    themes: dict[str, Theme] = field(default_factory=dict)

    def on(self, day: int) -> date:
        return self.story.on(day)

    def acts(self) -> Iterator[Act]:
        """Every act with its day; on one day, in this order."""
        box = self.box
        yield self.on(box.resolution.day), self.open_letterbox
        for number, day in enumerate(box.releases):
            yield self._release_day(day), partial(self.release, number, self._release_day(day))
        if box.poll is not None:
            yield min(self.on(box.closes), self.story.today), partial(self.answer_poll, box.poll)
        if box.waiting:
            yield min(self.on(box.closes), self.story.today), self.say_the_rest
        for theme in box.themes:
            yield self.on(theme.published), partial(self.publish, theme)
            if theme.answer is not None:
                yield self.on(theme.answer.day), partial(self.answer_theme, theme.key, theme.answer)
        if box.poll is not None and box.poll.counted is not None:
            yield self.on(box.poll.counted), partial(self.count_poll, self.on(box.poll.counted))
        for at, message in enumerate(box.messages):
            for reply in message.replies:
                yield self.on(reply.day), partial(self.reply, at, reply)

    def _release_day(self, day: int) -> date:
        """Weekends may have moved the day after the last onto the last."""
        placed, last = self.on(day), self.on(self.box.closes)
        return max(placed, last + timedelta(days=1)) if day > self.box.closes else placed

    def open_letterbox(self) -> None:
        box, on = self.box, self.on(self.box.resolution.day)
        self.letterbox = letterboxes.open_letterbox(
            self.session,
            self.consultation,
            resolution=box.resolution.text.localized,
            votes=tally(box.resolution.votes),
            holders=self.cast.holders,
            k=box.k,
            interval_days=box.interval_days,
            opens_on=self.on(box.opens),
            closes_on=self.on(box.closes),
            destroy_on=max(self.on(box.closes), self.story.today) + timedelta(days=90),
            actor=self.cast.secretary,
            on=on,
            channels=box.channels,
            poll=self._asked(box.poll) if box.poll is not None else None,
        )
        self.waiting = list(box.waiting)
        if box.channels.takes_slips:
            self._make_slips(on)

    def _make_slips(self, on: date) -> None:
        """As many as the page suggests; those a newcomer may draw are among them."""
        number = suggested(self.cast.body.headcount)
        self.slips = slips.new_codes(number - len(SLIPS))
        drawn = [*self.slips, *map(codes.normalise, SLIPS)]
        rights = slips.rights_of(self.letterbox.id, self.letterbox.quota, drawn)
        slips.make(self.session, self.letterbox, rights, number=number, seen=0, on=on)

    def _say(self, message: schema.Message, day: date) -> None:
        said = Message(
            kind=Kind(message.kind),
            topics=tuple(Topic(one) for one in message.topics),
            language=message.language,
            text=message.text,
            thread=self._thread() if message.replies else None,
        )
        rights = spending.to_speak(self.session, self.letterbox, self._drawn())
        voice_services.speak(self.session, self.letterbox, said, on=day, rights=rights)

    def _thread(self) -> Thread:
        receipt = current_app.extensions["consult.receipts"].derive(SIX_WORDS, self.letterbox.id)
        return Thread(receipt.lookup, receipt.public)

    def _drawn(self) -> str:
        """A slip somebody drew from the box; empty once the box is."""
        return codes.printed(self.slips.pop()) if self.slips else ""

    # ── the poll ───────────────────────────────────────────────────────────────

    def _asked(self, poll: schema.Poll) -> dict[str, Any]:
        headcount = self.consultation.body.headcount
        found = polls.decided(poll.answers, [], [], counted="", offered={}, headcount=headcount)
        assert found is not None, "a poll asks something"
        return found.as_told()

    def answer_poll(self, poll: schema.Poll) -> None:
        """Everybody with a slip of their own; who chose one option of a question chose any of the next."""
        asked = Poll.of(self.letterbox.told)
        assert asked is not None
        chosen: dict[str, list[int | None]] = {}
        for ident, numbers in poll.answers.items():
            options: list[int | None] = [at for at, number in enumerate(numbers) for _ in range(number)]
            chosen[ident] = options + [None] * (poll.people - len(options))
            SystemRandom().shuffle(chosen[ident])
        for at in range(poll.people):
            right = spending.held(self.session, self.letterbox, self._drawn(), PULSE)
            ballots = asked.ballots({ident: options[at] for ident, options in chosen.items()})
            on = self.letterbox.closes_on
            balloting.post(self.session, balloting.answer_poll(self.letterbox, ballots, right=right, on=on))

    def count_poll(self, on: date) -> None:
        rows = tallying.open_poll(self.session, self.letterbox, self.private_key)
        counting.publish_poll(self.session, self.consultation, self.letterbox, rows, on=on)

    # ── speaking, and opening ──────────────────────────────────────────────────

    def _ids(self) -> set[bytes]:
        lanes = voices.waiting_by_lane(self.session, self.letterbox.id)
        return {entry for entries in lanes.values() for entry in entries}

    def release(self, number: int, day: date) -> None:
        """Those who had written by then; k of them wait on, as the rule wants, until the last release."""
        written_on = min(day, self.letterbox.closes_on)
        is_last = day > self.letterbox.closes_on
        aside = 0 if is_last else max(0, self.letterbox.k - len(self._ids()))
        for message in self.waiting[:aside]:
            self._say(message, written_on)
        del self.waiting[:aside]
        kept = self._ids()
        leaving = {at: one for at, one in enumerate(self.box.messages) if one.released == number}
        for message in leaving.values():
            self._say(message, written_on)
        desk_jobs.release(self.session, self.letterbox, on=day, rng=None if is_last else SetAside(kept))
        self._open(leaving)

    def _open(self, leaving: dict[int, schema.Message]) -> None:
        """Unlocks, reads every message that left, and finds each again in the story."""
        if not self.private_key:
            holder, passphrase = self.cast.holders[0].account, self.cast.passphrases[0]
            held = keyholders.held(self.session, self.letterbox, holder)
            self.private_key = keyholders.open_held(held, passphrase=passphrase)
        places = {one.text: at for at, one in leaving.items()}
        for voice in self._unsorted():
            said = sealed.original(self.private_key, voice.sealed)
            if said is not None and said.text in places:
                self.found[places[said.text]] = voice.id
        if missing := leaving.keys() - self.found.keys():
            raise StoryBroken(f"{self.letterbox.told['slug']}: {len(missing)} messages did not leave")

    def _unsorted(self) -> Iterator[Voice]:
        """What lies at the desk, one message after the other, as its keyholders meet it."""
        seen: set[bytes] = set()
        voice = desk.next_unsorted(self.session, self.letterbox.id)
        while voice is not None and voice.id not in seen:
            seen.add(voice.id)
            yield voice
            voice = desk.next_unsorted(self.session, self.letterbox.id, after=voice.id)

    def say_the_rest(self) -> None:
        for message in self.waiting:
            self._say(message, min(self.letterbox.closes_on, self.story.today))
        self.waiting.clear()

    # ── the desk ───────────────────────────────────────────────────────────────

    def publish(self, spec: schema.Theme) -> None:
        """Sorts what belongs under the theme, publishes it, then the wordings, read by a second person."""
        on, box = self.on(spec.published), self.letterbox
        first, second = (holder.account for holder in self.cast.holders[:2])
        draft = {"title-fr": spec.title.fr, "title-en": spec.title.en}
        theme = concerns.new_theme(self.session, box, self.consultation.notice, draft=draft)
        self.themes[spec.key] = theme
        under = self.box.under(spec.key)
        for at in under:
            concerns.sort(self.session, box, self.found[at], theme)
        draft |= {"synthesis-fr": spec.synthesis.fr, "synthesis-en": spec.synthesis.en}
        concerns.write_theme(self.session, theme, box, draft=draft)
        concerns.publish_theme(self.session, theme, box, private_key=self.private_key, on=on)
        for at in under:
            wording = self.box.messages[at].wording
            if wording:
                words = {"wording-fr": wording.fr, "wording-en": wording.en}
                concern = concerns.propose(self.session, box, self.found[at], draft=words, actor=first)
                concerns.publish_wording(
                    self.session, concern, private_key=self.private_key, actor=second, on=on
                )

    def reply(self, at: int, spec: schema.Reply) -> None:
        threads.reply(
            self.session, self.letterbox, self.found[at], private_key=self.private_key, text=spec.text,
            actor=self.cast.holders[0].account, on=self.on(spec.day),
        )  # fmt: skip

    def answer_theme(self, key: str, spec: schema.ThemeAnswer) -> None:
        concerns.answer_theme(
            self.session, self.themes[key], stance=spec.stance, text=spec.text.localized,
            actor=self.consultation.notice.author, on=self.on(spec.day),
        )  # fmt: skip

"""What a body does beside speaking and listening: the expert it appoints, the meetings it sits in."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial

from sqlalchemy.orm import Session

from consult.consultations.models import Consultation
from consult.demo import course
from consult.demo.cast import Act, Cast, tally
from consult.demo.rules import Day, place
from consult.experts import services as experts
from consult.experts.models import InformationRequest, Mission
from consult.meetings import services as meetings
from consult.meetings.models import Meeting
from consult.meetings.rules import ItemKind, Presence
from consult.people import queries as people
from consult.people.models import Account
from consult.people.rules import MandateRole


@dataclass
class Sittings:
    """The expert and the meetings of one notice, as far as they have been told."""

    session: Session
    today: date
    expert: course.Expert | None
    meetings: tuple[course.Sitting, ...]
    cast: Cast
    employer: Account
    consultation: Consultation = field(init=False)
    """Set once the notice was sent."""
    mission: Mission = field(init=False)
    asked: list[InformationRequest] = field(default_factory=list)
    called: dict[int, Meeting] = field(default_factory=dict)

    def on(self, day: Day) -> date:
        return place(day, self.today)

    def acts(self) -> Iterator[Act]:
        """Every act with its day; on one day, in this order."""
        if self.expert is not None:
            yield from self._of_expert(self.expert)
        for at, one in enumerate(self.meetings):
            yield from self._of_meeting(at, one)

    def _of_expert(self, spec: course.Expert) -> Iterator[Act]:
        yield self.on(spec.appointed), partial(self.appoint, spec)
        for at, asked in enumerate(spec.requests):
            yield self.on(asked.asked), partial(self.ask, asked)
            if asked.answered is not None:
                yield self.on(asked.answered), partial(self.answer, at, asked)
        if spec.report is not None:
            yield self.on(spec.report.day), partial(self.report, spec.report)

    def _of_meeting(self, at: int, spec: course.Sitting) -> Iterator[Act]:
        yield self.on(spec.called), partial(self.call, at, spec)
        if spec.day <= 0:
            yield self.on(spec.day), partial(self.hold, at, spec)
        if spec.minutes_sent is not None:
            yield self.on(spec.minutes_sent), partial(self.send_minutes, at, spec)
        if spec.adopted is not None:
            yield self.on(spec.adopted), partial(self.adopt, at, spec)

    # ── the expert ─────────────────────────────────────────────────────────────

    def appoint(self, spec: course.Expert) -> None:
        on = self.on(spec.appointed)
        self.mission = experts.appoint(
            self.session, self.consultation, firm=spec.firm, name=spec.name, email=spec.email,
            locale=spec.locale, subject=spec.subject.localized, text=spec.text.localized,
            votes=tally(spec.votes), room_until=self.on(spec.room_until), actor=self.cast.secretary,
            decided_on=on, on=on,
        )  # fmt: skip
        self.mission.account.password_hash = self.cast.password_hash

    def ask(self, spec: course.Request) -> None:
        asked = experts.ask(self.session, self.mission, text=spec.text.localized, on=self.on(spec.asked))
        self.asked.append(asked)

    def answer(self, at: int, spec: course.Request) -> None:
        experts.answer(
            self.session, self.asked[at], text=spec.answer.localized, actor=self.employer,
            on=self.on(spec.answered or 0),
        )  # fmt: skip

    def report(self, spec: course.Report) -> None:
        upload = io.BytesIO(spec.text.encode())
        experts.report(self.session, self.mission, upload=upload, name=spec.name, on=self.on(spec.day))

    # ── the meetings ───────────────────────────────────────────────────────────

    def call(self, at: int, spec: course.Sitting) -> None:
        on, day = self.on(spec.called), self.on(spec.day)
        meeting = meetings.call(
            self.session, self.cast.body, day=day, time=spec.time, place=spec.place,
            is_extraordinary=False, actor=self.employer, on=on,
        )  # fmt: skip
        for kind in spec.items:
            meetings.add_item(self.session, meeting, kind=kind, title="", about=self.consultation)
        for title in spec.others:
            meetings.add_item(self.session, meeting, kind=ItemKind.OTHER, title=title, about=None)
        agenda_on = max(on, day - timedelta(days=5)) if spec.day <= 0 else on
        meetings.agree(self.session, meeting, as_chair=True, why="", on=agenda_on)
        meetings.agree(self.session, meeting, as_chair=False, why="", on=agenda_on)
        self.called[at] = meeting

    def hold(self, at: int, spec: course.Sitting) -> None:
        on = self.on(spec.day)
        there = {self.cast.people[key].id for key in spec.present}
        presences = {
            one.id: Presence.PRESENT if one.account_id in there else Presence.EXCUSED
            for one in people.members(self.session, self.cast.body.id, on=on)
            if one.role is not MandateRole.EXPERT_GUEST
        }
        meetings.hold(self.session, self.called[at], presences=presences, on=on)

    def send_minutes(self, at: int, spec: course.Sitting) -> None:
        meeting = self.called[at]
        meetings.write_minutes(self.session, meeting, text=spec.minutes.localized, seen=meeting.version)
        meetings.send_minutes(self.session, meeting, on=self.on(spec.minutes_sent or 0))

    def adopt(self, at: int, spec: course.Sitting) -> None:
        assert spec.votes is not None, "minutes are adopted by a vote"
        meetings.adopt_minutes(
            self.session, self.called[at], votes=tally(spec.votes), actor=self.cast.secretary,
            on=self.on(spec.adopted or 0),
        )  # fmt: skip

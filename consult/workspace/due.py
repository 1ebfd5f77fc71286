"""What waits for somebody by the procedure: steps their side must take, meetings, experts, days contested."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from flask import url_for
from sqlalchemy.orm import Session

from consult.calendars import coming
from consult.calendars import queries as calendars
from consult.calendars.coming import Course
from consult.calendars.who import Who
from consult.commitments.queries import title_of
from consult.consultations import words
from consult.consultations.rules import MEETINGS
from consult.core.i18n import _, day, locale
from consult.experts import queries as experts
from consult.meetings import queries as meetings
from consult.meetings.models import Meeting
from consult.meetings.rules import AGENDA, AGENDA_DAYS, MINUTES_DAYS, MeetingState, MinutesState
from consult.people import queries as people
from consult.people.access import running_mandates
from consult.people.models import Account
from consult.procedures.clock import StepState
from consult.procedures.loading import templates
from consult.web.readers import may_read
from consult.workspace import queries
from consult.workspace.rules import Task

AHEAD = timedelta(days=30)
"""Further ahead, a step waits on the page of its consultation."""
OWN_TASKS = frozenset({"opinion", "reasoned_response", "written_response"})
OF_MEETINGS = frozenset({*AGENDA, "minutes"})
"""Steps that stand with their meeting, where the meeting was called here."""


def courses(session: Session, who: Who, *, on: date) -> list[Course]:
    """The consultations this person follows and that run, with their procedures: a constant number of
    queries."""
    found = queries.running(session, body_ids=who.bodies)
    readable = [one for one in found if may_read(one.audience, who.reader, on=on)]
    return coming.courses_of(session, readable, on=on)


def steps(session: Session, found: Sequence[Course], who: Who, *, on: date) -> Iterator[Task]:
    """Steps of this person's side within a month, and those past their day for no longer."""
    missions = calendars.missions(session) if not who.is_hr else ()
    for one in found:
        has_meeting = any(fact.key in MEETINGS and fact.source for fact in one.consultation.facts)
        left_out = OWN_TASKS | (OF_MEETINGS if has_meeting else frozenset())
        for each in coming.of_course(one, who, experts=missions, asked=()):
            if not each.is_mine or each.step in left_out or not on - AHEAD <= each.day <= on + AHEAD:
                continue
            title = title_of(one.consultation.notice, locale())
            yield Task(
                _("%(what)s: %(about)s", what=each.what, about=title),
                url_for(each.endpoint, **each.parts),
                _("See"),
                each.note,
                due=each.day,
                is_proposed=each.state is not StepState.LATE,
            )


def contested(session: Session, who: Who, *, on: date) -> Iterator[Task]:
    """For human resources: days the body contests."""
    for fact, consultation in queries.contested(session):
        if not may_read(consultation.audience, who.reader, on=on):
            continue
        name = words.read_as(fact, templates().get(consultation.template))
        yield Task(
            _("%(body)s contests a day: %(what)s", body=consultation.body.name, what=name),
            url_for("consultations.procedure", consultation_id=consultation.id),
            _("See"),
            _("Both dates are computed and shown. Correct the day, or agree on one."),
        )


def expert_requests(session: Session) -> Iterator[Task]:
    """For human resources: what experts asked."""
    for one in experts.unanswered(session):
        title = title_of(one.mission.consultation.notice, locale())
        yield Task(
            _("The expert’s request %(number)s on %(title)s", number=one.number, title=title),
            url_for("experts.answer", request_id=one.id),
            _("Answer"),
            due=one.due_on,
            since=one.asked_on,
        )


# ── meetings ───────────────────────────────────────────────────────────────────


def of_meetings(session: Session, account: Account, who: Who, *, on: date) -> Iterator[Task]:
    for one in calendars.meetings(session, who.bodies, since=on - coming.BEFORE):
        if may_read(one.audience, who.reader, on=on):
            yield from _of_meeting(one, who, on)
    yield from _requests(session, account, who, on)


def _of_meeting(one: Meeting, who: Who, on: date) -> Iterator[Task]:
    is_secretary = one.body_id in who.secretary
    is_chair = who.is_hr or one.body_id in who.chairs
    page, name = url_for("meetings.page", meeting_id=one.id), _named(one)
    if one.state is MeetingState.CONVENED and one.day < on and is_secretary:
        yield Task(
            _("%(meeting)s: say who was there", meeting=name), page, _("Note it"),
            _("So that it counts as held."), since=one.day,
        )  # fmt: skip
    elif one.state is MeetingState.CONVENED and one.agenda_set_on is None and one.day >= on:
        waits = (is_chair and not one.agreed_by_chair) or (is_secretary and not one.agreed_by_secretary)
        if waits:
            yield Task(
                _("%(meeting)s: agree to the agenda", meeting=name), page, _("Read it"),
                _("Chair and secretary draw it up together. It is sent three days ahead."),
                due=max(one.day - timedelta(days=AGENDA_DAYS), on), is_proposed=True,
            )  # fmt: skip
    elif one.state is MeetingState.HELD and is_secretary:
        yield from _minutes(one, name)


def _named(one: Meeting) -> str:
    return str(_("Meeting of %(body)s, %(day)s", body=one.body.name, day=day(one.day)))


def _minutes(one: Meeting, name: str) -> Iterator[Task]:
    if one.minutes_state is MinutesState.SENT:
        yield Task(
            _("%(meeting)s: have the minutes adopted", meeting=name),
            url_for("meetings.adopt_minutes", meeting_id=one.id), _("Record the vote"), since=one.minutes_on,
        )  # fmt: skip
    elif one.minutes_state is MinutesState.DRAFT:
        yield Task(
            _("%(meeting)s: write the minutes and send them", meeting=name),
            url_for("meetings.minutes", meeting_id=one.id), _("Write them"),
            due=one.day + timedelta(days=MINUTES_DAYS), is_proposed=True,
        )  # fmt: skip


def _requests(session: Session, account: Account, who: Who, on: date) -> Iterator[Task]:
    """Extraordinary meetings: to support, to wait for, to call."""
    if who.acting:
        yield from _asked_by_ours(session, account, who, on)
    if who.is_hr or who.chairs:
        for one in meetings.sent_requests(session):
            if who.is_hr or one.body_id in who.chairs:
                yield Task(
                    _("%(body)s asks for an extraordinary meeting", body=one.body.name),
                    url_for("meetings.request", request_id=one.id), _("Call it"), since=one.sent_on,
                )  # fmt: skip


def _asked_by_ours(session: Session, account: Account, who: Who, on: date) -> Iterator[Task]:
    votes = people.voting(session, who.acting, on=on)
    mine = {one.id for one in running_mandates(account)}
    voting = {ident: body for body, found in votes.items() for ident in found if ident in mine}
    for one in meetings.requests(session, who.acting):
        supports = {each.mandate_id for each in one.supports}
        page = url_for("meetings.request", request_id=one.id)
        title = _("Extraordinary meeting of %(body)s asked for", body=one.body.name)
        if one.sent_on is not None:
            text = _("It waits for the employer to call it.")
            yield Task(title, page, _("See"), text, since=one.sent_on, is_mine=False)
        elif any(body == one.body_id and ident not in supports for ident, body in voting.items()):
            text = _("Read why, and support it if you wish.")
            yield Task(title, page, _("Read it"), text, since=one.asked_on)


def awaited_answers(session: Session, who: Who) -> Iterator[Task]:
    """For the body: questions the employer has not answered."""
    asked = calendars.questions(session, who.acting)
    notices = calendars.notices(session, {one.notice_id for one in asked})
    for one in asked:
        notice = notices[one.notice_id]
        title = title_of(notice, locale())
        yield Task(
            _("Answer to question %(number)s: %(title)s", number=one.number, title=title),
            url_for("reading.notice_signed", slug=notice.slug), _("See"),
            due=one.expected_on, is_mine=False, is_proposed=True,
        )  # fmt: skip

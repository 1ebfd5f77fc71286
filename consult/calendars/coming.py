"""What is ahead, as plain values in the language being written: one explicit line for each feature asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from consult.calendars import queries
from consult.calendars.rules import MEETING_AHEAD, USUAL_AHEAD, monday
from consult.calendars.who import Who
from consult.commitments.models import Commitment
from consult.commitments.queries import title_of
from consult.consultations import course, together
from consult.consultations.models import Consultation
from consult.consultations.rules import Window
from consult.core.i18n import _, locale
from consult.experts.models import InformationRequest
from consult.experts.rules import ANSWER_STEP
from consult.meetings.models import Meeting
from consult.meetings.rules import MeetingState
from consult.notices import queries as notice_queries
from consult.notices.models import Notice
from consult.notices.rules import NoticeState
from consult.people.rules import BodyKind
from consult.procedures.clock import Run, StepAt, StepState
from consult.procedures.template import Basis
from consult.questions.models import Question
from consult.web.readers import Audience, Visibility, may_read

WAITING = frozenset({StepState.DUE, StepState.LATE, StepState.PAST_PROPOSED})
BEFORE = timedelta(days=60)
"""Meetings stay in a calendar so long after their day."""
_OPEN = frozenset({Visibility.PUBLIC, Visibility.EMPLOYEES})


@dataclass(frozen=True, slots=True)
class Coming:
    """Something with a day. ``key``: the same for the same thing for good. ``what``: in words; ``about``:
    the notice, by its title once employees may read it, by its number before. ``stamp``: the day it was last
    changed. ``ahead``: how many days ahead whoever acts is reminded. ``state``: of a step."""

    key: str
    day: date
    what: str
    about: str
    audience: Audience
    endpoint: str
    parts: Mapping[str, Any]
    stamp: date
    note: str = ""
    is_mine: bool = False
    ahead: tuple[int, ...] = ()
    state: StepState | None = None
    is_contested: bool = False
    step: str = ""
    consultation_id: UUID | None = None

    @property
    def title(self) -> str:
        return str(_("%(what)s: %(about)s", what=self.what, about=self.about)) if self.about else self.what


@dataclass(frozen=True)
class Course:
    """A consultation that runs, with its procedure on the day."""

    consultation: Consultation
    run: Run | None
    window: Window | None
    on: date


@dataclass(frozen=True)
class Gathered:
    """All of it, loaded once; `comings` then asks nothing of the database."""

    on: date
    courses: Sequence[Course]
    meetings: Sequence[Meeting]
    commitments: Sequence[Commitment] = ()
    questions: Sequence[tuple[Question, Notice]] = ()
    requests: Sequence[InformationRequest] = ()
    unknowns: Sequence[tuple[Notice, date]] = ()
    experts: frozenset[tuple[UUID, UUID]] = field(default_factory=frozenset)


def courses_of(session: Session, found: Sequence[Consultation], *, on: date) -> list[Course]:
    """A constant number of queries; facts and overrides are loaded already."""
    arounds = together.arounds(session, found, on=on)
    return [
        Course(one, course.of(one, arounds[one.id], on=on)[1], arounds[one.id].window, on) for one in found
    ]


def gather(session: Session, bodies: queries.Bodies, *, on: date, only: UUID | None = None) -> Gathered:
    """What is ahead of these bodies; ``only``: in that consultation."""
    found = queries.courses(session, bodies, only)
    notice_ids = {one.notice_id for one in found} if only is not None else None
    asked = queries.questions(session, bodies)
    if notice_ids is not None:
        asked = [one for one in asked if one.notice_id in notice_ids]
    notices = queries.notices(session, {one.notice_id for one in asked})
    requests, commitments = queries.requests(session, bodies), queries.open_commitments(session, bodies)
    unknowns = [(one, day) for one, day in queries.unknowns(session) if _is_before(one, bodies)]
    return Gathered(
        on,
        courses_of(session, found, on=on),
        queries.meetings(session, bodies, since=on - BEFORE, only=only),
        [one for one in commitments if notice_ids is None or one.notice_id in notice_ids],
        [(one, notices[one.notice_id]) for one in asked],
        [one for one in requests if only is None or one.mission.consultation_id == only],
        [(one, day) for one, day in unknowns if notice_ids is None or one.id in notice_ids],
        frozenset(queries.missions(session)),
    )


def _is_before(notice: Notice, bodies: queries.Bodies) -> bool:
    return bodies is None or any(UUID(one) in bodies for one in notice.body_ids)


def comings(found: Gathered, who: Who) -> list[Coming]:
    """What this person may read of it today, by day, in the language being written."""
    asked = {one.mission.consultation_id for one in found.requests}
    made = [
        *(each for one in found.courses for each in of_course(one, who, experts=found.experts, asked=asked)),
        *(_meeting(one, who) for one in found.meetings),
        *(_commitment(one, who) for one in found.commitments),
        *(_question(one, notice, who) for one, notice in found.questions if _stands(notice)),
        *(_request(one, who) for one in found.requests),
        *(_unknown(notice, day, who) for notice, day in found.unknowns if _stands(notice)),
    ]
    kept = [one for one in made if may_read(one.audience, who.reader, on=found.on)]
    return sorted(kept, key=lambda one: (one.day, one.key, one.is_contested))


def _stands(notice: Notice) -> bool:
    return notice.state is not NoticeState.WITHDRAWN


def named(notice: Notice) -> str:
    """A notice where others than its readers may see it: in a program's calendar, in a mail box. A file has
    the name its body gave it nowhere but in its pages."""
    if notice.is_file:
        return str(_("file opened by the representatives"))
    title = title_of(notice, locale()) if notice.visibility in _OPEN else ""
    return title or str(_("notice no. %(number)s", number=notice.number))


# ── steps ──────────────────────────────────────────────────────────────────────


def of_course(
    found: Course, who: Who, *, experts: Collection[tuple[UUID, UUID]], asked: Collection[UUID]
) -> Iterator[Coming]:
    """The steps of one procedure and the days of its letterbox. ``experts``: see `queries.missions`;
    ``asked``: consultations whose expert asked something, where each request has its own day."""
    one = found.consultation
    if not who.follows(one.body_id):
        return
    is_expert = (one.id, who.account_id) in experts
    for at in found.run.steps if found.run is not None else ():
        if at.state not in WAITING or at.step.is_optional or at.due_on is None:
            continue
        if at.step.key == ANSWER_STEP and one.id in asked:
            continue
        if at.step.actor == "establishment_committee" and one.body.kind is BodyKind.CSE:
            continue  # its own opinion, which is a step already
        yield from _step(found, at, who, is_expert=is_expert)
    if found.window is not None:
        yield _day_of(one, "first", found.window.opens_on, _("First day for employees to write"))
        yield _day_of(one, "last", found.window.closes_on, _("Last day for employees to write"))


def _step(found: Course, at: StepAt, who: Who, *, is_expert: bool) -> Iterator[Coming]:
    one, step = found.consultation, at.step
    assert found.run is not None and at.due_on is not None, "asked before"
    label = step.label.shown(locale())
    made = Coming(
        f"step:{one.id}:{step.key}",
        at.due_on,
        label,
        named(one.notice),
        one.audience,
        "workspace.consultation",
        {"consultation_id": one.id},
        _stamp(found),
        source_of(at),
        not step.is_gate and who.acts(step.actor, one.body, is_expert=is_expert),
        () if step.is_gate else found.run.template.reminded(step),
        at.state,
        step=step.key,
        consultation_id=one.id,
    )
    if step.is_gate:
        day = max(at.due_on, at.contested_due_on or at.due_on)
        yield replace(made, day=day, what=_("%(step)s: not before this day", step=label))
    elif at.contested_due_on is None:
        yield made
    else:
        claimed = _("Counted from the day the employer gives, which the body contests.")
        contested = _("Counted from the day the body gives.")
        yield replace(made, note=f"{made.note} {claimed}")
        yield replace(
            made, day=at.contested_due_on, note=f"{made.note} {contested}", is_contested=True
        )  # fmt: skip


def source_of(at: StepAt) -> str:
    """Whose rule a day is, and how sure."""
    if at.basis is Basis.AGREEMENT:
        return str(_("Set by agreement or by a judge."))
    if at.basis is Basis.PRODUCT_DEFAULT:
        return str(_("A proposed date, not a limit."))
    if at.is_target:
        return str(_("A date proposed from %(reference)s, not a limit.", reference=at.reference))
    if at.basis is Basis.CASE_LAW:
        return str(_("Set by case law (%(reference)s).", reference=at.reference))
    return str(_("Set by law (%(reference)s).", reference=at.reference))


def _stamp(found: Course) -> date:
    """The last day something was told that its days follow from: today, as long as one of them is planned."""
    one = found.consultation
    days = [min(fact.day, found.on) for fact in one.facts if fact.day >= one.opened_on]
    return max([one.opened_on, *days, *(each.agreed_on for each in one.overrides)])


def _day_of(one: Consultation, which: str, day: date, what: str) -> Coming:
    return Coming(
        f"letterbox-{which}:{one.id}", day, str(what), named(one.notice), one.audience,
        "workspace.consultation", {"consultation_id": one.id}, one.opened_on, consultation_id=one.id,
    )  # fmt: skip


# ── what is not a step ─────────────────────────────────────────────────────────


def _meeting(one: Meeting, who: Who) -> Coming:
    what = _("Meeting no. %(number)s of %(body)s", number=one.number, body=one.body.name)
    is_ahead = one.state is MeetingState.CONVENED
    return Coming(
        f"meeting:{one.id}", one.day, str(what), "", one.audience, "meetings.page", {"meeting_id": one.id},
        one.called_on, _("At %(time)s.", time=one.time) if one.time else "",
        is_mine=is_ahead and who.meets(one.body_id), ahead=MEETING_AHEAD if is_ahead else (),
    )  # fmt: skip


def _commitment(one: Commitment, who: Who) -> Coming:
    return Coming(
        f"commitment:{one.id}", one.due_on, str(_("Commitment no. %(number)s", number=one.number)),
        named(one.notice), one.notice.audience, "commitments.page", {"commitment_id": one.id}, one.agreed_on,
        _("Promised by the employer for this day."), is_mine=who.is_hr, ahead=USUAL_AHEAD,
    )  # fmt: skip


def _question(one: Question, notice: Notice, who: Who) -> Coming:
    assert one.expected_on is not None, "the query asks for it"
    endpoint, parts = (
        ("questions.answer", {"question_id": one.id})
        if who.is_hr
        else ("reading.notice_signed", {"slug": notice.slug})
    )
    return Coming(
        f"question:{one.id}", one.expected_on, str(_("Answer to question %(number)s", number=one.number)),
        named(notice), notice.audience, endpoint, parts, one.asked_on,
        _("A date proposed by the body."), is_mine=who.is_hr, ahead=USUAL_AHEAD,
    )  # fmt: skip


def _request(one: InformationRequest, who: Who) -> Coming:
    consultation = one.mission.consultation
    return Coming(
        f"request:{one.id}", one.due_on,
        str(_("Answer to the expert’s request %(number)s", number=one.number)),
        named(consultation.notice), consultation.audience, "experts.room", {"mission_id": one.mission_id},
        one.asked_on, is_mine=who.is_hr, ahead=(2, 1), consultation_id=consultation.id,
    )  # fmt: skip


def _unknown(notice: Notice, day: date, who: Who) -> Coming:
    endpoint, parts = (
        ("notices.edit", {"slug": notice.slug, "section": "unknowns"})
        if who.is_hr
        else ("reading.notice_signed", {"slug": notice.slug})
    )
    return Coming(
        f"unknown:{notice.id}:{day}", day,
        str(_("Answer promised in the notice")), named(notice), notice.audience,
        endpoint, parts, notice.readable_on or notice.created_on,
        _("What was not known yet: the employer says it by this day."), is_mine=who.is_hr, ahead=USUAL_AHEAD,
    )  # fmt: skip


def overdue(session: Session, *, on: date) -> list[Coming]:
    """Notices with answers that were promised and not given, for human resources; the same thing has another
    key each week."""
    return [
        Coming(
            f"late:{one.notice_id}:{monday(on)}", one.due_on, str(_("Late answers in the notice")),
            one.title.shown(locale())[0], Audience(Visibility.DRAFT), "notices.edit",
            {"slug": one.slug, "section": "unknowns"}, one.due_on, is_mine=True,
        )
        for one in notice_queries.overdue(session, on)
    ]  # fmt: skip

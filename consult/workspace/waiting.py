"""What waits for somebody, by what they may do: one explicit line for each feature asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from consult.commitments import queries as commitments
from consult.commitments.rules import CommitmentState
from consult.concerns import queries as concerns
from consult.consultations.models import Consultation
from consult.consultations.rules import Await, FactKind, Stage, Window, procedure, project
from consult.core.i18n import _, locale
from consult.core.localized import Localized
from consult.keyholders import queries as keyholders
from consult.notices.models import Notice
from consult.notices.rules import NoticeState
from consult.opinions import queries as opinions
from consult.people.access import acting_body_ids, permissions, reader_of
from consult.people.models import Account
from consult.people.rules import Permission
from consult.questions import queries as questions
from consult.web.readers import Side
from consult.workspace import queries
from consult.workspace.rules import Task, by_urgency

AHEAD_DAYS = 30
LISTENED_TO = frozenset({Stage.LISTENING, Stage.AWAITING_OPINION})
"""Stages in which what was said still feeds the opinion: the desk waits."""


def title_of(notice: Notice) -> str:
    """The newest title, in the language being written where there is one."""
    title: Localized | None = notice.revisions[-1].title if notice.revisions else None
    return title.shown(locale())[0] if title else notice.slug


def tasks(session: Session, account: Account, *, on: date) -> list[Task]:
    """Everything, the most urgent first."""
    allowed = permissions(account)
    found: list[Task] = []
    if Permission.NOTICE_WRITE in allowed:
        found += _of_hr(session, on)
    if Permission.KEY_HOLD in allowed:
        found += _of_representative(session, account, on)
    if Permission.PEOPLE_MANAGE in allowed:
        found += _of_administrator(session)
    return by_urgency(found)


def followed_bodies(account: Account) -> Collection[UUID] | None:
    """Bodies whose consultations this account follows; None: the employer's side, all of them."""
    reader = reader_of(account)
    return None if reader.side is Side.EMPLOYER else reader.body_ids


def _of_hr(session: Session, on: date) -> Iterator[Task]:
    for notice in queries.in_review(session):
        is_approved = notice.state is NoticeState.APPROVED
        yield Task(
            title_of(notice),
            url_for("notices.edit", slug=notice.slug),
            _("Send it") if is_approved else _("Read it over"),
            _("Approved, ready to be sent.")
            if is_approved
            else _("A colleague asks for a second pair of eyes."),
        )
    for question, _notice in questions.unanswered(session):
        yield Task(
            _("Question %(number)s: %(text)s", number=question.number, text=question.text.shown(locale())[0]),
            url_for("questions.answer", question_id=question.id),
            _("Answer"),
            due=question.expected_on,
            since=question.asked_on,
        )
    for theme in concerns.unanswered(session):
        title = theme.title.shown(locale())[0] if theme.title else ""
        yield Task(
            _("Theme without an answer: %(title)s", title=title),
            url_for("concerns.answer", theme_id=theme.id),
            _("Answer"),
            since=theme.published_on,
        )
    for opinion in opinions.unanswered(session):
        yield Task(
            _("Reasoned response on %(title)s", title=title_of(opinion.consultation.notice)),
            url_for("opinions.respond", consultation_id=opinion.consultation_id),
            _("Respond"),
            due=opinion.consultation.next_due_on,
            since=opinion.given_on,
        )
    for one in commitments.due(session, until=on + timedelta(days=AHEAD_DAYS)):
        is_contested = one.state is CommitmentState.CONTESTED
        yield Task(
            one.title.shown(locale())[0],
            url_for("commitments.page", commitment_id=one.id),
            _("See"),
            _("Contested by the representatives.") if is_contested else _("A commitment to keep."),
            due=one.due_on,
        )


def _of_representative(session: Session, account: Account, on: date) -> Iterator[Task]:
    key = keyholders.of_account(session, account.id)
    if key is None:
        yield Task(
            _("Set up your key"),
            url_for("keyholders.set_up"),
            _("Set it up"),
            _("Without it you cannot be named keyholder of a letterbox."),
        )
    held = {
        one.id: Window(one.opens_on, one.closes_on)
        for one in (keyholders.letterboxes(session, key.id) if key is not None else ())
    }
    bodies = acting_body_ids(account)
    for consultation in queries.running(session, body_ids=bodies):
        yield from _of_consultation(consultation, held, on)
    for one in commitments.to_judge(session, bodies):
        yield Task(
            _("Confirm or contest: %(title)s", title=one.title.shown(locale())[0]),
            url_for("commitments.page", commitment_id=one.id),
            _("Verify"),
            _("The employer says that it is done."),
        )


def _of_consultation(consultation: Consultation, held: dict[bytes, Window], on: date) -> Iterator[Task]:
    title = title_of(consultation.notice)
    page = url_for("workspace.consultation", consultation_id=consultation.id)
    facts = {one.kind for one in consultation.facts}
    window = held.get(consultation.letterbox_id) if consultation.letterbox_id is not None else None
    state = project(
        [(one.kind, one.day) for one in consultation.facts],
        procedure=procedure(consultation.template),
        on=on,
        window=window,
        headcount=consultation.body.headcount,
    )
    if consultation.letterbox_id is None and FactKind.OPINION_GIVEN not in facts:
        yield Task(
            _("Open a letterbox on %(title)s", title=title),
            url_for("consultations.open_letterbox", consultation_id=consultation.id),
            _("Open it"),
            _("So that employees can say what they think before the opinion."),
        )
    if consultation.letterbox_id in held and state.stage in LISTENED_TO:
        yield Task(
            _("Messages on %(title)s", title=title),
            url_for(
                "concerns.desk", box=consultation.letterbox_id.hex() if consultation.letterbox_id else ""
            ),
            _("Go to the desk"),
            _("Your key opens this letterbox."),
        )
    if state.awaits is Await.OPINION:
        yield Task(
            _("Opinion on %(title)s", title=title),
            page,
            _("See"),
            _("From the facts recorded, the period has ended.") if state.is_deemed_negative else "",
            due=state.limit,
        )
    elif state.awaits is Await.RESPONSE:
        yield Task(
            _("Reasoned response on %(title)s", title=title), page, _("See"), due=state.due_on, is_mine=False
        )


def _of_administrator(session: Session) -> Iterator[Task]:
    count = queries.representatives_without_mandate(session)
    if count:
        yield Task(
            _("Representatives without a mandate"),
            url_for("people.people"),
            _("Give a mandate"),
            _("Without one they see nothing."),
        )

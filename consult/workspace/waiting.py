"""What waits for somebody, by what they may do: one explicit line for each feature asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from flask import url_for
from sqlalchemy.orm import Session

from consult.calendars.coming import Course
from consult.calendars.who import Who
from consult.commitments import queries as commitments
from consult.commitments.rules import CommitmentState
from consult.concerns import queries as concerns
from consult.consultations import state as states
from consult.consultations.models import Consultation
from consult.consultations.rules import DEEMED_NEGATIVE, FactKind, Stage, Window
from consult.core.i18n import _, locale, ngettext
from consult.core.localized import Localized
from consult.dossiers import queries as dossiers
from consult.keyholders import queries as keyholders
from consult.notices import queries as notices
from consult.notices.models import Notice
from consult.notices.rules import NoticeState, Review
from consult.opinions import queries as opinions
from consult.passes import queries as passes
from consult.people import queries as people
from consult.people.access import acting_body_ids, permissions, reader_of
from consult.people.models import Account
from consult.people.rules import Permission
from consult.procedures.clock import Run
from consult.procedures.loading import templates
from consult.questions import queries as questions
from consult.web.readers import Side
from consult.workspace import answers, due, queries
from consult.workspace.keys import key_tasks
from consult.workspace.rules import Task, by_urgency
from consult.workspace.timeline import is_only_proposed

AHEAD_DAYS = 30
RESPONSE = ("reasoned_response", "written_response")
LISTENED_TO = frozenset({Stage.LISTENING, Stage.AWAITING_OPINION})
"""Stages in which what was said still feeds the opinion: the desk waits."""
BEFORE_OPINION = LISTENED_TO | {Stage.WITH_BODY}


def title_of(notice: Notice, *, with_draft: bool = False) -> str:
    """The title in the language being written where there is one: of the newest published revision, since
    a draft is its author's; ``with_draft``, for human resources, of the newest."""
    shown = notices.draft(notice) if with_draft else None
    shown = shown or notices.published(notice) or (notice.revisions[-1] if with_draft else None)
    title: Localized | None = shown.title if shown is not None else None
    return title.shown(locale())[0] if title else notice.slug


def courses(session: Session, account: Account, *, on: date) -> list[Course]:
    """The consultations this account follows, loaded once for all that the start page says of them."""
    who = Who.of(account)
    return due.courses(session, who, on=on) if who is not None else []


def tasks(session: Session, account: Account, courses: Sequence[Course], *, on: date) -> list[Task]:
    """Everything, the most urgent first."""
    allowed, who = permissions(account), Who.of(account)
    found: list[Task] = []
    if Permission.NOTICE_WRITE in allowed:
        found += _of_hr(session, courses, on)
    if Permission.KEY_HOLD in allowed:
        found += _of_representative(session, account, courses, on)
    if who is not None:
        found += due.steps(session, courses, who, on=on)
        found += due.contested(session, who, on=on) if who.is_hr else ()
        found += due.of_meetings(session, account, who, on=on)
    if Permission.PEOPLE_MANAGE in allowed:
        found += _of_administrator(session)
    return by_urgency(found)


def followed_bodies(account: Account) -> Collection[UUID] | None:
    """Bodies whose consultations this account follows; None: the employer's side, all of them."""
    reader = reader_of(account)
    return None if reader.side is Side.EMPLOYER else reader.body_ids


def _of_hr(session: Session, courses: Sequence[Course], on: date) -> Iterator[Task]:
    for notice in queries.in_review(session):
        draft = notices.draft(notice)
        is_approved = draft is not None and draft.review is Review.APPROVED
        yield Task(
            title_of(notice, with_draft=True),
            url_for("notices.edit", slug=notice.slug),
            _("Send it") if is_approved else _("Read it over"),
            _("Approved, ready to be sent.")
            if is_approved
            else _("A colleague asks for a second pair of eyes."),
        )
    for late in notices.overdue(session, on):
        yield Task(
            _("Late answers in %(title)s", title=late.title.shown(locale())[0]),
            url_for("notices.edit", slug=late.slug, section="unknowns"),
            _("Answer"),
            ngettext(
                "%(num)s answer promised in the notice is late; a new revision brings it.",
                "%(num)s answers promised in the notice are late; a new revision brings them.",
                late.count,
            ),
            due=late.due_on,
        )
    for notice, before in states.unexplained(session, on=on):
        early = before.unexplained
        yield Task(
            _("Dates of %(title)s", title=title_of(notice)),
            url_for("consultations.early_dates", slug=notice.slug),
            _("Give the reason"),
            ngettext(
                "%(num)s date comes before the end of the procedure, without a reason.",
                "%(num)s dates come before the end of the procedure, without a reason.",
                len(early),
            ),
            due=early[0].planned.day,
        )
    yield from _to_answer(session, {one.consultation.id: one.run for one in courses}, on)
    yield from due.expert_requests(session)
    for one in commitments.due(session, until=on + timedelta(days=AHEAD_DAYS)):
        is_contested = one.state is CommitmentState.CONTESTED
        yield Task(
            one.title.shown(locale())[0],
            url_for("commitments.page", commitment_id=one.id),
            _("See"),
            _("Contested by the representatives.") if is_contested else _("A commitment to keep."),
            due=one.due_on,
        )


def _to_answer(session: Session, runs: Mapping[UUID, Run | None], on: date) -> Iterator[Task]:
    """Questions, themes and opinions without an answer; nobody answers on a notice that was withdrawn.
    Letters about files that were sent."""
    for letter in dossiers.unanswered(session):
        yield Task(
            _("Letter of %(body)s: %(name)s", body=letter.dossier.body.name, name=letter.dossier.name),
            url_for("dossiers.answer", letter_id=letter.id),
            _("Answer"),
            due=letter.due_on,
            since=letter.sent_on,
        )
    for question, notice in questions.unanswered(session):
        if notice.state is NoticeState.WITHDRAWN:
            continue
        yield Task(
            _("Question %(number)s: %(text)s", number=question.number, text=question.text.shown(locale())[0]),
            url_for("questions.answer", question_id=question.id),
            _("Answer"),
            due=question.expected_on,
            since=question.asked_on,
        )
    for theme in concerns.unanswered(session):
        if theme.notice.state is NoticeState.WITHDRAWN:
            continue
        title = theme.title.shown(locale())[0] if theme.title else ""
        yield Task(
            _("Theme without an answer: %(title)s", title=title),
            url_for("concerns.answer", theme_id=theme.id),
            _("Answer"),
            since=theme.published_on,
        )
    unanswered = [
        one
        for one in opinions.unanswered(session)
        if one.consultation.notice.state is not NoticeState.WITHDRAWN
    ]
    queries.load_titles(session, [one.consultation.notice_id for one in unanswered])
    for opinion in unanswered:
        yield Task(
            _("Reasoned response on %(title)s", title=title_of(opinion.consultation.notice)),
            url_for("opinions.respond", consultation_id=opinion.consultation_id),
            _("Respond"),
            answers.waited(opinion.given_on, on),
            due=opinion.consultation.next_due_on,
            since=opinion.given_on,
            is_proposed=is_only_proposed(runs.get(opinion.consultation_id), *RESPONSE),
        )
    yield from answers.for_employer(session, on)


def _of_representative(
    session: Session, account: Account, courses: Sequence[Course], on: date
) -> Iterator[Task]:
    key = keyholders.of_account(session, account.id)
    yield from key_tasks(session, account, key, on=on)
    mine = keyholders.letterboxes(session, account.id)
    held = {one.id: Window(one.opens_on, one.closes_on) for one in mine}
    to_count = {one.id for one in mine if one.told.get("poll") and one.is_closed and not one.is_counted}
    to_sort, unread = queries.to_sort(session, held), queries.unread(session, account.id)
    if Permission.LETTERBOX_OPEN not in permissions(account):
        yield from _to_sort_from_outside(session, account, to_sort)
        return
    bodies = acting_body_ids(account)
    commented = opinions.commented(session, bodies)
    ours = [one for one in courses if one.consultation.body_id in bodies]
    running = [one.consultation for one in ours]
    runs = {one.consultation.id: one.run for one in ours}
    boxes = {one.letterbox_id for one in running if one.letterbox_id is not None}
    without_slips = passes.without_slips(session, boxes, on=on)
    not_invited = passes.not_invited(session, boxes, on=on)
    for consultation in running:
        if consultation.id in unread:
            yield _notice_received(consultation)
        if consultation.letterbox_id in without_slips:
            yield _to_make_slips(consultation, without_slips[consultation.letterbox_id])
        if consultation.letterbox_id in not_invited:
            yield _to_invite(consultation, not_invited[consultation.letterbox_id])
        yield from _of_consultation(consultation, runs[consultation.id], to_sort, on)
        if consultation.letterbox_id in to_count:
            yield _poll_to_count(consultation)
        if (consultation.notice_id, consultation.body_id) not in commented:
            yield from _to_comment(consultation)
    for letter in dossiers.late(session, bodies, on=on):
        yield Task(
            _("No answer to the letter: %(name)s", name=letter.dossier.name),
            url_for("dossiers.page", dossier_id=letter.dossier_id),
            _("See"),
            _("Your body asked for it by a date that has passed. It can write again."),
            due=letter.due_on,
        )
    yield from answers.for_body(session, bodies, on)
    who = Who.of(account)
    if who is not None:
        yield from due.awaited_answers(session, who)
    for one in commitments.to_judge(session, bodies):
        yield Task(
            _("Confirm or contest: %(title)s", title=one.title.shown(locale())[0]),
            url_for("commitments.page", commitment_id=one.id),
            _("Verify"),
            _("The employer says that it is done."),
        )


def _to_sort_from_outside(session: Session, account: Account, to_sort: Mapping[bytes, int]) -> Iterator[Task]:
    """For a keyholder without a mandate, who follows no consultation."""
    for box in keyholders.letterboxes(session, account.id):
        if to_sort.get(box.id):
            told = box.told.get("title", {})
            yield Task(
                _("Messages on %(title)s", title=told.get(locale()) or told.get("fr") or ""),
                url_for("concerns.desk", box=box.id.hex()),
                _("Go to the desk"),
                ngettext("%(num)s message to sort.", "%(num)s messages to sort.", to_sort[box.id]),
            )


def _notice_received(consultation: Consultation) -> Task:
    sent = [one.day for one in consultation.facts if one.kind is FactKind.SENT]
    return Task(
        _("Notice received: %(title)s", title=title_of(consultation.notice)),
        url_for("workspace.consultation", consultation_id=consultation.id),
        _("Read it"),
        _("Opening it shows that you received it."),
        since=min(sent, default=None),
    )


def _to_make_slips(consultation: Consultation, opens_on: date) -> Task:
    assert consultation.letterbox_id is not None
    return Task(
        _("Paper slips for %(title)s", title=title_of(consultation.notice)),
        url_for("passes.slips", box=consultation.letterbox_id.hex()),
        _("Make them"),
        _("The letterbox takes slips, and none is in circulation."),
        due=opens_on,
    )


def _poll_to_count(consultation: Consultation) -> Task:
    assert consultation.letterbox_id is not None
    return Task(
        _("The poll on %(title)s", title=title_of(consultation.notice)),
        url_for("concerns.count", box=consultation.letterbox_id.hex()),
        _("Open the count"),
        _("Once, for everybody at the same time."),
    )


def _to_invite(consultation: Consultation, opens_on: date) -> Task:
    assert consultation.letterbox_id is not None
    return Task(
        _("Invitations for %(title)s", title=title_of(consultation.notice)),
        url_for("passes.invitations", box=consultation.letterbox_id.hex()),
        _("Send the invitations"),
        _("The letterbox takes invitations, and none was sent."),
        due=opens_on,
    )


def _to_comment(consultation: Consultation) -> Iterator[Task]:
    """Something the body may do, never something that is late: it stands among what comes next."""
    if consultation.stage in BEFORE_OPINION and consultation.next_due_on is not None:
        yield Task(
            _("Comment beside %(title)s", title=title_of(consultation.notice)),
            url_for("opinions.comment", consultation_id=consultation.id),
            _("Write it"),
            _("A few words of the body beside the two-minute page, if it wishes."),
            due=consultation.next_due_on,
            is_proposed=True,
        )


def _of_consultation(
    consultation: Consultation, run: Run | None, to_sort: Mapping[bytes, int], on: date
) -> Iterator[Task]:
    box = consultation.letterbox_id
    title = title_of(consultation.notice)
    page = url_for("workspace.consultation", consultation_id=consultation.id)
    facts = {one.kind for one in consultation.facts}
    if box is None and FactKind.OPINION_GIVEN not in facts:
        yield Task(
            _("Open a letterbox on %(title)s", title=title),
            url_for("consultations.open_letterbox", consultation_id=consultation.id),
            _("Open it"),
            _("So that employees can say what they think before the opinion."),
        )
    if box is not None and box in to_sort and consultation.stage in LISTENED_TO:
        yield Task(
            _("Messages on %(title)s", title=title),
            url_for("concerns.desk", box=box.hex()),
            _("Go to the desk"),
            ngettext("%(num)s message to sort.", "%(num)s messages to sort.", to_sort[box]),
        )
    template = templates().get(consultation.template)
    if consultation.stage in BEFORE_OPINION and template is not None and template.has_opinion:
        due_on = consultation.next_due_on
        is_over = due_on is not None and due_on < on and template.expiry.state == DEEMED_NEGATIVE
        yield Task(
            _("Opinion on %(title)s", title=title),
            page,
            _("See"),
            _("From the facts recorded, the period has ended.") if is_over else "",
            due=due_on,
            is_proposed=is_only_proposed(run, "opinion"),
        )
    elif consultation.stage is Stage.OPINION_GIVEN:
        yield Task(
            _("Reasoned response on %(title)s", title=title),
            page,
            _("See"),
            answers.waited(
                min((o.day for o in consultation.facts if o.kind is FactKind.OPINION_GIVEN), default=on), on
            ),
            due=consultation.next_due_on,
            is_mine=False,
            is_proposed=is_only_proposed(run, *RESPONSE),
        )


def next_dates(courses: Sequence[Course], *, on: date) -> list[tuple[date, str, str]]:
    """``(day, what, address)`` of what comes next in these consultations, at most five."""
    found = []
    for each in courses:
        one = each.consultation
        if one.next_due_on is not None and one.next_due_on >= on:
            page = url_for("workspace.consultation", consultation_id=one.id)
            found.append((one.next_due_on, _what_is_next(each), page))
    return found[:5]


def _what_is_next(each: Course) -> str:
    one, run = each.consultation, each.run
    title = title_of(one.notice)
    if one.stage is Stage.OPINION_GIVEN:
        return str(_("Response on %(title)s", title=title))
    if run is not None and not run.template.has_opinion and run.next is not None:
        return str(_("%(what)s: %(about)s", what=run.next.step.label.shown(locale()), about=title))
    return str(_("Opinion on %(title)s", title=title))


def _of_administrator(session: Session) -> Iterator[Task]:
    missing = len(people.profile(session).missing)
    if missing:
        yield Task(
            _("Questions of the set-up"),
            url_for("profile.set_up"),
            _("Answer"),
            ngettext("%(num)s question has no answer yet.", "%(num)s questions have no answer yet.", missing),
        )
    count = queries.representatives_without_mandate(session)
    if count:
        yield Task(
            _("Representatives without a mandate"),
            url_for("people.people"),
            _("Give a mandate"),
            _("Without one they see nothing."),
        )

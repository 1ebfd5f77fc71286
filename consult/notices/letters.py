"""Mail to those who write notices: links only."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from consult.core.i18n import _l
from consult.mail import services as mail
from consult.notices import queries
from consult.notices.models import Notice
from consult.people import queries as people
from consult.people.models import Account
from consult.people.rules import Rhythm, Role


def _writers(session: Session) -> list[Account]:
    return [
        one for one in people.accounts(session) if one.role is Role.HR_PUBLISHER and one.is_active
    ]  # fmt: skip


def noted(session: Session, notice: Notice, *, actor: Account) -> int:
    """To whoever wrote the notice and to those who wrote notes on it, but not to who writes this one: there
    is a new note. Returns how many were written to."""
    writers = {notice.author_id: notice.author}
    writers |= {one.author_id: one.author for one in queries.notes(session, notice.id)}
    told = [one for one in writers.values() if one.is_active and one.id != actor.id]
    for reader in told:
        title = notice.revisions[-1].title.shown(reader.locale)[0]
        mail.queue(
            session,
            to=reader.email,
            locale=reader.locale,
            subject=_l("A note on %(title)s", title=title),
            template="notices/noted",
            about=f"notice:{notice.id}",
            written_by=actor.name,
            title=title,
            action_url=mail.address("notices.notes", reader.locale, slug=notice.slug),
        )
    return len(told)


def review_asked(session: Session, notice: Notice, *, actor: Account) -> int:
    """To everybody else who writes notices: one waits for a second pair of eyes. Returns how many were
    written to."""
    revision = queries.draft(notice)
    assert revision is not None, "only what is being written is reread"
    readers = [one for one in _writers(session) if one.id != actor.id]
    for reader in readers:
        title = revision.title.shown(reader.locale)[0]
        mail.queue(
            session,
            to=reader.email,
            locale=reader.locale,
            subject=_l("A notice waits to be reread: %(title)s", title=title),
            template="notices/review_asked",
            about=f"notice:{notice.id}",
            asked_by=actor.name,
            title=title,
            action_url=mail.address("notices.edit", reader.locale, slug=notice.slug),
        )
    return len(readers)


def redacted(session: Session, notice: Notice, *, on: date) -> int:
    """To the members of every body that received the notice: a person's data was taken out of it. Returns
    how many were written to."""
    count = 0
    for body_id in notice.body_ids:
        body = people.body(session, UUID(body_id))
        for mandate in people.staff_members(session, UUID(body_id), on=on):
            to = mandate.account
            mail.queue(
                session,
                to=to.email,
                locale=to.locale,
                subject=_l("A text was removed from a notice"),
                template="notices/redacted",
                about=f"notice:{notice.id}",
                body=body.name if body is not None else "",
                number=notice.number,
                action_url=mail.address("reading.notice_signed", to.locale, slug=notice.slug),
            )
            count += 1
    return count


def about_unknowns(notice_id: UUID) -> str:
    """What a reminder of late answers is filed under."""
    return f"unknowns:{notice_id}"


def answers_late(session: Session, late: queries.Overdue) -> int:
    """To everybody who writes notices and wants each reminder by itself: answers the employer promised in one
    are late. Who chose a digest reads it there. Returns how many were written to."""
    organisation, writers = people.organisation(session), _writers(session)
    rhythms = people.rhythms(session, writers)
    readers = [one for one in writers if rhythms[one.id] is Rhythm.EACH]
    for reader in readers:
        title = late.title.shown(reader.locale)[0]
        mail.queue(
            session,
            to=reader.email,
            locale=reader.locale,
            subject=_l("Answers promised in a notice are late: %(title)s", title=title),
            template="notices/answers_late",
            about=about_unknowns(late.notice_id),
            organisation_name=organisation.name if organisation is not None else "",
            title=title,
            count=late.count,
            since=late.due_on,
            action_url=mail.address("notices.edit", reader.locale, slug=late.slug, section="unknowns"),
        )
    return len(readers)

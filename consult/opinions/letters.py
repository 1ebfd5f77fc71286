"""Mail about opinions and responses: links only."""

from __future__ import annotations

from sqlalchemy.orm import Session

from consult.commitments import queries as commitments
from consult.core import clock
from consult.core.i18n import _l
from consult.mail import services as mail
from consult.opinions.draft_models import Draft
from consult.opinions.models import Opinion, Remark, Response
from consult.opinions.motions import ACTING
from consult.opinions.vote_models import Statement
from consult.people import queries as people
from consult.people.models import Account


def opinion_given(session: Session, opinion: Opinion) -> None:
    """To the notice's author: the body gave its opinion, a reasoned response is awaited."""
    consultation = opinion.consultation
    to = consultation.notice.author
    mail.queue(
        session,
        to=to.email,
        locale=to.locale,
        subject=_l("%(body)s gave its opinion", body=consultation.body.name),
        template="opinions/given",
        about=f"opinion:{opinion.id}",
        body=consultation.body.name,
        notice_title=commitments.title_of(consultation.notice, to.locale),
        link=mail.address("opinions.respond", to.locale, consultation_id=consultation.id),
    )


def response_given(session: Session, response: Response) -> None:
    """To the members of the body: the reasoned response is there."""
    consultation = response.opinion.consultation
    for mandate in people.staff_members(session, consultation.body_id, on=clock.today()):
        to = mandate.account
        mail.queue(
            session,
            to=to.email,
            locale=to.locale,
            subject=_l("The employer gave its reasoned response"),
            template="opinions/answered",
            about=f"response:{response.id}",
            body=consultation.body.name,
            notice_title=commitments.title_of(consultation.notice, to.locale),
            link=mail.address("reading.notice_signed", to.locale, slug=consultation.notice.slug),
        )


def commented(session: Session, remark: Remark) -> None:
    """To the notice's author: the body wrote a comment beside it."""
    to = remark.notice.author
    mail.queue(
        session,
        to=to.email,
        locale=to.locale,
        subject=_l("%(body)s wrote a comment beside your notice", body=remark.body.name),
        template="opinions/commented",
        about=f"remark:{remark.id}",
        body=remark.body.name,
        notice_title=commitments.title_of(remark.notice, to.locale),
        link=mail.address("reading.notice_signed", to.locale, slug=remark.notice.slug),
    )


def draft_begun(session: Session, draft: Draft, actor: Account) -> None:
    """To the other members of the body: a draft is there to be read. Nobody else hears of it."""
    consultation = draft.consultation
    for mandate in people.staff_members(session, consultation.body_id, on=clock.today()):
        to = mandate.account
        if mandate.role not in ACTING or to.id == actor.id:
            continue
        mail.queue(
            session,
            to=to.email,
            locale=to.locale,
            subject=_l("A draft is there to be read"),
            template="opinions/draft",
            about=f"draft:{draft.id}",
            body=consultation.body.name,
            link=mail.address("opinions.draft", to.locale, consultation_id=consultation.id),
        )


def stated(session: Session, statement: Statement) -> None:
    """To the notice's author: the body put on record something that is no opinion."""
    consultation = statement.consultation
    to = consultation.notice.author
    mail.queue(
        session,
        to=to.email,
        locale=to.locale,
        subject=_l("%(body)s put a statement on record", body=consultation.body.name),
        template="opinions/stated",
        about=f"statement:{statement.id}",
        body=consultation.body.name,
        notice_title=commitments.title_of(consultation.notice, to.locale),
        link=mail.address("reading.notice_signed", to.locale, slug=consultation.notice.slug),
    )

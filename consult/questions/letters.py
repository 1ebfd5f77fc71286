"""Mail about questions: links only, never the text."""

from __future__ import annotations

from sqlalchemy.orm import Session

from consult.commitments import queries as commitments
from consult.core.i18n import _l
from consult.mail import services as mail
from consult.notices.models import Notice
from consult.questions.models import Question


def asked(session: Session, notice: Notice, question: Question) -> None:
    """To the notice's author: a question waits for an answer."""
    to = notice.author
    mail.queue(
        session,
        to=to.email,
        locale=to.locale,
        subject=_l("Question %(number)s waits for your answer", number=question.number),
        template="questions/asked",
        about=f"question:{question.id}",
        number=question.number,
        body=question.body.name,
        expected=question.expected_on,
        notice_title=commitments.title_of(notice, to.locale),
        link=mail.address("questions.answer", to.locale, question_id=question.id),
    )


def declared(session: Session, notice: Notice, question: Question) -> None:
    """To the notice's author: the body declared the question unanswered."""
    to = notice.author
    mail.queue(
        session,
        to=to.email,
        locale=to.locale,
        subject=_l("Question %(number)s was declared unanswered", number=question.number),
        template="questions/declared",
        about=f"question:{question.id}",
        number=question.number,
        body=question.body.name,
        notice_title=commitments.title_of(notice, to.locale),
        link=mail.address("questions.answer", to.locale, question_id=question.id),
    )


def answered(session: Session, notice: Notice, question: Question) -> None:
    """To the member who asked: the answer is there."""
    to = question.asker
    mail.queue(
        session,
        to=to.email,
        locale=to.locale,
        subject=_l("Question %(number)s was answered", number=question.number),
        template="questions/answered",
        about=f"question:{question.id}",
        number=question.number,
        notice_title=commitments.title_of(notice, to.locale),
        link=mail.address("reading.notice_signed", to.locale, slug=notice.slug),
    )


def handed_over(session: Session, question: Question) -> None:
    """To the member who asked: the employer handed a document over that the whole body may open."""
    to = question.asker
    mail.queue(
        session,
        to=to.email,
        locale=to.locale,
        subject=_l("A document was handed over on question %(number)s", number=question.number),
        template="questions/handed_over",
        about=f"question:{question.id}",
        number=question.number,
        notice_title=commitments.title_of(question.notice, to.locale),
        link=mail.address("workspace.consultations", to.locale),
    )

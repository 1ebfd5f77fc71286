"""Following up a point that is not settled."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.commitments import queries as commitments
from consult.core import clock
from consult.core.db import db
from consult.core.errors import WrongState
from consult.core.i18n import _
from consult.notices import queries as notices
from consult.notices.rules import NoticeState
from consult.opinions import pending, responding
from consult.opinions.pending import Asked
from consult.opinions.point_words import STANCES
from consult.opinions.points import AlreadySettled, AnsweredMeanwhile, AnswerIncomplete
from consult.opinions.response_forms import FollowUpForm, words_of
from consult.opinions.views.room import bp
from consult.people.access import requires, signed_in
from consult.people.rules import Permission


@bp.route("/opinion-points/<uuid:point_id>/follow-up", methods=["GET", "POST"])
@requires(Permission.RESPONSE_GIVE, of=pending.asked)
def follow_up(asked: Asked) -> ResponseReturnValue:
    """A further dated answer to a point without an answer, under study or in negotiation."""
    point, consultation = asked.point, asked.opinion.consultation
    if asked.opinion.response is None:
        return redirect(url_for("opinions.respond", consultation_id=consultation.id), 303)
    answers = pending.answers_to(asked.opinion.response, point)
    start = {**words_of(point), "follows": str(len(answers))}
    form = FollowUpForm.submitted() if request.method == "POST" else FollowUpForm(data=start)
    form.written_in(commitments.source_of(consultation.notice)).code = point.code
    if request.method == "GET":
        return _page(asked, form)
    if not form.validate():
        return _page(asked, form, status=400)
    try:
        responding.follow_up(
            db.session, point, form.answer, follows=form.base, actor=signed_in(), on=clock.today(),
            once=form.once_id,
        )  # fmt: skip
    except AnswerIncomplete:
        db.session.rollback()
        form.stance.errors = [_("Something is missing in this answer.")]
        return _page(asked, form, status=400)
    except (AlreadySettled, AnsweredMeanwhile, WrongState) as error:
        db.session.rollback()
        return _page(asked, form, status=409, why=type(error).__name__)
    db.session.commit()
    flash(_("The answer is given. %(body)s was told.", body=consultation.body.name), "ok")
    return redirect(url_for("opinions.respond", consultation_id=consultation.id), 303)


def _page(asked: Asked, form: FollowUpForm, status: int = 200, why: str = "") -> ResponseReturnValue:
    opinion = asked.opinion
    standing = pending.standing_of(asked.point, opinion, on=clock.today())
    if why == AnsweredMeanwhile.__name__:
        form.follows.data = str(len(standing.answers))  # read again, it may be sent
    page = render_template(
        "opinions/follow_up.html",
        form=form,
        point=asked.point,
        standing=standing,
        stances=dict(STANCES),
        consultation=opinion.consultation,
        revision=notices.published(opinion.consultation.notice),
        is_over=opinion.consultation.notice.state is not NoticeState.PUBLISHED,
        why=why,
    )
    return page, status

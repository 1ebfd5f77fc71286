"""The body’s comment beside the two-minute page."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.commitments import queries as commitments
from consult.consultations import queries as consultations
from consult.consultations.models import Consultation
from consult.core import clock
from consult.core.db import db
from consult.core.errors import EditedMeanwhile, NotFound, WrongState
from consult.core.i18n import _
from consult.notices import queries as notices
from consult.notices.rules import NoticeState
from consult.opinions import queries, remarks
from consult.opinions.forms import (
    CommentForm,
    WithdrawForm,
)
from consult.opinions.models import Remark
from consult.opinions.rules import (
    REMARK_WORDS,
    NotAdopted,
    majority,
)
from consult.opinions.views.room import ROUTE, bp
from consult.people import delegations
from consult.people.access import requires, signed_in, weigh
from consult.people.models import Delegation
from consult.people.rules import Permission
from consult.people.seats import DelegatedAct, NotDelegated


@bp.route(f"{ROUTE}/remark", methods=["GET", "POST"])
@requires(Permission.OPINION_GIVE, of=consultations.by_id)
def comment(consultation: Consultation) -> ResponseReturnValue:
    """The body's comment: the one that stands, its history, and the next, which takes its place."""
    source = commitments.source_of(consultation.notice)
    if request.method == "GET":
        start = _next_comment(_remarks(consultation)).written_in(source)
        return _comment_page(consultation, start.under(_delegations(consultation)))
    form = CommentForm.submitted().written_in(source).under(_delegations(consultation))
    if not form.validate():
        return _comment_page(consultation, form, status=400)
    try:
        remarks.comment(
            db.session,
            consultation,
            text=form.localized("text"),
            votes=form.votes,
            delegation=form.delegation,
            follows=form.follows,
            actor=signed_in(),
            on=clock.today(),
            once=form.once_id,
        )
    except (NotAdopted, NotDelegated, EditedMeanwhile, WrongState) as error:
        db.session.rollback()
        return _comment_page(consultation, form, status=409, why=type(error).__name__)
    weigh(consultation.body, form.votes, on=clock.today())
    db.session.commit()
    flash(_("The comment is recorded. Whoever reads the notice reads it."), "ok")
    return redirect(url_for("opinions.comment", consultation_id=consultation.id), 303)


def _delegations(consultation: Consultation) -> list[Delegation]:
    body_id, today = consultation.body_id, clock.today()
    return delegations.running(db.session, body_id, signed_in(), DelegatedAct.REMARK, on=today)


def _remarks(consultation: Consultation) -> list[Remark]:
    return queries.remarks_of(db.session, consultation.notice_id, consultation.body_id)


def _next_comment(written: list[Remark]) -> CommentForm:
    """A correction begins with what stands."""
    if not written:
        return CommentForm()
    texts = written[0].text.texts if written[0].withdrawn_on is None else {}
    start = {f"text_{language}": text for language, text in texts.items()}
    return CommentForm(data={"base": str(written[0].number), **start})


def _comment_page(
    consultation: Consultation, form: CommentForm, status: int = 200, why: str = ""
) -> ResponseReturnValue:
    written = _remarks(consultation)
    if why == EditedMeanwhile.__name__:
        form.base.data = str(written[0].number) if written else "0"  # read again, it may be sent
    page = render_template(
        "opinions/comment.html",
        form=form,
        consultation=consultation,
        revision=notices.published(consultation.notice),
        written=written,
        is_over=consultation.notice.state is not NoticeState.PUBLISHED,
        most=REMARK_WORDS,
        needed=majority(sum(form.tally.values())),
        why=why,
    )
    return page, status


@bp.route(f"{ROUTE}/remark/withdraw", methods=["GET", "POST"])
@requires(Permission.OPINION_GIVE, of=consultations.by_id)
def withdraw_comment(consultation: Consultation) -> ResponseReturnValue:
    """Takes the comment that stands back, by a vote."""
    written = _remarks(consultation)
    if not written:
        raise NotFound
    form = WithdrawForm.submitted() if request.method == "POST" else WithdrawForm()
    form.under(_delegations(consultation))
    if request.method == "GET" or not form.validate():
        return _withdraw_page(consultation, written[0], form, 200 if request.method == "GET" else 400)
    try:
        remarks.withdraw_comment(
            db.session, written[0], votes=form.votes, delegation=form.delegation, actor=signed_in(),
            on=clock.today(),
        )  # fmt: skip
    except (NotAdopted, NotDelegated) as error:
        db.session.rollback()
        why = type(error).__name__
        return _withdraw_page(consultation, _remarks(consultation)[0], form, 409, why=why)
    weigh(consultation.body, form.votes, on=clock.today())
    db.session.commit()
    flash(_("The comment is withdrawn. It is no longer shown beside the notice."), "ok")
    return redirect(url_for("opinions.comment", consultation_id=consultation.id), 303)


def _withdraw_page(
    consultation: Consultation, remark: Remark, form: WithdrawForm, status: int, why: str = ""
) -> ResponseReturnValue:
    page = render_template(
        "opinions/withdraw.html",
        form=form,
        consultation=consultation,
        revision=notices.published(consultation.notice),
        remark=remark,
        why=why,
        needed=majority(sum(form.tally.values())),
    )
    return page, status

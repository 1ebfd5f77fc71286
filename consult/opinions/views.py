"""Pages of this room: the body's opinion, its comment beside a notice, the employer's reasoned response."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.commitments import queries as commitments
from consult.commitments.models import Commitment
from consult.consultations import queries as consultations
from consult.consultations.models import Consultation
from consult.core import clock
from consult.core.db import db
from consult.core.errors import EditedMeanwhile, NotFound, WrongState
from consult.core.i18n import _, ngettext
from consult.core.localized import Localized
from consult.notices import queries as notices
from consult.notices.rules import NoticeState
from consult.opinions import queries, services
from consult.opinions.forms import (
    POSITIONS,
    ROWS,
    STANCES,
    CommentForm,
    OpinionForm,
    ResponseForm,
    WithdrawForm,
    response_form,
)
from consult.opinions.models import Opinion, Remark
from consult.opinions.rules import (
    REMARK_WORDS,
    NotAdopted,
    OpinionExists,
    PointKind,
    PointsMissing,
    Position,
    ResponseExists,
    is_adopted,
    majority,
)
from consult.people.access import requires, signed_in
from consult.people.rules import Permission
from consult.register import queries as register
from consult.web import spaces
from consult.web.errors import NEVER_CARRIED

bp = Blueprint("opinions", __name__, url_prefix=spaces.WORKSPACE)
_ROUTE = "/consultations/<uuid:consultation_id>"
_ADD = {f"add-{name}": kind for kind, name in ROWS.items()}


@bp.route(f"{_ROUTE}/opinion", methods=["GET", "POST"])
@requires(Permission.OPINION_GIVE, of=consultations.by_id)
def give(consultation: Consultation) -> ResponseReturnValue:
    """The opinion as adopted: written, shown whole with the result of the vote, then recorded."""
    source = commitments.source_of(consultation.notice)
    if request.method == "GET":
        given = queries.of_consultation(db.session, consultation.id)
        if given is not None:
            return _given_page(given)
        return _form_page(consultation, OpinionForm().written_in(source))
    form = OpinionForm.submitted()
    act = request.form.get("act", "review")
    if act in _ADD:
        form.add_row(_ADD[act])
    form.written_in(source)
    if act in _ADD or act == "edit":
        return _form_page(consultation, form)
    if not form.validate():
        return _form_page(consultation, form, status=400)
    if act != "confirm":
        return _review_page(consultation, form)
    return _record(consultation, form)


def _record(consultation: Consultation, form: OpinionForm) -> ResponseReturnValue:
    try:
        opinion = services.give(
            db.session,
            consultation,
            text=form.localized("text"),
            position=Position(form.position.data),
            points=form.points,
            votes=form.tally,
            actor=signed_in(),
            on=clock.today(),
            once=form.once_id,
        )
    except NotAdopted:
        db.session.rollback()
        return _review_page(consultation, form, status=409)
    except OpinionExists:
        db.session.rollback()
        given = queries.of_consultation(db.session, consultation.id)
        return (
            _given_page(given, typed=form, status=409)
            if given
            else _form_page(consultation, form, status=409)
        )
    except WrongState:
        db.session.rollback()
        return _form_page(consultation, form, status=409, is_closed=True)
    db.session.commit()
    flash(_adopted(form.tally), "ok")
    return redirect(url_for("workspace.consultation", consultation_id=opinion.consultation_id), 303)


def _adopted(votes: dict[str, int]) -> str:
    return str(
        ngettext(
            "Opinion adopted by %(num)s vote of %(present)s. Its text can no longer change.",
            "Opinion adopted by %(num)s votes of %(present)s. Its text can no longer change.",
            votes["for"],
            present=sum(votes.values()),
        )
    )


def _form_page(
    consultation: Consultation, form: OpinionForm, status: int = 200, is_closed: bool = False
) -> ResponseReturnValue:
    page = render_template(
        "opinions/give.html",
        form=form,
        consultation=consultation,
        revision=notices.published(consultation.notice),
        is_closed=is_closed,
    )
    return page, status


def _review_page(consultation: Consultation, form: OpinionForm, status: int = 200) -> ResponseReturnValue:
    votes = form.tally
    page = render_template(
        "opinions/review.html",
        form=form,
        consultation=consultation,
        revision=notices.published(consultation.notice),
        text=form.localized("text"),
        position=dict(POSITIONS)[Position(form.position.data)],
        points=_numbered(form),
        votes=votes,
        present=sum(votes.values()),
        needed=majority(sum(votes.values())),
        is_adopted=is_adopted(votes["for"], votes["against"], votes["abstentions"]),
        carried=[
            (name, value)
            for name, value in request.form.items(multi=True)
            if name != "act" and name not in NEVER_CARRIED
        ],
    )
    return page, status


def _numbered(form: OpinionForm) -> list[tuple[PointKind, int, Localized]]:
    """``(kind, number, text)`` as they will be numbered."""
    found = []
    for kind in PointKind:
        texts = [text for of_kind, text in form.points if of_kind is kind]
        found += [(kind, number, text) for number, text in enumerate(texts, start=1)]
    return found


def _given_page(opinion: Opinion, typed: OpinionForm | None = None, status: int = 200) -> ResponseReturnValue:
    page = render_template("opinions/given.html", typed=typed, **_whole(opinion))
    return page, status


@bp.route(f"{_ROUTE}/response", methods=["GET", "POST"])
@requires(Permission.RESPONSE_GIVE, of=consultations.by_id)
def respond(consultation: Consultation) -> ResponseReturnValue:
    """The reasoned response, point by point; once given, each point may become a commitment."""
    opinion = queries.of_consultation(db.session, consultation.id)
    if opinion is None:
        if request.method == "POST":
            raise WrongState("opinion", "not given")
        return render_template("opinions/none_yet.html", consultation=consultation)
    build = response_form(opinion.points)
    source = commitments.source_of(consultation.notice)
    if request.method == "GET":
        if opinion.response is not None:
            return _answered_page(opinion)
        return _respond_page(opinion, build().written_in(source))
    form = build.submitted().written_in(source).name_points(opinion.points)
    if not form.validate():
        return _respond_page(opinion, form, status=400)
    return _record_response(consultation, opinion, form)


def _record_response(consultation: Consultation, opinion: Opinion, form: ResponseForm) -> ResponseReturnValue:
    try:
        services.respond(
            db.session,
            opinion,
            text=form.localized("text"),
            points=form.answers(opinion.points),
            actor=signed_in(),
            on=clock.today(),
            once=form.once_id,
        )
    except PointsMissing as error:
        db.session.rollback()
        form.mark_missing(error.numbers)
        return _respond_page(opinion, form, status=400)
    except ResponseExists:
        db.session.rollback()
        return _answered_page(opinion, typed=form, status=409)
    db.session.commit()
    flash(_("The reasoned response is given. %(body)s was told.", body=consultation.body.name), "ok")
    return redirect(url_for("opinions.respond", consultation_id=consultation.id), 303)


def _respond_page(opinion: Opinion, form: ResponseForm, status: int = 200) -> ResponseReturnValue:
    page = render_template("opinions/respond.html", form=form, **_whole(opinion))
    return page, status


def _answered_page(
    opinion: Opinion, typed: ResponseForm | None = None, status: int = 200
) -> ResponseReturnValue:
    page = render_template("opinions/answered.html", typed=typed, **_whole(opinion))
    return page, status


def _whole(opinion: Opinion) -> dict[str, object]:
    """What every page that shows an opinion needs."""
    consultation, resolution = opinion.consultation, opinion.resolution
    present = resolution.votes_for + resolution.votes_against + resolution.abstentions
    return {
        "consultation": consultation,
        "revision": notices.published(consultation.notice),
        "opinion": opinion,
        "position": dict(POSITIONS)[opinion.position],
        "stances": dict(STANCES),
        "present": present,
        "needed": majority(present),
        "kept": _commitments(opinion),
    }


def _commitments(opinion: Opinion) -> dict[UUID, list[Commitment]]:
    """What each point led to."""
    effects = register.effects_of(db.session, [one.ref for one in opinion.points])
    known = {one.ref: one for one in commitments.of_notice(db.session, opinion.consultation.notice_id)}
    return {
        point.id: [known[ref] for ref in effects.get(str(point.ref), []) if ref in known]
        for point in opinion.points
    }


# ── the comment beside the two-minute page ─────────────────────────────────────


@bp.route(f"{_ROUTE}/remark", methods=["GET", "POST"])
@requires(Permission.OPINION_GIVE, of=consultations.by_id)
def comment(consultation: Consultation) -> ResponseReturnValue:
    """The body's comment: the one that stands, its history, and the next, which takes its place."""
    source = commitments.source_of(consultation.notice)
    if request.method == "GET":
        return _comment_page(consultation, _next_comment(_remarks(consultation)).written_in(source))
    form = CommentForm.submitted().written_in(source)
    if not form.validate():
        return _comment_page(consultation, form, status=400)
    try:
        services.comment(
            db.session,
            consultation,
            text=form.localized("text"),
            votes=form.tally,
            follows=form.follows,
            actor=signed_in(),
            on=clock.today(),
            once=form.once_id,
        )
    except (NotAdopted, EditedMeanwhile, WrongState) as error:
        db.session.rollback()
        return _comment_page(consultation, form, status=409, why=type(error).__name__)
    db.session.commit()
    flash(_("The comment is recorded. Whoever reads the notice reads it."), "ok")
    return redirect(url_for("opinions.comment", consultation_id=consultation.id), 303)


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


@bp.route(f"{_ROUTE}/remark/withdraw", methods=["GET", "POST"])
@requires(Permission.OPINION_GIVE, of=consultations.by_id)
def withdraw_comment(consultation: Consultation) -> ResponseReturnValue:
    """Takes the comment that stands back, by a vote."""
    written = _remarks(consultation)
    if not written:
        raise NotFound
    form = WithdrawForm.submitted() if request.method == "POST" else WithdrawForm()
    if request.method == "GET" or not form.validate():
        return _withdraw_page(consultation, written[0], form, 200 if request.method == "GET" else 400)
    try:
        services.withdraw_comment(
            db.session, written[0], votes=form.tally, actor=signed_in(), on=clock.today()
        )
    except NotAdopted:
        db.session.rollback()
        return _withdraw_page(consultation, _remarks(consultation)[0], form, 409)
    db.session.commit()
    flash(_("The comment is withdrawn. It is no longer shown beside the notice."), "ok")
    return redirect(url_for("opinions.comment", consultation_id=consultation.id), 303)


def _withdraw_page(
    consultation: Consultation, remark: Remark, form: WithdrawForm, status: int
) -> ResponseReturnValue:
    page = render_template(
        "opinions/withdraw.html",
        form=form,
        consultation=consultation,
        revision=notices.published(consultation.notice),
        remark=remark,
        is_lost=status == 409,
        needed=majority(sum(form.tally.values())),
    )
    return page, status

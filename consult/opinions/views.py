"""Pages of this room: the body's opinion, the employer's reasoned response."""

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
from consult.core.errors import WrongState
from consult.core.i18n import _, ngettext
from consult.core.localized import Localized
from consult.notices import queries as notices
from consult.opinions import queries, services
from consult.opinions.forms import POSITIONS, ROWS, STANCES, OpinionForm, ResponseForm, response_form
from consult.opinions.models import Opinion
from consult.opinions.rules import (
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

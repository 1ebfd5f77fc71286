"""The body’s opinion."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.commitments import queries as commitments
from consult.consultations import queries as consultations
from consult.consultations.models import Consultation
from consult.core import clock
from consult.core.db import db
from consult.core.errors import NotFound, WrongState
from consult.core.i18n import _, ngettext
from consult.core.localized import Localized
from consult.notices import queries as notices
from consult.opinions import queries, services, voting
from consult.opinions.forms import (
    POSITIONS,
    ROWS,
    OpinionForm,
)
from consult.opinions.guarding import has_opinion
from consult.opinions.models import Opinion
from consult.opinions.motions import result, tally_of
from consult.opinions.rules import (
    NotAdopted,
    OpinionExists,
    PointKind,
    Position,
)
from consult.opinions.views.room import ROUTE, bp, shown_vote, whole
from consult.people.access import requires, signed_in, weigh
from consult.people.rules import PREPARES, Permission
from consult.web.errors import NEVER_CARRIED

_ADD = {f"add-{name}": kind for kind, name in ROWS.items()}


@bp.route(f"{ROUTE}/opinion", methods=["GET", "POST"])
@requires(Permission.OPINION_GIVE, of=consultations.by_id)
def give(consultation: Consultation) -> ResponseReturnValue:
    """The opinion as adopted: written, shown whole with the result of the vote, then recorded."""
    if consultation.body.kind in PREPARES:
        status = 200 if request.method == "GET" else 409
        page = render_template("consultations/prepares.html", consultation=consultation, what="opinion")
        return page, status
    if not has_opinion(consultation):
        raise NotFound
    source = commitments.source_of(consultation.notice)
    rules = services.rules_for(consultation)
    if request.method == "GET":
        given = queries.of_consultation(db.session, consultation.id)
        if given is not None:
            return _given_page(given)
        return _form_page(consultation, OpinionForm().under(rules).written_in(source))
    form = OpinionForm.submitted().under(rules)
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
            rule=form.chosen,
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
    flash(_adopted(form), "ok")
    return redirect(url_for("workspace.consultation", consultation_id=opinion.consultation_id), 303)


def _adopted(form: OpinionForm) -> str:
    votes = form.tally
    if not voting.is_by_vote(form.chosen):
        return str(_("The opinion is recorded. Its text can no longer change."))
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
    tally = tally_of(form.tally)
    weigh(consultation.body, form.tally, on=clock.today())
    seats = services.seats_on(db.session, consultation, clock.today())
    found = result(form.chosen, tally, seats=seats)
    page = render_template(
        "opinions/review.html",
        form=form,
        consultation=consultation,
        revision=notices.published(consultation.notice),
        text=form.localized("text"),
        position=dict(POSITIONS)[Position(form.position.data)],
        points=_numbered(form),
        put=shown_vote(form.chosen, tally, found),
        is_adopted=found.is_carried,
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
    page = render_template("opinions/given.html", typed=typed, **whole(opinion))
    return page, status

"""The state of the procedure before a deployment, and the reasons for dates that come before its end."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.consultations import explaining, words
from consult.consultations import state as states
from consult.consultations.before import Before, NotExplained
from consult.consultations.forms import ReasonsForm
from consult.consultations.views.room import bp
from consult.core import clock
from consult.core.db import db
from consult.core.errors import NotFound, WrongState
from consult.core.i18n import _
from consult.notices import queries as notices
from consult.notices import readiness
from consult.notices.fields import MILESTONE_KINDS
from consult.notices.models import Notice, Revision
from consult.notices.rules import NoticeState
from consult.people.access import may, requires, signed_in
from consult.people.rules import Permission


def _in_force(notice: Notice) -> Revision:
    """Raises `NotFound` where there is no deployment to speak of."""
    revision = notices.published(notice)
    if revision is None or not states.has_state(notice):
        raise NotFound
    return revision


@bp.get("/notices/<slug>/procedure-state")
@requires(Permission.NOTICE_FOLLOW, of=notices.by_slug)
def procedure_state(notice: Notice) -> ResponseReturnValue:
    """What is closed, what still runs and until when, for both sides."""
    revision = _in_force(notice)
    before = states.of_notice(db.session, notice, revision, on=clock.today())
    return render_template(
        "consultations/state.html",
        notice=notice,
        revision=revision,
        before=before,
        words=words,
        kinds=MILESTONE_KINDS,
        may_explain=may(Permission.NOTICE_SEND) and notice.state is NoticeState.PUBLISHED,
    )


@bp.route("/notices/<slug>/early-dates", methods=["GET", "POST"])
@requires(Permission.NOTICE_SEND, of=notices.by_slug)
def early_dates(notice: Notice) -> ResponseReturnValue:
    """The employer says why it keeps dates that come before the end of the procedure."""
    revision = _in_force(notice)
    if notice.state is NoticeState.WITHDRAWN:
        raise WrongState("notice", notice.state)
    before = states.of_notice(db.session, notice, revision, on=clock.today())
    early = before.unexplained
    if not early:
        flash(_("Every date has its reason, or none comes before the end of the procedure."), "accent")
        return redirect(url_for("consultations.procedure_state", slug=notice.slug), 303)
    typed = request.form if request.method == "POST" else None
    form = ReasonsForm(typed).asking(early, typed).written_in(readiness.source_of(revision))
    if request.method == "GET" or not form.validate():
        return _ask(notice, revision, before, form, 200 if request.method == "GET" else 400)
    slug = notice.slug
    try:
        explaining.explain(db.session, notice, form.reasons(early), actor=signed_in(), on=clock.today())
    except NotExplained as error:  # a day was entered meanwhile
        db.session.rollback()
        again = notices.by_slug(db.session, slug)
        assert again is not None, "it was there a moment ago"
        form.asking(error.before.unexplained, request.form).validate()
        return _ask(again, _in_force(again), error.before, form, 400)
    db.session.commit()
    flash(_("The reason is recorded, and stands beside the date on the notice."), "ok")
    return redirect(url_for("consultations.procedure_state", slug=slug), 303)


def _ask(
    notice: Notice, revision: Revision, before: Before, form: ReasonsForm, status: int
) -> ResponseReturnValue:
    page = render_template(
        "consultations/early_dates.html",
        notice=notice,
        revision=revision,
        early=before.unexplained,
        sentence=words.sentence(before),
        form=form,
        kinds=MILESTONE_KINDS,
    )
    return page, status

"""The draft of an opinion, for the body alone: everybody else is told that there is nothing."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from consult.commitments import queries as commitments
from consult.consultations.models import Consultation
from consult.core import clock
from consult.core.db import begin_writing, db
from consult.core.errors import EditedMeanwhile, NotFound, WrongState
from consult.core.i18n import _
from consult.notices import queries as notices
from consult.opinions import drafting, outline, queries
from consult.opinions.draft_forms import BeginForm, DraftCommentForm, DraftForm
from consult.opinions.draft_models import Draft, DraftVersion
from consult.opinions.guarding import of_ours
from consult.opinions.motions import DraftExists, DraftState, Outcome, ends_the_period
from consult.opinions.views.room import ROUTE, bp
from consult.opinions.words import DECLARED, OUTCOMES
from consult.people import queries as people
from consult.people.access import requires, signed_in
from consult.people.rules import ACTING, Permission


def draft_of(consultation: Consultation) -> Draft:
    """Raises `NotFound` where nobody began one."""
    found = queries.draft(db.session, consultation.id)
    if found is None:
        raise NotFound
    return found


@bp.route(f"{ROUTE}/opinion/draft", methods=["GET", "POST"])
@requires(Permission.WORKSPACE_USE, of=of_ours)
def draft(consultation: Consultation) -> ResponseReturnValue:
    """The draft as it stands, or how to begin one."""
    if request.method == "POST":
        return _begin(consultation)
    found = queries.draft(db.session, consultation.id)
    if found is None:
        page = render_template(
            "opinions/begin.html",
            consultation=consultation,
            form=BeginForm(),
            revision=notices.published(consultation.notice),
            state=drafting.state_of(db.session, consultation),
        )
        return page
    if not drafting.has_seen(found.newest, signed_in()):
        begin_writing(db.session)
        found = draft_of(consultation)
        drafting.note_seen(db.session, found.newest, signed_in(), on=clock.today())
        db.session.commit()
        again = of_ours(db.session, found.consultation_id)
        assert again is not None, "it was there a moment ago"
        consultation, found = again, draft_of(again)
    return _page(consultation, found, DraftCommentForm(data={"about": str(found.newest.number)}), 200)


def _begin(consultation: Consultation) -> ResponseReturnValue:
    form = BeginForm.submitted()
    outcome = Outcome(form.start.data) if form.start.data in set(Outcome) else Outcome.NONE
    source = commitments.source_of(consultation.notice)
    to = url_for("opinions.edit_draft", consultation_id=consultation.id)
    try:
        drafting.begin(
            db.session, consultation, text=outline.start(outcome, source),
            outcome=outcome, actor=signed_in(), on=clock.today(),
        )  # fmt: skip
    except DraftExists:
        db.session.rollback()
        return redirect(to, 303)
    db.session.commit()
    flash(_("The draft is begun. The other members are being told."), "ok")
    return redirect(to, 303)


def _page(
    consultation: Consultation, found: Draft, form: DraftCommentForm, status: int
) -> ResponseReturnValue:
    members = people.staff_members(db.session, consultation.body_id, on=clock.today())
    seen = {one.account_id for one in found.newest.seen}
    page = render_template(
        "opinions/draft.html",
        consultation=consultation,
        draft=found,
        version=found.newest,
        form=form,
        outcomes=OUTCOMES,
        declared=DECLARED,
        ends=ends_the_period(found.newest.outcome),
        state=drafting.state_of(db.session, consultation),
        unseen=[one.account for one in members if one.role in ACTING and one.account_id not in seen],
        put=queries.propositions(db.session, consultation.id),
        declarations=queries.declarations(db.session, consultation.id),
        revision=notices.published(consultation.notice),
    )
    return page, status


@bp.route(f"{ROUTE}/opinion/draft/edit", methods=["GET", "POST"])
@requires(Permission.WORKSPACE_USE, of=of_ours)
def edit_draft(consultation: Consultation) -> ResponseReturnValue:
    """Writes the next version. Where somebody saved one meanwhile, both are shown."""
    found = draft_of(consultation)
    source = commitments.source_of(consultation.notice)
    if request.method == "GET":
        if drafting.state_of(db.session, consultation) is not DraftState.OPEN:
            raise WrongState("draft", "not open")
        now = found.newest
        form = DraftForm.of(now.text, now.points, now.outcome, now.number)
        return _edit_page(consultation, form.in_either(source), 200)
    form = DraftForm.submitted().in_either(source)
    moved = form.moved(request.form.get("act", "save"))
    if moved is not None:
        return _edit_page(consultation, moved, 200)
    if not form.validate():
        return _edit_page(consultation, form, 400)
    return _save(consultation, found, form)


def _save(consultation: Consultation, found: Draft, form: DraftForm) -> ResponseReturnValue:
    outcome, ident = Outcome(form.outcome.data), consultation.id
    try:
        version = drafting.save(
            db.session, found, base=form.made_from, text=form.localized("text"), points=form.points,
            outcome=outcome, actor=signed_in(), on=clock.today(),
        )  # fmt: skip
    except (EditedMeanwhile, WrongState) as error:
        db.session.rollback()
        again = of_ours(db.session, ident)
        assert again is not None, "it was there a moment ago"
        theirs = draft_of(again).newest
        if isinstance(error, EditedMeanwhile):
            form.base.data = str(theirs.number)  # read again, it may be sent
        return _edit_page(again, form, 409, theirs=theirs, is_shut=isinstance(error, WrongState))
    number = version.number
    db.session.commit()
    flash(_("Version %(number)s is kept. Only members of the body read it.", number=number), "ok")
    return redirect(url_for("opinions.draft", consultation_id=ident), 303)


def _edit_page(
    consultation: Consultation,
    form: DraftForm,
    status: int,
    theirs: DraftVersion | None = None,
    is_shut: bool = False,
) -> ResponseReturnValue:
    ends = _("An opinion: it ends the period, and a reasoned response is due.")
    runs_on = _("No opinion: the period runs on.")
    asking = _("Asking does not stop the clock; only a judge or an agreement can extend it.")
    explain = {one.value: ends if ends_the_period(one) else runs_on for one in Outcome}
    explain[Outcome.INSUFFICIENT_INFORMATION.value] = f"{runs_on} {asking}"
    page = render_template(
        "opinions/edit_draft.html",
        consultation=consultation,
        form=form,
        theirs=theirs,
        is_shut=is_shut,
        explain=explain,
        outcomes=OUTCOMES,
        revision=notices.published(consultation.notice),
    )
    return page, status


def _version_of(session: Session, consultation_id: UUID, number: int) -> DraftVersion | None:
    consultation = of_ours(session, consultation_id)
    found = queries.draft(session, consultation.id) if consultation is not None else None
    return next((one for one in found.versions if one.number == number), None) if found else None


@bp.get(f"{ROUTE}/opinion/draft/versions/<int:number>")
@requires(Permission.WORKSPACE_USE, of=_version_of)
def draft_version(version: DraftVersion) -> ResponseReturnValue:
    """An earlier version, as it was saved."""
    return render_template(
        "opinions/draft_version.html",
        consultation=version.draft.consultation,
        version=version,
        outcomes=OUTCOMES,
        revision=notices.published(version.draft.consultation.notice),
    )


@bp.post(f"{ROUTE}/opinion/draft/comments")
@requires(Permission.WORKSPACE_USE, of=of_ours)
def comment_draft(consultation: Consultation) -> ResponseReturnValue:
    found, form = draft_of(consultation), DraftCommentForm.submitted()
    if not form.validate():
        return _page(consultation, found, form, 400)
    ident = consultation.id
    drafting.comment(
        db.session, found, about=form.version, text=form.text.data.strip(), actor=signed_in(),
        on=clock.today(), once=form.once_id,
    )  # fmt: skip
    db.session.commit()
    flash(_("Your comment is kept. Only members of the body read it."), "ok")
    return redirect(url_for("opinions.draft", consultation_id=ident) + "#comments", 303)

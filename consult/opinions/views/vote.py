"""The draft put to the vote, by head or by name: the result is shown before anything is recorded."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.consultations.models import Consultation
from consult.core import clock
from consult.core.db import db
from consult.core.errors import EditedMeanwhile, WrongState
from consult.core.i18n import _
from consult.notices import queries as notices
from consult.opinions import drafting, services, voting
from consult.opinions.draft_forms import HeadsForm, NamesForm, names_form
from consult.opinions.draft_models import Draft
from consult.opinions.guarding import of_ours
from consult.opinions.motions import (
    DraftState,
    Method,
    NotTheirVote,
    Tally,
    count,
    ends_the_period,
    result,
    tally_of,
)
from consult.opinions.views.draft import draft_of
from consult.opinions.views.room import ROUTE, bp, shown_vote
from consult.opinions.vote_models import Proposition
from consult.opinions.words import OUTCOMES
from consult.people.access import requires, signed_in, weigh
from consult.people.models import Mandate
from consult.people.rules import Permission
from consult.web.errors import NEVER_CARRIED

Form = HeadsForm | NamesForm


@bp.route(f"{ROUTE}/opinion/vote", methods=["GET", "POST"])
@requires(Permission.WORKSPACE_USE, of=of_ours)
def put(consultation: Consultation) -> ResponseReturnValue:
    """One proposition: the draft as it stands. Written, shown with its result, then recorded."""
    draft = draft_of(consultation)
    by_name = request.values.get("method") == Method.NAMES
    form, mandates = _form(consultation, by_name)
    if request.method == "GET":
        if drafting.state_of(db.session, consultation) is not DraftState.OPEN:
            raise WrongState("draft", "not open")
        form.about.data = str(draft.newest.number)
        return _form_page(consultation, draft, form, mandates, 200)
    act = request.form.get("act", "review")
    if act == "edit":
        return _form_page(consultation, draft, form, mandates, 200)
    if not form.validate():
        return _form_page(consultation, draft, form, mandates, 400)
    if form.voted_on.data < consultation.opened_on:
        form.voted_on.errors = [_("The body had not received the notice yet on this day.")]
        return _form_page(consultation, draft, form, mandates, 400)
    if isinstance(form, NamesForm) and not all(f"m{one.id.hex}-choice" in request.form for one in mandates):
        form.voted_on.errors = [_("These are the members of that day: say how each of them voted.")]
        return _form_page(consultation, draft, form, mandates, 400)
    if act != "confirm":
        return _review_page(consultation, draft, form, mandates)
    return _record(consultation, draft, form, mandates)


def _form(consultation: Consultation, by_name: bool) -> tuple[Form, list[Mandate]]:
    """The form, with the seats of the day of the vote where the vote is by name."""
    rules = services.rules_for(consultation)
    is_sent = request.method == "POST"
    heads = HeadsForm.submitted() if is_sent else HeadsForm()
    if not by_name:
        return heads.under(rules), []
    on = heads.voted_on.data or clock.today()
    voters, alternates = services.seated(db.session, consultation.body_id, signed_in(), on=on)
    seats = sorted(voters, key=lambda one: one.account.name)
    kind = names_form(seats)
    form = (kind.submitted() if is_sent else kind()).under(rules)
    assert isinstance(form, NamesForm)
    return form.name_seats(seats, alternates), seats


def _tally(form: Form, mandates: list[Mandate]) -> Tally:
    return count(form.seats(mandates)) if isinstance(form, NamesForm) else tally_of(form.tally)


def _form_page(
    consultation: Consultation, draft: Draft, form: Form, mandates: list[Mandate], status: int, why: str = ""
) -> ResponseReturnValue:
    is_by_vote = any(voting.is_by_vote(one) for one in form.rules)
    page = render_template(
        "opinions/vote.html",
        consultation=consultation,
        version=draft.newest,
        form=form,
        seats=[(one, form[f"m{one.id.hex}"].form) for one in mandates],
        by_name=isinstance(form, NamesForm),
        is_by_vote=is_by_vote,
        outcome=OUTCOMES[draft.newest.outcome],
        why=why,
        revision=notices.published(consultation.notice),
    )
    return page, status


def _review_page(
    consultation: Consultation, draft: Draft, form: Form, mandates: list[Mandate]
) -> ResponseReturnValue:
    tally, on = _tally(form, mandates), form.voted_on.data
    if isinstance(form, HeadsForm):
        weigh(consultation.body, form.tally, on=on)
    found = result(form.chosen, tally, seats=services.seats_on(db.session, consultation, on))
    return render_template(
        "opinions/vote_review.html",
        consultation=consultation,
        version=draft.newest,
        put=shown_vote(form.chosen, tally, found),
        voted_on=on,
        outcome=OUTCOMES[draft.newest.outcome],
        ends=ends_the_period(draft.newest.outcome),
        is_stale=form.version != draft.newest.number,
        carried=[
            (name, value)
            for name, value in request.form.items(multi=True)
            if name != "act" and name not in NEVER_CARRIED
        ],
        revision=notices.published(consultation.notice),
    )


def _record(
    consultation: Consultation, draft: Draft, form: Form, mandates: list[Mandate]
) -> ResponseReturnValue:
    more: dict[str, Any] = {
        "about": form.version, "rule": form.chosen, "voted_on": form.voted_on.data, "actor": signed_in(),
        "once": form.once_id,
    }  # fmt: skip
    ident = consultation.id
    try:
        if isinstance(form, NamesForm):
            put = voting.vote_by_name(db.session, draft, seats=form.seats(mandates), **more)
        else:
            put = voting.vote_by_head(db.session, draft, tally=tally_of(form.tally), **more)
    except (EditedMeanwhile, NotTheirVote) as error:
        db.session.rollback()
        again = of_ours(db.session, ident)
        assert again is not None, "it was there a moment ago"
        if isinstance(error, NotTheirVote):
            form.mark_wrong(error.mandates)
            return _form_page(again, draft_of(again), form, mandates, 400)
        newest = draft_of(again)
        form.about.data = str(newest.newest.number)  # read again, it may be sent
        return _form_page(again, newest, form, mandates, 409, why="stale")
    to = _after(put, ident)
    db.session.commit()
    return redirect(to, 303)


def _after(put: Proposition, ident: Any) -> str:
    if not put.is_carried:
        flash(_("The proposition did not carry. The vote is kept, and the draft stays open."), "accent")
        return url_for("opinions.draft", consultation_id=ident)
    if ends_the_period(put.outcome):
        flash(_("The opinion is adopted. Its text can no longer change."), "ok")
    else:
        flash(_("The statement is on record. The period runs on."), "ok")
    return url_for("workspace.consultation", consultation_id=ident)

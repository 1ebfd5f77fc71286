"""One mandate: its right to vote, and in whose place an alternate votes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.core import clock
from consult.core.db import db
from consult.core.i18n import _
from consult.people import bodies as services
from consult.people import queries
from consult.people.access import requires
from consult.people.forms import MANDATES, ReplaceForm, VoteForm
from consult.people.models import Mandate, Replacement
from consult.people.rules import MandateRole
from consult.people.seats import NEVER_VOTES, CannotReplace, Unreplaceable
from consult.people.views.room import MANAGE, bp

CHOSEN = {"role": None, "yes": True, "no": False}


@bp.get("/mandates/<uuid:mandate_id>")
@requires(MANAGE, of=queries.mandate)
def seat(mandate: Mandate) -> ResponseReturnValue:
    return _page(mandate)


def _page(mandate: Mandate, status: int = 200, **forms: Any) -> ResponseReturnValue:
    today = clock.today()
    known = next(key for key, value in CHOSEN.items() if value is mandate.has_vote)
    kept = [
        one
        for one in queries.replacements(db.session, [mandate.body_id])
        if mandate.id in {one.mandate_id, one.replaced_id}
    ]
    facts = {
        "mandate": mandate,
        "on": today,
        "capacities": MANDATES,
        "never_votes": mandate.role in NEVER_VOTES,
        "vote_form": VoteForm(data={"has_vote": known}, prefix="vote-"),
        "replace_form": _replace_form(mandate),
        "replacements": kept,
        "is_alternate": mandate.role is MandateRole.ALTERNATE,
    }
    errors = next((one for one in forms.values() if one.errors), None)
    return render_template("people/mandate.html", **{**facts, **forms}, errors=errors), status


def _replace_form(mandate: Mandate, posted: Any = None) -> ReplaceForm:
    known = queries.current_and_coming(db.session, mandate.body_id, on=clock.today())
    able = [one for one in known if one.id != mandate.id and one.seat.is_voting]
    return ReplaceForm(posted, prefix="replace-").offering(able)


@bp.post("/mandates/<uuid:mandate_id>/vote")
@requires(MANAGE, of=queries.mandate)
def set_vote(mandate: Mandate) -> ResponseReturnValue:
    form = VoteForm(request.form, prefix="vote-")
    if not form.validate() or mandate.role in NEVER_VOTES:
        return _page(mandate, 400, vote_form=form)
    services.set_vote(db.session, mandate, CHOSEN[form.has_vote.data])
    db.session.commit()
    flash(_("The right to vote of %(name)s is recorded.", name=mandate.account.name), "ok")
    return redirect(url_for("people.body", body_id=mandate.body_id), 303)


@bp.post("/mandates/<uuid:mandate_id>/replacements")
@requires(MANAGE, of=queries.mandate)
def replace(mandate: Mandate) -> ResponseReturnValue:
    """This alternate votes in somebody's place."""
    form = _replace_form(mandate, request.form)
    if not form.validate():
        return _page(mandate, 400, replace_form=form)
    replaced = db.session.get_one(Mandate, UUID(form.replaced.data))
    try:
        made = services.replace(
            db.session, mandate, replaced, starts_on=form.starts_on.data, ends_on=form.ends_on.data
        )
    except CannotReplace as refusal:
        form.replaced.errors = [_why(refusal.why)]
        return _page(mandate, 400, replace_form=form)
    name, other = made.mandate.account.name, made.replaced.account.name
    db.session.commit()
    flash(_("%(name)s votes in the place of %(other)s.", name=name, other=other), "ok")
    return redirect(url_for("people.body", body_id=mandate.body_id), 303)


def _why(why: Unreplaceable) -> str:
    words: dict[Unreplaceable, str] = {
        Unreplaceable.NOT_AN_ALTERNATE: _("Only an alternate who does not vote already replaces a member."),
        Unreplaceable.NO_VOTE: _("This member has no vote that somebody could cast in their place."),
        Unreplaceable.OTHER_BODY: _("Both must sit on the same body."),
        Unreplaceable.TAKEN: _("One of the two is in another replacement at that time. End it first."),
        Unreplaceable.NO_MANDATE: _("The mandate of the alternate does not run on the first day."),
    }
    return words[why]


@bp.post("/replacements/<uuid:replacement_id>/end")
@requires(MANAGE, of=queries.replacement)
def end_replacement(made: Replacement) -> ResponseReturnValue:
    name, body_id = made.replaced.account.name, made.mandate.body_id
    services.end_replacement(db.session, made, on=clock.today())
    db.session.commit()
    flash(_("From tomorrow, %(name)s votes again.", name=name), "ok")
    return redirect(url_for("people.body", body_id=body_id), 303)

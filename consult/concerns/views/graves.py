"""Grave messages: noting what was done about one, and the list of them, for keyholders alone."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from consult.anonymity.sealing import TooLong
from consult.concerns import grave, queries
from consult.concerns.forms import GraveForm
from consult.concerns.queries import Desk, MessageAtDesk
from consult.concerns.views.room import bp, card, commit, page, sitting
from consult.core import clock
from consult.core.db import db
from consult.core.i18n import _
from consult.people.access import requires, signed_in
from consult.people.rules import Permission
from consult.voices.rules import Told

KEY_HOLD = Permission.KEY_HOLD


@bp.route("/letterboxes/<box>/messages/<message>/grave", methods=["GET", "POST"])
@requires(KEY_HOLD, of=queries.message_at_desk)
def mark_grave(here: MessageAtDesk) -> ResponseReturnValue:
    """The checklist. Saving it is what marks the message."""
    key = sitting(here)
    message = card(here.voice, here.concern, key, queries.quotable_batches(db.session, here.letterbox))
    now = message.grave
    if request.method != "POST":
        form = GraveForm(
            data={"answered": now.answered, "alert": now.alert, "decided": now.decided} if now else {}
        )
        return page("grave", here, form=form, message=message, told=Told.of(here.letterbox.told))
    if request.form.get("act") == "unmark":
        commit(here, key, grave.unmark(db.session, here.letterbox, here.voice.id))
        flash(_("No longer marked as grave. Nothing remains of the note."), "ok")
        return redirect(url_for(".graves", box=here.box), 303)
    form = GraveForm.submitted()
    form.original = message.text
    if form.validate():
        try:
            made = grave.mark(
                db.session, here.letterbox, here.voice.id, draft=form.draft(), actor=signed_in(),
                on=clock.today(),
            )  # fmt: skip
        except TooLong:
            db.session.rollback()
            form.alert.errors = [_("This is too long to be sealed. Shorten it.")]
        else:
            commit(here, key, made)
            flash(_("Noted as grave, and sealed."), "ok")
            return redirect(url_for(".graves", box=here.box), 303)
    return page("grave", here, 400, form=form, message=message, told=Told.of(here.letterbox.told))


@bp.get("/letterboxes/<box>/grave")
@requires(KEY_HOLD, of=queries.desk)
def graves(desk: Desk) -> ResponseReturnValue:
    """What was noted as grave; and, once a year is over, the band that may leave the desk."""
    key = sitting(desk)
    found = grave.of_letterbox(db.session, desk.letterbox.id, key)
    years = grave.bands(found, since=desk.letterbox.opens_on, today=clock.today())
    rows = [(one, queries.message_at_desk(db.session, desk.box, one.message)) for one in found]
    cards = [(one, card(here.voice, here.concern, key, frozenset())) for one, here in rows if here]
    return page("graves", desk, cards=cards, bands={year: str(one) for year, one in years.items()})

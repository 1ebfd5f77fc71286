"""One handover, step by step: named, passed on, opened, over."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from consult.anonymity import words
from consult.core import clock
from consult.core.db import begin_writing, db
from consult.core.i18n import _, locale, ngettext
from consult.keyholders import circles, handing, queries, services
from consult.keyholders.forms import PassOnForm, ProofForm
from consult.keyholders.models import Handover
from consult.keyholders.rules import CannotPassOn, CannotUnlock, NotReady, Planted
from consult.keyholders.views.room import bp, refuse_secret, title_of
from consult.people.access import requires, signed_in
from consult.people.rules import Permission


@bp.route("/handovers/<uuid:handover_id>", methods=["GET", "POST"])
@requires(Permission.KEY_HOLD, of=queries.handover)
def handover(handover: Handover) -> ResponseReturnValue:
    """Where it stands; whoever holds a key the successor lacks passes it on here."""
    if request.method == "GET":
        return _page(handover, PassOnForm())
    if handover.successor.account_id == signed_in().id:
        return _open_all(handover)
    form, ident = PassOnForm.submitted(), handover.id
    if not form.validate():
        return _page(handover, form, 400)
    try:
        number = _pass_on(handover, form)
    except CannotUnlock:
        refuse_secret(form, _("This does not open your key. Check every word and its order."))
    except CannotPassOn:
        db.session.rollback()
        flash(_("There was nothing left for you to pass on."), "accent")
        return redirect(url_for(".handover", handover_id=ident), 303)
    except NotReady:
        form.compared.errors = [
            _("This person can no longer hold a key: their mandate or account has ended.")
        ]
    except Planted:
        form.compared.errors = [
            _("The list of keyholders is not as your body named it: unlock a letterbox to see.")
        ]
    else:
        db.session.commit()
        said = ngettext("Passed on for one letterbox.", "Passed on for %(num)s letterboxes.", number)
        flash(said, "ok")
        return redirect(url_for(".handover", handover_id=ident), 303)
    db.session.rollback()
    again = queries.handover(db.session, ident)
    assert again is not None
    return _page(again, form, 400)


def _open_all(handover: Handover) -> ResponseReturnValue:
    """The successor proves once that the key opens each letterbox that was passed on."""
    form, ident = ProofForm.submitted(), handover.id
    if form.validate():
        keys = services.keys_of(handover.successor)
        begin_writing(db.session)  # the lock is let go of while Argon2id runs
        try:
            half = services.open_half(keys, **form.secrets)
            again = queries.handover(db.session, ident)
            assert again is not None
            number = handing.confirm_all(db.session, again, half, on=clock.today())
        except CannotUnlock:
            refuse_secret(form, _("This does not open your key. Check every word and its order."))
        except Planted:
            db.session.rollback()
            refuse_secret(
                form, _("The list of keyholders is not as your body named it: unlock a letterbox to see.")
            )
        else:
            db.session.commit()
            said = ngettext("Your key opens one letterbox.", "Your key opens %(num)s letterboxes.", number)
            flash(said, "ok")
            return redirect(url_for(".handover", handover_id=ident), 303)
    again = queries.handover(db.session, ident)
    assert again is not None
    return _page(again, form, 400)


def _pass_on(handover: Handover, form: PassOnForm) -> int:
    ident = handover.id
    mine = handing.to_pass_on(db.session, handover, signed_in())
    if not mine:
        raise CannotPassOn
    holders = {row.keyholder_id: services.keys_of(row.keyholder) for _box, row in mine}
    begin_writing(db.session)  # the lock is let go of while Argon2id runs
    halves: dict[UUID, bytes] = {}
    for holder_id, keys in holders.items():
        with suppress(CannotUnlock):  # somebody may still hold an older key of another letterbox
            halves[holder_id] = services.open_half(keys, **form.secrets)
    if not halves:
        raise CannotUnlock
    again = queries.handover(db.session, ident)
    assert again is not None
    if again.successor.public_key != form.seen:
        raise CannotPassOn
    return handing.pass_on(db.session, again, signed_in(), halves, on=clock.today())


def _page(handover: Handover, form: ProofForm, status: int = 200) -> ResponseReturnValue:
    account, today = signed_in(), clock.today()
    mine, planted = [], False
    try:
        mine = handing.to_pass_on(db.session, handover, account)
    except Planted:
        planted = True
    page = render_template(
        "keyholders/handover.html",
        handover=handover,
        form=form.showing(handover.successor.public_key) if isinstance(form, PassOnForm) else form,
        stations=circles.stations(db.session, handover),
        title_of=title_of,
        words=words.fingerprint(handover.successor.public_key, locale=locale()),
        mine=[box for box, _row in mine],
        planted=planted,
        is_successor=account.id == handover.successor.account_id,
        able_to_help=circles.who_can_pass_on(db.session, handover, on=today),
    )
    return page, status

"""Unlocking a letterbox for a sitting, locking it again."""

from __future__ import annotations

from uuid import UUID

from flask import (
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from consult.core import clock
from consult.core.db import begin_writing, db
from consult.core.i18n import _
from consult.keyholders import handing, keeping, queries, services
from consult.keyholders.forms import UnlockForm
from consult.keyholders.models import Keyholder
from consult.keyholders.queries import Box
from consult.keyholders.rules import COOKIE, CannotUnlock
from consult.keyholders.views.room import bp, refuse_secret, title_of
from consult.people.access import requires, signed_in
from consult.people.rules import Permission


@bp.route("/letterboxes/<box>/unlock", methods=["GET", "POST"])
@requires(Permission.KEY_HOLD, of=queries.by_address)
def unlock(box: Box) -> ResponseReturnValue:
    if not box.roll.is_sound:
        return render_template("keyholders/planted.html", box=box, title=title_of(box.letterbox)), 409
    if request.method == "GET":
        form = UnlockForm(next=_way_back(request.args.get("next", "")))
        return _asked(box, form, 200)
    form = UnlockForm.submitted()
    if not form.validate():
        return _asked(box, form, 400)
    letterbox_id, address = box.letterbox.id, box.address
    mine = services.held(db.session, box.letterbox, signed_in())
    begin_writing(db.session)  # the lock is let go of while Argon2id runs
    try:
        private = services.open_held(mine, **form.secrets)
    except CannotUnlock:
        return _refused(address, form)
    _opened(address, mine.holder_id, by_passphrase=not form.recovery_code.data)
    services.lock(db.session, request.cookies.get(COOKIE, ""))
    cookie = services.sit_down(db.session, letterbox_id, private, now=clock.now())
    db.session.commit()
    flash(_("Key unlocked for this sitting."), "ok")
    back = _way_back(form.next.data or "") or url_for("concerns.desk", box=address)
    return _with_cookie(redirect(back, 303), cookie)


def _opened(address: str, keyholder_id: UUID | None, *, by_passphrase: bool) -> None:
    """What an opening shows: the key works, so what waited for it is finished."""
    box, holder = queries.by_address(db.session, address), db.session.get(Keyholder, keyholder_id)
    assert box is not None and holder is not None, "it was opened a moment ago"
    handing.confirm(db.session, box.letterbox, holder.id, on=clock.today())
    if by_passphrase:
        keeping.rehearsed_by_unlocking(db.session, holder, on=clock.today())


def _refused(address: str, form: UnlockForm) -> ResponseReturnValue:
    refuse_secret(
        form, _("This does not open the letterbox. Check every word and its order, or use the other way in.")
    )
    box = queries.by_address(db.session, address)
    assert box is not None
    return _asked(box, form, 400)


def _asked(box: Box, form: UnlockForm, status: int) -> ResponseReturnValue:
    return render_template(
        "keyholders/unlock.html", box=box, form=form, title=title_of(box.letterbox)
    ), status


def _way_back(wanted: str) -> str:
    """An address of the workspace, or nothing: never another site's."""
    is_ours = wanted.startswith("/workspace/") and "\\" not in wanted and wanted.isprintable()
    return wanted if is_ours and len(wanted) < 500 else ""


def _with_cookie(response: ResponseReturnValue, value: str) -> Response:
    made = make_response(response)
    secure = current_app.extensions["consult.settings"].secure_cookies
    made.set_cookie(COOKIE, value, secure=secure, httponly=True, samesite="Strict", path="/workspace")
    return made


@bp.post("/letterboxes/lock")
@requires(Permission.KEY_HOLD)
def lock() -> ResponseReturnValue:
    services.lock(db.session, request.cookies.get(COOKIE, ""))
    db.session.commit()
    flash(_("The letterbox is locked again."), "ok")
    response = make_response(redirect(url_for("workspace.start"), 303))
    secure = current_app.extensions["consult.settings"].secure_cookies
    response.delete_cookie(COOKIE, path="/workspace", secure=secure, httponly=True, samesite="Strict")
    return response

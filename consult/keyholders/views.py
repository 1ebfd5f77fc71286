"""Setting up one's key, unlocking a letterbox for a sitting, locking it again."""

from __future__ import annotations

from flask import (
    Blueprint,
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

from consult.anonymity import words, wrapping
from consult.core import clock
from consult.core.db import begin_writing, db
from consult.core.errors import NotAllowed
from consult.core.i18n import _, locale
from consult.keyholders import queries, services
from consult.keyholders.forms import SetUpForm, UnlockForm
from consult.keyholders.queries import Box
from consult.keyholders.rules import COOKIE, CannotUnlock, has_enough_words
from consult.people.access import requires, running_mandates, signed_in
from consult.people.models import Account, Mandate
from consult.people.rules import Permission
from consult.web import spaces

bp = Blueprint("keyholders", __name__, url_prefix=spaces.WORKSPACE)


@bp.after_request
def never_stored(response: Response) -> Response:
    """Nothing of these pages stays in a cache or in the browser's history store."""
    response.headers["Cache-Control"] = "no-store"
    return response


# ── setting up ─────────────────────────────────────────────────────────────────


def _mandate(account: Account) -> Mandate:
    """The mandate under which this person may hold a key."""
    today = clock.today()
    for one in running_mandates(account):
        if services.may_hold(account, one, on=today):
            return one
    raise NotAllowed


@bp.route("/key", methods=["GET", "POST"])
@requires(Permission.KEY_HOLD)
def set_up() -> ResponseReturnValue:
    """First the secrets to copy (shown once, kept nowhere), then the same two typed back."""
    account = signed_in()
    mandate_id = _mandate(account).id
    holder = queries.of_account(db.session, account.id)
    if holder is not None:
        return _have(account)
    if request.method == "GET":
        if "typed" in request.args:
            return render_template(
                "keyholders/type_back.html", form=SetUpForm(), body=_mandate(account).body.name
            )
        return render_template("keyholders/set_up.html", **_fresh(), body=_mandate(account).body.name)
    form = SetUpForm.submitted()
    if not form.validate():
        body = _mandate(account).body.name
        return render_template("keyholders/type_back.html", form=form, body=body), 400
    begin_writing(db.session)  # the lock is let go of while Argon2id runs
    keys = services.make_keys(form.passphrase.data, form.recovery_code.data)
    account = signed_in()
    mandate = next(one for one in running_mandates(account) if one.id == mandate_id)
    services.keep(db.session, account, mandate=mandate, keys=keys, on=clock.today())
    db.session.commit()
    flash(_("Your key is ready. Your body can now name you for a letterbox."), "ok")
    return redirect(url_for(".set_up"), 303)


def _have(account: Account) -> ResponseReturnValue:
    holder = queries.of_account(db.session, account.id)
    assert holder is not None
    if request.method == "POST":
        flash(_("You hold a key already. Nothing was changed."), "accent")
        return redirect(url_for(".set_up"), 303)
    boxes = queries.letterboxes(db.session, account.id)
    return render_template("keyholders/have.html", holder=holder, boxes=boxes)


def _fresh() -> dict[str, object]:
    """A passphrase to take over and a recovery code, different at each look: nothing is kept of them."""
    proposed = words.six_words(locale())
    while not has_enough_words(words.normalise(" ".join(proposed))):
        proposed = words.six_words(locale())
    return {"words": proposed, "groups": wrapping.new_recovery_code().split("-")}


# ── unlocking ──────────────────────────────────────────────────────────────────


@bp.route("/letterboxes/<box>/unlock", methods=["GET", "POST"])
@requires(Permission.KEY_HOLD, of=queries.by_address)
def unlock(box: Box) -> ResponseReturnValue:
    if not box.roll.is_sound:
        return render_template("keyholders/planted.html", box=box, title=_title(box)), 409
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
        private = services.open_held(
            mine, passphrase=form.passphrase.data or "", recovery_code=(form.recovery_code.data or "").strip()
        )
    except CannotUnlock:
        return _refused(address, form)
    services.lock(db.session, request.cookies.get(COOKIE, ""))
    cookie = services.sit_down(db.session, letterbox_id, private, now=clock.now())
    db.session.commit()
    flash(_("Key unlocked for this sitting."), "ok")
    back = _way_back(form.next.data or "") or url_for("concerns.desk", box=address)
    return _with_cookie(redirect(back, 303), cookie)


def _refused(address: str, form: UnlockForm) -> ResponseReturnValue:
    field = form.recovery_code if (form.recovery_code.data or "").strip() else form.passphrase
    message = _("This does not open the letterbox. Check every word and its order, or use the other way in.")
    field.errors = [*field.errors, message]
    box = queries.by_address(db.session, address)
    assert box is not None
    return _asked(box, form, 400)


def _asked(box: Box, form: UnlockForm, status: int) -> ResponseReturnValue:
    return render_template("keyholders/unlock.html", box=box, form=form, title=_title(box)), status


def _title(box: Box) -> str:
    told = box.letterbox.told.get("title", {})
    return str(told.get(locale()) or told.get("fr") or "")


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

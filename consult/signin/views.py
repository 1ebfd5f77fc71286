"""Sign-in, sign-out, invitation, forgotten password."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from consult.core import clock
from consult.core.db import begin_writing, db, reading
from consult.core.errors import TooMany
from consult.core.i18n import _
from consult.people.access import requires
from consult.people.models import Account
from consult.people.rules import Permission
from consult.signin import passwords, services
from consult.signin import session as sessions
from consult.signin.forms import ForgottenForm, PasswordForm, SignInForm, refuse
from consult.signin.limits import Bucket
from consult.signin.models import TokenPurpose
from consult.signin.rules import DEMO_PASSWORD, LinkSpent, PasswordFault, WeakPassword, safe_next
from consult.web import spaces

bp = Blueprint("signin", __name__, url_prefix=spaces.WORKSPACE)
door = Bucket()
"""Tries of everybody in this process together: no address is kept."""


def _is_demo() -> bool:
    return bool(current_app.extensions["consult.settings"].demo)


def _wait_at_the_door() -> None:
    seconds = door.take()
    if seconds:
        raise TooMany(seconds)


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    if request.method == "GET":
        return render_template("signin/sign_in.html", form=SignInForm(next=request.args.get("next", "")))
    form = SignInForm.submitted()
    if form.validate():
        _wait_at_the_door()
        account = _enter(form.email.data or "", form.password.data or "")
        if account is not None:
            return redirect(_readable(safe_next(form.next.data)) or url_for("workspace.start"), 303)
        refuse(
            form.password,
            _("This address and this password do not go together, or too many tries came one after another."),
        )
    return render_template("signin/sign_in.html", form=form), 400


def _readable(address: str | None) -> str | None:
    """The address if it is a page: a form that was posted when the session ended has none to go back to."""
    if address is None:
        return None
    try:
        current_app.url_map.bind("localhost").match(address.partition("?")[0], method="GET")
    except HTTPException:
        return None
    return address.rstrip("?")


def _enter(email: str, password: str) -> Account | None:
    now = clock.now()
    reading.set(True)
    found = services.look_up(db.session, email, now=now)
    begin_writing(db.session)  # no lock was taken, and none is held while the password is checked
    is_right = passwords.matches(found.password_hash, password)
    if password == DEMO_PASSWORD and not _is_demo():
        is_right = False
    rehashed = None
    if is_right and found.password_hash and passwords.is_outdated(found.password_hash):
        rehashed = passwords.hashed(password)
    account = services.settle(db.session, found, is_right=is_right, now=now, rehashed=rehashed)
    db.session.commit()
    if account is not None:
        sessions.enter(account)
    return account


@bp.post("/sign-out")
@requires(Permission.WORKSPACE_USE)
def sign_out() -> ResponseReturnValue:
    sessions.leave()
    flash(_("You are signed out."), "ok")
    answer = redirect(url_for("signin.sign_in"), 303)
    # The sitting of a keyholder ends with the session: its cookie alone can open the key.
    answer.headers["Clear-Site-Data"] = '"cache"'
    answer.delete_cookie("consult_key", path="/workspace")
    return answer


@bp.route("/forgotten", methods=["GET", "POST"])
def forgotten() -> ResponseReturnValue:
    if request.method == "GET":
        return render_template("signin/forgotten.html", form=ForgottenForm())
    form = ForgottenForm.submitted()
    if not form.validate():
        return render_template("signin/forgotten.html", form=form), 400
    _wait_at_the_door()
    services.ask_reset(db.session, form.email.data or "", now=clock.now())
    db.session.commit()
    return render_template("signin/forgotten_sent.html")


@bp.route("/invitation/<token>", methods=["GET", "POST"])
def invitation(token: str) -> ResponseReturnValue:
    return _choose(token, TokenPurpose.INVITATION)


@bp.route("/reset/<token>", methods=["GET", "POST"])
def reset(token: str) -> ResponseReturnValue:
    return _choose(token, TokenPurpose.RESET)


def _choose(token: str, purpose: TokenPurpose) -> ResponseReturnValue:
    """The page of a link: choose a password. One answer for every link that does not work."""
    now, form = clock.now(), PasswordForm.submitted()
    try:
        account = services.holder(db.session, token, purpose, now=now)
        if request.method == "GET":
            form = PasswordForm()
        elif form.validate() and _is_strong(form, account):
            password = form.password.data or ""
            db.session.rollback()
            password_hash = passwords.hashed(password)
            services.choose_password(db.session, token, purpose, password_hash=password_hash, now=now)
            db.session.commit()
            session.clear()
            flash(_("Your password is set. Sign in with it."), "ok")
            return redirect(url_for("signin.sign_in"), 303)
    except LinkSpent:
        return render_template("signin/link_spent.html", purpose=purpose), 410
    status = 200 if request.method == "GET" else 400
    return render_template("signin/choose.html", form=form, account=account, purpose=purpose), status


def _is_strong(form: PasswordForm, account: Account) -> bool:
    try:
        services.must_be_strong(form.password.data or "", account, is_demo=_is_demo())
    except WeakPassword as weak:
        refuse(form.password, _weakness(weak.fault))
        return False
    return True


def _weakness(fault: PasswordFault) -> str:
    words: dict[PasswordFault, str] = {
        PasswordFault.TOO_SHORT: _("This is too short: at least 12 characters."),
        PasswordFault.TOO_LONG: _("This is too long: 200 characters at most."),
        PasswordFault.TOO_PLAIN: _("This is too easy to guess. Add a word or two."),
        PasswordFault.ABOUT_YOU: _("This is made of your name or address. Choose something else."),
    }
    return words[fault]

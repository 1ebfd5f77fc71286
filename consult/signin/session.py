"""The session of somebody signed in: LoginManager, its cookie, and who a request belongs to."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Flask, Response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, login_user, logout_user

from consult.core.db import db
from consult.people.access import NotSignedIn
from consult.people.models import Account
from consult.web import errors
from consult.web.spaces import in_workspace

manager = LoginManager()
SESSION_HOURS = 12


class SignedIn(UserMixin):  # type: ignore[misc]
    """Flask-Login's view of an account. The id carries the epoch, so that a new password or a
    deactivation ends every older session."""

    def __init__(self, account: Account) -> None:
        self.account = account

    def get_id(self) -> str:
        return f"{self.account.id}.{self.account.session_epoch}"


def load(session_id: str) -> SignedIn | None:
    """The account a session names, unless it was ended since."""
    ident, _, epoch = session_id.partition(".")
    try:
        account = db.session.get(Account, UUID(ident))
    except ValueError:
        return None
    if account is None or not account.is_active or str(account.session_epoch) != epoch:
        return None
    return SignedIn(account)


def enter(account: Account) -> None:
    """Opens the session of an account that proved itself. Nothing of before is carried over, so that a
    session planted beforehand is worth nothing."""
    session.clear()
    login_user(SignedIn(account))
    session.pop("_id", None)  # Flask-Login's digest of the address and the browser: of no use here


def leave() -> None:
    """Ends it, with everything it held (the way to a keyholder's open key, say)."""
    logout_user()
    session.clear()


def _ask(_error: NotSignedIn) -> ResponseReturnValue:
    if request.method in {"GET", "HEAD"}:
        return redirect(url_for("signin.sign_in", next=request.full_path.rstrip("?")))
    return errors.expired()


def init_app(app: Flask, *, secure: bool) -> None:
    """The cookie reaches ``/workspace`` only: who is signed in is not recognised elsewhere."""
    app.config.update(
        SESSION_COOKIE_NAME="consult_session",
        SESSION_COOKIE_PATH="/workspace",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=SESSION_HOURS * 3600,
    )
    manager.init_app(app, add_context_processor=False)
    # Flask-Login looks into the session after every request, for a cookie we do not use. Reading and
    # speaking touch no session at all.
    app.after_request_funcs[None].remove(manager._update_remember_cookie)
    manager.user_loader(load)
    manager.session_protection = None  # the default keeps a hash of address and agent in the session
    app.register_error_handler(NotSignedIn, _ask)

    @app.after_request
    def keep_nothing(response: Response) -> Response:
        """Pages of the workspace stay in no cache: going back after signing out shows nothing."""
        if in_workspace():
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    @app.context_processor
    def who() -> dict[str, Any]:
        return {"is_workspace": in_workspace()}

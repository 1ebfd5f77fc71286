"""The token of signed-in forms. Apart from `forms`, so that the anonymous side cannot reach a session."""

from __future__ import annotations

from flask import Flask, request
from flask_wtf.csrf import CSRFProtect, generate_csrf
from markupsafe import Markup

PREFIX = "/workspace"
csrf = CSRFProtect()


def token_field() -> Markup:
    """The hidden input of a signed-in form; templates call it ``csrf()``."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def init_app(app: Flask) -> None:
    """Checks the token of every writing request under ``/workspace``, whatever the view."""
    app.config.update(WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=False)
    csrf.init_app(app)
    app.jinja_env.globals["csrf"] = token_field

    @app.before_request
    def check_token() -> None:
        if request.path.startswith(PREFIX) and request.method not in {"GET", "HEAD", "OPTIONS"}:
            csrf.protect()

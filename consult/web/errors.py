"""Domain errors become pages once, here. Logs keep the English original and never what was typed."""

from __future__ import annotations

import logging

from flask import Flask, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from consult.core.errors import EditedMeanwhile, NotAllowed, NotFound, Refused, TooMany, WrongState

logger = logging.getLogger("consult")
_PAGES = {400, 403, 404, 405, 409, 413, 429, 500}
NEVER_CARRIED = frozenset({"csrf_token", "password", "passphrase", "recovery_code"})


def page(status: int, **facts: object) -> tuple[str, int]:
    """The page of one status, in the language of the address."""
    code = status if status in _PAGES else (400 if status < 500 else 500)
    name = 404 if code == 405 else code
    return render_template(f"errors/{name}.html", **facts), status


def _typed() -> list[tuple[str, str]]:
    """What was posted, to be given back: secrets and the token left out."""
    return [(k, v) for k, v in request.form.items(multi=True) if k not in NEVER_CARRIED]


def expired() -> tuple[str, int]:
    """The session ended while somebody was typing: their text, and the way back."""
    return render_template("errors/expired.html", typed=_typed()), 400


def _on_refused(error: Refused) -> tuple[str, int]:
    if isinstance(error, NotFound):
        return page(404)
    if isinstance(error, NotAllowed):
        return page(403)
    if isinstance(error, TooMany):
        return page(429, seconds=error.seconds)
    if isinstance(error, EditedMeanwhile):
        return page(409, theirs=error.theirs, yours=error.yours, typed=_typed())
    if isinstance(error, WrongState):
        return page(409, what=error.what, state=error.state, typed=_typed())
    return page(400)


def _on_http(error: HTTPException) -> tuple[str, int] | HTTPException:
    if error.response is not None or error.code is None or error.code < 400:
        return error
    return page(error.code)


def _on_bug(error: Exception) -> tuple[str, int]:
    # The path is of a page, never of a person; parameters are hidden by the engine (core/db.py).
    rule = request.url_rule.rule if request.url_rule else "no route"
    logger.error("unhandled %s at %s %s", type(error).__name__, request.method, rule, exc_info=error)
    return page(500)


def init_app(app: Flask) -> None:
    app.register_error_handler(Refused, _on_refused)
    app.register_error_handler(StaleDataError, lambda _error: page(409, typed=_typed()))
    app.register_error_handler(CSRFError, lambda _error: expired())
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(Exception, _on_bug)

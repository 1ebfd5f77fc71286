"""Domain errors become pages once, here. Logs keep the English original and never what was typed."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import suppress

from flask import Flask, Response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from consult.core.db import db
from consult.core.errors import EditedMeanwhile, NotAllowed, NotFound, Refused, TooMany, WrongState
from consult.web import spaces
from consult.web.problems import problem

logger = logging.getLogger("consult")
_PAGES = {400, 403, 404, 405, 409, 413, 429, 500}
NEVER_CARRIED = ("csrf", "password", "passphrase", "recovery", "again")
"""Parts of names of controls whose content is never given back."""
_OURS = frozenset({"version", "once", "next", "base", "go", "add"})


Answer = tuple[str, int] | Response


def page(status: int, **facts: object) -> Answer:
    """The page of one status, in the language of the address; a program gets its problem as data."""
    if spaces.in_api():
        seconds = facts.get("seconds")
        return problem(status, seconds=seconds if isinstance(seconds, int) else None)
    code = status if status in _PAGES else (400 if status < 500 else 500)
    name = 404 if code == 405 else code
    return render_template(f"errors/{name}.html", **facts), status


def _is_ours(name: str) -> bool:
    return name in _OURS or name.endswith("-at")  # the place of a row in a table


def _typed() -> list[tuple[str, str]]:
    """What was typed, to be given back: secrets, the token and what pages add of their own left out."""
    return [
        (name, value)
        for name, value in request.form.items(multi=True)
        if value.strip() and not _is_ours(name) and not any(part in name.lower() for part in NEVER_CARRIED)
    ]


def expired() -> tuple[str, int]:
    """The session ended while somebody was typing: their text, and the way back."""
    return render_template("errors/expired.html", typed=_typed()), 400


def _put_back() -> None:
    """Half an act must not be flushed by what the error page reads; a broken transaction cannot be read
    from at all."""
    with suppress(SQLAlchemyError):
        db.session.rollback()


def _on_refused(error: Refused) -> Answer:
    _put_back()
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
    return page(400, typed=_typed())


def _on_stale(_error: StaleDataError) -> Answer:
    _put_back()
    return page(409, typed=_typed())


def _on_http(error: HTTPException) -> Answer | HTTPException:
    if error.response is not None or error.code is None or error.code < 400:
        return error
    return page(error.code)


def _chain(error: BaseException | None) -> Iterator[str]:
    """The kinds of error and where they came from, innermost last. Never their messages: a message may
    quote what somebody typed (a text that cannot be decoded, a value that is not unique)."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield type(error).__name__
        for frame in traceback.extract_tb(error.__traceback__):
            yield f"  {frame.filename}:{frame.lineno} in {frame.name}"
        error = error.__cause__ or error.__context__


def _on_bug(error: Exception) -> Answer:
    _put_back()
    # The rule, not the path: an address may hold an invitation, a rule never does.
    rule = request.url_rule.rule if request.url_rule else "no route"
    logger.error("unhandled error at %s %s\n%s", request.method, rule, "\n".join(_chain(error)))
    return page(500)


def init_app(app: Flask) -> None:
    app.register_error_handler(Refused, _on_refused)
    app.register_error_handler(StaleDataError, _on_stale)
    app.register_error_handler(CSRFError, lambda _error: expired())
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(Exception, _on_bug)

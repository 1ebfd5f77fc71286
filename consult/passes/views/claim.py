"""The page on which an invitation becomes a pass. It stands behind the blindfold, and is the same bytes for
everybody: what is personal stays behind ``#``, in the browser.

Only the page's script claims, by POST, once somebody has pressed the button: programs that follow links of
mails, run their scripts or fetch pages ahead claim nothing."""

from __future__ import annotations

import logging
import re
import traceback
from base64 import b64encode, urlsafe_b64decode
from binascii import Error as BadBase64
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from consult.anonymity import words
from consult.core import clock
from consult.core.db import begin_writing, db, reading
from consult.core.i18n import _, day, locale
from consult.passes import claiming
from consult.passes.claiming import ClaimRefused
from consult.passes.rules import ClaimFault
from consult.voices import queries as voices
from consult.voices.models import Letterbox
from consult.voices.rules import Bucket
from consult.web import spaces
from consult.web.origin import require_same_origin

claims = Blueprint("claims", __name__, url_prefix=spaces.SPEAKING)
logger = logging.getLogger("consult")

MAX_BODY = 8 * 1024
"""Bytes: seven requests of 342 characters, and the code."""
BURST, PER_SECOND = 300, 5
FORM_TYPE = "application/x-www-form-urlencoded"
STATUS = {
    ClaimFault.MISREAD: 400, ClaimFault.UNKNOWN: 404, ClaimFault.TOO_MANY: 429, ClaimFault.FAILED: 500,
}  # fmt: skip
_REQUEST = re.compile(r"[A-Za-z0-9_-]{341}[AQgw]", re.ASCII)
_FRAMES = 6


@claims.record
def _set_up(state: Any) -> None:
    state.app.extensions["consult.claim_bucket"] = Bucket(BURST, PER_SECOND)


@claims.before_request
def _receive() -> None:
    reading.set(True)
    request.max_content_length = MAX_BODY
    if request.method == "POST":
        require_same_origin()
        if request.mimetype != FORM_TYPE:
            raise ClaimRefused(ClaimFault.MISREAD)


@claims.get("/claim")
def page() -> ResponseReturnValue:
    home = f"{request.script_root}/{locale()}/"
    return render_template(
        "passes/claim.html",
        organisation_name=voices.organisation(db.session),
        home_url=home,
        kept_url=f"{home}stored",
        exit_url=url_for("voices.exit"),
        footer_links=[{"label": _("What this server keeps"), "href": f"{home}stored"}],
        demo_mode=current_app.extensions["consult.settings"].demo,
    )


@claims.get("/claim/<box>")
def keys(box: str) -> ResponseReturnValue:
    """What the script needs before it blinds: the same for everybody who asks about that letterbox."""
    letterbox, today = _letterbox(box), clock.today()
    claiming.must_be_open(letterbox, today)
    start = claiming.usable_from(letterbox, today)
    return {
        "lanes": {lane: b64encode(key).decode() for lane, key in _keys(letterbox).items()},
        "fingerprint": list(words.from_digest(letterbox.fingerprint, locale())),
        "quota": letterbox.quota,
        "usable_from": start.isoformat(),
        "usable_from_day": day(start),
        "closes_on": letterbox.closes_on.isoformat(),
        "closes_on_day": day(letterbox.closes_on),
        "waits": today >= letterbox.opens_on,
        "is_late": start > letterbox.closes_on,
    }


@claims.post("/claim")
def claim() -> ResponseReturnValue:
    """Signs first and takes the lock after: what is asked again is answered again, anything else is not."""
    letterbox, today = _letterbox(request.form.get("box", "")), clock.today()
    asked = {lane: _request(request.form.get(lane, "")) for lane in _keys(letterbox)}
    if not current_app.extensions["consult.claim_bucket"].take(clock.now().timestamp()):
        raise ClaimRefused(ClaimFault.TOO_MANY)
    claimed = claiming.sign(db.session, letterbox, request.form.get("code", ""), asked, on=today)
    begin_writing(db.session)
    claiming.take(db.session, claimed)
    db.session.commit()
    return {"signatures": {lane: b64encode(one).decode() for lane, one in claimed.signatures.items()}}


def _letterbox(address: str) -> Letterbox:
    found = voices.by_address(db.session, address)
    if found is None:
        raise ClaimRefused(ClaimFault.UNKNOWN)
    return found


def _keys(letterbox: Letterbox) -> dict[str, bytes]:
    return claiming.public_keys(db.session, letterbox)


def _request(text: str) -> bytes:
    """256 bytes as base64url without padding, in their one spelling."""
    if not _REQUEST.fullmatch(text):
        raise ClaimRefused(ClaimFault.MISREAD)
    try:
        return urlsafe_b64decode(text + "==")
    except BadBase64:
        raise ClaimRefused(ClaimFault.MISREAD) from None


# ── refusals ───────────────────────────────────────────────────────────────────


@claims.errorhandler(ClaimRefused)
def _refused(error: ClaimRefused) -> ResponseReturnValue:
    db.session.rollback()
    return {"refused": str(error.fault)}, STATUS.get(error.fault, 409)


@claims.errorhandler(HTTPException)
def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    return {"refused": str(ClaimFault.MISREAD)}, error.code


@claims.errorhandler(Exception)
def _failed(error: Exception) -> ResponseReturnValue:
    """A fault of ours. The log gets its kind and the lines of code, nothing that was sent."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    where = " > ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)
    logger.error("unhandled %s where passes are claimed (%s)", type(error).__name__, where)
    return {"refused": str(ClaimFault.FAILED)}, 500

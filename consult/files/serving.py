"""Answers that carry a file: nothing in it runs, nothing guesses what it is, no other site may show it."""

from __future__ import annotations

from flask import Response, send_file

from consult.files import services
from consult.files.models import StoredFile
from consult.files.rules import INLINE

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""Set here as well as by `core.security`, which leaves alone what an answer already says."""


def answer(file: StoredFile, name: str, *, for_employees: bool, save: bool = False) -> Response:
    """The bytes of a stored file under a name. ``for_employees``: every reader of that level gets the same,
    so a browser may keep it and ask again; otherwise nothing keeps it. ``save``: not shown, even where a
    browser could. Raises `NotFound` where the file was erased."""
    response = send_file(
        services.path_of(file.sha256),
        mimetype=file.media_type,
        as_attachment=save or file.kind not in INLINE,
        download_name=name,
        etag=file.sha256,
        conditional=True,
    )
    response.headers.update(HEADERS)
    del response.headers["Last-Modified"]
    response.headers["Cache-Control"] = "private, no-cache" if for_employees else "no-store"
    response.headers["Vary"] = "Cookie"
    if not for_employees:
        response.headers.pop("ETag", None)
    return response

"""Answers that are a file made here, not a page."""

from __future__ import annotations

from flask import Response


def download(content: bytes, mimetype: str, name: str, *, is_kept: bool = False) -> Response:
    """A file to save under ``name``. Unless it may be kept, no copy stays in any cache."""
    response = Response(content, mimetype=mimetype)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    if not is_kept:
        response.cache_control.no_store = True
    return response

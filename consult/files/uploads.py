"""Letting a large body in where a file is expected, from somebody signed in, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, request

from consult.files.rules import MIB

View = TypeVar("View", bound=Callable[..., Any])
BESIDE = 1 * MIB
"""What the other controls of a form with a file may take."""


def takes_file(view: View) -> View:
    """Marks a view whose form carries one file."""
    view.__dict__["takes_file"] = True
    return view


IN_MEMORY = 480 * 1024
"""Bytes of a body whose files the server's parser does not put on a disk: it does above 500 KB."""


def stays_in_memory(view: View) -> View:
    """Marks a view whose form carries what must never touch a disk; larger bodies are refused."""
    view.__dict__["stays_in_memory"] = True
    return view


def init_app(app: Flask, *, limit: Callable[[], int], may_upload: Callable[[], bool]) -> None:
    """Before anything reads the body: the check of the form's token would. ``limit``: bytes of a file."""

    @app.before_request
    def how_much() -> None:
        view = app.view_functions.get(request.endpoint or "")
        if getattr(view, "takes_file", False) and may_upload():
            request.max_content_length = limit() + BESIDE
        if getattr(view, "stays_in_memory", False):
            request.max_content_length = IN_MEMORY

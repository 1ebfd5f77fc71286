"""What the rooms that take documents share: from the form to the document kept."""

from __future__ import annotations

from werkzeug.datastructures import FileStorage

from consult.core import clock
from consult.core.db import db
from consult.core.i18n import _
from consult.enclosures import services
from consult.files import words
from consult.files.rules import FileRefused
from consult.notices.models import Notice
from consult.notices.rules import FileReaders
from consult.people.access import signed_in
from consult.people.models import Body
from consult.register.rules import Ref
from consult.web.fields import OnceForm, tidy


def hand_over(form: OnceForm, *, about: Ref, body: Body, notice: Notice | None) -> bool:
    """True once it is kept; else the form says why, and nothing was stored. ``form``: an `EnclosureForm`."""
    if not form.validate():
        return False
    chosen = form["file"].data
    if not isinstance(chosen, FileStorage) or not chosen.filename:
        form["file"].errors = [_("Choose a file.")]
        return False
    is_confidential = form["readers"].data == FileReaders.CONFIDENTIAL
    offered = {str(one[0]) for one in form["mandates"].iter_choices()}
    try:
        services.hand_over(
            db.session, about=about, body=body, notice=notice, upload=chosen.stream, name=chosen.filename,
            label=tidy(form["label"].data), readers=FileReaders(form["readers"].data),
            mandates=offered & set(form["mandates"].data or ()), reason=tidy(form["reason"].data),
            until=form["until"].data if is_confidential else None, actor=signed_in(), on=clock.today(),
            once=form.once_id,
        )  # fmt: skip
    except FileRefused as refused:
        form["file"].errors = [words.refusal_words(refused)]
        return False
    return True

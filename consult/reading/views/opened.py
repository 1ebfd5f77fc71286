"""What the reading side shows of files opened by representatives: the page employees are asked on, and, for
people who signed in, what came before a notice."""

from __future__ import annotations

from collections.abc import Sequence

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from consult.consultations import queries as consultations
from consult.core import clock
from consult.core.db import db
from consult.core.errors import NotFound
from consult.dossiers import queries as dossiers
from consult.dossiers.models import Dossier
from consult.notices import queries as notices
from consult.notices.models import Notice
from consult.people.access import acting_body_ids, reader_of, signed_in
from consult.reading import labels
from consult.reading.page import NoticePage


def even_file(session: Session, slug: str) -> Notice | None:
    """A notice, or what employees are asked about on a file."""
    return notices.by_slug(session, slug) or notices.file(session, slug)


def asked_about(page: NoticePage) -> ResponseReturnValue:
    """For employees alone, in no list, and only once the letterbox is open. Raises `NotFound`."""
    if not page.speaking:
        raise NotFound
    return render_template("reading/file.html", page=page, labels=labels, frame="layouts/public.html")


def to_file(notice: Notice) -> ResponseReturnValue:
    """To the page of the file, where both sides read what was sent."""
    behind = consultations.of_notice(db.session, notice.id)
    return redirect(url_for("workspace.consultation", consultation_id=behind[0].id), 303)


def before(notice: Notice) -> Sequence[Dossier]:
    """Files tied to a notice, as far as the person signed in may know of them."""
    account = signed_in()
    reader, acting = reader_of(account), acting_body_ids(account)
    return dossiers.of_notice(db.session, notice.id, reader=reader, acting=acting, on=clock.today())

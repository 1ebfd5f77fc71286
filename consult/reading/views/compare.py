"""Two texts of a notice side by side."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from consult.core import clock
from consult.notices import queries as notices
from consult.notices.models import Notice, Revision
from consult.people.access import may, reader_of, requires, signed_in
from consult.people.rules import Permission
from consult.reading import comparing
from consult.reading.views.pages import bp, published_of, readable
from consult.web import spaces
from consult.web.readers import Reader, anonymous_reader


@bp.get(spaces.READING + "/notices/<slug>/compare")
def compare(slug: str) -> ResponseReturnValue:
    """Two texts as they stood, and what differs: ``from``, ``to``, and in which language (``text``)."""
    reader = anonymous_reader()
    notice = readable(slug, reader)
    return _compared(notice, published_of(notice), reader)


@bp.get(spaces.WORKSPACE + "/notices/<slug>/compare")
@requires(Permission.NOTICE_FOLLOW, of=notices.by_slug)
def compare_signed(notice: Notice) -> ResponseReturnValue:
    """The same for somebody signed in; for those who write the notice, the draft too."""
    revisions = list(notice.revisions) if may(Permission.NOTICE_WRITE) else published_of(notice)
    return _compared(notice, revisions, reader_of(signed_in()), frame="layouts/staff.html")


def _compared(
    notice: Notice, revisions: list[Revision], reader: Reader, frame: str = "layouts/public.html"
) -> ResponseReturnValue:
    page = comparing.ComparePage.of(notice, revisions, request.args, reader, clock.today())
    return render_template(
        "reading/compare.html",
        page=page,
        pieces=comparing.pieces,
        section_of=comparing.section_of,
        frame=frame,
    )

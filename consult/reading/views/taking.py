"""What readers take away: feeds and calendars, a notice on paper, attached files."""

from __future__ import annotations

from uuid import UUID

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from consult.core import clock
from consult.core.db import db
from consult.core.errors import NotFound
from consult.core.i18n import locale
from consult.files import queries as file_queries
from consult.files import serving
from consult.notices import attaching
from consult.notices import queries as notices
from consult.notices.models import Notice
from consult.opinions import queries as opinions
from consult.opinions.draft_models import Declaration
from consult.people.access import may, reader_of, requires, signed_in
from consult.people.rules import Permission
from consult.reading import feeds, files, given, paper
from consult.reading.page import NoticePage
from consult.reading.views.pages import (
    OPEN_LEVELS,
    NoWord,
    as_it_stood,
    bp,
    known_reader,
    note_opening,
    previewed,
    readable,
    whole,
)
from consult.web import spaces
from consult.web.downloads import download
from consult.web.readers import anonymous_reader, opens_feeds, own_feed_token

# ── what programs follow ───────────────────────────────────────────────────────


@bp.get(spaces.READING + "/feeds", endpoint="feeds")
def list_feeds() -> ResponseReturnValue:
    """The two secret addresses of this reader's word. Never kept: they differ between a word and the next."""
    known_reader()
    response = make_response(render_template("reading/feeds.html", **feeds.addresses(own_feed_token())))
    response.cache_control.no_store = True
    return response


@bp.get(spaces.READING + "/feeds/<token>/notices.atom")
def notices_atom(token: str) -> ResponseReturnValue:
    """For a program: whoever has the address reads what the access word opens, and no more."""
    if not opens_feeds(token):
        raise NotFound
    return Response(feeds.notices(db.session, token, levels=OPEN_LEVELS), mimetype="application/atom+xml")


@bp.get(spaces.READING + "/feeds/<token>/dates.ics")
def dates_ics(token: str) -> ResponseReturnValue:
    if not opens_feeds(token):
        raise NotFound
    return Response(feeds.dates(db.session, levels=OPEN_LEVELS), mimetype="text/calendar")


# ── one notice, on paper ───────────────────────────────────────────────────────


def _paper(page: NoticePage, *, is_kept: bool = False) -> Response:
    """The cache of pages keeps those of the reading side; nothing keeps those of the workspace."""
    made = paper.notice_pdf(db.session, page)
    name = f"notice-{page.notice.number}-{page.notice.slug}-{page.revision.number}-{locale()}.pdf"
    return download(made, "application/pdf", name, is_kept=is_kept)


@bp.get(spaces.READING + "/notices/<slug>/notice.pdf")
def notice_pdf(slug: str) -> ResponseReturnValue:
    reader = anonymous_reader()
    return _paper(whole(readable(slug, reader), reader), is_kept=True)


@bp.get(spaces.READING + "/notices/<slug>/revisions/<int:number>/notice.pdf")
def revision_pdf(slug: str, number: int) -> ResponseReturnValue:
    return _paper(as_it_stood(slug, number), is_kept=True)


@bp.get(spaces.WORKSPACE + "/notices/<slug>/notice.pdf")
@requires(Permission.NOTICE_FOLLOW, of=notices.by_slug)
def notice_signed_pdf(notice: Notice) -> ResponseReturnValue:
    """Made before anything is written: nobody waits for it. Opening it is opening the notice."""
    made = _paper(whole(notice, reader_of(signed_in())))
    note_opening(notice)
    return made


@bp.get(spaces.WORKSPACE + "/notices/<slug>/preview/notice.pdf")
@requires(Permission.NOTICE_WRITE, of=notices.by_slug)
def preview_pdf(notice: Notice) -> ResponseReturnValue:
    draft = notices.draft(notice)
    if draft is None:
        raise NotFound
    return _paper(previewed(notice, draft))


# ── attached files ──────────────────────────────────────────────────────────────

_FILE = "/notices/<slug>/files/<uuid:attachment_id>/<name>"


@bp.get(spaces.READING + _FILE)
def file(slug: str, attachment_id: UUID, name: str) -> ResponseReturnValue:
    """A stranger is asked for the word, whether there is such a file or not."""
    reader = anonymous_reader()
    found = attaching.find(readable(slug, reader), attachment_id, name)
    if found is None or not files.may_be_sent(found, reader, on=clock.today()):
        raise NotFound if reader.has_word else NoWord
    return files.sent(db.session, found, for_employees=True)


@bp.get(spaces.WORKSPACE + _FILE)
@requires(Permission.NOTICE_FOLLOW, of=files.attached)
def file_signed(found: attaching.Attached) -> ResponseReturnValue:
    """Files of the body and confidential ones too, and those of a draft for whoever writes it."""
    reader, drafts = reader_of(signed_in()), may(Permission.NOTICE_WRITE)
    if not files.may_be_sent(found, reader, on=clock.today(), drafts=drafts):
        raise NotFound
    return files.sent(db.session, found, for_employees=False)


# ── opinions, and what is annexed to them ──────────────────────────────────────


def _opinion_file(page: NoticePage, form: str, *, is_kept: bool = False) -> ResponseReturnValue:
    if not given.has_any(page) or form not in {"pdf", "json"}:
        raise NotFound
    name = f"opinion-{page.notice.number}-{page.notice.slug}"
    if form == "json":
        return download(given.as_json(page), "application/json", f"{name}.json", is_kept=is_kept)
    made = given.as_pdf(db.session, page)
    return download(made, "application/pdf", f"{name}-{locale()}.pdf", is_kept=is_kept)


@bp.get(spaces.READING + "/notices/<slug>/opinion.<form>")
def opinion(slug: str, form: str) -> ResponseReturnValue:
    reader = anonymous_reader()
    return _opinion_file(whole(readable(slug, reader), reader), form, is_kept=True)


def _readable(session: Session, slug: str, form: str) -> Notice | None:  # noqa: ARG001
    return notices.by_slug(session, slug)


@bp.get(spaces.WORKSPACE + "/notices/<slug>/opinion.<form>")
@requires(Permission.NOTICE_FOLLOW, of=_readable)
def opinion_signed(notice: Notice) -> ResponseReturnValue:
    form = (request.view_args or {}).get("form", "")
    return _opinion_file(whole(notice, reader_of(signed_in())), form)


def _annexed(session: Session, slug: str, declaration_id: UUID) -> Declaration | None:
    """A declaration annexed to an opinion on that notice; before, there is none."""
    found = opinions.declaration(session, declaration_id)
    if found is None or found.opinion_id is None or found.file is None:
        return None
    return found if found.consultation.notice.slug == slug else None


def _sent(found: Declaration, *, for_employees: bool) -> ResponseReturnValue:
    stored = file_queries.by_hash(db.session, found.file or "")
    if stored is None:
        raise NotFound
    return serving.answer(stored, found.file_name, for_employees=for_employees)


@bp.get(spaces.READING + "/notices/<slug>/declarations/<uuid:declaration_id>")
def declaration(slug: str, declaration_id: UUID) -> ResponseReturnValue:
    reader = anonymous_reader()
    readable(slug, reader)
    found = _annexed(db.session, slug, declaration_id)
    if found is None:
        raise NotFound if reader.has_word else NoWord
    return _sent(found, for_employees=True)


@bp.get(spaces.WORKSPACE + "/notices/<slug>/declarations/<uuid:declaration_id>")
@requires(Permission.NOTICE_FOLLOW, of=_annexed)
def declaration_signed(found: Declaration) -> ResponseReturnValue:
    return _sent(found, for_employees=False)

"""Pages employees and everyone read. The same bytes for every reader of a level; no session anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from consult.commitments import queries as commitments
from consult.concerns import queries as concerns
from consult.consultations import receipts
from consult.consultations import services as consultations
from consult.consultations import words as procedure_words
from consult.core import clock, copies
from consult.core.config import Settings
from consult.core.db import begin_writing, db, reading
from consult.core.errors import NotFound, Refused
from consult.core.i18n import LOCALES, _, locale, path_in
from consult.core.security import FORWARDED, SAW
from consult.dossiers.models import Dossier
from consult.notices import queries as notices
from consult.notices.fields import SUMMARY, words
from consult.notices.models import Notice, Revision
from consult.notices.offers import offers
from consult.notices.sought import EVERYTHING, LONGEST, Sought, sites_of
from consult.people import queries as people
from consult.people.access import in_words_of_bodies, may, reader_of, requires, signed_in
from consult.people.rules import Permission
from consult.reading import labels, layout, queries
from consult.reading import managers as leading
from consult.reading import stored as storage
from consult.reading.attempts import PAUSE, Attempts
from consult.reading.dates import timetable
from consult.reading.page import NoticePage
from consult.reading.parts import parts_of
from consult.reading.rules import LISTED_STAGES, safe_next
from consult.reading.views import opened
from consult.register import services as register
from consult.web import spaces
from consult.web.origin import require_same_origin
from consult.web.readers import (
    Reader,
    Visibility,
    anonymous_reader,
    matches,
    may_read,
    remember,
    words_in_force,
)

bp = Blueprint("reading", __name__)
bp.app_context_processor(layout.context)

OPEN_LEVELS = (Visibility.PUBLIC, Visibility.EMPLOYEES)
LANGUAGE_DAYS = 365
MAX_FORM = 4096
"""Bytes of the form with the access word."""
STATES = ("late", "contested", "agreed", "in_progress", "claimed_done", "confirmed")
"""What the tracker can be filtered by: the keys of `commitments.queries.tally`."""


class NoWord(Refused):
    """The page is for people who typed the access word."""


@bp.record
def _set_up(state: Any) -> None:
    settings: Settings = state.app.extensions["consult.settings"]
    state.app.extensions["consult.attempts"] = Attempts(0.0 if settings.testing else PAUSE)


# ── the door ───────────────────────────────────────────────────────────────────


def _ask_word(status: int, *, back: str = "", error: str = "") -> Response:
    """The page that asks for the word: the same for every reader and for every wrong word."""
    page = render_template(
        "reading/access.html",
        action=url_for("reading.access"),
        next=back,
        error=error,
        kept_url=url_for("reading.stored"),
        sign_in_url=url_for("signin.sign_in"),
    )
    return make_response(page, status)


@bp.app_errorhandler(NoWord)
def _on_no_word(_error: NoWord) -> Response:
    response = _ask_word(403, back=safe_next(request.full_path.rstrip("?")))
    response.cache_control.no_store = True
    return response


def known_reader() -> Reader:
    """Who reads; a stranger is asked for the word. Raises `NoWord`."""
    reader = anonymous_reader()
    if not reader.has_word:
        raise NoWord
    return reader


@bp.get("/")
def root() -> ResponseReturnValue:
    """To the language remembered, else to the first the browser asks for."""
    response = redirect(url_for("reading.home", lang=locale()), 302)
    response.vary.update(("Accept-Language", "Cookie"))
    response.cache_control.no_cache = True
    return response


@bp.route("/language", methods=["GET", "POST"])
def language() -> ResponseReturnValue:
    """Remembers a language (``fr`` or ``en``, the same for all) and goes back to the same page in it."""
    to = request.values.get("to", "")
    if to not in LOCALES:
        abort(404)
    back = path_in(safe_next(request.values.get("back", "")), to) or url_for("reading.home", lang=to)
    response = redirect(back, 303)
    settings: Settings = current_app.extensions["consult.settings"]
    response.set_cookie(
        "lang",
        to,
        max_age=LANGUAGE_DAYS * 86400,
        secure=settings.secure_cookies,
        httponly=True,
        samesite="Lax",
    )
    return response


@bp.route(spaces.READING + "/access", methods=["GET", "POST"])
def access() -> ResponseReturnValue:
    """Takes the access word. Nothing is written down of who tried, when, or what."""
    if request.method != "POST":
        return redirect(url_for("reading.home"))
    reading.set(True)
    request.max_content_length = MAX_FORM
    require_same_origin()
    attempts: Attempts = current_app.extensions["consult.attempts"]
    attempts.take()
    back = safe_next(request.form.get("next", ""))
    typed = request.form.get("word", "")
    is_right = matches(typed, words_in_force().accepted())
    db.session.rollback()  # nothing is kept open while a wrong word waits
    if not is_right:
        attempts.was_wrong()
        response = _ask_word(
            400, back=back, error=_("This is not the word in force. Check its spelling on the poster.")
        )
    else:
        attempts.was_right()
        settings: Settings = current_app.extensions["consult.settings"]
        response = make_response(redirect(back or url_for("reading.home"), 303))
        remember(response, typed, secure=settings.secure_cookies)
    response.cache_control.no_store = True
    return response


# ── lists ──────────────────────────────────────────────────────────────────────


def _rows(sought: Sought = EVERYTHING, after: str | None = None) -> dict[str, Any]:
    """Notices as a list shows them, in a constant number of statements."""
    page = queries.listed(db.session, levels=OPEN_LEVELS, sought=sought, locale=locale(), after=after)
    ids = [row.id for row in page.rows]
    return {
        "page": page,
        "standing": queries.standing(db.session, ids),
        "promises": queries.promises(db.session, ids, on=clock.today()),
        "labels": labels,
        "on": clock.today(),
    }


@bp.get(spaces.READING + "/")
def home() -> ResponseReturnValue:
    """Four figures that each lead to their list, then the notices. A stranger is asked for the word, 200."""
    if not anonymous_reader().has_word:
        return _ask_word(200)
    today = clock.today()
    waiting = [
        one for one in concerns.unanswered(db.session)
        if may_read(one.notice.audience, anonymous_reader(), on=today)
    ]  # fmt: skip
    return render_template(
        "reading/home.html",
        open_boxes=queries.open_letterboxes(db.session, levels=OPEN_LEVELS, on=today),
        title_of=queries.title_of,
        said=queries.said(db.session, levels=OPEN_LEVELS),
        tally=commitments.tally(db.session, levels=OPEN_LEVELS, on=today),
        waiting=waiting,
        number_of_notices=queries.how_many(db.session, levels=OPEN_LEVELS),
        **_rows(),
    )


@bp.get(spaces.READING + "/notices", endpoint="notices")
def list_notices() -> ResponseReturnValue:
    known_reader()
    sites = sites_of(one.name for one in people.establishments(db.session))
    sought = Sought.read(request.args, stages=LISTED_STAGES, sites=sites)
    page = render_template(
        "reading/notices.html",
        sought=sought,
        offers=offers(sought, stages=_in_words(labels.STAGES), sites=sites),
        longest=LONGEST,
        is_first="after" not in request.args,
        **_rows(sought, request.args.get("after")),
    )
    response = make_response(page)
    if sought.words or sought.has_strange:  # what somebody typed is kept nowhere, here nor in the browser
        response.cache_control.no_store = True
    return response


def _in_words(tags: Mapping[str, labels.Tag]) -> dict[str, Any]:
    return {value: words for value, (_tone, _icon, words) in tags.items()}


@bp.get(spaces.READING + "/commitments", endpoint="commitments")
def list_commitments() -> ResponseReturnValue:
    """What was promised, by urgency; a filter for each state, and one for what is late."""
    known_reader()
    today, asked = clock.today(), request.args.get("state", "")
    state = asked if asked in STATES else ""
    after = request.args.get("after")
    page = commitments.tracker(db.session, levels=OPEN_LEVELS, on=today, state=state, after=after)
    return render_template(
        "reading/commitments.html",
        page=page,
        state=state,
        tally=commitments.tally(db.session, levels=OPEN_LEVELS, on=today),
        last_words=queries.last_words(db.session, [one.id for one in page.rows]),
        labels=labels,
        on=today,
    )


# ── one notice ─────────────────────────────────────────────────────────────────


def _render(
    page: NoticePage, *, frame: str = "layouts/public.html", files: Sequence[Dossier] = ()
) -> ResponseReturnValue:
    return render_template(
        "reading/notice.html",
        page=page,
        parts=parts_of(page),
        dates=timetable(page),
        sentences=SUMMARY,
        labels=labels,
        words=words,
        procedure_words=procedure_words,
        frame=frame,
        files=files,
    )


def readable(slug: str, reader: Reader) -> Notice:
    """Raises `NoWord` for a stranger, whether there is such a notice or not; `NotFound`."""
    notice = notices.by_slug(db.session, slug)
    if notice is None or not may_read(notice.audience, reader, on=clock.today()):
        raise NotFound if reader.has_word else NoWord
    return notice


def published_of(notice: Notice) -> list[Revision]:
    return [one for one in notice.revisions if one.published_on is not None]


@bp.get(spaces.READING + "/notices/<slug>")
def notice(slug: str) -> ResponseReturnValue:
    reader = anonymous_reader()
    if reader.has_word and (file := notices.file(db.session, slug)) is not None:
        return opened.asked_about(whole(file, reader))
    return _render(whole(readable(slug, reader), reader))


def whole(notice: Notice, reader: Reader) -> NoticePage:
    """The text in force with everything said and done about it. Raises `NotFound` before publication."""
    published = published_of(notice)
    if not published:
        raise NotFound
    thread = queries.thread(db.session, notice)
    in_words_of_bodies(thread.consultations)
    return NoticePage(notice, published[-1], published, thread, reader, clock.today())


@bp.get(spaces.READING + "/notices/<slug>/managers")
def managers(slug: str) -> ResponseReturnValue:
    """What those who lead a team say of it and what they leave alone, for the notice's own readers."""
    reader = anonymous_reader()
    page = whole(readable(slug, reader), reader)
    return render_template(
        "reading/managers.html", page=page, sentences=SUMMARY, **leading.about(page.revision)
    )


@bp.get(spaces.READING + "/notices/<slug>/revisions/<int:number>")
def revision(slug: str, number: int) -> ResponseReturnValue:
    """A text as it stood: for good at this address, and saying so when it is not the one in force."""
    return _render(as_it_stood(slug, number))


def as_it_stood(slug: str, number: int) -> NoticePage:
    reader = anonymous_reader()
    notice = readable(slug, reader)
    published = published_of(notice)
    found = next((one for one in published if one.number == number), None)
    if found is None:
        raise NotFound
    is_current = found is published[-1]
    return NoticePage(
        notice, found, published, queries.Thread(), reader, clock.today(), is_current, shows_thread=False
    )


@bp.get(spaces.WORKSPACE + "/notices/<slug>")
@requires(Permission.NOTICE_FOLLOW, of=opened.even_file)
def notice_signed(notice: Notice) -> ResponseReturnValue:
    """The same page for somebody signed in: under embargo too. The first opening by a mandate is proof. Of
    what employees are asked about on a file, the page of the file."""
    if notice.is_file:
        return opened.to_file(notice)
    if not published_of(notice) and may(Permission.NOTICE_WRITE):
        return redirect(url_for("reading.preview", slug=notice.slug))
    reader = reader_of(signed_in())
    note_opening(notice)
    return _render(whole(notice, reader), frame="layouts/staff.html", files=opened.before(notice))


def note_opening(notice: Notice) -> None:
    """Nearly always there is nothing to note, so a page asks before it takes the write lock."""
    account = signed_in()
    if not receipts.unopened(db.session, notice.id, account.id):
        return
    begin_writing(db.session)
    if consultations.note_opening(db.session, notice, account=account, at=clock.now()):
        register.touch(db.session)  # readers see the day of the first opening
    db.session.commit()
    reading.set(True)


@bp.get(spaces.WORKSPACE + "/notices/<slug>/preview")
@requires(Permission.NOTICE_WRITE, of=notices.by_slug)
def preview(notice: Notice) -> ResponseReturnValue:
    """The text being written, as readers will see it; the switch shows it in the other language."""
    draft = notices.draft(notice)
    if draft is None:
        return redirect(url_for("reading.notice_signed", slug=notice.slug))
    return _render(previewed(notice, draft), frame="layouts/staff.html")


def previewed(notice: Notice, draft: Revision) -> NoticePage:
    published, thread = [*published_of(notice), draft], queries.thread(db.session, notice)
    return NoticePage(
        notice, draft, published, thread, reader_of(signed_in()), clock.today(), is_preview=True
    )


# ── about this server ──────────────────────────────────────────────────────────


@bp.get(spaces.READING + "/stored", endpoint="stored")
def what_is_stored() -> ResponseReturnValue:
    """Kept by no cache: a copy made a minute ago moves the last day, and is no act of record."""
    end = copies.last_day(db.session)
    page = render_template(
        "reading/stored.html",
        **storage.described(),
        copies_end=end if end is not None and end >= clock.today() else None,
    )
    return Response(page, headers={"Cache-Control": "no-store"})


@bp.get(spaces.READING + "/accessibility")
def accessibility() -> ResponseReturnValue:
    return render_template("reading/accessibility.html")


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Whether the server can serve, and which headers with addresses reached it: their names alone."""
    try:
        queries.can_answer(db.session)
    except SQLAlchemyError:
        return Response("cannot serve\n", 503, mimetype="text/plain")
    saw = ", ".join(name for name in FORWARDED if name in request.headers)
    return Response("ok\n", mimetype="text/plain", headers={SAW: saw} if saw else {})


@bp.get("/robots.txt")
def robots() -> ResponseReturnValue:
    return Response("User-agent: *\nDisallow: /\n", mimetype="text/plain")

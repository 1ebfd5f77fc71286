"""Notes between colleagues who write a notice, and approving it while some are open."""

from __future__ import annotations

from collections.abc import Iterator

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, TextAreaField
from wtforms.validators import Length

from consult.core import clock
from consult.core.db import db
from consult.core.errors import WrongState
from consult.core.i18n import _, _l
from consult.notices import fields, queries, reviewing
from consult.notices.fields import SECTIONS, Section
from consult.notices.models import Note, Notice, Revision
from consult.notices.rules import CHANGELOG, TITLE, NoticeState, OpenNotes, OwnText, Review
from consult.notices.views import page
from consult.notices.views.blueprint import bp
from consult.people.access import requires, signed_in
from consult.people.rules import Permission
from consult.web.fields import OnceForm, tidy
from consult.web.forms import not_blank

_ROUTE = "/notices/<slug>/notes"
WHOLE = _l("The whole notice")
MOST = 4000


def _places() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """What a note can be about, by section, in the order of the editor."""
    for section, title in SECTIONS.items():
        keys = [one.key for one in fields.of_section(section)]
        keys += [one.key for one in fields.tables_of(section)]
        if section is Section.ESSENTIALS:
            keys = [TITLE, *(one.key for one in fields.SUMMARY), CHANGELOG, *keys]
        if keys:
            yield str(title), [(key, str(fields.label_of(key))) for key in keys]


class NoteForm(OnceForm):
    """A note as it is typed, in one language."""

    key = SelectField(_l("About"))
    text = TextAreaField(
        _l("Your note"),
        [
            not_blank(_l("Write the note.")),
            Length(max=MOST, message=_l("This is too long: 4,000 characters at most.")),
        ],
    )

    def offering(self) -> NoteForm:
        self.key.choices = {str(_("Everything")): [("", str(WHOLE))], **dict(_places())}
        return self


@bp.get(_ROUTE)
@requires(Permission.NOTICE_WRITE, of=queries.by_slug)
def notes(notice: Notice) -> ResponseReturnValue:
    """What colleagues told one another about the text, and a form to say more."""
    about = next((one for one in _keys(request.args.get("section", ""))), "")
    return _notes_page(notice, NoteForm(data={"key": about}))


def _keys(section: str) -> list[str]:
    """Keys of a section, the first of which a note from there is about unless said otherwise."""
    titles = {str(one): str(title) for one, title in SECTIONS.items()}
    return [key for title, keys in _places() if title == titles.get(section) for key, _label in keys]


@bp.post(_ROUTE)
@requires(Permission.NOTICE_WRITE, of=queries.by_slug)
def write_note(notice: Notice) -> ResponseReturnValue:
    form = NoteForm.submitted().offering()
    if not form.validate():
        return _notes_page(notice, form, 400)
    written = reviewing.note(
        db.session,
        notice,
        key=form.key.data,
        text=tidy(form.text.data),
        actor=signed_in(),
        at=clock.now(),
        once=form.once_id,
    )
    where = url_for("notices.notes", slug=notice.slug, _anchor=f"note-{written.id}")
    db.session.commit()
    flash(_("The note is written."), "ok")
    return redirect(where, 303)


@bp.post(f"{_ROUTE}/<uuid:note_id>/resolve")
@requires(Permission.NOTICE_WRITE, of=queries.note)
def resolve_note(note: Note) -> ResponseReturnValue:
    reviewing.resolve(db.session, note, actor=signed_in(), on=clock.today())
    where = url_for("notices.notes", slug=note.revision.notice.slug)
    db.session.commit()
    return redirect(where, 303)


def _label(note: Note) -> str:
    return str(fields.label_of(note.key) if note.key else WHOLE)


def _address(note: Note) -> str:
    """Where what it is about is written."""
    section = fields.section_of(note.key) if note.key else Section.ESSENTIALS
    return url_for("notices.edit", slug=note.revision.notice.slug, section=section.value)


def _notes_page(notice: Notice, form: NoteForm, status: int = 200) -> ResponseReturnValue:
    revision = queries.draft(notice) if notice.state is not NoticeState.WITHDRAWN else None
    every = queries.notes(db.session, notice.id)
    now = [one for one in every if revision is not None and one.revision_id == revision.id]
    shown = render_template(
        "notices/notes.html",
        notice=notice,
        revision=revision or notice.revisions[-1],
        is_written=revision is not None,
        form=form.offering(),
        open_notes=[(one, _label(one), _address(one)) for one in now if one.resolved_on is None],
        resolved=[(one, _label(one), "") for one in now if one.resolved_on is not None],
        earlier=[(one, _label(one), "") for one in every if one not in now],
        day_of=clock.day_of,
    )
    return shown, status


# ── approving while notes are open ─────────────────────────────────────────────


@bp.route("/notices/<slug>/approve", methods=["GET", "POST"])
@requires(Permission.NOTICE_WRITE, of=queries.by_slug)
def approve(notice: Notice) -> ResponseReturnValue:
    """Says how many notes are open, and approves all the same."""
    revision = reviewing.being_written(notice)
    if request.method == "GET":
        return _approve_page(notice, revision)
    known = request.form.get("knowing", "")
    knowing = int(known) if known.isdecimal() and len(known) < 7 else 0
    try:
        reviewing.move(db.session, notice, Review.APPROVED, actor=signed_in(), knowing=knowing)
    except (OpenNotes, OwnText) as refused:
        db.session.rollback()
        fresh = queries.by_slug(db.session, notice.slug)
        assert fresh is not None, "a notice is never deleted"
        return _approve_page(fresh, reviewing.being_written(fresh), 409, is_own=isinstance(refused, OwnText))
    where = url_for("notices.edit", slug=notice.slug)
    db.session.commit()
    flash(page.moved(Review.APPROVED), "ok")
    return redirect(where, 303)


def _approve_page(
    notice: Notice, revision: Revision, status: int = 200, *, is_own: bool = False
) -> ResponseReturnValue:
    if revision.review is Review.APPROVED:
        raise WrongState("revision", revision.review)
    open_ = queries.open_notes(db.session, revision.id)
    shown = render_template(
        "notices/approve.html",
        notice=notice,
        revision=revision,
        open_notes=[(one, _label(one), "") for one in open_],
        is_own=is_own,
        day_of=clock.day_of,
    )
    return shown, status

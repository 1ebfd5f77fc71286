"""Taking a person's data out of a published notice: said where, looked at, confirmed."""

from __future__ import annotations

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, SelectField, TextAreaField
from wtforms.validators import Length

from consult.core import clock
from consult.core.db import db
from consult.core.errors import WrongState
from consult.core.i18n import _, _l
from consult.notices import queries, redacting
from consult.notices.forms import LANGUAGES
from consult.notices.models import Notice
from consult.notices.redacting import NotThere, Place
from consult.notices.rules import NoticeState
from consult.notices.views.blueprint import bp
from consult.people.access import requires, signed_in
from consult.people.rules import Permission
from consult.voices import services as voices
from consult.web.fields import options, tidy
from consult.web.forms import BaseForm, not_blank

MOST = 500


class RedactForm(BaseForm):
    """Which text of which published revision; ``confirmed`` once what it becomes was seen."""

    number = SelectField(_l("Revision"), coerce=str)
    part = SelectField(_l("Field or table it stands in"), coerce=str)
    language = SelectField(_l("Language"), coerce=str, choices=options(LANGUAGES.items()))
    text = TextAreaField(
        _l("The exact text to remove"),
        [
            not_blank(_l("Write the text to remove, as it stands there.")),
            Length(max=MOST, message=_l("This is too long: 500 characters at most. Remove it in parts.")),
        ],
        description=_l("A name, an address, a sentence: nothing more than what has to go."),
    )
    confirmed = BooleanField(_l("It is a person’s data, published by mistake, and what is shown here may go"))

    def offering(self, notice: Notice) -> RedactForm:
        numbers = [one.number for one in notice.revisions if one.published_on is not None]
        named = [(str(one), str(_("Revision %(number)s", number=one))) for one in reversed(numbers)]
        if notice.withdrawn_reason is not None:
            named.append(("0", str(redacting.label_of(redacting.REASON))))
        self.number.choices = options(named)
        self.part.choices = options((one, redacting.label_of(one)) for one in redacting.parts(notice))
        return self

    def found(self, notice: Notice) -> list[Place]:
        """Everywhere it stands; empty, and said at the field, where it does not stand where it should."""
        text = tidy(self.text.data)
        places = redacting.places(notice, text, on=clock.today())
        here = [one for one in places if _is_here(one, self)]
        if not here:
            self.text.errors = [
                _(
                    "This text does not stand there in these words. Whole words count, and capitals and "
                    "accents too."
                )
            ]
        return places if here else []


def _is_here(place: Place, form: RedactForm) -> bool:
    return (
        str(place.number) == form.number.data
        and place.part == form.part.data
        and place.language in ("", form.language.data)
    )


@bp.get("/notices/<slug>/redact")
@requires(Permission.NOTICE_SEND, of=queries.by_slug)
def redact(notice: Notice) -> ResponseReturnValue:
    """Which text is to go."""
    _must_be_published(notice)
    return _form_page(notice, RedactForm())


@bp.post("/notices/<slug>/redact")
@requires(Permission.NOTICE_SEND, of=queries.by_slug)
def redact_shown(notice: Notice) -> ResponseReturnValue:
    """Shows every place and what it becomes; then, confirmed, does it."""
    _must_be_published(notice)
    form = RedactForm.submitted().offering(notice)
    if not form.validate() or not (places := form.found(notice)):
        return _form_page(notice, form, 400)
    act = request.form.get("act", "")
    if act == "edit":
        return _form_page(notice, form)
    if act != "confirm":
        return _shown_page(notice, form, places)
    if not form.confirmed.data:
        form.confirmed.errors = [_("Confirm that it is a person’s data.")]
        return _shown_page(notice, form, places, 400)
    try:
        redacting.redact(
            db.session,
            notice,
            number=int(form.number.data),
            part=form.part.data,
            language=form.language.data,
            text=tidy(form.text.data),
            actor=signed_in(),
            on=clock.today(),
        )
    except NotThere:
        db.session.rollback()
        return _form_page(notice, form, 409)
    where = url_for("reading.notice_signed", slug=notice.slug)
    db.session.commit()
    voices.tidy(db.session)  # what was there still stands in the database's journal
    flash(_("The text is removed. The representatives are told that it was, not what it said."), "ok")
    return redirect(where, 303)


def _must_be_published(notice: Notice) -> None:
    if notice.state is NoticeState.DRAFT:
        raise WrongState("notice", notice.state)


def _form_page(notice: Notice, form: RedactForm, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "notices/redact.html", notice=notice, revision=notice.revisions[-1], form=form.offering(notice)
    )
    return page, status


def _shown_page(
    notice: Notice, form: RedactForm, places: Sequence[Place], status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "notices/redact_shown.html",
        notice=notice,
        revision=notice.revisions[-1],
        form=form,
        places=[(one, redacting.label_of(one.part), LANGUAGES.get(one.language, "")) for one in places],
        in_address=redacting.stands_in_address(notice, tidy(form.text.data)),
    )
    return page, status

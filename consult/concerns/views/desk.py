"""One message at a time: read, bring under a theme, set aside; and the messages read again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from consult.anonymity.sealing import TooLong
from consult.concerns import queries, services
from consult.concerns.forms import HoldForm, NewThemeForm
from consult.concerns.models import Concern, Theme
from consult.concerns.queries import PAGE_SIZE, Desk, MessageAtDesk
from consult.concerns.views.counting import count_support
from consult.concerns.views.room import (
    Card,
    bp,
    bytes_in,
    card,
    commit,
    must,
    name_of,
    named_themes,
    page,
    sitting,
    uuid_in,
)
from consult.core import clock
from consult.core.db import db
from consult.core.errors import WrongState
from consult.core.i18n import _, ngettext
from consult.keyholders import queries as keyholders
from consult.people.access import requires, signed_in
from consult.people.rules import Permission
from consult.voices import queries as voices
from consult.voices.models import Letterbox
from consult.voices.rules import Told, next_release_on

KEY_HOLD = Permission.KEY_HOLD


@dataclass(frozen=True)
class Progress:
    """How far the desk is: exact, for keyholders only."""

    done: int
    released: int
    held: int
    proposed: int
    percent: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "percent", round(100 * self.done / self.released) if self.released else 0)

    @property
    def left(self) -> int:
        return self.released - self.done


def progress_of(letterbox: Letterbox) -> Progress:
    done, released = queries.progress(db.session, letterbox.id)
    held = queries.held_count(db.session, letterbox.id)
    return Progress(done, released, held, len(queries.proposed(db.session, letterbox.id)))


# ── sorting ────────────────────────────────────────────────────────────────────


@bp.route("/letterboxes/<box>/desk", methods=["GET", "POST"])
@requires(KEY_HOLD, of=queries.desk)
def desk(desk: Desk) -> ResponseReturnValue:
    key = sitting(desk)
    if request.method == "POST":
        return _sort(desk, key)
    count_support(desk, key)
    here = _dealt(desk)
    themes = named_themes(desk, key)
    chosen = uuid_in(request.args.get("theme"))
    if here is not None and here.concern is not None and here.concern.theme_id is not None:
        chosen = here.concern.theme_id
    return page(
        "desk",
        desk,
        message=_card(desk, here, key) if here is not None else None,
        is_reread=bool(request.args.get("message")),
        back=str(uuid_in(request.args.get("back")) or ""),
        themes=themes,
        chosen=next((one for one in themes if one.theme.id == chosen), None),
        progress=progress_of(desk.letterbox),
        proposals=[
            (one, name_of(one.theme, key))
            for one in queries.proposed(db.session, desk.letterbox.id)
            if one.theme
        ],
        me=signed_in().id,
        **_frame(desk),
    )


def _frame(desk: Desk) -> dict[str, Any]:
    box = desk.letterbox
    batches = voices.batches(db.session, box.id)
    next_on = next_release_on(box.interval_days, box.opens_on, box.closes_on, clock.today())
    return {
        "title": Told.of(box.told).title,
        "last_on": max((one.released_on for one in batches), default=None),
        "next_on": None if box.is_closed else next_on,
        "is_last": next_on > box.closes_on,
        "outlet": str(queries.outlet(db.session, box)),
        "is_open_mode": box.channels.is_open,
        "has_poll": bool(box.told.get("poll")),
        "poll_waits": bool(box.told.get("poll")) and box.is_closed and not box.is_counted,
    }


def _dealt(desk: Desk) -> MessageAtDesk | None:
    """The message an address asks for, else the next one nobody sorted. Each keyholder goes round from
    a place of their own, so that two who sort at once do not read the same message."""
    asked = request.args.get("message")
    if asked is not None:
        found: MessageAtDesk = must(queries.message_at_desk(db.session, desk.box, asked))
        return found
    after = bytes_in(request.args.get("after")) or _own_place(desk)
    voice = queries.next_unsorted(db.session, desk.letterbox.id, after=after)
    return queries.message_at_desk(db.session, desk.box, voice.id.hex()) if voice is not None else None


def _own_place(desk: Desk) -> bytes:
    """Where this keyholder begins among the random ids: the holders stand evenly round the circle."""
    holding = sorted(one.account_id.bytes for one in keyholders.of_letterbox(db.session, desk.letterbox.id))
    me = signed_in().id.bytes
    rank = holding.index(me) if me in holding else 0
    return int((rank << 128) // max(1, len(holding))).to_bytes(16, "big")


def _card(desk: Desk, here: MessageAtDesk, key: bytes) -> Card:
    return card(here.voice, here.concern, key, queries.quotable_batches(db.session, desk.letterbox))


def _sort(desk: Desk, key: bytes) -> ResponseReturnValue:
    """Brings the message of the form under the theme of the button pressed."""
    here: MessageAtDesk = must(queries.message_at_desk(db.session, desk.box, request.form.get("message", "")))
    theme: Theme = must(_theme(desk, request.form.get("theme")))
    theme_id, back = theme.id, uuid_in(request.form.get("back"))
    now = _where(here.concern)
    if now != request.form.get("was", "") and now != str(theme_id):
        db.session.commit()
        flash(_("Someone sorted this message meanwhile. This is where it stands now."), "warn")
        return redirect(url_for(".desk", box=desk.box, message=here.voice.id.hex()), 303)
    try:
        services.sort(db.session, desk.letterbox, here.voice.id, theme, private_key=key)
    except WrongState:
        db.session.rollback()
        flash(_("A quotation of it is published: it can move to a published theme only."), "warn")
        return redirect(url_for(".desk", box=desk.box, message=here.voice.id.hex()), 303)
    commit(desk, key)
    if back is not None:
        flash(_("Message moved to “%(theme)s”.", theme=name_of(theme, key)), "ok")
        return redirect(url_for(".theme", box=desk.box, theme_id=back), 303)
    _say_sorted(desk)
    return redirect(url_for(".desk", box=desk.box, theme=theme_id), 303)


def _theme(desk: Desk, value: str | None) -> Theme | None:
    ident = uuid_in(value)
    found = queries.theme_at_desk(db.session, desk.box, ident) if ident is not None else None
    return found.theme if found is not None else None


def _where(concern: Concern | None) -> str:
    """Where a message stands, so that a form knows whether it moved meanwhile."""
    if concern is None:
        return ""
    return "held" if concern.is_held else str(concern.theme_id or "")


def _say_sorted(desk: Desk) -> None:
    left = progress_of(desk.letterbox).left
    if left == 0:
        flash(_("Message sorted. It was the last one."), "ok")
        return
    flash(ngettext("Message sorted. One is left.", "Message sorted. %(num)s are left.", left), "ok")


# ── a new theme ────────────────────────────────────────────────────────────────


@bp.route("/letterboxes/<box>/themes/new", methods=["GET", "POST"])
@requires(KEY_HOLD, of=queries.desk)
def new_theme(desk: Desk) -> ResponseReturnValue:
    key = sitting(desk)
    here = None
    if request.args.get("message"):
        here = must(queries.message_at_desk(db.session, desk.box, request.args["message"]))
    form = NewThemeForm.submitted() if request.method == "POST" else NewThemeForm()
    if request.method == "POST" and form.validate():
        try:
            return _made(desk, form, here, key)
        except TooLong:
            db.session.rollback()
            form.refuse(_("This is too long to be sealed. Shorten it."))
        except WrongState:
            db.session.rollback()
            form.refuse(_("A quotation of this message is published: it cannot move to a new theme."))
    message = _card(desk, here, key) if here is not None else None
    return page("new_theme", desk, 400 if form.errors else 200, form=form, message=message)


def _made(desk: Desk, form: NewThemeForm, here: MessageAtDesk | None, key: bytes) -> ResponseReturnValue:
    theme = services.new_theme(
        db.session, desk.letterbox, desk.consultation.notice, draft=form.draft(), once=form.once_id
    )
    if here is not None:
        services.sort(db.session, desk.letterbox, here.voice.id, theme, private_key=key)
    theme_id = theme.id
    commit(desk, key)
    if here is None:
        flash(_("Theme created."), "ok")
        return redirect(url_for(".theme", box=desk.box, theme_id=theme_id), 303)
    flash(_("Theme created, and the message sorted under it."), "ok")
    return redirect(url_for(".desk", box=desk.box, theme=theme_id), 303)


# ── setting aside ──────────────────────────────────────────────────────────────


@bp.route("/letterboxes/<box>/messages/<message>/hold", methods=["GET", "POST"])
@requires(KEY_HOLD, of=queries.message_at_desk)
def hold(here: MessageAtDesk) -> ResponseReturnValue:
    key = sitting(here)
    card = _card(here, here, key)
    form = HoldForm.submitted() if request.method == "POST" else HoldForm(data={"reason": card.note})
    if request.method == "POST" and form.validate():
        try:
            reason = form.reason.data
            services.hold(db.session, here.letterbox, here.voice.id, reason=reason, private_key=key)
        except TooLong:
            db.session.rollback()
            form.refuse(_("This is too long to be sealed. Shorten it."))
        except WrongState:
            db.session.rollback()
            form.refuse(_("A quotation of this message is published. Remove the quotation first."))
        else:
            commit(here, key)
            flash(_("Message held. It counts nowhere and is never quoted."), "ok")
            return redirect(url_for(".desk", box=here.box), 303)
    return page("hold", here, 400 if form.errors else 200, form=form, message=card)


@bp.get("/letterboxes/<box>/held")
@requires(KEY_HOLD, of=queries.desk)
def held(desk: Desk) -> ResponseReturnValue:
    """What was set aside, with its reasons."""
    key = sitting(desk)
    rows = queries.held(db.session, desk.letterbox.id, after=bytes_in(request.args.get("after")))
    quotable = queries.quotable_batches(db.session, desk.letterbox)
    cards = [card(voice, concern, key, quotable) for voice, concern in rows[:PAGE_SIZE]]
    return page("held", desk, cards=cards, older=cards[-1].message if len(rows) > PAGE_SIZE else None)

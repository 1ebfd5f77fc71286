"""The count: a page that says what pressing the button does, and the numbers once they are there."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from consult.concerns import counting, queries
from consult.concerns.queries import Desk
from consult.concerns.views.room import bp, page, sitting
from consult.core import clock
from consult.core.db import begin_writing, db, reading
from consult.core.errors import NotFound
from consult.core.i18n import _
from consult.people.access import requires
from consult.people.rules import Permission
from consult.voices import queries as voices
from consult.voices import tallying
from consult.voices.poll import Poll
from consult.voices.results import results
from consult.voices.rules import BallotKind, Told
from consult.voices.services import tidy as ballots_gone

PATIENCE = 2.0
"""Seconds for which the journal of the database is tried to be emptied of what was just deleted."""


@bp.get("/letterboxes/<box>/count")
@requires(Permission.KEY_HOLD, of=queries.desk)
def count(desk: Desk) -> ResponseReturnValue:
    poll = _poll(desk)
    sitting(desk)
    counts = voices.published_counts(db.session, [desk.letterbox.id], BallotKind.PULSE)
    return page(
        "count",
        desk,
        poll=poll,
        title=Told.of(desk.letterbox.told).title,
        letterbox=desk.letterbox,
        results=results(poll, counts.get(desk.letterbox.id, ())) if desk.letterbox.is_counted else None,
    )


@bp.post("/letterboxes/<box>/count")
@requires(Permission.KEY_HOLD, of=queries.desk)
def publish_count(desk: Desk) -> ResponseReturnValue:
    """Opens the ballots without a lock, then writes what they say, if nobody was first."""
    _poll(desk)
    key, address = sitting(desk), desk.box
    db.session.commit()  # the idle limit moved
    reading.set(True)
    try:
        count_support(_again(address), key)
        rows = tallying.open_poll(db.session, _again(address).letterbox, key)
        begin_writing(db.session)
        now = _again(address)
        counting.publish_poll(db.session, now.consultation, now.letterbox, rows, on=clock.today())
        db.session.commit()
        ballots_gone(db.session, patience=PATIENCE)  # else the next release sees to it
    except tallying.CountedAlready:
        db.session.rollback()
        flash(_("The poll was counted already. Nothing was published twice."), "accent")
    except tallying.NotYet:
        db.session.rollback()
        flash(_("The poll is counted after the closing. Nothing was counted."), "warn")
    else:
        flash(
            _("The poll is counted, and its ballots are destroyed on this server.")
            if rows
            else _(
                "The count is closed: too few people answered to publish a number. The ballots are destroyed"
                " on this server."
            ),
            "ok",
        )
    return redirect(url_for(".count", box=address), 303)


def count_support(desk: Desk, key: bytes) -> None:
    """Support so far, once for each release: at the first opening of the desk after it. A page that reads
    goes on reading."""
    if not tallying.is_support_due(db.session, desk.letterbox):
        return
    address, before = desk.box, reading.get()
    floors = tallying.open_support(db.session, desk.letterbox, key)
    begin_writing(db.session)
    try:
        counting.publish_support(db.session, _again(address).letterbox, floors)
        db.session.commit()
    finally:
        reading.set(before)


def _again(address: str) -> Desk:
    """The same desk in a transaction of its own."""
    found = queries.desk(db.session, address)
    assert found is not None, "it was there a moment ago"
    return found


def _poll(desk: Desk) -> Poll:
    found = Poll.of(desk.letterbox.told)
    if found is None:
        raise NotFound
    return found

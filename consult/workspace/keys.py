"""What waits for somebody who holds a key, or whose body has keys to look after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from flask import url_for
from sqlalchemy.orm import Session

from consult.core.i18n import _, locale, ngettext
from consult.keyholders import circles
from consult.keyholders import queries as keyholders
from consult.keyholders.circles import Circle
from consult.keyholders.models import Keyholder
from consult.keyholders.rules import LEAVES_SOON, rehearsal_due
from consult.people.models import Account, Body
from consult.voices.models import Letterbox
from consult.workspace.rules import Task


def key_tasks(session: Session, account: Account, key: Keyholder | None, *, on: date) -> Iterator[Task]:
    """The key itself, the handovers one can move forward, and letterboxes too few can open."""
    if key is None:
        yield Task(
            _("Set up your key"),
            url_for("keyholders.set_up"),
            _("Set it up"),
            _("Without it you cannot be named keyholder of a letterbox."),
        )
    elif keyholders.letterboxes(session, account.id):
        due = rehearsal_due(key.set_up_on, key.rehearsed_on)
        if due <= on + LEAVES_SOON:
            yield Task(
                _("Try your passphrase"),
                url_for("keyholders.rehearsal"),
                _("Try it"),
                _("Once a year, so that nobody finds out too late that it opens no more."),
                due=due,
            )
    for body in circles.bodies_of(account, on=on):
        yield from _of_body(session, account, body, on)


def _of_body(session: Session, account: Account, body: Body, on: date) -> Iterator[Task]:
    circle = circles.circle(session, body.id)
    if circle is None or not circle.boxes:
        return
    for handover in keyholders.handovers(session, body.id):
        if handover.ended_on is not None:
            continue
        page, name = url_for("keyholders.handover", handover_id=handover.id), handover.successor.account.name
        if account.id == handover.successor.account_id:
            if any(one.state == "passed" for one in circles.stations(session, handover)):
                yield Task(
                    _("Open the letterboxes of %(body)s once", body=body.name), page, _("Open"),
                    _("They were passed on to your key."), since=handover.decided_on,
                )  # fmt: skip
        elif account.id in {one.id for one in circles.who_can_pass_on(session, handover, on=on)}:
            yield Task(
                _("Pass the key on to %(name)s", name=name), page, _("Pass it on"), since=handover.decided_on
            )
    if circles.acts_for(account, body.id, on=on):
        yield from _to_name(session, circle, on)


def _to_name(session: Session, circle: Circle, on: date) -> Iterator[Task]:
    """Somebody is to be named: too few can open, or a keyholder leaves."""
    page = url_for("keyholders.successor", body_id=circle.body.id)
    for held in circle.lonely:
        number = len(held.able)
        yield Task(
            _("Letterbox on %(title)s: name a keyholder", title=_title(held.box.letterbox)),
            page,
            _("Name one"),
            ngettext(
                "It has only %(num)s keyholder with a running mandate. Two at least, at any time.",
                "It has only %(num)s keyholders with a running mandate. Two at least, at any time.",
                number,
            ),
        )
    followed = {
        one.predecessor.account_id
        for one in keyholders.handovers(session, circle.body.id)
        if one.ended_on is None and one.predecessor is not None
    }
    for holder in circle.holders:
        if holder.is_leaving(on) and holder.account.id not in followed:
            yield Task(
                _("Hand over the key of %(name)s", name=holder.account.name),
                url_for("keyholders.successor", body_id=circle.body.id, follows=holder.account.id),
                _("Name a successor"),
                _("Their mandate ends, or their account is closed."),
                due=holder.until,
            )


def _title(letterbox: Letterbox) -> str:
    told = letterbox.told.get("title", {})
    return str(told.get(locale()) or told.get("fr") or "")

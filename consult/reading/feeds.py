"""What programs follow at the secret addresses: notices as a feed, their dates as a calendar. Nothing in
them is wider than what the access word opens."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Any
from uuid import uuid5

from flask import current_app, url_for
from sqlalchemy.orm import Session

from consult.core.i18n import _, day, locale
from consult.core.localized import Localized
from consult.documents import atom, calendar
from consult.notices.fields import MILESTONE_KINDS
from consult.notices.rules import MilestoneKind
from consult.people import queries as people
from consult.reading import queries
from consult.web.filters import plain_of
from consult.web.sanitise import plain

_BEGINNING = date(1970, 1, 1)


def _full(endpoint: str, **parts: Any) -> str:
    return f"{current_app.config['CONSULT_ADDRESS']}{url_for(endpoint, **parts)}"


def addresses(token: str) -> dict[str, str]:
    """Both addresses, for the page that shows them."""
    return {
        "notices_url": _full("reading.notices_atom", token=token),
        "dates_url": _full("reading.dates_ics", token=token),
    }


def _prose(text: Localized | None) -> str:
    """Markdown as plain lines."""
    return html.unescape(plain(plain_of(text))) if text else ""


def notices(session: Session, token: str, *, levels: queries.Levels) -> bytes:
    """The newest entries: a notice that could be read, a revision with what changed, a withdrawal."""
    rows = queries.told_lately(session, levels=levels)
    entries = [
        entry for _id, group in groupby(rows, key=lambda row: row.id) for entry in _entries(list(group))
    ]
    entries.sort(key=lambda one: (one.updated, one.published, one.id), reverse=True)
    organisation = people.organisation(session)
    name = organisation.name if organisation is not None else ""
    return atom.feed(
        title=_("Impact notices, %(organisation)s", organisation=name),
        address=_full("reading.notices"),
        self_address=_full("reading.notices_atom", token=token),
        id=_full("reading.notices"),
        updated=max((one.updated for one in entries), default=_BEGINNING),
        author=name or "Consult",
        entries=entries[: queries.FEED_SIZE],
        lang=locale(),
    )


def _entries(texts: list[Any]) -> Iterator[atom.Entry]:
    """Of one notice, from all its published texts. No day is before the one on which it could be read."""
    last = texts[-1]
    address, title = _full("reading.notice", slug=last.slug), plain_of(last.title)
    yield atom.Entry(
        id=f"urn:uuid:{last.id}",
        title=title,
        address=address,
        published=last.readable_on,
        updated=last.readable_on,
        summary=plain_of(last.summary.get("what")),
    )
    for one in texts:
        if one.number > 1 and one.published_on >= last.readable_on:
            yield atom.Entry(
                id=f"urn:uuid:{one.revision_id}",
                title=_("%(title)s: revision %(number)s", title=plain_of(one.title), number=one.number),
                address=_full("reading.revision", slug=one.slug, number=one.number),
                published=one.published_on,
                updated=one.published_on,
                summary=_prose(one.changelog),
            )
    if last.withdrawn_on is not None:
        withdrawn = max(last.withdrawn_on, last.readable_on)
        yield atom.Entry(
            id=f"urn:uuid:{uuid5(last.id, 'withdrawn')}",
            title=_("%(title)s: notice withdrawn", title=title),
            address=address,
            published=withdrawn,
            updated=withdrawn,
            summary=_prose(last.withdrawn_reason),
        )


def dates(session: Session, *, levels: queries.Levels) -> bytes:
    """Milestones of the texts in force, and the days between which one can write to a letterbox."""
    rows, milestones = queries.dated(session, levels=levels)
    standing = queries.standing(session, [row.id for row in rows])
    events: list[calendar.Event] = []
    for row in rows:
        events += _milestones(row, milestones.get(row.revision_id, ()))
        for asked in standing.get(row.id, ()):
            if asked.letterbox_id is not None:
                events += _letterbox(row, asked)
    events.sort(key=lambda one: (one.day, one.uid))
    organisation = people.organisation(session)
    name = organisation.name if organisation is not None else ""
    title = _("Dates of the impact notices, %(organisation)s", organisation=name)
    return calendar.ics(events, name=title, lang=locale())


def _event(row: Any, key: str, on: date, text: str, note: str = "") -> calendar.Event:
    return calendar.Event(
        uid=f"{row.id}-{key}@consult",
        day=on,
        stamp=max(row.published_on, row.readable_on),
        summary=_("%(title)s: %(what)s", title=plain_of(row.title), what=text),
        description=note,
        url=_full("reading.notice", slug=row.slug),
    )


def _milestones(row: Any, found: Any) -> Iterator[calendar.Event]:
    """Known by kind and rank, so that a date that moves in a later revision moves in the calendar too."""
    ranks: Counter[MilestoneKind] = Counter()
    for one in found:
        ranks[one.kind] += 1
        notes = [plain_of(one.label)]
        if one.kind is MilestoneKind.PILOT:
            notes.append(_("A pilot that employees use counts as implementation."))
        yield _event(
            row,
            f"{one.kind}-{ranks[one.kind]}",
            one.day,
            str(MILESTONE_KINDS[one.kind]),
            "\n".join(filter(None, notes)),
        )


def _letterbox(row: Any, asked: Any) -> Iterator[calendar.Event]:
    key = asked.letterbox_id.hex()
    last = _("Until %(day)s, without giving your name.", day=day(asked.closes_on))
    yield _event(row, f"first-{key}", asked.opens_on, _("First day to say what you think"), last)
    yield _event(row, f"last-{key}", asked.closes_on, _("Last day to say what you think"), asked.body)

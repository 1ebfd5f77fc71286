"""Atom feeds. Texts are plain: whatever marks they hold are shown, never obeyed."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from feedgenerator import Atom1Feed

from consult.documents.signs import without_controls


@dataclass(frozen=True, slots=True)
class Entry:
    """``id``: an address that stays, of whatever scheme (``urn:uuid:…``, ``tag:…``)."""

    id: str
    title: str
    address: str
    published: date
    updated: date
    summary: str = ""


class _Feed(Atom1Feed):  # type: ignore[misc]
    """The library dates an empty feed by the clock; ours is told its day."""

    updated = datetime(1970, 1, 1, tzinfo=UTC)

    def latest_post_date(self) -> datetime:
        return self.updated


def _moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def feed(
    *, title: str, address: str, self_address: str, id: str, updated: date, author: str,
    entries: Sequence[Entry], lang: str,
) -> bytes:  # fmt: skip
    """The feed, the same bytes for the same entries. ``address``: the page it follows."""
    made = _Feed(
        title=without_controls(title),
        link=address,
        description=None,
        language=lang,
        feed_url=self_address,
        feed_guid=id,
        author_name=without_controls(author),
    )
    made.updated = _moment(updated)
    for entry in entries:
        made.add_item(
            title=without_controls(entry.title),
            link=entry.address,
            description=html.escape(without_controls(entry.summary)).replace("\n", "<br>"),
            unique_id=entry.id,
            pubdate=_moment(entry.published),
            updateddate=_moment(entry.updated),
        )
    text: str = made.writeString("utf-8")
    return text.encode()

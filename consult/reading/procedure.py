"""The state of the procedure before a deployment, on the page of a notice and on paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Protocol

from consult.consultations import words
from consult.consultations.before import Before, Course, Dated
from consult.consultations.gathering import gathered
from consult.consultations.state import has_state
from consult.core.i18n import _, day, locale
from consult.notices.models import Notice, Revision
from consult.reading.queries import Thread
from consult.web.filters import plain_of


class Page(Protocol):
    """What this needs of a notice’s page."""

    @property
    def notice(self) -> Notice: ...
    @property
    def revision(self) -> Revision: ...
    @property
    def thread(self) -> Thread: ...
    @property
    def on(self) -> date: ...
    @property
    def shows_thread(self) -> bool: ...
    @property
    def standings(self) -> Sequence[Any]: ...


def state_of(page: Page) -> Before | None:
    """By the dates of the text that is shown. An old revision is only a text."""
    if not page.shows_thread or not page.standings or not has_state(page.notice):
        return None
    return gathered(
        page.revision, [(one.consultation, one.run) for one in page.standings], page.thread.sides,
        page.thread.reasons, country=page.thread.country, on=page.on,
    )  # fmt: skip


def early_words(one: Dated | None) -> str:
    """What stands beside a date that comes before the end of the procedure."""
    if one is None:
        return ""
    before_end = _("Before the end of the procedure")
    said = [f"{before_end}."] if one.is_early else []
    if one.reason is not None:
        given = _("Reason given by the employer on %(day)s:", day=day(one.reason.given_on))
        said.append(f"{given} {plain_of(one.reason.text)}")
        if one.asks_for_reason:
            said.append(_("Since then the end has moved later, and no reason was given for that."))
    elif one.is_early:
        said.append(_("No reason was given."))
    return " ".join(said)


def section(before: Before | None) -> Iterator[dict[str, Any]]:
    """What still runs before the deployment, as on the page, without each step."""
    if before is None or not before.procedures:
        return
    rows = []
    for one in before.procedures:
        label = one.run.template.label.shown(locale())
        name = f"{label} – {one.followed.body}" if one.followed.body else label
        said = [f"{words.COURSES[one.course][2]}."]
        if one.course is not Course.STOPPED:
            said += [words.until(one), words.source(one)]
        rows.append({
            "label": {"text": name, "lang": locale()}, "text": " ".join(filter(None, said)), "lang": locale(),
        })  # fmt: skip
    yield {
        "title": _("State of the procedure before deployment"),
        "blocks": [
            {"kind": "muted", "text": words.sentence(before)}, {"kind": "pairs", "rows": rows}
        ],
    }  # fmt: skip

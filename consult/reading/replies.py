"""What the employer answers to opinions, point by point, and what bodies say of the rules of use, as the page
of a notice shows them. No query."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from consult.notices.models import Revision
from consult.opinions import pending
from consult.opinions.charter_rules import OnRule, on_rules
from consult.opinions.pending import Standing
from consult.procedures.clock import Run
from consult.reading.queries import Thread


def charter_of(page: Any) -> dict[str, Any]:
    """The charter of the text in force as data: texts by language, days as ISO dates."""
    return {
        "notice": page.notice.number,
        "revision": page.revision.number,
        "rules": [
            {
                "rule": at,
                "kind": rule.kind,
                "breach": rule.breach,
                "text": dict(rule.text.texts),
                "reason": dict(rule.reason.texts),
                "positions": [_position(one) for one in page.replies.on_rule(rule)],
            }
            for at, rule in enumerate(page.revision.rules, start=1)
        ],
    }


def _position(one: OnRule) -> dict[str, Any]:
    return {
        "body": one.body,
        "position": one.position,
        "reason": dict(one.reason.texts),
        "voted_on": one.voted_on.isoformat(),
        "about_revision": one.about_revision,
        "is_current": one.is_current,
    }


@dataclass(frozen=True)
class Replies:
    """``runs``: the procedure of each consultation."""

    thread: Thread
    revision: Revision
    published: Sequence[Revision]
    runs: Mapping[UUID, Run | None]
    on: date

    def points(self, opinion: Any) -> list[Standing]:
        """Each point with its answers, and for how long it has been waiting."""
        return pending.standings(opinion, on=self.on)

    def due_on(self, opinion: Any) -> date | None:
        """The date proposed for the response, as long as something waits for an answer."""
        is_waiting = opinion.response is None or any(one.progress.is_open for one in self.points(opinion))
        return pending.due_by(self.runs.get(opinion.consultation_id), opinion) if is_waiting else None

    @cached_property
    def _charter(self) -> dict[UUID, list[OnRule]]:
        rules = {one.number: one.rules for one in self.published}
        return on_rules(self.revision.rules, self.thread.charter_votes, rules, self.revision.authority)

    def on_rule(self, rule: Any) -> list[OnRule]:
        """What each body says of a rule of this text, by the name of the body."""
        return self._charter.get(rule.id, [])

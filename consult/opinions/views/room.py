"""What the pages of this room share."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint

from consult.commitments import queries as commitments
from consult.commitments.models import Commitment
from consult.core import clock
from consult.core.db import db
from consult.notices import queries as notices
from consult.opinions import pending, queries
from consult.opinions.forms import (
    POSITIONS,
)
from consult.opinions.guarding import is_ours
from consult.opinions.models import Opinion
from consult.opinions.motions import Result, Rule, Tally
from consult.opinions.point_words import STANCES
from consult.opinions.rules import (
    majority,
)
from consult.opinions.voting import missing_language
from consult.opinions.words import DECLARED
from consult.register import queries as register
from consult.web import spaces

bp = Blueprint("opinions", __name__, url_prefix=spaces.WORKSPACE)
ROUTE = "/consultations/<uuid:consultation_id>"


def whole(opinion: Opinion) -> dict[str, object]:
    """What every page that shows an opinion needs."""
    consultation, resolution = opinion.consultation, opinion.resolution
    beside = queries.around(db.session, [opinion])[opinion.id]
    present = resolution.votes_for + resolution.votes_against + resolution.abstentions
    return {
        "consultation": consultation,
        "revision": notices.published(consultation.notice),
        "opinion": opinion,
        "position": dict(POSITIONS)[opinion.position],
        "stances": dict(STANCES),
        "standings": pending.standings(opinion, on=clock.today()),
        "due_on": pending.due_on(db.session, opinion, on=clock.today()),
        "files": pending.files(db.session, [opinion.id])[opinion.id],
        "present": present,
        "needed": majority(present),
        "kept": _commitments(opinion),
        "put": beside.put,
        "annexed": beside.annexed,
        "declared": DECLARED,
        "translation": beside.translation,
        "may_translate": beside.translation is None
        and bool(missing_language(opinion))
        and is_ours(consultation),
    }


def shown_vote(rule: Rule, tally: Tally, found: Result) -> dict[str, Any]:
    """A vote that is not recorded yet, with the names a recorded one has."""
    return {
        "votes_for": tally.votes_for, "votes_against": tally.votes_against, "abstentions": tally.abstentions,
        "blank": tally.blank, "present": tally.present, "majority": rule.majority,
        "reference": rule.reference, "base": found.base, "needed": found.needed,
        "has_quorum": found.has_quorum, "is_carried": found.is_carried,
    }  # fmt: skip


def _commitments(opinion: Opinion) -> dict[UUID, list[Commitment]]:
    """What each point led to."""
    effects = register.effects_of(db.session, [one.ref for one in opinion.points])
    known = {one.ref: one for one in commitments.of_notice(db.session, opinion.consultation.notice_id)}
    return {
        point.id: [known[ref] for ref in effects.get(str(point.ref), []) if ref in known]
        for point in opinion.points
    }

"""Which bodies a notice concerns, by the establishments it names: it guides who sends, refuses nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from uuid import UUID

from consult.notices.models import Revision
from consult.people.models import Body, Establishment
from consult.register.words import slug


def concerned(revision: Revision, sites: Sequence[Establishment]) -> frozenset[UUID] | None:
    """The establishments that the groups of a text name; None where that cannot be told: no group, a group
    without a site, or a name that is not one of theirs ("every agency")."""
    known = {slug(one.name): one.id for one in sites}
    found: set[UUID] = set()
    for group in revision.groups:
        names = [slug(one) for one in re.split(r"[,;\n]", group.sites) if one.strip()]
        if not names or any(one not in known for one in names):
            return None
        found |= {known[one] for one in names}
    return frozenset(found) or None


def outside(bodies: Iterable[Body], named: frozenset[UUID] | None) -> frozenset[UUID]:
    """The bodies that stand for none of these establishments; a body without any stands for them all."""
    if named is None:
        return frozenset()
    scopes = {one.id: {site.id for site in one.establishments} for one in bodies}
    return frozenset(ident for ident, scope in scopes.items() if scope and not scope & named)

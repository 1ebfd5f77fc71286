"""How kinds, presences and grounds are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consult.core.i18n import _l
from consult.meetings.rules import Ground, ItemKind, Presence

KINDS: Mapping[ItemKind, Any] = {
    ItemKind.INFORMATION: _l("Information"),
    ItemKind.CONSULTATION: _l("Consultation (the opinion is given)"),
    ItemKind.OTHER: _l("Another item"),
}
PRESENCES: Mapping[Presence, Any] = {
    Presence.PRESENT: _l("Present"),
    Presence.REPLACED: _l("Replaced by an alternate"),
    Presence.EXCUSED: _l("Absent"),
}
GROUNDS: Mapping[Ground, Any] = {
    Ground.ANY: _l("Any subject: the majority of the members (L2315-28)"),
    Ground.HEALTH: _l("Health, safety or working conditions: two members, with reasons (L2315-27)"),
}

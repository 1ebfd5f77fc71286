"""Pages of this room: people and the access word, bodies with their seats and delegations, establishments.
``room`` holds what they share."""

from __future__ import annotations

from consult.people.views import bodies, delegations, establishments, people, seats
from consult.people.views.room import bp

__all__ = ["bodies", "bp", "delegations", "establishments", "people", "seats"]

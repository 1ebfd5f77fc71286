"""Pages of this room."""

from consult.profile.views import questions, rules
from consult.profile.views.room import bp

__all__ = ["bp", "questions", "rules"]

"""The anonymous side's pages. They know a letterbox, and nothing of who asks."""

from consult.voices.views import practice, thread, write
from consult.voices.views.room import bp

__all__ = ["bp", "practice", "thread", "write"]

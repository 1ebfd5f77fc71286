"""The anonymous side's pages. They know a letterbox, and nothing of who asks."""

from consult.voices.views import poll, practice, support, thread, write
from consult.voices.views.room import bp

__all__ = ["bp", "poll", "practice", "support", "thread", "write"]

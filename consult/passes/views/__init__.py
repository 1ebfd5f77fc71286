"""Pages on which members of the body give out the right to speak."""

from consult.passes.views import slips
from consult.passes.views.room import bp

__all__ = ["bp", "slips"]

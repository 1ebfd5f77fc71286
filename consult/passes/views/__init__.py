"""Pages on which members of the body give out the right to speak, and the one on which a pass is claimed."""

from consult.passes.views import claim, invitations, slips
from consult.passes.views.claim import claims
from consult.passes.views.room import bp

__all__ = ["bp", "claim", "claims", "invitations", "slips"]

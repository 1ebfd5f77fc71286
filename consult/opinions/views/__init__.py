"""Pages of this room: the body's opinion, its comment beside a notice, the employer's reasoned response.
``room`` holds what they share."""

from __future__ import annotations

from consult.opinions.views import charter, following, opinion, remark, response
from consult.opinions.views.room import bp

__all__ = ["bp", "charter", "following", "opinion", "remark", "response"]

"""Pages of this room: the draft and what is put to the vote, the opinion, its declarations and translation,
the body's comment beside a notice, the employer's reasoned response. ``room`` holds what they share."""

from __future__ import annotations

from consult.opinions.views import annex, charter, draft, following, opinion, remark, response, vote
from consult.opinions.views.room import bp

__all__ = ["annex", "bp", "charter", "draft", "following", "opinion", "remark", "response", "vote"]

"""Texts of notices for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from consult.core.localized import Localized
from consult.notices.content import Content, Group, Milestone, Unknown
from consult.notices.rules import REQUIRED_FIELDS, SUMMARY_KEYS, MilestoneKind


def whole(title: Localized | None = None, **changes: Any) -> Content:
    """A text with all that sending asks for, in both languages."""

    def said(words: str) -> Localized:
        return Localized.of(fr=f"Dit : {words}", en=f"Said: {words}")

    group = Group(
        Localized.of(fr="Conseillers", en="Advisers"), "Nantes", 162, said("change"), said("measures")
    )
    milestone = Milestone(MilestoneKind.PILOT, date(2027, 1, 4), said("pilot"))
    parts: dict[str, Any] = {
        "title": title or Localized.of(fr="Plume", en="Plume"),
        "summary": {key: said(key) for key in SUMMARY_KEYS},
        "fields": {key: said(key) for key in REQUIRED_FIELDS},
        "groups": (group,),
        "unknowns": (Unknown(said("unknown"), due_on=date(2027, 2, 1)),),
        "milestones": (milestone,),
    }
    return Content(**{**parts, **changes})
